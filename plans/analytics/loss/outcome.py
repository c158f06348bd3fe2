"""All that a scenario comes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kam.core.dates import ONE_DAY, add_months, month_start
from plans.analytics.loss.cash import CashWeek, cash_weeks, still_coming
from plans.analytics.loss.inputs import (
    ENDS,
    NOTHING,
    ZERO,
    Assumptions,
    Facts,
    Kind,
    Range,
    cases,
    rounded,
    total,
)
from plans.analytics.loss.months import LostMonth, baseline, lost_months
from plans.analytics.loss.risks import (
    RiskLine,
    clawed_back,
    receivable_losses,
    stock_loss,
    unbilled_losses,
)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """All that a scenario comes to; a figure of which something is not known is None."""

    months: list[LostMonth]
    weeks: list[CashWeek]
    risks: list[RiskLine]
    unbilled: dict[str, Range]
    stock: Range | None
    clawback: Range | None
    revenue: Range
    contribution: Range | None
    receivables: Range
    deepest: Range | None
    tied_up: Range | None
    months_covered: Range | None


def outcome(facts: Facts, given: Assumptions) -> Outcome:
    """Compute a scenario. Raises ValueError where there is no revenue to lose."""
    months, weeks = lost_months(facts, given), cash_weeks(facts, given)
    risks = receivable_losses(facts.at_risk, given)
    return Outcome(
        months=months,
        weeks=weeks,
        risks=risks,
        unbilled=unbilled_losses(facts, given),
        stock=stock_loss(facts, given),
        clawback=clawed_back(facts, given),
        revenue=total([one.revenue for one in months]) or NOTHING,
        contribution=total([one.contribution for one in months]),
        receivables=total([one.loss for one in risks]) or NOTHING,
        deepest=_deepest(weeks),
        tied_up=tied_up(facts, given),
        months_covered=months_covered(facts, given),
    )


def _deepest(weeks: Sequence[CashWeek]) -> Range | None:
    """The lowest point of the cash difference, by its ends; never above zero."""
    known = [week.difference for week in weeks if week.difference is not None]
    if not known:
        return None
    return Range(*(min(ZERO, *(getattr(one, end) for one in known)) for end in ENDS))


def tied_up(facts: Facts, given: Assumptions) -> Range | None:
    """Return what longer terms tie up: a day's revenue of the year times the days more."""
    if given.kind != Kind.LONGER_TERMS or not facts.history:
        return None
    year = sum((baseline(facts.history, date(2001, month, 1)) for month in range(1, 13)), ZERO)
    return Range.over(*(rounded(year * case.extra_days / 365) for case in cases(given)))


def months_covered(facts: Facts, given: Assumptions) -> Range | None:
    """Return for how many months cash in hand and what still comes in of the open items pay our
    fixed cost; None where that is not known."""
    if given.fixed_cost is None or given.fixed_cost <= 0:
        return None
    fixed, hand = given.fixed_cost, given.cash_in_hand or ZERO
    return Range.over(
        *(rounded((hand + still_coming(facts, given, case)) / fixed) for case in cases(given))
    )


def end_of(given: Assumptions) -> date:
    """Return the first day after the horizon."""
    return add_months(month_start(given.starts_on), given.horizon)


def last_day(given: Assumptions) -> date:
    """Return the last day looked at."""
    return end_of(given) - ONE_DAY
