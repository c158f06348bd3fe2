"""A sales report typed by hand, for customers who send no file."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.forms.fields import as_typed
from accounts.models import Account
from kam.core import htmx
from kam.core.dates import add_months
from kam.core.problems import RefusedError
from kam.identity.decorators import requires, signed_in
from settlements.choices.reports import ReportFunction, ReportKind
from settlements.forms.reports import STEP, LineRows, ReportForm, show
from settlements.forms.terms.fields import plain
from settlements.models import SalesReport
from settlements.selectors.consignment import board as reads
from settlements.services.reports.by_hand import record_report
from settlements.views.consignment.common import EDIT, crumbs, url
from settlements.views.documents import company_values

SHOWN = 50
"""Lines of a report that its correction begins with; longer ones are corrected by a file."""


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def report_new(request: HttpRequest) -> HttpResponse:
    """Type a report with its lines; *more rows* keeps what was typed."""
    user = signed_in(request)
    if request.method == "GET":
        first, lines = _first(request)
        head = ReportForm(user=user, initial=first)
        return _page(request, head, LineRows(user=user, initial=lines))
    rows = LineRows(request.POST, user=user)
    if "more" in request.POST and rows.management_form.is_valid():
        head = ReportForm(user=user, initial=request.POST.dict())
        return _page(request, head, LineRows(user=user, initial=rows.typed()))
    head = ReportForm(request.POST, user=user)
    if (report := _record(head, rows)) is not None:
        messages.success(request, _("The report is taken in. It counts once it is accepted."))
        return htmx.redirect(request, report.get_absolute_url())
    return _page(request, head, rows, status=422)


def _record(head: ReportForm, rows: LineRows) -> SalesReport | None:
    """Take the report in, or mark what stands in the way."""
    if not (head.is_valid() & rows.is_valid()):
        return None
    values = head.cleaned_data
    placed = rows.lines(values)
    if rows.has_refusals():
        return None
    try:
        return record_report(
            account=values["account"],
            selling_company=values["selling_company"],
            kind=ReportKind(values["kind"]),
            their_number=values["their_number"],
            first_day=values["first_day"],
            last_day=values["last_day"],
            currency=values["currency"].pk,
            lines=list(placed.values()),
            function=ReportFunction(values["function"]),
            control_quantity=values["control_quantity"],
            control_amount=values["control_amount"],
            note=values["note"],
            created_by=head.user,
            idempotency_key=head.idempotency_key("sales-report"),
        )
    except RefusedError as problem:
        show(head, rows, placed, problem)
        return None


def _page(
    request: HttpRequest, head: ReportForm, rows: LineRows, *, status: int = 200
) -> HttpResponse:
    context = {
        "form": head,
        "rows": rows,
        "step": STEP,
        "cancel_url": url("report-list"),
        "crumbs": crumbs((_("Sales reports"), url("report-list")), (_("Type a report"), "")),
    }
    return render(request, "settlements/report_form.html", context, status=status)


def _first(request: HttpRequest) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Last month, or the report that is put right with its lines, or the account that is named."""
    user, month = signed_in(request), timezone.localdate().replace(day=1)
    first: dict[str, Any] = {
        "first_day": add_months(month, -1),
        "last_day": month - timedelta(days=1),
        "function": ReportFunction.ORIGINAL,
        **company_values(),
    }
    if about := _number(request, "about"):
        row = get_object_or_404(reads.reports_for(user), pk=about)
        return _again(row, is_cancelled=request.GET.get("function") == ReportFunction.CANCEL)
    if account := _number(request, "account"):
        found = Account.objects.visible_to(user).not_merged().filter(pk=account).first()
        first["account"] = as_typed(found) if found else ""
    return first, []


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _again(
    row: SalesReport, *, is_cancelled: bool = False
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A replacement of a report, beginning with what stands; long ones without their lines.

    Or its cancellation, which has none.
    """
    head = {
        "account": as_typed(row.account),
        "selling_company": row.selling_company_id,
        "kind": row.kind,
        "function": ReportFunction.CANCEL if is_cancelled else ReportFunction.REPLACE,
        "their_number": row.their_number,
        "first_day": row.first_day,
        "last_day": row.last_day,
        "currency": row.currency_id,
    }
    if is_cancelled:
        return head, []
    lines = list(reads.lines_that_stand(row)[: SHOWN + 1])
    if len(lines) > SHOWN:
        return head, []
    return head, [
        {
            "store": as_typed(line.store),
            "product": line.product.code if line.product else "",
            "category": line.category_id or "",
            "sold_on": line.sold_on,
            "quantity_sold": plain(line.quantity_sold),
            "quantity_returned": plain(line.quantity_returned),
            "gross_amount": plain(line.gross_amount),
            "coupon_amount": plain(line.coupon_amount),
            "payment_medium": line.payment_medium,
            "tax_rate": plain(line.tax_rate),
        }
        for line in lines
    ]
