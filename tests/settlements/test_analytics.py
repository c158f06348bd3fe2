"""Instalments, proposals, ageing bands, DSO and days beyond terms: golden values and properties."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settlements.analytics.ageing import (
    Bands,
    BoundsError,
    band_totals,
    days_past,
)
from settlements.analytics.collection import (
    BeyondTerms,
    Countback,
    Sales,
    Settled,
    days_beyond_terms,
    dso_best_possible,
    dso_countback,
    dso_simple,
)
from settlements.analytics.instalments import split
from settlements.analytics.proposals import OpenDebit, is_named, key_of, propose

D = Decimal
DAY = date(2026, 1, 31)
cents = st.decimals(min_value="0.01", max_value="9999999.99", places=2)


# Instalments


@given(
    total=cents,
    weights=st.lists(st.integers(min_value=0, max_value=1000), min_size=1, max_size=12).filter(any),
)
def test_instalments_add_up_and_each_is_within_one_unit(total: D, weights: list[int]) -> None:
    parts = split(total, [None] * len(weights), places=2, weights=[D(w) for w in weights])
    assert sum(part.amount for part in parts) == total
    for part, weight in zip(parts, weights, strict=True):
        exact = Fraction(total) * weight / sum(weights)
        assert abs(Fraction(part.amount) - exact) < Fraction(1, 100)


def test_instalments_need_a_weight_for_each_date() -> None:
    with pytest.raises(ValueError, match="one weight for each"):
        split(D("1"), [None, None], places=2, weights=[D("1")])


# Ageing


@pytest.mark.parametrize(
    ("due", "band"),
    [
        (DAY + timedelta(days=1), "not_due"),
        (DAY, "not_due"),
        (DAY - timedelta(days=1), "1-30"),
        (DAY - timedelta(days=30), "1-30"),
        (DAY - timedelta(days=31), "31-60"),
        (DAY - timedelta(days=60), "31-60"),
        (DAY - timedelta(days=61), "61-90"),
        (DAY - timedelta(days=90), "61-90"),
        (DAY - timedelta(days=91), "91+"),
        (None, "no_due_date"),
    ],
)
def test_edges_of_the_bands(due: date | None, band: str) -> None:
    assert Bands().name(days_past(DAY, due)) == band


def test_leap_day_counts() -> None:
    assert Bands().name(days_past(date(2024, 3, 1), date(2024, 1, 30))) == "31-60"
    assert Bands().name(days_past(date(2023, 3, 1), date(2023, 1, 30))) == "1-30"
    assert days_past(date(2024, 3, 1), date(2024, 2, 29)) == 1


def test_names_come_from_the_bounds() -> None:
    assert Bands.parse("7,14").names == ("not_due", "1-7", "8-14", "15+", "no_due_date")
    assert Bands().overdue_names == ("1-30", "31-60", "61-90", "91+")
    assert Bands((1, 2)).overdue_names == ("1-1", "2-2", "3+")


@pytest.mark.parametrize("text", ["", "30,30", "60,30", "0,30", "-1", "a", "30;60", "1.5"])
def test_bounds_that_are_no_bands_are_refused(text: str) -> None:
    with pytest.raises(BoundsError):
        Bands.parse(text)


@given(
    st.sets(st.integers(min_value=1, max_value=500), min_size=1, max_size=8),
    st.integers(min_value=-1000, max_value=1000),
)
def test_every_day_count_is_in_exactly_one_band(bounds: set[int], days: int) -> None:
    bands = Bands(tuple(sorted(bounds)))
    edges = [
        (None, 0),
        *zip([1, *(b + 1 for b in sorted(bounds))], [*sorted(bounds), None], strict=True),
    ]
    holding = [
        place
        for place, (low, high) in enumerate(edges)
        if (low is None or days >= low) and (high is None or days <= high)
    ]
    assert holding == [bands.place(days)]


@given(st.lists(st.tuples(st.none() | st.integers(-400, 400), cents), max_size=30))
def test_bands_add_up_to_the_whole(rows: list[tuple[int | None, D]]) -> None:
    totals = band_totals(Bands(), rows)
    assert sum(totals.values()) == sum(amount for _days, amount in rows)
    assert list(totals) == ["not_due", "1-30", "31-60", "61-90", "91+", "no_due_date"]


# Days sales outstanding, with the worked example: receivables 520,000 of which 330,000 not due


def test_dso_golden() -> None:
    sales = D("750000")
    assert dso_simple(D("520000"), sales, 92) == D("63.79")
    assert dso_best_possible(D("330000"), sales, 92) == D("40.48")
    newest_first = [Sales(D("250000"), 30), Sales(D("200000"), 31), Sales(D("300000"), 31)]
    assert dso_countback(D("520000"), newest_first) == Countback(D("68.23"), 92)


def test_dso_that_cannot_be_told_is_none() -> None:
    assert dso_simple(D("5"), D("0"), 90) is None
    assert dso_simple(D("5"), D("-1"), 90) is None
    assert dso_countback(D("10"), [Sales(D("9.99"), 30)]) == Countback(None, 30)
    assert dso_countback(D("10"), []) == Countback(None, 0)
    assert dso_countback(D("10"), [Sales(D("10"), 30)]) == Countback(D("30"), 30)
    assert dso_countback(D("0"), [Sales(D("10"), 30)]) == Countback(D("0"), 30)
    assert dso_countback(D("-5"), []) == Countback(D("0"), 0)


def test_countback_passes_a_month_of_returns() -> None:
    months = [Sales(D("-50"), 30), Sales(D("100"), 31)]
    assert dso_countback(D("50"), months).days == D("45.5")


@given(
    daily=st.integers(1, 1000),
    lengths=st.lists(st.integers(1, 31), min_size=1, max_size=12),
    share=st.integers(0, 100),
)
def test_countback_is_simple_dso_when_daily_sales_are_flat(
    daily: int, lengths: list[int], share: int
) -> None:
    whole = daily * sum(lengths)
    receivables = D(whole * share) / 100
    months = [Sales(D(daily * days), days) for days in lengths]
    assert dso_countback(receivables, months).days == dso_simple(
        receivables, D(whole), sum(lengths)
    )


@given(receivables=cents, not_due=cents, sales=cents, days=st.integers(1, 365))
def test_best_possible_is_never_above_dso(receivables: D, not_due: D, sales: D, days: int) -> None:
    whole, part = max(receivables, not_due), min(receivables, not_due)
    simple, best = dso_simple(whole, sales, days), dso_best_possible(part, sales, days)
    assert simple is not None
    assert best is not None
    assert simple >= best >= 0


def test_days_beyond_terms_golden() -> None:
    rows = [Settled(D("10000"), 5), Settled(D("50000"), 22), Settled(D("5000"), -3)]
    assert days_beyond_terms(rows) == BeyondTerms(D("17.46"), D("65000"), 3)
    assert days_beyond_terms([]) == BeyondTerms(None, D("0"), 0)


# Proposals


def debit(item_id: int, amount: str, due: date | None = DAY, *names: str) -> OpenDebit:
    return OpenDebit(item_id, D(amount), due, DAY, names)


def test_names_are_found_whatever_their_separators() -> None:
    assert key_of("INV-00 815/22") == "INV0081522"
    assert key_of("000815-22") == "81522"
    assert is_named(["INV-0815"], "payment of inv0815, thanks")
    assert is_named(["000-8152"], "8152")
    assert not is_named(["8152"], "28152")
    assert not is_named(["815"], "815"), "too short to be no chance"
    assert not is_named([], "8152")


def test_proposal_pays_the_named_then_the_exact_then_the_oldest() -> None:
    debits = [
        debit(1, "50", DAY),
        debit(2, "30", None),
        debit(3, "20", DAY - timedelta(days=9)),
        debit(4, "40", DAY, "2026-0004"),
    ]
    named = propose(D("70"), debits, text="20260004")
    assert [(s.item_id, s.amount, s.reason) for s in named] == [
        (4, D("40"), "reference"),
        (2, D("30"), "amount"),
    ]
    oldest = propose(D("65"), debits)
    assert [(s.item_id, s.amount, s.reason) for s in oldest] == [
        (3, D("20"), "oldest"),
        (1, D("45"), "oldest"),
    ]


def test_exact_amount_is_taken_only_where_it_is_the_only_one() -> None:
    debits = [debit(1, "10"), debit(2, "50", None), debit(3, "50", None)]
    assert [(s.item_id, s.reason) for s in propose(D("50"), debits)] == [
        (1, "oldest"),
        (2, "oldest"),
    ]


@given(
    available=cents,
    amounts=st.lists(cents, max_size=10),
    named=st.sets(st.integers(0, 9)),
)
def test_proposal_exceeds_neither_side_and_leaves_nothing_idle(
    available: D, amounts: list[D], named: set[int]
) -> None:
    debits = [
        OpenDebit(place, amount, DAY - timedelta(days=place % 4), DAY, (f"NUMBER{place}",))
        for place, amount in enumerate(amounts)
    ]
    text = " ".join(f"number{place}" for place in named)
    shares = propose(available, debits, text=text)
    assert sum(share.amount for share in shares) == min(available, sum(amounts))
    assert len({share.item_id for share in shares}) == len(shares)
    assert all(0 < share.amount <= amounts[share.item_id] for share in shares)
