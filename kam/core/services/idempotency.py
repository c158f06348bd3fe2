"""Answers that are kept for repeated requests, and for how long."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from kam.core.models import IdempotencyKey

KEPT = timedelta(days=3)


@transaction.atomic
def forget_keys(*, now: datetime) -> int:
    """Remove keys older than three days and answer how many; safe beside itself."""
    removed, _per_model = IdempotencyKey.objects.filter(created_at__lt=now - KEPT).delete()
    return removed
