"""Taking in a sales report with its lines, by a form or the API; files have their importer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TypedDict, Unpack

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Product, ProductCategory
from kam.core.formats import Text
from kam.core.locks import lock_names
from kam.core.models import SellingCompany
from kam.core.problems import explained
from kam.identity.models import User
from settlements.choices.reports import ReportFunction, ReportKind, ReportState
from settlements.models import SalesReport, SalesReportLine
from settlements.models.reports import BASES, MEDIUM_LENGTH
from settlements.services.posting import decimals_of
from settlements.services.problems import KeyReusedError
from settlements.services.reports.media import medium_code
from settlements.services.reports.problems import (
    NothingToReplaceError,
    NumberStandsError,
    ReportLineError,
)

ZERO, PLACES = Decimal(0), Decimal("0.0001")
GONE = (ReportState.REJECTED,)
type Wrong = tuple[str, Text]
"""The field of a line that is wrong, and why."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line as it was reported; quantities in the product's base unit.

    `coupon_amount` is part of `gross_amount`; None: not reported.
    """

    store: Account
    product: Product | None = None
    category: ProductCategory | None = None
    sold_on: date | None = None
    quantity_sold: Decimal = ZERO
    quantity_returned: Decimal = ZERO
    gross_amount: Decimal | None = None
    coupon_amount: Decimal | None = None
    payment_medium: str = ""
    tax_rate: Decimal | None = None
    promotion: str = ""
    their_code: str = ""
    unit: str = ""
    unit_factor: Decimal = Decimal(1)


class Facts(TypedDict, total=False):
    """What a report may say beside its lines; the same key gives the report it gave before."""

    function: ReportFunction
    control_quantity: Decimal | None
    control_amount: Decimal | None
    note: str
    created_by: User | None
    idempotency_key: str | None


@explained()
@transaction.atomic
def receive_report(
    *,
    account: Account,
    selling_company: SellingCompany,
    kind: ReportKind,
    their_number: str,
    first_day: date,
    last_day: date,
    currency: str,
    lines: Sequence[Line],
    **facts: Unpack[Facts],
) -> SalesReport:
    """Take a report in; nothing counts before it is accepted.

    A replacement, addition or cancellation is about the latest report of its number; an original
    comes once. Raises ReportLineError with the place of the line, NumberStandsError,
    NothingToReplaceError, UnknownCurrencyError.
    """
    key = facts.get("idempotency_key") or None
    if standing := _replayed(key, account, their_number):
        return standing
    function = facts.get("function", ReportFunction.ORIGINAL)
    decimals_of(currency)
    lock_number(account.pk, kind, their_number)
    before = latest_of(account, kind, their_number)
    report = SalesReport(
        account=account,
        selling_company=selling_company,
        kind=kind,
        their_number=their_number.strip(),
        version=next_version(account, kind, their_number),
        function=function,
        supersedes=_about(function, before),
        period=DateRange(first_day, last_day + timedelta(days=1)),
        currency_id=currency,
        control_quantity=facts.get("control_quantity"),
        control_amount=facts.get("control_amount"),
        note=facts.get("note", ""),
        created_by=facts.get("created_by"),
        idempotency_key=key,
    )
    for place, line in enumerate(lines):
        if wrong := _wrong(line, report):
            raise ReportLineError(wrong[1], field=wrong[0]).at("lines", place)
    report.save(force_insert=True)
    SalesReportLine.objects.bulk_create(
        (_row(report, place, line) for place, line in enumerate(lines, 1)), batch_size=2000
    )
    return report


def lock_number(account_id: int, kind: str, their_number: str) -> None:
    """Wait for others who take in or decide on reports of the same number."""
    lock_names(f"sales-report:{account_id}:{kind}:{their_number.strip()}")


def latest_of(account: Account, kind: str, their_number: str) -> SalesReport | None:
    """Return the report that others of its number are about: the last that stands for itself."""
    rows = SalesReport.objects.filter(
        account=account, kind=kind, their_number=their_number.strip(), function__in=BASES
    ).exclude(state__in=GONE)
    accepted = rows.filter(state=ReportState.ACCEPTED).first()
    return accepted or rows.order_by("-version").first()


def next_version(account: Account, kind: str, their_number: str) -> int:
    """Return the version that the next report of a number has."""
    rows = SalesReport.objects.filter(account=account, kind=kind, their_number=their_number.strip())
    return (rows.aggregate(last=Max("version"))["last"] or 0) + 1


def _replayed(key: str | None, account: Account, their_number: str) -> SalesReport | None:
    if not key:
        return None
    lock_names(f"sales-report-key:{key}")
    standing = SalesReport.objects.filter(idempotency_key=key).first()
    if standing and (standing.account_id, standing.their_number) != (
        account.pk,
        their_number.strip(),
    ):
        raise KeyReusedError
    return standing


def _about(function: str, before: SalesReport | None) -> SalesReport | None:
    if function != ReportFunction.ORIGINAL:
        if before is None:
            raise NothingToReplaceError
        return before
    if before is not None and before.state != ReportState.CANCELLED:
        raise NumberStandsError
    return None


def _wrong(line: Line, report: SalesReport) -> Wrong | None:
    if report.function == ReportFunction.CANCEL:
        return "store", _("A cancellation has no lines.")
    if report.account_id not in line.store.path:
        return "store", _("This store does not belong to the account.")
    if line.sold_on is not None and line.sold_on not in report.period:
        return "sold_on", _("The day lies outside the period of the report.")
    if report.kind == ReportKind.SELL_THROUGH and line.product is None:
        return "product", _("A line of a sell-through names its product.")
    if report.kind == ReportKind.TURNOVER and line.gross_amount is None:
        return "gross_amount", _("A line of a turnover names its amount.")
    for name in ("quantity_sold", "quantity_returned"):
        if not _fits(getattr(line, name)):
            return name, _("Pieces are zero or more, with at most four decimals.")
    if len(medium_code(line.payment_medium)) > MEDIUM_LENGTH:
        return "payment_medium", _("This is too long.")
    return _wrong_amount(line) or _wrong_coupons(line)


def _wrong_amount(line: Line) -> Wrong | None:
    amount = line.gross_amount
    if amount is None:
        return None
    if not amount.is_finite() or abs(amount) >= Decimal(10) ** 15:
        return "gross_amount", _("This amount is too large.")
    only_back = line.quantity_returned and not line.quantity_sold
    only_sold = line.quantity_sold and not line.quantity_returned
    if (only_sold and amount < 0) or (only_back and amount > 0):
        words = _("The amount has the wrong sign for what was sold or brought back.")
        return "gross_amount", words
    return None


def _wrong_coupons(line: Line) -> Wrong | None:
    coupons, amount = line.coupon_amount, line.gross_amount
    if not coupons:
        return None
    if amount is None:
        return "coupon_amount", _("Coupons stand with the turnover that they are part of.")
    if not coupons.is_finite() or abs(coupons) >= Decimal(10) ** 15:
        return "coupon_amount", _("This amount is too large.")
    if not amount or (coupons < 0) != (amount < 0):
        return "coupon_amount", _("Coupons have the sign of the turnover they are of.")
    return None


def _fits(quantity: Decimal) -> bool:
    return (
        quantity.is_finite()
        and 0 <= quantity < Decimal(10) ** 13
        and quantity == quantity.quantize(PLACES)
    )


def _row(report: SalesReport, place: int, line: Line) -> SalesReportLine:
    return SalesReportLine(
        report=report,
        line=place,
        store=line.store,
        product=line.product,
        category=line.category,
        sold_on=line.sold_on,
        quantity_sold=line.quantity_sold,
        quantity_returned=line.quantity_returned,
        gross_amount=line.gross_amount,
        coupon_amount=line.coupon_amount,
        payment_medium=medium_code(line.payment_medium),
        tax_rate=line.tax_rate,
        currency_id=report.currency_id,
        promotion=line.promotion,
        their_code=line.their_code,
        unit=line.unit,
        unit_factor=line.unit_factor,
    )
