"""The exit barrier and the totals of a programme: worked examples and what must always hold."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.analytics.programme import (
    ExitBarrier,
    Given,
    Held,
    balance,
    exit_barrier,
    our_level,
    their_level,
    totals,
)

# A loaded machine draws slowly; that says nothing about the mathematics.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
ratings = st.lists(st.one_of(st.none(), st.integers(0, 5)), max_size=12)


def barrier(found: list[int | None]) -> ExitBarrier[int]:
    return exit_barrier([Held(key, rating) for key, rating in enumerate(found)])


@pytest.mark.parametrize(
    ("found", "score"),
    [
        ([5], Decimal(50)),
        ([5, 5], Decimal(75)),
        ([5, 5, 5, 5, 5], Decimal("96.8750")),
        ([1], Decimal(10)),
        ([0, 0], Decimal(0)),
        ([2, 3], Decimal(44)),
        ([4, 3, None, 1], Decimal("62.2000")),
    ],
)
def test_worked_examples(found: list[int | None], score: Decimal) -> None:
    assert barrier(found).score == score


def test_the_list_behind_it() -> None:
    found = barrier([1, 5, None, 5])
    assert found.score == Decimal("77.5")
    assert found.confidence == Decimal("0.75")
    assert [(part.key, part.rating) for part in found.parts] == [
        (1, 5),
        (3, 5),
        (0, 1),
        (2, None),
    ]
    first, second, third, unrated = (part.points for part in found.parts)
    assert (first, second) == (Decimal("36.0129"), Decimal("36.0130"))
    assert third == Decimal("5.4741")
    assert unrated is None


def test_nothing_rated_is_unknown_and_not_zero() -> None:
    assert barrier([]) == ExitBarrier(None, None, ())
    found = barrier([None, None])
    assert (found.score, found.confidence) == (None, Decimal(0))
    with pytest.raises(ValueError, match="0 to 5"):
        barrier([6])


@patient
@given(ratings)
def test_it_lies_between_0_and_100_and_its_parts_sum_to_it(found: list[int | None]) -> None:
    result = barrier(found)
    assert len(result.parts) == len(found)
    if result.score is None:
        assert all(rating is None for rating in found)
        return
    assert Decimal(0) <= result.score <= Decimal(100)
    points = [part.points for part in result.parts if part.points is not None]
    assert sum(points, Decimal(0)) == result.score
    assert all(one >= Decimal("-0.0001") for one in points)


@patient
@given(ratings, st.integers(0, 5))
def test_more_never_holds_less(found: list[int | None], extra: int) -> None:
    before = barrier(found).score or Decimal(0)
    more = barrier([*found, extra]).score
    assert more is not None
    assert more >= before
    for place, rating in enumerate(found):
        if rating is not None and rating < 5:
            raised = barrier([*found[:place], rating + 1, *found[place + 1 :]]).score
            assert raised is not None
            assert raised >= before


@patient
@given(ratings)
def test_what_nobody_rated_changes_only_the_confidence(found: list[int | None]) -> None:
    before, after = barrier(found), barrier([*found, None])
    assert after.score == before.score
    if before.confidence:
        assert after.confidence is not None
        assert after.confidence < before.confidence


@patient
@given(ratings.flatmap(lambda found: st.tuples(st.just(found), st.permutations(found))))
def test_the_order_does_not_matter(both: tuple[list[int | None], list[int | None]]) -> None:
    assert barrier(both[0]).score == barrier(both[1]).score


def row(cost: str | None, worth: str | None, *, is_price: bool = False) -> Given:
    one, other = (None if value is None else Decimal(value) for value in (cost, worth))
    return Given(is_price=is_price, cost=one, saving=None, worth=other)


def test_the_share_that_is_price_alone() -> None:
    found = totals([row("30", "30", is_price=True), row("10", "90"), row(None, None)])
    assert (found.cost, found.saving, found.worth) == (Decimal(40), None, Decimal(120))
    assert (found.price_of_cost, found.price_of_worth) == (Decimal("0.7500"), Decimal("0.2500"))
    assert found.unknown == {"cost": 1, "saving": 3, "worth": 1}
    assert found.net_cost == Decimal(40)


def test_unknown_is_not_zero() -> None:
    found = totals([row(None, "0", is_price=True)])
    assert (found.cost, found.worth, found.net_cost) == (None, Decimal(0), None)
    assert (found.price_of_cost, found.price_of_worth) == (None, None)


@pytest.mark.parametrize(
    ("score", "share", "expected"),
    [
        ("80", "0.01", 1),
        ("50", "0.07", 0),
        ("10", "0.10", -1),
        ("33.9999", "0.0499", 0),
        ("34", "0.0499", 1),
        ("67", "0.0999", 1),
        (None, "0.2", None),
        ("50", None, None),
    ],
)
def test_who_depends_more(score: str | None, share: str | None, expected: int | None) -> None:
    found = balance(
        None if score is None else Decimal(score), None if share is None else Decimal(share)
    )
    assert found == expected


def test_levels_begin_where_they_say() -> None:
    assert [their_level(Decimal(score)) for score in ("33.9", "34", "66.9", "67")] == [0, 1, 1, 2]
    assert [our_level(Decimal(share)) for share in ("0.049", "0.05", "0.099", "0.1")] == [
        0,
        1,
        1,
        2,
    ]
