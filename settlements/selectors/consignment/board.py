"""Rows of the pages of consigned goods: stock with its identity, movements, counts, reports."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from django.db.models import (
    Count,
    DateField,
    Exists,
    F,
    JSONField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from kam.identity.models import User
from settlements.choices.consignment import MovementKind
from settlements.choices.reports import ReportState
from settlements.models import (
    ConsignedStock,
    ConsignmentMovement,
    SalesReport,
    SalesReportLine,
    StockCount,
)
from settlements.selectors.consignment.stock import SIGNED

SLOW_DAYS = 60
WAITING = (ReportState.RECEIVED, ReportState.VALIDATED)

_PARTS = ", ".join(
    f"'{name}', ({sign}COALESCE(sum(m.quantity) FILTER"
    f" (WHERE m.moved_on >= %s AND m.kind = '{kind}'), 0))::text"
    for kind, name, sign in SIGNED
)
_IDENTITY = f"""(
    SELECT jsonb_build_object(
        'opening', COALESCE(sum(m.quantity) FILTER (WHERE m.moved_on < %s), 0)::text,
        'closing', COALESCE(sum(m.quantity), 0)::text, {_PARTS})
    FROM settlements_consignmentmovement m
    WHERE m.store_id = settlements_consignedstock.store_id
      AND m.product_id = settlements_consignedstock.product_id
      AND m.selling_company_id = settlements_consignedstock.selling_company_id
      AND m.moved_on <= %s
)"""


def stock_rows(user: User, *, first: date, last: date) -> QuerySet[ConsignedStock]:
    """Return the consigned stock in scope with its identity of a period as `identity`.

    Every store and product that ever moved; quantities as text, in base units. `quantity` is
    what lies there by everything that is recorded, whatever its day.
    """
    values = [first, *([first] * len(SIGNED)), last]
    rows: QuerySet[ConsignedStock] = ConsignedStock.objects.visible_to(user)
    identity = RawSQL(_IDENTITY, values, JSONField())  # noqa: S611 - our own text
    return rows.select_related("store", "product", "selling_company").annotate(identity=identity)


def slow(rows: QuerySet[ConsignedStock], *, as_of: date) -> QuerySet[ConsignedStock]:
    """Leave what lies there and did not sell for long; what came within these days is not slow."""
    own = ConsignmentMovement.objects.filter(
        store=OuterRef("store"),
        product=OuterRef("product"),
        selling_company=OuterRef("selling_company"),
        reversal_of=None,
        reversed_by=None,
    ).order_by()
    sold = own.filter(kind=MovementKind.ISSUE).values("store")
    came = own.filter(quantity__gt=0).exclude(kind=MovementKind.RETURN).values("store")
    return rows.filter(quantity__gt=0).alias(
        since=Coalesce(
            Subquery(sold.annotate(day=Max("moved_on")).values("day"), output_field=DateField()),
            Subquery(came.annotate(day=Min("moved_on")).values("day"), output_field=DateField()),
        )
    ).filter(since__lte=as_of - timedelta(days=SLOW_DAYS))  # fmt: skip


def stock_counts(user: User) -> dict[str, int]:
    """Return how many rows of stock there are, lie below zero, and how many reports wait."""
    rows = ConsignedStock.objects.visible_to(user)
    found = rows.aggregate(
        goods=Count("pk", filter=Q(quantity__gt=0)),
        stores=Count("store", filter=Q(quantity__gt=0), distinct=True),
        below=Count("pk", filter=Q(quantity__lt=0)),
    )
    waiting = SalesReport.objects.visible_to(user).filter(state__in=WAITING).count()
    return {**found, "waiting": waiting}


def movements_for(user: User) -> QuerySet[ConsignmentMovement]:
    """Return movements in scope, each with whether it was taken back (`is_back`)."""
    taken = ConsignmentMovement.objects.filter(reversal_of=OuterRef("pk"))
    rows: QuerySet[ConsignmentMovement] = ConsignmentMovement.objects.visible_to(user)
    return rows.select_related(
        "store", "product", "report", "count", "created_by", "selling_company"
    ).annotate(is_back=Exists(taken))


def counts_for(user: User) -> QuerySet[StockCount]:
    """Return counts in scope: products counted, how many differ, whether the books changed since.

    `is_old`: a movement of its store and products, up to its day, was recorded after it.
    """
    later = ConsignmentMovement.objects.filter(
        store=OuterRef("store"),
        selling_company=OuterRef("selling_company"),
        moved_on__lte=OuterRef("counted_on"),
        recorded_at__gt=OuterRef("recorded_at"),
    ).exclude(count=OuterRef("pk"))
    rows: QuerySet[StockCount] = StockCount.objects.visible_to(user)
    return rows.select_related("store", "selling_company", "created_by").annotate(
        products=Count("lines"),
        differing=Count("lines", filter=~Q(lines__difference=0)),
        is_replaced=Exists(StockCount.objects.filter(replaces=OuterRef("pk"))),
        is_old=Exists(later),
    )


def reports_for(user: User) -> QuerySet[SalesReport]:
    """Return sales reports in scope."""
    return SalesReport.objects.visible_to(user).select_related(
        "account", "selling_company", "currency", "created_by", "decided_by"
    )


def coupons_of(report: SalesReport) -> Decimal | None:
    """Return what coupons paid of a report; None where none of its lines says it."""
    found: Decimal | None = report.lines.aggregate(coupons=Sum("coupon_amount"))["coupons"]
    return found


def lines_that_stand(report: SalesReport) -> QuerySet[SalesReportLine]:
    """Return what a replacement takes the place of: all accepted under the report's number.

    Of a report that is not accepted its own lines.
    """
    if report.state != ReportState.ACCEPTED:
        return lines_of(report).order_by("line")
    rows = SalesReportLine.objects.in_force().filter(
        report__account=report.account_id,
        report__kind=report.kind,
        report__their_number=report.their_number,
    )
    return _with_names(rows).order_by("report__version", "line")


def lines_of(report: SalesReport) -> QuerySet[SalesReportLine]:
    """Return the lines of a report with what they name."""
    return _with_names(report.lines.all())


def _with_names(rows: QuerySet[SalesReportLine]) -> QuerySet[SalesReportLine]:
    return rows.select_related("store", "product", "category").annotate(
        net=F("quantity_sold") - F("quantity_returned")
    )
