"""Reading calendar files of others: what stands in them, occurrence by occurrence.

Nothing here is trusted: files are broken, without end, or made to keep a machine busy.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

import charset_normalizer
import recurring_ical_events
from icalendar import Calendar, Event

MAX_BYTES = 5 * 1024 * 1024
MAX_EVENTS = 1000
MAX_OCCURRENCES = 366
MAX_ALL = 2000
MAX_ATTENDEES = 100
MOMENT = timedelta(minutes=30)
BUDGET = 8.0  # seconds for all rules of a file
_KNOWN_PARTS = {
    *("FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"),
}
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class BrokenCalendarError(Exception):
    """A file that is no calendar: `code` says why, `line` where (0: nowhere in particular)."""

    def __init__(self, code: str, line: int = 0) -> None:
        super().__init__(code, line)
        self.code, self.line = code, line


@dataclass(frozen=True, kw_only=True)
class Occurrence:
    """One meeting of a file: hours or days (the last one included), and what was made of it.

    `recurrence` tells occurrences of a series apart. `notes` are codes of what was changed to
    take it: see `words` of the page that shows them.
    """

    uid: str
    recurrence: str = ""
    title: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    time_zone: str = ""
    where: str = ""
    text: str = ""
    attendees: Sequence[tuple[str, str]] = ()
    is_cancelled: bool = False
    is_private: bool = False
    sequence: int = 0
    notes: Sequence[str] = ()

    @property
    def first_day(self) -> date:
        """The day it begins, of hours in UTC: for order and windows alone."""
        if self.starts_at is not None:
            return self.starts_at.astimezone(UTC).date()
        assert self.starts_on is not None  # noqa: S101 - one of both is always there
        return self.starts_on


@dataclass(kw_only=True)
class Reading:
    """What a file holds. `outside` counts what lies before or after the window; `series` are the
    ids of those that repeat, so that what is gone from them can be called off."""

    occurrences: list[Occurrence] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    series: set[str] = field(default_factory=set)
    outside: int = 0
    notes: set[str] = field(default_factory=set)


def read_calendar(content: bytes, *, first: date, last: date, zone: tzinfo) -> Reading:
    """Return what stands in a file between two days; times without a zone are in `zone`.

    Series are expanded, at most 366 meetings each. Raises BrokenCalendarError.
    """
    text, is_guessed = _decoded(content)
    _check_lines(text)
    try:
        calendars = Calendar.from_ical(text, multiple=True)
    except (ValueError, IndexError, KeyError, TypeError, AttributeError) as error:
        raise BrokenCalendarError("unreadable") from error
    reading = Reading()
    if is_guessed:
        reading.notes.add("encoding_guessed")
    for calendar in calendars:
        _read(calendar, reading, (first, last), zone)
    reading.occurrences.sort(key=_order)
    if len(reading.occurrences) > MAX_ALL:
        del reading.occurrences[MAX_ALL:]
        reading.notes.add("too_many")
    return reading


def _order(one: Occurrence) -> tuple[str, str, str]:
    """By day and hour, those of all day first."""
    moment = one.starts_at
    when = moment.isoformat() if moment is not None else one.first_day.isoformat()
    return when, one.title, one.recurrence


def _decoded(content: bytes) -> tuple[str, bool]:
    """The text, and whether its encoding had to be guessed."""
    if len(content) > MAX_BYTES:
        raise BrokenCalendarError("too_large")
    for mark, name in _MARKS:
        if content.startswith(mark):
            return content.decode(name, errors="replace").replace("\x00", ""), False
    try:
        return content.decode("utf-8").replace("\x00", ""), False
    except UnicodeDecodeError:
        best = charset_normalizer.from_bytes(content[:200_000]).best()
        name = best.encoding if best is not None else "cp1252"
        return content.decode(name, errors="replace").replace("\x00", ""), True


def _check_lines(text: str) -> None:
    """Refuse what is no calendar, naming the line: unknown lines, parts that do not end."""
    stack: list[str] = []
    seen = False
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line[0] in " \t":
            continue
        name, colon, value = line.partition(":")
        head = name.partition(";")[0].strip().upper()
        if not seen and (head != "BEGIN" or value.strip().upper() != "VCALENDAR"):
            raise BrokenCalendarError("no_calendar", number)
        seen = True
        if not colon or not head.replace("-", "").replace("_", "").replace(".", "").isalnum():
            raise BrokenCalendarError("bad_line", number)
        _nest(stack, head, value.strip().upper(), number)
    if not seen:
        raise BrokenCalendarError("empty")
    if stack:
        raise BrokenCalendarError("cut_off", len(text.splitlines()))


def _nest(stack: list[str], head: str, value: str, number: int) -> None:
    if head == "BEGIN":
        stack.append(value)
        if len(stack) > 10:
            raise BrokenCalendarError("bad_nesting", number)
    elif head == "END" and (not stack or stack.pop() != value):
        raise BrokenCalendarError("bad_nesting", number)


def _read(calendar: Any, reading: Reading, window: tuple[date, date], zone: tzinfo) -> None:
    events = calendar.walk("VEVENT")
    if len(events) > MAX_EVENTS:
        reading.notes.add("too_many")
    cancels = str(calendar.get("METHOD", "")).upper() == "CANCEL"
    by_uid: dict[str, list[Any]] = {}
    for number, event in enumerate(events[:MAX_EVENTS], 1):
        title = _text(event, "SUMMARY", 300)
        if reason := _unusable(event):
            reading.unreadable.append((title or f"#{number}", reason))
            continue
        by_uid.setdefault(_uid(event), []).append(event)
    until = time.monotonic() + BUDGET
    for uid, group in by_uid.items():
        if time.monotonic() > until:
            reading.notes.add("took_too_long")
            break
        for one in _of_series(uid, group, reading, window, zone):
            reading.occurrences.append(replace(one, is_cancelled=one.is_cancelled or cancels))


def _unusable(event: Any) -> str:
    """Why an event cannot be taken, or nothing."""
    if "DTSTART" not in event:
        return "no_start"
    broken = {name for name, _words in event.errors}
    if broken & {"DTSTART", "DTEND", "DURATION", "RECURRENCE-ID", "RDATE", "EXDATE"}:
        return "bad_time"
    start = event["DTSTART"]
    return "" if isinstance(getattr(start, "dt", None), date) else "bad_time"


def _uid(event: Any) -> str:
    """What it is known by; one without gets the same id from the same words and time."""
    uid = _text(event, "UID", 10_000)
    if not uid:
        uid = f"{_text(event, 'SUMMARY', 100)}@{event['DTSTART'].to_ical().decode()}"
    if len(uid) <= 255:
        return uid
    return hashlib.sha256(uid.encode()).hexdigest()


def _of_series(
    uid: str, group: list[Any], reading: Reading, window: tuple[date, date], zone: tzinfo
) -> Iterator[Occurrence]:
    repeats = any("RRULE" in one or "RDATE" in one for one in group)
    notes: list[str] = []
    if not repeats:
        for event in group:
            try:
                again = "RECURRENCE-ID" in event
                found = _occurrence(uid, event, zone, notes, keep_recurrence=again)
            except OverflowError:  # at the ends of the calendar
                reading.unreadable.append((_text(event, "SUMMARY", 300) or uid, "bad_time"))
                continue
            if window[0] <= found.first_day <= window[1]:
                yield found
            else:
                reading.outside += 1
        return
    if any("RRULE" in one and not _is_usual(one["RRULE"]) for one in group):
        notes.append("unusual_rule")
        for event in group:
            event.pop("RRULE", None)
    reading.series.add(uid)
    yield from _expanded(uid, group, reading, window, zone, notes)


def _expanded(
    uid: str,
    group: list[Any],
    reading: Reading,
    window: tuple[date, date],
    zone: tzinfo,
    notes: list[str],
) -> Iterator[Occurrence]:
    if any(_has_no_end(one) for one in group):
        notes.append("without_end")
    sub = Calendar()
    for event in group:
        sub.add_component(event)
    try:
        events = recurring_ical_events.of(sub).between(window[0], window[1] + timedelta(days=1))
        events.sort(key=lambda one: _stamp(one["DTSTART"].dt, zone))
        found = [
            _occurrence(uid, event, zone, notes, keep_recurrence=True)
            for event in events[:MAX_OCCURRENCES]
        ]
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        reading.unreadable.append((_text(group[0], "SUMMARY", 300) or uid, "bad_rule"))
        return
    is_cut = len(events) > MAX_OCCURRENCES
    if not events:
        reading.outside += 1
    for one in found:
        yield replace(one, notes=[*one.notes, "series_cut"]) if is_cut else one


def _has_no_end(event: Any) -> bool:
    rules = event.get("RRULE")
    rules = rules if isinstance(rules, list) else [rules] if rules is not None else []
    return any("COUNT" not in rule and "UNTIL" not in rule for rule in rules)


def _is_usual(rules: Any) -> bool:
    """Whether a rule is one that people make, and that ends its search for days."""
    for rule in rules if isinstance(rules, list) else [rules]:
        if not isinstance(rule, dict) or set(rule) - _KNOWN_PARTS:
            return False
        frequency = str(rule.get("FREQ", [""])[0]).upper()
        if frequency not in {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}:
            return False
        if "BYSETPOS" in rule and frequency in {"DAILY", "WEEKLY"}:
            return False
        if any(int(number) < 1 for number in rule.get("INTERVAL", [])) or not _has_days(rule):
            return False
    return True


def _has_days(rule: Any) -> bool:
    """Whether some month of the rule has one of its days."""
    days = [int(day) for day in rule.get("BYMONTHDAY", [])]
    months = [int(month) for month in rule.get("BYMONTH", [])] or list(range(1, 13))
    if not all(1 <= month <= 12 for month in months):
        return False
    return not days or any(1 <= abs(day) <= _LENGTHS[month - 1] for day in days for month in months)


def _occurrence(
    uid: str, event: Any, zone: tzinfo, notes: Sequence[str], *, keep_recurrence: bool
) -> Occurrence:
    starts, ends = event["DTSTART"].dt, _end(event)
    said = list(notes)
    attendees = _attendees(event)
    if len(attendees) > MAX_ATTENDEES:
        said.append("attendees_cut")
    place = _stamp(event["RECURRENCE-ID"].dt, zone) if _has_recurrence(event) else ""
    common = Occurrence(
        uid=uid,
        recurrence=place if keep_recurrence else "",
        title=_text(event, "SUMMARY", 300),
        where=_text(event, "LOCATION", 300),
        text=_text(event, "DESCRIPTION", 5000, lines=True),
        attendees=attendees[:MAX_ATTENDEES],
        is_cancelled=_text(event, "STATUS", 20).upper() == "CANCELLED",
        is_private=_text(event, "CLASS", 20).upper() in {"PRIVATE", "CONFIDENTIAL"},
        sequence=_whole(event.get("SEQUENCE")),
    )
    if not isinstance(starts, datetime):
        last = ends if ends is not None and not isinstance(ends, datetime) else starts
        last = max(starts, last - timedelta(days=1)) if last > starts else starts
        return replace(common, starts_on=starts, ends_on=last, notes=said)
    if starts.tzinfo is None:
        said.append("without_zone")
    begins = _aware(starts, zone)
    until = _aware(ends, zone) if isinstance(ends, datetime) else begins
    if until <= begins:
        until = begins + MOMENT
        said.append("length_assumed")
    name = getattr(starts.tzinfo, "key", "")
    return replace(common, starts_at=begins, ends_at=until, time_zone=name, notes=said)


def _end(event: Any) -> datetime | date | None:
    """When it ends, by DTEND or DURATION; None where neither says."""
    if "DTEND" in event:
        end: datetime | date = _first(event["DTEND"]).dt
        return end
    start: datetime | date = event["DTSTART"].dt
    length = getattr(_first(event.get("DURATION")), "dt", None)
    return start + length if isinstance(length, timedelta) else None


def _first(value: Any) -> Any:
    """A property that may stand once; of one that stands more often, the first."""
    return value[0] if isinstance(value, list) and value else value


def _has_recurrence(event: Any) -> bool:
    return isinstance(getattr(event.get("RECURRENCE-ID"), "dt", None), date)


def _aware(moment: datetime, zone: tzinfo) -> datetime:
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)).astimezone(UTC)


def _stamp(when: datetime | date, zone: tzinfo) -> str:
    if isinstance(when, datetime):
        return _aware(when, zone).strftime("%Y%m%dT%H%M%SZ")
    return when.strftime("%Y%m%d")


def _text(event: Event, name: str, most: int, *, lines: bool = False) -> str:
    value: Any = event.get(name, "")
    if isinstance(value, list):
        value = value[0]
    words = str(value).replace("\x00", "")
    return (words.strip() if lines else " ".join(words.split()))[:most]


def _whole(value: Any) -> int:
    try:
        return min(max(int(value), 0), 2**31 - 1)
    except (TypeError, ValueError):
        return 0


def _attendees(event: Any) -> list[tuple[str, str]]:
    """Addresses in lower case with names: the organizer and all attendees, each once."""
    found: dict[str, str] = {}
    for name in ("ORGANIZER", "ATTENDEE"):
        values = event.get(name, [])
        for one in values if isinstance(values, list) else [values]:
            address = " ".join(str(one).split())
            if address.lower().startswith("mailto:"):
                address = address[7:]
            if "@" in address and len(address) <= 254:
                words = " ".join(str(getattr(one, "params", {}).get("CN", "")).split())
                found.setdefault(address.lower(), words[:200])
    return list(found.items())
