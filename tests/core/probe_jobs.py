"""A Celery application with jobs to be killed: `celery -A tests.core.probe_jobs worker`."""

from __future__ import annotations

import os
import time

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 - the settings come first

from kam.celery import app  # noqa: E402 - the settings come first
from kam.core.jobs import JobError, Progress, job  # noqa: E402 - the settings come first

TABLE = "CREATE TABLE IF NOT EXISTS probe (run bigint, event text, pid int, at timestamptz)"


def note(run: int, event: str) -> None:
    """Write down what happened, visible at once unless inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO probe VALUES (%s, %s, %s, clock_timestamp())", [run, event, os.getpid()]
        )


@job("tests.work", title="Work for a while")
def work(progress: Progress, *, seconds: float = 0.0) -> dict[str, float]:
    """Begin, take a while, then have one effect in one transaction."""
    note(progress.run_id, "begun")
    with transaction.atomic():
        steps = max(1, int(seconds * 10))
        for step in range(steps):
            time.sleep(seconds / steps)
            progress.report(step + 1, steps, "working")
        note(progress.run_id, "effect")
    return {"seconds": seconds}


@job("tests.fail", title="Fail with words")
def fail(progress: Progress, *, kind: str) -> None:
    """Fail: with words for people, or by accident."""
    if kind == "words":
        raise JobError("The file is gone.")
    raise ValueError("by accident")


__all__ = ["app"]
