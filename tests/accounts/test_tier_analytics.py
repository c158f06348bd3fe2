"""Scores and tiers: golden values, and what holds for any input."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from accounts.analytics import tiering
from accounts.analytics.tiering import Criterion, Direction, Method, Rung

D = Decimal
LADDER = [Rung("a", D(75)), Rung("b", D(55)), Rung("c", D(35)), Rung("d", D(0))]

amounts = st.decimals(-1000, 1000, places=2, allow_nan=False)
populations = st.dictionaries(st.integers(0, 12), amounts, min_size=1, max_size=10)
weights = st.dictionaries(
    st.integers(0, 11), st.decimals(0, 100, places=2, allow_nan=False), max_size=11
)
scores = st.decimals(0, 100, places=4, allow_nan=False)
margins = st.decimals(0, 20, places=2, allow_nan=False)


def of(**values: str) -> dict[str, Decimal]:
    return {key: D(value) for key, value in values.items()}


def test_percentile_counts_the_others_below_and_half_of_the_ties() -> None:
    values = of(a="10", b="20", c="20", d="40", e="90")

    assert tiering.percentile_points(values) == of(a="0", b="37.5", c="37.5", d="75", e="100")
    assert tiering.percentile_points(of(alone="7")) == of(alone="50")
    assert tiering.percentile_points(of(x="7", y="7")) == of(x="50", y="50")
    assert tiering.percentile_points({}) == {}


def test_min_max_stops_at_its_caps() -> None:
    assert tiering.minmax_points(D(3), D(1), D(5)) == 50
    assert tiering.minmax_points(D("0.5"), D(1), D(5)) == 0
    assert tiering.minmax_points(D(9), D(1), D(5)) == 100
    assert tiering.minmax_points(D(2), D(2), D(2)) == 50
    assert tiering.minmax_points(D(1), D(0), D(3)) == D("33.3333")


def test_bands_say_their_points_themselves() -> None:
    bands = [(D(0), D(10)), (D(100), D(40)), (D(1000), D(100))]

    given_points = [tiering.band_points(D(v), bands) for v in (-5, 0, 99, 100, 5000)]

    assert given_points == [10, 10, 10, 40, 100]


def test_less_is_better_turns_points_round() -> None:
    cost = Criterion(key="cost", weight=D(5), direction=Direction.LOWER)

    assert tiering.points(cost, of(a="0.1", b="0.2", c="0.3")) == of(a="100", b="50", c="0")


def test_weights_of_what_is_known_are_rescaled_to_a_hundred() -> None:
    assert tiering.rescaled(of(a="20", b="10", c="0")) == of(a="66.6667", b="33.3333")
    assert tiering.rescaled(of(a="1", b="1", c="1")) == of(a="33.3334", b="33.3333", c="33.3333")
    assert tiering.rescaled({}) == {}


def test_a_missing_measure_is_left_out_and_costs_confidence() -> None:
    criteria = [
        Criterion(key="revenue", weight=D(50)),
        Criterion(key="loyalty", weight=D(25)),
        Criterion(key="potential", weight=D(25)),
        Criterion(key="price", weight=D(0), direction=Direction.INFORMATION),
    ]

    result = tiering.score(criteria, of(revenue="80", loyalty="50", price="100"))

    assert result is not None
    assert (result.score, result.confidence) == (D("70.0001"), D("0.75"))  # weights keep 4 decimals
    assert result.contributions == of(revenue="53.3334", loyalty="16.6667")
    assert not result.is_provisional
    assert tiering.score(criteria, of(price="100")) is None
    weak = tiering.score(criteria, of(revenue="80"))
    assert weak is not None
    assert (weak.score, weak.confidence, weak.is_provisional) == (80, D("0.5"), True)


def test_an_account_stays_until_it_is_the_margin_past_a_threshold() -> None:
    def tier(value: str, former: str | None) -> str:
        return tiering.settled(LADDER, D(value), former=former, margin=D(3)).code

    assert [tier(v, None) for v in ("75", "74.9999", "0", "100")] == ["a", "b", "d", "a"]
    assert [tier(v, "b") for v in ("77.9999", "78", "52.0001", "52", "10")] == list("babcd")
    assert [tier(v, "gone") for v in ("75", "54")] == ["a", "c"]
    exact = [tiering.settled(LADDER, D(v), former="b", margin=D(0)).code for v in ("55", "54.99")]
    assert exact == ["b", "c"]


@given(weights)
def test_rescaled_weights_sum_to_exactly_a_hundred(drawn: dict[int, Decimal]) -> None:
    found = tiering.rescaled(drawn)

    assert sum(found.values()) == (100 if any(drawn.values()) else 0)
    assert all(value >= 0 for value in found.values())


@given(weights, st.data())
def test_an_explanation_sums_to_its_score(drawn: dict[int, Decimal], data: st.DataObject) -> None:
    criteria = [Criterion(key=key, weight=weight) for key, weight in drawn.items()]
    known = data.draw(st.dictionaries(st.integers(0, 11), scores))

    result = tiering.score(criteria, known)

    if result is not None:
        assert sum(result.contributions.values()) == result.score
        assert 0 <= result.score <= 100
        assert 0 < result.confidence <= 1
        assert tiering.score(criteria, known) == result


@given(populations, st.data(), st.sampled_from(list(Direction)[:2]))
def test_raising_a_good_measure_never_lowers_the_score(
    values: dict[int, Decimal], data: st.DataObject, direction: Direction
) -> None:
    who = data.draw(st.sampled_from(sorted(values)))
    better = data.draw(st.decimals(0, 500, places=2, allow_nan=False))
    method = data.draw(st.sampled_from([Method.PERCENTILE, Method.MINMAX]))
    caps = data.draw(st.sampled_from([(None, None), (D(-20), D(350))]))
    one = Criterion(
        key="x", weight=D(30), direction=direction, method=method, low=caps[0], high=caps[1]
    )
    other = Criterion(key="y", weight=D(70))

    def scored(population: dict[int, Decimal]) -> Decimal:
        known = {"x": tiering.points(one, population)[who], "y": D(40)}
        result = tiering.score([one, other], known)
        assert result is not None
        return result.score

    step = better if direction is Direction.HIGHER else -better
    assert scored({**values, who: values[who] + step}) >= scored(values)


@given(st.lists(scores, min_size=1, max_size=12), margins, st.sampled_from([*"abcd", None]))
def test_tiers_never_flap_within_the_margin(
    drawn: list[Decimal], margin: Decimal, former: str | None
) -> None:
    """Scores that stay within one margin of each other move an account at most once."""
    within = [value for value in drawn if abs(value - drawn[0]) < margin / 2]
    tiers = []
    for value in within:
        former = tiering.settled(LADDER, value, former=former, margin=margin).code
        tiers.append(former)

    moves = sum(one != two for one, two in pairwise(tiers))
    assert moves <= 1


@given(scores, margins, st.sampled_from([*"abcd", None]))
def test_the_same_score_gives_the_same_tier_again(
    value: Decimal, margin: Decimal, former: str | None
) -> None:
    once = tiering.settled(LADDER, value, former=former, margin=margin).code

    assert tiering.settled(LADDER, value, former=once, margin=margin).code == once
