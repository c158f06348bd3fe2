"""Removing old notifications."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from kam.notifications.models import Notification

READ_KEPT = timedelta(days=90)
KEPT = timedelta(days=365)


@transaction.atomic
def forget_notifications(*, now: datetime) -> int:
    """Remove what was read three months ago, and all that is a year old; answer how many.

    Each kind's `dedupe` is forgotten with it: what may be said again after a year says the day.
    """
    is_old = Q(created_at__lt=now - KEPT)
    was_read = Q(read_at__lt=now - READ_KEPT, created_at__lt=now - READ_KEPT)
    removed, _per_model = Notification.objects.filter(is_old | was_read).delete()
    return removed
