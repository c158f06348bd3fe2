"""A product's units, codes and prices on one page; setting and ending units and codes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.forms.fields import as_typed
from accounts.models import Product
from kam.core.pages import form_page
from kam.core.problems import RefusedError, add_to_form
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User
from settlements.forms.prices import (
    ChangeCodeForm,
    ChangeUnitForm,
    CodeForm,
    EndDayForm,
    UnitForm,
)
from settlements.models import AccountProductCode, FloorPrice, ListPrice, ProductUnit
from settlements.selectors.prices.listing import accounts_to_price, figures, price_rows
from settlements.selectors.prices.units import unit_name
from settlements.services.prices import codes, units
from settlements.views.prices import common
from settlements.views.prices.columns import holds

SHOWN = 30


@requires(common.VIEW)
@require_GET
def product_units(request: HttpRequest, pk: int) -> HttpResponse:
    """Units, codes, list and floor prices, and who pays what for a product."""
    user = signed_in(request)
    product = common.get_product(request, pk)
    context = {
        "product": product,
        "base": unit_name(product, ""),
        "units": _units(user, product),
        "codes": _dated(AccountProductCode.objects.visible_to(user), product, "account"),
        "own_codes": set(
            AccountProductCode.objects.editable_by(user)
            .filter(product=product)
            .values_list("pk", flat=True)
        ),
        "company": _company(user, product),
        "prices": _prices(user, product),
        "may_edit": user.can(common.EDIT),
        "may_configure": user.can(common.CONFIGURE),
        "crumbs": common.crumbs((product.name, "")),
    }  # fmt: skip
    return render(request, "settlements/prices_product.html", context)


def _prices(user: User, product: Product) -> list[dict[str, Any]]:
    today = timezone.localdate()
    rows: Any = price_rows(user, today).filter(product=product)
    return [
        {
            "row": row,
            "figures": figures(row),
            "amount": common.amount_words(row.first_amount, row.currency_id),
            "unit": unit_name(product, row.unit),
            "badge": common.state_badge(row, today).__html__(),
        }
        for row in rows.order_by("account__name_key", "-valid")[:SHOWN]
    ]


def _dated(rows: Any, product: Product, *related: str) -> list[tuple[Any, Any]]:
    today = timezone.localdate()
    found = rows.filter(product=product).select_related("product", *related).order_by("-valid")
    return [(row, common.state_badge(row, today).__html__()) for row in found[:SHOWN]]


def _units(user: User, product: Product) -> list[dict[str, Any]]:
    editable = set(
        ProductUnit.objects.editable_by(user).filter(product=product).values_list("pk", flat=True)
    )
    return [
        {"row": row, "badge": badge, "holds": holds(row), "may_end": row.pk in editable}
        for row, badge in _dated(ProductUnit.objects.visible_to(user), product, "account")
    ]


def _company(user: User, product: Product) -> list[dict[str, Any]]:
    return [
        {
            "kind": title,
            "amount": common.amount_words(row.amount, row.currency_id),
            "unit": unit_name(product, row.unit),
            "row": row,
            "badge": badge,
        }
        for title, model in ((_("List price"), ListPrice), (_("Floor price"), FloorPrice))
        for row, badge in _dated(model.objects.visible_to(user), product)
    ]


@requires(common.EDIT)
@require_http_methods(["GET", "POST"])
def unit_create(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what a unit of a product holds, for everybody or for one account."""
    user, product = signed_in(request), common.get_product(request, pk)
    start = {"start": timezone.localdate(), "denominator": 1}
    form = UnitForm(request.POST or None, user=user, initial=start)
    back = reverse("settlements:product-units", args=[pk])
    if request.method == "POST" and form.is_valid():
        try:
            units.set_unit(product=product, **form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The unit was set."))
            return redirect(back)
    return form_page(
        request,
        form,
        title=_("Unit of %s") % product.name,
        lead=_("The product's own unit is %s.") % unit_name(product, ""),
        cancel_url=back,
        crumbs=common.crumbs((product.name, back), (_("New unit"), "")),
    )


@requires(common.EDIT)
@require_http_methods(["GET", "POST"])
def unit_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a unit: its GTIN, and what it holds while nothing uses it."""
    rows = ProductUnit.objects.editable_by(signed_in(request)).select_related("product")
    unit = get_object_or_404(rows, pk=pk)
    back = reverse("settlements:product-units", args=[unit.product_id])
    start = {name: getattr(unit, name) for name in ChangeUnitForm.base_fields}
    form = ChangeUnitForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            units.change_unit(unit=unit, **form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The unit was changed."))
            return redirect(back)
    title = _("Correct the unit %s") % unit.code
    return form_page(
        request,
        form,
        title=title,
        lead=_("Where another content begins on a day, set the unit anew from that day on."),
        cancel_url=back,
        crumbs=common.crumbs((unit.product.name, back), (title, "")),
    )


@requires(common.EDIT)
@require_http_methods(["GET", "POST"])
def unit_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a unit hold until before a day."""
    rows = ProductUnit.objects.editable_by(signed_in(request)).select_related("product")
    unit = get_object_or_404(rows, pk=pk)
    back = reverse("settlements:product-units", args=[unit.product_id])
    form = EndDayForm(request.POST or None, initial={"end": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            units.end_unit(unit=unit, end=form.cleaned_data["end"])
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The unit was ended."))
            return redirect(back)
    title = _("End the unit %s") % unit.code
    return form_page(
        request,
        form,
        title=title,
        lead=_("It holds %s. Prices that use it must end first.") % holds(unit),
        save=_("End"),
        cancel_url=back,
        crumbs=common.crumbs((unit.product.name, back), (title, "")),
    )


@requires(common.EDIT)
@require_http_methods(["GET", "POST"])
def code_create(request: HttpRequest) -> HttpResponse:
    """Say what an account calls a product."""
    user = signed_in(request)
    form = CodeForm(request.POST or None, user=user, initial=_start(request))
    if request.method == "POST" and form.is_valid():
        try:
            codes.set_code(**form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The code was set."))
            return redirect("settlements:code-list")
    title = _("New code")
    return form_page(
        request,
        form,
        title=title,
        cancel_url=reverse("settlements:code-list"),
        crumbs=common.crumbs((_("Their codes"), reverse("settlements:code-list")), (title, "")),
    )


def _start(request: HttpRequest) -> dict[str, Any]:
    start: dict[str, Any] = {"start": timezone.localdate()}
    account = request.GET.get("account", "")
    rows = accounts_to_price(signed_in(request))
    if account.isdecimal() and (one := rows.filter(pk=account[:18]).first()):
        start["account"] = as_typed(one)
    return start | {"product": common.product_asked(request)}


@requires(common.EDIT)
@require_http_methods(["GET", "POST"])
def code_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct what is known beside a code: their name for the product and its GTIN."""
    rows = AccountProductCode.objects.editable_by(signed_in(request))
    code = get_object_or_404(rows.select_related("account", "product"), pk=pk)
    form = ChangeCodeForm(request.POST or None, initial={"name": code.name, "gtin": code.gtin})
    back = reverse("settlements:code-list")
    if request.method == "POST" and form.is_valid():
        try:
            codes.change_code(code=code, **form.cleaned_data)
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The code was changed."))
            return redirect(back)
    context = {
        "form": form,
        "code": code,
        "ends": code.valid.upper is None or code.valid.upper > timezone.localdate(),
        "cancel_url": back,
        "crumbs": common.crumbs((_("Their codes"), back), (code.code, "")),
    }
    status = 422 if form.errors else 200
    return render(request, "settlements/prices_code.html", context, status=status)


@requires(common.EDIT)
@require_http_methods(["GET", "POST"])
def code_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a code hold until before a day; another product gets it from then on."""
    rows = AccountProductCode.objects.editable_by(signed_in(request))
    code = get_object_or_404(rows.select_related("account", "product"), pk=pk)
    form = EndDayForm(request.POST or None, initial={"end": timezone.localdate()})
    back = reverse("settlements:code-list")
    if request.method == "POST" and form.is_valid():
        try:
            codes.end_code(code=code, end=form.cleaned_data["end"])
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            messages.success(request, _("The code was ended."))
            return redirect(back)
    title = _("End the code %s") % code.code
    return form_page(
        request,
        form,
        title=title,
        lead=_("%(account)s calls %(product)s so.")
        % {"account": code.account, "product": code.product},
        save=_("End"),
        cancel_url=back,
        crumbs=common.crumbs((_("Their codes"), back), (title, "")),
    )
