"""Events of several sources in one order, page by page: each once, whatever stands side by side."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam.core import timeline
from kam.core.registry import Registry
from kam.core.timeline import BadPointError, Event, Page, TimelineSource, Wanted

USER = SimpleNamespace(is_authenticated=True, can=lambda _capability: True)
START = datetime(2026, 6, 1, tzinfo=UTC)


def _event(strand: str, pk: int, minutes: int) -> Event:
    return Event(strand=strand, pk=pk, occurred_at=START + timedelta(minutes=minutes), title="x")


def _source(key: str, events: list[Event]) -> TimelineSource:
    def find(_user: object, wanted: Wanted) -> list[Event]:
        behind = [one for one in events if wanted.before is None or one.point < wanted.before]
        return sorted(behind, key=lambda one: one.point, reverse=True)[: wanted.limit]

    return TimelineSource(key=key, title=key, find=find)


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No app's own sources."""
    monkeypatch.setattr(timeline, "timeline_sources", Registry())


def _pages(limit: int) -> Iterator[Page]:
    wanted = Wanted(limit=limit)
    while True:
        page = timeline.read(USER, "account", wanted)
        yield page
        if page.next is None:
            return
        wanted = replace(wanted, before=timeline.decode(page.next))


MOMENTS = st.integers(min_value=0, max_value=4)


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["a", "a.b", "b", "c.d", "ab"]), st.lists(MOMENTS, max_size=12), max_size=5
    ),
    st.integers(min_value=1, max_value=9),
)
def test_paging_visits_each_event_once_in_order(strands: dict[str, list[int]], limit: int) -> None:
    for one in list(timeline.timeline_sources):
        timeline.timeline_sources.unregister(one.key)
    events = []
    for strand, moments in strands.items():
        own = [_event(strand, pk, minutes) for pk, minutes in enumerate(moments)]
        events += own
        timeline.timeline_sources.register(_source(strand, own))
    pages = list(_pages(limit))
    seen = [event for page in pages for event in page.events]
    assert seen == sorted(events, key=lambda event: event.point, reverse=True)
    assert all(len(page.events) == limit for page in pages[:-1])
    assert [event.pk for event in timeline.read_all(USER, "account", Wanted(), most=3)] == [
        event.pk for event in seen[:3]
    ]


def test_only_named_sources_and_only_those_that_search() -> None:
    quiet = _source("a", [_event("a", 1, 1)])
    heard = replace(_source("b", [_event("b", 1, 2)]), searches=True)
    timeline.timeline_sources.register(quiet, heard)

    def strands(text: str = "", keys: Sequence[str] = ()) -> list[str]:
        wanted = Wanted(text=text)
        return [one.strand for one in timeline.read(USER, "account", wanted, keys=keys).events]

    assert strands() == ["b", "a"]
    assert strands(keys=["a"]) == ["a"]
    assert strands(text="x") == ["b"]
    assert timeline.read(USER, "person", Wanted()).events == []
    nobody = SimpleNamespace(is_authenticated=False)
    assert timeline.read(nobody, "account", Wanted()).events == []


def test_a_day_ends_in_the_zone_even_when_it_is_short_or_long() -> None:
    wanted = Wanted(zone=ZoneInfo("Europe/Helsinki"))
    ends = {
        date(2026, 3, 28): "2026-03-28T21:59:59.999999+00:00",
        date(2026, 3, 29): "2026-03-29T20:59:59.999999+00:00",
        date(2026, 10, 25): "2026-10-25T21:59:59.999999+00:00",
    }
    for day, end in ends.items():
        assert wanted.end_of(day).astimezone(UTC).isoformat() == end
        assert wanted.end_of(day).astimezone(wanted.zone).date() == day


@given(st.text(max_size=60))
def test_other_cursors_are_refused(text: str) -> None:
    with pytest.raises(BadPointError):
        timeline.decode(text)


def test_cursors_come_back() -> None:
    point = _event("a.b", 7, 3).point
    assert timeline.decode(timeline.encode(point)) == point
    for wrong in ([1, "a", 2], ["2026-06-01", "a", 2], ["2026-06-01T00:00:00+00:00", "a", 2**63]):
        text = base64.urlsafe_b64encode(json.dumps(wrong).encode()).decode()
        with pytest.raises(BadPointError):
            timeline.decode(text.rstrip("="))
