"""What one sees in a day of the calendar: each thing as a line, each period as days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from interactions.models import Meeting
from interactions.selectors.calendar import Found
from interactions.views.calendar.common import ICONS
from kam.core.formats import Text
from kam.identity.models import User

WEEK = timedelta(days=7)
SHOWN = 4

# icons: calendar-star checkbox heart-handshake lock


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of a day. `move_url` is there where it can be moved by hand."""

    key: str
    kind: str
    title: Text
    first: date
    last: date
    hour: str = ""
    detail: str = ""
    url: str = ""
    icon: str = ""
    move_url: str = ""
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """One day with its lines, those of all day first; `outside` is not in the month shown."""

    day: date
    items: Sequence[Item]
    is_today: bool
    is_outside: bool

    @property
    def shown(self) -> Sequence[Item]:
        """Those that a cell has room for."""
        return self.items if len(self.items) <= SHOWN + 1 else self.items[:SHOWN]

    @property
    def more(self) -> int:
        """How many there are besides."""
        return len(self.items) - len(self.shown)

    @property
    def is_weekend(self) -> bool:
        """Whether it is a Saturday or Sunday."""
        return self.day.weekday() >= 5


def items_of(found: Found, user: User, editable: set[int]) -> list[Item]:
    """All lines, in order of time."""
    items = [
        *_meetings(found, user, editable),
        *_busy(found),
        *_dates(found),
        *_tasks(found),
        *_promises(found),
    ]
    return sorted(items, key=lambda one: (one.first, one.hour, str(one.title)))


def days_of(
    items: Sequence[Item], first: date, last: date, *, today: date, month: int | None = None
) -> list[Day]:
    """Every day of a period with its lines."""
    found: list[Day] = []
    day = first
    while day <= last:
        here = [one for one in items if one.first <= day <= one.last]
        outside = month is not None and day.month != month
        found.append(Day(day, here, day == today, outside))
        day += timedelta(days=1)
    return found


def weeks_of(days: Sequence[Day]) -> list[Sequence[Day]]:
    """Days by sevens."""
    return [days[start : start + 7] for start in range(0, len(days), 7)]


def _meetings(found: Found, user: User, editable: set[int]) -> Iterator[Item]:
    for one in found.meetings:
        account = one.account.name if one.account is not None else ""
        whose = "" if one.owner_id == user.pk else one.owner.full_name
        movable = one.pk in editable and one.is_open
        yield Item(
            key=f"meeting-{one.pk}",
            kind="meeting",
            title=one.title,
            first=one.starts_on,
            last=one.ends_on,
            hour=_hour(one),
            detail=" · ".join(word for word in (account, _where(one), whose) if word),
            url=one.get_absolute_url(),
            icon=ICONS[one.kind],
            move_url=reverse("interactions:meeting-move", args=[one.pk]) if movable else "",
            is_done=one.interaction_id is not None,
        )


def _busy(found: Found) -> Iterator[Item]:
    for one in found.busy:
        yield Item(
            key=f"busy-{one.pk}",
            kind="busy",
            title=_("Busy"),
            first=one.starts_on,
            last=one.ends_on,
            hour=_hour(one),
            detail=one.owner.full_name,
            icon="lock",
        )


def _dates(found: Found) -> Iterator[Item]:
    for one in found.dates:
        yield Item(
            key=f"date-{one.pk}",
            kind="date",
            title=one.title or one.get_kind_display(),
            first=one.starts_on,
            last=one.ends_on or one.starts_on,
            detail=one.account.name,
            url=f"{one.account.get_absolute_url()}#panel-deciding",
            icon="calendar-star",
        )


def _tasks(found: Found) -> Iterator[Item]:
    for one in found.tasks:
        yield Item(
            key=f"task-{one.pk}",
            kind="task",
            title=one.title,
            first=one.due_on,
            last=one.due_on,
            detail=one.account.name,
            url=one.account.get_absolute_url(),
            icon="checkbox",
        )


def _promises(found: Found) -> Iterator[Item]:
    for one in found.promises:
        yield Item(
            key=f"promise-{one.pk}",
            kind="promise",
            title=one.what,
            first=one.due_on,
            last=one.due_on,
            detail=one.account.name,
            url=one.get_absolute_url(),
            icon="heart-handshake",
        )


def _hour(meeting: Meeting) -> str:
    if meeting.starts_at is None:
        return ""
    return f"{timezone.localtime(meeting.starts_at):%H:%M}"


def _where(meeting: Meeting) -> str:
    return meeting.place.name if meeting.place is not None else meeting.place_text
