"""When the next contact is due: examples, and what holds whatever the dates are."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interactions.analytics.cadence import (
    WHOLE,
    Pause,
    begins,
    counted_days,
    expected,
    joined,
    next_due,
    overdue_days,
    paces,
    touches_a_week,
)

days = st.dates(date(2023, 1, 1), date(2028, 12, 31))
everys = st.integers(1, 200)
pauses = st.lists(
    st.builds(
        lambda start, length: Pause(start, start + timedelta(days=length)),
        days,
        st.integers(0, 60),
    ),
    max_size=5,
)
JULY = Pause(date(2026, 7, 1), date(2026, 8, 1))


@pytest.mark.parametrize(
    ("after", "every", "paused", "due"),
    [
        (date(2026, 6, 1), 14, [], date(2026, 6, 15)),
        (date(2024, 2, 28), 1, [], date(2024, 2, 29)),  # a leap year has the day
        (date(2024, 2, 15), 14, [], date(2024, 2, 29)),
        (date(2023, 2, 15), 14, [], date(2023, 3, 1)),  # another year has not
        (date(2024, 2, 29), 366, [], date(2025, 3, 1)),
        (date(2026, 6, 20), 14, [JULY], date(2026, 8, 4)),  # ten days in June, four in August
        (date(2026, 6, 17), 14, [JULY], date(2026, 8, 1)),  # due on its first day: the day after
        (date(2026, 6, 16), 14, [JULY], date(2026, 6, 30)),  # due on the day before: it stays
        (date(2026, 7, 10), 14, [JULY], date(2026, 8, 14)),  # met during the pause
        (date(2026, 7, 31), 14, [JULY], date(2026, 8, 14)),  # on its last day
        (date(2026, 6, 20), 14, [JULY, JULY, Pause(date(2026, 7, 20), date(2026, 8, 3))],
         date(2026, 8, 6)),  # twice the same days count once
        (date(2026, 6, 20), 14, [JULY, Pause(date(2026, 8, 2), date(2026, 8, 9))],
         date(2026, 8, 11)),  # moved into another pause
    ],
)  # fmt: skip
def test_next_due(after: date, every: int, paused: list[Pause], due: date) -> None:
    assert next_due(after, every, paused) == due
    assert counted_days(after, due, paused) == every
    assert overdue_days(after, every, due, paused) == 0


def test_a_pause_makes_nothing_overdue_and_mends_nothing() -> None:
    late = date(2026, 6, 1)  # due on 15 June, 15 days overdue at the end of the month
    assert overdue_days(late, 14, date(2026, 6, 30), [JULY]) == 15
    assert overdue_days(late, 14, date(2026, 7, 31), [JULY]) == 15
    assert overdue_days(late, 14, date(2026, 8, 1), [JULY]) == 16


def test_another_tier_counts_from_the_last_contact() -> None:
    last = date(2026, 6, 1)
    key, strategic = paces({}, 30), paces({"merchandising": 14}, 30)
    assert next_due(last, key.asked()[WHOLE]) == date(2026, 7, 1)
    assert next_due(last, strategic.asked()["merchandising"]) == date(2026, 6, 15)


def test_what_a_tier_asks_for() -> None:
    assert paces({}, 30).asked() == {WHOLE: 30}
    assert paces({}, None).asked() == {}
    assert paces({WHOLE: 20}, 30).asked() == {WHOLE: 20}
    assert paces({"marketing": 30}, 14).asked() == {"marketing": 30, WHOLE: 14}
    assert paces({"marketing": 14}, 14).asked() == {"marketing": 14}
    assert paces({"marketing": 30}, 14).of_person("marketing") == 30
    assert paces({"marketing": 30}, 14).of_person("finance") == 14
    assert paces({"marketing": 30}, None).of_person("finance") is None


def test_where_counting_begins() -> None:
    lead, place = date(2026, 3, 1), date(2026, 5, 1)
    assert begins(date(2026, 2, 1), lead, place) == date(2026, 2, 1)
    assert begins(None, lead, place) == place
    assert begins(None, lead, None) == lead
    assert begins(None, None) is None


def test_contacts_asked_for() -> None:
    assert expected(date(2026, 6, 1), date(2026, 8, 30), 30) == 3
    assert expected(date(2026, 6, 1), date(2026, 8, 30), 30, [JULY]) == Decimal(59) / 30
    assert touches_a_week([14, 7, 28]) == Decimal("1.75")
    with pytest.raises(ValueError, match="at least one day"):
        next_due(date(2026, 6, 1), 0)


@given(days, everys, pauses)
def test_the_day_due_counts_and_completes_the_pace(
    after: date, every: int, paused: list[Pause]
) -> None:
    due = next_due(after, every, paused)
    assert counted_days(after, due, paused) == every
    assert not any(one.start <= due < one.end for one in paused)
    assert due >= after + timedelta(days=every)
    assert overdue_days(after, every, due, paused) == 0


@given(days, st.integers(0, 90), everys, st.integers(0, 90), pauses)
def test_later_contact_slower_pace_and_more_pauses_never_make_it_due_earlier(
    after: date, later: int, every: int, slower: int, paused: list[Pause]
) -> None:
    due = next_due(after, every, paused)
    assert next_due(after + timedelta(days=later), every, paused) >= due
    assert next_due(after, every + slower, paused) >= due
    assert next_due(after, every, paused[1:]) <= due
    if slower:
        assert next_due(after, every + slower, paused) > due


@given(days, everys, days, st.integers(0, 60), pauses)
def test_overdue_days_only_grow_with_time(
    after: date, every: int, as_of: date, more: int, paused: list[Pause]
) -> None:
    late = overdue_days(after, every, as_of, paused)
    later = overdue_days(after, every, as_of + timedelta(days=more), paused)
    assert late <= later <= late + more
    assert (late > 0) == (counted_days(next_due(after, every, paused), as_of, paused) > 0)


@given(pauses, days)
def test_joined_pauses_have_the_same_days(paused: list[Pause], day: date) -> None:
    found = joined(paused)
    assert all(one.end < other.start for one, other in pairwise(found))
    assert any(p.start <= day < p.end for p in paused) == any(p.start <= day < p.end for p in found)
