"""Worker or PostgreSQL die in the overdue job or an import: the figures come out the same."""

from __future__ import annotations

import os
import time
from decimal import Decimal
from pathlib import Path

import pytest

from tests.faults.stack import Stack

pytestmark = pytest.mark.fault
ITEMS = 400_000 if os.environ.get("KAM_SOAK") else 20_000
AS_OF = "2026-06-30"
FIRST_RUN = "2026-06-01"

IMPORT_JOB = """
from datetime import date
from django.core.files import File
from kam.imports.mapping import ColumnMapping, identity_mapping
from kam.imports.options import ControlTotals, Options
from kam.imports.registry import importer_for
from kam.imports.services import batches, files
with open({path!r}, "rb") as stream:
    batch = batches.receive_file(kind="open_items", source_code={source!r},
        upload=File(stream, name="items.csv"), user=None, as_of=date(2026, 6, 30))
header = files.table_of(batch, ColumnMapping()).header
mapping = identity_mapping(header, importer_for("open_items").visible_columns())
batches.set_up(batch_id=batch.pk, mapping=mapping, options=Options(create_accounts=True),
    control_totals=ControlTotals())
print(batches.ask_for_commit(batch_id=batch.pk, user=None, as_of=date(2026, 6, 30)).pk)
"""
COUNTS = """
SELECT concat_ws(' ',
    (SELECT count(*) FROM settlements_document), (SELECT count(*) FROM settlements_ledgeritem),
    (SELECT count(*) FROM settlements_allocation), (SELECT sum(amount) FROM settlements_allocation))
"""
# What the overdue run derives, whatever numbers its rows took.
DERIVED = """
SELECT concat_ws(' ',
    (SELECT md5(string_agg(concat_ws(',', item_id, party_id, overdue_since, cured_on), ';'
        ORDER BY item_id, overdue_since)) FROM settlements_overduespell),
    (SELECT md5(string_agg(concat_ws(',', party_id, currency_id, as_of, buckets, open, overdue,
        oldest_due_on, unapplied), ';' ORDER BY party_id, currency_id))
        FROM settlements_position),
    (SELECT md5(string_agg(concat_ws(',', party_id, currency_id, role, amount, state), ';'
        ORDER BY party_id, currency_id, role)) FROM settlements_workitem),
    (SELECT string_agg(concat_ws(',', as_of, flagged, cured, passed), ';' ORDER BY as_of)
        FROM settlements_overduerun))
"""
OPEN = "SELECT COALESCE(sum(open_amount), 0) FROM settlements_open_items(%s::date) WHERE side = 1"
AFRESH = """
from datetime import date
from django.db import connection
from kam.core.jobs import enqueue
from settlements.models import OverdueRun, OverdueSpell, Position, WorkItem
from settlements.services.overdue import flag_overdue
def begin():
    for model in (OverdueRun, OverdueSpell, Position, WorkItem):
        model.objects.all().delete()
    flag_overdue(as_of=date.fromisoformat({first!r}))
begin()
flag_overdue(as_of=date.fromisoformat({last!r}))
with connection.cursor() as cursor:
    cursor.execute({derived!r})
    expected = cursor.fetchone()[0]
begin()
print(expected)
print(enqueue("settlements.flag_overdue", as_of={last!r}).pk)
"""


def write_items(path: Path, source: str) -> tuple[int, Decimal]:
    """Invoices of 50 customers, a third of them settled; how many rows, and what stays open."""
    still_open = Decimal(0)
    with path.open("w", encoding="utf-8") as file:
        file.write("source_key,account,document_date,due_date,amount,currency,settled_on\n")
        for number in range(ITEMS):
            amount = Decimal(number % 997 + 1)
            due = f"2026-{number % 7 + 2:02}-{number % 28 + 1:02}"
            settled = f"2026-06-{number % 20 + 1:02}" if number % 3 == 0 else ""
            if not settled:
                still_open += amount
            key = f"{source}-{number}"
            file.write(f"{key},C{number % 50},2026-01-05,{due},{amount},EUR,{settled}\n")
    return ITEMS, still_open


def number_of(stack: Stack, code: str) -> int:
    return int(stack.shell(code).split()[-1])


def kill(stack: Stack, victim: str) -> None:
    if victim == "postgres":
        stack.kill_postgres()
    else:
        stack.kill(stack.child("celery", " worker"))


def in_its_midst(stack: Stack, run: int) -> None:
    stack.wait("the job to run", lambda: stack.job_state(run) in {"running", "succeeded"})
    time.sleep(0.2)


def until_done(stack: Stack, run: int) -> None:
    stack.wait("the job to be done", lambda: stack.job_state(run) == "succeeded", 150)


def until_quiet(stack: Stack) -> None:
    """Imports ask for an overdue run: let it end."""
    sql = "SELECT count(*) = 0 FROM core_jobrun WHERE state IN ('queued', 'running')"
    stack.wait("all jobs to be done", lambda: stack.ask(sql), 120)


@pytest.mark.parametrize("victim", ["worker", "postgres"])
def test_an_import_of_open_items_is_whole_or_not_there(
    stack: Stack, tmp_path: Path, victim: str
) -> None:
    rows, still_open = write_items(tmp_path / "items.csv", victim)
    before = Decimal(stack.ask(OPEN, AS_OF))
    documents = int(stack.ask("SELECT count(*) FROM settlements_document") or 0)
    run = number_of(stack, IMPORT_JOB.format(path=str(tmp_path / "items.csv"), source=victim))
    in_its_midst(stack, run)
    kill(stack, victim)
    until_done(stack, run)
    settled = -(-rows // 3)
    sql = "SELECT count(*) FROM settlements_document"
    assert int(stack.ask(sql)) - documents == rows + settled
    assert Decimal(stack.ask(OPEN, AS_OF)) - before == still_open
    until_quiet(stack)


@pytest.mark.parametrize("victim", ["worker", "postgres"])
def test_the_overdue_job_ends_with_the_same_figures(
    stack: Stack, tmp_path: Path, victim: str
) -> None:
    if not stack.ask("SELECT count(*) FROM settlements_document"):
        write_items(tmp_path / "items.csv", "alone")
        stack.manage("import_file", "open_items", str(tmp_path / "items.csv"), "--create-accounts")
    until_quiet(stack)
    ledger = stack.ask(COUNTS)

    code = AFRESH.format(first=FIRST_RUN, last=AS_OF, derived=DERIVED)
    expected, run = stack.shell(code).strip().rsplit("\n", 1)
    in_its_midst(stack, int(run))
    kill(stack, victim)
    until_done(stack, int(run))
    assert stack.ask(DERIVED) == expected
    assert stack.json("flag_overdue", "--as-of", AS_OF)["flagged"] == 0
    assert stack.ask(DERIVED) == expected
    assert stack.ask(COUNTS) == ledger
