"""The schedule in code, and what of it was missed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from celery.schedules import crontab

from kam.core.jobs.outbox import enqueue
from kam.core.models import JobRun, Organisation

START = "core.start_job"
GRACE = timedelta(minutes=10)  # in which beat may still ask for the job itself


def start_scheduled(name: str) -> JobRun:
    """Ask for a scheduled job, once while it waits."""
    return enqueue(name, key=f"schedule:{name}")


def start_overdue(now: datetime) -> list[JobRun]:
    """Ask for scheduled jobs whose hour has passed without them, and answer their runs.

    Beat may have been down at the hour, or the broker, and then the message was lost. Beat itself
    remembers nothing: what was asked for when stands in the runs.
    """
    return [start_scheduled(name) for name, plan in _daily() if _is_overdue(name, plan, now)]


def _daily() -> Iterator[tuple[str, Any]]:
    for entry in current_app.conf.beat_schedule.values():
        if entry["task"] == START and isinstance(entry["schedule"], crontab):
            yield entry["kwargs"]["name"], entry["schedule"]


def _is_overdue(name: str, plan: Any, now: datetime) -> bool:
    runs = JobRun.objects.filter(key=f"schedule:{name}").order_by("-pk")
    last = runs.values_list("queued_at", flat=True).first() or _installed_at()
    began, step, _now = plan.remaining_delta(last)
    due: datetime = began + step
    return now - due > GRACE


def _installed_at() -> datetime:
    """Before its first run, a job is held against the day when everything began."""
    return Organisation.objects.values_list("created_at", flat=True).get(pk=1)
