"""Setting and ending list and floor prices, units and codes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from kam.core.models import Organisation
from kam.core.pages import form_page
from kam.core.problems import RefusedError, add_to_form
from kam.identity.decorators import requires, signed_in
from settlements.forms.prices import CompanyPriceForm, EndForm
from settlements.models import FloorPrice, ListPrice
from settlements.services.prices import company
from settlements.views.prices import common

KINDS: dict[str, tuple[Any, Any, str]] = {
    "list": (ListPrice, gettext_lazy("New list price"), "settlements:list-price-list"),
    "floor": (FloorPrice, gettext_lazy("New floor price"), "settlements:floor-price-list"),
}


@requires(common.CONFIGURE)
@require_http_methods(["GET", "POST"])
def company_price_create(request: HttpRequest, kind: str) -> HttpResponse:
    """Set a list or floor price."""
    model, title, back = _kind(request, kind)
    start: dict[str, Any] = {"start": timezone.localdate()}
    start["currency"] = Organisation.objects.values_list("base_currency_id", flat=True).first()
    start["product"] = common.product_asked(request)
    form = CompanyPriceForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            company.set_company_price(model, user=signed_in(request), **form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The price was set."))
            return redirect(back)
    return form_page(
        request,
        form,
        title=title,
        cancel_url=reverse(back),
        crumbs=common.crumbs((str(title), "")),
    )


def _kind(request: HttpRequest, kind: str) -> tuple[Any, Any, str]:
    if kind not in KINDS or (kind == "floor" and not signed_in(request).can(common.FLOOR)):
        raise Http404
    return KINDS[kind]


@requires(common.CONFIGURE)
@require_http_methods(["GET", "POST"])
def company_price_end(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Let a list or floor price hold until before a day."""
    model, _title, back = _kind(request, kind)
    rows = model.objects.editable_by(signed_in(request)).select_related("product")
    price = get_object_or_404(rows, pk=pk)
    form = EndForm(request.POST or None, initial={"end": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            company.end_company_price(price=price, user=signed_in(request), **form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The price was ended."))
            return redirect(back)
    title = _("End the price")
    return form_page(
        request,
        form,
        title=title,
        lead=_("%(product)s, %(amount)s. To change it, set a new one from a day on.")
        % {
            "product": price.product,
            "amount": common.amount_words(price.amount, price.currency_id),
        },
        save=_("End"),
        cancel_url=reverse(back),
        crumbs=common.crumbs((title, "")),
    )
