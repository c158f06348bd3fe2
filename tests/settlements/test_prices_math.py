"""Prices: volume breaks, the waterfall to the net-net price, margins and the floor."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settlements.analytics.prices import (
    Condition,
    ConditionKind,
    Margin,
    PriceBreak,
    PriceError,
    below_floor,
    check_breaks,
    check_conditions,
    margin,
    price_for,
    retail_margins,
    waterfall,
)

D = Decimal
PERCENT, PER_UNIT, FIXED = ConditionKind
BREAKS = [PriceBreak(D(100), D("9.50")), PriceBreak(D(1), D(10)), PriceBreak(D(1000), D(9))]
REBATE = Condition("Rebate", PERCENT, D(2), on_invoice=False)
TARGET = Condition("Target rebate", PERCENT, D(3), on_invoice=False)
FEES = Condition("Fees", FIXED, D(4000), on_invoice=False, sales_linked=False, quantity=D(10000))


def test_the_retailers_front_and_back_margin() -> None:
    discount = Condition("Discount", PERCENT, D(20), on_invoice=True)
    found = waterfall(D("12.50"), [REBATE, discount, TARGET, FEES])
    assert [(step.condition.name, step.amount) for step in found.steps] == [
        ("Discount", D("2.50")),
        ("Rebate", D("0.20")),
        ("Target rebate", D("0.30")),
        ("Fees", D("0.40")),
    ]
    assert (found.on_invoice, found.invoice_price) == (D("2.50"), D("10.00"))
    assert (found.off_invoice, found.net_net) == (D("0.90"), D("9.10"))
    assert (found.sales_linked, found.not_sales_linked) == (D("3.00"), D("0.40"))
    margins = retail_margins(D("12.00"), found, places=1)
    assert margins.front == Margin(D("2.00"), D("16.7"))
    assert margins.back == Margin(D("0.90"), D("7.5"))
    assert margins.total == Margin(D("2.90"), D("24.2"))


def test_discounts_on_the_invoice_may_cascade() -> None:
    conditions = [
        Condition("Trade", PERCENT, D(10), on_invoice=True),
        Condition("Truck", PER_UNIT, D("0.50"), on_invoice=True),
        Condition("Cash", PERCENT, D(5), on_invoice=True),
    ]
    assert waterfall(D(100), conditions).invoice_price == D("84.5")
    assert waterfall(D(100), conditions, cascading=True).invoice_price == D("85.025")
    assert waterfall(D(100), []).net_net == 100
    deep = [Condition("Truck", PER_UNIT, D(2), on_invoice=True), REBATE]
    assert waterfall(D(1), deep).net_net == -1
    third = Condition("Listing", FIXED, D(10), on_invoice=False, quantity=D(3))
    assert waterfall(D(3), [third]).net_net == D("-0.3333")


def test_margins_and_the_floor() -> None:
    assert margin(D(10), D("9.10")) == Margin(D("0.90"), D(9))
    assert margin(D(0), D(1)) == Margin(D(-1), None)
    assert margin(D(8), D(10)) == Margin(D(-2), D(-25))
    assert below_floor(D("8.9999"), D(9))
    assert not below_floor(D(9), D(9))
    assert not below_floor(D(-1), None)


@pytest.mark.parametrize(
    ("quantity", "price"),
    [
        ("0", None),
        ("0.5", None),
        ("1", "10"),
        ("99.999", "10"),
        ("100", "9.50"),
        ("999", "9.50"),
        ("1000", "9"),
        ("1000000", "9"),
        ("-100", "9.50"),
    ],
)
def test_the_highest_break_reached_says_the_price(quantity: str, price: str | None) -> None:
    assert price_for(D(quantity), BREAKS) == (None if price is None else D(price))


def test_everything_that_is_wrong_is_said_at_once() -> None:
    assert [one.code for one in check_breaks([])] == ["no_breaks"]
    assert check_breaks(BREAKS) == []
    wrong = [*BREAKS, PriceBreak(D(-1), D(-1)), PriceBreak(D(1), D(8)), PriceBreak(D("NaN"), D(1))]
    assert [(one.code, one.row) for one in check_breaks(wrong)] == [
        ("quantity_negative", 3),
        ("price_negative", 3),
        ("same_quantity", 4),
        ("not_a_number", 5),
    ]
    conditions = [
        Condition("A", PERCENT, D("100.01"), on_invoice=True),
        Condition("B", PER_UNIT, D(-1), on_invoice=True),
        Condition("C", FIXED, D("NaN"), on_invoice=True),
        Condition("D", FIXED, D(1), on_invoice=True, quantity=D(0)),
        FEES,
    ]
    assert [(one.code, one.row) for one in check_conditions(conditions)] == [
        ("percent_above_100", 0),
        ("value_negative", 1),
        ("not_a_number", 2),
        ("quantity_missing", 2),
        ("quantity_missing", 3),
    ]
    with pytest.raises(PriceError) as refused:
        waterfall(D(1), conditions)
    assert (refused.value.code, refused.value.params) == (
        "percent_above_100",
        {"name": "A", "row": 0},
    )
    with pytest.raises(PriceError) as refused:
        waterfall(D(-1), [])
    assert refused.value.code == "price_negative"


amounts = st.decimals(0, 10**5, places=4)
any_condition = st.one_of(
    st.builds(
        Condition,
        st.just("x"),
        st.just(PERCENT),
        st.decimals(0, 100, places=2),
        st.booleans(),
        st.booleans(),
    ),
    st.builds(
        Condition,
        st.just("x"),
        st.sampled_from([PER_UNIT, FIXED]),
        amounts,
        st.booleans(),
        st.booleans(),
        st.decimals(1, 10**6, places=3),
    ),
)


@given(amounts, st.lists(any_condition, max_size=6), st.booleans())
def test_the_waterfall_adds_up(price: D, conditions: list[Condition], cascading: bool) -> None:
    found = waterfall(price, conditions, cascading=cascading)
    assert found.list_price - found.on_invoice == found.invoice_price
    assert found.invoice_price - found.off_invoice == found.net_net
    assert found.sales_linked + found.not_sales_linked == found.on_invoice + found.off_invoice
    assert len(found.steps) == len(conditions)


@given(amounts, st.lists(st.decimals(0, 100, places=2), max_size=5))
def test_cascading_never_takes_more_than_there_is(price: D, percents: list[D]) -> None:
    conditions = [Condition("x", PERCENT, one, on_invoice=True) for one in percents]
    found = waterfall(price, conditions, cascading=True)
    assert found.net_net >= 0
    assert found.net_net >= waterfall(price, conditions).net_net - D("0.001")


@given(st.dictionaries(st.integers(0, 1000), amounts, min_size=1, max_size=6), st.integers(0, 2000))
def test_a_price_is_that_of_the_nearest_break_below(table: dict[int, D], quantity: int) -> None:
    breaks = [PriceBreak(D(start), price) for start, price in table.items()]
    below = [start for start in table if start <= quantity]
    assert price_for(D(quantity), breaks) == (table[max(below)] if below else None)
