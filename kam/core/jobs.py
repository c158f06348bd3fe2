"""Long work: asked for in a transaction, sent on commit, visible as a `JobRun`, safe to repeat.

A job's function is registered by `@job(name)` in an app's `tasks.py` and gets a `Progress` and
the run's keyword arguments. While it runs, its worker holds an advisory lock on a connection of
its own; when the process dies the lock goes with it, and `redispatch` sends the run again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, cast

import psycopg
from celery import current_app, shared_task
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError

from kam.core.choices import JobState
from kam.core.models import JobRun

logger = logging.getLogger(__name__)

LOCK_SPACE = 0x6B616D  # "kam": keeps our advisory locks apart from others' in the database
RESEND_AFTER = timedelta(seconds=30)
MAX_ATTEMPTS = 5

Outcome = Mapping[str, Any] | None
JobFunction = Callable[..., Outcome]
_registered: dict[str, JobFunction] = {}


class UnknownJobError(LookupError):
    """No app registered a job of this name."""


class JobError(Exception):
    """Raised by a job for a reason that its user should read; the run ends as failed."""


class Progress:
    """The side connection of one run: its lock, and progress that shows before the job commits."""

    def __init__(self, run_id: int) -> None:
        self.run_id = run_id
        parameters = connection.get_connection_params()
        for key in ("cursor_factory", "context"):
            parameters.pop(key, None)
        self._side = psycopg.connect(**cast("dict[str, Any]", parameters), autocommit=True)

    def lock(self) -> bool:
        """Take the run's lock; False when another worker has it."""
        sql = "SELECT pg_try_advisory_lock(%s, %s)"
        row = self._side.execute(sql, [LOCK_SPACE, self.run_id % 2**31]).fetchone()
        return bool(row and row[0])

    def report(self, done: int, total: int | None = None, message: str = "") -> None:
        """Show how far the run is: `done` of `total` units, and what it is doing."""
        self._side.execute(
            "UPDATE core_jobrun SET done = %s, total = %s, message = %s WHERE id = %s",
            [done if total is None else min(done, total), total, message[:300], self.run_id],
        )

    def close(self) -> None:
        self._side.close()


def job(name: str) -> Callable[[JobFunction], JobFunction]:
    """Register a function as the job `name` (`app.verb_noun`) and as a Celery task."""

    def register(function: JobFunction) -> JobFunction:
        _registered[name] = function

        @shared_task(name=name, acks_late=True)
        def task(job_run_id: int) -> None:
            execute(job_run_id)

        return function

    return register


def registered_jobs() -> frozenset[str]:
    """Names of all jobs that can be enqueued."""
    return frozenset(_registered)


def enqueue(name: str, *, requested_by: Any = None, key: str = "", **arguments: Any) -> JobRun:
    """Ask for a job inside the current transaction; it is sent when that commits.

    With a `key`, a run of the same key that still waits is answered instead of a second one.
    Arguments must be JSON. Raises UnknownJobError for a name that nobody registered.
    """
    if name not in _registered:
        raise UnknownJobError(name)
    fields = {"name": name, "arguments": arguments, "requested_by": requested_by}
    if not key:
        run = JobRun.objects.create(**fields)
    else:
        run, _created = JobRun.objects.get_or_create(
            key=key, state=JobState.QUEUED, defaults=fields
        )
    transaction.on_commit(lambda: send(run))
    return run


def send(run: JobRun) -> bool:
    """Hand a waiting run to the broker; when the broker is down the run waits for `redispatch`."""
    try:
        current_app.send_task(run.name, kwargs={"job_run_id": run.pk}, retry=False)
    except (BrokerError, OSError) as error:
        logger.warning("The broker is away; %s waits: %s", run, error)
        return False
    JobRun.objects.filter(pk=run.pk).update(sent_at=timezone.now(), sends=F("sends") + 1)
    return True


def execute(job_run_id: int) -> None:
    """Run a job once: skip it when it is finished or when another worker is at it."""
    progress = Progress(job_run_id)
    try:
        if progress.lock() and (run := _start(job_run_id)) is not None:
            _finish(run, progress)
    finally:
        progress.close()


def _start(job_run_id: int) -> JobRun | None:
    started = JobRun.objects.filter(
        pk=job_run_id, state__in=[JobState.QUEUED, JobState.RUNNING]
    ).update(
        state=JobState.RUNNING, started_at=timezone.now(), attempts=F("attempts") + 1, error=""
    )
    return JobRun.objects.get(pk=job_run_id) if started else None


def _finish(run: JobRun, progress: Progress) -> None:
    try:
        outcome = _registered[run.name](progress, **run.arguments)
    except JobError as error:
        _close(run, JobState.FAILED, error=str(error))
    except (psycopg.OperationalError, psycopg.InterfaceError):
        raise  # the database is away: the run stays open and is sent again
    except Exception as error:
        if _is_outage(error):
            raise
        logger.exception("%s failed", run)
        _close(run, JobState.FAILED, error=f"{type(error).__name__}: {error}")
    else:
        _close(run, JobState.SUCCEEDED, outcome=dict(outcome or {}))


def _is_outage(error: Exception) -> bool:
    from django.db import InterfaceError, OperationalError

    return isinstance(error, OperationalError | InterfaceError)


def _close(
    run: JobRun, state: JobState, *, error: str = "", outcome: dict[str, Any] | None = None
) -> None:
    JobRun.objects.filter(pk=run.pk).update(
        state=state, error=error, outcome=outcome or {}, finished_at=timezone.now(), message=""
    )


_ABANDONED_SQL = """
UPDATE core_jobrun SET state = 'queued', sent_at = NULL
WHERE state = 'running' AND attempts < %s AND NOT EXISTS (
    SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND classid = %s AND objid = (core_jobrun.id %% 2147483648)::oid)
"""
_GIVEN_UP_SQL = _ABANDONED_SQL.replace(
    "state = 'queued', sent_at = NULL",
    "state = 'failed', finished_at = now(), error = 'Its worker died too often.'",
).replace("attempts < %s", "attempts >= %s")


def redispatch() -> int:
    """Send again what waits unsent, what the broker lost, and what a dead worker left running.

    Answers how many runs were sent. Sending twice is harmless: a run is executed under its lock
    and only while it is not finished.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_GIVEN_UP_SQL, [MAX_ATTEMPTS, LOCK_SPACE])
        cursor.execute(_ABANDONED_SQL, [MAX_ATTEMPTS, LOCK_SPACE])
    waiting = JobRun.objects.filter(state=JobState.QUEUED).order_by("pk")
    due = [run for run in waiting[:1000] if _is_due(run)]
    sent = 0
    for run in due:
        if not send(run):
            break
        sent += 1
    return sent


def _is_due(run: JobRun) -> bool:
    """Unsent, or sent so long ago (twice as long each time) that the broker may have lost it."""
    if run.sent_at is None:
        return True
    return timezone.now() - run.sent_at > RESEND_AFTER * 2 ** min(run.sends, 6)


def run_here(name: str, **arguments: Any) -> JobRun:
    """Run a job in this process without a broker, for the command line; answer its run."""
    if name not in _registered:
        raise UnknownJobError(name)
    run = JobRun.objects.create(name=name, arguments=arguments)
    execute(run.pk)
    run.refresh_from_db()
    return run
