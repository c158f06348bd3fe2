"""The outbox: what was asked for stands in the database, whatever happens to the broker."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from celery import current_app
from django.db import connection, transaction
from django.db.models import F, Max
from django.utils import timezone
from kombu.exceptions import KombuError

from kam.core.choices import JobState
from kam.core.jobs.registry import job_of
from kam.core.locks import LOCK_SPACE, lock_names
from kam.core.models import JobRun

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 5
SECONDS_TO_LOSE = 15  # a sent run that is not in the broker's queue by then is lost
SECONDS_TO_WAIT = 30  # doubled with each sending, while the broker's queue is not empty
AT_ONCE = 1000
KEPT = timedelta(days=90)
PAUSE = 5.0  # seconds in which a broker that was away is not asked again by this process
# A person waits for the answer: better to leave the run to `redispatch` than to try for long.
IMPATIENT = {
    "max_retries": 0,
    "socket_timeout": 1,
    "socket_connect_timeout": 1,
    "retry_on_timeout": False,
}
_away_until = 0.0


@transaction.atomic
def enqueue(name: str, *, requested_by: Any = None, key: str = "", **arguments: Any) -> JobRun:
    """Ask for a job inside the current transaction; it is sent when that commits.

    With a `key`, a run of the same key that still waits is answered instead of a second one; the
    key must say all that the arguments say. That run cannot begin before this transaction ends, so
    it sees what is written here; therefore ask late in a long transaction. Arguments must be JSON.
    Raises UnknownJobError for a name that nobody registered.
    """
    job_of(name)
    run = _waiting(key) if key else None
    if run is None:
        run = JobRun.objects.create(
            name=name, key=key, arguments=arguments, requested_by=requested_by
        )
    if run.sent_at is None:
        transaction.on_commit(partial(send, run), robust=True)
    return run


def _waiting(key: str) -> JobRun | None:
    """The run of this key that waits, held back until the transaction ends."""
    lock_names(f"job {key}")
    waiting = JobRun.objects.filter(key=key, state=JobState.QUEUED)
    return waiting.select_for_update(no_key=True, of=("self",)).first()


@transaction.atomic
def retry(run: JobRun) -> JobRun:
    """Let a failed run wait again; where another of its key waits already, answer that one.

    A run that has not failed is answered as it is.
    """
    other = _waiting(run.key) if run.key else None
    if other is not None:
        return other
    JobRun.objects.filter(pk=run.pk, state=JobState.FAILED).update(
        state=JobState.QUEUED, attempts=0, sends=0, sent_at=None, finished_at=None, error=""
    )
    run.refresh_from_db()
    if run.state == JobState.QUEUED and run.sent_at is None:
        transaction.on_commit(partial(send, run), robust=True)
    return run


def send(*runs: JobRun) -> int:
    """Hand runs to the broker and answer how many it took; the rest wait for `redispatch`.

    Never raises because of the broker, and never waits for it longer than a few seconds.
    """
    if not runs or time.monotonic() < _away_until:
        return 0
    sent: list[int] = []
    with _impatiently() as broker:
        for run in runs:
            current_app.send_task(
                run.name, kwargs={"job_run_id": run.pk}, producer=broker, retry=False
            )
            sent.append(run.pk)
    JobRun.objects.filter(pk__in=sent).update(sent_at=timezone.now(), sends=F("sends") + 1)
    return len(sent)


@contextmanager
def keeping_back() -> Iterator[None]:
    """While the broker is known not to run yet: jobs wait without a word, until `redispatch`."""
    global _away_until
    before, _away_until = _away_until, float("inf")
    try:
        yield
    finally:
        _away_until = before


@contextmanager
def _impatiently() -> Iterator[Any]:
    """A producer on a connection of its own: a pooled one may have died with the broker."""
    global _away_until
    link = current_app.connection_for_write(connect_timeout=1, transport_options=IMPATIENT)
    try:
        with link:
            yield current_app.amqp.Producer(link, auto_declare=False)
    except _away(link) as error:
        _away_until = time.monotonic() + PAUSE
        logger.warning("The broker is away, jobs wait: %s", error)


def _away(link: Any) -> tuple[type[BaseException], ...]:
    """The errors that say that the broker cannot be reached or does not answer."""
    return (KombuError, OSError, *link.connection_errors, *link.channel_errors)


_UNLOCKED = """NOT EXISTS (
    SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND classid::bigint = %(space)s AND objid::bigint = core_jobrun.id %% 2147483648)"""
_GIVE_UP_SQL = f"""
UPDATE core_jobrun SET state = 'failed', finished_at = now(), message = '',
    error = CASE WHEN error = '' THEN 'Its worker died ' || attempts || ' times.' ELSE error END
WHERE state = 'running' AND attempts >= %(attempts)s AND {_UNLOCKED}
"""
_DUE_SQL = f"""
SELECT * FROM core_jobrun
WHERE (state = 'queued' OR (state = 'running' AND {_UNLOCKED}))
  AND (sent_at IS NULL OR (state = 'running' AND sent_at < started_at)
       OR sent_at < now() - make_interval(secs => %(lost)s)
       OR sent_at < now() - make_interval(secs => %(wait)s * 2 ^ least(sends, 6)))
ORDER BY id LIMIT %(limit)s
"""


def redispatch() -> int:
    """Send again what waits unsent, what the broker lost, and what a dead worker left running.

    Answers how many runs were sent. Sending twice is harmless: a run is executed under its lock
    and only while it is not finished. A running run whose lock nobody holds has no worker; after
    `MAX_ATTEMPTS` of them it fails.
    """
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_UP_SQL, {"space": LOCK_SPACE, "attempts": MAX_ATTEMPTS})
    if not JobRun.objects.filter(state__in=[JobState.QUEUED, JobState.RUNNING]).exists():
        return 0
    return send(*due(queue_is_empty=_queue_is_empty()))


def due(*, queue_is_empty: bool) -> list[JobRun]:
    """Runs to be sent now, the oldest first: unsent, or sent and lost, or without their worker.

    Where nothing waits in the broker's queue, what was sent and has not begun is lost. Otherwise
    it may wait there, and is sent again after half a minute, doubled with each sending.
    """
    values = {
        "space": LOCK_SPACE,
        "lost": SECONDS_TO_LOSE if queue_is_empty else None,
        "wait": SECONDS_TO_WAIT,
        "limit": AT_ONCE,
    }
    return list(JobRun.objects.raw(_DUE_SQL, values))


@transaction.atomic
def forget_runs(*, now: datetime) -> int:
    """Remove runs that ended three months ago and answer how many.

    The newest run of each key stays: the schedule is held against it.
    """
    newest = JobRun.objects.exclude(key="").values("key").annotate(last=Max("pk")).values("last")
    ended = JobRun.objects.filter(
        state__in=[JobState.SUCCEEDED, JobState.FAILED], finished_at__lt=now - KEPT
    )
    removed, _per_model = ended.exclude(pk__in=newest, key__startswith="schedule:").delete()
    return removed


def _queue_is_empty() -> bool:
    """Whether nothing waits in the broker, as far as it answers."""
    empty = False
    if time.monotonic() >= _away_until:
        with _impatiently() as broker:
            queue = current_app.amqp.queues[current_app.conf.task_default_queue]
            answer: Any = queue(broker.connection.default_channel).queue_declare()
            empty = answer.message_count == 0
    return empty
