"""Receivables: a file of open items with receipts in, ageing out, the overdue job and again."""

from __future__ import annotations

import io
import json
import tempfile
from contextlib import redirect_stdout
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client

from accounts.models import Account
from kam.identity.choices import Role
from kam.identity.models import User
from settlements.models import Allocation, Document, OverdueSpell
from settlements.selectors.ageing import AgeingQuery, Level, ageing
from settlements.selectors.collection import aged
from settlements.services.overdue import flag_overdue
from settlements.services.overdue_balances import keep_balances
from tests.bench.generate import NODES_PER_GROUP, Size
from tests.bench.measure import Report, best, seconds, sql, watched

ITEMS = {"s": 100_000, "l": 1_000_000}
AS_OF = date(2026, 6, 30)
NEXT_DAY = date(2026, 7, 1)
# Of ten invoices nine are settled, most of them in time; payers are the legal entities.
_ROWS = """
SELECT 'R' || lpad(i::text, 8, '0') AS source_key, 'A' || (12 + 10 * (i % {groups})) AS account,
    'invoice' AS document_type, day AS document_date, day + 30 AS due_date,
    round((10 + i % 99990)::numeric / 7, 2) AS amount, 'EUR' AS currency, 'PO ' || i AS reference,
    CASE WHEN i % 10 > 0 THEN day + 20 + (i * 7) % 35 END AS settled_on,
    NULL::numeric AS settled_amount
FROM (SELECT i, date '2024-01-01' + (i::bigint * 911 % 911)::int AS day
      FROM generate_series(1, {items}) AS i) AS numbered
"""
_BARE = """
CREATE UNLOGGED TABLE bench_bare (source_key text, account text, document_type text,
    document_date date, due_date date, amount numeric, currency text, reference text,
    settled_on date, settled_amount numeric)
"""
# What anybody would write by hand to see each account's open items by age on a day.
_AGEING = f"""
SELECT account_id, currency_id, sum(open) FILTER (WHERE days <= 0 AND side = 1),
    sum(open) FILTER (WHERE days BETWEEN 1 AND 30 AND side = 1),
    sum(open) FILTER (WHERE days BETWEEN 31 AND 60 AND side = 1),
    sum(open) FILTER (WHERE days BETWEEN 61 AND 90 AND side = 1),
    sum(open) FILTER (WHERE days > 90 AND side = 1),
    sum(open) FILTER (WHERE days IS NULL AND side = 1), count(*) FILTER (WHERE side = 1),
    sum(open) FILTER (WHERE side = -1)
FROM (
    SELECT i.account_id, i.currency_id, i.side, date '{AS_OF}' - i.due_date AS days,
        i.amount - i.allocated + COALESCE(later.amount, 0) AS open
    FROM settlements_ledgeritem i LEFT JOIN (
        SELECT item_id, sum(amount) AS amount FROM (
            SELECT debit_item_id AS item_id, amount FROM settlements_allocation
            WHERE effective_date > date '{AS_OF}'
            UNION ALL SELECT credit_item_id, amount FROM settlements_allocation
            WHERE effective_date > date '{AS_OF}') AS moved GROUP BY item_id
    ) AS later ON later.item_id = i.id
    WHERE i.posting_date <= date '{AS_OF}'
) AS items WHERE open > 0 GROUP BY account_id, currency_id
"""
_FLAG = f"""
INSERT INTO bench_spells (item_id, party_id, overdue_since, noted_on)
SELECT id, party_id, due_date + 1, date '{AS_OF}' FROM settlements_open_items('{AS_OF}')
WHERE side = 1 AND due_date < date '{AS_OF}'
"""
_POSITIONS = f"""
INSERT INTO bench_positions (party_id, currency_id, as_of, buckets, open, overdue, open_items,
    overdue_items, oldest_due_on, oldest_days, unapplied, open_credits, computed_at)
SELECT party_id, currency_id, date '{AS_OF}', ARRAY[{{bands}}],
    COALESCE(sum(open_amount) FILTER (WHERE side = 1), 0),
    COALESCE(sum(open_amount) FILTER (WHERE side = 1 AND due_date < date '{AS_OF}'), 0),
    count(*) FILTER (WHERE side = 1), count(*) FILTER (WHERE due_date < date '{AS_OF}'),
    min(due_date) FILTER (WHERE due_date < date '{AS_OF}'),
    COALESCE(date '{AS_OF}' - min(due_date) FILTER (WHERE due_date < date '{AS_OF}'), 0),
    COALESCE(sum(open_amount) FILTER (WHERE side = -1), 0), 0, now()
FROM settlements_open_items('{AS_OF}') GROUP BY party_id, currency_id
"""

_EDGES = ((-9999, 0), (1, 30), (31, 60), (61, 90), (91, 9999))
_BANDS = ", ".join(
    f"COALESCE(sum(open_amount) FILTER (WHERE side = 1 AND date '{AS_OF}' - due_date"
    f" BETWEEN {low} AND {high}), 0)"
    for low, high in _EDGES
)


def run(report: Report, size: Size) -> None:
    """Import, ageing, overdue job: each against bare SQL over the same rows."""
    items = ITEMS[size.name]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "open_items.csv"
        _write(file, items, size)
        _warm_up(file)
        bare = min(_bare_copy(file) for _ in range(3))
        answer: dict[str, Any] = {}
        took = seconds(lambda: answer.update(_import(file)))
    if answer["created"] != items or Document.objects.count() != 1 + items + _settled(items):
        raise AssertionError(answer)
    report.note(f"bare COPY {bare:.2f} s, import of {items:,} open items {took:.1f} s:")
    for step, lasted in answer["timings"].items():
        report.note(f"  {lasted:8.2f} s  {step}")
    report.judge("import of open items with receipts", took / bare, 60, "× bare COPY")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE settlements_document, settlements_ledgeritem")
        cursor.execute("VACUUM ANALYZE settlements_allocation")
    _measure_ageing(report)
    _measure_overdue(report)
    _measure_pages(report, size)


def _warm_up(file: Path) -> None:
    """Import one row, so that what a process loads once is loaded."""
    first = file.with_name("first.csv")
    with file.open(encoding="utf-8") as stream:
        header, row = stream.readline(), stream.readline()
    cells = row.strip().split(",")
    first.write_text(f"{header}{','.join(['FIRST', *cells[1:-2], '', ''])}\n", encoding="utf-8")
    _import(first)


def _settled(items: int) -> int:
    return items - items // 10


def _write(file: Path, items: int, size: Size) -> None:
    rows = _ROWS.format(groups=size.accounts // NODES_PER_GROUP, items=items)
    into = f"COPY ({rows}) TO STDOUT (FORMAT csv, HEADER)"
    with connection.cursor() as cursor, file.open("wb") as stream, cursor.copy(into) as copy:
        for block in copy:
            stream.write(block)


def _bare_copy(file: Path) -> float:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_bare")
        cursor.execute(_BARE.replace("UNLOGGED ", ""))

        def load() -> None:
            with (
                file.open("rb") as stream,
                cursor.copy("COPY bench_bare FROM STDIN (FORMAT csv, HEADER)") as copy,
            ):
                while block := stream.read(1 << 20):
                    copy.write(block)

        took = seconds(load)
        cursor.execute("DROP TABLE bench_bare")
    return took


def _import(file: Path) -> dict[str, Any]:
    mapping = file.with_suffix(".json")
    names = file.open(encoding="utf-8").readline().strip().split(",")
    mapping.write_text(json.dumps({"source": "bench", "columns": {name: name for name in names}}))
    with redirect_stdout(io.StringIO()) as out:
        call_command(
            "import_file", "open_items", str(file), f"--mapping={mapping}", "--json", "--timings"
        )
    answer: dict[str, Any] = json.loads(out.getvalue())
    return answer


def _measure_ageing(report: Report) -> None:
    bare = best(sql(_AGEING), 5)
    for level in (Level.ACCOUNT, Level.GROUP):
        query = AgeingQuery(as_of=AS_OF, level=level)
        took = best(lambda q=query: ageing(q), 5)  # type: ignore[misc]
        report.note(f"bare ageing {bare:.3f} s, by {level} {took:.3f} s")
        report.judge(f"ageing of all items by {level}", took / bare, 1.5, "× bare")
    report.note(f"with DSO {best(lambda: aged(AgeingQuery(as_of=AS_OF))):.3f} s")


def _measure_overdue(report: Report) -> None:
    with connection.cursor() as cursor:
        for name, like in (("spells", "overduespell"), ("positions", "position")):
            cursor.execute(f"CREATE TABLE bench_{name} (LIKE settlements_{like} INCLUDING ALL)")
        bare = seconds(lambda: cursor.execute(_FLAG))
        bare += seconds(lambda: cursor.execute(_POSITIONS.format(bands=_BANDS)))
        cursor.execute("DROP TABLE bench_spells, bench_positions")
    first = seconds(lambda: flag_overdue(as_of=AS_OF))
    spells = OverdueSpell.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE settlements_overduespell, settlements_position")
    again = best(lambda: flag_overdue(as_of=AS_OF))
    report.note(f"{spells:,} overdue of {Allocation.objects.count():,} allocations")
    report.note(f"bare statements {bare:.3f} s, first run {first:.3f} s, again {again:.3f} s")
    report.judge("overdue job", first / bare, 1.5, "× bare")
    report.judge("overdue job, second run", again, 1, " s")
    with transaction.atomic():
        took = seconds(lambda: flag_overdue(as_of=NEXT_DAY))
    report.note(f"the day after {took:.3f} s")


def _measure_pages(report: Report, size: Size) -> None:
    """Open the board as who sees the company and as who leads a half of it, and pages beside it."""
    report.note(f"balances of month ends kept in {seconds(keep_balances):.2f} s")
    again = best(keep_balances)
    report.note(f"and again, nothing new, in {again:.3f} s")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE settlements_accountposition, settlements_openbalance")
        cursor.execute("ANALYZE settlements_workitem")
    clients = {"company": _client(Role.AUDITOR), "a half": _client(Role.ACCOUNT_MANAGER)}
    lead = User.objects.get(email=f"{Role.ACCOUNT_MANAGER}@kam.test")
    Account.objects.filter(pk__lte=size.accounts // 2).update(lead_chain=[lead.pk])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE accounts_account")
    for whose, client in clients.items():
        count, took = _page(client, "/receivables/")
        report.judge(f"receivables board, {whose}: statements", count, 25, "")
        report.judge(f"receivables board, {whose}: database time", took * 1000, 200, " ms")
    client, node = clients["company"], 12
    for name, path in (
        ("account panel", f"/accounts/{node}/receivables/"),
        ("statement", f"/receivables/statements/{node}/"),
        ("statement of a day past", f"/receivables/statements/{node}/?date_to=2025-03-31"),
        ("ageing", f"/receivables/ageing/?as_of={AS_OF}"),
        ("expected receipts", f"/receivables/expected/?as_of={AS_OF}"),
        ("accounts to send statements to", "/receivables/statements/"),
    ):
        count, took = _page(client, path)
        report.note(f"{name}: {count} statements, {took * 1000:.0f} ms database time")


def _client(role: Role) -> Client:
    client = Client()
    client.force_login(
        User.objects.create_user(f"{role}@kam.test", "-", full_name=str(role), roles=[role])
    )
    return client


def _page(client: Client, path: str) -> tuple[int, float]:
    """How many statements a page takes, and the best database time of three visits."""
    counts, times = set(), []
    for _visit in range(3):
        with watched() as statements:
            response = client.get(path)
        if response.status_code != 200:
            raise AssertionError(f"{path} answered {response.status_code}")
        counts.add(statements.count)
        times.append(statements.seconds)
    return max(counts), min(times)
