"""What an account itself sold, returned and paid: examples of terms, and methods compared.

Money is in the agreement's currency alone, of the account and everything below it today.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q, Sum

from accounts.models import RevenueEntry, RevenueMonth
from kam.core.dates import Period, add_months, month_start
from kam.core.exact import ratio
from settlements.choices import DocumentKind
from settlements.choices.reports import ReportKind
from settlements.models import Document, SalesReport, TradingAgreement
from settlements.selectors.ageing import AgeingQuery
from settlements.selectors.collection import beyond_terms

MONTHS = 12
INVOICES = 3


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice of the account with the last due date that it was posted with."""

    document: Document
    due_on: date | None


def last_invoices(agreement: TradingAgreement, *, limit: int = INVOICES) -> list[Invoice]:
    """Return the last invoices of the agreement's company and currency, reversed ones left out."""
    rows = (
        Document.objects.within(agreement.account_id)
        .standing()
        .filter(
            kind=DocumentKind.INVOICE,
            currency=agreement.currency_id,
            selling_company=agreement.selling_company_id,
        )
        .order_by("-document_date", "-pk")
        .prefetch_related("items")[:limit]
    )
    return [Invoice(row, _last_due(row)) for row in rows]


def _last_due(document: Document) -> date | None:
    days = [item.due_date for item in document.items.all()]
    return None if not days or None in days else max(day for day in days if day)


@dataclass(frozen=True, slots=True)
class SalesMonth:
    """Net revenue of a month; `cost` None where not every entry has one."""

    month: date
    amount: Decimal
    cost: Decimal | None


def sales_by_month(agreement: TradingAgreement, *, as_of: date) -> list[SalesMonth]:
    """Return the last 12 complete months in which anything was booked, the oldest first."""
    end = month_start(as_of)
    rows = (
        RevenueMonth.objects.filter(
            account__path__contains=[agreement.account_id],
            currency=agreement.currency_id,
            month__gte=add_months(end, -MONTHS),
            month__lt=end,
            entries__gt=0,
        )
        .order_by("month")
        .values_list("month")
        .annotate(Sum("net_amount"), Sum("cost"), Sum("costed_amount"))
    )
    return [
        SalesMonth(month, amount, cost if costed == amount else None)
        for month, amount, cost, costed in rows
    ]


def average_month(agreement: TradingAgreement, *, as_of: date) -> Decimal | None:
    """Return the mean of those months, not rounded; None without any, or when it is not above 0."""
    amounts = [one.amount for one in sales_by_month(agreement, as_of=as_of)]
    if not amounts or (total := sum(amounts, Decimal(0))) <= 0:
        return None
    return total / len(amounts)


@dataclass(frozen=True, slots=True)
class UsualMonth:
    """A month's turnover; `is_reported` where customers' sales reports say it, else net revenue."""

    turnover: Decimal
    is_reported: bool


def usual_month(agreement: TradingAgreement, *, as_of: date) -> UsualMonth | None:
    """Return the mean month of the last 12 complete ones as accepted reports of turnover say it.

    Of the agreement's company and currency, before coupons, with tax. Without any report of one
    month the mean of net revenue, as `average_month`; None without either.
    """
    end = month_start(as_of)
    rows = SalesReport.objects.in_force().filter(
        account__path__contains=[agreement.account_id],
        kind=ReportKind.TURNOVER,
        currency=agreement.currency_id,
        selling_company=agreement.selling_company_id,
        period__contained_by=DateRange(add_months(end, -MONTHS), end),
        gross_amount__isnull=False,
    )
    months: defaultdict[date, Decimal] = defaultdict(Decimal)
    for period, amount in rows.values_list("period", "gross_amount"):
        if period.upper <= add_months(month_start(period.lower), 1):
            months[month_start(period.lower)] += amount
    if (total := sum(months.values(), Decimal(0))) > 0:
        return UsualMonth(total / len(months), is_reported=True)
    average = average_month(agreement, as_of=as_of)
    return None if average is None else UsualMonth(average, is_reported=False)


def returned_share(agreement: TradingAgreement, *, as_of: date) -> Decimal | None:
    """Return what was taken back of what was delivered in those months; None without sales."""
    end = month_start(as_of)
    found = RevenueEntry.objects.filter(
        account__path__contains=[agreement.account_id],
        currency=agreement.currency_id,
        booked_on__gte=add_months(end, -MONTHS),
        booked_on__lt=end,
    ).aggregate(
        sold=Sum("net_amount", filter=Q(net_amount__gt=0)),
        back=Sum("net_amount", filter=Q(net_amount__lt=0)),
    )
    return ratio(-(found["back"] or Decimal(0)), found["sold"]) if found["sold"] else None


def payment_delay(agreement: TradingAgreement, *, as_of: date) -> Decimal | None:
    """Return amount-weighted days paid beyond terms in the last year; None where none was paid."""
    period = Period(add_months(as_of, -MONTHS), as_of)
    query = AgeingQuery(as_of=as_of, account=agreement.account_id, only=agreement.currency_id)
    found = beyond_terms(query, period=period).get(agreement.currency_id)
    return None if found is None else found.days
