"""Sales reports and movements of consigned goods, written past the services."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Count, Sum
from django.utils import timezone

from accounts.models import Account, Product
from settlements.choices.consignment import MovementKind
from settlements.choices.reports import ReportState
from settlements.models import (
    ConsignedStock,
    ConsignmentMovement,
    SalesReport,
    SalesReportLine,
    StockCount,
)
from tests.factories.accounts import make_product
from tests.factories.settlements import make_company

_numbers = count(1)
JULY = DateRange(date(2026, 7, 1), date(2026, 8, 1))


def make_report(*, account: Account, **fields: Any) -> SalesReport:
    """A received report of July 2026 without lines."""
    values: dict[str, Any] = {
        "kind": "sell_through",
        "their_number": f"R{next(_numbers)}",
        "period": JULY,
        "currency_id": "EUR",
    } | fields
    if "selling_company" not in values:
        values["selling_company"] = make_company()
    return SalesReport.objects.create(account=account, **values)


def add_line(report: SalesReport, *, store: Account, **fields: Any) -> SalesReportLine:
    """The next line of a report."""
    values: dict[str, Any] = {
        "line": report.lines.count() + 1,
        "currency_id": report.currency_id,
    } | fields
    return SalesReportLine.objects.create(report=report, store=store, **values)


def take_in(report: SalesReport, *states: str) -> SalesReport:
    """Bring a report forward by its totals, without its movements."""
    sums = report.lines.aggregate(
        n=Count("pk"),
        sold=Sum("quantity_sold", default=0),
        back=Sum("quantity_returned", default=0),
        amount=Sum("gross_amount"),
    )
    report.line_count, report.quantity_sold = sums["n"], sums["sold"]
    report.quantity_returned, report.gross_amount = sums["back"], sums["amount"]
    for state in states or (ReportState.VALIDATED, ReportState.ACCEPTED):
        report.state = state
        if state == ReportState.ACCEPTED:
            report.decided_at = timezone.now()
        report.save()
    return report


def make_movement(
    *,
    store: Account,
    product: Product,
    quantity: str = "10",
    kind: str = MovementKind.FILL_UP,
    on: date = date(2026, 7, 1),
    **fields: Any,
) -> ConsignmentMovement:
    """One movement; what is deferred is checked at once."""
    return make_movements([
        {"store": store, "product": product, "quantity": quantity, "kind": kind, "moved_on": on}
        | fields
    ])[0]  # fmt: skip


def make_movements(rows: Sequence[dict[str, Any]]) -> list[ConsignmentMovement]:
    """Movements of one statement."""
    company = None
    made = []
    for row in rows:
        if "selling_company" not in row:
            company = company or make_company()
        values = {"account": row["store"], "selling_company": company} | row
        values["quantity"] = Decimal(values["quantity"])
        made.append(ConsignmentMovement(**values))
    ConsignmentMovement.objects.bulk_create(made)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    return made


def make_consigned(account: Account) -> dict[str, int | str]:
    """One row of each resource of consigned goods, by the resource's path."""
    product = make_product()
    report = make_report(account=account)
    add_line(report, store=account, product=product, quantity_sold=1)
    movement = make_movement(store=account, product=product)
    count = StockCount.objects.create(
        selling_company=movement.selling_company,
        account=account,
        store=account,
        counted_on=date(2026, 7, 31),
    )
    return {
        "sales-reports": report.pk,
        "consignment-movements": movement.pk,
        "stock-counts": count.pk,
        "consigned-stock": ConsignedStock.objects.get(store=account, product=product).pk,
    }
