"""How long money takes to come: days sales outstanding three ways, days beyond terms.

Receivables and sales must be on the same basis: both with tax or both without. What cannot be
told is None, never zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from kam.core.exact import rounded

PLACES = 2


@dataclass(frozen=True, slots=True)
class Sales:
    """Sales on credit of one stretch of days, usually a month."""

    amount: Decimal
    days: int


@dataclass(frozen=True, slots=True)
class Countback:
    """Days by exhaustion; `days` is None where receivables exceed all sales that are known.

    `known_days` then says more than how many days it is.
    """

    days: Decimal | None
    known_days: int


def dso_simple(receivables: Decimal, sales: Decimal, days: int) -> Decimal | None:
    """Return receivables ÷ credit sales × days; None without sales."""
    if sales <= 0:
        return None
    return rounded(Fraction(receivables) * days / Fraction(sales), PLACES)


def dso_best_possible(not_due: Decimal, sales: Decimal, days: int) -> Decimal | None:
    """Return what DSO would be if nothing were overdue: the same with not-due receivables."""
    return dso_simple(not_due, sales, days)


def dso_countback(receivables: Decimal, newest_first: Sequence[Sales]) -> Countback:
    """Take the newest sales off receivables until they are used up; the last part pro rata.

    A stretch without sales (or with more returns) takes nothing off, and its days count.
    Receivables of zero or less are zero days.
    """
    known = sum(sales.days for sales in newest_first)
    left, days = Fraction(receivables), Fraction(0)
    for sales in newest_first:
        if left <= 0:
            break
        amount = Fraction(sales.amount)
        if amount > left:
            return Countback(rounded(days + left / amount * sales.days, PLACES), known)
        left -= max(amount, Fraction(0))
        days += sales.days
    return Countback(None if left > 0 else rounded(days, PLACES), known)


@dataclass(frozen=True, slots=True)
class Settled:
    """An amount and how many days after its due date it was paid (negative: before)."""

    amount: Decimal
    days_late: int


@dataclass(frozen=True, slots=True)
class BeyondTerms:
    """Amount-weighted days beyond terms, with the amount it was weighed over."""

    days: Decimal | None
    denominator: Decimal
    items: int


def days_beyond_terms(settled: Iterable[Settled]) -> BeyondTerms:
    """Return Σ(amount × days after due) ÷ Σ amount; early payments count against late ones."""
    rows = list(settled)
    whole = sum((row.amount for row in rows), Decimal(0))
    if whole <= 0:
        return BeyondTerms(None, whole, len(rows))
    weighted = sum((Fraction(row.amount) * row.days_late for row in rows), Fraction(0))
    return BeyondTerms(rounded(weighted / Fraction(whole), PLACES), whole, len(rows))
