"""Rates in bands: incremental, retroactive, distances and what bands must cover."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settlements.analytics.rates import (
    Band,
    BandsError,
    Distance,
    RateUnit,
    Scheme,
    applied,
    band_of,
    check_bands,
    distance,
    incremental,
    ordered,
    retroactive,
    slices,
)

D = Decimal


def bands(*rows: tuple[str, str]) -> list[Band]:
    """Bands from (lower bound, rate) rows."""
    ends = [D(lower) for lower, _ in rows[1:]]
    return [
        Band(D(lower), end, D(rate)) for (lower, rate), end in zip(rows, [*ends, None], strict=True)
    ]


CONCESSION = bands(("0", "25"), ("100000", "22"), ("200000", "20"))
REBATE = bands(("0", "0"), ("1000000", "2"), ("2000000", "3"))
SLABS = bands(("0", "10"), ("100", "20"), ("300", "30"))


@pytest.mark.parametrize(
    ("table", "amount", "by_slice", "as_a_whole"),
    [
        (CONCESSION, "250000", "57000", "50000"),
        (CONCESSION, "199999", "46999.78", "43999.78"),
        (CONCESSION, "200000", "47000", "40000"),
        (CONCESSION, "-1000", "-250", "-250"),
        (CONCESSION, "0", "0", "0"),
        (REBATE, "999999.00", "0", "0"),
        (REBATE, "1000000.00", "0", "20000"),
        (REBATE, "1999999.99", "19999.9998", "39999.9998"),  # 20,000.00 and 40,000.00 rounded
        (REBATE, "2000000.00", "20000", "60000"),
        (REBATE, "2400000.00", "32000", "72000"),
        (SLABS, "3800", "1100", "1140"),  # a full band counts its width, not its upper bound
        (SLABS, "100", "10", "20"),  # half-open: the bound is in the next band
        (SLABS, "99.99", "9.999", "9.999"),
        (SLABS, "0.0000000000000000000000000001", "1E-29", "1E-29"),
    ],
)
def test_both_schemes(table: list[Band], amount: str, by_slice: str, as_a_whole: str) -> None:
    assert incremental(D(amount), table) == D(by_slice)
    assert retroactive(D(amount), table) == D(as_a_whole)


def test_an_amount_shows_its_slices() -> None:
    first, second, third = CONCESSION
    assert [(one.band, one.basis, one.amount) for one in slices(D(250000), CONCESSION)] == [
        (first, D(100000), D(25000)),
        (second, D(100000), D(22000)),
        (third, D(50000), D(10000)),
    ]
    [whole] = slices(D(250000), CONCESSION, Scheme.TIERED_RETROACTIVE)
    assert (whole.band, whole.basis, whole.amount) == (third, D(250000), D(50000))
    [back] = slices(D(-1000), CONCESSION)
    assert (back.band, back.basis, back.amount) == (first, D(-1000), D(-250))
    assert slices(D(0), CONCESSION) == []


def test_a_rate_may_be_money_for_each_unit() -> None:
    table = bands(("0", "0"), ("601", "48"))
    assert retroactive(D(600), table, RateUnit.PER_UNIT) == 0
    assert retroactive(D(700), table, RateUnit.PER_UNIT) == D(33600)
    assert incremental(D(700), table, RateUnit.PER_UNIT) == D(99 * 48)
    above = bands(("0", "150"))
    assert [one.code for one in check_bands(above)] == ["rate_above_100"]
    assert check_bands(above, rate_unit=RateUnit.PER_UNIT) == []


# Distance


def test_one_cent_is_worth_twenty_thousand_at_a_cliff() -> None:
    assert distance(D("1999999.99"), REBATE, Scheme.TIERED_RETROACTIVE) == Distance(
        rate=D(2),
        pays_now=D("39999.9998"),
        to_next=D("0.01"),
        next_rate=D(3),
        pays_there=D(60000),
        gain=D("20000.0002"),
        jump=D(20000),
        above_last=D("999999.99"),
        previous_rate=D(0),
        pays_below=D(0),
        loss=D("39999.9998"),
        fall=D(20000),
    )
    assert distance(D(2000000), REBATE, Scheme.TIERED_RETROACTIVE) == Distance(
        rate=D(3),
        pays_now=D(60000),
        above_last=D(0),
        previous_rate=D(2),
        pays_below=D(40000),
        loss=D(20000),
        fall=D(20000),
    )


def test_an_incremental_table_has_no_cliffs() -> None:
    found = distance(D(150), SLABS, Scheme.TIERED_INCREMENTAL)
    assert (found.to_next, found.pays_now, found.pays_there, found.gain, found.jump) == (
        D(150),
        D(20),
        D(50),
        D(30),
        D(0),
    )
    assert (found.above_last, found.pays_below, found.loss, found.fall) == (50, 10, 10, 0)


def test_distances_at_the_ends() -> None:
    first = distance(D(-500), REBATE, Scheme.TIERED_RETROACTIVE)
    assert (first.to_next, first.above_last, first.previous_rate) == (D(1000500), None, None)
    last = distance(D(9000000), REBATE, Scheme.TIERED_RETROACTIVE)
    assert (last.to_next, last.pays_there, last.above_last) == (None, None, D(7000000))
    assert distance(D(10), bands(("0", "5")), Scheme.PERCENT) == Distance(D(5), D("0.5"))
    falls = distance(D(199999), CONCESSION, Scheme.TIERED_RETROACTIVE)
    assert (falls.pays_now, falls.pays_there, falls.jump) == (D("43999.78"), D(40000), D(-4000))


# Bands


def band(lower: str, upper: str | None, rate: str = "1") -> Band:
    return Band(D(lower), None if upper is None else D(upper), D(rate))


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        ([], [("no_bands", None)]),
        ([band("0", None)], []),
        ([band("100", None), band("0", "100")], []),  # the order does not matter
        ([band("0", None, "0"), band("5", None)], [("overlap", 1)]),
        ([band("0", "100"), band("100.01", None)], [("gap", 1)]),
        ([band("0", "100"), band("99.99", None)], [("overlap", 1)]),
        ([band("0", "100"), band("0", None)], [("overlap", 1)]),
        ([band("0", "300"), band("100", "200"), band("300", None)], [("overlap", 1)]),
        ([band("1", None)], [("not_from_zero", 0)]),
        ([band("-1", None)], [("not_from_zero", 0)]),
        ([band("0", "100")], [("not_open_ended", 0)]),
        ([band("0", "0"), band("0", None)], [("empty_band", 0)]),
        ([band("0", "NaN")], [("not_a_number", 0)]),
        ([band("0", None, "Infinity")], [("not_a_number", 0)]),
        (
            [band("5", "9", "-1"), band("20", "10", "101")],
            [
                ("rate_negative", 0),
                ("empty_band", 1),
                ("rate_above_100", 1),
                ("not_from_zero", 0),
                ("gap", 1),
                ("not_open_ended", 1),
            ],
        ),
    ],
)
def test_bands_cover_every_amount_once(
    table: list[Band], codes: list[tuple[str, int | None]]
) -> None:
    assert [(one.code, one.row) for one in check_bands(table)] == codes


def test_gaps_and_overlaps_say_where() -> None:
    [gap] = check_bands([band("0", "100"), band("100.01", None)])
    assert gap.params == {"start": D(100), "end": D("100.01")}
    [overlap] = check_bands([band("0", "100"), band("50", "200"), band("200", None)])
    assert overlap.params == {"start": D(50), "end": D(100)}
    assert [one.code for one in check_bands(SLABS, scheme=Scheme.PERCENT)] == ["one_rate_only"]


def test_nothing_is_computed_from_bands_that_leave_amounts_out() -> None:
    for compute in (incremental, retroactive, band_of):
        call = (D(5), [band("0", "100")])
        with pytest.raises(BandsError) as refused:
            compute(*call)
        assert (refused.value.code, refused.value.params["upper"]) == ("not_open_ended", D(100))


# Properties

money = st.decimals(0, 10**7, places=2)
rates = st.decimals(0, 100, places=2)


@st.composite
def tables(draw: st.DrawFn, *, rising: bool | None = None) -> list[Band]:
    """Bands that cover [0, ∞), in any order; rates rise, fall (False) or do as they like."""
    bounds = sorted(draw(st.sets(st.integers(1, 10**7), max_size=5)))
    given_rates = [draw(rates) for _ in range(len(bounds) + 1)]
    if rising is not None:
        given_rates.sort(reverse=not rising)
    lower = [D(0), *map(D, bounds)]
    found = [Band(*row) for row in zip(lower, [*lower[1:], None], given_rates, strict=True)]
    return draw(st.permutations(found))


@given(tables(), money)
def test_every_amount_is_in_one_band(table: list[Band], amount: D) -> None:
    assert check_bands(table) == []
    assert sum(one.holds(amount) for one in table) == 1
    assert band_of(amount, table).holds(amount)


@given(tables(), money, st.decimals("0.01", 10**6, places=2))
def test_incremental_is_monotone_continuous_and_no_steeper_than_its_top_rate(
    table: list[Band], amount: D, more: D
) -> None:
    rise = incremental(amount + more, table) - incremental(amount, table)
    assert 0 <= rise <= more * max(one.rate for one in table) / 100
    assert rise >= more * min(one.rate for one in table) / 100
    for one in table:
        tiny = D("0.0001")
        if one.lower:
            step = incremental(one.lower, table) - incremental(one.lower - tiny, table)
            assert step <= tiny


@given(tables(rising=True), money)
def test_retroactive_is_more_where_rates_rise(table: list[Band], amount: D) -> None:
    assert retroactive(amount, table) >= incremental(amount, table)


@given(tables(rising=False), money)
def test_retroactive_is_less_where_rates_fall(table: list[Band], amount: D) -> None:
    assert retroactive(amount, table) <= incremental(amount, table)


@given(tables(), st.decimals(-(10**7), 10**7, places=2), st.sampled_from(Scheme))
def test_slices_add_up(table: list[Band], amount: D, scheme: Scheme) -> None:
    parts = slices(amount, table, scheme)
    assert sum(part.basis for part in parts) == amount
    assert sum(part.amount for part in parts) == applied(amount, table, scheme)
    if amount < 0:
        assert applied(amount, table, scheme) == amount * ordered(table)[0].rate / 100


@given(tables(), st.decimals(-1000, 10**7, places=2), st.sampled_from(Scheme))
def test_distances_lead_to_the_bounds_they_speak_of(
    table: list[Band], amount: D, scheme: Scheme
) -> None:
    found = distance(amount, table, scheme)
    assert found.pays_now == applied(amount, table, scheme)
    if found.to_next is not None:
        assert found.to_next > 0
        assert found.pays_there == applied(amount + found.to_next, table, scheme)
        assert band_of(amount + found.to_next, table).rate == found.next_rate
    if found.above_last is not None and found.pays_below is not None:
        assert found.above_last >= 0
        cent = D("0.01")
        short = applied(amount - found.above_last - cent, table, scheme)
        assert 0 <= found.pays_below - short <= cent
