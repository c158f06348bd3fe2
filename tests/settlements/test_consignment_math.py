"""Consignment in numbers: stock identity, shrink, sell-through statement."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settlements.analytics.consignment import (
    Bearer,
    BilledShrink,
    CountResult,
    ShrinkRule,
    ShrinkShares,
    Sold,
    StockPeriod,
    billable_shrink,
    consignment_statement,
    shrink_from_count,
)
from settlements.analytics.problems import CalculationError
from settlements.analytics.statement import LineKind, StatementLine, statement

D = Decimal
ONE_PERCENT = ShrinkRule(Bearer.SHARED, D(1))
units = st.integers(min_value=0, max_value=10**6).map(D)
signed = st.integers(min_value=-(10**6), max_value=10**6).map(D)
prices = st.decimals(min_value="0", max_value="99999.9999", places=4)
tax_rates = st.sampled_from([D(0), D(9), D(13), D("25.5")])
rows_sold = st.builds(
    Sold,
    product=st.integers(1, 9),
    quantity_sold=units,
    quantity_returned=units,
    price=prices,
    tax_rate=tax_rates,
)


def test_worked_example_of_the_stock_identity() -> None:
    before = StockPeriod(fill_up=D(1000), sold=D(650), returned=D(10), picked_up=D(60))
    assert (before.sold_net, before.expected_book) == (640, 300)
    count = shrink_from_count(before.expected_book, D(288))
    assert count == CountResult(shrink=D(12), found=D(0))
    after = StockPeriod(fill_up=D(1000), sold=D(640), picked_up=D(60), shrink=count.shrink)
    assert after.closing == 288
    assert not after.is_negative
    assert shrink_from_count(D(300), D(303)) == CountResult(D(0), D(3))


def test_worked_example_of_billable_shrink() -> None:
    assert billable_shrink(D(12), D(640), ONE_PERCENT) == ShrinkShares(D(6), D(6))
    assert billable_shrink(D(5), D(640), ONE_PERCENT) == ShrinkShares(D(5), D(0))
    assert billable_shrink(D(12), D(-3), ONE_PERCENT) == ShrinkShares(D(0), D(12))
    assert billable_shrink(D(12), D(640), ShrinkRule(Bearer.SUPPLIER)) == ShrinkShares(D(12), D(0))
    assert billable_shrink(D(12), D(640), ShrinkRule(Bearer.RETAILER)) == ShrinkShares(D(0), D(12))
    weighed = billable_shrink(D("12.5"), D(640), ONE_PERCENT, unit_places=3)
    assert weighed == ShrinkShares(D("6.4"), D("6.1"))


def test_worked_example_of_the_statement() -> None:
    sold = Sold(product="A", quantity_sold=D(640), price=D(10), tax_rate=D(13))
    shrink = BilledShrink(product="A", quantity=D(6), price=D(10), tax_rate=D(13))
    result = consignment_statement([sold], [shrink], places=2)
    assert result.lines == (
        StatementLine(LineKind.GROSS, D(640), D(10), D(6400), D(13), "A"),
        StatementLine(LineKind.SHRINK, D(6), D(10), D(60), D(13), "A"),
    )
    assert (result.net, result.tax, result.payable) == (D(6460), D("839.80"), D("7299.80"))
    assert result.rounding == 0


def test_outright_on_the_accepted_quantity() -> None:
    accepted = Sold(product="A", quantity_sold=D(990), price=D(12), tax_rate=D(13))
    result = consignment_statement([accepted], places=2)
    assert (result.net, result.tax, result.payable) == (D(11880), D("1544.40"), D("13424.40"))


def test_tax_is_rounded_once_per_rate_not_per_line() -> None:
    lines = [
        Sold(product=n, quantity_sold=D(1), price=D("0.05"), tax_rate=D(10)) for n in range(10)
    ]
    result = consignment_statement(lines, places=2)
    assert (result.net, result.tax) == (D("0.50"), D("0.05"))  # each line alone: 10 × 0.01


def test_rounding_is_a_line_of_its_own() -> None:
    thin = Sold(product="A", quantity_sold=D(3), price=D("0.3335"), tax_rate=D(13))
    result = consignment_statement([thin], places=2)
    assert (result.net, result.tax, result.rounding) == (D("1.00"), D("0.13"), D("-0.0005"))
    kinds = [one.kind for one in result.all_lines]
    assert kinds == [LineKind.GROSS, LineKind.TAX, LineKind.ROUNDING]


@pytest.mark.parametrize(("places", "payable"), [(0, D(113)), (2, D("113.17")), (3, D("113.172"))])
def test_decimals_of_the_currency(places: int, payable: D) -> None:
    sold = Sold(product="A", quantity_sold=D(1), price=D("100.152"), tax_rate=D(13))
    assert consignment_statement([sold], places=places).payable == payable


def test_prices_that_hold_the_tax() -> None:
    sold = Sold(product="A", quantity_sold=D(10), price=D("11.30"), tax_rate=D(13))
    result = consignment_statement([sold], places=2, is_tax_inclusive=True)
    assert (result.net, result.tax, result.payable) == (D(100), D(13), D(113))
    assert [one.kind for one in result.all_lines] == [LineKind.GROSS]


def test_what_is_refused() -> None:
    def code_of(call: object) -> str:
        with pytest.raises(CalculationError) as caught:
            call()  # type: ignore[operator]
        return caught.value.code

    sold = Sold(product="A", quantity_sold=D(1), price=D(1), tax_rate=D(-1))
    bare = StatementLine(LineKind.FEE, D(1), None, D(1))
    below = Sold(product="A", quantity_sold=D(-1), price=D(1), tax_rate=D(1))
    cheap = Sold(product="A", quantity_sold=D(1), price=D(-1), tax_rate=D(1))
    missing = BilledShrink(product="A", quantity=D(-1), price=D(1), tax_rate=D(1))
    assert code_of(lambda: StockPeriod(sold=D(-1))) == "negative_quantity"
    assert code_of(lambda: shrink_from_count(D(1), D(-1))) == "negative_count"
    assert code_of(lambda: ShrinkRule(Bearer.SHARED)) == "tolerance_missing"
    assert code_of(lambda: ShrinkRule(Bearer.SHARED, D(-1))) == "tolerance_negative"
    assert code_of(lambda: billable_shrink(D(-1), D(1), ONE_PERCENT)) == "negative_quantity"
    assert code_of(lambda: consignment_statement([sold], places=2)) == "tax_rate_negative"
    assert code_of(lambda: consignment_statement([below], places=2)) == "negative_quantity"
    assert code_of(lambda: consignment_statement([cheap], places=2)) == "negative_price"
    assert code_of(lambda: consignment_statement([], [missing], places=2)) == "negative_quantity"
    assert code_of(lambda: statement([bare], places=2)) == "tax_rate_missing"


@given(
    st.builds(
        StockPeriod,
        opening=units,
        fill_up=units,
        sold=units,
        returned=units,
        picked_up=units,
        transferred=signed,
        adjusted=signed,
        shrink=units,
    )
)
def test_identity_holds_for_any_movements(period: StockPeriod) -> None:
    into = period.opening + period.fill_up + period.returned
    out = period.sold + period.picked_up + period.shrink
    assert into - out + period.transferred + period.adjusted == period.closing
    assert period.is_negative == (period.closing < 0)


@given(units, units, units)
def test_a_transfer_conserves_pieces(here: D, there: D, moved: D) -> None:
    out = StockPeriod(opening=here, transferred=-moved)
    into = StockPeriod(opening=there, transferred=moved)
    assert out.closing + into.closing == here + there


@given(signed, units)
def test_a_count_leaves_what_was_counted(book: D, counted: D) -> None:
    result = shrink_from_count(book, counted)
    assert book - result.shrink + result.found == counted
    assert min(result.shrink, result.found) == 0


@given(units, signed, st.sampled_from(Bearer), st.decimals("0", "100", places=2))
def test_shares_of_shrink_make_the_whole(shrink: D, sold: D, bearer: Bearer, percent: D) -> None:
    shares = billable_shrink(shrink, sold, ShrinkRule(bearer, percent))
    assert shares.ours + shares.theirs == shrink
    assert shares.ours >= 0
    assert shares.theirs >= 0
    if bearer is Bearer.SHARED:
        assert shares.ours <= max(sold, D(0)) * percent / 100


@given(st.lists(rows_sold, max_size=12), st.sampled_from([0, 2, 3]), st.booleans())
def test_statement_adds_up(rows: list[Sold], places: int, inclusive: bool) -> None:
    result = consignment_statement(rows, places=places, is_tax_inclusive=inclusive)
    assert sum((one.amount for one in result.all_lines), D(0)) == result.payable
    assert result.payable == result.net + result.tax
    assert result == consignment_statement(rows, places=places, is_tax_inclusive=inclusive)
    assert abs(result.rounding) <= D(5).scaleb(-places - 1) * max(len(result.taxes), 1)
    for amount in (result.payable, *(tax.amount for tax in result.taxes)):
        assert amount == amount.quantize(D(1).scaleb(-places))
