"""The calendar's writes: planning, moving, calling off, and putting into the log what has been."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Position
from accounts.services import tree
from interactions.choices import InteractionKind, InteractionSource, MeetingSource, MeetingState
from interactions.models import Interaction, Meeting, MeetingColleague, MeetingParticipant
from interactions.models.calendar import EARLIEST
from interactions.services import calendar_problems as problems
from interactions.services.log import Contact, log_contact
from kam.core.clock import organisation_zone, zone_named
from kam.core.problems import RefusedError, explained
from kam.identity.models import User

LATEST = timedelta(days=5 * 366)
DAY_MINUTES = 24 * 60


@dataclass(frozen=True, kw_only=True)
class Span:
    """From when to when: either hours (aware), or days with the last one included."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    starts_on: date | None = None
    ends_on: date | None = None

    @property
    def is_all_day(self) -> bool:
        """Whether it is about days."""
        return self.starts_at is None

    def days(self) -> tuple[date, date]:
        """First and last day, of hours in the organisation's time zone."""
        if self.starts_at is None or self.ends_at is None:
            if self.starts_on is None:
                raise problems.NoTimeError
            return self.starts_on, self.ends_on or self.starts_on
        zone = organisation_zone()
        last = self.ends_at - timedelta(microseconds=1)
        return self.starts_at.astimezone(zone).date(), last.astimezone(zone).date()


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What somebody plans. `participants` are theirs, `colleagues` ours besides the owner."""

    title: str
    span: Span
    kind: str = InteractionKind.MEETING
    account: Account | None = None
    time_zone: str = ""
    place: Account | None = None
    place_text: str = ""
    description: str = ""
    others: str = ""
    is_private: bool = False
    participants: Sequence[Position] = ()
    colleagues: Sequence[User] = ()


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a meeting comes from and what calendars know it by."""

    source: str = MeetingSource.TYPED
    uid: str = ""
    recurrence: str = ""
    sequence: int = 0


@explained()
@transaction.atomic
def plan_meeting(*, plan: Plan, owner: User, as_of: date, origin: Origin | None = None) -> Meeting:
    """Plan a meeting.

    Raises RefusedError without a title, for an end before the start, a day out of reach, a place
    or people of another customer, people without an account, and for one that is planned already.
    """
    origin = origin or Origin()
    meeting = Meeting(
        owner=owner,
        source=origin.source,
        uid=origin.uid or f"{uuid.uuid4()}@kam",
        recurrence=origin.recurrence,
        sequence=origin.sequence,
    )
    _set(meeting, plan, as_of)
    meeting.save()
    _set_people(meeting, plan)
    return meeting


@explained()
@transaction.atomic
def change_meeting(
    *, meeting: Meeting, plan: Plan, as_of: date, sequence: int | None = None
) -> Meeting:
    """Change what is planned; all of it is said anew. Calendars are told by a new sequence.

    Raises NotPlannedError for one that is cancelled or in the log, and as `plan_meeting`.
    """
    locked = _open(meeting)
    locked.sequence = locked.sequence + 1 if sequence is None else sequence
    _set(locked, plan, as_of)
    MeetingParticipant.objects.filter(meeting=locked).exclude(
        position__in=plan.participants
    ).delete()
    locked.save()
    _set_people(locked, plan)
    return locked


@explained()
@transaction.atomic
def move_meeting(*, meeting: Meeting, to_day: date, as_of: date, at: time | None = None) -> Meeting:
    """Move a meeting to another day, at the same hour of its own time zone or `at` another one.

    Its length stays. Raises NotPlannedError, and RefusedError for a day out of reach.
    """
    locked = _open(meeting)
    if not EARLIEST <= to_day <= as_of + LATEST:
        raise problems.out_of_reach(to_day)
    span = _moved(locked, to_day, at)
    if span == span_of(locked):
        return locked
    locked.sequence += 1
    _set_span(locked, span, as_of)
    locked.save()
    return locked


@explained()
@transaction.atomic
def cancel_meeting(*, meeting: Meeting, reason: str = "", sequence: int | None = None) -> Meeting:
    """Call a meeting off; calendars that read it strike it out. Raises NotPlannedError."""
    locked = _open(meeting)
    locked.state, locked.cancel_reason = MeetingState.CANCELLED, _line(reason)[:300]
    locked.sequence = locked.sequence + 1 if sequence is None else sequence
    locked.save()
    return locked


@explained()
@transaction.atomic
def reopen_meeting(*, meeting: Meeting) -> Meeting:
    """Plan a meeting again that was called off."""
    locked = _locked(meeting)
    if not locked.is_cancelled:
        raise problems.NotPlannedError
    locked.state, locked.cancel_reason = MeetingState.PLANNED, ""
    locked.sequence += 1
    locked.save()
    return locked


@explained()
@transaction.atomic
def log_meeting(*, meeting: Meeting, author: User, now: datetime) -> Interaction:
    """Put a meeting that has begun into the log, once, with its people, length and place.

    People who did not stand at the customer on that day are left out; a private meeting becomes
    a confidential contact. Raises NotPlannedError, NotBegunError and NoAccountError.
    """
    locked = _open(meeting)
    if not locked.has_begun(now):
        raise problems.NotBegunError
    if locked.account is None:
        raise problems.NoAccountError
    contact = log_contact(contact=_contact(locked, author, now), author=author, now=now)
    locked.interaction, locked.state = contact, MeetingState.LOGGED
    locked.save()
    return contact


def span_of(meeting: Meeting) -> Span:
    """From when to when a meeting is planned."""
    if meeting.is_all_day:
        return Span(starts_on=meeting.starts_on, ends_on=meeting.ends_on)
    return Span(starts_at=meeting.starts_at, ends_at=meeting.ends_at)


def plan_of(meeting: Meeting) -> Plan:
    """Return what is planned as it stands, so that a part of it can be said anew."""
    positions = Position.objects.filter(meetings__meeting=meeting)
    return Plan(
        title=meeting.title,
        span=span_of(meeting),
        kind=meeting.kind,
        account=meeting.account,
        time_zone=meeting.time_zone,
        place=meeting.place,
        place_text=meeting.place_text,
        description=meeting.description,
        others=meeting.others,
        is_private=meeting.is_private,
        participants=list(positions),
        colleagues=list(User.objects.filter(invitations__meeting=meeting)),
    )


def _contact(meeting: Meeting, author: User, now: datetime) -> Contact:
    assert meeting.account is not None  # noqa: S101 - the caller looked
    when = meeting.begins()
    if meeting.is_all_day:
        when = min(now, when + timedelta(hours=12))
    day = when.astimezone(organisation_zone()).date()
    people = Position.objects.filter(meetings__meeting=meeting, valid__contains=day)
    ours = User.objects.filter(invitations__meeting=meeting)
    minutes = meeting.minutes
    return Contact(
        account=meeting.account,
        kind=meeting.kind,
        occurred_at=when,
        summary=meeting.title,
        text=meeting.description,
        minutes=min(minutes, DAY_MINUTES) if minutes is not None else None,
        place=meeting.place,
        is_confidential=meeting.is_private,
        participants=dict.fromkeys(people.select_related("account")),
        colleagues=[*ours, meeting.owner],
        source=InteractionSource.CALENDAR,
        source_key=f"meeting-{meeting.pk}",
    )


def _set(meeting: Meeting, plan: Plan, as_of: date) -> None:
    if plan.account is not None:
        tree.refuse_merged(plan.account)
    meeting.account, meeting.kind, meeting.title = plan.account, plan.kind, _line(plan.title)[:300]
    if not meeting.title:
        raise RefusedError(_("Say what it is about."), field="title")
    meeting.time_zone = _zone_name(plan.time_zone)
    meeting.place, meeting.place_text = _checked_place(plan), _line(plan.place_text)[:300]
    meeting.description = plan.description.strip()[:5000]
    meeting.others = plan.others.strip()[:2000]
    meeting.is_private = plan.is_private
    _set_span(meeting, plan.span, as_of)


def _set_span(meeting: Meeting, span: Span, as_of: date) -> None:
    try:
        first, last = span.days()
    except OverflowError as error:
        raise problems.out_of_reach(span.starts_at) from error
    if span.starts_at is not None and span.ends_at is not None and span.ends_at <= span.starts_at:
        raise RefusedError(_("It ends before it starts."), field="ends_at")
    if last < first:
        raise RefusedError(_("The last day is before the first."), field="ends_on")
    if first > as_of + LATEST:
        raise problems.FarAwayError
    meeting.is_all_day = span.is_all_day
    meeting.starts_at, meeting.ends_at = span.starts_at, span.ends_at
    meeting.starts_on, meeting.ends_on = first, last


def _set_people(meeting: Meeting, plan: Plan) -> None:
    if plan.participants and plan.account is None:
        raise RefusedError(_("Say first with which customer."), field="account")
    had = set(meeting.participants.values_list("position", flat=True))
    MeetingParticipant.objects.bulk_create(
        MeetingParticipant(meeting=meeting, position=one)
        for one in dict.fromkeys(plan.participants)
        if one.pk not in had
    )
    ours = {user.pk: user for user in plan.colleagues if user.pk != meeting.owner_id}
    MeetingColleague.objects.filter(meeting=meeting).exclude(user__in=ours).delete()
    invited = set(meeting.colleagues.values_list("user", flat=True))
    MeetingColleague.objects.bulk_create(
        MeetingColleague(meeting=meeting, user=user)
        for pk, user in ours.items()
        if pk not in invited
    )


def _moved(meeting: Meeting, to_day: date, at: time | None) -> Span:
    if meeting.starts_at is None or meeting.ends_at is None:
        length = meeting.ends_on - meeting.starts_on
        return Span(starts_on=to_day, ends_on=to_day + length)
    zone = zone_named(meeting.time_zone)
    hour = at or meeting.starts_at.astimezone(zone).time()
    starts = datetime.combine(to_day, hour, zone).astimezone(UTC)
    length = meeting.ends_at - meeting.starts_at
    return replace(span_of(meeting), starts_at=starts, ends_at=starts + length)


def _zone_name(name: str) -> str:
    zone = zone_named(name) if name else organisation_zone()
    return zone.key if isinstance(zone, ZoneInfo) else "UTC"


def _checked_place(plan: Plan) -> Account | None:
    place = plan.place
    if place is None:
        return None
    group = plan.account.current_group_id if plan.account is not None else None
    if place.current_group_id != group:
        raise RefusedError(_("This place belongs to another customer."), field="place")
    return place


def _line(text: str) -> str:
    return " ".join(text.split())


def _locked(meeting: Meeting) -> Meeting:
    found: Meeting = Meeting.objects.select_for_update(of=("self",), no_key=True).get(pk=meeting.pk)
    return found


def _open(meeting: Meeting) -> Meeting:
    found = _locked(meeting)
    if not found.is_open:
        raise problems.NotPlannedError
    return found
