"""Settlement statements as pages and the API show them; which fall due when."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Prefetch, QuerySet, Sum

from accounts.models import Account
from kam.identity.models import User
from settlements.choices.settling import StatementLineKind
from settlements.choices.terms import Calculation
from settlements.models import (
    SalesReportLine,
    SalesReportSum,
    SettlementStatement,
    StatementDispute,
    StatementDocument,
    StatementLine,
)


def statements_for(user: User) -> QuerySet[SettlementStatement]:
    """Return visible statements with what a list shows of each."""
    rows: QuerySet[SettlementStatement] = SettlementStatement.objects.visible_to(user)
    return rows.select_related(
        "account", "store", "term__category", "agreement_version__agreement__selling_company"
    )


def whole(rows: QuerySet[SettlementStatement]) -> QuerySet[SettlementStatement]:
    """Return statements with all that their page or the API tells."""
    disputes = StatementDispute.objects.select_related("raised_by", "line")
    documents = StatementDocument.objects.select_related("document")
    return rows.select_related(
        "drafted_by",
        "issued_by",
        "posted_by",
        "replaces",
        "replaced_by",
        "brought_from",
        "term__guarantee",
    ).prefetch_related(
        "lines__product",
        "lines__category",
        "lines__store",
        Prefetch("disputes", disputes),
        Prefetch("documents", documents),
        "reports__report",
    )


def left_open(row: SettlementStatement) -> Decimal:
    """Return what of the claims posting sets off against nothing: it stays open in the ledger."""
    left: Decimal = min(row.claimed, max(-row.remains, Decimal(0)))
    return left


def report_lines(
    statement: SettlementStatement, *, product_id: int | None, category_id: int | None
) -> QuerySet[SalesReportLine]:
    """Return the report lines that a line of goods adds up; of the reports it was made from.

    Without product and category all of them within the period.
    """
    reports = list(statement.reports.values_list("report_id", flat=True))
    rows = SalesReportLine.objects.filter(report__in=reports)
    if product_id is not None:
        rows = rows.filter(product=product_id)
    elif category_id is not None:
        rows = rows.filter(category=category_id) | rows.filter(
            category__isnull=True, product__category=category_id
        )
    if statement.store_id is not None:
        rows = rows.filter(store=statement.store_id)
    return rows.select_related("report", "store", "product", "category").order_by("report", "line")


def lines_behind(statement: SettlementStatement, line: StatementLine) -> QuerySet[SalesReportLine]:
    """Return the report lines that a line of goods, coupons or a payment medium adds up."""
    rows = report_lines(statement, product_id=line.product_id, category_id=line.category_id)
    if line.kind == StatementLineKind.COUPON:
        rows = rows.exclude(coupon_amount=None).exclude(coupon_amount=0)
    return rows.filter(payment_medium=line.medium) if line.medium else rows


def says_coupons(statement: SettlementStatement) -> bool:
    """Return whether any report behind a statement says what coupons paid."""
    rows = SalesReportSum.objects.filter(report__statements__statement=statement)
    return rows.filter(coupons__isnull=False).exists()


def counts_purchases(statement: SettlementStatement) -> bool:
    """Return whether a fee of the statement is of purchases."""
    rows = statement.lines.filter(condition__calculation=Calculation.PERCENT_OF_PURCHASES)
    return rows.exists()


def contested(statement: SettlementStatement) -> Sequence[StatementDispute]:
    """Return the disputes that are not settled."""
    return [one for one in statement.disputes.all() if one.settled_on is None]


def unposted_totals(user: User, account: Account) -> dict[str, object]:
    """Return what waits to be posted below an account, by currency."""
    rows = SettlementStatement.objects.visible_to(user).within(account.pk).unposted()
    return dict(rows.order_by("currency").values_list("currency").annotate(total=Sum("payable")))
