from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from kam.identity.services.sign_ins import forget_what_is_over


@shared_task(name="identity.forget_sessions", ignore_result=True)
def forget_sessions() -> None:
    """Delete sessions and failed sign-ins that are over (nightly)."""
    forget_what_is_over(now=timezone.now())
