"""Ratios of what was seen and delivered to what was agreed and ordered; missing is never zero."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

OLD_GAP_DAYS = 14
_FOUND, _GAPS = "found", frozenset({"not_found", "out_of_stock"})


@dataclass(frozen=True, slots=True)
class Seen:
    """How many lines were planned, looked at, and found; `planned` ≥ `checked` ≥ `found` ≥ 0."""

    planned: int = 0
    checked: int = 0
    found: int = 0

    def __post_init__(self) -> None:
        """Refuse counts that cannot be."""
        if not 0 <= self.found <= self.checked <= self.planned:
            raise ValueError(f"{self} is not a part of a part")

    def __add__(self, other: Seen) -> Seen:
        """Count both."""
        return Seen(
            self.planned + other.planned, self.checked + other.checked, self.found + other.found
        )

    @property
    def compliance(self) -> Decimal | None:
        """Found ÷ checked; None where nothing was looked at: not checked is not compliant."""
        return ratio(self.found, self.checked)

    @property
    def coverage(self) -> Decimal | None:
        """Checked ÷ planned: how much of what was agreed the compliance speaks of."""
        return ratio(self.checked, self.planned)


@dataclass(frozen=True, slots=True)
class Service:
    """Sums of service reports; None where no line said the figure."""

    ordered: Decimal | None = None
    delivered: Decimal | None = None
    orders: int | None = None
    orders_otif: int | None = None

    @property
    def fill_rate(self) -> Decimal | None:
        """Σ delivered ÷ Σ ordered, over lines that say both."""
        return ratio(self.delivered, self.ordered)

    @property
    def otif(self) -> Decimal | None:
        """Orders in full and on time ÷ orders, over lines that say both."""
        return ratio(self.orders_otif, self.orders)


def ratio(part: Decimal | int | None, whole: Decimal | int | None) -> Decimal | None:
    """Return part ÷ whole; None where one is unknown or the whole is nothing."""
    if part is None or not whole:
        return None
    return Decimal(part) / Decimal(whole)


def open_since(seen: Iterable[tuple[date, str]]) -> date | None:
    """Return since when something is missing, from what was seen of it in order of time.

    None where it was found last, or nobody ever looked. A day on which nobody looked at it
    neither opens nor closes a gap.
    """
    since: date | None = None
    for day, outcome in seen:
        if outcome == _FOUND:
            since = None
        elif outcome in _GAPS and since is None:
            since = day
    return since


def is_old(since: date, as_of: date) -> bool:
    """Whether a gap has been open for more than 14 days."""
    return (as_of - since).days > OLD_GAP_DAYS
