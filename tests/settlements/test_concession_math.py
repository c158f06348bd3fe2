"""Concession in numbers: deduction, guarantee, true-up, negative payable, statement with claims."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settlements.analytics.concession import (
    Carried,
    Commission,
    Fee,
    Guarantee,
    GuaranteeBasis,
    Month,
    NegativeHandling,
    Proration,
    Terms,
    TestPeriod,
    carry,
    claims,
    commission,
    deduction,
    payable,
    true_up,
)
from settlements.analytics.concession_statement import Base, Turnover, concession_statement
from settlements.analytics.problems import CalculationError
from settlements.analytics.rates import Band, Scheme
from settlements.analytics.statement import LineKind

D = Decimal
TIERS = (
    Band(D(0), D(100_000), D(25)),
    Band(D(100_000), D(200_000), D(22)),
    Band(D(200_000), None, D(20)),
)
PLAIN = Terms.percent(D(22))
INCREMENTAL = Terms(Scheme.TIERED_INCREMENTAL, TIERS)
RETROACTIVE = Terms(Scheme.TIERED_RETROACTIVE, TIERS)
SALES = Guarantee(basis=GuaranteeBasis.SALES, amount=D(150_000), test_period=TestPeriod.MONTH)
turnovers = st.decimals("-300000", "300000", places=2)
guarantees = st.builds(
    Guarantee,
    basis=st.sampled_from(GuaranteeBasis),
    amount=st.integers(0, 200_000).map(D),
    test_period=st.just(TestPeriod.MONTH),
)


def test_worked_examples_of_tiers() -> None:
    assert deduction(D(113_000), PLAIN) == 24_860
    assert deduction(D(250_000), INCREMENTAL) == 57_000
    assert deduction(D(250_000), RETROACTIVE) == 50_000
    assert deduction(D("199999"), RETROACTIVE) == D("43999.78")
    assert deduction(D(200_000), RETROACTIVE) == 40_000


def test_negative_turnover_has_its_rate() -> None:
    assert deduction(D(-1000), PLAIN) == -220
    assert deduction(D(-1000), INCREMENTAL) == -250
    assert deduction(D(-1000), replace(INCREMENTAL, negative_rate=D(20))) == -200
    assert deduction(D(-1000), Terms.percent(D(22), negative_rate=D(0))) == 0


@pytest.mark.parametrize(
    ("turnover", "computed", "taken", "top_up", "due"),
    [
        (113_000, 24_860, 33_000, 8_140, 80_000),
        (150_000, 33_000, 33_000, 0, 117_000),
        (180_000, 39_600, 39_600, 0, 140_400),
        (20_000, 4_400, 33_000, 28_600, -13_000),
    ],
)
def test_worked_table_of_the_guarantee(
    turnover: int, computed: int, taken: int, top_up: int, due: int
) -> None:
    found = commission(D(turnover), PLAIN, SALES, places=2)
    assert found == Commission(D(computed), D(33_000), D(taken), D(top_up))
    assert payable(D(turnover), found.taken) == due
    on_commission = replace(SALES, basis=GuaranteeBasis.COMMISSION, amount=D(33_000))
    assert commission(D(turnover), PLAIN, on_commission, places=2) == found


def test_worked_example_of_the_excess_rate() -> None:
    terms = replace(SALES, excess_rate=D(18))
    assert commission(D(180_000), PLAIN, terms, places=2).taken == 38_400
    assert commission(D(150_000), PLAIN, terms, places=2).taken == 33_000
    assert commission(D(113_000), PLAIN, terms, places=2).taken == 33_000


def test_worked_example_of_the_true_up() -> None:
    months = [
        Month(D(turnover), found.taken, found.top_up)
        for turnover in (113_000, 150_000, 180_000)
        for found in [commission(D(turnover), PLAIN, SALES, places=2)]
    ]
    found = true_up(months, replace(SALES, test_period=TestPeriod.CUMULATIVE), PLAIN, places=2)
    assert (found.taken, found.owed) == (105_600, 99_000)
    assert (found.amount, found.refund) == (-6_600, 6_600)
    assert (found.computed, found.top_up, found.top_up_taken) == (97_460, 1_540, 8_140)


def test_a_longer_test_period_takes_no_floor_in_its_months() -> None:
    yearly = replace(SALES, test_period=TestPeriod.YEAR, amount=D(1_800_000), amount_months=12)
    month = commission(D(113_000), PLAIN, yearly, places=2)
    assert month == Commission(D(24_860), None, D(24_860), D(0))
    provisional = commission(D(113_000), PLAIN, replace(yearly, is_taken_monthly=True), places=2)
    assert provisional.top_up == 8_140
    rest = true_up([Month(D(113_000), D(24_860))] * 12, yearly, PLAIN, places=2)
    assert (rest.amount, rest.refund) == (12 * 8_140, 0)


def test_a_part_month_guarantees_its_trading_days() -> None:
    prorated = replace(SALES, proration=Proration.TRADING_DAYS)
    found = commission(D(10_000), PLAIN, prorated, trading_days=10, calendar_days=30, places=2)
    assert (found.floor, found.top_up) == (11_000, 8_800)
    closed = commission(D(0), PLAIN, prorated, trading_days=0, calendar_days=31, places=2)
    assert closed == Commission(D(0), D(0), D(0), D(0))
    third = commission(D(0), PLAIN, prorated, trading_days=7, calendar_days=31, places=2)
    assert third.floor == D("7451.61")


def test_a_negative_payable_is_carried_or_billed() -> None:
    assert carry(D(-13_000), D(0), NegativeHandling.CARRY_FORWARD) == Carried(
        D(0), D(-13_000), D(0)
    )
    assert carry(D(-13_000), D(0), NegativeHandling.BILL) == Carried(D(0), D(0), D(13_000))
    assert carry(D(80_000), D(-13_000), NegativeHandling.BILL) == Carried(D(67_000), D(0), D(0))


JULY = Turnover(sales=D(113_000))
WITH_TAX = Base(tax_rate=D(13))


def test_worked_example_of_the_statement() -> None:
    found = concession_statement(
        JULY,
        WITH_TAX,
        PLAIN,
        fees=[
            Fee("card", basis=D(113_000), rate=D("0.6")),
            Fee("promo", fixed=D(2000)),
            Fee("utilities", fixed=D(500)),
        ],
        places=2,
    )
    assert (found.gross, found.commission.taken) == (113_000, 24_860)
    assert (found.share.payable, found.share.net, found.share.tax) == (88_140, 78_000, 10_140)
    assert [claim.amount for claim in found.claims] == [678, 2000, 500]
    assert (found.claimed, found.cash) == (3_178, 84_962)
    assert sum(one.amount for one in found.share.all_lines) == 88_140


def test_on_a_base_without_tax_the_tax_comes_on_top() -> None:
    base = Base(tax_rate=D(13), is_tax_inclusive=False)
    found = concession_statement(Turnover(sales=D(100_000)), base, PLAIN, places=2)
    assert found.commission.taken == 22_000
    assert (found.share.net, found.share.tax, found.share.payable) == (78_000, 10_140, 88_140)


def test_who_funds_coupons_and_what_the_rate_is_taken_of() -> None:
    def shares(retailer: int, supplier: int) -> list[D]:
        july = replace(JULY, coupons_by_retailer=D(retailer), coupons_by_supplier=D(supplier))
        bases = (WITH_TAX, replace(WITH_TAX, is_before_coupons=False))
        return [concession_statement(july, base, PLAIN, places=2).share.payable for base in bases]

    assert shares(1000, 0) == [88_140, 88_360]
    assert shares(0, 1000) == [87_140, 87_360]


def test_returns_of_an_earlier_period_may_turn_a_statement_negative() -> None:
    returns = Turnover(sales=D(1000), returns=D(2000))
    found = concession_statement(returns, WITH_TAX, PLAIN, places=2)
    assert (found.gross, found.commission.taken, found.share.payable) == (-1000, -220, -780)
    assert found.carried == Carried(D(0), D(-780), D(0))
    kinds = [one.kind for one in found.share.lines]
    assert kinds == [LineKind.GROSS, LineKind.RETURN, LineKind.COMMISSION]
    following = concession_statement(
        JULY, WITH_TAX, PLAIN, SALES, brought_forward=D(-780), places=2
    )
    assert following.share.payable == 80_000
    assert following.share.total(LineKind.GUARANTEE_TOP_UP) == -8_140
    assert following.carried.due == 79_220


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("guarantee_negative", lambda: replace(SALES, amount=D(-1))),
        ("amount_months_below_one", lambda: replace(SALES, amount_months=0)),
        ("excess_rate_out_of_range", lambda: replace(SALES, excess_rate=D(101))),
        (
            "excess_needs_sales",
            lambda: replace(SALES, excess_rate=D(1), basis=GuaranteeBasis.COMMISSION),
        ),
        (
            "days_missing",
            lambda: commission(
                D(1), PLAIN, replace(SALES, proration=Proration.TRADING_DAYS), places=2
            ),
        ),
        (
            "days_out_of_range",
            lambda: commission(
                D(1),
                PLAIN,
                replace(SALES, proration=Proration.TRADING_DAYS),
                trading_days=31,
                calendar_days=30,
                places=2,
            ),
        ),
        ("no_months", lambda: true_up([], SALES, PLAIN, places=2)),
        ("brought_forward_positive", lambda: carry(D(1), D(1), NegativeHandling.BILL)),
        ("fee_unclear", lambda: claims([Fee("x", basis=D(1))], places=2)),
        ("fee_unclear", lambda: claims([Fee("x")], places=2)),
        ("negative_turnover_part", lambda: Turnover(sales=D(-1))),
        ("no_bands", lambda: deduction(D(-1), Terms(Scheme.PERCENT, (), D(1)))),
    ],
)
def test_what_is_refused(code: str, call: Callable[[], object]) -> None:
    with pytest.raises(CalculationError) as caught:
        call()
    assert caught.value.code == code


@given(turnovers, turnovers, guarantees, st.none() | st.integers(0, 100).map(D))
def test_incremental_commission_never_falls(
    one: D, other: D, guarantee: Guarantee, negative: D | None
) -> None:
    terms = replace(INCREMENTAL, negative_rate=negative)
    low, high = sorted([one, other])
    assert deduction(low, terms) <= deduction(high, terms)
    below, above = (commission(t, terms, guarantee, places=2) for t in (low, high))
    assert below.taken <= above.taken


@given(
    turnovers,
    guarantees,
    st.sampled_from([PLAIN, INCREMENTAL, RETROACTIVE]),
    st.sampled_from([0, 2, 3]),
)
def test_commission_is_never_below_its_floor(
    turnover: D, guarantee: Guarantee, terms: Terms, places: int
) -> None:
    found = commission(turnover, terms, guarantee, places=places)
    assert found.floor is not None
    assert found.taken == max(found.computed, found.floor)
    assert found.top_up == found.taken - found.computed >= 0
    due = payable(turnover, found.taken)
    assert due + found.taken == turnover
    for handling in NegativeHandling:
        settled = carry(due, D(0), handling)
        assert settled.due + settled.carried_forward - settled.billed == due


@given(
    st.lists(turnovers, min_size=1, max_size=12),
    guarantees,
    st.sampled_from([PLAIN, INCREMENTAL, RETROACTIVE]),
    st.none() | st.integers(0, 22).map(D),
)
def test_tested_together_never_costs_more_than_month_by_month(
    months: list[D], guarantee: Guarantee, terms: Terms, excess: D | None
) -> None:
    if guarantee.basis is GuaranteeBasis.SALES and terms is PLAIN:
        guarantee = replace(guarantee, excess_rate=excess)
    rows = [
        Month(turnover, found.taken, found.top_up)
        for turnover in months
        for found in [commission(turnover, terms, guarantee, places=6)]
    ]
    found = true_up(rows, guarantee, terms, places=6)
    assert found.owed <= found.taken + D("0.00001")
    assert found.owed >= found.floor


@given(
    sales=st.decimals("0", "999999.99", places=2),
    returns=st.decimals("0", "999999.99", places=2),
    tax_rate=st.sampled_from([D(0), D(9), D(13), D("25.5")]),
    inclusive=st.booleans(),
    guarantee=st.none() | guarantees,
)
def test_statement_adds_up(
    sales: D, returns: D, tax_rate: D, inclusive: bool, guarantee: Guarantee | None
) -> None:
    base = Base(tax_rate=tax_rate, is_tax_inclusive=inclusive)
    found = concession_statement(
        Turnover(sales=sales, returns=returns), base, INCREMENTAL, guarantee, places=2
    )
    lines = sum((one.amount for one in found.share.all_lines), D(0))
    assert lines == found.share.payable == found.share.net + found.share.tax
    share = found.share.payable if inclusive else found.share.net
    assert share == found.gross - found.commission.taken
