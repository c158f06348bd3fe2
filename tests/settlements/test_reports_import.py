"""Files of sales reports, counts and fill-ups: every damage refused, nothing half taken in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import AccountIdentifier
from kam.imports.engine.importer import UndoRefusedError
from kam.imports.models import ImportReject
from kam.imports.options import Options
from kam.imports.services import undoing
from settlements.models import (
    AccountProductCode,
    ConsignedStock,
    ConsignmentMovement,
    ProductUnit,
    SalesReport,
    SalesReportLine,
    StockCount,
)
from settlements.services.reports.deciding import accept_report
from tests.factories.accounts import make_account, make_category, make_product
from tests.factories.imports import TODAY, csv_text, send
from tests.factories.settlements import make_company

pytestmark = pytest.mark.django_db

D = Decimal
GTIN = "6412345678907"
HEAD = (
    "retailer_code", "report_no", "function", "period_start", "period_end", "store_gln",
    "store_code", "gtin", "retailer_sku", "category", "business_date", "qty_sold", "qty_returned",
    "unit", "gross_amount_incl_tax", "tax_rate", "currency", "promo_id", "coupon_amount",
    "payment_medium",
)  # fmt: skip
GOOD: dict[str, Any] = {
    "retailer_code": "C-1", "report_no": "S1", "function": "9", "period_start": "2026-07-01",
    "period_end": "2026-07-31", "store_code": "0012", "retailer_sku": "0047", "qty_sold": "5",
    "currency": "EUR",
}  # fmt: skip


@pytest.fixture(autouse=True)
def chain(db: None) -> None:
    make_company()
    group = make_account(name="Chain", external_id="C-1")
    store = make_account(name="Store 12", parent=group, kind="store", external_id="0012")
    AccountIdentifier.objects.create(account=store, system="gln", value="6412345000013")
    make_account(name="Elsewhere", external_id="0099")
    product = make_product(code="P-1")
    make_product(code="P-2")
    make_category(code="TOYS")
    ever = {"valid": (date(2020, 1, 1), None), "account": group}
    AccountProductCode.objects.create(product=product, code="0047", gtin="", **ever)
    ProductUnit.objects.create(product=product, code="carton", numerator=12, **ever, gtin="")


def row(**changes: Any) -> list[Any]:
    return [(GOOD | changes).get(name) for name in HEAD]


def load(*rows: Sequence[Any], kind: str = "sell_through", **more: Any) -> Any:
    return send(kind, csv_text(HEAD, *rows), options=Options(accept_rejects=True), **more)


def reasons() -> list[str]:
    last = ImportReject.objects.order_by("-batch_id").values_list("batch_id", flat=True).first()
    return list(
        ImportReject.objects.filter(batch=last).order_by("line").values_list("reason", flat=True)
    )


def test_a_report_comes_in_checked_and_waits() -> None:
    sent = load(
        row(),
        row(qty_sold="2", unit="carton", business_date="2026-07-03", gross_amount_incl_tax="24.80",
            tax_rate="0.24"),
        row(store_code=None, store_gln="6412345000013", qty_sold=None, qty_returned="1",
            retailer_sku="P-2"),
        row(store_code="Subtotal", retailer_sku=None, qty_sold="30"),
    )  # fmt: skip
    report = SalesReport.objects.get()
    assert (report.state, report.version, report.line_count) == ("validated", 1, 3)
    assert (report.quantity_sold, report.quantity_returned) == (D(29), D(1))
    carton = SalesReportLine.objects.get(line=2)
    assert (carton.quantity_sold, carton.unit, carton.unit_factor) == (D(24), "carton", D(12))
    assert (carton.tax_rate, carton.their_code) == (D(24), "0047")
    assert sent.notices == ["reports to accept", "subtotal rows"]
    assert (sent.summary.rows, sent.summary.created, sent.summary.rejected) == (4, 3, 0)
    again = load(row(), row(report_no="S2"))
    assert reasons() == ["report stands already"]
    assert again.summary.created == 1


def test_versions_by_file_and_undo() -> None:
    first = load(row())
    assert load(row()).summary.unchanged == 1
    report = accept_report(report=SalesReport.objects.get(), decided_by=None, allow_below_zero=True)
    with pytest.raises(UndoRefusedError):
        undoing.undo(batch_id=first.batch.pk, as_of=TODAY)
    second = load(row(function="5", qty_sold="7"))
    replacement = SalesReport.objects.get(version=2)
    assert (replacement.supersedes_id, replacement.function) == (report.pk, "replace")
    undoing.undo(batch_id=second.batch.pk, as_of=TODAY)
    assert SalesReport.objects.count() == 1
    load(row(function="replace", qty_sold="7"))
    accept_report(report=SalesReport.objects.get(version=2), decided_by=None, allow_below_zero=True)
    assert ConsignedStock.objects.get().quantity == D(-7)
    load(row(function="1", store_code=None, retailer_sku=None, qty_sold=None))
    cancel = SalesReport.objects.get(function="cancel")
    accept_report(report=cancel, decided_by=None)
    assert ConsignedStock.objects.get().quantity == 0


BAD: list[tuple[dict[str, Any], str]] = [
    ({"retailer_code": "C-9"}, "unknown account"),
    ({"function": "7"}, "unknown: function"),
    ({"period_end": "2026-06-30"}, "period ends before it begins"),
    ({"business_date": "2026-08-01"}, "day outside the period"),
    ({"business_date": "31/31/2026"}, "not a date: business_date"),
    ({"store_code": "12"}, "store differs by zeros"),
    ({"store_code": "0099"}, "unknown store"),
    ({"retailer_sku": "47"}, "code differs by zeros"),
    ({"retailer_sku": "X"}, "unknown product"),
    ({"retailer_sku": None, "gtin": "6.41E+12"}, "gtin in scientific notation"),
    ({"retailer_sku": None, "gtin": "64123"}, "gtin without its digits"),
    ({"retailer_sku": None, "gtin": "6412345678901"}, "gtin check digit"),
    ({"retailer_sku": None}, "without product"),
    ({"qty_sold": "-5"}, "quantity below zero"),
    ({"coupon_amount": "5"}, "coupons without amount"),
    ({"gross_amount_incl_tax": "50", "coupon_amount": "-5"}, "sign of the coupons"),
    ({"gross_amount_incl_tax": "0", "coupon_amount": "5"}, "sign of the coupons"),
    ({"gross_amount_incl_tax": "9", "coupon_amount": "1.00001"}, "too many decimals"),
    ({"qty_returned": "-1"}, "quantity below zero"),
    ({"qty_sold": None}, "without quantity"),
    ({"gross_amount_incl_tax": "-9"}, "sign of the amount"),
    ({"unit": "pallet"}, "unknown unit"),
    ({"qty_sold": "0.00001"}, "quantity in parts"),
    ({"currency": "XXX"}, "unknown currency"),
    ({"tax_rate": "120"}, "tax rate"),
    ({"function": "5"}, "nothing to replace"),
    ({"function": "1"}, "nothing to replace"),
]


def test_every_damage_is_named_and_spoils_its_report_alone() -> None:
    rows = [row(report_no=f"B{n}", **changes) for n, (changes, _reason) in enumerate(BAD)]
    sent = load(*rows, row(report_no="OK"))
    assert reasons() == [reason for _changes, reason in BAD]
    assert SalesReport.objects.get().their_number == "OK"
    load(row(report_no="M"), row(report_no="M", currency="USD"))
    assert reasons() == ["several currencies", "several currencies"]
    load(row(report_no="H"), row(report_no="H", store_code="77"))
    assert reasons() == ["part of a rejected report", "unknown store"]
    assert sent.summary.rejected == len(BAD)


def test_turnover_by_category_and_store() -> None:
    plain = {"retailer_sku": None, "qty_sold": None}
    load(
        row(
            **plain,
            category="TOYS",
            gross_amount_incl_tax="113000.00",
            coupon_amount="1000",
            payment_medium=" gift  card ",
        ),
        row(**plain, store_code=None, gross_amount_incl_tax="-500"),
        kind="turnover",
    )
    report = SalesReport.objects.get()
    assert (report.kind, report.gross_amount) == ("turnover", D(112500))
    lines = report.lines.order_by("line").values_list("coupon_amount", "payment_medium")
    assert list(lines) == [(D(1000), "GIFT CARD"), (None, "")]
    again = {**plain, "category": "TOYS", "gross_amount_incl_tax": "113000.00"}
    other = row(**plain, store_code=None, gross_amount_incl_tax="-500")
    for changed in ({}, {"coupon_amount": "1000"}, {"payment_medium": "GIFT CARD"}):
        load(row(**again, **changed), other, kind="turnover")
        assert set(reasons()) == {"report stands already"}
    same = load(row(**again, coupon_amount="1000.00", payment_medium="gift card"), other,
                kind="turnover")  # fmt: skip
    assert same.summary.unchanged == 2
    accept_report(report=report, decided_by=None)
    assert not ConsignmentMovement.objects.exists()
    load(row(report_no="S2", **plain), row(report_no="S3", **plain, category="NO",
         gross_amount_incl_tax="1"), kind="turnover")  # fmt: skip
    assert reasons() == ["without amount", "unknown category"]


def test_sums_need_no_word_and_a_store_may_be_called_one() -> None:
    parent = make_account(name="Sums", external_id="C-2")
    for name in ("Total Espoo", "Total Turku"):
        make_account(name=name, parent=parent, kind="store")
    plain = {"retailer_code": "C-2", "retailer_sku": None, "qty_sold": None}
    lines = (
        ("Total Espoo", "2026-07-01", "100.50"),
        ("Total Espoo", "2026-07-02", "200.25"),
        ("Total Espoo", None, "300.75"),  # of the store
        ("Total Turku", None, "50"),
        (None, None, "350.75"),  # of all
        (None, None, "-7"),
        ("Subtotal", None, "350.75"),
    )
    sent = load(
        *(
            row(**plain, store_code=store, business_date=day, gross_amount_incl_tax=amount)
            for store, day, amount in lines
        ),
        kind="turnover",
    )
    amounts = SalesReport.objects.get().lines.order_by("line").values_list("gross_amount")
    assert [amount for (amount,) in amounts] == [D("100.50"), D("200.25"), 50, -7]
    assert sent.notices == ["reports to accept", "subtotal rows"]


def test_fill_ups_and_counts() -> None:
    head = ("retailer_code", "store", "gtin", "moved_on", "qty", "reference")
    rows = [
        ("C-1", "0012", "0047", "2026-07-01", "100", "D1"),
        ("C-1", "0012", "P-2", "2026-07-01", "10", "D1"),
        ("C-1", "0012", "0047", "2026-07-02", "-4", "D2"),
        ("C-1", "12", "0047", "2026-07-02", "1", "D3"),
        ("C-1", "0012", "6.9E+12", "2026-07-02", "1", "D3"),
        ("C-1", "0012", "0047", "2026-07-02", "0", "D3"),
    ]
    options = Options(accept_rejects=True)
    fills = send("fill_ups", csv_text(head, *rows), options=options)
    assert (fills.summary.created, fills.summary.rejected) == (3, 3)
    assert send("fill_ups", csv_text(head, *rows[:3])).summary.unchanged == 3
    counts = ("retailer_code", "store", "gtin", "count_date", "qty")
    send("consigned_stock", csv_text(
        counts, ("C-1", "0012", "0047", "2026-07-31", "90"),
        ("C-1", "0012", "P-2", "2026-07-31", "11")))  # fmt: skip
    assert list(ConsignedStock.objects.order_by("product__code").values_list("quantity")) == [
        (90,), (11,),
    ]  # fmt: skip
    assert StockCount.objects.get().lines.count() == 2
    again = send("consigned_stock", csv_text(
        counts, ("C-1", "0012", "0047", "2026-07-31", "80"),
        ("C-1", "0012", "0047", "2026-08-31", "-1")), options=options)  # fmt: skip
    assert reasons() == ["count stands already", "negative count"]
    assert again.summary.created == 0
    with pytest.raises(UndoRefusedError, match="Store 12"):
        undoing.undo(batch_id=fills.batch.pk, as_of=TODAY)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(["A", "B"]),
            st.sampled_from(["0012", "12", "Total", ""]),
            st.sampled_from(["0047", "P-2", "X", ""]),
            st.integers(-1, 9),
            st.sampled_from(["EUR", "USD"]),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_rows_in_are_accepted_rejected_or_known(rows: list[tuple[str, str, str, int, str]]) -> None:
    """Invariant 25: nothing gets lost on the way, and the lines add up to what was taken in."""
    from django.db import transaction

    with transaction.atomic():
        made = [
            row(report_no=number, store_code=store, retailer_sku=sku, qty_sold=str(quantity),
                currency=currency)
            for number, store, sku, quantity, currency in rows
        ]  # fmt: skip
        summary = load(*made).summary
        assert summary.rows == len(rows) == (summary.created + summary.unchanged + summary.rejected)
        assert SalesReportLine.objects.count() == summary.created
        assert load(*made).summary.created == 0
        transaction.set_rollback(True)
