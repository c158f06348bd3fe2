"""Actual sales in the currency of a plan: posted revenue entries, by category and month."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal

from accounts.selectors.revenue_cells import RevenueCell, by_category_and_month
from kam.core.dates import ONE_DAY, Period
from kam.core.exact import exact_sum
from kam.core.models import ExchangeRate
from kam.core.money import convert
from kam.core.selectors.rates import base_currency
from plans.models import Plan

_CROSS = Context(prec=16, rounding=ROUND_HALF_UP)

type Rates = Mapping[date, Decimal | None]


@dataclass(frozen=True, kw_only=True)
class Actuals:
    """What was posted for the account of a plan and all below it, in the plan's currency.

    Entries in the plan's currency count as they stand; others through the base currency at the
    rate of their month's first day. Entries that lack a rate are in no figure; `unconverted`
    counts them. By category (None: without one) and month.
    """

    amounts: Mapping[tuple[int | None, date], Decimal]
    cells: Mapping[tuple[int | None, date], list[RevenueCell]] = field(default_factory=dict)
    unconverted: int = 0

    def amount(self, categories: Iterable[int | None], month: date) -> Decimal:
        """What some categories brought in a month; nothing posted is zero."""
        return exact_sum(self.amounts.get((one, month), Decimal(0)) for one in categories)

    def volume(self, categories: Iterable[int | None], month: date, unit: str) -> Decimal | None:
        """Their volume in a unit; None where it is not known for all that was posted."""
        if not unit:
            return None
        rows = [one for key in categories for one in self.cells.get((key, month), [])]
        volumes = [one.volume(unit) for one in rows]
        if any(one is None for one in volumes):
            return None
        return exact_sum(one for one in volumes if one is not None)


def months_of(plan: Plan) -> list[date]:
    """The first days of the months that the plan's period touches."""
    return [one.start for one in Period(plan.period.lower, plan.period.upper).months()]


def actuals_of(plan: Plan, *, as_of: date) -> Actuals:
    """Return what was posted from the plan's first day until a day, that day included."""
    end = min(plan.period.upper, as_of + ONE_DAY)
    if end <= plan.period.lower:
        return Actuals(amounts={})
    return actuals_in(plan, Period(plan.period.lower, end))


def actuals_in(plan: Plan, period: Period) -> Actuals:
    """Return what was posted for the plan's account in a period, in the plan's currency."""
    found = by_category_and_month(plan.account_id, period)
    rates = monthly_rates(plan.currency_id, sorted({one.month for one in found}))
    amounts: dict[tuple[int | None, date], Decimal] = {}
    cells: dict[tuple[int | None, date], list[RevenueCell]] = {}
    unconverted = 0
    for one in found:
        key = one.category, one.month
        cells.setdefault(key, []).append(one)
        amount = _in_currency(one, plan.currency_id, rates)
        own = one.currency == plan.currency_id
        unconverted += 0 if own else one.unconverted
        if amount is None:
            unconverted += 1
            continue
        amounts[key] = amounts.get(key, Decimal(0)) + amount
    return Actuals(amounts=amounts, cells=cells, unconverted=unconverted)


def _in_currency(one: RevenueCell, currency: str, rates: Rates) -> Decimal | None:
    if one.currency == currency:
        return one.net
    rate = rates[one.month]
    return None if rate is None else convert(one.base, rate)


def monthly_rates(currency: str, months: Iterable[date]) -> Rates:
    """Return what one unit of the base currency is worth in a currency on months' first days.

    As `rate_on` says it, in two statements for all months; None where there is no rate.
    """
    wanted = list(months)
    base = base_currency()
    if currency == base or not wanted:
        return dict.fromkeys(wanted, Decimal(1))
    pairs = ExchangeRate.objects.filter(
        currency__in=[currency, base], base__in=[currency, base], valid_on__lte=max(wanted)
    ).order_by("valid_on")
    direct: list[tuple[date, Decimal]] = []
    turned: list[tuple[date, Decimal]] = []
    for source, day, rate in pairs.values_list("currency_id", "valid_on", "rate"):
        (direct if source == base else turned).append((day, rate))
    return {one: _rate(direct, turned, one) for one in wanted}


def _rate(
    direct: list[tuple[date, Decimal]], turned: list[tuple[date, Decimal]], day: date
) -> Decimal | None:
    """The latest direct rate until a day; without one, the other way round."""
    known = [rate for valid_on, rate in direct if valid_on <= day]
    if known:
        return known[-1]
    other = [rate for valid_on, rate in turned if valid_on <= day]
    return _CROSS.divide(Decimal(1), other[-1]) if other else None
