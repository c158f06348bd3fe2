"""Cash by week: what still comes, what is missing, what need not be spent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from kam.core.dates import add_months, month_start, months_between
from plans.analytics.loss.inputs import (
    ONE,
    WEEK,
    WEEKS_SHOWN,
    ZERO,
    Assumptions,
    Case,
    Facts,
    Kind,
    Range,
    cases,
    rounded,
)
from plans.analytics.loss.months import baseline, gone_in


@dataclass(frozen=True, slots=True)
class CashWeek:
    """Money of a week: receipts from them as usual and in the scenario, and what we do not spend.

    `difference` is the scenario's cash less the usual one, summed up from the first week: receipts
    that are missing against goods and service that need not be paid. None: the contribution rate
    is not known. Sales to come are without tax, which passes through.
    """

    monday: date
    usual: Decimal
    receipts: Range
    difference: Range | None


def cash_weeks(facts: Facts, given: Assumptions) -> list[CashWeek]:
    """Return cash by week from the week of the day to the end of the horizon, two years at most.

    What is open comes as it is expected; in an insolvency what is due after the start comes with
    the probability that it does not happen, and what an administrator pays out later is left out.
    Sales to come are paid after the observed days.
    """
    end = add_months(month_start(given.starts_on), given.horizon)
    count = min(max(-(-(end - facts.monday).days // WEEK), 1), WEEKS_SHOWN)
    mondays = [facts.monday + timedelta(days=WEEK * number) for number in range(count)]
    sales = _sold(facts, given, mondays)
    open_items = [*facts.collections[:count], *[ZERO] * (count - len(facts.collections))]
    usual = _added(open_items, _delayed([sold for sold, _taken in sales], facts.days_to_pay))
    runs = [_run(facts, given, case, mondays, sales, open_items, usual) for case in cases(given)]
    return [
        CashWeek(
            monday=monday,
            usual=usual[place],
            receipts=Range.over(*(receipts[place] for receipts, _spared in runs)),
            difference=_difference(runs, usual, place, given),
        )
        for place, monday in enumerate(mondays)
    ]


type _Run = tuple[list[Decimal], list[Decimal]]


def _run(
    facts: Facts,
    given: Assumptions,
    case: Case,
    mondays: Sequence[date],
    sales: Sequence[tuple[Decimal, Decimal]],
    open_items: Sequence[Decimal],
    usual: Sequence[Decimal],
) -> _Run:
    """Receipts of each week, and the running difference of cash to the usual."""
    kept = [sold - taken * case.gone for sold, taken in sales]
    starts = given.starts_on
    late = [starts <= monday + timedelta(days=WEEK - 1) for monday in mondays]
    unpaid = case.probability if given.kind == Kind.INSOLVENCY else ZERO
    opened = [amount * (ONE - unpaid) if late[n] else amount for n, amount in enumerate(open_items)]
    receipts = _added(
        _delayed(opened, case.extra_days), _delayed(kept, facts.days_to_pay + case.extra_days)
    )
    margin = case.contribution if case.contribution is not None else ZERO
    running, differences = ZERO, []
    for place, received in enumerate(receipts):
        spared = (sales[place][0] - kept[place]) * (ONE - margin)
        spared += _avoided_week(given, case, mondays[place])
        running += received - usual[place] + spared
        differences.append(running)
    return receipts, differences


def _difference(
    runs: Sequence[_Run], usual: Sequence[Decimal], place: int, given: Assumptions
) -> Range | None:
    if given.contribution is None and given.is_lost:
        return None
    return Range.over(*(differences[place] for _receipts, differences in runs))


def _avoided_week(given: Assumptions, case: Case, monday: date) -> Decimal:
    """A week's part of the cost to serve that is avoided, after its lag."""
    if case.avoidable is None:
        return ZERO
    month = add_months(month_start(monday), -given.avoidable_lag)
    return rounded(case.avoidable * gone_in(given, month) * case.gone * 12 / 52)


def _sold(
    facts: Facts, given: Assumptions, mondays: Sequence[date]
) -> list[tuple[Decimal, Decimal]]:
    """What each week's days would bring of their months, and what the run-off takes of it.

    Days up to the day itself are sold already: what they brought is in the books.
    """
    return [_sold_week(facts, given, monday) for monday in mondays]


def _sold_week(facts: Facts, given: Assumptions, monday: date) -> tuple[Decimal, Decimal]:
    amount, taken = ZERO, ZERO
    for number in range(WEEK):
        day = monday + timedelta(days=number)
        if day > facts.as_of:
            start = month_start(day)
            of_day = baseline(facts.history, start) / (add_months(start, 1) - start).days
            amount += of_day
            taken += of_day * _gone_on(given, day)
    return rounded(amount), rounded(taken)


def _gone_on(given: Assumptions, day: date) -> Decimal:
    if not given.is_lost or day < given.effective_on:
        return ZERO
    passed = months_between(month_start(given.effective_on), month_start(day))
    return given.run_off[min(passed, len(given.run_off) - 1)]


def _delayed(amounts: Sequence[Decimal], days: int) -> list[Decimal]:
    """Move weekly amounts by days, the parts of a week to the two weeks that they fall in."""
    weeks, rest = divmod(max(days, 0), WEEK)
    moved = [ZERO] * len(amounts)
    for place, amount in enumerate(amounts):
        late = rounded(amount * rest / WEEK)
        for target, part in ((place + weeks, amount - late), (place + weeks + 1, late)):
            if target < len(moved):
                moved[target] += part
    return moved


def _added(first: Sequence[Decimal], second: Sequence[Decimal]) -> list[Decimal]:
    return [one + other for one, other in zip(first, second, strict=True)]
