"""The demo's calendar: what the leads plan, what they forgot to log, a fair of three days."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo
from typing import cast

from django.db import connection

from accounts.choices import AccountKind
from accounts.demo.chance import Dice
from accounts.models import Account, Position, TeamMember
from interactions import models as m
from interactions.choices import InteractionKind
from interactions.services.calendar import Plan, Span, cancel_meeting, plan_meeting
from interactions.services.log import rewriting_contacts
from kam.core.clock import organisation_zone
from kam.core.demo import Counts, DemoPart, DemoRequest
from kam.identity.models import User

GROUPS = 16
_PLANS = (
    (InteractionKind.MEETING, "Range review for the spring", 90),
    (InteractionKind.VISIT, "Store visit with their operations", 120),
    (InteractionKind.CALL, "Promotion plan of the quarter", 30),
    (InteractionKind.MEETING, "Annual talks, second round", 120),
    (InteractionKind.VISIT, "New shelf layout on site", 60),
    (InteractionKind.CALL, "Delivery times before the holidays", 20),
    (InteractionKind.MEETING, "Tasting of the new rye crackers", 60),
    (InteractionKind.MEETING, "Quarterly business review", 120),
)
_WHERE = ("Their head office", "Video call", "Our showroom", "")
_AGENDA = (
    "Bring the sell-out figures of the last 12 weeks.",
    "Open points: second placement, crate design, delivery slots.",
    "",
)
_TABLES = (
    m.MeetingColleague,
    m.MeetingParticipant,
    m.Meeting,
    m.CalendarFeed,
    m.Upload,
)


def load(request: DemoRequest) -> Counts:
    """Write the meetings of the larger groups: two weeks back, eight weeks ahead."""
    zone = organisation_zone()
    groups = _groups()
    for place, group in enumerate(groups):
        _plan_for(group, place, request, zone)
    _beside(groups, request.as_of, zone)
    return present()


def present() -> Counts:
    """Count rows of any origin."""
    return {str(m.Meeting._meta.verbose_name_plural): m.Meeting.objects.count()}


def added() -> Counts:
    """Nothing of its own: all goes with its accounts."""
    return {}


def clear(keep_user_id: int | None) -> Counts:
    """Empty the calendar, its addresses and what waits to be looked at."""
    del keep_user_id
    removed = present()
    with rewriting_contacts(), connection.cursor() as cursor:
        for model in _TABLES:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")
    return removed


def _groups() -> list[Account]:
    rows = Account.objects.filter(
        current_parent__isnull=True, merged_into__isnull=True, current_lead__isnull=False
    )
    return list(rows.select_related("current_lead").order_by("-figure__net_12m", "pk")[:GROUPS])


def _plan_for(group: Account, place: int, request: DemoRequest, zone: tzinfo) -> None:
    """A few meetings of one group; the first three are soon, one in six is called off."""
    dice, lead = Dice(request.seed, "calendar", group.name), cast("User", group.current_lead)
    people = list(
        Position.objects.filter(account=group, person__isnull=False, valid__contains=request.as_of)
        .select_related("account")
        .order_by("pk")[:6]
    )
    stores = list(
        Account.objects.filter(current_group=group, kind=AccountKind.STORE).order_by("pk")[:8]
    )
    team = [one.user for one in TeamMember.objects.filter(account=group).select_related("user")]
    for number, (kind, title, minutes) in enumerate(dice.order(_PLANS)[: dice.whole(3, 5)]):
        days = _days(dice, place, number)
        day = _working(request.as_of + timedelta(days=days))
        is_visit = kind == InteractionKind.VISIT and stores
        plan = Plan(
            title=title,
            kind=kind,
            account=group,
            span=_hours(day, dice, minutes, zone),
            place=dice.pick(stores) if is_visit else None,
            place_text="" if is_visit else dice.pick(_WHERE),
            description=dice.pick(_AGENDA),
            participants=dice.order(people)[: dice.whole(1, 3)],
            colleagues=team[:1] if dice.happens(0.3) else [],
        )
        meeting = plan_meeting(plan=plan, owner=lead, as_of=request.as_of)
        if number and dice.happens(0.16):
            cancel_meeting(meeting=meeting, reason="Their buyer is ill.")


def _days(dice: Dice, place: int, number: int) -> int:
    """Each group has something soon; some of what has been was never logged."""
    if number == 0:
        return place % 5
    return dice.whole(-12, -1) if number == 1 and place % 2 else dice.whole(3, 55)


def _working(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= 5 else 0)


def _hours(day: date, dice: Dice, minutes: int, zone: tzinfo) -> Span:
    starts = datetime.combine(day, time(dice.whole(8, 15), dice.pick((0, 30))), zone)
    return Span(starts_at=starts, ends_at=starts + timedelta(minutes=minutes))


def _beside(groups: list[Account], as_of: date, zone: tzinfo) -> None:
    """A fair that several go to, and an hour that is nobody's business."""
    leads = list(
        {group.current_lead_id: cast("User", group.current_lead) for group in groups}.values()
    )
    if not leads:
        return
    monday = as_of + timedelta(days=21 - as_of.weekday())
    fair = Plan(
        title="Northern Food Fair",
        kind=InteractionKind.EVENT,
        span=Span(starts_on=monday + timedelta(days=1), ends_on=monday + timedelta(days=3)),
        place_text="Helsinki, hall 6, stand 24",
        colleagues=leads[1:4],
    )
    plan_meeting(plan=fair, owner=leads[0], as_of=as_of)
    starts = datetime.combine(_working(as_of + timedelta(days=4)), time(15), zone)
    private = Plan(
        title="Dentist",
        span=Span(starts_at=starts, ends_at=starts + timedelta(hours=1)),
        is_private=True,
    )
    plan_meeting(plan=private, owner=leads[0], as_of=as_of)


PART = DemoPart(key="calendar", order=62, load=load, clear=clear, present=present, added=added)
