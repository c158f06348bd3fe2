"""Imports beside each other: real threads, real connections."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.models import Account, AccountIdentifier, Product, RevenueEntry
from kam.imports.models import ImportBatch
from kam.imports.options import Options
from kam.imports.services import running
from tests.factories.accounts import make_account
from tests.factories.imports import TODAY, csv_text, ready_batch

pytestmark = pytest.mark.django_db(transaction=True)

CREATE = Options(create_accounts=True)
HEADER = ["source_key", "account", "date", "product", "net_amount"]
ROWS = [[f"L{n}", f"C{n % 7}", "2026-03-31", f"P{n % 3}", n] for n in range(200)]


def commit(batch_id: int) -> tuple[int, int]:
    try:
        summary = running.commit(batch_id=batch_id, as_of=TODAY)
        return summary.created, summary.unchanged
    finally:
        connection.close()


def at_once(*batches: ImportBatch) -> list[tuple[int, int]]:
    with ThreadPoolExecutor(len(batches)) as pool:
        return sorted(pool.map(commit, [batch.pk for batch in batches]))


def test_one_batch_committed_by_many_workers_is_imported_once() -> None:
    batch = ready_batch("sales", csv_text(HEADER, *ROWS), options=CREATE)
    assert at_once(batch, batch, batch, batch) == [(200, 0)] * 4
    assert (RevenueEntry.objects.count(), Account.objects.count()) == (200, 7)


def test_same_file_sent_twice_at_once_is_imported_once() -> None:
    text = csv_text(HEADER, *ROWS)
    batches = [ready_batch("sales", text, options=CREATE) for _ in range(3)]
    assert at_once(*batches) == [(0, 200), (0, 200), (200, 0)]
    assert (RevenueEntry.objects.count(), Product.objects.count()) == (200, 3)


def test_two_sources_that_name_the_same_accounts_create_them_once() -> None:
    text = csv_text(HEADER, *ROWS)
    batches = [ready_batch("sales", text, source=f"s{n}", options=CREATE) for n in range(3)]
    assert at_once(*batches) == [(200, 0)] * 3
    assert (RevenueEntry.objects.count(), Account.objects.count()) == (600, 7)
    assert AccountIdentifier.objects.count() == 7


def test_account_files_of_two_sources_create_each_account_once() -> None:
    text = csv_text(["name", "country"], *[[f"Kesko {n}", "FI"] for n in range(50)])
    batches = [ready_batch("accounts", text, source=f"s{n}") for n in range(3)]
    assert at_once(*batches) == [(0, 50), (0, 50), (50, 0)]
    assert Account.objects.count() == 50


def test_two_sources_that_name_the_same_products_create_them_once() -> None:
    for number in range(7):
        make_account(name=f"C{number}")
    text = csv_text([*HEADER, "category"], *[[*row, f"G{row[3]}"] for row in ROWS])
    batches = [ready_batch("sales", text, source=f"s{n}") for n in range(3)]
    assert at_once(*batches) == [(200, 0)] * 3
    assert (Product.objects.count(), RevenueEntry.objects.filter(product=None).count()) == (3, 0)
    assert not RevenueEntry.objects.filter(category=None).exists()
