"""Calendars: what we write is read by another parser; what others write is read with care."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from vobject.base import readOne

from interactions.analytics.ical import Entry, calendar_text
from interactions.analytics.ical_reading import BrokenCalendarError, Reading, read_calendar

HELSINKI = ZoneInfo("Europe/Helsinki")
FIRST, LAST = date(2026, 6, 1), date(2027, 6, 1)
STAMP = datetime(2026, 5, 1, 8, 30, 15, 999, tzinfo=UTC)
MOMENTS = st.datetimes(
    min_value=datetime(2026, 6, 2),  # noqa: DTZ001 - the strategy adds the zone
    max_value=datetime(2027, 5, 30),  # noqa: DTZ001 - the strategy adds the zone
    timezones=st.just(UTC),
)
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200)


def read(text: str | bytes) -> Reading:
    """As a file of the window."""
    content = text.encode() if isinstance(text, str) else text
    return read_calendar(content, first=FIRST, last=LAST, zone=HELSINKI)


def calendar(*events: str, head: str = "") -> str:
    """A file with events given by their lines."""
    bodies = "".join(f"BEGIN:VEVENT\r\n{one.strip()}\r\nEND:VEVENT\r\n" for one in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{head}{bodies}END:VCALENDAR\r\n"


def test_a_calendar_as_the_standard_wants_it() -> None:
    entry = Entry(
        uid="1@kam",
        title="Talks, prices; \\ and\nmore",
        starts=datetime(2026, 10, 26, 9, tzinfo=HELSINKI),
        ends=datetime(2026, 10, 26, 10, tzinfo=HELSINKI),
        changed_at=STAMP,
        sequence=2,
        is_private=True,
        where="Ä" * 60,
    )
    days = Entry(
        uid="2@kam",
        title="Fair",
        starts=date(2026, 9, 1),
        ends=date(2026, 9, 3),
        changed_at=STAMP,
        is_cancelled=True,
    )
    lines = calendar_text([entry, days], name="Aino").split(b"\r\n")
    for line in (
        b"BEGIN:VCALENDAR",
        b"VERSION:2.0",
        b"DTSTART:20261026T070000Z",
        b"DTEND:20261026T080000Z",
        b"DTSTAMP:20260501T083015Z",
        b"SUMMARY:Talks\\, prices\\; \\\\ and\\nmore",
        b"SEQUENCE:2",
        b"CLASS:PRIVATE",
        b"DTSTART;VALUE=DATE:20260901",
        b"DTEND;VALUE=DATE:20260904",
        b"STATUS:CANCELLED",
    ):
        assert line in lines, line
    assert lines[-1] == b""
    assert max(len(line) for line in lines) <= 75
    assert not any(b"\n" in line for line in lines)


@given(WORDS, WORDS, MOMENTS, st.integers(1, 5000))
@settings(max_examples=60, deadline=None)
def test_another_parser_reads_the_same(
    title: str, text: str, starts: datetime, minutes: int
) -> None:
    starts = starts.replace(microsecond=0)
    entry = Entry(
        uid="x@kam",
        title=f"T{title}",
        text=text,
        starts=starts,
        ends=starts + timedelta(minutes=minutes),
        changed_at=STAMP,
    )
    content = calendar_text([entry], name="N")
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    found = readOne(content.decode()).vevent  # type: ignore[no-untyped-call]
    assert found.uid.value == "x@kam"
    assert found.dtstart.value == starts
    assert found.dtend.value == starts + timedelta(minutes=minutes)
    assert found.summary.value == f"T{title}"
    assert (found.description.value if text else "") == text
    (own,) = read(content).occurrences
    assert (own.starts_at, own.ends_at) == (starts, starts + timedelta(minutes=minutes))
    assert own.title == " ".join(f"T{title}".split())


def test_what_others_write_is_read_with_its_zone_people_and_length() -> None:
    text = calendar(
        """UID:a
DTSTART;TZID=America/New_York:20261101T090000
DURATION:PT45M
SUMMARY:Call
ORGANIZER;CN=Org:MAILTO:Org@Shop.example
ATTENDEE;CN="Li, Mei";ROLE=REQ-PARTICIPANT:mailto:mei@shop.example
ATTENDEE:mailto:MEI@shop.example
CLASS:CONFIDENTIAL
SEQUENCE:3
STATUS:CANCELLED""",
        "UID:b\nDTSTART:20260701T100000\nSUMMARY:Floating",
        "UID:c\nDTSTART;VALUE=DATE:20260710\nDTEND;VALUE=DATE:20260712\nSUMMARY:Days",
        "UID:d\nDTSTART;VALUE=DATE:20260711\nSUMMARY:Day",
        "UID:e\nDTSTART:20200101T100000Z\nSUMMARY:Long ago",
        "UID:f\nSUMMARY:Never",
        "UID:g\nDTSTART:garbage\nSUMMARY:Some time",
    )
    reading = read(text)
    floating, days, day, call = reading.occurrences
    assert call.starts_at == datetime(2026, 11, 1, 14, tzinfo=UTC)
    assert call.ends_at == datetime(2026, 11, 1, 14, 45, tzinfo=UTC)
    assert call.time_zone == "America/New_York"
    assert call.attendees == [("org@shop.example", "Org"), ("mei@shop.example", "Li, Mei")]
    assert (call.is_private, call.is_cancelled, call.sequence) == (True, True, 3)
    assert floating.starts_at == datetime(2026, 7, 1, 7, tzinfo=UTC)
    assert floating.notes == ["without_zone", "length_assumed"]
    assert (days.starts_on, days.ends_on) == (date(2026, 7, 10), date(2026, 7, 11))
    assert (day.starts_on, day.ends_on) == (date(2026, 7, 11), date(2026, 7, 11))
    assert reading.outside == 1
    assert reading.unreadable == [("Never", "no_start"), ("Some time", "bad_time")]


def test_series_are_expanded_and_end() -> None:
    weekly = """UID:w
DTSTART;TZID=Europe/Helsinki:20261019T090000
DTEND;TZID=Europe/Helsinki:20261019T100000
RRULE:FREQ=WEEKLY;COUNT=4
EXDATE;TZID=Europe/Helsinki:20261026T090000
SUMMARY:Weekly"""
    moved = """UID:w
RECURRENCE-ID;TZID=Europe/Helsinki:20261102T090000
DTSTART;TZID=Europe/Helsinki:20261103T120000
DTEND;TZID=Europe/Helsinki:20261103T130000
SUMMARY:Moved"""
    found = read(calendar(weekly, moved)).occurrences
    assert [(one.recurrence, one.starts_at, one.title) for one in found] == [
        ("20261019T060000Z", datetime(2026, 10, 19, 6, tzinfo=UTC), "Weekly"),
        ("20261102T070000Z", datetime(2026, 11, 3, 10, tzinfo=UTC), "Moved"),
        ("20261109T070000Z", datetime(2026, 11, 9, 7, tzinfo=UTC), "Weekly"),
    ]
    endless = read(calendar("UID:d\nDTSTART:20200101T060000Z\nRRULE:FREQ=DAILY\nSUMMARY:D"))
    assert len(endless.occurrences) == 366
    assert endless.occurrences[0].notes == ["without_end", "length_assumed"]
    for rule in (
        "FREQ=SECONDLY",
        "FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=1,2",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYYEARDAY=366",
    ):
        one = read(calendar(f"UID:s\nDTSTART:20260701T060000Z\nRRULE:{rule}\nSUMMARY:S"))
        assert [o.notes[0] for o in one.occurrences] == ["unusual_rule"], rule


def test_hundreds_of_attendees_are_cut() -> None:
    people = "\n".join(f"ATTENDEE:mailto:p{n}@x.example" for n in range(300))
    (one,) = read(calendar(f"UID:m\nDTSTART:20260701T060000Z\n{people}\nSUMMARY:M")).occurrences
    assert len(one.attendees) == 100
    assert "attendees_cut" in one.notes


def test_broken_files_say_where() -> None:
    good = calendar("UID:a\nDTSTART:20260701T060000Z\nSUMMARY:Käsi")
    cases: list[tuple[bytes, tuple[str, int]]] = [
        (b"", ("empty", 0)),
        (b"hello\n", ("no_calendar", 1)),
        (b"%PDF-1.4\x00\xff", ("no_calendar", 1)),
        (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n", ("bad_nesting", 3)),
        (b"BEGIN:VCALENDAR\nthis is no line\nEND:VCALENDAR\n", ("bad_line", 2)),
        (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n", ("cut_off", 2)),
        (b"x" * (5 * 1024 * 1024 + 1), ("too_large", 0)),
    ]
    for content, expected in cases:
        with pytest.raises(BrokenCalendarError) as broken:
            read(content)
        assert (broken.value.code, broken.value.line) == expected
    for encoding in ("utf-8-sig", "utf-16", "latin-1"):
        assert read(good.encode(encoding)).occurrences[0].title == "Käsi", encoding
    assert read(good.encode("latin-1")).notes == {"encoding_guessed"}


LINES = st.sampled_from(
    [
        "DTSTART:20260701T060000Z",
        "DTSTART;VALUE=DATE:20260701",
        "DTSTART;TZID=Nowhere:20260701T060000",
        "DTEND:20260601",
        "DURATION:-PT5M",
        "DURATION:P",
        "RRULE:FREQ=MONTHLY;BYDAY=2MO",
        "RRULE:FREQ=",
        "RRULE:FREQ=WEEKLY;UNTIL=20200101",
        "RDATE:20260801T060000Z",
        "EXDATE:nonsense",
        "RECURRENCE-ID:20260701T060000Z",
        "SEQUENCE:many",
        "ATTENDEE:mailto:a@b.example",
        "ATTENDEE;CN=:x",
        "UID:1",
        "SUMMARY:\\n\\,;",
        "BEGIN:VALARM",
        "END:VALARM",
    ]
)


@given(st.lists(st.lists(LINES, max_size=7), max_size=3), st.binary(max_size=40))
@example([["DTSTART:20260701T060000Z", "DTEND:20260601", "DTEND:20260601"]], b"")
@settings(max_examples=80, deadline=None)
def test_nothing_that_comes_in_is_an_unhandled_error(events: list[list[str]], tail: bytes) -> None:
    for content in (calendar(*("\r\n".join(one) for one in events)).encode(), tail):
        try:
            reading = read(content + tail)
        except BrokenCalendarError:
            continue
        for one in reading.occurrences:
            assert (one.starts_at is None) == (one.starts_on is not None)
            if one.starts_at is not None and one.ends_at is not None:
                assert one.ends_at > one.starts_at


def test_a_step_of_nothing_ends_and_the_ends_of_the_calendar_are_told() -> None:
    events = [
        ("DTSTART:20261127T090000Z", "RRULE:FREQ=DAILY;INTERVAL=0", "SUMMARY:Still"),
        ("DTSTART:99991231T235959Z", "DTEND:99991231T235959Z", "SUMMARY:Last"),
        ("DTSTART;TZID=America/New_York:99991231T235959", "SUMMARY:Later"),
    ]
    text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n"
    for number, lines in enumerate(events):
        body = "\r\n".join(lines)
        text += f"BEGIN:VEVENT\r\nUID:u{number}\r\n{body}\r\nEND:VEVENT\r\n"
    text += "END:VCALENDAR\r\n"
    first, last = date(2026, 11, 1), date(2027, 11, 1)
    found = read_calendar(text.encode(), first=first, last=last, zone=ZoneInfo("Europe/Helsinki"))
    assert [one.title for one in found.occurrences] == ["Still"]
    assert "unusual_rule" in found.occurrences[0].notes
    assert found.unreadable == [("Last", "bad_time"), ("Later", "bad_time")]
