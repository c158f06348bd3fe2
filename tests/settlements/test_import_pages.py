"""Open items through the import pages: full extracts, half files, conflicts, control totals."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kam.core.jobs import execute
from kam.imports.choices import BatchState
from kam.imports.models import ImportBatch
from kam.imports.options import Options
from kam.imports.views.mapping import signature
from settlements.models import Document, ExtractGap
from tests.conftest import People, client_of
from tests.factories.accounts import make_account
from tests.factories.imports import csv_text

pytestmark = pytest.mark.django_db
HEAD = ["source_key", "account", "document_date", "due_date", "amount", "currency", "settled_on"]
MAPPING = {f"column-{name}-0": name for name in HEAD} | {"decimal": "."}


@pytest.fixture
def controller(people: People) -> Client:
    make_account(name="Payer", external_id="C-1")
    return client_of(people.controller)


def row(key: str, amount: str = "100.00", *, settled: str = "") -> list[str]:
    return [key, "C-1", "2026-05-01", "2026-05-31", amount, "EUR", settled]


def checked(client: Client, *rows: list[str], **choices: str) -> tuple[ImportBatch, Any]:
    """Upload, choose columns and options, and answer with the page that follows."""
    file = SimpleUploadedFile("open.csv", csv_text(HEAD, *rows).encode())
    client.post(
        reverse("imports:batch-create"), {"kind": "open_items", "source": "ERP", "file": file}
    )
    batch = ImportBatch.objects.latest("pk")
    data = {**MAPPING, "header": signature(HEAD), **choices}
    page = client.post(reverse("imports:batch-map", args=[batch.pk]), data, follow=True)
    batch.refresh_from_db()
    return batch, page


def imported(client: Client, batch: ImportBatch, **choices: str) -> str:
    """Commit the batch and answer with its report."""
    client.post(reverse("imports:batch-commit", args=[batch.pk]), choices)
    batch.refresh_from_db()
    assert batch.job_run is not None
    execute(batch.job_run.pk)
    batch.refresh_from_db()
    assert batch.state == BatchState.COMMITTED
    return text_of(client.get(reverse("imports:batch-detail", args=[batch.pk])))


def text_of(response: Any) -> str:
    return str(response.content.decode())


def test_full_extract_and_half_a_file(controller: Client) -> None:
    batch, page = checked(controller, *(row(f"k{n}") for n in range(5)))
    assert 'name="full_extract"' in text_of(
        controller.get(reverse("imports:batch-map", args=[batch.pk]))
    )
    imported(controller, batch)
    assert Document.objects.count() == 5

    batch, page = checked(controller, row("k0"), full_extract="on")
    assert batch.options["full_extract"] is True
    assert "4 of the 5 items that are open here are missing" in text_of(page)
    assert reverse("imports:batch-commit", args=[batch.pk]) not in text_of(page)
    assert not ExtractGap.objects.exists()

    data = {**MAPPING, "header": signature(HEAD), "full_extract": "on", "accept_shrunk": "on"}
    page = controller.post(reverse("imports:batch-map", args=[batch.pk]), data, follow=True)
    assert "4 items are open here and missing from the file: 400 EUR" in text_of(page)
    batch.refresh_from_db()
    assert Options.from_json(batch.options).accept_shrunk is True
    report = imported(controller, batch)
    assert "Items missing from the file, for review" in report
    assert f'href="{reverse("settlements:gap-list")}"' in report
    assert ExtractGap.objects.count() == 4


def test_shrunk_alone_is_refused_and_other_kinds_do_not_ask(controller: Client) -> None:
    _batch, page = checked(controller, row("k0"), accept_shrunk="on")
    assert page.status_code == 422
    assert page.context["form"].errors["accept_shrunk"] == [
        "This is only for a file that holds everything that is open."
    ]
    file = SimpleUploadedFile("receipts.csv", b"account,received_on,amount\nC-1,2026-05-01,5\n")
    controller.post(reverse("imports:batch-create"), {"kind": "receipts", "file": file})
    receipts = ImportBatch.objects.latest("pk")
    page = text_of(controller.get(reverse("imports:batch-map", args=[receipts.pk])))
    assert 'name="full_extract"' not in page


def test_conflicts_and_control_totals_stand_in_the_report(controller: Client) -> None:
    batch, page = checked(controller, row("a"), row("b"), control_amounts="EUR 250.00")
    assert reverse("imports:batch-commit", args=[batch.pk]) not in text_of(page)
    assert "The file adds up to 200.00 EUR, the control total says 250.00." in text_of(page)

    batch, page = checked(controller, row("a"), row("b"), control_amounts="EUR 200.00")
    assert batch.state == BatchState.PREVIEWED
    imported(controller, batch)
    changed = row("b")
    changed[2] = "2026-05-02"
    batch, page = checked(controller, row("a", "120.00"), changed, row("c", settled="2026-05-20"))
    text = text_of(page)
    assert "The amount differs from what is posted: <strong>100 → 120</strong>" in text
    assert "The date differs from what is posted: <strong>2026-05-01 → 2026-05-02</strong>" in text
    assert text.count(">Conflict<") == 2
    report = imported(controller, batch, accept_rejects="1")
    assert "Nothing is overwritten" in report
    assert "Receipts posted for settled rows" in report
    assert sorted(Document.objects.values_list("number", "total")) == [
        ("a", 100), ("b", 100), ("c", 100), ("c/1", 100),
    ]  # fmt: skip
