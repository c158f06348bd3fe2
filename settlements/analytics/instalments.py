"""Dividing a total into instalments that add up to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kam.core.money import allocate


@dataclass(frozen=True, slots=True)
class Instalment:
    """A part of a document: an amount and when it is due (None: not known yet)."""

    amount: Decimal
    due_date: date | None = None


def split(
    total: Decimal,
    due_dates: Sequence[date | None],
    *,
    places: int,
    weights: Sequence[Decimal] = (),
) -> list[Instalment]:
    """Divide a total over due dates, equally or by weights; the parts add up to it exactly.

    Largest remainder: each part is within one minor unit (10**-places) of its exact share.
    Raises ValueError for a total with more decimals, or weights that do not fit the dates.
    """
    shares = list(weights) or [Decimal(1)] * len(due_dates)
    if len(shares) != len(due_dates):
        raise ValueError("There must be one weight for each due date.")
    parts = allocate(total, shares, places)
    return [Instalment(part, due) for part, due in zip(parts, due_dates, strict=True)]
