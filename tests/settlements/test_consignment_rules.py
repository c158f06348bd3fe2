"""What the database itself refuses of sales reports and consigned goods."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import Error, connection, transaction

from accounts.models import Product
from settlements.models import (
    AccountMove,
    ConsignedStock,
    ConsignmentMovement,
    SalesReport,
    SalesReportLine,
)
from tests.factories.accounts import make_account, make_category, make_product
from tests.factories.reports import add_line, make_movement, make_movements, make_report, take_in
from tests.factories.settlements import make_company

pytestmark = pytest.mark.django_db


def refused(act: Callable[[], Any]) -> str:
    """The name of the constraint that refused an act."""
    with pytest.raises(Error) as caught, transaction.atomic():
        act()
    assert caught.value.__cause__.diag.constraint_name, caught.value  # type: ignore[union-attr]
    return caught.value.__cause__.diag.constraint_name  # type: ignore[union-attr,no-any-return]


def test_report_goes_its_way_and_is_fixed_once_accepted() -> None:
    store, product = make_account(), make_product()
    report = make_report(account=store)
    add_line(report, store=store, product=product, quantity_sold=5, gross_amount="9.90")
    assert refused(lambda: SalesReport.objects.update(state="accepted")) in (
        "sales_report_goes_its_way",
        "sales_report_decided_some_time",
    )
    assert refused(lambda: SalesReport.objects.update(state="validated")) == (
        "sales_report_totals_of_lines"
    )
    assert refused(lambda: SalesReportLine.objects.update(quantity_sold=6)) == "ledger_append_only"
    take_in(report)
    line = SalesReportLine.objects.get()
    table = [
        (lambda: SalesReport.objects.update(their_number="X"), "sales_report_fixed"),
        (lambda: SalesReport.objects.update(state="received"), "sales_report_goes_its_way"),
        (lambda: SalesReport.objects.update(state="rejected"), "sales_report_goes_its_way"),
        (lambda: report.delete(), "sales_report_fixed"),
        (lambda: line.delete(), "sales_report_fixed"),
        (lambda: add_line(report, store=store, product=product), "sales_report_fixed"),
    ]
    for act, name in table:
        assert refused(act) == name
    SalesReport.objects.update(state="superseded")


def test_lines_fit_their_report() -> None:
    store, product = make_account(), make_product()
    through = make_report(account=store)
    turnover = make_report(account=store, kind="turnover")
    table: list[tuple[dict[str, Any], str]] = [
        ({"report": through, "product": product, "currency_id": "USD"}, "one_currency"),
        ({"report": through, "product": product, "sold_on": date(2026, 8, 1)}, "line_in_period"),
        ({"report": through, "quantity_sold": 1}, "line_has_product"),
        ({"report": turnover, "category": make_category()}, "line_has_amount"),
    ]
    for fields, name in table:
        assert refused(lambda f=fields: add_line(store=store, **f)) == f"sales_report_{name}"  # type: ignore[misc]
    below: dict[str, Any] = {"report": through, "product": product, "quantity_sold": -1}
    assert refused(lambda: add_line(store=store, **below)) == "sales_report_line_not_negative"
    assert refused(
        lambda: SalesReportLine.objects.create(
            report=through, line=9, store_id=0, product=product, currency_id="EUR"
        )
    ) == "sales_report_line_store_id_exists"  # fmt: skip


def test_control_totals_and_doubles_are_refused() -> None:
    store, product = make_account(), make_product()
    wrong = make_report(account=store, control_quantity=4)
    add_line(wrong, store=store, product=product, quantity_sold=5)
    assert refused(lambda: take_in(wrong)) == "sales_report_control_totals"
    first = make_report(account=store, their_number="S1")
    add_line(first, store=store, product=product, quantity_sold=5, quantity_returned=1)
    take_in(first)
    for function in ("original", "replace"):
        again = make_report(
            account=store, their_number="S1", version=2 + len(function),
            function=function, supersedes=None if function == "original" else first,
        )  # fmt: skip
        add_line(again, store=store, product=product, quantity_sold=5)
        assert refused(lambda r=again: take_in(r)) == "sales_report_counts_once"  # type: ignore[misc]
    more = make_report(
        account=store, their_number="S1", version=3, function="addition", supersedes=first
    )
    add_line(more, store=store, product=product, quantity_sold=2)
    take_in(more)
    empty = make_report(account=store, their_number="S9")
    assert refused(lambda: take_in(empty)) == "sales_report_totals_of_lines"


def test_movements_keep_the_stock_and_never_change() -> None:
    store, product, company = make_account(), make_product(), make_company()
    own: dict[str, Any] = {"store": store, "product": product, "selling_company": company}
    filled = make_movement(**own, quantity="10")
    make_movement(**own, quantity="-4", kind="pick_up")
    assert ConsignedStock.objects.get().quantity == Decimal(6)
    table: list[tuple[Callable[[], Any], str]] = [
        (lambda: make_movement(**own, quantity="-7", kind="pick_up"), "stock_not_negative"),
        (lambda: make_movement(**own, quantity="7", kind="pick_up"), "movement_sign"),
        (lambda: make_movement(**own, quantity="-1", kind="issue"), "movement_sold_as_reported"),
        (lambda: make_movement(**own, quantity="-9", reversal_of=filled), "reversal_mirrors"),
        (lambda: ConsignmentMovement.objects.update(quantity=1), "append_only"),
        (lambda: ConsignmentMovement.objects.all().delete(), "append_only"),
        (lambda: ConsignedStock.objects.update(quantity=1), "append_only"),
        (lambda: make_movement(**own, quantity="3", kind="transfer", transfer_group=uuid4()),
         "transfer_conserves"),
        (lambda: make_movement(**own, quantity="3", kind="transfer"), "transfer_has_a_group"),
        (lambda: Product.objects.filter(pk=product.pk)._raw_delete("default"), "keeps_product_id"),
    ]  # fmt: skip
    for act, name in table:
        assert refused(act).endswith(name), name
    make_movement(**own, quantity="-7", kind="pick_up", is_below_zero_allowed=True)
    assert ConsignedStock.objects.get().is_flagged
    make_movement(**own, quantity="1")
    assert not ConsignedStock.objects.get().is_flagged


def test_transfers_conserve_and_reversals_come_once() -> None:
    one, other, product, company = make_account(), make_account(), make_product(), make_company()
    make_movement(store=one, product=product, selling_company=company)
    act = uuid4()
    legs = make_movements([
        {"store": store, "product": product, "selling_company": company, "quantity": quantity,
         "kind": "transfer", "transfer_group": act, "moved_on": date(2026, 7, 2)}
        for store, quantity in ((one, "-4"), (other, "4"))
    ])  # fmt: skip
    assert dict(ConsignedStock.objects.values_list("store_id", "quantity")) == {
        one.pk: Decimal(6),
        other.pk: Decimal(4),
    }
    back = [
        {"store": leg.store, "product": product, "selling_company": company, "kind": "transfer",
         "quantity": -leg.quantity, "moved_on": leg.moved_on, "reversal_of": leg,
         "transfer_group": act}
        for leg in legs
    ]  # fmt: skip
    assert refused(lambda: make_movements(back[:1])) == "consignment_transfer_conserves"
    make_movements(back)
    assert refused(lambda: make_movements(back)).endswith("reversed_once")


def test_a_merge_brings_reports_and_goods() -> None:
    keep, drop, product, company = make_account(), make_account(), make_product(), make_company()
    for store in (keep, drop):
        make_movement(store=store, product=product, selling_company=company)
        report = make_report(account=store, their_number="S1")
        add_line(report, store=store, product=product, quantity_sold=1)
        take_in(report)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    AccountMove.objects.create(from_account=drop, to_account=keep)
    assert ConsignedStock.objects.get().quantity == Decimal(20)
    assert set(SalesReportLine.objects.values_list("store_id")) == {(keep.pk,)}
    numbers = SalesReport.objects.filter(account=keep).values_list("their_number", flat=True)
    assert set(numbers) == {"S1", f"S1 #{drop.pk}"}


def test_the_merge_of_two_accounts_takes_goods_along_once() -> None:
    from settlements.services.merging import MOVERS

    keep, drop, product, company = make_account(), make_account(), make_product(), make_company()
    make_movement(store=drop, product=product, selling_company=company)
    make_report(account=drop)
    plans = [str(line) for mover in MOVERS for line in mover.plan(keep, drop).moves]
    assert plans == ["1 sales report", "Consigned stock of 1 product"]
    for mover in MOVERS:
        mover.move(keep, drop)
    assert AccountMove.objects.count() == 1
    assert ConsignedStock.objects.get().store_id == keep.pk
    assert SalesReport.objects.get().account_id == keep.pk
