"""Share of wallet, whitespace, sums with their coverage, and the forecast: golden and property."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.analytics.pipeline import (
    MOVES,
    OPEN,
    PROBABILITY,
    Deal,
    forecast,
    may_move,
    weighted,
    win_rate,
)
from accounts.analytics.wallet import Reason, compared_with, judge, total
from kam.core.dates import Period

AMOUNTS = st.decimals(min_value=0, max_value=10**12, places=2, allow_nan=False)
ANY = st.decimals(min_value=-(10**9), max_value=10**12, places=2, allow_nan=False)
MAYBE = st.none() | ANY


@pytest.mark.parametrize(
    ("wallet", "current", "share", "whitespace", "reason"),
    [
        ("200000", "50000", "0.25", "150000", None),
        ("200000", "200000", "1", "0", None),
        ("200000", "0", "0", "200000", None),
        ("3", "1", "0.333333333333", "2", None),
        (None, "50000", None, None, Reason.NO_WALLET),
        ("40000", "50000", None, None, Reason.OVER),
        ("40000", "-1", None, None, Reason.NEGATIVE_SALES),
        ("40000", None, None, None, Reason.NO_RATE),
        ("0", "0", None, "0", Reason.EMPTY),
    ],
)
def test_a_cell(
    wallet: str | None,
    current: str | None,
    share: str | None,
    whitespace: str | None,
    reason: Reason | None,
) -> None:
    def known(text: str | None) -> Decimal | None:
        return None if text is None else Decimal(text)

    cell = judge(known(wallet), known(current))

    assert (cell.whitespace, cell.reason) == (known(whitespace), reason)
    assert (cell.share is None) == (share is None)
    if share is not None and cell.share is not None:
        assert abs(cell.share - Decimal(share)) < Decimal("1e-9")


def test_a_wallet_without_a_rate_says_so() -> None:
    assert judge(None, Decimal(5), has_rate=False).reason == Reason.NO_RATE


@given(wallet=MAYBE.filter(lambda one: one is None or one >= 0), current=MAYBE)
def test_nothing_is_clamped(wallet: Decimal | None, current: Decimal | None) -> None:
    cell = judge(wallet, current)
    if cell.share is not None:
        assert 0 <= cell.share <= 1
    if cell.whitespace is not None:
        assert wallet is not None
        assert current is not None
        assert cell.whitespace == wallet - current >= 0
    else:
        assert cell.reason is not None
        assert cell.share is None


@given(wallet=AMOUNTS, current=AMOUNTS)
def test_more_sales_never_make_more_whitespace(wallet: Decimal, current: Decimal) -> None:
    less, more = judge(wallet, current), judge(wallet, current + 1)
    if less.whitespace is not None and more.whitespace is not None:
        assert more.whitespace < less.whitespace


@given(st.lists(st.tuples(AMOUNTS | st.none(), AMOUNTS), max_size=30))
def test_a_sum_is_of_what_is_known_and_says_how_much(rows: list[tuple[Decimal, Decimal]]) -> None:
    cells = [judge(wallet, current) for wallet, current in rows]
    found = total(cells)
    known = [cell for cell in cells if cell.whitespace is not None]

    assert (found.cells, found.covered) == (len(cells), len(known))
    assert found.is_whole == (len(known) == len(cells))
    if not known:
        assert found.whitespace is None
        assert found.share is None
    else:
        assert found.whitespace == sum((c.whitespace or 0 for c in known), Decimal(0))
        assert found.wallet is not None
        assert found.current is not None
        assert found.whitespace == found.wallet - found.current
    if found.sales_covered is not None:
        assert 0 <= found.sales_covered <= 1


def test_a_sum_leaves_out_a_wallet_below_our_sales() -> None:
    found = total(
        [
            judge(Decimal(100), Decimal(25)),
            judge(Decimal(50), Decimal(75)),
            judge(None, Decimal(100)),
        ]
    )

    assert (found.wallet, found.current, found.whitespace) == (100, 25, 75)
    assert (found.share, found.covered, found.cells) == (Decimal("0.25"), 1, 3)
    assert found.sales_covered == Decimal("0.125")


@pytest.mark.parametrize(
    ("period", "as_of", "expected"),
    [
        ("2025", date(2026, 6, 15), "2025"),
        ("2025", date(2025, 12, 31), "2025"),
        ("2026", date(2026, 6, 15), "2025-06-01/2026-06-01"),
        ("2026", date(2026, 6, 30), "2025-07-01/2026-07-01"),
        ("2026-Q3", date(2026, 8, 10), "2026-05-01/2026-08-01"),
        ("2027", date(2026, 6, 15), "2025-06-01/2026-06-01"),
        ("2026-06-10/2026-06-20", date(2026, 6, 15), "2026-06-06/2026-06-16"),
    ],
)
def test_a_running_period_is_compared_with_as_much_that_is_complete(
    period: str, as_of: date, expected: str
) -> None:
    assert compared_with(Period.parse(period), as_of) == Period.parse(expected)


# The pipeline


def test_the_forecast_by_month() -> None:
    found = forecast(
        [
            Deal(Decimal(1000), 50, date(2026, 7, 3)),
            Deal(Decimal(300), 10, date(2026, 7, 31)),
            Deal(None, 80, date(2026, 7, 31)),
            Deal(Decimal(90), 25, date(2026, 6, 14)),
            Deal(Decimal(70), 100, date(2026, 6, 15)),
        ],
        as_of=date(2026, 6, 15),
    )

    assert [(one.month, one.deals, one.unconverted) for one in found] == [
        (None, 1, 0),
        (date(2026, 6, 1), 1, 0),
        (date(2026, 7, 1), 3, 1),
    ]
    assert [(one.value, one.weighted) for one in found] == [
        (90, Decimal("22.5")),
        (70, 70),
        (1300, 530),
    ]


@given(value=AMOUNTS, probability=st.integers(0, 99))
def test_a_higher_probability_never_weighs_less(value: Decimal, probability: int) -> None:
    assert 0 <= weighted(value, probability) <= weighted(value, probability + 1) <= value


def test_the_win_rate_is_of_what_was_decided() -> None:
    assert win_rate(won=0, lost=0).rate is None
    assert win_rate(won=3, lost=1).rate == Decimal("0.75")


def test_every_stage_has_a_probability_and_a_way_on() -> None:
    assert set(PROBABILITY) == set(MOVES)
    assert all(MOVES[stage] for stage in MOVES)
    assert not may_move("identified", "won")
    assert not may_move("won", "lost")
    assert not any(may_move(stage, stage) for stage in MOVES)
    assert [PROBABILITY[stage] for stage in OPEN] == sorted(PROBABILITY[s] for s in OPEN)
