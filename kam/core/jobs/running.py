"""Running a job once, however often it was sent, and taking over from the dead."""

from __future__ import annotations

import json
import logging
import time
from typing import Any

import pghistory
import psycopg
from billiard.exceptions import SoftTimeLimitExceeded
from django.core.serializers.json import DjangoJSONEncoder
from django.db import InterfaceError, OperationalError, connection
from django.db.models import F
from django.utils import timezone

from kam.core.choices import JobState
from kam.core.clock import organisation_zone
from kam.core.jobs.outbox import MAX_ATTEMPTS
from kam.core.jobs.registry import JobError, Outcome, job_of
from kam.core.locks import LOCK_SPACE
from kam.core.models import JobRun

logger = logging.getLogger(__name__)

OPEN = (JobState.QUEUED, JobState.RUNNING)
OUTAGES = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
SHOWN_EVERY = 0.25  # seconds between two writes of a run's progress
ASKED_EVERY = 0.2  # seconds
# So that a worker's death is noticed: by the server while it works for it, and over the network.
_NOTICE_DEATH = "SET client_connection_check_interval = '5s'"
_KEEP_ALIVE = (
    "SET tcp_keepalives_idle = 20; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3"
)


class Progress:
    """The side connection of one run: its lock, and progress that shows before the job commits."""

    def __init__(self, run_id: int) -> None:
        self.run_id = run_id
        self._shown: tuple[float, str] = (0.0, "")
        parameters = connection.get_connection_params()
        for key in ("cursor_factory", "context"):
            parameters.pop(key, None)
        self._side = psycopg.connect(**parameters, autocommit=True)
        self._side.execute(_KEEP_ALIVE)

    def lock(self) -> bool:
        """Take the run's lock; False when another worker has it."""
        sql = "SELECT pg_try_advisory_lock(%s, %s)"
        row = self._side.execute(sql, [LOCK_SPACE, self.run_id % 2**31]).fetchone()
        return bool(row and row[0])

    def report(self, done: int, total: int | None = None, message: str = "") -> None:
        """Show how far the run is: `done` of `total` units, and what it is doing.

        Cheap to call often: between the writes a quarter of a second passes, unless the words
        change or the end is reached.
        """
        now, (before, said) = time.monotonic(), self._shown
        if done != total and message == said and now - before < SHOWN_EVERY:
            return
        self._shown = (now, message)
        self._side.execute(
            "UPDATE core_jobrun SET done = %s, total = %s, message = %s WHERE id = %s",
            [done if total is None else min(done, total), total, message[:300], self.run_id],
        )

    def close(self) -> None:
        """Give the lock back."""
        self._side.close()


def execute(job_run_id: int) -> None:
    """Run a job once: skip it when it is finished or when another worker is at it.

    A run that is left open by an outage of the database or by the death of its worker is sent
    again by `redispatch`; in the first case the error is raised.
    """
    progress = Progress(job_run_id)
    try:
        if progress.lock() and (run := _start(job_run_id)) is not None:
            who = pghistory.context(user=run.requested_by_id, job=run.pk)
            with who, timezone.override(organisation_zone()):
                _work(run, progress)
    finally:
        progress.close()


def _start(job_run_id: int) -> JobRun | None:
    """Mark the run as running; None where it is finished or has killed too many workers."""
    with connection.cursor() as cursor:
        cursor.execute(_NOTICE_DEATH)
    open_run = JobRun.objects.filter(pk=job_run_id, state__in=OPEN)
    started = open_run.filter(attempts__lt=MAX_ATTEMPTS).update(
        state=JobState.RUNNING,
        started_at=timezone.now(),
        attempts=F("attempts") + 1,
        done=0,
        total=None,
        message="",
    )
    return JobRun.objects.select_related("requested_by").get(pk=job_run_id) if started else None


def _work(run: JobRun, progress: Progress) -> None:
    try:
        outcome = _plain(job_of(run.name).function(progress, **run.arguments))
    except JobError as error:
        _close(run, JobState.FAILED, error=str(error))
    except SoftTimeLimitExceeded:
        _close(run, JobState.FAILED, error="It took longer than its time limit.")
    except OUTAGES as error:
        _leave_open(run, error)
        raise
    except Exception as error:
        logger.exception("%s failed", run)
        _close(run, JobState.FAILED, error=f"{type(error).__name__}: {error}")
    else:
        _close(run, JobState.SUCCEEDED, outcome=outcome)


def _plain(outcome: Outcome) -> dict[str, Any]:
    """What the job answered, as JSON: dates and decimals become text."""
    answer: dict[str, Any] = json.loads(json.dumps(dict(outcome or {}), cls=DjangoJSONEncoder))
    return answer


def _close(
    run: JobRun, state: JobState, *, error: str = "", outcome: dict[str, Any] | None = None
) -> None:
    """End the run, unless another worker has begun it anew: then the end is that worker's."""
    JobRun.objects.filter(pk=run.pk, attempts=run.attempts, state__in=OPEN).update(
        state=state, error=error, outcome=outcome or {}, finished_at=timezone.now(), message=""
    )


def _leave_open(run: JobRun, error: Exception) -> None:
    """Note why, if the database can be reached at all; a deadlock or a lost connection passes."""
    logger.warning("%s is interrupted: %s", run, error)
    if connection.in_atomic_block:
        return
    connection.close()
    try:
        words = f"Interrupted, it will be tried again: {error}"
        JobRun.objects.filter(pk=run.pk, attempts=run.attempts).update(error=words)
    except OUTAGES:
        connection.close()


def run_here(name: str, *, requested_by: Any = None, **arguments: Any) -> JobRun:
    """Run a job in this process without a broker, for the command line; answer its run.

    A worker may get hold of it first: then wait for that one, and take over if it dies. Not to be
    called inside a transaction. Raises UnknownJobError.
    """
    job_of(name)
    run = JobRun.objects.create(
        name=name, arguments=arguments, requested_by=requested_by, sent_at=timezone.now()
    )
    execute(run.pk)
    run.refresh_from_db()
    while not run.is_finished:
        time.sleep(ASKED_EVERY)
        execute(run.pk)
        run.refresh_from_db()
    return run
