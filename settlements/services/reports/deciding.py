"""Deciding on sales reports: checked, accepted with their movements, rejected.

Accepting takes the place of what the report replaces or cancels, in the same transaction: what
that moved is taken back and the new movements are made by one statement.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kam.core import formats
from kam.identity.models import User
from settlements.choices.reports import ReportFunction, ReportKind, ReportState
from settlements.models import SalesReport
from settlements.services.consignment.problems import stock_explained
from settlements.services.reports.problems import (
    ControlTotalError,
    NothingToReplaceError,
    NumberStandsError,
    ReportLineError,
    ReportStateError,
)
from settlements.services.reports.receiving import lock_number

OPEN = (ReportState.RECEIVED, ReportState.VALIDATED)

# What the report sold and took back, by store, product and day, and the opposite of everything
# that stands of the reports it takes out.
_MOVE = """
INSERT INTO settlements_consignmentmovement (selling_company_id, account_id, store_id, product_id,
    kind, quantity, moved_on, report_id, reversal_of_id, is_below_zero_allowed, batch_id,
    created_by_id)
SELECT m.selling_company_id, m.account_id, m.store_id, m.product_id, m.kind, -m.quantity,
    m.moved_on, m.report_id, m.id, %(allow)s, NULL::bigint, %(user)s::bigint
FROM settlements_consignmentmovement m
WHERE m.report_id = ANY(%(out)s) AND m.reversal_of_id IS NULL
  AND NOT EXISTS (SELECT 1 FROM settlements_consignmentmovement o WHERE o.reversal_of_id = m.id)
UNION ALL
SELECT selling_company_id, account_id, store_id, product_id, kind, quantity, moved_on, report_id,
    NULL, %(allow)s, batch_id, %(user)s::bigint
FROM (
    SELECT r.selling_company_id, r.account_id, l.store_id, l.product_id, r.id AS report_id,
        r.batch_id, COALESCE(l.sold_on, upper(r.period) - 1) AS moved_on,
        sum(l.quantity_sold) AS sold, sum(l.quantity_returned) AS returned
    FROM settlements_salesreport r JOIN settlements_salesreportline l ON l.report_id = r.id
    WHERE r.id = %(report)s AND r.kind = 'sell_through'
    GROUP BY r.id, l.store_id, l.product_id, COALESCE(l.sold_on, upper(r.period) - 1)
) AS days
CROSS JOIN LATERAL (VALUES ('issue', -sold), ('return', returned)) AS moves (kind, quantity)
WHERE quantity <> 0
"""


@stock_explained()
@transaction.atomic
def validate_report(*, report: SalesReport) -> SalesReport:
    """Add up the lines and hold them against the control totals; the report is then checked.

    A checked report stays so. Raises ControlTotalError with the sums, ReportLineError without a
    line, ReportStateError where it was decided on.
    """
    report = _locked(report)
    if report.state == ReportState.VALIDATED:
        return report
    if report.state != ReportState.RECEIVED:
        raise ReportStateError
    return _validate(report)


@stock_explained()
@transaction.atomic
def accept_report(
    *,
    report: SalesReport,
    decided_by: User | None,
    allow_below_zero: bool = False,
    decided_at: datetime | None = None,
) -> SalesReport:
    """Accept a report: its lines count from now on, and consigned goods move by them.

    A replacement or cancellation takes everything out that is accepted under its number; earlier
    versions that wait are rejected. Accepting twice has one effect. Raises ShortStockError naming
    store and product unless the stock may go below zero, NothingToReplaceError (an addition to
    what is not accepted), NumberStandsError, ControlTotalError, ReportStateError.
    """
    report = _locked(report)
    if report.state == ReportState.ACCEPTED:
        return report
    if report.state == ReportState.RECEIVED:
        report = _validate(report)
    if report.state != ReportState.VALIDATED:
        raise ReportStateError
    when = decided_at or timezone.now()
    taken_out = _make_room(report, decided_by, when)
    _decide(report, ReportState.ACCEPTED, decided_by, when)
    if taken_out or report.kind == ReportKind.SELL_THROUGH:
        _move(report, taken_out, decided_by, allow_below_zero)
    return report


@transaction.atomic
def reject_report(
    *,
    report: SalesReport,
    decided_by: User | None,
    note: str = "",
    decided_at: datetime | None = None,
) -> SalesReport:
    """Reject a report that nobody accepted yet. Raises ReportStateError otherwise."""
    report = _locked(report)
    if report.state == ReportState.REJECTED:
        return report
    if report.state not in OPEN:
        raise ReportStateError(_("An accepted report is taken out by a cancellation."))
    report.note = (note or report.note)[:300]
    _decide(report, ReportState.REJECTED, decided_by, decided_at or timezone.now())
    return report


def _locked(report: SalesReport) -> SalesReport:
    """The report as it is now, alone with all reports of its number."""
    lock_number(report.account_id, report.kind, report.their_number)
    found: SalesReport = SalesReport.objects.select_for_update().get(pk=report.pk)
    return found


def _validate(report: SalesReport) -> SalesReport:
    sums = report.lines.aggregate(
        lines=Count("pk"),
        sold=Sum("quantity_sold", default=Decimal(0)),
        returned=Sum("quantity_returned", default=Decimal(0)),
        amount=Sum("gross_amount"),
    )
    if (sums["lines"] == 0) != (report.function == ReportFunction.CANCEL):
        raise ReportLineError(_("A report has lines; a cancellation alone has none."))
    _check_control(report, "control_quantity", sums["sold"] - sums["returned"])
    _check_control(report, "control_amount", sums["amount"] or Decimal(0))
    report.line_count, report.gross_amount = sums["lines"], sums["amount"]
    report.quantity_sold, report.quantity_returned = sums["sold"], sums["returned"]
    report.state = ReportState.VALIDATED
    report.save()
    return report


def _check_control(report: SalesReport, name: str, found: Decimal) -> None:
    said = getattr(report, name)
    if said is not None and said != found:
        words = str(_("The report says %(said)s; its lines add up to %(found)s."))
        raise ControlTotalError(
            words % {"said": formats.number(said), "found": formats.number(found)}, field=name
        )


def _make_room(report: SalesReport, user: User | None, when: datetime) -> list[int]:
    """Take out what the report replaces or cancels; return the reports that were accepted."""
    others = SalesReport.objects.filter(
        account=report.account_id, kind=report.kind, their_number=report.their_number
    ).exclude(pk=report.pk)
    accepted = others.filter(state=ReportState.ACCEPTED).exclude(function=ReportFunction.CANCEL)
    standing = list(accepted.order_by("pk"))
    if report.function == ReportFunction.ADDITION:
        if not standing:
            raise NothingToReplaceError(_("What this adds to is not accepted."))
        return []
    if report.function == ReportFunction.ORIGINAL:
        if standing:
            raise NumberStandsError
        return []
    for old in others.filter(state__in=OPEN, version__lt=report.version):
        _decide(old, ReportState.REJECTED, user, when)
    if any(old.version > report.version for old in standing):
        raise ReportStateError(_("A later version of this report is accepted already."))
    gone = report.function == ReportFunction.CANCEL
    for old in standing:
        old.state = ReportState.CANCELLED if gone else ReportState.SUPERSEDED
        old.save(update_fields=["state", "updated_at"])
    return [old.pk for old in standing]


def _decide(report: SalesReport, state: ReportState, user: User | None, when: datetime) -> None:
    report.state, report.decided_by, report.decided_at = state, user, when
    report.save()


def _move(report: SalesReport, out: list[int], user: User | None, allow: bool) -> None:
    by = user.pk if user else None
    values: dict[str, Any] = {"report": report.pk, "out": out, "allow": allow, "user": by}
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, values)
