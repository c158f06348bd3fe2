from decimal import Decimal, Inexact
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kam.core.exact import EXACT, exact_sum, ratio, rounded


def test_sum_keeps_every_digit() -> None:
    assert exact_sum([Decimal("1E+40"), Decimal("0.0001")]) == Decimal("1" + "0" * 40 + ".0001")
    assert exact_sum([]) == Decimal(0)


def test_exact_context_raises_rather_than_rounds() -> None:
    with pytest.raises(Inexact):
        EXACT.divide(Decimal(1), Decimal(3))


def test_rounding_is_half_away_from_zero() -> None:
    assert rounded(Fraction(1, 8), 2) == Decimal("0.13")
    assert rounded(Fraction(-1, 8), 2) == Decimal("-0.13")
    assert str(rounded(Fraction(1, 3))) == "0.333333333333"


def test_ratio_of_a_whole_that_is_not_positive_is_none() -> None:
    assert ratio(Decimal(1), Decimal(0)) is None
    assert ratio(Decimal(1), Decimal(-4)) is None
    assert ratio(Decimal(1), Decimal(4)) == Decimal("0.25")


@given(st.fractions(), st.integers(0, 12))
def test_rounding_is_never_off_by_more_than_half_a_unit(value: Fraction, places: int) -> None:
    assert abs(Fraction(rounded(value, places)) - value) <= Fraction(1, 2 * 10**places)
