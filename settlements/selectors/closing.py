"""Accounting periods: which months are closed, and what stands in one before it is closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth

from kam.core.dates import ONE_DAY, Period, add_months, month_start
from kam.core.models import SellingCompany
from settlements.choices import DocumentKind
from settlements.models import AccountingPeriod, Document
from settlements.selectors.ageing import AgeingQuery, AgeingRow, ageing
from settlements.selectors.ledger import balances, movements

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A calendar month of one selling company, or of all of them.

    `own` is the row that may be reopened here; `closed_for_all` tells that the month is closed
    for all companies at once; `documents` counts what was posted in it, reversals too.
    """

    period: Period
    documents: int
    own: AccountingPeriod | None
    closed_for_all: AccountingPeriod | None

    @property
    def is_closed(self) -> bool:
        """Whether nothing may be posted in it."""
        return self.closed_by is not None

    @property
    def closed_by(self) -> AccountingPeriod | None:
        """The row that closes it."""
        if self.own is not None and self.own.is_closed:
            return self.own
        return self.closed_for_all


def months(*, company: SellingCompany | None, last: date, count: int) -> list[Month]:
    """Return so many months up to the one that holds `last`, the latest first."""
    newest = month_start(last)
    starts = [add_months(newest, -place) for place in range(count)]
    rows = _periods(company, Period(starts[-1], add_months(newest, 1)))
    posted = _posted(company, starts[-1], add_months(newest, 1))
    return [_month(start, rows, posted, company) for start in starts]


def _periods(company: SellingCompany | None, span: Period) -> list[AccountingPeriod]:
    whose = Q(selling_company__isnull=True)
    if company is not None:
        whose |= Q(selling_company=company)
    rows = AccountingPeriod.objects.filter(whose, valid__overlap=(span.start, span.end))
    return list(rows.select_related("closed_by"))


def _posted(company: SellingCompany | None, start: date, end: date) -> dict[date, int]:
    rows = Document.objects.filter(posting_date__gte=start, posting_date__lt=end)
    if company is not None:
        rows = rows.filter(selling_company=company)
    found = rows.order_by().annotate(month=TruncMonth("posting_date")).values("month")
    return dict(found.annotate(n=Count("pk")).values_list("month", "n"))


def _month(
    start: date,
    rows: Sequence[AccountingPeriod],
    posted: Mapping[date, int],
    company: SellingCompany | None,
) -> Month:
    period = Period(start, add_months(start, 1))
    held = [row for row in rows if _holds(row, period)]
    own_id = None if company is None else company.pk
    own = next((row for row in held if row.selling_company_id == own_id), None)
    general = next((row for row in held if row.selling_company_id is None), None)
    closed = general if general is not None and general.is_closed else None
    return Month(
        period=period,
        documents=posted.get(start, 0),
        own=own,
        closed_for_all=closed if company is not None else None,
    )


def _holds(row: AccountingPeriod, period: Period) -> bool:
    lower, upper = row.valid.lower, row.valid.upper
    after_start = lower is None or lower <= period.start
    return after_start and (upper is None or upper >= period.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A period in one currency: what stood before it, what moved in it, and what stands after.

    `aged` is of the period's last day. The balance after it must be what is open less unapplied
    cash and open credits.
    """

    currency: str
    opening: Decimal
    movements: Mapping[str, Decimal]
    closing: Decimal
    aged: AgeingRow | None

    @property
    def open_net(self) -> Decimal:
        """What the items on the last day add up to."""
        return ZERO if self.aged is None else self.aged.net

    @property
    def adds_up(self) -> bool:
        """Whether balance, movements and items say the same."""
        moved = sum(self.movements.values(), ZERO)
        return self.opening + moved == self.closing == self.open_net


def controls(period: Period, *, company: SellingCompany | None) -> list[Control]:
    """Return what to look at before closing a period, per currency, of a company or of all."""
    key = None if company is None else company.pk
    before = balances(as_of=period.start - ONE_DAY, selling_company_id=key)
    after = balances(as_of=period.last_day, selling_company_id=key)
    opening = {row.currency: row.amount for row in before}
    closing = {row.currency: row.amount for row in after}
    moved: dict[str, dict[str, Decimal]] = {}
    for row in movements(start=period.start, end=period.end, selling_company_id=key):
        moved.setdefault(row.currency, {})[DocumentKind(row.kind)] = row.amount
    query = AgeingQuery(as_of=period.last_day, selling_company=key)
    aged = {row.currency: row for row in ageing(query, limit=0, convert=False).by_currency}
    return [
        Control(
            currency=code,
            opening=opening.get(code, ZERO),
            movements=moved.get(code, {}),
            closing=closing.get(code, ZERO),
            aged=aged.get(code),
        )
        for code in sorted({*opening, *closing, *moved})
    ]


def open_months_before(period: Period, *, company: SellingCompany | None) -> list[Period]:
    """Return earlier months of the last year that hold documents and are not closed."""
    before = months(company=company, last=period.start - ONE_DAY, count=12)
    return [month.period for month in before if month.documents and not month.is_closed]
