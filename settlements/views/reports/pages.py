"""Sales reports: the list, one report with its versions and lines, accepting and rejecting."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kam.core import htmx
from kam.core.pages import form_page
from kam.core.problems import RefusedError, add_to_form
from kam.core.registry import may
from kam.core.selectors.history import history_of
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in
from settlements.choices.reports import ReportFunction, ReportState
from settlements.forms.consignment import DecisionForm, RejectForm, ReportFilter
from settlements.models import SalesReport
from settlements.selectors.consignment import board as reads
from settlements.services.consignment.problems import ShortStockError
from settlements.services.reports.deciding import accept_report, reject_report
from settlements.views.consignment.common import (
    EDIT,
    VIEW,
    Lines,
    crumbs,
    product_lines,
    report_badge,
    tabs,
    url,
)


def report_url(row: SalesReport) -> str:
    """One report."""
    return url("report-detail", row.pk)


def _number(row: SalesReport) -> Lines:
    version = _("Version %(n)s, %(function)s") % {
        "n": row.version,
        "function": row.get_function_display(),
    }
    return Lines(row.their_number, version)


COLUMNS = [
    Column(name="account", title=gettext_lazy("Account"), value="account.name",
           sort="account__name_key"),
    Column(name="number", title=gettext_lazy("Number"), value=_number, sort="their_number",
           link=report_url),
    Column(name="kind", title=gettext_lazy("Kind"), value=lambda row: row.get_kind_display()),
    Column(name="from", title=gettext_lazy("From"), kind="date", value="first_day",
           sort="period__startswith", nullable=False),
    Column(name="until", title=gettext_lazy("Until"), kind="date", value="last_day",
           sort="period__endswith", nullable=False),
    Column(name="lines", title=gettext_lazy("Lines"), kind="number", value="line_count",
           sort="line_count"),
    Column(name="sold", title=gettext_lazy("Sold"), kind="number", value="quantity_sold",
           sort="quantity_sold"),
    Column(name="returned", title=gettext_lazy("Brought back"), kind="number",
           value="quantity_returned", sort="quantity_returned", default=False),
    Column(name="amount", title=gettext_lazy("Turnover with tax"), kind="money",
           value="gross_amount", sort="gross_amount", compact=True,
           currency=lambda row: row.currency_id,
           unknown=gettext_lazy("No line names an amount")),
    Column(name="state", title=gettext_lazy("State"), kind="badge", value=report_badge),
]  # fmt: skip
LINES = [
    Column(name="line", title=gettext_lazy("Line"), kind="number", value="line", sort="line"),
    Column(name="day", title=gettext_lazy("Day"), kind="date", value="sold_on", sort="sold_on",
           unknown=gettext_lazy("The last day of the period")),
    Column(name="store", title=gettext_lazy("Store"), value="store.name"),
    Column(name="product", title=gettext_lazy("Product"), value=product_lines,
           unknown=gettext_lazy("A turnover without products")),
    Column(name="category", title=gettext_lazy("Category"), default=False,
           value=lambda row: str(row.category) if row.category else None,
           unknown=gettext_lazy("No category")),
    Column(name="code", title=gettext_lazy("Their code"), default=False,
           value=lambda row: row.their_code or None, unknown=gettext_lazy("No code")),
    Column(name="sold", title=gettext_lazy("Sold"), kind="number", value="quantity_sold"),
    Column(name="returned", title=gettext_lazy("Brought back"), kind="number",
           value="quantity_returned"),
    Column(name="unit", title=gettext_lazy("Their unit"), default=False,
           value=lambda row: row.unit or None, unknown=gettext_lazy("The base unit")),
    Column(name="amount", title=gettext_lazy("Turnover with tax"), kind="money",
           value="gross_amount", currency=lambda row: row.currency_id,
           unknown=gettext_lazy("No amount")),
    Column(name="coupons", title=gettext_lazy("Of it paid with coupons"), kind="money",
           value="coupon_amount", currency=lambda row: row.currency_id,
           unknown=gettext_lazy("Not reported")),
    Column(name="medium", title=gettext_lazy("Paid by"), default=False,
           value=lambda row: row.payment_medium or None, unknown=gettext_lazy("Not told")),
    Column(name="tax", title=gettext_lazy("Tax, %"), kind="number", value="tax_rate",
           unknown=gettext_lazy("No rate"), default=False),
    Column(name="promotion", title=gettext_lazy("Promotion"), default=False,
           value=lambda row: row.promotion or None, unknown=gettext_lazy("None")),
]  # fmt: skip


@requires(VIEW)
@require_GET
def report_list(request: HttpRequest) -> HttpResponseBase:
    """Sales reports, the latest first; those that wait say so."""
    user = signed_in(request)
    table = Table(
        request,
        reads.reports_for(user),
        COLUMNS,
        name="sales-reports",
        caption=_("Sales reports"),
        default_sort="-until",
        row_url=report_url,
        filters=ReportFilter,
        empty=Empty(_("No sales reports"),
                    _("What customers report as sold comes in as a file or by the API."),
                    _("Import a report"), reverse("imports:batch-create"), icon="file-text"),
    )  # fmt: skip
    context = {
        "title": _("Sales reports"),
        "lead": _("Pieces sold of consigned goods, and turnover of concessions. A report counts "
                  "once it is accepted."),
        "tabs": tabs("report-list"),
        "record_url": url("report-new") if may(user, EDIT) else "",
        "record_label": _("Type a report"),
        "import_url": reverse("imports:batch-create") if may(user, EDIT) else "",
        "import_label": _("Import a report"),
        "crumbs": crumbs((_("Sales reports"), "")),
    }  # fmt: skip
    return table.response("settlements/consignment_list.html", context)


def _get(request: HttpRequest, pk: int) -> SalesReport:
    found: SalesReport = get_object_or_404(reads.reports_for(signed_in(request)), pk=pk)
    return found


@requires(VIEW)
@require_GET
def report_detail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One report: what it says, its versions, its lines page by page."""
    return _detail(request, _get(request, pk), DecisionForm())


def _detail(request: HttpRequest, row: SalesReport, form: DecisionForm) -> HttpResponseBase:
    user = signed_in(request)
    versions = reads.reports_for(user).filter(
        account=row.account_id, kind=row.kind, their_number=row.their_number
    )
    table = Table(
        request,
        reads.lines_of(row),
        LINES,
        name="sales-report-lines",
        caption=_("Lines"),
        default_sort="line",
        empty=Empty(_("No lines"), _("A cancellation has none."), icon="file-text"),
    )
    waits = row.state in reads.WAITING and may(user, EDIT)
    context: dict[str, Any] = {
        "row": row,
        "badge": report_badge(row).__html__(),
        "versions": [(one, report_badge(one).__html__()) for one in versions.order_by("-version")],
        "form": form if waits else None,
        "again_url": url("report-new", about=row.pk) if may(user, EDIT) else "",
        "cancel_url": url("report-new", about=row.pk, function=ReportFunction.CANCEL.value)
        if may(user, EDIT) and row.state == ReportState.ACCEPTED
        else "",
        "history": history_of(row),
        "coupons": reads.coupons_of(row),
        "movements_url": url("consignment-movements", report=row.pk),
        "has_moved": row.kind == "sell_through" and row.is_decided,
        "crumbs": crumbs((_("Sales reports"), url("report-list")), (str(row), "")),
    }
    return table.response("settlements/report_detail.html", context)


@requires(EDIT)
@require_POST
def report_accept(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Accept a report; a stock that would go below zero is named first."""
    row, form = _get(request, pk), DecisionForm(request.POST)
    allow = form.is_valid() and form.cleaned_data["allow_below_zero"]
    try:
        accept_report(report=row, decided_by=signed_in(request), allow_below_zero=allow)
    except ShortStockError as problem:
        words = _("%(problem)s Tick the box if this is right.")
        messages.error(request, words % {"problem": problem})
    except RefusedError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("The report is accepted."))
    return htmx.redirect(request, report_url(row))


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def report_reject(request: HttpRequest, pk: int) -> HttpResponse:
    """Reject a report that waits."""
    row, form = _get(request, pk), RejectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reject_report(report=row, decided_by=signed_in(request), note=form.cleaned_data["note"])
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The report is rejected."))
            return htmx.redirect(request, report_url(row))
    return form_page(
        request,
        form,
        title=_("Reject %(report)s") % {"report": row},
        lead=_("It stays in the list and never counts."),
        save=_("Reject"),
        cancel_url=report_url(row),
        crumbs=crumbs((_("Sales reports"), url("report-list")), (_("Reject"), "")),
    )
