"""The mathematics of health: golden figures, and what must always hold."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.analytics.health import (
    TREND_BANDS,
    Level,
    Reading,
    Rule,
    Thresholds,
    health,
    is_fresh,
    shifts,
)
from accounts.analytics.tiering import band_points
from kam.core.exact import exact_sum

D = Decimal
TODAY = date(2026, 6, 15)
RULES = [
    Rule(key=key, weight=D(weight), valid_days=90)
    for key, weight in (("trend", 25), ("ties", 25), ("pay", 15), ("plan", 15), ("voice", 20))
]
KEYS = [rule.key for rule in RULES]


def read(value: int, days: int = 0) -> Reading:
    return Reading(D(value), TODAY - timedelta(days=days))


def test_by_hand() -> None:
    found = health(
        RULES, {"trend": read(80), "ties": read(60, 90), "pay": read(40, 91)}, as_of=TODAY
    )
    assert {key: (part.share, part.brought, part.lost) for key, part in found.parts.items()} == {
        "trend": (D(50), D(40), D(10)),
        "ties": (D(50), D(30), D(20)),
    }  # paying was measured 91 days ago: stale, so it counts as little as what is missing
    assert (found.score, found.uncapped, found.confidence) == (D(70), D(70), D("0.5"))
    assert found.level is Level.INSUFFICIENT
    enough = health(RULES, {"trend": read(80), "ties": read(60), "pay": read(70)}, as_of=TODAY)
    assert (enough.confidence, enough.level) == (D("0.65"), Level.GOOD)


def test_confidence_at_the_threshold_is_enough() -> None:
    rules = [Rule(key="a", weight=D(60), valid_days=1), Rule(key="b", weight=D(40), valid_days=1)]
    assert health(rules, {"a": read(90)}, as_of=TODAY).level is Level.GOOD
    rules[0] = Rule(key="a", weight=D("59.9999"), valid_days=1)  # shown as 60 %, and below it
    found = health(rules, {"a": read(90)}, as_of=TODAY)
    assert (found.confidence, found.level) == (D("0.6000"), Level.INSUFFICIENT)


@pytest.mark.parametrize(
    ("value", "level"), [(100, "good"), (70, "good"), (69, "watch"), (50, "watch"), (49, "poor")]
)
def test_levels(value: int, level: str) -> None:
    assert health(RULES, {key: read(value) for key in KEYS}, as_of=TODAY).level == level


def test_a_cap_takes_what_stands_above_it() -> None:
    everything = {key: read(90) for key in KEYS}
    found = health(RULES, everything, as_of=TODAY, limits=[D(60), D(40)])
    assert (found.uncapped, found.score, found.taken, found.level) == (90, 40, 50, Level.POOR)
    low = health(RULES, {key: read(30) for key in KEYS}, as_of=TODAY, limits=[D(40)])
    assert (low.score, low.taken) == (30, 0)  # a cap never lifts


def test_nothing_known_is_no_score() -> None:
    found = health(RULES, {"trend": read(90, 400)}, as_of=TODAY, limits=[D(40)])
    assert (found.score, found.confidence, found.level) == (None, D(0), Level.INSUFFICIENT)
    assert (found.taken, dict(found.parts)) == (0, {})


def test_what_weighs_nothing_has_no_part() -> None:
    rules = [*RULES, Rule(key="free", weight=D(0), valid_days=90)]
    found = health(rules, {"free": read(0), "trend": read(80)}, as_of=TODAY)
    assert (list(found.parts), found.score) == (["trend"], 80)


@pytest.mark.parametrize(("days", "fresh"), [(0, True), (30, True), (31, False)])
def test_validity(days: int, fresh: bool) -> None:
    assert is_fresh(TODAY - timedelta(days=days), 30, as_of=TODAY) is fresh


@pytest.mark.parametrize(
    ("change", "points"),
    [("0.3", 100), ("0.05", 100), ("0.0499", 85), ("0", 85), ("-0.0001", 65), ("-0.05", 65),
     ("-0.0501", 45), ("-0.1", 45), ("-0.2", 20), ("-0.21", 0), ("-1.5", 0)],
)  # fmt: skip
def test_bands_of_the_trend(change: str, points: int) -> None:
    assert band_points(D(change), TREND_BANDS) == points


def test_shifts_name_what_came_and_went() -> None:
    found = shifts({"a": D(10), "b": D(20), "c": D(5)}, {"a": D(12), "b": D(10), "d": D(7)})
    assert [(one.key, one.before, one.after, one.change) for one in found] == [
        ("b", 20, 10, -10),
        ("d", None, 7, 7),
        ("c", 5, None, -5),
        ("a", 10, 12, 2),
    ]


weights = st.lists(
    st.decimals(min_value=0, max_value=100, places=2), min_size=1, max_size=6
).filter(any)
values = st.integers(0, 100)
ages = st.integers(0, 200)


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Rule], dict[str, Reading]]:
    rules = [
        Rule(key=f"m{n}", weight=weight, valid_days=draw(st.integers(1, 180)))
        for n, weight in enumerate(draw(weights))
    ]
    known = draw(st.sets(st.sampled_from([rule.key for rule in rules])))
    return rules, {str(key): read(draw(values), draw(ages)) for key in known}


limits = st.lists(st.decimals(min_value=0, max_value=100, places=2), max_size=2)


@given(cases(), limits)
def test_the_explanation_sums_to_the_score(
    case: tuple[list[Rule], dict[str, Reading]], caps: list[Decimal]
) -> None:
    found = health(*case, as_of=TODAY, limits=caps)
    assert found == health(*case, as_of=TODAY, limits=caps)
    if found.score is None:
        assert not found.parts
        return
    lost = exact_sum(part.lost for part in found.parts.values())
    assert exact_sum(part.share for part in found.parts.values()) == 100
    assert D(100) - lost == found.uncapped
    assert D(100) - lost - found.taken == found.score
    assert all(part.lost >= 0 for part in found.parts.values())
    assert 0 <= found.score <= 100


@given(cases(), limits, st.data())
def test_raising_a_measure_never_lowers(
    case: tuple[list[Rule], dict[str, Reading]], caps: list[Decimal], data: st.DataObject
) -> None:
    rules, readings = case
    before = health(rules, readings, as_of=TODAY, limits=caps)
    if before.score is None:
        return
    key = data.draw(st.sampled_from(sorted(readings)))
    old = readings[key]
    better = Reading(D(data.draw(st.integers(int(old.value), 100))), old.measured_on)
    after = health(rules, {**readings, key: better}, as_of=TODAY, limits=caps)
    assert after.score is not None
    assert after.score >= before.score


@given(cases(), values)
def test_a_stale_measure_never_counts(
    case: tuple[list[Rule], dict[str, Reading]], value: int
) -> None:
    rules, readings = case
    plain = health(rules[1:], {k: v for k, v in readings.items() if k != "m0"}, as_of=TODAY)
    stale = Reading(D(value), TODAY - timedelta(days=rules[0].valid_days + 1))
    found = health(rules, {**readings, "m0": stale}, as_of=TODAY)
    assert (found.score, found.parts) == (plain.score, plain.parts)
    if found.level is Level.GOOD:
        assert found.confidence >= Thresholds().insufficient_below
