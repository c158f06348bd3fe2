"""Units of sale: exact conversion and whole packs."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settlements.analytics.units import (
    InexactError,
    Unit,
    UnitError,
    convert,
    price_in,
    split_packs,
)

D = Decimal
PIECE, CARTON, PALLET = Unit("PCE", 1), Unit("CT", 12), Unit("PF", 480)
THIRD = Unit("KGM", 1, 3)


@pytest.mark.parametrize(
    ("quantity", "source", "target", "found"),
    [
        ("3", CARTON, PIECE, "36"),
        ("36", PIECE, CARTON, "3"),
        ("2", PALLET, CARTON, "80"),
        ("6", PIECE, CARTON, "0.5"),
        ("-6", PIECE, CARTON, "-0.5"),
        ("9", THIRD, PIECE, "3"),
        ("0.000001", PIECE, PIECE, "0.000001"),
        ("1000000", PALLET, PIECE, "480000000"),
        ("123456789012345678901234567890", PIECE, PIECE, "123456789012345678901234567890"),
        ("0", PIECE, CARTON, "0"),
    ],
)
def test_quantities_convert_exactly(quantity: str, source: Unit, target: Unit, found: str) -> None:
    assert str(convert(D(quantity), source, target)) == found


@pytest.mark.parametrize(
    ("quantity", "source", "target"),
    [("1", PIECE, CARTON), ("0.0000001", PIECE, PIECE), ("1", THIRD, PIECE)],
)
def test_what_six_decimals_cannot_say_is_refused(quantity: str, source: Unit, target: Unit) -> None:
    with pytest.raises(InexactError) as refused:
        convert(D(quantity), source, target)
    assert refused.value.code == "inexact"
    assert refused.value.params == {
        "quantity": D(quantity),
        "source": source.code,
        "target": target.code,
    }


def test_units_and_quantities_that_are_none() -> None:
    for numerator, denominator in ((0, 1), (-1, 1), (1, 0), (1, -1)):
        with pytest.raises(UnitError) as refused:
            Unit("X", numerator, denominator)
        assert refused.value.code == "factor_not_positive"
    for call in (lambda: convert(D("NaN"), PIECE, CARTON), lambda: split_packs(D("inf"), [PIECE])):
        with pytest.raises(UnitError) as refused:
            call()
        assert refused.value.code == "not_a_number"


def test_a_price_goes_the_other_way() -> None:
    assert price_in(D("12.00"), CARTON, PIECE, places=4) == 1
    assert price_in(D("0.85"), PIECE, PALLET, places=4) == 408
    assert price_in(D("10"), CARTON, PIECE, places=4) == D("0.8333")


def test_three_pallets_two_cartons_five_pieces() -> None:
    units = [PIECE, PALLET, CARTON]
    assert split_packs(D(1469), units) == [(PALLET, 3), (CARTON, 2), (PIECE, 5)]
    assert split_packs(D(-1469), units) == [(PALLET, -3), (CARTON, -2), (PIECE, -5)]
    assert split_packs(D(480), units) == [(PALLET, 1)]
    assert split_packs(D(0), units) == []
    with pytest.raises(InexactError) as refused:
        split_packs(D("13.5"), [CARTON, PIECE])
    assert (refused.value.code, refused.value.params["rest"]) == ("not_whole_packs", "1/2")


units = st.builds(Unit, st.just("U"), st.integers(1, 10**4), st.integers(1, 100))
quantities = st.decimals(-(10**9), 10**9, places=6)


@given(quantities, units, units)
def test_there_and_back_is_the_same(quantity: D, source: Unit, target: Unit) -> None:
    try:
        there = convert(quantity, source, target)
    except InexactError:
        return
    assert convert(there, target, source) == quantity


@given(st.integers(-(10**9), 10**9), st.sets(st.integers(2, 5000), max_size=4))
def test_packs_add_up(quantity: int, sizes: set[int]) -> None:
    packs = split_packs(D(quantity), [PIECE, *(Unit(str(size), size) for size in sizes)])
    assert sum(unit.factor * count for unit, count in packs) == quantity
    assert all(count * quantity > 0 for _, count in packs)
    factors = [unit.factor for unit, _ in packs]
    assert factors == sorted(factors, reverse=True)
