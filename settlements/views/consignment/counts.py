"""Counts: the list, one count with its lines, counting, taking one anew from the books."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms.fields import as_typed
from accounts.models import Account
from kam.core import htmx
from kam.core.problems import RefusedError
from kam.core.registry import may
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in
from settlements.forms.consignment import CountFilter, CountForm, StoreForm
from settlements.models import ConsignedStock, StockCount
from settlements.selectors.consignment import board as reads
from settlements.services.consignment.counting import count_anew, record_count
from settlements.views.consignment.common import EDIT, VIEW, count_badge, crumbs, tabs, url
from settlements.views.documents import company_values

MOST = 200
"""Products that the form asks for; a larger store is counted by a file."""


def count_url(row: StockCount) -> str:
    """One count."""
    return url("count-detail", row.pk)


COLUMNS = [
    Column(name="day", title=gettext_lazy("Counted on"), kind="date", value="counted_on",
           sort="counted_on", nullable=False, link=count_url),
    Column(name="store", title=gettext_lazy("Store"), value="store.name", sort="store__name_key"),
    Column(name="products", title=gettext_lazy("Products"), kind="number", value="products",
           sort="products"),
    Column(name="differing", title=gettext_lazy("Differ"), kind="number", value="differing",
           sort="differing"),
    Column(name="state", title=gettext_lazy("State"), kind="badge", value=count_badge),
    Column(name="who", title=gettext_lazy("By"), unknown=gettext_lazy("An import"),
           value=lambda row: str(row.created_by) if row.created_by else None),
]  # fmt: skip


@requires(VIEW)
@require_GET
def count_list(request: HttpRequest) -> HttpResponseBase:
    """Counts, the latest first; those to be taken anew say so."""
    user = signed_in(request)
    table = Table(
        request,
        reads.counts_for(user),
        COLUMNS,
        name="stock-counts",
        caption=pgettext("stock counts", "Counts"),
        default_sort="-day",
        row_url=count_url,
        filters=CountFilter,
        empty=Empty(_("Nothing counted yet"),
                    _("A count says what really lies in a store; the difference is shrink."),
                    icon="clipboard-check"),
    )  # fmt: skip
    context = {
        "title": pgettext("stock counts", "Counts"),
        "lead": _("What was found in stores against the books."),
        "tabs": tabs("count-list"),
        "record_url": url("count-record") if may(user, EDIT) else "",
        "record_label": _("Count a store"),
        "crumbs": crumbs((pgettext("stock counts", "Counts"), "")),
    }
    return table.response("settlements/consignment_list.html", context)


def _get(request: HttpRequest, pk: int) -> StockCount:
    found: StockCount = get_object_or_404(reads.counts_for(signed_in(request)), pk=pk)
    return found


@requires(VIEW)
@require_GET
def count_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One count with what it found."""
    row = _get(request, pk)
    is_old = row.is_old and not row.is_replaced  # type: ignore[attr-defined] # annotated
    context = {
        "row": row,
        "badge": count_badge(row).__html__(),
        "lines": row.lines.select_related("product").order_by("product__name", "pk"),
        "replaces": row.replaces_id,
        "later": StockCount.objects.visible_to(signed_in(request)).filter(replaces=row).first(),
        "may_anew": is_old and may(signed_in(request), EDIT),
        "crumbs": crumbs(
            (pgettext("stock counts", "Counts"), url("count-list")), (str(row.store), "")
        ),
    }
    return render(request, "settlements/consignment_count.html", context)


@requires(EDIT)
@require_POST
def count_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a count anew from the books as they are now."""
    row = _get(request, pk)
    try:
        row = count_anew(count=row, created_by=signed_in(request))
    except RefusedError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("The count is taken anew from the books."))
    return htmx.redirect(request, count_url(row))


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def count_record(request: HttpRequest) -> HttpResponse:
    """Count a store: first which one, then what lies there by the books with a field each."""
    asked = request.POST.get("store") or request.GET.get("store")
    choice = StoreForm({"store": asked} if asked else None, user=signed_in(request))
    store = choice.chosen
    form = _form(request, store)
    if request.method == "POST" and form.is_valid() and (made := _record(form)):
        messages.success(request, _("The count is posted."))
        return htmx.redirect(request, count_url(made))
    context = {
        "form": form if store else choice,
        "store": store,
        "cancel_url": url("count-list"),
        "crumbs": crumbs(
            (pgettext("stock counts", "Counts"), url("count-list")), (_("Count a store"), "")
        ),
    }
    status = 422 if form.errors or choice.errors else 200
    return render(request, "settlements/consignment_count_form.html", context, status=status)


def _form(request: HttpRequest, store: Account | None) -> CountForm:
    user = signed_in(request)
    first: dict[str, Any] = {"counted_on": timezone.localdate(), **company_values()}
    stock: list[ConsignedStock] = []
    if store is not None:
        first["store"] = as_typed(store)
        company = request.POST.get("selling_company") or first.get("selling_company")
        rows = ConsignedStock.objects.visible_to(user).filter(store=store)
        if str(company).isdecimal():
            rows = rows.filter(selling_company=company)
        shown = rows.exclude(quantity=0).select_related("product")
        stock = list(shown.order_by("product__name", "pk")[:MOST])
    return CountForm(request.POST or None, user=user, stock=stock, initial=first)


def _record(form: CountForm) -> StockCount | None:
    values = form.cleaned_data
    try:
        return record_count(
            selling_company=values["selling_company"],
            store=values["store"],
            counted_on=values["counted_on"],
            goods=values["goods"],
            reference=values["reference"],
            note=values["note"],
            created_by=form.user,
            idempotency_key=form.idempotency_key("count"),
        )
    except RefusedError as problem:
        problem.row = None
        form.refuse(problem)
        return None
