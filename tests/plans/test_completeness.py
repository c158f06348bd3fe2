"""How complete a plan is, by hand and by properties."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plans.analytics.completeness import SectionFacts, completeness, fresh_from

DAY = date(2026, 8, 31)


def facts(
    kind: str = "ambition",
    *,
    required: bool = True,
    filled: bool = True,
    seen_on: date | None = DAY,
    owned: bool = True,
    live: bool = False,
) -> SectionFacts:
    return SectionFacts(kind, required, filled, seen_on, owned, live)


def test_fresh_is_half_a_year() -> None:
    cases = {
        date(2026, 8, 31): date(2026, 2, 28),
        date(2028, 8, 30): date(2028, 2, 29),
        date(2026, 6, 15): date(2025, 12, 15),
        date(2026, 7, 1): date(2026, 1, 1),
        date(2026, 12, 31): date(2026, 6, 30),
    }
    assert {day: fresh_from(day) for day in cases} == cases


def test_golden_vector() -> None:
    """One whole, one stale, one empty, one without a keeper, one live, one that does not count."""
    found = completeness(
        [
            facts("ambition"),
            facts("swot", seen_on=date(2026, 2, 27)),
            facts("objectives", filled=False),
            facts("risks", owned=False),
            facts("figures", required=False, filled=False, seen_on=None, live=True),
            facts("kpis", required=False, filled=False),
        ],
        as_of=DAY,
    )
    assert (found.counted, found.filled, found.fresh, found.owned) == (4, 3, 2, 2)
    # Of 4: 3 filled, 2 of them fresh, 2 with a keeper: 7 of 12.
    assert found.percent == Decimal("58.3")
    assert found.lacks == [("swot", "stale"), ("objectives", "empty"), ("risks", "ownerless")]


def test_a_plan_that_says_nothing_is_at_zero() -> None:
    rows = [facts("ambition", filled=False, seen_on=None), facts("figures", live=True)]
    assert completeness(rows, as_of=DAY).percent == 0


@pytest.mark.parametrize("rows", [[], [facts(required=False, filled=False)], [facts(live=True)]])
def test_nothing_that_counts_is_not_known(rows: list[SectionFacts]) -> None:
    found = completeness(rows, as_of=DAY)
    assert (found.percent, found.counted, found.is_complete) == (None, 0, True)


sections = st.lists(
    st.builds(
        SectionFacts,
        kind=st.sampled_from(["ambition", "swot", "risks"]),
        is_required=st.booleans(),
        is_filled=st.booleans(),
        seen_on=st.sampled_from(
            [None, date(2025, 5, 1), date(2026, 2, 27), date(2026, 2, 28), DAY]
        ),
        is_owned=st.booleans(),
        is_live=st.booleans(),
    ),
    max_size=6,
)


@given(sections)
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
def test_bounds_and_what_a_hundred_means(rows: list[SectionFacts]) -> None:
    found = completeness(rows, as_of=DAY)
    assert found.fresh <= found.filled <= found.counted <= len(rows)
    assert found.owned <= found.filled
    if found.percent is not None:
        assert 0 <= found.percent <= 100
        assert (found.percent == 100) == found.is_complete


@given(sections, st.integers(0, 5))
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
def test_filling_a_section_never_takes_away(rows: list[SectionFacts], place: int) -> None:
    required = [SectionFacts(r.kind, True, r.is_filled, r.seen_on, r.is_owned) for r in rows]
    before = completeness(required, as_of=DAY)
    better = [
        SectionFacts(r.kind, True, True, DAY, True) if at == place else r
        for at, r in enumerate(required)
    ]
    after = completeness(better, as_of=DAY)
    assert (after.percent or 0) >= (before.percent or 0)
