"""Methods compared on one history: margin, cash, capital, risk, exposure; what is not known."""

from __future__ import annotations

from dataclasses import fields, replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settlements.analytics.methods import (
    Comparison,
    History,
    Method,
    MethodKind,
    MonthCash,
    MonthSales,
    compare,
)
from settlements.analytics.problems import CalculationError

D = Decimal
MONTH = MonthSales(at_supply=D(10_000), at_consumer=D(15_000), cost=D(6_000))
HISTORY = History(
    months=(MONTH, MONTH),
    unsold_share=D("0.2"),
    shrink_share=D(0),
    delay_days=D(5),
    stock_days=D(25),
    capital_percent=D("7.3"),
    loss_percent=D(1),
)
OUTRIGHT = Method(kind=MethodKind.OUTRIGHT, term_days=30)
CONSIGNED = Method(kind=MethodKind.CONSIGNMENT, term_days=30, statement_days=20)
CONCESSION = Method(kind=MethodKind.CONCESSION, term_days=30, statement_days=20, rate=D(30))
EVERY = (OUTRIGHT, replace(OUTRIGHT, takes_back_unsold=True), CONSIGNED, CONCESSION)
FIGURES = [field.name for field in fields(Comparison) if field.name not in ("method", "missing")]


def only(history: History, method: Method) -> Comparison:
    """Return the comparison of one method."""
    (found,) = compare(history, [method], places=2)
    return found


def cash(*amounts: int, start: int = -1) -> tuple[MonthCash, ...]:
    """Return cash of months that follow each other."""
    return tuple(MonthCash(start + n, D(amount)) for n, amount in enumerate(amounts))


def test_outright_on_credit() -> None:
    found = only(HISTORY, OUTRIGHT)  # 1.25 delivered and billed for 1 sold
    assert (found.revenue, found.margin, found.margin_percent) == (25_000, 10_000, 40)
    assert (found.days_to_cash, found.peak_cash_out) == (35, 15_000)
    assert found.cash == cash(-7_500, 5_000, 12_500)
    assert (found.capital_cost, found.expected_loss, found.result) == (105, 250, 9_645)
    assert (found.stock_risk, found.exposure_peak, found.missing) == (0, 25_000, {})


def test_outright_with_unsold_goods_taken_back() -> None:
    found = only(HISTORY, replace(OUTRIGHT, takes_back_unsold=True))
    assert (found.revenue, found.margin, found.stock_risk) == (20_000, 8_000, 3_000)
    assert found.capital_cost == 99  # 12,000 × 35 and 3,000 × 25 days


def test_consignment() -> None:
    found = only(HISTORY, CONSIGNED)
    assert (found.revenue, found.margin, found.margin_percent) == (20_000, 8_000, 40)
    assert (found.days_to_cash, found.peak_cash_out) == (80, 12_000)
    assert found.cash == cash(-6_000, -6_000, 0, 10_000, 10_000)
    assert (found.capital_cost, found.expected_loss, found.result) == (207, 200, 7_593)
    assert (found.stock_risk, found.exposure_peak) == (3_000, 20_000)
    shared = replace(CONSIGNED, retailer_shrink=D("0.5"))
    lossy = only(replace(HISTORY, shrink_share=D("0.02")), shared)
    assert (lossy.revenue, lossy.margin, lossy.stock_risk) == (20_200, 7_960, 3_180)


def test_concession() -> None:
    found = only(HISTORY, CONCESSION)
    assert (found.revenue, found.margin, found.days_to_cash) == (21_000, 9_000, 80)
    assert (found.margin_percent, found.stock_risk) == (D("42.86"), 3_000)
    lossy = only(replace(HISTORY, shrink_share=D("0.02")), CONCESSION)
    assert (lossy.revenue, lossy.margin) == (21_000, 8_760)


def test_stock_at_the_retailer_is_exposure_at_its_weight() -> None:
    one = replace(HISTORY, months=(replace(MONTH, cost=D(12_000)),), stock_days=D(200))
    peaks = [
        compare(one, [replace(CONSIGNED, term_days=0)], places=0, stock_weight=weight)[0]
        for weight in (D(0), D("0.5"), D(1))
    ]
    assert [found.exposure_peak for found in peaks] == [10_000, 10_000, 15_000]


def test_an_unknown_input_is_named_and_nothing_is_zero() -> None:
    found = only(replace(HISTORY, capital_percent=None), OUTRIGHT)
    assert (found.margin, found.capital_cost, found.result) == (10_000, None, None)
    assert found.missing == {
        "capital_cost": ("capital_percent",),
        "result": ("capital_percent",),
    }
    hole = replace(HISTORY, months=(MONTH, replace(MONTH, cost=None)))
    assert only(hole, CONSIGNED).missing["margin"] == ("cost",)
    assert only(hole, CONSIGNED).revenue == 20_000
    assert only(HISTORY, replace(CONCESSION, rate=None)).missing["revenue"] == ("rate",)
    empty = only(History(months=()), OUTRIGHT)
    assert all(getattr(empty, name) is None for name in FIGURES)
    assert empty.missing["stock_risk"] == ("months",)
    nothing_sold = MonthSales(at_supply=D(0), at_consumer=D(0), cost=D(0))
    idle = only(replace(HISTORY, months=(nothing_sold,)), CONSIGNED)
    assert (idle.revenue, idle.margin_percent) == (0, None)


@pytest.mark.parametrize("method", EVERY)
@pytest.mark.parametrize(
    "name",
    [
        *("unsold_share", "shrink_share", "delay_days", "stock_days", "capital_percent"),
        *("loss_percent", "at_supply", "at_consumer", "cost"),
    ],
)
def test_a_figure_shown_without_an_input_does_not_depend_on_it(method: Method, name: str) -> None:
    def with_input(value: D | None) -> Comparison:
        if not hasattr(MONTH, name):
            return only(replace(HISTORY, **{name: value}), method)  # type: ignore[arg-type]
        month = replace(MONTH, **{name: value})
        return only(replace(HISTORY, months=(month, month)), method)

    without, other = with_input(None), with_input(D("0.37"))
    for figure in FIGURES:
        shown = getattr(without, figure)
        assert shown is None or shown == getattr(other, figure), figure


def test_what_is_refused() -> None:
    for change in ({"unsold_share": D(1)}, {"shrink_share": D(-1)}, {"stock_days": D(-1)}):
        with pytest.raises(CalculationError) as caught:
            replace(HISTORY, **change)  # type: ignore[arg-type]
        assert caught.value.code == "share_out_of_range"
    for method in ({"rate": D(101)}, {"retailer_shrink": D(2)}):
        with pytest.raises(CalculationError):
            replace(CONSIGNED, **method)  # type: ignore[arg-type]
    with pytest.raises(CalculationError):
        compare(HISTORY, EVERY, places=2, stock_weight=D(2))


money = st.decimals("0", "99999.99", places=2)
histories = st.builds(
    History,
    months=st.lists(
        st.builds(MonthSales, at_supply=money, at_consumer=money, cost=money),
        min_size=1,
        max_size=14,
    ).map(tuple),
    unsold_share=st.decimals("0", "0.9", places=3),
    shrink_share=st.decimals("0", "0.5", places=3),
    delay_days=st.decimals("-30", "90", places=2),
    stock_days=st.decimals("0", "120", places=2),
    capital_percent=st.decimals("0", "30", places=2),
    loss_percent=st.decimals("0", "20", places=2),
)


@given(histories, st.sampled_from(EVERY), st.sampled_from([0, 2, 3]))
def test_cash_is_the_margin_and_nothing_is_below_zero(
    history: History, method: Method, places: int
) -> None:
    (found,) = compare(history, [method], places=places)
    assert found.cash is not None
    assert sum((month.amount for month in found.cash), D(0)) == found.margin
    months = [month.month for month in found.cash]
    assert months == list(range(months[0], months[-1] + 1))
    for name in ("peak_cash_out", "stock_risk", "exposure_peak", "expected_loss"):
        assert getattr(found, name) >= 0
    assert found.missing == {}


@given(histories, st.sampled_from(EVERY), st.integers(1, 60))
def test_a_longer_term_is_never_better(history: History, method: Method, more: int) -> None:
    history = replace(history, delay_days=D(0))
    now = only(history, method)
    later = only(history, replace(method, term_days=method.term_days + more))
    assert now.margin == later.margin
    for name in ("capital_cost", "peak_cash_out", "exposure_peak", "days_to_cash"):
        assert getattr(now, name) <= getattr(later, name)
