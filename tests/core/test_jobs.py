"""The outbox and the running of jobs, without a broker."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from billiard.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from kam.core import jobs
from kam.core.choices import JobState
from kam.core.jobs import outbox, registry, running
from kam.core.jobs.schedule import start_overdue
from kam.core.locks import LOCK_SPACE
from kam.core.models import JobRun, Organisation, SellingCompany
from kam.core.selectors.history import history_of
from tests.conftest import People, client_of
from tests.factories.identity import make_user
from tests.races import at_once

live = pytest.mark.django_db(transaction=True)


@pytest.fixture
def probe(monkeypatch: pytest.MonkeyPatch) -> Callable[[registry.JobFunction], None]:
    """Let a function be the job `tests.probe`."""

    def register(function: registry.JobFunction, capability: str = "") -> None:
        job = registry.Job("tests.probe", "Probe", function, capability)
        monkeypatch.setitem(registry._registered, "tests.probe", job)

    register(lambda _progress, **_arguments: None)
    return register


type Probe = Callable[..., None]


def in_thread(work: Callable[[], Any]) -> threading.Thread:
    """Start work on a connection of its own."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def lock_of(run: JobRun) -> psycopg.Connection[Any]:
    """Hold a run's lock, as its worker does."""
    holder = jobs.Progress(run.pk)
    assert holder.lock() is True
    return holder._side


# Asking


@pytest.mark.django_db
def test_an_unknown_job_is_refused() -> None:
    with pytest.raises(jobs.UnknownJobError):
        jobs.enqueue("tests.nothing")
    assert JobRun.objects.count() == 0


@pytest.mark.django_db
def test_a_key_answers_the_run_that_waits(probe: Probe) -> None:
    first = jobs.enqueue("tests.probe", key="a", size=1)
    assert jobs.enqueue("tests.probe", key="a", size=1) == first
    assert jobs.enqueue("tests.probe", key="b") != first
    assert jobs.enqueue("tests.probe") != jobs.enqueue("tests.probe")
    JobRun.objects.filter(pk=first.pk).update(state=JobState.RUNNING)
    again = jobs.enqueue("tests.probe", key="a", size=1)
    assert (again != first, again.state) == (True, JobState.QUEUED)


@live
def test_two_who_ask_with_one_key_get_one_run(probe: Probe) -> None:
    found: list[int] = []

    def ask() -> None:
        found.append(jobs.enqueue("tests.probe", key="same").pk)

    assert at_once(*[ask] * 8) == [None] * 8
    assert (len(found), len(set(found)), JobRun.objects.count()) == (8, 1, 1)


@live
def test_a_shared_run_begins_after_everybody_who_asked_has_written(probe: Probe) -> None:
    """Else it would miss what the second one wrote: nobody would ask for it again."""
    seen: list[int] = []
    probe(lambda _progress: seen.append(SellingCompany.objects.count()))
    run = jobs.enqueue("tests.probe", key="a")
    with transaction.atomic():
        SellingCompany.objects.create(code="A", name="A", country="FI", currency_id="EUR")
        assert jobs.enqueue("tests.probe", key="a") == run
        worker = in_thread(lambda: jobs.execute(run.pk))
        time.sleep(0.3)
        assert seen == []
    worker.join(20)
    assert seen == [1]


@live
def test_without_a_broker_the_run_waits_and_the_answer_is_quick(probe: Probe) -> None:
    began = time.monotonic()
    run = jobs.enqueue("tests.probe")
    run.refresh_from_db()
    assert (run.state, run.sent_at, run.sends) == (JobState.QUEUED, None, 0)
    assert time.monotonic() - began < 3


# Running


@live
def test_a_job_ends_with_its_outcome(probe: Probe) -> None:
    probe(lambda _progress, size: {"size": size, "total": Decimal("1.50")})
    run = jobs.enqueue("tests.probe", size=3)
    jobs.execute(run.pk)
    run.refresh_from_db()
    assert (run.state, run.outcome) == (JobState.SUCCEEDED, {"size": 3, "total": "1.50"})
    assert run.started_at is not None
    assert run.finished_at is not None
    jobs.execute(run.pk)
    run.refresh_from_db()
    assert run.attempts == 1


@live
def test_a_run_that_another_worker_has_is_left_alone(probe: Probe) -> None:
    called: list[int] = []
    probe(lambda _progress: called.append(1))
    run = jobs.enqueue("tests.probe")
    holder = lock_of(run)
    jobs.execute(run.pk)
    assert called == []
    holder.close()
    jobs.execute(run.pk)
    assert called == [1]


@live
@pytest.mark.parametrize(
    ("error", "words"),
    [
        (jobs.JobError("No rate of USD."), "No rate of USD."),
        (ValueError("oops"), "ValueError: oops"),
        (SoftTimeLimitExceeded(), "It took longer than its time limit."),
    ],
)
def test_a_failure_says_why(probe: Probe, error: Exception, words: str) -> None:
    def fail(_progress: jobs.Progress) -> None:
        with transaction.atomic():
            SellingCompany.objects.create(code="A", name="A", country="FI", currency_id="EUR")
            raise error

    probe(fail)
    run = jobs.enqueue("tests.probe")
    jobs.execute(run.pk)
    run.refresh_from_db()
    assert (run.state, run.error, run.outcome) == (JobState.FAILED, words, {})
    assert SellingCompany.objects.count() == 0


@live
def test_an_outage_leaves_the_run_open_with_its_reason(probe: Probe) -> None:
    outcomes = [OperationalError("the server went away"), None]

    def fail_once(_progress: jobs.Progress) -> None:
        if (error := outcomes.pop(0)) is not None:
            raise error

    probe(fail_once)
    run = jobs.enqueue("tests.probe")
    with pytest.raises(OperationalError):
        jobs.execute(run.pk)
    run.refresh_from_db()
    assert run.state == JobState.RUNNING
    assert run.error == "Interrupted, it will be tried again: the server went away"
    jobs.execute(run.pk)
    run.refresh_from_db()
    assert (run.state, run.error, run.attempts) == (JobState.SUCCEEDED, "", 2)


@live
def test_a_worker_that_lost_its_run_does_not_end_it(probe: Probe) -> None:
    """Its side connection died, another worker began anew: the end is the other one's."""

    def overtaken(progress: jobs.Progress) -> None:
        JobRun.objects.filter(pk=progress.run_id).update(attempts=2)

    probe(overtaken)
    run = jobs.enqueue("tests.probe")
    jobs.execute(run.pk)
    run.refresh_from_db()
    assert (run.state, run.attempts) == (JobState.RUNNING, 2)


@live
def test_progress_shows_before_the_job_commits(probe: Probe) -> None:
    seen: list[tuple[int, int | None, str]] = []

    def work(progress: jobs.Progress) -> None:
        with transaction.atomic():
            for step in range(1, 1001):
                progress.report(step, 1000, "counting")
            shown = in_thread(lambda: seen.append(_shown(progress.run_id)))
            shown.join(10)

    def _shown(pk: int) -> tuple[int, int | None, str]:
        found = JobRun.objects.get(pk=pk)
        return found.done, found.total, found.message

    probe(work)
    run = jobs.enqueue("tests.probe")
    jobs.execute(run.pk)
    assert seen == [(1000, 1000, "counting")]


@live
def test_what_a_job_changes_says_who_asked_for_it(probe: Probe) -> None:
    user = make_user(full_name="Aino Koskela")

    def work(_progress: jobs.Progress) -> None:
        SellingCompany.objects.create(code="A", name="A", country="FI", currency_id="EUR")

    probe(work)
    jobs.execute(jobs.enqueue("tests.probe", requested_by=user).pk)
    assert [change.who for change in history_of(SellingCompany.objects.get())] == ["Aino Koskela"]


@live
def test_a_job_works_in_the_organisations_time_zone(probe: Probe) -> None:
    Organisation.objects.update(time_zone="Asia/Ho_Chi_Minh")
    probe(lambda _progress: {"zone": timezone.get_current_timezone_name()})
    assert jobs.run_here("tests.probe").outcome == {"zone": "Asia/Ho_Chi_Minh"}
    assert timezone.get_current_timezone_name() != "Asia/Ho_Chi_Minh"


@live
def test_a_job_runs_here_for_the_command_line(probe: Probe) -> None:
    probe(lambda _progress, size: {"size": size})
    assert jobs.run_here("tests.probe", size=2).outcome == {"size": 2}


# Taking over


@live
def test_what_is_due(probe: Probe) -> None:
    now = timezone.now()

    def make(state: str, sent_ago: float | None, sends: int = 0, **fields: Any) -> JobRun:
        at = None if sent_ago is None else now - timedelta(seconds=sent_ago)
        return JobRun.objects.create(
            name="tests.probe", state=state, sent_at=at, sends=sends, **fields
        )

    unsent = make(JobState.QUEUED, None)
    make(JobState.QUEUED, 30, sends=1)
    waited = make(JobState.QUEUED, 61, sends=1)
    make(JobState.QUEUED, 61, sends=2)
    waited_longer = make(JobState.QUEUED, 121, sends=2)
    make(JobState.SUCCEEDED, None)
    make(JobState.FAILED, None)
    begun = now - timedelta(seconds=5)
    dead = make(JobState.RUNNING, 9, sends=1, started_at=begun, attempts=1)
    make(JobState.RUNNING, 2, sends=2, started_at=begun, attempts=1)
    alive = make(JobState.RUNNING, 9, sends=1, started_at=begun, attempts=1)
    holder = lock_of(alive)
    assert outbox.due(queue_is_empty=False) == [unsent, waited, waited_longer, dead]
    assert len(outbox.due(queue_is_empty=True)) == 6
    holder.close()


@live
def test_a_dead_run_whose_key_waits_again_does_not_stand_in_the_way(probe: Probe) -> None:
    dead = jobs.enqueue("tests.probe", key="a")
    JobRun.objects.filter(pk=dead.pk).update(state=JobState.RUNNING, attempts=1)
    waiting = jobs.enqueue("tests.probe", key="a")
    assert jobs.redispatch() == 0
    for run in (dead, waiting):
        jobs.execute(run.pk)
    states = set(JobRun.objects.values_list("state", flat=True))
    assert states == {JobState.SUCCEEDED}


@live
def test_a_run_that_killed_five_workers_is_given_up(probe: Probe) -> None:
    run = JobRun.objects.create(name="tests.probe", state=JobState.RUNNING, attempts=5)
    jobs.execute(run.pk)
    run.refresh_from_db()
    assert (run.state, run.attempts) == (JobState.RUNNING, 5)
    jobs.redispatch()
    run.refresh_from_db()
    assert (run.state, run.error) == (JobState.FAILED, "Its worker died 5 times.")


@live
def test_the_lock_survives_a_commit_and_goes_with_its_connection(probe: Probe) -> None:
    run = jobs.enqueue("tests.probe")
    holder = lock_of(run)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s",
            [LOCK_SPACE],
        )
        assert cursor.fetchone() == (1,)
    holder.close()
    other = jobs.Progress(run.pk)
    assert other.lock() is True
    other.close()


# Trying again


@live
def test_a_failed_run_is_tried_again(probe: Probe) -> None:
    run = JobRun.objects.create(
        name="tests.probe", state=JobState.FAILED, attempts=5, sends=3, error="x"
    )
    assert jobs.retry(run) == run
    assert (run.state, run.attempts, run.sends, run.error) == (JobState.QUEUED, 0, 0, "")
    jobs.execute(run.pk)
    run.refresh_from_db()
    assert run.state == JobState.SUCCEEDED
    assert jobs.retry(run).state == JobState.SUCCEEDED


@live
def test_trying_again_answers_the_run_of_its_key_that_waits(probe: Probe) -> None:
    failed = JobRun.objects.create(name="tests.probe", key="a", state=JobState.FAILED)
    waiting = jobs.enqueue("tests.probe", key="a")
    assert jobs.retry(failed) == waiting
    failed.refresh_from_db()
    assert failed.state == JobState.FAILED


# The schedule


@pytest.mark.django_db
def test_a_nightly_job_that_was_missed_is_asked_for_once() -> None:
    zone = ZoneInfo("Europe/Helsinki")
    name = "accounts.recompute_concentration"
    for other in ("accounts.refresh_accounts", "settlements.flag_overdue"):
        JobRun.objects.create(name=other, key=f"schedule:{other}", state=JobState.SUCCEEDED)
    last = JobRun.objects.create(name=name, key=f"schedule:{name}", state=JobState.SUCCEEDED)
    JobRun.objects.update(queued_at=datetime(2026, 11, 22, 2, 10, 1, tzinfo=zone))
    JobRun.objects.filter(name=name).update(queued_at=datetime(2026, 11, 21, 2, 10, 1, tzinfo=zone))
    assert start_overdue(datetime(2026, 11, 22, 2, 15, tzinfo=zone)) == []
    missed = start_overdue(datetime(2026, 11, 22, 2, 21, tzinfo=zone))
    assert [run.name for run in missed] == [name]
    assert missed != [last]
    JobRun.objects.filter(pk=missed[0].pk).update(
        queued_at=datetime(2026, 11, 22, 2, 21, tzinfo=zone)
    )
    assert start_overdue(datetime(2026, 11, 22, 2, 22, tzinfo=zone)) == []


@pytest.mark.django_db
def test_before_its_first_run_a_job_is_held_against_the_day_of_the_installation() -> None:
    zone = ZoneInfo("Europe/Helsinki")
    Organisation.objects.update(created_at=datetime(2026, 11, 21, 9, 0, tzinfo=zone))
    assert start_overdue(datetime(2026, 11, 21, 18, 0, tzinfo=zone)) == []
    names = [run.name for run in start_overdue(datetime(2026, 11, 22, 9, 0, tzinfo=zone))]
    assert "accounts.recompute_concentration" in names
    assert JobRun.objects.count() == len(names)


# Pages


@pytest.mark.django_db
def test_everybody_sees_their_own_jobs(people: People, probe: Probe) -> None:
    own = jobs.enqueue("tests.probe", requested_by=people.owner)
    scheduled = jobs.enqueue("tests.probe")
    sees = {
        people.owner: {own.pk},
        people.teammate: set(),
        people.stranger: set(),
        people.director: set(),
        people.administrator: {own.pk, scheduled.pk},
        people.auditor: {own.pk, scheduled.pk},
    }
    for user, visible in sees.items():
        client = client_of(user)
        rows = client.get("/jobs/").context["table"].rows
        assert {int(row.key) for row in rows} == visible
        for run in (own, scheduled):
            wanted = 200 if run.pk in visible else 404
            assert client.get(f"/jobs/{run.pk}/").status_code == wanted


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_needs_few_statements(
    people: People, probe: Probe, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(rows):
        jobs.enqueue("tests.probe", requested_by=people.owner)
    client = client_of(people.administrator)
    with django_assert_num_queries(3):
        response = client.get("/jobs/")
    assert len(response.context["table"].rows) == rows


@pytest.mark.django_db
def test_who_may_try_again(people: People, probe: Probe) -> None:
    probe(lambda _progress: None, capability="imports.run")
    run = JobRun.objects.create(
        name="tests.probe", state=JobState.FAILED, requested_by=people.owner
    )
    for user in (people.owner, people.stranger, people.auditor, people.director):
        assert client_of(user).post(f"/jobs/{run.pk}/retry/").status_code == 404
        run.refresh_from_db()
        assert run.state == JobState.FAILED
    assert client_of(people.administrator).post(f"/jobs/{run.pk}/retry/").status_code == 302
    run.refresh_from_db()
    assert run.state == JobState.QUEUED


@pytest.mark.django_db
def test_an_open_run_asks_for_its_progress_again(people: People, probe: Probe) -> None:
    run = jobs.enqueue("tests.probe", requested_by=people.owner)
    client = client_of(people.owner)
    headers = {"HX-Request": "true", "HX-Target": "job-status"}
    part = client.get(f"/jobs/{run.pk}/", headers=headers).content.decode()
    assert "<html" not in part
    assert 'hx-trigger="every 1s"' in part
    JobRun.objects.filter(pk=run.pk).update(state=JobState.FAILED, error="No rate of USD.")
    part = client.get(f"/jobs/{run.pk}/", headers=headers).content.decode()
    assert "hx-trigger" not in part
    assert "No rate of USD." in part
    assert "Try again" in part


@pytest.mark.django_db
def test_the_schedule_stands_in_plain_words(people: People) -> None:
    page = client_of(people.administrator).get("/jobs/")
    plans = [(str(plan.title), plan.when) for plan in page.context["schedule"]]
    assert ("Compute revenue concentration", "every day at 02:10") in plans
    assert client_of(people.owner).get("/jobs/").context["schedule"] == []


def test_outcomes_are_plain_json() -> None:
    answer = running._plain({"day": datetime(2026, 1, 2, tzinfo=ZoneInfo("UTC"))})
    assert json.dumps(answer) == '{"day": "2026-01-02T00:00:00Z"}'


@pytest.mark.django_db
def test_runs_that_ended_long_ago_are_forgotten() -> None:
    now = timezone.now()
    old, recent = now - timedelta(days=91), now - timedelta(days=89)
    rows = {
        "old": ("", JobState.SUCCEEDED, old),
        "failed": ("", JobState.FAILED, old),
        "recent": ("", JobState.SUCCEEDED, recent),
        "waits": ("", JobState.QUEUED, None),
        "earlier night": ("schedule:x", JobState.SUCCEEDED, old),
        "last night that ran": ("schedule:x", JobState.SUCCEEDED, old),
    }
    for name, (key, state, finished_at) in rows.items():
        JobRun.objects.create(name=name, key=key, state=state, finished_at=finished_at)
    assert jobs.forget_runs(now=now) == 3
    assert list(JobRun.objects.order_by("pk").values_list("name", flat=True)) == [
        "recent",
        "waits",
        "last night that ran",
    ]
    assert jobs.forget_runs(now=now) == 0
