"""Reads of notifications, choices and lines put off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from kam.core.registry import may
from kam.identity.models import User
from kam.notifications.choices import Mail
from kam.notifications.models import Delivery, Notification, Preference, TodoSnooze
from kam.notifications.registry import NotificationKind, kinds

MOST = 99


def unread_count(user: User) -> int:
    """Return how many notifications the user may see and has not read, at most a hundred."""
    unread = Notification.objects.visible_to(user).unread().order_by()
    return len(unread.values_list("pk", flat=True)[: MOST + 1])


def notifications_for(user: User) -> QuerySet[Notification]:
    """Return what the user was told in the app, read or not, as far as it may still be seen."""
    return Notification.objects.visible_to(user)


def latest(user: User, *, since: datetime, limit: int) -> Sequence[Notification]:
    """Return the newest of the user's notifications since a moment, read or not."""
    rows = Notification.objects.visible_to(user).filter(occurred_at__gte=since)
    return list(rows.order_by("-occurred_at", "-pk")[:limit])


@dataclass(frozen=True)
class KindChoice:
    """A kind and the ways a user is told of it, `is_own` where the user chose them."""

    kind: NotificationKind
    in_app: bool
    mail: Mail
    is_own: bool


def choices_of(user: User) -> list[KindChoice]:
    """Return every kind that can reach the user with the ways in force, in order."""
    own = {row.kind: row for row in Preference.objects.filter(user=user)}
    return [
        KindChoice(
            kind,
            own[kind.key].in_app if kind.key in own else kind.in_app,
            Mail(own[kind.key].mail) if kind.key in own else kind.mail,
            kind.key in own,
        )
        for kind in kinds
        if may(user, kind.capability)
    ]


def delivery_for(user: User) -> Delivery:
    """Return when mails may reach the user; unsaved defaults where nothing was chosen."""
    return Delivery.objects.filter(user=user).first() or Delivery(user=user)


def put_off_keys(user: User, as_of: date) -> set[str]:
    """Return the keys of lines that the user put off beyond a day."""
    rows = TodoSnooze.objects.visible_to(user).filter(until__gt=as_of)
    return set(rows.values_list("key", flat=True))
