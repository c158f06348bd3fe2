"""Accounting periods: which months are closed, closing one, opening it again."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kam.core import formats
from kam.core.dates import ONE_DAY, Period, PeriodError
from kam.core.models import SellingCompany
from kam.core.nav import Tab
from kam.core.pages import confirm_page
from kam.core.problems import RefusedError, add_to_form
from kam.core.selectors.history import history_of
from kam.identity.decorators import requires, signed_in
from settlements.choices import DocumentKind
from settlements.forms.periods import CloseForm, ReopenForm
from settlements.models import AccountingPeriod
from settlements.selectors import closing
from settlements.services.periods import close_period, reopen_period
from settlements.views.board_parts import url_of

SHOWN = 13
"""The months on the page: this one and the twelve before it."""


@requires("receivables.close_period")
@require_GET
def period_list(request: HttpRequest) -> HttpResponse:
    """The months of one selling company, or of all of them, with what was posted in each."""
    company = _company(request)
    last = _last(request)
    rows = closing.months(company=company, last=last, count=SHOWN)
    context = {
        "company": company,
        "tabs": _tabs(company),
        "rows": rows,
        "earlier_url": _list_url(company, rows[-1].period.start - ONE_DAY),
        "is_latest": last == timezone.localdate(),
        "latest_url": _list_url(company),
        "crumbs": [(_("Receivables"), url_of("board")), (_("Accounting periods"), "")],
    }
    return render(request, "settlements/period_list.html", context)


def _company(request: HttpRequest) -> SellingCompany | None:
    """The company that the address names; None without a name. Raises Http404."""
    asked = request.GET.get("company", "")
    if not asked:
        return None
    if not asked.isdecimal():
        raise Http404
    return get_object_or_404(SellingCompany, pk=asked[:18])


def _last(request: HttpRequest) -> date:
    """The month that the address names as the last one shown, else this month."""
    try:
        return Period.parse(request.GET.get("until", "")).start
    except PeriodError:
        return timezone.localdate()


def _list_url(company: SellingCompany | None, until: date | None = None) -> str:
    return url_of(
        "period-list",
        company=company.pk if company else None,
        until=f"{until:%Y-%m}" if until else None,
    )


def _tabs(active: SellingCompany | None) -> list[Tab]:
    companies = SellingCompany.objects.filter(is_active=True)
    tabs = [Tab(_("All companies"), _list_url(None), active=active is None)]
    return tabs + [Tab(one.name, _list_url(one), active=one == active) for one in companies]


@requires("receivables.close_period")
@require_http_methods(["GET", "POST"])
def period_close(request: HttpRequest) -> HttpResponseBase:
    """Close a month, after a look at what is open in it and whether it adds up."""
    company = _company(request)
    period = _month(request)
    back = _list_url(company)
    form = CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            close_period(
                period=period,
                closed_at=timezone.now(),
                selling_company=company,
                closed_by=signed_in(request),
                note=form.cleaned_data["note"],
            )
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("%s is closed.") % formats.month(period.start))
            return redirect(back)
    context = {
        "form": form,
        "company": company,
        "period": period,
        "month": formats.month(period.start),
        "controls": [_Lines(one) for one in closing.controls(period, company=company)],
        "open_before": [
            formats.month(month.start)
            for month in closing.open_months_before(period, company=company)
        ],
        "is_running": period.last_day >= timezone.localdate(),
        "back_url": back,
        "crumbs": [
            (_("Receivables"), url_of("board")),
            (_("Accounting periods"), back),
            (_("Close"), ""),
        ],
    }
    status = 422 if form.errors else 200
    return render(request, "settlements/period_close.html", context, status=status)


class _Lines:
    """A currency's control with its movements in words, in the order of the kinds."""

    def __init__(self, control: closing.Control) -> None:
        self.control, self.currency = control, control.currency
        self.moved = [
            (label, control.movements[kind])
            for kind, label in DocumentKind.choices
            if kind in control.movements
        ]


def _month(request: HttpRequest) -> Period:
    """The calendar month that the address names. Raises Http404."""
    try:
        period = Period.parse(request.GET.get("month", ""))
    except PeriodError as error:
        raise Http404 from error
    if len(list(period.months())) != 1 or not period.is_whole_months:
        raise Http404
    return period


@requires("receivables.close_period")
@require_http_methods(["GET", "POST"])
def period_reopen(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take postings in a closed period again; the reason stays in its history."""
    rows = AccountingPeriod.objects.visible_to(signed_in(request)).closed()
    row: AccountingPeriod = get_object_or_404(rows.select_related("selling_company"), pk=pk)
    back = _list_url(row.selling_company)
    form = ReopenForm(request.POST or None)
    name = formats.month(row.valid.lower) if row.valid.lower else str(row)
    if request.method == "POST" and form.is_valid():
        try:
            reopen_period(period=row, note=form.cleaned_data["note"])
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("%s is open again.") % name)
            return redirect(back)
    return confirm_page(
        request,
        title=_("Reopen %s?") % name,
        verb=_("Reopen"),
        goes=[_("the lock: documents and allocations can be dated into it again")],
        stays=[_("everything posted; who closed and reopened it stays in the history")],
        form=form,
        back_url=back,
    )


@requires("receivables.close_period")
@require_GET
def period_history(request: HttpRequest, pk: int) -> HttpResponse:
    """Who closed and reopened a period, when and why."""
    rows = AccountingPeriod.objects.visible_to(signed_in(request))
    row: AccountingPeriod = get_object_or_404(rows.select_related("selling_company"), pk=pk)
    name = formats.month(row.valid.lower) if row.valid.lower else str(row)
    context = {
        "row": row,
        "name": name,
        "history": history_of(row),
        "crumbs": [
            (_("Receivables"), url_of("board")),
            (_("Accounting periods"), _list_url(row.selling_company)),
            (name, ""),
        ],
    }
    return render(request, "settlements/period_history.html", context)
