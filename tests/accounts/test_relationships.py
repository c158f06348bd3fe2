"""Strength, coverage and gaps: golden vectors and laws."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.analytics import relationships as r
from accounts.analytics.relationships import FunctionState, Gap, Tie

shares = st.decimals(min_value=0, max_value=1, places=3)
parts = st.fixed_dictionaries({name: st.none() | shares for name in r.WEIGHTS})
ties = st.lists(
    st.builds(
        Tie,
        st.none() | st.integers(1, 5),
        st.none() | st.decimals(min_value=0, max_value=100, places=2),
    ),
    max_size=12,
)


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, "1.000"), (14, "0.806"), (45, "0.500"), (90, "0.250")],
)
def test_recency_golden(days: int, expected: str) -> None:
    assert r.recency(days).quantize(Decimal("0.001")) == Decimal(expected)


def test_recency_after_four_half_lives_is_exact() -> None:
    assert r.recency(180) == Decimal("0.0625")


@pytest.mark.parametrize(("days", "half_life"), [(-1, 45), (1, 0)])
def test_recency_refuses_the_future_and_no_half_life(days: int, half_life: int) -> None:
    with pytest.raises(ValueError, match="half-life"):
        r.recency(days, half_life)


@given(st.integers(0, 3000), st.integers(1, 400))
def test_recency_falls_with_age(days: int, half_life: int) -> None:
    assert 0 < r.recency(days + 1, half_life) < r.recency(days, half_life) <= 1


def test_cadence_is_capped_and_unknown_without_an_expectation() -> None:
    assert r.cadence(2, Decimal(4)) == Decimal("0.5")
    assert r.cadence(9, Decimal(4)) == Decimal(1)
    assert r.cadence(0, Decimal(4)) == Decimal(0)
    assert r.cadence(3, Decimal(0)) is None


def test_sentiment_and_level_rescale_and_keep_unknown_unknown() -> None:
    assert [r.sentiment(value) for value in r.SUPPORT] == [0, Decimal("0.25"), Decimal("0.5"),
                                                          Decimal("0.75"), 1]  # fmt: skip
    assert [r.level(value) for value in (0, 2, 4)] == [0, Decimal("0.5"), 1]
    assert (r.sentiment(None), r.level(None)) == (None, None)


def test_strength_over_all_and_over_known_parts() -> None:
    whole = r.strength(
        {
            "recency": Decimal("0.5"),
            "cadence": Decimal(1),
            "sentiment": Decimal("0.25"),
            "level": Decimal("0.75"),
        }
    )
    assert whole == r.Strength(Decimal("61.25"), Decimal(1))
    known = r.strength({"recency": None, "sentiment": Decimal("0.25"), "level": Decimal("0.75")})
    assert known is not None
    assert known.value.quantize(Decimal("0.01")) == Decimal("47.22")
    assert known.confidence == Decimal("0.45")
    assert r.strength({"recency": None}) is None
    assert r.strength({}) is None


@given(parts, st.sampled_from(sorted(r.WEIGHTS)), shares)
def test_raising_a_known_part_never_lowers_strength(
    given_parts: dict[str, Decimal | None], name: str, more: Decimal
) -> None:
    before = r.strength(given_parts)
    if given_parts[name] is None or before is None:
        return
    raised = r.strength({**given_parts, name: max(more, given_parts[name] or Decimal(0))})
    assert raised is not None
    assert raised.value >= before.value - Decimal("1e-20")
    assert 0 <= before.value <= 100
    assert 0 < before.confidence <= 1


def test_ten_friendly_juniors_do_not_hide_one_hostile_buyer() -> None:
    juniors = [Tie(1, Decimal(90))] * 10
    buyer = Tie(5, Decimal(0))
    assert r.account_strength([*juniors, buyer]) == Decimal(60)
    assert r.influence_coverage([*juniors, buyer]) == Decimal(10) / 15


def test_account_strength_leaves_out_what_is_not_known() -> None:
    assert r.account_strength([Tie(2, Decimal(40)), Tie(None, Decimal(90)), Tie(5, None)]) == 40
    assert r.account_strength([Tie(5, None)]) is None
    assert r.account_strength([]) is None


def test_influence_coverage_counts_the_unknown_as_not_covered() -> None:
    assert r.influence_coverage([Tie(3, Decimal(50)), Tie(1, None)]) == Decimal("0.75")
    assert r.influence_coverage([Tie(3, None)]) is None
    assert r.influence_coverage([Tie(None, Decimal(80))]) is None


@given(ties)
def test_coverage_and_strength_stay_in_range(found: list[Tie]) -> None:
    covered, value = r.influence_coverage(found), r.account_strength(found)
    assert covered is None or 0 <= covered <= 1
    known = [t.strength for t in found if t.influence and t.strength is not None]
    if value is not None:
        assert min(known) - Decimal("1e-20") <= value <= max(known) + Decimal("1e-20")
    else:
        assert known == []


@given(ties)
def test_order_changes_nothing(found: list[Tie]) -> None:
    assert r.influence_coverage(found) == r.influence_coverage(found[::-1])


def test_role_coverage() -> None:
    assert r.role_coverage({"champion", "user"}, {"champion", "sponsor"}) == Decimal("0.5")
    assert r.role_coverage(set(), {"champion"}) == 0
    assert r.role_coverage({"champion"}, set()) is None


@pytest.mark.parametrize(
    ("people", "days", "expected"),
    [
        (0, None, Gap.NOBODY),
        (0, 3, Gap.NOBODY),
        (2, None, Gap.NO_CONTACT_KNOWN),
        (1, 0, Gap.COVERED),
        (1, 90, Gap.COVERED),
        (1, 91, Gap.CONTACT_TOO_OLD),
    ],
)
def test_function_gap(people: int, days: int | None, expected: Gap) -> None:
    assert r.function_gap(FunctionState("marketing", people, days)) is expected


def test_function_coverage_is_unknown_while_no_contact_is_known() -> None:
    assert r.function_coverage([Gap.COVERED, Gap.NOBODY, Gap.COVERED]) == Decimal(2) / 3
    assert r.function_coverage([Gap.NO_CONTACT_KNOWN, Gap.NOBODY]) is None
    assert r.function_coverage([Gap.NO_CONTACT_KNOWN, Gap.COVERED]) == Decimal("0.5")
    assert r.function_coverage([Gap.NOBODY, Gap.NOBODY]) == 0
    assert r.function_coverage([]) is None


def test_threads_and_single_threads() -> None:
    assert r.threads(["marketing", "marketing", "it"]) == 2
    assert r.threads(None) is None
    assert [r.is_single_threaded(n) for n in (None, 0, 1, 2)] == [False, False, True, False]


@pytest.mark.parametrize(
    ("values", "apart"), [([], False), ([2], False), ([1, 2], False), ([-1, 1], True)]
)
def test_disagreement_from_two_steps(values: list[int], apart: bool) -> None:
    assert r.disagree(values) is apart


def test_one_function_takes_all_the_attention() -> None:
    assert r.takes_all_attention({"merchandising": 7, "marketing": 3}) == "merchandising"
    assert r.takes_all_attention({"merchandising": 6, "marketing": 3}) is None
    assert r.takes_all_attention({"merchandising": 2}) is None
    assert r.takes_all_attention({}) is None


def test_largest_share_of_ours() -> None:
    assert r.largest_share({7: 3, 4: 1}) == (7, Decimal("0.75"))
    assert r.largest_share({7: 0}) is None
    assert r.largest_share({}) is None
