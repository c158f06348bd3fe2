"""The pages of imports: each step by plain GET and POST, scoped, counted, safe."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import RevenueEntry
from kam.core.jobs import execute
from kam.imports.choices import BatchState
from kam.imports.engine.notices import Notice
from kam.imports.guessing import Sample, guess_mapping
from kam.imports.mapping import ColumnMapping
from kam.imports.models import DataSource, ImportBatch
from kam.imports.options import Options
from kam.imports.registry import importer_for
from kam.imports.services import running
from kam.imports.views.mapping import signature
from tests.conftest import People, client_of
from tests.factories.accounts import make_account
from tests.factories.imports import TODAY, csv_text, ready_batch, send

pytestmark = pytest.mark.django_db

HEADER = ["Key", "Customer", "Invoice date", "Item", "Net", "Cur"]
ROWS = [
    ["L1", "C1", "31.03.2026", "P1", "1.234,50", "EUR"],
    ["L2", "C1", "13.04.2026", "P1", "10,00", "EUR"],
]
TEXT = ";".join(HEADER) + "\n" + "".join(";".join(row) + "\n" for row in ROWS)
MAPPING = {
    "column-source_key-0": "Key",
    "column-account-0": "Customer",
    "column-date-0": "Invoice date",
    "column-product-0": "Item",
    "column-net_amount-0": "Net",
    "column-currency-0": "Cur",
    "date_format": "%d.%m.%Y",
    "decimal": ",",
}


@pytest.fixture
def director(people: People) -> Client:
    return client_of(people.director)


def upload(client: Client, content: str | bytes = TEXT, kind: str = "sales") -> Any:
    data = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile("march.csv", data)
    return client.post(
        reverse("imports:batch-create"), {"kind": kind, "source": "ERP", "file": file}
    )


def url(name: str, batch: ImportBatch) -> str:
    return reverse(f"imports:{name}", args=[batch.pk])


def mapped(client: Client, batch: ImportBatch, **changes: str) -> Any:
    header = signature(HEADER)
    return client.post(url("batch-map", batch), {**MAPPING, "header": header, **changes})


def text_of(response: Any) -> str:
    return str(response.content.decode())


def test_file_walks_from_upload_to_report(director: Client) -> None:
    account = make_account(name="Kesko", external_id="C1")
    response = upload(director)
    batch = ImportBatch.objects.get()
    assert (response.status_code, response.url) == (302, url("batch-map", batch))
    assert (batch.state, batch.file_name) == (BatchState.UPLOADED, "march.csv")

    page = text_of(director.get(url("batch-map", batch)))
    assert '<option value="Customer" selected>' in page
    assert '<option value="%d.%m.%Y" selected>' in page
    assert '<option value="," selected>' in page

    response = mapped(director, batch, control_rows="2", control_amounts="EUR 1244.50")
    batch.refresh_from_db()
    assert (response.status_code, response.url) == (302, url("batch-detail", batch))
    assert (batch.state, batch.summary["created"]) == (BatchState.PREVIEWED, 2)
    assert not RevenueEntry.objects.exists()
    assert "1,244.50" in text_of(director.get(url("batch-detail", batch)))

    assert director.post(url("batch-commit", batch)).status_code == 302
    batch.refresh_from_db()
    assert batch.state == BatchState.COMMITTING
    assert batch.job_run is not None
    assert 'hx-trigger="every 1s"' in text_of(director.get(url("batch-detail", batch)))
    execute(batch.job_run.pk)
    batch.refresh_from_db()
    assert batch.state == BatchState.COMMITTED
    assert sorted(RevenueEntry.objects.values_list("account", flat=True)) == [account.pk] * 2
    page = text_of(director.get(url("batch-detail", batch)))
    assert "The file is imported: 2 rows were read." in page
    assert 'hx-trigger="every 1s"' not in page

    assert "This will go" in text_of(director.get(url("batch-undo", batch)))
    director.post(url("batch-undo", batch))
    batch.refresh_from_db()
    assert (batch.state, RevenueEntry.objects.count()) == (BatchState.UNDONE, 0)


def test_columns_of_a_source_are_remembered(director: Client) -> None:
    make_account(name="Kesko", external_id="C1")
    upload(director)
    first = ImportBatch.objects.get()
    mapped(director, first, **{"constant-unit": "pcs"})
    upload(director)
    second = ImportBatch.objects.latest("pk")
    page = text_of(director.get(url("batch-map", second)))
    assert 'name="constant-unit" value="pcs"' in page
    source = DataSource.objects.get()
    assert source.mappings["sales"]["columns"]["account"] == "Customer"
    assert source.mappings["sales"]["unused"] == []


def test_a_column_that_is_new_in_a_source_is_not_left_unread() -> None:
    columns = importer_for("sales").columns
    last = ColumnMapping(columns={"account": ("Customer",)}, unused=("Currency",))
    header = ("Customer", "Currency", "Quantity")

    assert guess_mapping(Sample(header, ()), columns, last).columns == {
        "account": ("Customer",),
        "quantity": ("Quantity",),
    }


def test_rejected_rows_need_leave_and_come_as_a_file(director: Client) -> None:
    make_account(name="Kesko", external_id="C1")
    upload(director, TEXT + "L3;=CMD();01.05.2026;P1;5,00;EUR\n")
    batch = ImportBatch.objects.get()
    mapped(director, batch)
    page = text_of(director.get(url("batch-detail", batch)))
    assert "Leave out 1 rejected row" in page
    response: Any = director.get(url("batch-rejects", batch))
    body = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert body[0] == "Key,Customer,Invoice date,Item,Net,Cur,Line,Reason,What is wrong"
    assert body[1].startswith("L3,'=CMD(),01.05.2026,P1,")
    assert "The account is unknown" in body[1]
    assert "attachment" in response["Content-Disposition"]

    director.post(url("batch-commit", batch), {"accept_rejects": "1"})
    batch.refresh_from_db()
    assert batch.job_run is not None
    execute(batch.job_run.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.created, batch.rejected) == (BatchState.COMMITTED, 2, 1)


def test_rejected_rows_of_a_kind_without_amounts_show_none(director: Client) -> None:
    no_amounts = send("products", csv_text(("code", "name"), (None, "Rye bread")))
    page = text_of(director.get(url("batch-detail", no_amounts.batch)))
    assert "Rejected rows" in page
    assert "0.00" not in page
    assert "Amount" not in page
    assert no_amounts.summary.rejects[0].amount is None

    head = ("source_key", "account", "date", "net_amount", "currency")
    unread = ("L1", "", "2026-03-31", "many", "EUR")
    unknown = ("L2", "C9", "2026-03-31", "7.25", "EUR")
    some = send("sales", csv_text(head, unread, unknown))
    assert {group.amount for group in some.summary.rejects} == {None, Decimal("7.25")}
    page = text_of(director.get(url("batch-detail", some.batch)))
    assert "Amount" in page
    assert "7.25" in page
    assert "0.00" not in page


def test_what_is_noticed_of_one_row_is_said_of_one() -> None:
    said = [str(Notice("subtotal rows", {"rows": rows})) for rows in (1, 2)]
    assert said == [
        "1 row adds up others and is left out.",
        "2 rows add up others and are left out.",
    ]
    assert str(Notice("nobody gave it words", {"rows": 1})) == "nobody gave it words"


def test_broken_file_is_refused_with_its_lines_and_not_kept(director: Client) -> None:
    response = upload(director, "a,b\n1,2\n3\n4,5,6\n")
    page = text_of(response)
    assert response.status_code == 422
    assert "Line 3" in page
    assert "1 cell where the header has 2" in page
    assert "Line 4" in page
    assert not ImportBatch.objects.exists()


def test_file_that_is_no_table_is_refused(director: Client) -> None:
    response = upload(director, b"%PDF-1.4")
    assert response.status_code == 422
    assert "This is a PDF document" in text_of(response)


def test_too_large_a_file_is_refused(director: Client, settings: Any) -> None:
    settings.KAM_UPLOAD_MAX_BYTES = 10
    response = upload(director)
    assert response.status_code == 422
    assert "larger than" in text_of(response)


def test_missing_columns_are_asked_for(director: Client) -> None:
    upload(director)
    batch = ImportBatch.objects.get()
    response = mapped(director, batch, **{"column-net_amount-0": ""})
    assert response.status_code == 422
    assert "Say which columns hold net_amount / quantity + unit_price." in text_of(response)


def test_other_delimiter_reads_the_file_again(director: Client) -> None:
    upload(director)
    batch = ImportBatch.objects.get()
    response = mapped(director, batch, delimiter="|")
    assert response.status_code == 302
    assert response.url.startswith(f"{url('batch-map', batch)}?")
    assert "Key;Customer;Invoice date" in text_of(director.get(response.url))


def test_large_files_are_checked_as_a_job(
    director: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kam.imports.views.batches.AT_ONCE_BYTES", 10)
    make_account(name="Kesko", external_id="C1")
    upload(director)
    batch = ImportBatch.objects.get()
    mapped(director, batch)
    batch.refresh_from_db()
    assert (batch.state, batch.job_run and batch.job_run.name) == (
        BatchState.MAPPED, "imports.preview_batch",
    )  # fmt: skip
    assert batch.job_run is not None
    execute(batch.job_run.pk)
    batch.refresh_from_db()
    assert batch.state == BatchState.PREVIEWED


def test_file_can_be_discarded_before_it_ran(
    director: Client, django_capture_on_commit_callbacks: Any
) -> None:
    upload(director)
    batch = ImportBatch.objects.get()
    path = Path(batch.file.path)
    assert path.exists()
    with django_capture_on_commit_callbacks(execute=True):
        director.post(url("batch-discard", batch))
    assert (ImportBatch.objects.count(), path.exists()) == (0, False)


def test_imported_file_is_kept_as_a_record(director: Client) -> None:
    make_account(name="Kesko", external_id="C1")
    sent = send("sales", csv_text(["account", "date", "net_amount"], ["C1", "2026-01-01", "1"]))
    director.post(url("batch-discard", sent.batch))
    assert ImportBatch.objects.count() == 1


def test_file_leaves_as_a_download_only(director: Client) -> None:
    upload(director, "a,b\n<script>alert(1)</script>,2\n")
    batch = ImportBatch.objects.get()
    response: Any = director.get(url("batch-file", batch))
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert b"alert(1)" in b"".join(response.streaming_content)  # read to its end, it is closed
    page = text_of(director.get(url("batch-map", batch)))
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_template_has_every_column_and_imports_by_itself(director: Client) -> None:
    for kind in ("accounts", "products", "sales", "targets", "rates"):
        response: Any = director.get(reverse("imports:kind-template", args=[kind]))
        body = b"".join(response.streaming_content)
        assert running.preview(batch_id=ready_batch(kind, body).pk, as_of=TODAY).rows == 1
    assert director.get(reverse("imports:kind-template", args=["nothing"])).status_code == 404


PAGES = ["batch-detail", "batch-map", "batch-undo", "batch-discard", "batch-rejects", "batch-file"]
VIEWED = {"batch-detail", "batch-rejects"}


@pytest.mark.parametrize("page", [*PAGES, "batch-preview", "batch-commit"])
@pytest.mark.parametrize("who", ["owner", "stranger", "auditor"])
def test_who_may_not_import_finds_nothing(people: People, page: str, who: str) -> None:
    make_account(name="Kesko", external_id="C1")
    batch = ready_batch(
        "sales", csv_text(["account", "date", "net_amount"], ["C1", "2026-01-01", "1"])
    )
    client = client_of(getattr(people, who))
    read_only = who == "auditor" and page in VIEWED
    if page in PAGES:
        assert client.get(url(page, batch)).status_code == (200 if read_only else 404)
    assert client.post(url(page, batch)).status_code in ({405} if read_only else {404, 405})
    batch.refresh_from_db()
    assert (batch.state, RevenueEntry.objects.count()) == (BatchState.MAPPED, 0)


@pytest.mark.parametrize("name", ["batch-list", "batch-create", "source-list"])
def test_lists_are_for_who_imports(people: People, name: str) -> None:
    page = reverse(f"imports:{name}")
    assert Client().get(page).status_code == 302
    assert client_of(people.owner).get(page).status_code == 404
    assert client_of(people.controller).get(page).status_code == 200
    expected = 404 if name == "batch-create" else 200
    assert client_of(people.auditor).get(page).status_code == expected


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_for_any_number(
    director: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for number in range(count):
        ready_batch("rates", csv_text(["currency", "date", "rate"]), source=f"s{number}")
    director.get(reverse("imports:batch-list"))
    with django_assert_num_queries(5):
        response = director.get(reverse("imports:batch-list"))
    assert text_of(response).count('class="row-link"') == count


@pytest.mark.parametrize("count", [1, 3])
def test_sources_cost_the_same_for_any_number(
    director: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for number in range(count):
        DataSource.objects.create(code=f"s{number}", name=f"Source {number}")
    director.get(reverse("imports:source-list"))
    with django_assert_num_queries(3):
        response = director.get(reverse("imports:source-list"))
    assert text_of(response).count('class="row-link"') == count


def test_late_source_is_told(director: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_args: date(2026, 3, 20))
    source = DataSource.objects.create(
        code="erp", name="ERP", expected_every_days=7, data_as_of=date(2026, 3, 10)
    )
    DataSource.objects.create(code="crm", name="CRM", data_as_of=date(2020, 1, 1))
    assert "ERP is 3 days late." in text_of(director.get(reverse("imports:batch-list")))
    page = text_of(director.get(reverse("imports:source-list")))
    assert ("3 days late" in page, "No rhythm set" in page) == (True, True)
    director.post(
        reverse("imports:source-edit", args=[source.pk]),
        {"name": "SAP", "expected_every_days": "30"},
    )
    source.refresh_from_db()
    assert (source.name, source.expected_every_days) == ("SAP", 30)
    assert "days late" not in text_of(director.get(reverse("imports:batch-list")))


def test_hostile_header_and_file_name_are_text(director: Client) -> None:
    name = "<img src=x onerror=alert(1)>"
    file = SimpleUploadedFile(f"../../{name}.csv", f'"{name}",b\n1,2\n'.encode())
    director.post(reverse("imports:batch-create"), {"kind": "sales", "source": name, "file": file})
    batch = ImportBatch.objects.get()
    assert "/" not in batch.file_name
    for page in ("batch-map", "batch-detail"):
        assert name not in text_of(director.get(url(page, batch)))
    assert name not in text_of(director.get(reverse("imports:batch-list")))


def test_mapping_keeps_what_the_page_does_not_show(director: Client) -> None:
    make_account(name="Kesko", external_id="C1")
    batch = ready_batch(
        "sales",
        "A,B,Day,Net\nC,1.0,2026-01-01,5\n",
        mapping={
            "columns": {"account": ["A", "B"], "date": "Day", "net_amount": "Net"},
            "joiner": "",
            "strip_suffix": {"account": ".0"},
        },
        options=Options(),
    )
    page = text_of(director.get(url("batch-map", batch)))
    assert page.count("column-account-") >= 2
    header = signature(["A", "B", "Day", "Net"])
    director.post(
        url("batch-map", batch),
        {"header": header, "column-account-0": "A", "column-account-1": "B",
         "column-date-0": "Day", "column-net_amount-0": "Net", "decimal": "."},
    )  # fmt: skip
    batch.refresh_from_db()
    assert json.loads(json.dumps(batch.mapping))["strip_suffix"] == {"account": ".0"}
    assert batch.summary["created"] == 1
