"""Rebates: earned, accrued with cumulative catch-up, prorated, claimed."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kam.core.money import quantise
from settlements.analytics.rates import Band, RateUnit, Scheme, applied
from settlements.analytics.rebates import (
    Accrual,
    ClaimCheck,
    Conditionality,
    RebateError,
    accrue,
    check_claim,
    earned,
    prorate,
)

D = Decimal
WHOLE, BY_SLICE = Scheme.TIERED_RETROACTIVE, Scheme.TIERED_INCREMENTAL
VOLUME = [Band(D(0), D(601), D(0)), Band(D(601), None, D(48))]
"""480 a unit, 432 for all of them if more than 600 are sold in the year."""
TIERS = [
    Band(D(0), D(1000000), D(0)),
    Band(D(1000000), D(2000000), D(2)),
    Band(D(2000000), None, D(3)),
]


def per_unit(units: int, expected: int | None, before: int) -> Accrual:
    return accrue(
        D(units),
        VOLUME,
        WHOLE,
        expected_total=None if expected is None else D(expected),
        accrued_before=D(before),
        places=2,
        rate_unit=RateUnit.PER_UNIT,
    )


def test_a_volume_rebate_catches_up_when_it_comes_to_be_expected() -> None:
    first = per_unit(75, 400, 0)
    assert first == Accrual(D(0), D(0), D(0), D(0))
    assert 75 * 480 - first.catch_up == 36000
    second = per_unit(300, 700, 0)
    assert second == Accrual(D(0), D(48), D(14400), D(14400))
    assert 225 * 480 - second.catch_up == 93600
    assert per_unit(700, 700, 14400) == Accrual(D(33600), D(48), D(33600), D(19200))
    assert per_unit(300, 500, 14400) == Accrual(D(0), D(0), D(0), D(-14400))  # no longer expected


def test_without_an_expectation_what_is_earned_is_accrued() -> None:
    assert per_unit(300, None, 0) == Accrual(D(0), D(0), D(0), D(0))
    assert per_unit(650, None, 100) == Accrual(D(31200), D(48), D(31200), D(31100))
    assert per_unit(650, 500, 0) == per_unit(650, None, 0)  # an expectation that is out of date


def test_incremental_slices_are_not_repriced_by_an_expectation() -> None:
    found = accrue(
        D("1200000"),
        TIERS,
        BY_SLICE,
        expected_total=D(2400000),
        accrued_before=D("1000.005"),
        places=2,
    )
    assert found == Accrual(D(4000), D(2), D(4000), D("2999.995"))


def test_returns_give_rebates_back() -> None:
    def to_date(basis: str, before: str) -> Accrual:
        return accrue(
            D(basis), TIERS, WHOLE, expected_total=None, accrued_before=D(before), places=2
        )

    assert to_date("2000000", "0").catch_up == 60000
    assert to_date("1999999.99", "60000").catch_up == D(-20000)
    assert to_date("999999", "40000").catch_up == D(-40000)
    flat = [Band(D(0), None, D(2))]
    assert earned(D(-1000), flat, Scheme.PERCENT) == -20


def test_targets_and_growth() -> None:
    flat = [Band(D(0), None, D("2.5"))]

    def target(amount: str) -> D:
        return earned(
            D(amount),
            flat,
            Scheme.PERCENT,
            conditionality=Conditionality.TARGET,
            target=D(500000),
        )

    assert [target(x) for x in ("499999.99", "500000", "-10")] == [0, 12500, 0]

    def growth(amount: str) -> D:
        return earned(
            D(amount),
            TIERS,
            BY_SLICE,
            conditionality=Conditionality.GROWTH,
            baseline=D(4000000),
        )

    assert [growth(x) for x in ("3000000", "4000000", "5000001", "6400000")] == [
        0,
        0,
        D("0.02"),
        32000,
    ]


def test_conditional_rebates_accrue_on_what_is_expected() -> None:
    flat = [Band(D(0), None, D(3))]

    def to_date(basis: int, expected: int, **condition: object) -> Accrual:
        return accrue(
            D(basis),
            flat,
            Scheme.PERCENT,
            expected_total=D(expected),
            accrued_before=D(0),
            places=2,
            **condition,  # type: ignore[arg-type]
        )

    target = {"conditionality": Conditionality.TARGET, "target": D(1000)}
    assert to_date(300, 999, **target) == Accrual(D(0), D(0), D(0), D(0))
    assert to_date(300, 1000, **target) == Accrual(D(0), D(3), D(9), D(9))
    growth = {"conditionality": Conditionality.GROWTH, "baseline": D(900)}
    assert to_date(300, 900, **growth) == Accrual(D(0), D(0), D(0), D(0))
    # 3 % of 300 more than last year, one quarter of the expected sales made
    assert to_date(300, 1200, **growth) == Accrual(D(0), D(3), D("2.25"), D("2.25"))
    assert to_date(1200, 1200, **growth).accrue_to_date == 9


@pytest.mark.parametrize(
    ("condition", "code"),
    [(Conditionality.TARGET, "target_missing"), (Conditionality.GROWTH, "baseline_missing")],
)
def test_a_condition_needs_its_figure(condition: Conditionality, code: str) -> None:
    with pytest.raises(RebateError) as refused:
        earned(D(1), TIERS, WHOLE, conditionality=condition)
    assert refused.value.code == code


def test_part_of_a_period() -> None:
    assert prorate(D(33000), 17, 31, places=2) == D("18096.77")
    assert prorate(D("-0.01"), 1, 2, places=2) == D("-0.01")
    assert prorate(D(100), 0, 31, places=2) == 0
    for covered, whole in ((32, 31), (-1, 31), (0, 0)):
        with pytest.raises(RebateError) as refused:
            prorate(D(100), covered, whole, places=2)
        assert refused.value.code == "prorate_days"


def test_a_claim_is_worth_what_is_verified() -> None:
    assert check_claim(D(2), D(1300), D(1210), places=2) == ClaimCheck(D(2600), D(2420), D(180))
    assert check_claim(D(2), D(1210), D(1300), places=2) == ClaimCheck(D(2420), D(2420), D(0))
    with pytest.raises(RebateError):
        check_claim(D(2), D(-1), D(0), places=2)


money = st.decimals(0, 10**7, places=2)
percents = st.decimals(0, 10, places=2)


@st.composite
def tables(draw: st.DrawFn) -> list[Band]:
    """Bands whose rates rise, as those of rebates do."""
    bounds = sorted(draw(st.sets(st.integers(1, 10**7), max_size=4)))
    rates = sorted(draw(percents) for _ in range(len(bounds) + 1))
    lower = [D(0), *map(D, bounds)]
    return [Band(*row) for row in zip(lower, [*lower[1:], None], rates, strict=True)]


@given(tables(), st.sampled_from(Scheme), st.lists(st.tuples(money, money), max_size=6))
def test_catch_ups_add_up_to_what_is_earned_in_the_end(
    table: list[Band], scheme: Scheme, steps: list[tuple[D, D]]
) -> None:
    """Whatever was expected on the way, and however the basis moved."""
    before, basis = D(0), D(0)
    for basis, expected in steps:
        found = accrue(
            basis, table, scheme, expected_total=expected, accrued_before=before, places=2
        )
        assert found.accrue_to_date >= 0
        before += found.catch_up
        assert before == found.accrue_to_date
    last = accrue(basis, table, scheme, expected_total=basis, accrued_before=before, places=2)
    assert before + last.catch_up == quantise(applied(basis, table, scheme), 2)
    assert last.accrue_to_date == last.earned_to_date


@given(tables(), st.sampled_from(Scheme), money, st.lists(money, min_size=2, max_size=5))
def test_a_higher_expectation_never_accrues_less(
    table: list[Band], scheme: Scheme, basis: D, expectations: list[D]
) -> None:
    to_date = [
        accrue(
            basis, table, scheme, expected_total=one, accrued_before=D(0), places=2
        ).accrue_to_date
        for one in sorted(expectations)
    ]
    assert all(one <= other for one, other in pairwise(to_date))


@given(st.decimals(-(10**6), 10**6, places=2), st.integers(0, 366), st.integers(0, 366))
def test_parts_of_a_period_are_within_half_a_cent_and_add_up(
    amount: D, some: int, rest: int
) -> None:
    if not some + rest:
        return
    parts = [prorate(amount, days, some + rest, places=2) for days in (some, rest)]
    assert abs(sum(parts) - amount) <= D("0.01")
    assert prorate(amount, some + rest, some + rest, places=2) == amount
