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

    What is open comes as it is expected, sales to come are paid after the observed days. Of what
    was sold before the start, all that comes from then on is paid later where terms grow longer;
    in an insolvency it comes with the probability that it does not happen, and what an
    administrator pays out later is left out.
    """
    end = add_months(month_start(given.starts_on), given.horizon)
    count = min(max(-(-(end - facts.monday).days // WEEK), 1), WEEKS_SHOWN)
    mondays = [facts.monday + timedelta(days=WEEK * number) for number in range(count)]
    sales = _sold(facts, given, mondays)
    open_items = [*facts.collections[:count], *[ZERO] * (count - len(facts.collections))]
    usual = _added(open_items, _delayed([one.amount for one in sales], facts.days_to_pay))
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


@dataclass(frozen=True, slots=True)
class _Sold:
    """What a week's days would bring, what the run-off takes of it, and what of it is sold before
    the start."""

    amount: Decimal
    taken: Decimal
    before: Decimal


type _Run = tuple[list[Decimal], list[Decimal]]


def _run(
    facts: Facts,
    given: Assumptions,
    case: Case,
    mondays: Sequence[date],
    sales: Sequence[_Sold],
    open_items: Sequence[Decimal],
    usual: Sequence[Decimal],
) -> _Run:
    """Receipts of each week, and the running difference of cash to the usual."""
    sent = [one.amount - one.taken * case.gone for one in sales]
    unpaid = case.probability if given.kind == Kind.INSOLVENCY else ZERO
    due, paid_in = _late(given, mondays, 0), _late(given, mondays, facts.days_to_pay)
    opened = [amount * (ONE - unpaid * due[n]) for n, amount in enumerate(open_items)]
    paid = [sent[n] - one.before * unpaid * paid_in[n] for n, one in enumerate(sales)]
    receipts = _added(
        _delayed(opened, 0, case.extra_days, due),
        _delayed(paid, facts.days_to_pay, case.extra_days, paid_in),
    )
    margin = case.contribution if case.contribution is not None else ZERO
    running, differences = ZERO, []
    for place, received in enumerate(receipts):
        spared = (sales[place].amount - sent[place]) * (ONE - margin)
        spared += _avoided_week(given, case, mondays[place])
        running += received - usual[place] + spared
        differences.append(running)
    return receipts, differences


def still_coming(facts: Facts, given: Assumptions, case: Case) -> Decimal:
    """What still comes in of the open items; in an insolvency what is due from its start on comes
    with the probability that it does not happen."""
    unpaid = case.probability if given.kind == Kind.INSOLVENCY else ZERO
    mondays = [facts.monday + timedelta(days=WEEK * n) for n in range(len(facts.collections))]
    late = _late(given, mondays, 0)
    parts = (one * (ONE - unpaid * late[n]) for n, one in enumerate(facts.collections))
    return sum(parts, ZERO)


def _late(given: Assumptions, mondays: Sequence[date], days: int) -> list[bool]:
    """Whether what comes so many days after each week comes from the start on."""
    return [given.starts_on <= one + timedelta(days=WEEK - 1 + days) for one in mondays]


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


def _sold(facts: Facts, given: Assumptions, mondays: Sequence[date]) -> list[_Sold]:
    """What each week's days would bring of their months.

    Days up to the day itself are sold already: what they brought is in the books.
    """
    return [_sold_week(facts, given, monday) for monday in mondays]


def _sold_week(facts: Facts, given: Assumptions, monday: date) -> _Sold:
    amount, taken, before = ZERO, ZERO, ZERO
    for number in range(WEEK):
        day = monday + timedelta(days=number)
        if day > facts.as_of:
            start = month_start(day)
            of_day = baseline(facts.history, start) / (add_months(start, 1) - start).days
            amount += of_day
            taken += of_day * _gone_on(given, day)
            before += of_day if day < given.starts_on else ZERO
    return _Sold(rounded(amount), rounded(taken), rounded(before))


def _gone_on(given: Assumptions, day: date) -> Decimal:
    if not given.is_lost or day < given.effective_on:
        return ZERO
    passed = months_between(month_start(given.effective_on), month_start(day))
    return given.run_off[min(passed, len(given.run_off) - 1)]


def _delayed(
    amounts: Sequence[Decimal], days: int, more: int = 0, late: Sequence[bool] = ()
) -> list[Decimal]:
    """Move weekly amounts by days, by `more` days further where the week is late; the parts of a
    week go to the two weeks that they fall in."""
    moved = [ZERO] * len(amounts)
    for place, amount in enumerate(amounts):
        shift = days + (more if late and late[place] else 0)
        weeks, rest = divmod(max(shift, 0), WEEK)
        after = rounded(amount * rest / WEEK)
        for target, part in ((place + weeks, amount - after), (place + weeks + 1, after)):
            if target < len(moved):
                moved[target] += part
    return moved


def _added(first: Sequence[Decimal], second: Sequence[Decimal]) -> list[Decimal]:
    return [one + other for one, other in zip(first, second, strict=True)]
