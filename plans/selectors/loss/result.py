"""A scenario computed: from its rows to assumptions, to a document that is kept as a result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.selectors.concentration.reading import scope_of
from accounts.selectors.concentration.totals import MissingRatesError
from kam.core.problems import RefusedError
from kam.core.selectors.rates import MissingRateError
from kam.identity.models import User
from plans.analytics.loss import FORMULA_VERSION, Assumptions, Outcome, Range, outcome
from plans.analytics.loss.cash import CashWeek
from plans.analytics.loss.months import LostMonth
from plans.analytics.loss.risks import RiskLine
from plans.choices.loss import RateSubject
from plans.models import LossScenario
from plans.selectors.loss.defaults import LGD, SECURED_LGD
from plans.selectors.loss.facts import Asked, Books, read_books
from plans.selectors.loss.shock import shock_document, shock_of

ZERO = Decimal(0)


class CannotRunError(RefusedError):
    """A scenario that the data cannot answer: no revenue, or a rate that is missing."""

    code = "loss_cannot_run"


def asked_of(scenario: LossScenario, *, as_of: date | None = None) -> Asked:
    """Return whose books a scenario reads."""
    return Asked(
        roots=list(scenario.account_rows.order_by("pk").values_list("account", flat=True)),
        as_of=as_of or scenario.as_of,
        currency=scenario.currency_id,
        category=scenario.category_id,
        region=scenario.region,
    )


def assumptions_of(scenario: LossScenario) -> Assumptions:
    """Return a scenario's assumptions as the mathematics takes them.

    Methods and securities without a row of their own follow the conventions.
    """
    rates: dict[str, dict[str, Range]] = {
        RateSubject.METHOD: {key: Range(*three) for key, three in LGD.items()},
        RateSubject.SECURITY: {key: Range(*three) for key, three in SECURED_LGD.items()},
    }
    for row in scenario.rates.all():
        rates[row.subject][row.key] = Range(*row.share)
    return Assumptions(
        kind=scenario.kind,
        starts_on=scenario.starts_on,
        horizon=scenario.horizon_months,
        run_off=tuple(scenario.run_off_values),
        notice_days=scenario.notice_days or 0,
        lost_share=Range(*scenario.lost_share),
        contribution=_range(scenario.contribution),
        avoidable=_range(scenario.avoidable),
        avoidable_lag=scenario.avoidable_lag,
        recovery=Range(*scenario.recovery),
        probability=_range(scenario.default_probability) or Range.certain(Decimal(1)),
        extra_days=_range(scenario.extra_days) or Range.certain(ZERO),
        stock_recoverable=_range(scenario.stock_recoverable),
        lgd=rates[RateSubject.METHOD],
        secured_lgd=rates[RateSubject.SECURITY],
        fixed_cost=scenario.fixed_cost,
        cash_in_hand=scenario.cash_in_hand,
    )


def _range(three: Sequence[Decimal] | None) -> Range | None:
    return None if three is None else Range(*three)


def compute(scenario: LossScenario, *, as_of: date) -> dict[str, Any]:
    """Return the document of a run on a day, concentration over the whole company.

    Raises CannotRunError in words for people.
    """
    asked, given = asked_of(scenario, as_of=as_of), assumptions_of(scenario)
    try:
        books = read_books(asked, clawback_days=scenario.clawback_days)
        shock = shock_of(asked)
    except (MissingRateError, MissingRatesError) as error:
        raise CannotRunError(str(error)) from error
    refuse_nothing(books, shock.is_everybody and _is_whole(scenario))
    return document(books, outcome(books.facts, given)) | {
        "concentration": shock_document(shock, given)
    }


def _is_whole(scenario: LossScenario) -> bool:
    return not (scenario.region or scenario.category_id)


def refuse_nothing(books: Books, is_everybody: bool) -> None:
    """Refuse a scenario of no revenue and one that leaves nobody."""
    if sum(books.facts.history.values(), ZERO) <= 0:
        raise CannotRunError(
            _("These accounts brought no revenue in the last 12 months: there is nothing to lose."),
            field="accounts",
        )
    if is_everybody:
        raise CannotRunError(
            _("These are all customers with revenue: a scenario has to leave somebody."),
            field="accounts",
        )


def document(books: Books, found: Outcome) -> dict[str, Any]:
    """Return a result as it is kept: JSON-like, ranges as three values."""
    facts = books.facts
    return {
        "formula": FORMULA_VERSION,
        "revenue": three(found.revenue),
        "contribution": three(found.contribution),
        "receivables": three(found.receivables),
        "stock": three(found.stock),
        "clawback": three(found.clawback),
        "deepest": three(found.deepest),
        "tied_up": three(found.tied_up),
        "months_covered": three(found.months_covered),
        "open": facts.receivables,
        "credits": books.credits,
        "rebates": books.rebates,
        "consigned": facts.consigned,
        "days_to_pay": facts.days_to_pay,
        "is_usual_days": books.is_usual_days,
        "baseline": sum(facts.history.values(), ZERO),
        "months_known": len(facts.history),
        "unknown": list(books.unknown),
        "months": [_month(one) for one in found.months],
        "weeks": [_week(one) for one in found.weeks],
        "risks": [_risk(one) for one in found.risks],
        "unbilled": [
            {"component": key, "amount": facts.unbilled[key][1], "loss": three(loss)}
            for key, loss in found.unbilled.items()
        ],
    }


def _month(one: LostMonth) -> dict[str, Any]:
    return {
        "month": one.month,
        "baseline": one.baseline,
        "gone": one.gone,
        "revenue": three(one.revenue),
        "contribution": three(one.contribution),
    }


def _week(one: CashWeek) -> dict[str, Any]:
    return {
        "monday": one.monday,
        "usual": one.usual,
        "receipts": three(one.receipts),
        "difference": three(one.difference),
    }


def _risk(one: RiskLine) -> dict[str, Any]:
    return {
        "method": one.method,
        "open": one.open,
        "secured": one.secured,
        "loss": three(one.loss),
    }


def three(found: Range | None) -> list[Decimal] | None:
    """A range as it is kept."""
    return None if found is None else [found.low, found.base, found.high]


def own_concentration(scenario: LossScenario, user: User, *, as_of: date) -> dict[str, Any] | None:
    """Return the shock to the concentration of what a user sees, who does not see the company.

    None where a rate is missing. Computed live: what is kept covers the company.
    """
    asked = asked_of(scenario, as_of=as_of)
    try:
        shock = shock_of(replace(asked), scope=scope_of(user))
    except (MissingRateError, MissingRatesError):
        return None
    return shock_document(shock, assumptions_of(scenario))
