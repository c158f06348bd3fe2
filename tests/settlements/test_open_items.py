"""Files of open items and receipts: conflicts, rejects, half files, control totals, undo."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import Account
from kam.imports.engine.importer import UndoRefusedError
from kam.imports.engine.summary import Summary
from kam.imports.mapping import identity_mapping
from kam.imports.models import ImportBatch, ImportReject
from kam.imports.options import ControlTotals, Options
from kam.imports.registry import importer_for
from kam.imports.services import batches, running, undoing
from settlements.models import (
    AccountingPeriod,
    Allocation,
    Document,
    ExtractGap,
    LedgerItem,
)
from settlements.selectors.ageing import AgeingQuery, ageing
from tests.factories.accounts import make_account
from tests.factories.settlements import make_company

pytestmark = pytest.mark.django_db

TODAY = date(2026, 6, 30)
HEAD = "source_key,account,document_type,document_date,due_date,amount,currency,reference"
PAID_HEAD = f"{HEAD},settled_on,settled_amount"


@pytest.fixture(autouse=True)
def payer() -> Account:
    return make_account(name="Payer", external_id="C-1", system="erp")


def load(
    *rows: str,
    head: str = PAID_HEAD,
    kind: str = "open_items",
    totals: dict[str, str] | None = None,
    **options: Any,
) -> tuple[ImportBatch, Summary]:
    """Import lines of canonical columns and answer the batch with its summary."""
    upload = ContentFile("\n".join([head, *rows]).encode(), name="file.csv")
    batch = batches.receive_file(
        kind=kind, source_code="erp", upload=upload, user=None, as_of=TODAY
    )
    mapping = identity_mapping(head.split(","), importer_for(kind).visible_columns())
    batches.set_up(
        batch_id=batch.pk,
        mapping=mapping,
        options=Options(**{"accept_rejects": True, **options}),
        control_totals=ControlTotals(amounts={k: Decimal(v) for k, v in (totals or {}).items()}),
    )
    summary = running.commit(batch_id=batch.pk, as_of=TODAY)
    batch.refresh_from_db()
    return batch, summary


def invoice(key: str, amount: str = "100.00", *, settled: str = "", account: str = "C-1") -> str:
    return f"{key},{account},invoice,2026-05-01,2026-05-31,{amount},EUR,ref {key},{settled},"


def reasons(batch: ImportBatch) -> dict[str, str]:
    rows = ImportReject.objects.filter(batch=batch)
    return {row.cells[0]: row.reason for row in rows}


def opens(as_of: date = TODAY) -> Decimal:
    return ageing(AgeingQuery(as_of=as_of)).total.open


def test_every_kind_of_bad_row_says_why() -> None:
    make_company()
    bad = {
        "zero": "zero,C-1,invoice,2026-05-01,2026-05-31,0,EUR,,,",
        "minus": "minus,C-1,invoice,2026-05-01,2026-05-31,-5,EUR,,,",
        "cents": "cents,C-1,invoice,2026-05-01,2026-05-31,1.005,EUR,,,",
        "yen": "yen,C-1,invoice,2026-05-01,2026-05-31,1.5,JPY,,,",
        "due": "due,C-1,invoice,2026-05-01,2026-04-30,5,EUR,,,",
        "money": "money,C-1,invoice,2026-05-01,2026-05-31,5,XQX,,,",
        "who": "who,C-9,invoice,2026-05-01,2026-05-31,5,EUR,,,",
        "type": "type,C-1,poem,2026-05-01,2026-05-31,5,EUR,,,",
        "date": "date,C-1,invoice,31/31/2026,2026-05-31,5,EUR,,,",
        "early": "early,C-1,invoice,2026-05-01,2026-05-31,5,EUR,,2026-04-30,",
        "more": "more,C-1,invoice,2026-05-01,2026-05-31,5,EUR,,2026-05-30,6",
        "when": "when,C-1,invoice,2026-05-01,2026-05-31,5,EUR,,,5",
    }
    batch, summary = load(invoice("good"), *bad.values())
    assert (summary.created, summary.rejected) == (1, 12)
    assert reasons(batch) == {
        "zero": "amount not above zero",
        "minus": "amount not above zero",
        "cents": "too many decimals",
        "yen": "too many decimals",
        "due": "due before document date",
        "money": "unknown currency",
        "who": "unknown account",
        "type": "unknown: document_type",
        "date": "not a date: document_date",
        "early": "settled before document date",
        "more": "settled above amount",
        "when": "settled amount without date",
    }
    refused, summary = load(invoice("other"), bad["zero"], accept_rejects=False)
    assert (refused.state, summary.created) == ("refused", 1)
    assert Document.objects.count() == 1


def test_a_changed_amount_or_date_is_a_conflict_and_overwrites_nothing() -> None:
    load(invoice("a"), invoice("b"), invoice("c"), invoice("d", settled="2026-06-01"))
    batch, summary = load(
        invoice("a", "120.00"),
        "b,C-1,invoice,2026-05-02,2026-05-31,100.00,EUR,,,",
        "c,C-1,invoice,2026-05-01,2026-06-15,100.00,EUR,,,",
        invoice("d", settled="2026-06-02"),
    )
    assert reasons(batch) == {
        "a": "amount changed",
        "b": "date changed",
        "c": "due date changed",
        "d": "settlement changed",
    }
    assert summary.created == summary.updated == 0
    detail = ImportReject.objects.get(batch=batch, reason="amount changed").message
    assert detail == "amount changed (100 → 120)"
    assert opens() == 300


def test_settled_in_parts_over_several_files() -> None:
    load(invoice("a"))
    _batch, first = load(invoice("a", settled="2026-06-01") + "40")
    assert (first.updated, opens()) == (1, 60)
    _batch, same = load(invoice("a", settled="2026-06-01") + "40")
    assert (same.updated, same.unchanged, same.rejected) == (0, 1, 0)
    _batch, second = load(invoice("a", settled="2026-06-10") + "100")
    assert (second.updated, opens()) == (1, 0)
    assert [opens(date(2026, *day)) for day in ((5, 31), (6, 1), (6, 9), (6, 10))] == [
        100, 60, 60, 0,
    ]  # fmt: skip
    _batch, again = load(invoice("a"))
    assert (again.unchanged, again.rejected) == (1, 0)
    assert next(notice.code for notice in again.notices) == "settled here, open there"


def test_credits_and_undated_items() -> None:
    load(
        "n,C-1,credit note,2026-05-01,,30,EUR,,,",
        "p,C-1,payment,2026-05-01,,20,EUR,,,",
        "u,C-1,,2026-05-01,,50,EUR,,,",
    )
    total = ageing(AgeingQuery(as_of=TODAY)).total
    assert (total.open, total.undated, total.open_credits, total.unapplied) == (50, 50, 30, 20)


def test_closed_period_takes_nothing() -> None:
    company = make_company()
    load(invoice("a"))
    AccountingPeriod.objects.create(
        selling_company=company, valid=(date(2026, 5, 1), date(2026, 6, 1)),
        closed_at=timezone.now(),
    )  # fmt: skip
    batch, _summary = load(invoice("b"), invoice("a", settled="2026-05-20"))
    assert reasons(batch) == {"a": "closed period", "b": "closed period"}
    _batch, later = load(invoice("a", settled="2026-06-20"))
    assert later.updated == 1


def test_control_totals_of_the_sender() -> None:
    rows = (invoice("a"), "n,C-1,credit note,2026-05-01,,30,EUR,,,")
    batch, summary = load(*rows, totals={"EUR": "70.01"})
    assert batch.state == "refused"
    assert "70.01" in summary.blockers[0]
    batch, _summary = load(*rows, totals={"EUR": "70.00"})
    assert batch.state == "committed"


def test_full_extract_lists_what_is_missing_and_refuses_half_a_file() -> None:
    load(*(invoice(f"k{n}") for n in range(5)))
    batch, summary = load(*(invoice(f"k{n}") for n in range(3)), full_extract=True)
    assert (batch.state, summary.also) == ("committed", {"missing items": 2})
    assert sorted(ExtractGap.objects.values_list("document__number", "open_amount")) == [
        ("k3", 100), ("k4", 100),
    ]  # fmt: skip
    assert opens() == 500
    half, refused = load(invoice("k0"), full_extract=True)
    assert half.state == "refused"
    assert refused.blockers[0].startswith("4 of the 5 items")
    allowed, _summary = load(invoice("k0"), full_extract=True, accept_shrunk=True)
    assert allowed.state == "committed"


def test_several_selling_companies_must_be_named() -> None:
    one, _other = make_company(), make_company()
    batch, _summary = load(invoice("a"))
    assert reasons(batch) == {"a": "which selling company"}
    named = f"{invoice('a')},{one.code}"
    _batch, summary = load(named, head=f"{PAID_HEAD},selling_company")
    assert summary.created == 1


def test_the_same_number_twice() -> None:
    batch, summary = load(invoice("a"), invoice("a"), invoice("b"), invoice("b", "7.00"))
    assert (summary.created, summary.unchanged) == (1, 1)
    assert set(reasons(batch).values()) == {"same key, other content"}


def test_receipts_for_one_many_and_none() -> None:
    head = "source_key,account,received_on,amount,currency,reference,document,allocated_amount"
    load(invoice("a"), invoice("b"), invoice("c"))
    batch, summary = load(
        "r1,C-1,2026-06-01,250,EUR,,a,100",
        "r1,C-1,2026-06-01,250,EUR,,b,60",
        "r2,C-1,2026-06-02,10,EUR,,,",
        "r3,C-1,2026-06-03,500,EUR,,c,",
        "r4,C-1,2026-06-03,5,EUR,,c,",
        "r5,C-1,2026-06-03,5,EUR,,zzz,",
        "r6,C-1,2026-06-03,5,EUR,,b,6",
        "r7,C-1,2026-04-03,5,EUR,,b,5",
        head=head,
        kind="receipts",
    )
    assert reasons(batch) == {
        "r4": "more than is open",
        "r5": "unknown document",
        "r6": "allocated above amount",
        "r7": "paid before document date",
    }
    assert (summary.created, Document.objects.filter(kind="receipt").count()) == (4, 3)
    total = ageing(AgeingQuery(as_of=TODAY)).total
    assert (total.open, total.unapplied) == (40, 90 + 10 + 400)
    again, summary = load("r2,C-1,2026-06-02,10,EUR,,,", "r3,C-1,2026-06-03,501,EUR,,c,",
                          head=head, kind="receipts")  # fmt: skip
    assert (summary.unchanged, reasons(again)) == (1, {"r3": "receipt changed"})
    undoing.undo(batch_id=batch.pk, as_of=TODAY)
    total = ageing(AgeingQuery(as_of=TODAY)).total
    assert (total.open, total.unapplied) == (300, 0)


def test_undo_is_refused_when_built_upon() -> None:
    first, _summary = load(invoice("a"))
    later, _summary = load(invoice("a", settled="2026-06-01"))
    with pytest.raises(UndoRefusedError) as refused:
        undoing.undo(batch_id=first.pk, as_of=TODAY)
    assert f"#{later.pk}" in str(refused.value)
    undoing.undo(batch_id=later.pk, as_of=TODAY)
    assert opens() == 100
    _batch, again = load(invoice("a", settled="2026-06-03"))
    assert (again.updated, opens(date(2026, 6, 2)), opens(date(2026, 6, 3))) == (1, 100, 0)


def test_posted_by_hand_first_then_settled_in_the_file() -> None:
    load(invoice("a"))
    item = LedgerItem.objects.get()
    head = "source_key,account,received_on,amount,currency,document"
    load("r,C-1,2026-06-01,100,EUR,a", head=head, kind="receipts")
    _batch, summary = load(invoice("a", settled="2026-06-01"))
    assert (summary.unchanged, summary.updated, summary.rejected) == (1, 0, 0)
    assert Allocation.objects.filter(debit_item=item).count() == 1


def test_the_payer_is_the_legal_entity_above(tmp_path: Path) -> None:
    entity = make_account(name="Entity", kind="legal_entity")
    shop = make_account(name="Shop", kind="store", parent=entity, external_id="S-1", system="erp")
    load(invoice("a", account="S-1"))
    document = Document.objects.get()
    assert (document.account, document.party) == (shop, entity)
