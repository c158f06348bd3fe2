"""Marking what was read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from kam.identity.models import User
from kam.notifications.models import Notification


@transaction.atomic
def mark_read(*, user: User, ids: Iterable[int], at: datetime) -> int:
    """Mark some of one's own notifications as read and answer how many were not yet."""
    rows = Notification.objects.visible_to(user).unread().filter(pk__in=list(ids))
    return rows.update(read_at=at)


@transaction.atomic
def mark_all_read(*, user: User, up_to: int, at: datetime) -> int:
    """Mark all notifications up to an id as read: those that came since were not seen."""
    rows = Notification.objects.visible_to(user).unread().filter(pk__lte=up_to)
    return rows.update(read_at=at)


@transaction.atomic
def mark_unread(*, user: User, ids: Iterable[int]) -> int:
    """Let some of one's own notifications stand as unread again."""
    rows = Notification.objects.visible_to(user).filter(read_at__isnull=False, pk__in=list(ids))
    return rows.update(read_at=None)
