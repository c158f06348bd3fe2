"""Units of sale: exact conversion between pieces, cartons and pallets.

A unit's factor says how many base units it holds, as a ratio of whole numbers: a carton of 12 is
12/1, a kilogram of a product sold by the 3 kg bag is 1/3 bag. Nothing is rounded on the way; what
cannot be written with six decimals is refused rather than rounded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import trunc

from kam.core.exact import EXACT, rounded
from settlements.analytics.problems import CalculationError

PLACES = 6
"""Decimals of a quantity."""


class UnitError(CalculationError):
    """A unit or quantity that is none: `factor_not_positive`, `not_a_number`."""


class InexactError(CalculationError):
    """A quantity that another unit, or whole packs, cannot express.

    Codes: `inexact` (with `quantity`, `source`, `target`), `not_whole_packs` (with `rest`).
    """


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit by its code; one of it is numerator ÷ denominator base units."""

    code: str
    numerator: int
    denominator: int = 1

    def __post_init__(self) -> None:
        """Refuse a factor that is not above zero."""
        if self.numerator <= 0 or self.denominator <= 0:
            raise UnitError(
                "factor_not_positive",
                unit=self.code,
                numerator=self.numerator,
                denominator=self.denominator,
            )

    @property
    def factor(self) -> Fraction:
        """How many base units one of it is."""
        return Fraction(self.numerator, self.denominator)

    def is_as_large_as(self, other: Unit) -> bool:
        """Whether one of it holds as many base units as one of the other."""
        return self.numerator * other.denominator == other.numerator * self.denominator


def convert(quantity: Decimal, source: Unit, target: Unit) -> Decimal:
    """Return a quantity of one unit in another, exactly.

    Raises InexactError (`inexact`) where that has more than six decimals, UnitError
    (`not_a_number`).
    """
    exact = _exact(quantity) * source.factor / target.factor
    found = rounded(exact, PLACES)
    if Fraction(found) != exact:
        raise InexactError("inexact", quantity=quantity, source=source.code, target=target.code)
    return _plain(found)


def price_in(price: Decimal, source: Unit, target: Unit, *, places: int) -> Decimal:
    """Return the price of one `target` from that of one `source`, rounded half away from zero.

    12.00 a carton of 12 is 1.00 a piece. For comparing and showing: amounts are computed in the
    unit that the price was agreed for.
    """
    return rounded(_exact(price) * target.factor / source.factor, places)


def split_packs(quantity_in_base: Decimal, units: Sequence[Unit]) -> list[tuple[Unit, int]]:
    """Return a quantity of base units in whole packs, the largest unit first; no packs of zero.

    As many of the largest as fit, then of the next: 3 pallets 2 cartons 5 pieces. A negative
    quantity gives negative counts. Raises InexactError (`not_whole_packs`, with the `rest` in base
    units as text) where something smaller than the smallest unit is left.
    """
    left, found = _exact(quantity_in_base), []
    for unit in sorted(units, key=lambda unit: unit.factor, reverse=True):
        count = trunc(left / unit.factor)
        left -= count * unit.factor
        if count:
            found.append((unit, count))
    if left:
        raise InexactError("not_whole_packs", quantity=quantity_in_base, rest=str(left))
    return found


def _exact(quantity: Decimal) -> Fraction:
    if not quantity.is_finite():
        raise UnitError("not_a_number", quantity=quantity)
    return Fraction(quantity)


def _plain(quantity: Decimal) -> Decimal:
    """Return the same number without zeros at the end of its decimals."""
    whole = quantity.to_integral_value()
    return whole if whole == quantity else quantity.normalize(EXACT)
