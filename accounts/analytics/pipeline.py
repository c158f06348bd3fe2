"""Opportunities as a forecast: values weighted by probability, months of closing, past wins."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from kam.core.dates import month_start
from kam.core.exact import exact_sum, quotient, rounded

FORMULA_VERSION = "pipeline-1"
PLACES = 4

OPEN = ("identified", "qualified", "proposed", "agreed")
CLOSED = ("won", "lost")
PROBABILITY: Mapping[str, int] = {
    "identified": 10,
    "qualified": 25,
    "proposed": 50,
    "agreed": 80,
    "won": 100,
    "lost": 0,
}
"""What a stage is worth in percent unless somebody says otherwise."""
MOVES: Mapping[str, tuple[str, ...]] = {
    "identified": ("qualified", "proposed", "agreed", "lost"),
    "qualified": ("identified", "proposed", "agreed", "lost"),
    "proposed": ("identified", "qualified", "agreed", "won", "lost"),
    "agreed": ("identified", "qualified", "proposed", "won", "lost"),
    "won": ("agreed",),
    "lost": ("identified", "qualified"),
}
"""Where an opportunity may go: it is won only after a proposal; a closed one can be taken back."""


def may_move(from_stage: str, to_stage: str) -> bool:
    """Whether the state machine knows this step; staying is none."""
    return to_stage in MOVES.get(from_stage, ())


def weighted(value: Decimal, probability: int) -> Decimal:
    """Return value × probability (percent), rounded half away from zero to four decimals."""
    return rounded(Fraction(value) * probability / 100, PLACES)


@dataclass(frozen=True, slots=True)
class Deal:
    """An open opportunity: its value in the forecast's currency (None: a rate is missing)."""

    value: Decimal | None
    probability: int
    close_on: date


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is expected to close in a month; `month` None holds what should have closed already.

    `unconverted` deals are counted in `deals` and are in neither sum.
    """

    month: date | None
    deals: int
    unconverted: int
    value: Decimal
    weighted: Decimal


def forecast(deals: Iterable[Deal], *, as_of: date) -> list[Bucket]:
    """Return the buckets in order, the overdue one first; months without deals are left out.

    Overdue is what was expected on a day before `as_of` and is still open.
    """
    by_month: dict[date | None, list[Deal]] = {}
    for deal in deals:
        month = None if deal.close_on < as_of else month_start(deal.close_on)
        by_month.setdefault(month, []).append(deal)
    return [_bucket(month, by_month[month]) for month in sorted(by_month, key=_place)]


def _place(month: date | None) -> date:
    return month or date.min


def _bucket(month: date | None, deals: list[Deal]) -> Bucket:
    known = [(deal.value, deal.probability) for deal in deals if deal.value is not None]
    return Bucket(
        month=month,
        deals=len(deals),
        unconverted=len(deals) - len(known),
        value=exact_sum(value for value, _probability in known),
        weighted=exact_sum(weighted(value, probability) for value, probability in known),
    )


@dataclass(frozen=True, slots=True)
class WinRate:
    """How many of the closed ones were won, by number and by value; None where none closed."""

    won: int
    lost: int
    rate: Decimal | None


def win_rate(*, won: int, lost: int) -> WinRate:
    """Return won ÷ (won + lost); None where nothing was decided."""
    decided = won + lost
    return WinRate(won, lost, quotient(won, decided) if decided else None)
