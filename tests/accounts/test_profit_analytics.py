"""The whale curve: the golden vector, its edges, and what holds for any customers."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.analytics.profitability import (
    Customer,
    pulls,
    revenue_curve,
    state,
    thinned,
    whale,
)

GOLDEN = [50, 30, 20, 10, 0, -5, -10, -15, -30, -30]
money = st.decimals(min_value=-(10**9), max_value=10**9, places=4)


def customers(profits: Sequence[int | Decimal], revenue: int = 100) -> list[Customer[int]]:
    return [Customer(key, Decimal(revenue), Decimal(profit)) for key, profit in enumerate(profits)]


def test_the_golden_vector() -> None:
    found = whale(customers(GOLDEN))
    assert [int(point.cumulative) for point in found.points] == [
        50, 80, 100, 110, 110, 105, 95, 80, 50, 20,
    ]  # fmt: skip
    assert (found.total, found.peak, found.lost) == (20, 110, 90)
    assert (found.peak_from, found.peak_until) == (4, 5)
    assert found.peak_share == Decimal("5.5")
    assert (found.top, found.top_profit, found.top_profit_share) == (2, 80, 4)
    assert (found.making, found.near, found.losing) == (4, 1, 5)
    assert found.top_revenue_share == Decimal("0.2")


@pytest.mark.parametrize("profits", [[5, -5], [1, -3], [-1, -2]])
def test_no_percentages_where_there_is_no_total_profit(profits: list[int]) -> None:
    found = whale(customers(profits))
    assert not found.has_shares
    assert found.peak_share is None
    assert found.top_profit_share is None
    assert found.total == sum(profits)


def test_nobody_earns_anything() -> None:
    found = whale(customers([-1, -2]))
    assert (found.peak, found.peak_from, found.lost) == (0, 0, 3)


def test_no_customers() -> None:
    found = whale(customers([]))
    assert (found.points, found.total, found.peak, found.top) == ((), 0, 0, 0)


@pytest.mark.parametrize(
    ("revenue", "profit", "expected"),
    [
        (100, "2.00", "near"),
        (100, "2.01", "making"),
        (100, "-2.00", "near"),
        (100, "-2.01", "losing"),
        (0, "-1", "losing"),
        (-50, "1", "making"),
        (0, "0", "near"),
    ],
)
def test_break_even_is_a_band_of_two_percent(revenue: int, profit: str, expected: str) -> None:
    assert state(Customer("a", Decimal(revenue), Decimal(profit))) == expected


@given(st.lists(money, max_size=40))
def test_the_curve_ends_at_the_total_and_never_passes_its_peak(profits: list[Decimal]) -> None:
    found = whale(customers(profits))
    assert found.total == sum(profits, Decimal(0))
    assert all(point.cumulative <= found.peak for point in found.points)
    assert found.peak == sum((one for one in profits if one > 0), Decimal(0))
    assert found.making + found.near + found.losing == len(profits)
    assert found.lost >= 0


@given(st.lists(money, min_size=1, max_size=30), st.randoms())
def test_the_order_given_changes_nothing(profits: list[Decimal], chance: object) -> None:
    shuffled = list(profits)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = whale(customers(profits)), whale(customers(shuffled))
    assert [p.cumulative for p in one.points] == [p.cumulative for p in other.points]
    assert (one.top_profit, one.peak_from) == (other.top_profit, other.peak_from)


@given(st.lists(money, max_size=30))
def test_the_revenue_curve_only_rises(revenues: list[Decimal]) -> None:
    curve = revenue_curve(revenues)
    assert curve == sorted(curve)
    assert (curve[-1] if curve else 0) == sum((r for r in revenues if r > 0), Decimal(0))


@given(st.integers(0, 5000), st.integers(2, 300))
def test_thinning_keeps_both_ends(count: int, limit: int) -> None:
    places = thinned(count, limit)
    assert len(places) <= max(limit, 0)
    assert places == sorted(set(places))
    if count:
        assert (places[0], places[-1]) == (0, count - 1)


def test_what_pulls_a_customer_down_is_measured_against_the_usual_share() -> None:
    costs = {"deliveries": Decimal(12), "visits": Decimal(1), "returns": Decimal(6)}
    usual = {"deliveries": Decimal("0.10"), "visits": Decimal("0.05")}
    found = pulls(costs, Decimal(100), usual)
    assert [(one.key, one.amount) for one in found] == [("returns", 6), ("deliveries", 2)]
    assert pulls(costs, Decimal(0), usual) == []
