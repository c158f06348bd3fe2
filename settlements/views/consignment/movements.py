"""Movements of consigned goods: the list, recording one, taking one back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms.fields import as_typed
from accounts.models import Account
from kam.core import htmx
from kam.core.pages import form_page
from kam.core.problems import RefusedError, add_to_form
from kam.core.registry import may
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in
from settlements.choices.consignment import MovementKind
from settlements.forms.consignment import MovementFilter, MovementForm, TakeBackForm
from settlements.models import ConsignmentMovement
from settlements.selectors.consignment import board as reads
from settlements.services.consignment.moving import record_movements, take_back, transfer
from settlements.views.consignment.common import (
    EDIT,
    VIEW,
    crumbs,
    kind_badge,
    product_lines,
    tabs,
    url,
)
from settlements.views.documents import company_values


def _source(row: ConsignmentMovement) -> str | None:
    if row.report is not None:
        return str(row.report)
    return str(_("Count")) if row.count_id else row.reference or None


def _source_url(row: ConsignmentMovement) -> str:
    if row.report_id:
        return url("report-detail", row.report_id)
    return url("count-detail", row.count_id) if row.count_id else ""


def movement_url(row: ConsignmentMovement) -> str:
    """One movement."""
    return url("movement-detail", row.pk)


COLUMNS = [
    Column(name="day", title=gettext_lazy("Day"), kind="date", value="moved_on", sort="moved_on",
           nullable=False),
    Column(name="store", title=gettext_lazy("Store"), value="store.name", sort="store__name_key"),
    Column(name="product", title=gettext_lazy("Product"), value=product_lines,
           sort="product__name"),
    Column(name="kind", title=gettext_lazy("Kind"), kind="badge", value=kind_badge),
    Column(name="quantity", title=gettext_lazy("Quantity"), kind="number", value="quantity",
           sort="quantity", signed=True),
    Column(name="source", title=gettext_lazy("By"), value=_source, link=_source_url,
           unknown=gettext_lazy("No reference")),
    Column(name="note", title=gettext_lazy("Note"), value=lambda row: row.note or None,
           unknown=gettext_lazy("No note"), default=False),
    Column(name="who", title=gettext_lazy("Recorded by"), default=False,
           value=lambda row: str(row.created_by) if row.created_by else None,
           unknown=gettext_lazy("An import")),
    Column(name="recorded", title=gettext_lazy("Recorded"), kind="datetime", value="recorded_at",
           sort="recorded_at", default=False),
]  # fmt: skip


@requires(VIEW)
@require_GET
def movement_list(request: HttpRequest) -> HttpResponseBase:
    """Everything that moved, the latest first."""
    user = signed_in(request)
    table = Table(
        request,
        reads.movements_for(user),
        COLUMNS,
        name="consignment-movements",
        caption=pgettext("goods", "Movements"),
        default_sort="-day",
        row_url=movement_url,
        filters=MovementFilter,
        empty=Empty(_("Nothing moved"), _("Fill-ups, pick-ups, sales and counts stand here."),
                    icon="truck-loading"),
    )  # fmt: skip
    context = {
        "title": pgettext("goods", "Movements"),
        "lead": _("What came to stores and left them. A correction is the opposite movement."),
        "tabs": tabs("consignment-movements"),
        "record_url": url("movement-record") if may(user, EDIT) else "",
        "record_label": _("Record goods"),
        "crumbs": crumbs((pgettext("goods", "Movements"), "")),
    }
    return table.response("settlements/consignment_list.html", context)


def _get(request: HttpRequest, pk: int) -> ConsignmentMovement:
    rows: QuerySet[ConsignmentMovement] = reads.movements_for(signed_in(request))
    found: ConsignmentMovement = get_object_or_404(rows, pk=pk)
    return found


@requires(VIEW)
@require_GET
def movement_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One movement, with the other end of a transfer and what took it back."""
    row = _get(request, pk)
    user = signed_in(request)
    related = reads.movements_for(user).exclude(pk=row.pk)
    group = related.filter(transfer_group=row.transfer_group) if row.transfer_group else []
    back = list(related.filter(reversal_of=row))
    free = not row.is_back and not row.reversal_of_id and not row.report_id  # type: ignore[attr-defined]
    context = {
        "row": row,
        "badge": kind_badge(row).__html__(),
        "group": group,
        "back": back,
        "original": related.filter(pk=row.reversal_of_id).first() if row.reversal_of_id else None,
        "source": _source(row),
        "source_url": _source_url(row),
        "take_back_url": url("movement-take-back", row.pk) if free and may(user, EDIT) else "",
        "crumbs": crumbs(
            (pgettext("goods", "Movements"), url("consignment-movements")), (str(row.product), "")
        ),
    }
    return render(request, "settlements/consignment_movement.html", context)


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def movement_record(request: HttpRequest) -> HttpResponse:
    """Record goods by hand; a phone in a store will do."""
    user = signed_in(request)
    form = MovementForm(request.POST or None, user=user, initial=_first(request))
    if request.method == "POST" and form.is_valid() and (made := _record(form)):
        messages.success(request, _("Recorded."))
        return htmx.redirect(request, url("consignment-movements", within=made[0].store_id))
    context = {
        "form": form,
        "cancel_url": url("consignment-movements"),
        "crumbs": crumbs(
            (pgettext("goods", "Movements"), url("consignment-movements")), (_("Record"), "")
        ),
    }
    status = 422 if form.errors else 200
    return render(request, "settlements/consignment_record.html", context, status=status)


def _first(request: HttpRequest) -> dict[str, Any]:
    """Today, the usual company, and the store and kind that the address names."""
    found: dict[str, Any] = {"moved_on": timezone.localdate(), **company_values()}
    if request.GET.get("kind") in MovementKind.values:
        found["kind"] = request.GET["kind"]
    asked = request.GET.get("store", "")
    if asked.isdecimal() and len(asked) < 19:
        store = Account.objects.visible_to(signed_in(request)).filter(pk=asked).first()
        found["store"] = as_typed(store) if store else ""
    return found


def _record(form: MovementForm) -> list[ConsignmentMovement]:
    values = form.cleaned_data
    facts: dict[str, Any] = {
        "reference": values["reference"],
        "note": values["note"],
        "allow_below_zero": values["allow_below_zero"],
        "created_by": form.user,
        "idempotency_key": form.idempotency_key("movement"),
        "selling_company": values["selling_company"],
        "moved_on": values["moved_on"],
        "goods": values["goods"],
    }
    try:
        if values["kind"] == MovementKind.TRANSFER:
            return transfer(from_store=values["store"], to_store=values["to_store"], **facts)
        return record_movements(kind=MovementKind(values["kind"]), store=values["store"], **facts)
    except RefusedError as problem:
        form.refuse(problem)
        return []


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def movement_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a movement back by its opposite."""
    row = _get(request, pk)
    form = TakeBackForm(
        request.POST or None, user=signed_in(request), initial={"moved_on": row.moved_on}
    )
    if request.method == "POST" and form.is_valid():
        try:
            take_back(
                movement=row,
                moved_on=form.cleaned_data["moved_on"],
                note=form.cleaned_data["note"],
                created_by=signed_in(request),
                idempotency_key=form.idempotency_key("take-back"),
            )
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("Taken back."))
            return htmx.redirect(request, movement_url(row))
    return form_page(
        request,
        form,
        title=_("Take this movement back"),
        lead=_("The opposite movement is recorded; both stay in the books. A transfer goes back "
               "as a whole."),
        save=pgettext("movement of goods", "Take back"),
        cancel_url=movement_url(row),
        crumbs=crumbs(
            (pgettext("goods", "Movements"), url("consignment-movements")),
            (pgettext("movement of goods", "Take back"), ""),
        ),
    )  # fmt: skip
