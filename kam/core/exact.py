"""Exact arithmetic: sums that never round, and the one place where a ratio is rounded."""

from collections.abc import Iterable
from decimal import (
    ROUND_HALF_UP,
    Context,
    Decimal,
    Inexact,
    InvalidOperation,
    Overflow,
)
from fractions import Fraction

RATIO_PLACES = 12
"""Decimals of a stored share or ratio; decisions are taken before this rounding."""

EXACT = Context(prec=1000, traps=[Inexact, InvalidOperation, Overflow])
"""Decimal context that raises rather than rounds (the default keeps only 28 digits)."""

WIDE = Context(prec=1000, rounding=ROUND_HALF_UP, traps=[InvalidOperation, Overflow])
"""The same width for an intended rounding, half away from zero."""


def exact_sum(amounts: Iterable[Decimal]) -> Decimal:
    """Return the sum without rounding, whatever the number of digits; no amounts give 0."""
    total, add = Decimal(0), EXACT.add
    for amount in amounts:
        total = add(total, amount)
    return total


def rounded(value: Fraction, places: int = RATIO_PLACES) -> Decimal:
    """Return an exact fraction as a `Decimal`, half away from zero."""
    return quotient(value.numerator, value.denominator, places)


def quotient(numerator: int, denominator: int, places: int = RATIO_PLACES) -> Decimal:
    """Return numerator ÷ denominator (positive), half away from zero, by integers only."""
    units = (2 * abs(numerator) * 10**places + denominator) // (2 * denominator)
    return Decimal(units if numerator >= 0 else -units).scaleb(-places, context=EXACT)


def ratio(part: Decimal, whole: Decimal, places: int = RATIO_PLACES) -> Decimal | None:
    """Return part ÷ whole, or None when the whole is not positive: such a share says nothing."""
    if whole <= 0:
        return None
    (numerator, by), (denominator, of) = part.as_integer_ratio(), whole.as_integer_ratio()
    return quotient(numerator * of, by * denominator, places)
