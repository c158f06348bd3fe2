"""The sales plan with its three streams, by category and month, and what terms take of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext

from accounts.choices import CostKind
from accounts.models import ProductCategory
from accounts.selectors.profitability.account import account_profit
from kam.core.dates import MONTHS_PER_YEAR, ONE_DAY, Period, add_months
from kam.core.money import convert
from plans.analytics.streams import MonthFacts, Phase, Streams, added, share_of, streams
from plans.models import Plan, SalesLine, SalesMonth
from plans.selectors.sales.facts import (
    Actuals,
    actuals_in,
    actuals_of,
    monthly_rates,
    months_of,
)


@dataclass(frozen=True, kw_only=True)
class BoardLine:
    """A line with its streams by month. Without `line`: what was posted and never planned.

    `to_date` adds up the months that are over; `total` all of them.
    """

    line: SalesLine | None
    title: str
    months: Sequence[Streams]
    total: Streams
    to_date: Streams
    terms: Streams


@dataclass(frozen=True, kw_only=True)
class SalesBoard:
    """The sales plan of a plan on a day, in the plan's currency.

    Actual is posted net revenue of the plan's account and all below it from the plan's first day
    until `as_of`; the sum over the lines, `unplanned` included, is all of it. Plan and forecast
    are of whole months. `terms` are trade terms: planned percentages of sales, and what was
    booked as costs of that kind in whole months. `unconverted` entries lack a rate and are in no
    figure.
    """

    plan: Plan
    as_of: date
    months: Sequence[date]
    phases: Sequence[Phase]
    lines: Sequence[BoardLine]
    unplanned: BoardLine | None
    by_month: Sequence[Streams]
    total: Streams
    to_date: Streams
    terms: Streams
    unconverted: int

    @property
    def rows(self) -> list[BoardLine]:
        """All lines, the unplanned one last."""
        return [*self.lines, *([self.unplanned] if self.unplanned else [])]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is planned."""
        return not self.lines

    @property
    def months_over(self) -> int:
        """How many months are over."""
        return sum(one is Phase.OVER for one in self.phases)


def sales_board(plan: Plan, *, as_of: date, with_terms: bool = True) -> SalesBoard:
    """Return the sales plan with its streams, in six statements at most, whatever its size."""
    months = months_of(plan)
    phases = [phase_of(month, as_of) for month in months]
    lines = list(plan.sales_lines.select_related("category").prefetch_related("months"))
    actuals = actuals_of(plan, as_of=as_of)
    rows = [_line(one, lines, months, phases, actuals) for one in lines]
    unplanned = _unplanned(lines, months, phases, actuals)
    everything = [*rows, *([unplanned] if unplanned else [])]
    by_month = [added(row.months[at] for row in everything) for at in range(len(months))]
    return SalesBoard(
        plan=plan,
        as_of=as_of,
        months=months,
        phases=phases,
        lines=rows,
        unplanned=unplanned,
        by_month=by_month,
        total=added(by_month),
        to_date=_to_date(by_month, phases),
        terms=_terms(plan, rows, months, phases, booked=with_terms),
        unconverted=actuals.unconverted,
    )


def phase_of(month: date, as_of: date) -> Phase:
    """Whether a month is over on a day (its last day counts), runs, or is to come."""
    end = add_months(month, 1)
    if end <= as_of + ONE_DAY:
        return Phase.OVER
    return Phase.RUNNING if month <= as_of else Phase.TO_COME


def _line(
    line: SalesLine,
    lines: Sequence[SalesLine],
    months: Sequence[date],
    phases: Sequence[Phase],
    actuals: Actuals,
) -> BoardLine:
    planned: dict[date, SalesMonth] = {one.month: one for one in line.months.all()}
    categories = [line.category_id] if line.category_id else _rest(lines, actuals)
    facts = [
        _facts(planned.get(month), phase, categories, month, line.unit, actuals)
        for month, phase in zip(months, phases, strict=True)
    ]
    found = streams(facts)
    total = added(found)
    return BoardLine(
        line=line,
        title=str(line),
        months=found,
        total=total,
        to_date=_to_date(found, phases),
        terms=share_of(total, line.terms_percent),
    )


def _facts(
    planned: SalesMonth | None,
    phase: Phase,
    categories: Sequence[int | None],
    month: date,
    unit: str,
    actuals: Actuals,
) -> MonthFacts:
    begun = phase is not Phase.TO_COME
    return MonthFacts(
        phase=phase,
        plan=planned.amount if planned else None,
        plan_volume=planned.volume if planned else None,
        actual=actuals.amount(categories, month) if begun else None,
        actual_volume=actuals.volume(categories, month, unit) if begun else None,
    )


def _rest(lines: Sequence[SalesLine], actuals: Actuals) -> list[int | None]:
    """The categories that were bought and have no line of their own."""
    own = {one.category_id for one in lines if one.category_id}
    return [one for one in {key for key, _month in actuals.cells} if one not in own]


def _unplanned(
    lines: Sequence[SalesLine],
    months: Sequence[date],
    phases: Sequence[Phase],
    actuals: Actuals,
) -> BoardLine | None:
    """What was posted in categories without a line, unless a line holds everything else."""
    rest = _rest(lines, actuals)
    if not rest or any(one.category_id is None for one in lines):
        return None
    facts = [
        _facts(None, phase, rest, month, "", actuals)
        for month, phase in zip(months, phases, strict=True)
    ]
    found = streams(facts)
    return BoardLine(
        line=None,
        title=gettext("Not planned"),
        months=found,
        total=added(found),
        to_date=_to_date(found, phases),
        terms=Streams(),
    )


def _to_date(months: Sequence[Streams], phases: Sequence[Phase]) -> Streams:
    pairs = zip(months, phases, strict=True)
    return added(one for one, phase in pairs if phase is Phase.OVER)


def _terms(
    plan: Plan,
    rows: Sequence[BoardLine],
    months: Sequence[date],
    phases: Sequence[Phase],
    *,
    booked: bool,
) -> Streams:
    planned = added(row.terms for row in rows)
    over = [month for month, phase in zip(months, phases, strict=True) if phase is Phase.OVER]
    if not over or not booked:
        return planned
    period = Period(over[0], add_months(over[-1], 1))
    found = account_profit(plan.account_id, period, as_of=over[-1])
    amount = found.costing.costs.get(CostKind.TRADE_TERMS)
    rate = monthly_rates(plan.currency_id, [over[-1]])[over[-1]]
    actual = None if amount is None or rate is None else convert(amount, rate)
    return Streams(planned.plan, planned.forecast, actual)


@dataclass(frozen=True, slots=True)
class YearBefore:
    """Posted revenue of the months that `months` names, by category and month of the plan: of
    each the same month a year before, or further back where that one is not over yet."""

    amounts: Mapping[tuple[int | None, date], Decimal]
    found: Actuals
    months: Mapping[date, date]

    @property
    def categories(self) -> list[int | None]:
        """Categories that brought anything, those that brought most first."""
        sums: dict[int | None, Decimal] = {}
        for (key, _month), amount in self.amounts.items():
            sums[key] = sums.get(key, Decimal(0)) + max(amount, Decimal(0))
        return sorted((key for key in sums if sums[key]), key=lambda key: -sums[key])

    def unit(self, category: int | None) -> str:
        """The one unit that all of a category was counted in; else none."""
        rows = [one for (key, _month), cells in self.found.cells.items() if key == category
                for one in cells]  # fmt: skip
        units = {unit for one in rows for unit in one.volumes}
        return units.pop() if len(units) == 1 and not any(r.has_uncounted for r in rows) else ""

    def volume(self, key: tuple[int | None, date], unit: str) -> Decimal | None:
        """The volume of a category and a month of the plan, where it is known in the unit."""
        category, month = key
        return self.found.volume([category], self.months[month], unit)


def last_year(plan: Plan, *, as_of: date) -> YearBefore:
    """Return what the same months brought a year before.

    Whoever plans next year in autumn has no autumn of this year yet: a month that runs or is to
    come brought nothing to go by, so the same month of the year before it stands for it.
    """
    months = {one: _over_before(one, as_of) for one in months_of(plan)}
    found = actuals_in(plan, Period(min(months.values()), add_months(max(months.values()), 1)))
    keys = {key for key, _month in found.amounts}
    amounts = {
        (key, month): found.amounts[key, before]
        for month, before in months.items()
        for key in keys
        if (key, before) in found.amounts
    }
    return YearBefore(amounts, found, months)


def _over_before(month: date, as_of: date) -> date:
    """The latest month of the same name, a year before or more, that is over on a day."""
    before = add_months(month, -MONTHS_PER_YEAR)
    while phase_of(before, as_of) is not Phase.OVER:
        before = add_months(before, -MONTHS_PER_YEAR)
    return before


def categories_to_add(plan: Plan) -> list[ProductCategory]:
    """Categories that have no line in the plan yet."""
    taken = plan.sales_lines.exclude(category=None).values("category")
    return list(ProductCategory.objects.exclude(pk__in=taken))
