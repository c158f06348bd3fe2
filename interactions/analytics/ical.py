"""A calendar as RFC 5545 writes it. Times are in UTC, so that no zone has to be described."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event, vText

PRODUCT = "-//kam//calendar//EN"
_HARMLESS = {ord(char): " " for char in map(chr, range(32)) if char not in "\t\n"} | {127: " "}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One meeting as calendars read it.

    `starts` and `ends` are both aware moments, or both days with the last one included.
    `changed_at` becomes DTSTAMP and LAST-MODIFIED; `sequence` grows with every change.
    """

    uid: str
    title: str
    starts: datetime | date
    ends: datetime | date
    changed_at: datetime
    sequence: int = 0
    is_cancelled: bool = False
    is_private: bool = False
    where: str = ""
    text: str = ""
    url: str = ""


def calendar_text(entries: Iterable[Entry], *, name: str) -> bytes:
    """Return a calendar with lines of at most 75 octets and CRLF.

    Control characters, which the format does not know, become spaces.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _clean(name))
    calendar["REFRESH-INTERVAL"] = vText("PT1H")
    calendar["REFRESH-INTERVAL"].params["VALUE"] = "DURATION"
    for entry in entries:
        calendar.add_component(_event(entry))
    return bytes(calendar.to_ical())


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", _clean(entry.uid))
    event.add("dtstamp", entry.changed_at.astimezone(UTC).replace(microsecond=0))
    event.add("last-modified", entry.changed_at.astimezone(UTC).replace(microsecond=0))
    event.add("sequence", entry.sequence)
    starts, ends = _times(entry)
    event.add("dtstart", starts)
    event.add("dtend", ends)
    event.add("summary", _clean(entry.title))
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    if entry.is_private:
        event.add("class", "PRIVATE")
    for key, words in (("location", entry.where), ("description", entry.text)):
        if words:
            event.add(key, _clean(words))
    if entry.url:
        event.add("url", entry.url)
    return event


def _times(entry: Entry) -> tuple[datetime | date, datetime | date]:
    """Moments in UTC; days with the end that the format wants, the first day after."""
    if isinstance(entry.starts, datetime) and isinstance(entry.ends, datetime):
        return entry.starts.astimezone(UTC), entry.ends.astimezone(UTC)
    return entry.starts, entry.ends + timedelta(days=1)


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").translate(_HARMLESS)
