"""Worker, PostgreSQL and Valkey are killed in the middle of work; figures come out the same."""

from __future__ import annotations

import os
import time
from decimal import Decimal
from pathlib import Path

import psutil
import pytest

from tests.faults.stack import IMPORT_JOB, RECOMPUTE_JOB, Stack, running

pytestmark = pytest.mark.fault
ROWS = 1_000_000 if os.environ.get("KAM_SOAK") else 60_000


def write_sales(path: Path, rows: int) -> Decimal:
    """A sales file of 40 customers; its total."""
    total = Decimal(0)
    with path.open("w", encoding="utf-8") as file:
        file.write("source_key,account,date,product,category,quantity,net_amount,currency\n")
        for number in range(rows):
            amount = Decimal(number % 1009 + 1) / 4
            total += amount
            day = f"2025-{number % 12 + 1:02}-{number % 28 + 1:02}"
            file.write(f"L{number},C{number % 40},{day},P{number % 7},Dairy,1,{amount},EUR\n")
    return total


def figures(stack: Stack) -> dict[str, object]:
    answer = stack.json("concentration", "--from", "2025-01-01", "--to", "2026-01-01")
    assert isinstance(answer, dict)
    return answer


def import_as_job(stack: Stack, path: Path, source: str) -> int:
    return int(stack.shell(IMPORT_JOB.format(path=str(path), source=source)).split()[-1])


def lines_of(stack: Stack, source: str) -> int:
    sql = """SELECT count(*) FROM accounts_revenueentry e
             JOIN imports_datasource s ON s.id = e.source_id WHERE s.code = %s"""
    return int(stack.ask(sql, source) or 0)


def until_it_works(stack: Stack, run: int) -> None:
    stack.wait("the job to run", lambda: stack.job_state(run) in {"running", "succeeded"})
    time.sleep(0.3)  # somewhere in the middle of its transaction


@pytest.mark.parametrize("victim", ["worker", "postgres", "valkey"])
def test_import_survives_a_killed_process(stack: Stack, tmp_path: Path, victim: str) -> None:
    total = write_sales(tmp_path / "sales.csv", ROWS)
    before = Decimal(str(figures(stack)["total"] or 0))
    run = import_as_job(stack, tmp_path / "sales.csv", victim)
    until_it_works(stack, run)

    if victim == "postgres":
        stack.kill_postgres()
    else:
        word = ("celery", " worker") if victim == "worker" else ("valkey",)
        stack.kill(stack.child(*word))

    stack.wait("the job to be done", lambda: stack.job_state(run) == "succeeded", 150)
    assert lines_of(stack, victim) == ROWS
    assert Decimal(str(figures(stack)["total"])) - before == total


def test_recompute_survives_a_killed_worker(stack: Stack, tmp_path: Path) -> None:
    write_sales(tmp_path / "sales.csv", 5_000)
    stack.manage("import_file", "sales", str(tmp_path / "sales.csv"), "--create-accounts")
    before = figures(stack)
    run = int(stack.shell(RECOMPUTE_JOB).split()[-1])
    until_it_works(stack, run)
    stack.kill(stack.child("celery", " worker"))
    stack.wait("the job to be done", lambda: stack.job_state(run) == "succeeded", 90)
    assert figures(stack) == before
    doubled = stack.ask(
        """SELECT count(*) FROM (SELECT 1 FROM accounts_concentrationsnapshot
           GROUP BY scope_key, period, formula_version, watermark HAVING count(*) > 1) AS twice"""
    )
    assert doubled == 0


def test_pages_work_and_work_waits_while_the_broker_is_down(stack: Stack) -> None:
    valkey = stack.child("valkey")
    valkey.suspend()  # stopped without leaving: the worst case for who talks to it
    try:
        started = time.monotonic()
        run = int(stack.shell(RECOMPUTE_JOB).split()[-1])
        assert time.monotonic() - started < 30
        assert stack.status("/sign-in/") == 200
        assert stack.job_state(run) == "queued"
    finally:
        stack.kill(valkey)
    (stack.home / "valkey").joinpath("appendonlydir").rename(stack.home / "emptied")
    stack.wait("the job to be done", lambda: stack.job_state(run) == "succeeded", 90)


def test_web_answers_503_while_postgres_is_away_and_recovers(stack: Stack) -> None:
    stack.wait("the page", lambda: stack.status("/sign-in/") == 200)
    stack.kill_postgres()
    seen = {stack.status("/sign-in/")}
    stack.wait("the page to be back", lambda: stack.status("/sign-in/") == 200, 30)
    assert seen <= {200, 503}


def test_stopping_leaves_nothing_behind(migrated: Path) -> None:
    with running(migrated) as whole:
        assert whole.process is not None
        started = psutil.Process(whole.process.pid).children(recursive=True)
        pid_file = whole.home / "pg" / "postmaster.pid"
        postmaster = psutil.Process(int(pid_file.read_text().splitlines()[0]))
    _gone, alive = psutil.wait_procs([*started, postmaster], timeout=15)
    assert [p.name() for p in alive] == []
