"""The three streams of money: what was planned, what is expected now, what was posted.

Plan is frozen at approval. Actual is what was posted. The forecast is projected on actual volume
at planned rates: a month that is over counts its actual volume at the planned price of one unit
(without volumes: what was posted), a month to come its plan at the pace of the months that are
over. Nothing that is not known is taken for zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction

from kam.core.exact import ratio, rounded
from kam.core.money import LINE_PLACES


class Phase(Enum):
    """Where a month stands on the day of the figures."""

    OVER = "over"
    RUNNING = "running"
    TO_COME = "to come"


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthFacts:
    """What is known of a line in a month; None is not planned, or not known."""

    phase: Phase
    plan: Decimal | None = None
    actual: Decimal | None = None
    plan_volume: Decimal | None = None
    actual_volume: Decimal | None = None

    @property
    def at_planned_rate(self) -> Decimal | None:
        """The actual volume at the planned price of one unit; None where one is not known."""
        if self.plan is None or not self.plan_volume or self.actual_volume is None:
            return None
        exact = Fraction(self.plan) * Fraction(self.actual_volume) / Fraction(self.plan_volume)
        return rounded(exact, LINE_PLACES)


@dataclass(frozen=True, slots=True)
class Streams:
    """Plan, forecast and actual of a month, or of several added up."""

    plan: Decimal | None = None
    forecast: Decimal | None = None
    actual: Decimal | None = None

    @property
    def variance(self) -> Decimal | None:
        """Actual less plan; None where one of them is not known."""
        return None if self.plan is None or self.actual is None else self.actual - self.plan

    @property
    def variance_share(self) -> Decimal | None:
        """The variance as a share of the plan; None where nothing was planned."""
        if self.variance is None or self.plan is None:
            return None
        return ratio(self.variance, self.plan)

    @property
    def is_known(self) -> bool:
        """Whether there is anything to show."""
        return not (self.plan is None and self.forecast is None and self.actual is None)


def streams(months: Sequence[MonthFacts]) -> list[Streams]:
    """Return the three streams of a line, month by month."""
    at_pace = pace(months)
    return [Streams(one.plan, forecast(one, at_pace), one.actual) for one in months]


def forecast(month: MonthFacts, at_pace: Fraction | None) -> Decimal | None:
    """Return what a month is expected to bring.

    Of the running month no less than what is posted already. Without a pace, the plan.
    """
    if month.phase is Phase.OVER:
        at_rate = month.at_planned_rate
        return month.actual if at_rate is None else at_rate
    if month.plan is None:
        return month.actual
    expected = month.plan
    if at_pace is not None:
        expected = rounded(Fraction(month.plan) * at_pace, LINE_PLACES)
    return expected if month.actual is None else max(expected, month.actual)


def pace(months: Iterable[MonthFacts]) -> Fraction | None:
    """Return how much of their plan the months that are over brought; never below zero.

    By volume where all planned ones among them have volumes, else by money. None before one is
    over, where nothing was planned for them, or where what they brought is not known.
    """
    over = [one for one in months if one.phase is Phase.OVER and one.plan]
    if not over:
        return None
    if all(one.at_planned_rate is not None for one in over):
        pairs = [(one.actual_volume, one.plan_volume) for one in over]
    else:
        pairs = [(one.actual, one.plan) for one in over]
    if any(done is None for done, _ in pairs):
        return None
    done = sum((Fraction(one) for one, _ in pairs if one is not None), Fraction(0))
    planned = sum((Fraction(one) for _, one in pairs if one is not None), Fraction(0))
    return max(done / planned, Fraction(0))


def added(parts: Iterable[Streams]) -> Streams:
    """Return streams added up; a stream of which no part is known is not known."""
    rows = list(parts)
    return Streams(
        _sum(one.plan for one in rows),
        _sum(one.forecast for one in rows),
        _sum(one.actual for one in rows),
    )


def share_of(one: Streams, percent: Decimal | None) -> Streams:
    """Return a percentage of plan and forecast: terms, which are paid at planned rates."""
    if percent is None:
        return Streams()
    return Streams(_percent(one.plan, percent), _percent(one.forecast, percent))


def _percent(amount: Decimal | None, percent: Decimal) -> Decimal | None:
    return None if amount is None else rounded(Fraction(amount) * Fraction(percent) / 100, 4)


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    known = [one for one in amounts if one is not None]
    return sum(known, Decimal(0)) if known else None
