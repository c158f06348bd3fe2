"""Jobs with a real broker and real workers, which are stopped, emptied and killed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import current_app
from django.db import connection, transaction
from django.urls import reverse

from kam.core import jobs
from kam.core.choices import JobState
from kam.core.jobs import outbox
from kam.core.models import JobRun
from tests.conftest import client_of
from tests.core import probe_jobs
from tests.core.job_services import Broker, Workers, job_services, wait_until
from tests.factories.identity import make_user

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def services(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, transactional_db: None
) -> Iterator[tuple[Broker, Workers]]:
    with connection.cursor() as cursor:
        cursor.execute(probe_jobs.TABLE)
    with job_services(tmp_path / "kam") as (broker, workers):
        for name in ("broker_url", "broker_write_url", "broker_read_url"):
            monkeypatch.setitem(current_app.conf, name, broker.url)
        monkeypatch.setattr(outbox, "_away_until", 0.0)
        yield broker, workers
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE probe")


def events(run: JobRun) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT event FROM probe WHERE run = %s ORDER BY at", [run.pk])
        return [row[0] for row in cursor.fetchall()]


def state(run: JobRun) -> str:
    run.refresh_from_db()
    return run.state


def wait_for(run: JobRun, wanted: str = JobState.SUCCEEDED, seconds: float = 60) -> None:
    wait_until(f"run {run.pk} {wanted}", lambda: state(run) == wanted, seconds)


def test_a_job_runs_and_shows_what_became_of_it(services: tuple[Broker, Workers]) -> None:
    _broker, workers = services
    workers.start()
    run = jobs.enqueue("tests.work", seconds=0.5)
    wait_for(run)
    assert events(run) == ["begun", "effect"]
    assert (run.done, run.total, run.outcome) == (5, 5, {"seconds": 0.5})
    assert (run.attempts, run.sends, run.error) == (1, 1, "")
    failing = jobs.enqueue("tests.fail", kind="words")
    wait_for(failing, JobState.FAILED)
    assert failing.error == "The file is gone."
    accident = jobs.enqueue("tests.fail", kind="accident")
    wait_for(accident, JobState.FAILED)
    assert accident.error == "ValueError: by accident"


def test_nothing_is_sent_before_the_commit(services: tuple[Broker, Workers]) -> None:
    _broker, workers = services
    workers.start()
    with transaction.atomic():
        run = jobs.enqueue("tests.work")
        time.sleep(0.5)
        assert run.sent_at is None
    wait_for(run)
    with transaction.atomic():
        lost = jobs.enqueue("tests.work")
        transaction.set_rollback(True)
    assert JobRun.objects.filter(pk=lost.pk).exists() is False


def test_sent_twice_has_one_effect_even_with_two_workers(
    services: tuple[Broker, Workers],
) -> None:
    _broker, workers = services
    workers.start("-n", "one@%h")
    workers.start("-n", "two@%h")
    run = jobs.enqueue("tests.work", seconds=2)
    for _copy in range(5):
        assert jobs.send(run) == 1
    other = jobs.enqueue("tests.work")
    wait_for(other)  # the second worker skipped the copies and went on
    assert state(run) == JobState.RUNNING
    wait_for(run)
    assert jobs.send(run) == 1
    last = jobs.enqueue("tests.work")
    wait_for(last)
    assert events(run) == ["begun", "effect"]
    assert run.attempts == 1


def test_the_job_of_a_killed_worker_is_taken_up_again(
    services: tuple[Broker, Workers],
) -> None:
    _broker, workers = services
    victim = workers.start()
    run = jobs.enqueue("tests.work", seconds=3)
    wait_until("the job to begin", lambda: events(run) == ["begun"])
    assert jobs.redispatch() == 0  # its worker lives
    workers.kill(victim)
    wait_until("its lock to go", lambda: jobs.redispatch() == 1)
    assert jobs.redispatch() == 0  # once, not every time
    workers.start()
    wait_for(run)
    assert events(run) == ["begun", "begun", "effect"]
    assert run.attempts == 2


def test_a_job_that_kills_its_workers_ends(services: tuple[Broker, Workers]) -> None:
    _broker, workers = services
    run = JobRun.objects.create(name="tests.work", state=JobState.RUNNING, attempts=5)
    workers.start()
    assert jobs.redispatch() == 0
    assert state(run) == JobState.FAILED
    assert run.error == "Its worker died 5 times."


def test_pages_work_and_nothing_is_lost_while_the_broker_is_away(
    services: tuple[Broker, Workers],
) -> None:
    broker, workers = services
    workers.start()
    user = make_user()
    run = JobRun.objects.create(name="tests.work", state=JobState.FAILED, requested_by=user)
    broker.stop(empty=True)
    client, began = client_of(user), time.monotonic()
    response = client.post(reverse("core:job-retry", args=[run.pk]))
    assert (response.status_code, time.monotonic() - began < 3) == (302, True)
    assert state(run) == JobState.QUEUED
    page = client.get(reverse("core:job-detail", args=[run.pk]))
    assert "It waits until the job service can be reached." in page.content.decode()
    more = [jobs.enqueue("tests.work") for _number in range(20)]
    assert time.monotonic() - began < 4  # a broker that is away is asked once, not 21 times
    broker.start()
    wait_until("the runs to be sent", lambda: jobs.redispatch() == 21)
    for each in (run, *more):
        wait_for(each)
        assert events(each) == ["begun", "effect"]


def test_what_the_broker_lost_is_sent_again(
    services: tuple[Broker, Workers], monkeypatch: pytest.MonkeyPatch
) -> None:
    broker, workers = services
    monkeypatch.setattr(outbox, "SECONDS_TO_LOSE", 1)
    run = jobs.enqueue("tests.work")
    assert (state(run), run.sends) == (JobState.QUEUED, 1)
    time.sleep(1.1)
    assert jobs.redispatch() == 0  # it waits in the broker
    broker.stop(empty=True)
    assert jobs.redispatch() == 0
    broker.start()
    wait_until("the run to be sent", lambda: jobs.redispatch() == 1)
    workers.start()
    wait_for(run)
    assert events(run) == ["begun", "effect"]


def test_a_broker_that_does_not_answer_holds_nobody_up(
    services: tuple[Broker, Workers],
) -> None:
    broker, _workers = services
    broker.pause()
    began = time.monotonic()
    runs = [jobs.enqueue("tests.work") for _number in range(10)]
    assert time.monotonic() - began < 4
    assert {state(run) for run in runs} == {JobState.QUEUED}
    assert {run.sent_at for run in runs} == {None}


def test_beat_sends_what_waits(services: tuple[Broker, Workers]) -> None:
    _broker, workers = services
    run = JobRun.objects.create(name="tests.work")
    workers.start("-B")
    wait_for(run)
    assert events(run) == ["begun", "effect"]
