"""Lost revenue and contribution by month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kam.core.dates import add_months, month_start, months_between
from plans.analytics.loss.inputs import ZERO, Assumptions, Case, Facts, Range, cases, rounded


def months_of(given: Assumptions) -> list[date]:
    """Return the first days of the months looked at, beginning with that of the start."""
    first = month_start(given.starts_on)
    return [add_months(first, number) for number in range(given.horizon)]


def gone_in(given: Assumptions, month: date) -> Decimal:
    """Return the share of a month's business that the run-off takes.

    Nothing before the notice is over; of the month in which it ends the days that are left.
    """
    first = month_start(given.effective_on)
    passed = months_between(first, month)
    if passed < 0 or not given.is_lost:
        return ZERO
    share = given.run_off[min(passed, len(given.run_off) - 1)]
    if passed:
        return share
    days = (add_months(first, 1) - first).days
    left = days - (given.effective_on - first).days
    return share if left == days else rounded(share * left / days)


def baseline(history: Mapping[date, Decimal], month: date) -> Decimal:
    """Return what a month would bring: what its namesake brought in the year before.

    A month of which nothing is known brings the mean of those that are. Raises ValueError where
    there is none: no revenue is not a revenue of zero.
    """
    if not history:
        raise ValueError("There is no revenue to lose.")
    for known, amount in history.items():
        if known.month == month.month:
            return amount
    return rounded(sum(history.values(), ZERO) / len(history))


@dataclass(frozen=True, slots=True)
class LostMonth:
    """What is lost in a month; `contribution` is None where its rate is not known."""

    month: date
    baseline: Decimal
    gone: Decimal
    revenue: Range
    contribution: Range | None
    avoided: Range


def lost_months(facts: Facts, given: Assumptions) -> list[LostMonth]:
    """Return lost revenue and contribution month by month."""
    months, chosen = months_of(given), cases(given)
    gone = [gone_in(given, month) for month in months]
    return [_lost_month(facts, given, chosen, months, gone, place) for place in range(len(months))]


def _lost_month(
    facts: Facts,
    given: Assumptions,
    chosen: tuple[Case, Case, Case],
    months: Sequence[date],
    gone: Sequence[Decimal],
    place: int,
) -> LostMonth:
    usual = baseline(facts.history, months[place])
    before = place - given.avoidable_lag
    late = gone[before] if before >= 0 else ZERO
    revenue = [usual * gone[place] * case.gone for case in chosen]
    avoided = [(case.avoidable or ZERO) * late * case.gone for case in chosen]
    contribution = None
    if given.contribution is not None:
        lost = [
            revenue[n] * (chosen[n].contribution or ZERO) - avoided[n] for n in range(len(chosen))
        ]
        contribution = Range.over(*lost)
    return LostMonth(
        month=months[place],
        baseline=usual,
        gone=gone[place],
        revenue=Range.over(*revenue),
        contribution=contribution,
        avoided=Range.over(*avoided),
    )
