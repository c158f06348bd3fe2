"""What stands in the calendar, as far as somebody may see: meetings, and days that matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.choices import PromiseOutcome
from accounts.models import Account, CustomerDate, Promise, Task
from interactions.choices import MeetingState
from interactions.models import Meeting, MeetingColleague
from kam.core.clock import organisation_zone
from kam.identity.models import User

MOST = 500
WHO = ("mine", "team")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What of the calendar somebody asks for: days (the last one included), whose, which account.

    `mine` is what one plans or is invited to; `team` what one may see of everybody's. An account
    brings what is planned at it and below it, whoever plans it.
    """

    first: date
    last: date
    who: str = "mine"
    account: Account | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What stands in some days. `busy` are meetings of others of which only the time is known.

    `is_cut` tells that there were more meetings than a page can show.
    """

    meetings: Sequence[Meeting]
    busy: Sequence[Meeting]
    dates: Sequence[CustomerDate]
    tasks: Sequence[Task]
    promises: Sequence[Promise]
    is_cut: bool = False


def found_in(user: User, asked: Asked) -> Found:
    """Return what stands in the days asked for, in five statements at any size.

    Meetings that were not cancelled; the customers' own dates of accounts one leads or asks for;
    open follow-ups and open promises by the day they are due.
    """
    meetings = list(_shown(_of(Meeting.objects.visible_to(user), user, asked))[: MOST + 1])
    busy: list[Meeting] = []
    if asked.who == "team" or asked.account is not None:
        busy = list(_shown(_of(Meeting.objects.busy_for(user), user, asked))[:MOST])
    return Found(
        meetings=meetings[:MOST],
        busy=busy,
        dates=list(_dates(user, asked)[:MOST]),
        tasks=list(_tasks(user, asked)[:MOST]),
        promises=list(_promises(user, asked)[:MOST]),
        is_cut=len(meetings) > MOST,
    )


def meetings_for(user: User) -> QuerySet[Meeting]:
    """Return the meetings whose details somebody may read, with what a page names of them."""
    rows: QuerySet[Meeting] = Meeting.objects.visible_to(user)
    return rows.select_related("account", "owner", "place", "interaction")


def meetings_at(account: Account, user: User) -> QuerySet[Meeting]:
    """Return meetings at an account and below it that were not cancelled, in order of time."""
    rows = meetings_for(user).filter(account__path__contains=[account.pk])
    return rows.exclude(state=MeetingState.CANCELLED).order_by("starts_on", "starts_at", "pk")


def next_meeting(account: Account, user: User, now: datetime) -> Meeting | None:
    """Return the next planned meeting at an account or below it that the user may read.

    One that begins later, or all day today; None without one. One statement.
    """
    return upcoming(account, user, now).first()


def upcoming(account: Account, user: User, now: datetime) -> QuerySet[Meeting]:
    """Return planned meetings at an account that have not begun, the next one first."""
    today = now.astimezone(organisation_zone()).date()
    to_come = Q(is_all_day=False, starts_at__gt=now) | Q(is_all_day=True, starts_on__gte=today)
    return meetings_at(account, user).filter(to_come, state=MeetingState.PLANNED)


def to_be_logged(account: Account, user: User, now: datetime) -> QuerySet[Meeting]:
    """Return planned meetings at an account that have begun and wait for the log, latest first."""
    today = now.astimezone(organisation_zone()).date()
    begun = Q(is_all_day=False, starts_at__lte=now) | Q(is_all_day=True, starts_on__lt=today)
    rows = meetings_at(account, user).filter(begun, interaction__isnull=True)
    return rows.order_by("-starts_on", "-starts_at", "-pk")


def own_meetings(user: User) -> QuerySet[Meeting]:
    """Return what somebody plans or is invited to, cancelled ones too."""
    return meetings_for(user).filter(_own(user))


def meetings_of_day(user: User, day: date) -> list[Meeting]:
    """Return what somebody plans or is invited to on a day, without what was cancelled."""
    rows = own_meetings(user).filter(starts_on__lte=day, ends_on__gte=day)
    return list(rows.exclude(state=MeetingState.CANCELLED))


def _own(user: User) -> Q:
    invited = MeetingColleague.objects.filter(user=user, meeting=OuterRef("pk"))
    return Q(owner=user) | Q(Exists(invited))


def _of(rows: QuerySet[Meeting], user: User, asked: Asked) -> QuerySet[Meeting]:
    rows = rows.filter(starts_on__lte=asked.last, ends_on__gte=asked.first)
    if asked.account is not None:
        rows = rows.filter(account__path__contains=[asked.account.pk])
    if asked.who != "team" and asked.account is None:
        rows = rows.filter(_own(user))
    return rows.exclude(state=MeetingState.CANCELLED)


def _shown(rows: QuerySet[Meeting]) -> QuerySet[Meeting]:
    return rows.select_related("account", "owner", "place").order_by("starts_on", "starts_at", "pk")


def _dates(user: User, asked: Asked) -> QuerySet[CustomerDate]:
    rows: QuerySet[CustomerDate] = CustomerDate.objects.visible_to(user)
    ends_in = Q(ends_on__gte=asked.first) | Q(ends_on__isnull=True, starts_on__gte=asked.first)
    rows = rows.filter(ends_in, starts_on__lte=asked.last)
    if asked.account is not None:
        rows = rows.filter(account__path__contains=[asked.account.pk])
    elif asked.who != "team":
        rows = rows.filter(account__lead_chain__overlap=user.acting_user_ids())
    return rows.select_related("account").order_by("starts_on", "pk")


def _tasks(user: User, asked: Asked) -> QuerySet[Task]:
    rows: QuerySet[Task] = Task.objects.visible_to(user).filter(
        done_on__isnull=True, due_on__range=(asked.first, asked.last)
    )
    if asked.account is not None:
        rows = rows.filter(account__path__contains=[asked.account.pk])
    elif asked.who != "team":
        rows = rows.filter(owner=user)
    return rows.select_related("account", "owner").order_by("due_on", "pk")


def _promises(user: User, asked: Asked) -> QuerySet[Promise]:
    rows: QuerySet[Promise] = Promise.objects.visible_to(user).filter(
        outcome=PromiseOutcome.OPEN, due_on__range=(asked.first, asked.last)
    )
    if asked.account is not None:
        rows = rows.filter(account__path__contains=[asked.account.pk])
    elif asked.who != "team":
        rows = rows.filter(user=user)
    return rows.select_related("account", "user").order_by("due_on", "pk")
