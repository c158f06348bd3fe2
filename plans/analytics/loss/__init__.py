"""What losing customers would do: revenue, contribution, receivables, cash by week.

Three coherent cases are computed: one in which every assumption turns out well for us, one as
assumed, one in which every one turns out badly. A figure is a `Range` over them: the base case
between the least and the most of the three. Amounts are exact `Decimal`, rounded by nobody here
but where a day's part of a month is taken (`PLACES`). Pure: no clock, no database.

    lost revenue(m)      = baseline(m) · gone(m) · lost share · (1 − won back) · P
    lost contribution(m) = lost revenue(m) · contribution rate − avoidable cost · gone(m − lag) · …
    receivable loss      = Σ open · P · LGD(method), of the secured part LGD(security)

`gone` is what `domain` calls 1 − run-off. P is 1 but in an insolvency: the probability that it
happens, so that an insolvency of probability 0 loses nothing.
"""

from plans.analytics.loss.aftershock import AfterShock, after_shock, is_everybody
from plans.analytics.loss.cash import CashWeek, cash_weeks
from plans.analytics.loss.inputs import (
    CERTAIN,
    FORMULA_VERSION,
    NOTHING,
    Assumptions,
    AtRisk,
    Case,
    Facts,
    Kind,
    Range,
    cases,
    total,
)
from plans.analytics.loss.months import LostMonth, baseline, gone_in, lost_months, months_of
from plans.analytics.loss.outcome import Outcome, end_of, last_day, outcome
from plans.analytics.loss.risks import RiskLine, receivable_losses

__all__ = [
    "CERTAIN",
    "FORMULA_VERSION",
    "NOTHING",
    "AfterShock",
    "Assumptions",
    "AtRisk",
    "Case",
    "CashWeek",
    "Facts",
    "Kind",
    "LostMonth",
    "Outcome",
    "Range",
    "RiskLine",
    "after_shock",
    "baseline",
    "cases",
    "cash_weeks",
    "end_of",
    "gone_in",
    "is_everybody",
    "last_day",
    "lost_months",
    "months_of",
    "outcome",
    "receivable_losses",
    "total",
]
