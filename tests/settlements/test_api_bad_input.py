"""Bad input over the API: a problem that names the field or the row, and nothing half posted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import Account
from kam.core.dates import Period
from kam.core.jobs import execute
from kam.core.models import SellingCompany
from settlements.models import Allocation, Document, LedgerItem
from settlements.services.allocating import Match, allocate, reverse_allocation
from settlements.services.periods import close_period
from tests.api import ROOT, Answer, Api, errors_of
from tests.conftest import People
from tests.factories.accounts import make_account
from tests.factories.settlements import make_company, make_document

DOCUMENTS, RECEIPTS = "receivables/documents/", "receivables/receipts/"
ALLOCATIONS = "receivables/allocations/"
JAN, FEB, MAR = date(2026, 1, 10), date(2026, 2, 1), date(2026, 3, 1)


@pytest.fixture
def company(db: None) -> SellingCompany:
    return make_company(code="FI01")


@pytest.fixture
def account(company: SellingCompany) -> Account:
    return make_account(name="Kesko")


@pytest.fixture
def api(people: People) -> Api:
    return Api(people.controller)


@pytest.fixture(autouse=True)
def _nothing_half_posted(db: None) -> Iterator[None]:
    """Every document that stands has all its items, every item all its allocations."""
    yield
    for document in Document.objects.all():
        assert sum(item.amount for item in document.items.all()) == document.total
    for item in LedgerItem.objects.all():
        rows = Allocation.objects.of_item(item.pk)
        assert sum((row.amount for row in rows), Decimal(0)) == item.allocated


def invoice_of(account: Account, *amounts: str, **more: Any) -> dict[str, Any]:
    parts = [{"amount": amount, "due_date": "2026-02-01"} for amount in amounts or ("10.00",)]
    return {
        "kind": "invoice",
        "account": account.pk,
        "currency": "EUR",
        "document_date": "2026-01-10",
        "instalments": parts,
        **more,
    }


def receipt_of(account: Account, **more: Any) -> dict[str, Any]:
    facts = {"currency": "EUR", "amount": "75.00", "received_on": "2026-02-10"}
    return {"account": account.pk, **facts, **more}


def pair(account: Account, company: SellingCompany, **of_receipt: Any) -> tuple[int, int]:
    """A debit of 100.00 posted on 10 January and the cash of a receipt."""
    debit = make_document(account=account, company=company)
    credit = make_document(
        **{"account": account, "company": company, "kind": "receipt", "on": JAN, **of_receipt}
    )
    return debit.items.get().pk, credit.items.get().pk


def row(debit: int, credit: int, amount: str) -> dict[str, Any]:
    return {"debit_item": debit, "credit_item": credit, "amount": amount}


def refused(response: Answer, status: int, *places: tuple[str, str]) -> None:
    """The answer is a problem with these fields and codes, each with words and a pointer."""
    assert response["Content-Type"] == "application/problem+json"
    assert (response.status_code, errors_of(response)) == (status, list(places))
    for entry in response.json()["errors"]:
        assert entry["pointer"] == "/" + entry["field"].replace(".", "/")
        assert entry["message"]


@pytest.mark.parametrize("amount", ["0", "0.00", "-1.00"])
def test_amounts_not_above_zero(
    api: Api, account: Account, company: SellingCompany, amount: str
) -> None:
    body = invoice_of(account, "10.00", amount)
    refused(api.post(DOCUMENTS, body), 400, ("instalments.1.amount", "not_positive"))
    body = receipt_of(account, amount=amount)
    refused(api.post(RECEIPTS, body), 400, ("amount", "not_positive"))
    debit, credit = pair(account, company)
    body = {"rows": [row(debit, credit, "1.00"), row(debit, credit, amount)]}
    refused(api.post(ALLOCATIONS, body), 400, ("rows.1.amount", "not_positive"))
    assert (Document.objects.count(), Allocation.objects.count()) == (2, 0)


def test_more_decimals_than_the_currency_has(
    api: Api, account: Account, company: SellingCompany
) -> None:
    body = invoice_of(account, "10.00", "1.005")
    refused(api.post(DOCUMENTS, body), 422, ("instalments.1.amount", "amount"))
    body = invoice_of(account, "1.5", currency="JPY")
    refused(api.post(DOCUMENTS, body), 422, ("instalments.0.amount", "amount"))
    refused(api.post(RECEIPTS, receipt_of(account, amount="1.005")), 422, ("amount", "amount"))
    debit, credit = pair(account, company)
    body = {"rows": [row(debit, credit, "1.00"), row(debit, credit, "0.001")]}
    refused(api.post(ALLOCATIONS, body), 422, ("rows.1.amount", "amount"))
    paid = receipt_of(account, allocations=[{"item": debit, "amount": "0.001"}])
    refused(api.post(RECEIPTS, paid), 422, ("allocations.0.amount", "amount"))
    refused(
        api.post(RECEIPTS, receipt_of(account, amount="1.00001")),
        400,
        ("amount", "max_decimal_places"),
    )
    assert (Document.objects.count(), Allocation.objects.count()) == (2, 0)


def test_due_before_the_document_date(api: Api, account: Account) -> None:
    parts = [{"amount": "1", "due_date": "2026-01-10"}, {"amount": "1", "due_date": "2026-01-09"}]
    body = invoice_of(account, instalments=parts)
    refused(api.post(DOCUMENTS, body), 422, ("instalments.1.due_date", "due_date"))
    credit = invoice_of(account, kind="credit_note")
    refused(api.post(DOCUMENTS, credit), 422, ("instalments.0.due_date", "due_date"))
    assert not Document.objects.exists()


@pytest.mark.parametrize("currency", ["XQX", "eur", "EURO", "", None])
def test_unknown_currency(api: Api, account: Account, currency: str | None) -> None:
    for path, body in ((DOCUMENTS, invoice_of(account)), (RECEIPTS, receipt_of(account))):
        [(field, _code)] = errors_of(api.post(path, {**body, "currency": currency}))
        assert field == "currency"
    assert not Document.objects.exists()


def test_mixed_currency(api: Api, account: Account, company: SellingCompany) -> None:
    debit, credit = pair(account, company)
    _other, dollars = pair(account, company, currency="USD")
    body = {"rows": [row(debit, credit, "1.00"), row(debit, dollars, "1.00")]}
    refused(api.post(ALLOCATIONS, body), 422, ("rows.1", "mismatch"))
    paid = receipt_of(account, currency="USD", allocations=[{"item": debit, "amount": "1.00"}])
    refused(api.post(RECEIPTS, paid), 422, ("allocations.0", "mismatch"))
    assert (Document.objects.count(), Allocation.objects.count()) == (4, 0)


def test_a_party_that_is_no_account(api: Api, account: Account) -> None:
    gone = {"account": 999999}
    refused(
        api.post(DOCUMENTS, {**invoice_of(account), **gone}), 400, ("account", "does_not_exist")
    )
    refused(api.post(RECEIPTS, {**receipt_of(account), **gone}), 400, ("account", "does_not_exist"))
    named = {"account": "Kesko"}
    refused(api.post(RECEIPTS, {**receipt_of(account), **named}), 400, ("account", "invalid"))
    assert not Document.objects.exists()


def test_allocation_to_another_party(api: Api, account: Account, company: SellingCompany) -> None:
    debit, credit = pair(account, company)
    foreign, _cash = pair(make_account(name="S Group"), company)
    body = {"rows": [row(debit, credit, "1.00"), row(foreign, credit, "1.00")]}
    refused(api.post(ALLOCATIONS, body), 422, ("rows.1", "party"))
    paid = receipt_of(account, allocations=[{"item": foreign, "amount": "1.00"}])
    refused(api.post(RECEIPTS, paid), 422, ("allocations.0", "party"))
    swapped = {"rows": [row(credit, debit, "1.00")]}
    refused(api.post(ALLOCATIONS, swapped), 422, ("rows.0", "mismatch"))
    assert (Document.objects.count(), Allocation.objects.count()) == (4, 0)


def test_items_that_are_nowhere(api: Api, account: Account, company: SellingCompany) -> None:
    debit, credit = pair(account, company)
    body = {"rows": [row(debit, credit, "1.00"), row(999998, 999999, "1.00")]}
    refused(
        api.post(ALLOCATIONS, body),
        400,
        ("rows.1.debit_item", "does_not_exist"),
        ("rows.1.credit_item", "does_not_exist"),
    )
    paid = receipt_of(account, allocations=[{"item": 999999, "amount": "1.00"}])
    refused(api.post(RECEIPTS, paid), 400, ("allocations.0.item", "does_not_exist"))
    assert (Document.objects.count(), Allocation.objects.count()) == (2, 0)


def test_before_the_posting_date(api: Api, account: Account, company: SellingCompany) -> None:
    debit, credit = pair(account, company, on=FEB)
    body = {"rows": [row(debit, credit, "1.00")], "effective_date": "2026-01-31"}
    refused(api.post(ALLOCATIONS, body), 422, ("rows.0", "effective_date"))
    (made,) = allocate(matches=[Match(debit, credit, Decimal("1.00"))])
    early = api.post(f"{ALLOCATIONS}{made.pk}/reverse/", {"effective_date": "2026-01-31"})
    refused(early, 422, ("effective_date", "effective_date"))
    assert Allocation.objects.count() == 1


def test_above_what_is_open(api: Api, account: Account, company: SellingCompany) -> None:
    debit, credit = pair(account, company)
    body = {"rows": [row(debit, credit, "60.00"), row(debit, credit, "40.01")]}
    refused(api.post(ALLOCATIONS, body), 422, ("rows.1.amount", "over_allocated"))
    paid = receipt_of(account, amount="200.00", allocations=[{"item": debit, "amount": "100.01"}])
    refused(api.post(RECEIPTS, paid), 422, ("allocations.0.amount", "over_allocated"))
    short = receipt_of(account, amount="5.00", allocations=[{"item": debit, "amount": "5.01"}])
    refused(api.post(RECEIPTS, short), 422, ("allocations.0.amount", "over_allocated"))
    gone = api.post(f"receivables/items/{debit}/write-off/", {"amount": "100.01"})
    refused(gone, 422, ("amount", "over_allocated"))
    assert (Document.objects.count(), Allocation.objects.count()) == (2, 0)


def test_above_what_was_open_on_some_date(
    api: Api, account: Account, company: SellingCompany
) -> None:
    debit, credit = pair(account, company)
    _other, spare = pair(account, company)
    (made,) = allocate(matches=[Match(debit, credit, Decimal("100.00"))])
    reverse_allocation(allocation=made, effective_date=MAR)
    body = {"rows": [row(debit, spare, "0.01")], "effective_date": "2026-02-01"}
    response = api.post(ALLOCATIONS, body)
    refused(response, 422, ("amount", "ledger_item_not_over_allocated_on_any_date"))
    assert "On some date" in response.json()["detail"]
    later = {**body, "effective_date": "2026-03-01"}
    assert api.post(ALLOCATIONS, later).status_code == 201


def test_into_a_closed_period(api: Api, account: Account, company: SellingCompany) -> None:
    debit, credit = pair(account, company)
    (made,) = allocate(matches=[Match(debit, credit, Decimal("1.00"))])
    close_period(period=Period.month(2026, 1), closed_at=timezone.now())
    closed = ("posting_date", "period_closed")
    refused(api.post(DOCUMENTS, invoice_of(account)), 422, closed)
    refused(api.post(RECEIPTS, receipt_of(account, posting_date="2026-01-31")), 422, closed)
    body = {"rows": [row(debit, credit, "1.00")], "effective_date": "2026-01-31"}
    refused(api.post(ALLOCATIONS, body), 422, ("rows.0", "period_closed"))
    back = api.post(f"{ALLOCATIONS}{made.pk}/reverse/", {"effective_date": "2026-01-31"})
    refused(back, 422, ("effective_date", "period_closed"))
    late = api.post(DOCUMENTS, invoice_of(account, posting_date="2026-02-01"))
    assert (late.status_code, late.json()["document_date"]) == (201, "2026-01-10")
    assert (Document.objects.count(), Allocation.objects.count()) == (3, 1)


def test_the_same_number_twice(api: Api, account: Account) -> None:
    body = invoice_of(account, number="4711")
    assert api.post(DOCUMENTS, body).status_code == 201
    refused(api.post(DOCUMENTS, body), 422, ("number", "document_number_once"))
    note = invoice_of(account, kind="debit_note", number="4711")
    assert api.post(DOCUMENTS, note).status_code == 201  # another kind has numbers of its own
    assert Document.objects.count() == 2


def test_reversing_twice(api: Api, account: Account, company: SellingCompany) -> None:
    document = make_document(account=account, company=company)
    path = f"{DOCUMENTS}{document.pk}/reverse/"
    reversal = api.post(path, {"reversed_on": "2026-02-01"})
    assert reversal.status_code == 201
    refused(api.post(path, {}), 422, ("document", "reversal"))
    again = f"{DOCUMENTS}{reversal.json()['id']}/reverse/"
    refused(api.post(again, {}), 422, ("document", "reversal"))
    assert Document.objects.count() == 2


def test_which_selling_company(api: Api, account: Account) -> None:
    make_company(code="FI02")
    refused(api.post(DOCUMENTS, invoice_of(account)), 400, ("selling_company", "required"))
    unknown = invoice_of(account, selling_company="XX")
    refused(api.post(DOCUMENTS, unknown), 400, ("selling_company", "does_not_exist"))
    named = api.post(DOCUMENTS, invoice_of(account, selling_company="FI02"))
    assert named.json()["selling_company"] == "FI02"


def test_shapes_that_are_none(api: Api, account: Account) -> None:
    body = {"kind": "receipt", "document_date": "0001-01-01", "instalments": [], "party": 1}
    assert sorted(errors_of(api.post(DOCUMENTS, body))) == [
        ("account", "required"),
        ("currency", "required"),
        ("document_date", "out_of_range"),
        ("instalments", "empty"),
        ("kind", "invalid_choice"),
        ("party", "unknown_field"),
    ]
    many = invoice_of(account, *["1.00"] * 121)
    assert errors_of(api.post(DOCUMENTS, many)) == [("instalments", "max_length")]
    assert errors_of(api.post(ALLOCATIONS, {"rows": []})) == [("rows", "empty")]
    assert errors_of(api.post(ALLOCATIONS, {})) == [("rows", "required")]


HEAD = "source_key,account,document_type,document_date,due_date,amount,currency,reference"


def _import(api: Api, *lines: str, **options: Any) -> dict[str, Any]:
    file = SimpleUploadedFile("items.csv", "\n".join([HEAD, *lines]).encode(), "text/csv")
    data = {"kind": "open_items", "source": "erp", "file": file}
    made = Client().post(f"{ROOT}imports/", data, headers=api.headers).json()
    path = f"imports/{made['id']}/"
    columns = {name: name for name in HEAD.split(",")}
    set_up = api.call(
        "PUT", f"{path}mapping/", {"mapping": {"columns": columns}, "options": options}
    )
    assert set_up.status_code == 200, set_up.content
    for step in ("preview", "commit"):
        run = api.post(f"{path}{step}/")
        if run.status_code == 202:
            execute(run.json()["id"])
    return dict(api.get(path).json())


@pytest.mark.django_db(transaction=True)
def test_a_full_extract_that_is_half_a_file(api: Api, account: Account) -> None:
    lines = [f"k{n},Kesko,invoice,2026-05-01,2026-05-31,10.00,EUR,ref" for n in range(5)]
    whole = _import(api, *lines, full_extract=True)
    assert (whole["state"], whole["created"]) == ("committed", 5)
    half = _import(api, lines[0], full_extract=True)
    assert half["state"] != "committed"
    assert half["summary"]["blockers"][0].startswith("4 of the 5 items")
    allowed = _import(api, lines[0], full_extract=True, accept_shrunk=True)
    assert allowed["state"] == "committed"
    assert [row["open"] for row in api.rows("receivables/items/")] == ["10.00"] * 5


@pytest.mark.django_db(transaction=True)
def test_a_file_with_a_bad_line_posts_nothing(api: Api, account: Account) -> None:
    bad = _import(
        api,
        "a,Kesko,invoice,2026-05-01,2026-05-31,10.00,EUR,ref",
        "b,Kesko,invoice,2026-05-01,2026-04-30,10.00,EUR,ref",
    )
    assert (bad["summary"]["created"], bad["summary"]["rejected"]) == (1, 1)
    assert bad["summary"]["rejects"][0]["reason"] == "due before document date"
    assert api.rows("receivables/documents/") == []
