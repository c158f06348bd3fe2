"""Imports of kinds whose table the database takes for empty while it is full.

Autovacuum that passes while all rows of a table belong to an open transaction writes so down; what
stands was then held against each row of the file, which for a large file never ended.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kam.identity.choices import Role
from kam.imports.engine.run import Run
from kam.imports.registry import importer_for
from tests.factories.accounts import make_account, make_category, make_product
from tests.factories.identity import make_user
from tests.factories.imports import csv_text, send
from tests.factories.plans import make_plan

pytestmark = pytest.mark.django_db
ROWS, FEW = 480, 50
TAKEN_FOR_EMPTY = """
UPDATE pg_class SET reltuples = 0, relpages = pg_relation_size(oid) / 8192
WHERE oid = '{table}'::regclass
"""
SCANS = "SELECT seq_scan FROM pg_stat_xact_all_tables WHERE relname = 'import_rows'"

# Kind, its table, columns, and row n, in which one thing is something else the second time.
KINDS: dict[str, tuple[str, tuple[str, ...], Callable[[int, str], tuple[str, ...]]]] = {
    "accounts": (
        "accounts_account",
        ("external_id", "name"),
        lambda n, what: (f"A-{n}", f"Shop {n} {what}"),
    ),
    "products": (
        "accounts_product",
        ("code", "name"),
        lambda n, what: (f"P-{n}", f"Bread {n} {what}"),
    ),
    "costs": (
        "accounts_costentry",
        ("source_key", "account", "kind", "date", "amount", "currency"),
        lambda n, what: (f"K-{n}", "C-1", "Freight", "2026-03-05", what, "EUR"),
    ),
    "exposure_facts": (
        "settlements_exposurefact",
        ("account", "kind", "amount", "currency", "from_day", "key"),
        lambda n, what: ("C-1", "open orders", what, "EUR", "2026-03-01", f"SO-{n}"),
    ),
    "list_prices": (
        "settlements_listprice",
        ("product", "price", "currency", "valid_from"),
        lambda n, what: (f"P-{n}", what, "EUR", "2026-03-01"),
    ),
    "sales_plan": (
        "plans_salesmonth",
        ("account", "category", "month", "amount"),
        lambda n, what: ("C-1", f"G-{n // 12}", f"2026-{n % 12 + 1:02}", what),
    ),
}


def prepare() -> None:
    """What the rows name: an account with a plan of the year, products, categories."""
    owner = make_user(roles=[Role.ACCOUNT_MANAGER])
    account = make_account(external_id="C-1", lead=owner)
    make_plan(account=account, owner=owner)
    for number in range(ROWS):
        make_product(code=f"P-{number}")
    for number in range(ROWS // 12 + 1):
        make_category(name=f"G-{number}", code=f"G-{number}")


@pytest.mark.parametrize("changed", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_what_stands_is_not_held_against_each_row(
    kind: str, changed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    table, header, row = KINDS[kind]
    prepare()
    assert sum(send(kind, csv_text(header, *(row(n, "5") for n in range(ROWS)))).counts[:2]) == ROWS
    importer = type(importer_for(kind))
    apply, scans = importer.apply, list[int]()

    def afterwards(self: Any, run: Run) -> None:
        run.execute(TAKEN_FOR_EMPTY.format(table=table))
        before = run.value(SCANS)
        apply(self, run)
        scans.append(run.value(SCANS) - before)

    monkeypatch.setattr(importer, "apply", afterwards)
    again = send(kind, csv_text(header, *(row(n, "7" if changed else "5") for n in range(ROWS))))
    assert again.counts == ((0, ROWS, 0, 0) if changed else (0, 0, ROWS, 0))
    assert len(scans) == 1
    assert scans[0] < FEW
