"""Taking a calendar file: first what would become of each meeting, then all of it or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta, tzinfo

from django.db import transaction

from accounts.models import Account
from interactions.analytics.ical_reading import Occurrence, Reading, read_calendar
from interactions.choices import MeetingSource, MeetingState
from interactions.models import Meeting
from interactions.models.calendar import LONGEST
from interactions.selectors.matching import Known, Matched, known_by, matched
from interactions.services import calendar as services
from interactions.services.calendar import Origin, Plan, Span
from kam.core.clock import organisation_zone
from kam.core.problems import explained
from kam.identity.models import User

BEFORE, AHEAD = timedelta(days=90), timedelta(days=366)
TAKEN = ("new", "update", "cancel", "gone")
UNTITLED = "–"


@dataclass(frozen=True, kw_only=True)
class Row:
    """What would become of one meeting of a file.

    `action` is new, update, cancel or gone (no longer part of its series, so called off), or why
    nothing is done: unchanged, older, logged, cancelled, too_long. `notes` are codes.
    """

    key: str
    action: str
    title: str
    span: Span
    plan: Plan | None = None
    meeting: Meeting | None = None
    origin: Origin | None = None
    people: Matched | None = None
    notes: Sequence[str] = ()

    @property
    def is_taken(self) -> bool:
        """Whether something would be stored."""
        return self.action in TAKEN


@dataclass(frozen=True)
class Preview:
    """All rows of a file; `digest` tells whether what would be stored is what was shown."""

    rows: Sequence[Row]
    reading: Reading

    @property
    def digest(self) -> str:
        """A fingerprint of every row and what becomes of it."""
        words = "\n".join(f"{row.key} {row.action}" for row in self.rows)
        return hashlib.sha256(words.encode()).hexdigest()[:32]

    def count(self, *actions: str) -> int:
        """How many rows have one of these outcomes."""
        return sum(row.action in actions for row in self.rows)


def preview_of(
    content: bytes, *, user: User, as_of: date, account: Account | None = None
) -> Preview:
    """Return what a file would change in somebody's calendar: 90 days back, 12 months ahead.

    Raises BrokenCalendarError. Nothing is stored. Four statements at any size.
    """
    zone = organisation_zone()
    first, last = as_of - BEFORE, as_of + AHEAD
    reading = read_calendar(content, first=first, last=last, zone=zone)
    found = reading.occurrences
    known = known_by(user, {address for one in found for address, _name in one.attendees})
    had = _had(user, {one.uid for one in found} | reading.series)
    rows = [_row(one, known, had, zone, user, account) for one in found]
    rows.extend(_gone(reading, had, as_of, last))
    return Preview(rows, reading)


@explained()
@transaction.atomic
def take_calendar(
    *, preview: Preview, chosen: Collection[str], user: User, as_of: date, is_private: bool = False
) -> int:
    """Store the rows that were chosen; return how many. All or nothing.

    `is_private` makes the new ones private. Raises what planning, changing and calling off do.
    """
    taken = [row for row in preview.rows if row.is_taken and row.key in chosen]
    for row in taken:
        _take(row, user, as_of, is_private)
    return len(taken)


def _take(row: Row, user: User, as_of: date, is_private: bool) -> None:
    origin = row.origin or Origin()
    if row.meeting is None:
        if row.plan is not None:
            plan = replace(row.plan, is_private=row.plan.is_private or is_private)
            services.plan_meeting(plan=plan, owner=user, as_of=as_of, origin=origin)
    elif row.action in {"cancel", "gone"}:
        services.cancel_meeting(meeting=row.meeting, sequence=origin.sequence or None)
    elif row.plan is not None:
        if row.meeting.is_cancelled:
            services.reopen_meeting(meeting=row.meeting)
        services.change_meeting(
            meeting=row.meeting, plan=row.plan, as_of=as_of, sequence=origin.sequence
        )


def _had(user: User, uids: Collection[str]) -> dict[tuple[str, str], Meeting]:
    rows = Meeting.objects.visible_to(user).filter(owner=user, uid__in=uids)
    shown = rows.select_related("account", "place").prefetch_related(
        "participants__position", "colleagues__user"
    )
    return {(one.uid, one.recurrence): one for one in shown}


def _row(
    one: Occurrence,
    known: Known,
    had: dict[tuple[str, str], Meeting],
    zone: tzinfo,
    user: User,
    account: Account | None,
) -> Row:
    meeting = had.get((one.uid, one.recurrence))
    span = _span(one)
    day = one.starts_at.astimezone(zone).date() if one.starts_at is not None else one.first_day
    if meeting is not None and meeting.account is not None:
        account = meeting.account
    people = matched(known, one.attendees, day=day, account=account)
    plan = _plan(one, span, people, user, meeting)
    return Row(
        key=_key(one.uid, one.recurrence),
        action=_action(one, span, plan, meeting),
        title=plan.title,
        span=span,
        plan=plan,
        meeting=meeting,
        people=people,
        notes=one.notes,
        origin=Origin(
            source=MeetingSource.FILE,
            uid=one.uid,
            recurrence=one.recurrence,
            sequence=one.sequence,
        ),
    )


def _action(one: Occurrence, span: Span, plan: Plan, meeting: Meeting | None) -> str:
    if meeting is None:
        if one.is_cancelled:
            return "cancelled"
        first, last = span.days()
        return "too_long" if last - first > LONGEST else "new"
    if meeting.state == MeetingState.LOGGED:
        return "logged"
    if one.is_cancelled:
        return "unchanged" if meeting.is_cancelled else "cancel"
    if one.sequence < meeting.sequence:
        return "older"
    is_same = not meeting.is_cancelled and _is_same(plan, meeting)
    return "unchanged" if is_same else "update"


def _is_same(plan: Plan, meeting: Meeting) -> bool:
    people = {one.position_id for one in meeting.participants.all()}
    ours = {one.user_id for one in meeting.colleagues.all()}
    return (
        plan.title == meeting.title
        and plan.span == services.span_of(meeting)
        and plan.place_text == meeting.place_text
        and plan.description == meeting.description
        and plan.others == meeting.others
        and plan.is_private == meeting.is_private
        and plan.account == meeting.account
        and {one.pk for one in plan.participants} == people
        and {one.pk for one in plan.colleagues} == ours
    )


def _plan(
    one: Occurrence, span: Span, people: Matched, user: User, meeting: Meeting | None
) -> Plan:
    """What the file says; of one that is known, who was added by hand and what it is stay."""
    plan = Plan(
        title=one.title or UNTITLED,
        span=span,
        account=people.account,
        time_zone=one.time_zone,
        place_text=one.where,
        description=one.text,
        others=_others(people, user),
        is_private=one.is_private,
        participants=people.participants,
        colleagues=[colleague for colleague in people.colleagues if colleague != user],
    )
    if meeting is None:
        return plan
    there = {row.position_id: row.position for row in meeting.participants.all()}
    ours = {row.user_id: row.user for row in meeting.colleagues.all()}
    return replace(
        plan,
        kind=meeting.kind,
        place=meeting.place,
        is_private=plan.is_private or meeting.is_private,
        participants=list((there | {row.pk: row for row in plan.participants}).values()),
        colleagues=list((ours | {row.pk: row for row in plan.colleagues}).values()),
    )


def _others(people: Matched, user: User) -> str:
    words = [f"{name} <{mail}>" if name else mail for mail, name in people.unknown]
    return "\n".join(word for word in words if user.email not in word)[:2000].strip()


def _gone(
    reading: Reading, had: dict[tuple[str, str], Meeting], as_of: date, last: date
) -> Iterable[Row]:
    """Meetings to come of a series that are no longer part of it."""
    seen = {(one.uid, one.recurrence) for one in reading.occurrences}
    cut = {one.uid for one in reading.occurrences if "series_cut" in one.notes}
    for (uid, recurrence), meeting in had.items():
        is_to_come = as_of <= meeting.starts_on <= last and meeting.is_open
        is_of_series = uid in reading.series - cut and "too_many" not in reading.notes
        if is_to_come and is_of_series and recurrence and (uid, recurrence) not in seen:
            yield Row(
                key=_key(uid, recurrence),
                action="gone",
                title=meeting.title,
                span=services.span_of(meeting),
                meeting=meeting,
            )


def _span(one: Occurrence) -> Span:
    return Span(
        starts_at=one.starts_at, ends_at=one.ends_at, starts_on=one.starts_on, ends_on=one.ends_on
    )


def _key(uid: str, recurrence: str) -> str:
    return hashlib.sha256(f"{uid}\n{recurrence}".encode()).hexdigest()[:16]
