"""Ageing bands: which band a number of days past the basis date falls in.

Bands are given by their upper bounds, so they meet without a gap and no day counts twice: with
(30, 60, 90) a day count is not due (≤ 0), 1–30, 31–60, 61–90 or 91+. Due today is not overdue.
SQL for volume is built from the same bounds.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

DEFAULT_BOUNDS = (30, 60, 90)
NOT_DUE = "not_due"
NO_DUE_DATE = "no_due_date"


class BoundsError(ValueError):
    """Upper bounds that are no bands: not positive, not rising, or none."""


@dataclass(frozen=True, slots=True)
class Bands:
    """The bands of a report, from rising upper bounds in days (inclusive)."""

    bounds: tuple[int, ...] = DEFAULT_BOUNDS

    def __post_init__(self) -> None:
        """Refuse bounds that leave a gap or count a day twice."""
        rising = all(
            one < other for one, other in zip((0, *self.bounds), self.bounds, strict=False)
        )
        if not self.bounds or not rising:
            raise BoundsError("Bounds must be whole days above zero, each above the one before.")

    @classmethod
    def parse(cls, text: str) -> Bands:
        """Read `30,60,90`; raise BoundsError."""
        try:
            return cls(tuple(int(part) for part in text.split(",")))
        except ValueError as error:  # BoundsError is one too
            raise BoundsError(f"“{text}” is not a list of days such as 30,60,90.") from error

    @property
    def overdue_names(self) -> tuple[str, ...]:
        """Return the names of the overdue bands, youngest first: `1-30` … `91+`."""
        starts = [1, *(bound + 1 for bound in self.bounds)]
        closed = [f"{start}-{end}" for start, end in zip(starts, self.bounds, strict=False)]
        return (*closed, f"{starts[-1]}+")

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of all bands: not due, the overdue ones, no due date."""
        return (NOT_DUE, *self.overdue_names, NO_DUE_DATE)

    def place(self, days: int | None) -> int:
        """Return the band's place in `names`; None is an item without a basis date."""
        if days is None:
            return len(self.bounds) + 2
        return 0 if days <= 0 else bisect_left(self.bounds, days) + 1

    def name(self, days: int | None) -> str:
        """Return the name of the band that holds the number of days."""
        return self.names[self.place(days)]


def days_past(as_of: date, basis: date | None) -> int | None:
    """Return the days from the basis date to `as_of`; negative before it, None without one."""
    return None if basis is None else (as_of - basis).days


def band_totals(bands: Bands, rows: Iterable[tuple[int | None, Decimal]]) -> dict[str, Decimal]:
    """Return the sum of amounts (days past the basis date, amount) by band; empty ones are 0."""
    totals = dict.fromkeys(bands.names, Decimal(0))
    for days, amount in rows:
        totals[bands.name(days)] += amount
    return totals
