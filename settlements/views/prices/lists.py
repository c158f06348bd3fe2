"""The lists: prices of accounts, list and floor prices, codes, units; each can be exported."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.models import Product
from kam.core.tables import Empty, Table
from kam.identity.decorators import requires, signed_in
from settlements.models import AccountProductCode, FloorPrice, ListPrice, ProductUnit
from settlements.selectors.prices.listing import price_rows
from settlements.views.prices import columns, filters
from settlements.views.prices.common import CONFIGURE, EDIT, FLOOR, VIEW, crumbs, tabs

OPTIONS = 12


def _page(request: HttpRequest, table: Table, active: str, **words: Any) -> HttpResponseBase:
    user = signed_in(request)
    context = {
        "crumbs": crumbs() if active == "price-list" else crumbs((words["title"], "")),
        "tabs": tabs(user, active),
        "may_import": user.can("imports.run"),
        **words,
    }
    return table.response("settlements/prices_list.html", context)


@requires(VIEW)
@require_GET
def price_list(request: HttpRequest) -> HttpResponseBase:
    """Prices of accounts in the user's scope, with list price, margin and floor."""
    user, today = signed_in(request), timezone.localdate()
    may_edit = user.can(EDIT)
    create = reverse("settlements:price-create")
    table = Table(
        request,
        price_rows(user, today),
        columns.price_columns(today, floor=user.can(FLOOR)),
        name="prices",
        caption=_("Prices of accounts"),
        default_sort="account",
        row_url=lambda row: reverse("settlements:price-detail", args=[row.pk]),
        filters=filters.PriceFilter,
        empty=Empty(
            _("No price was agreed yet"),
            _("They come with an import, or one by one."),
            _("New price") if may_edit else "",
            create if may_edit else "",
            icon="tag",
        ),
    )
    return _page(
        request,
        table,
        "price-list",
        title=_("Prices"),
        facts=_("What accounts pay for products, from when to when. Accounts below without a price "
                "of their own follow the one above."),
        create_url=create if may_edit else "",
        create=_("New price"),
        import_kind="account_prices",
    )  # fmt: skip


@requires(VIEW)
@require_GET
def list_price_list(request: HttpRequest) -> HttpResponseBase:
    """What the price list says, past and coming prices too."""
    return _company(request, ListPrice, "list", _("List prices"), _("What the price list says."))


@requires(FLOOR)
@require_GET
def floor_price_list(request: HttpRequest) -> HttpResponseBase:
    """Below what nobody goes without a reason."""
    return _company(
        request,
        FloorPrice,
        "floor",
        _("Floor prices"),
        _("Below these nobody sells without a reason. Account managers are warned, and do not see "
          "the figure."),
    )  # fmt: skip


def _company(
    request: HttpRequest, model: Any, kind: str, title: str, facts: str
) -> HttpResponseBase:
    user, today = signed_in(request), timezone.localdate()
    may_edit = user.can(CONFIGURE)
    create = reverse("settlements:company-price-create", args=[kind])
    table = Table(
        request,
        model.objects.visible_to(user).select_related("product"),
        columns.company_columns(today),
        name=f"{kind}-prices",
        caption=title,
        default_sort="product",
        row_url=(lambda row: reverse("settlements:company-price-end", args=[kind, row.pk]))
        if may_edit
        else None,
        filters=filters.CompanyPriceFilter,
        empty=Empty(_("There are none yet"), _("They come with an import, or one by one."),
                    icon="tag"),
    )  # fmt: skip
    return _page(
        request,
        table,
        f"{kind}-price-list",
        title=title,
        facts=facts,
        create_url=create if may_edit else "",
        create=_("New price"),
        import_kind="list_prices",
    )


@requires(VIEW)
@require_GET
def code_list(request: HttpRequest) -> HttpResponseBase:
    """What accounts call our products."""
    user, today = signed_in(request), timezone.localdate()
    rows = AccountProductCode.objects.visible_to(user).select_related("account", "product")
    table = Table(
        request,
        rows,
        columns.code_columns(today),
        name="product-codes",
        caption=_("Product codes of accounts"),
        default_sort="account",
        row_url=(lambda row: reverse("settlements:code-change", args=[row.pk]))
        if user.can(EDIT)
        else None,
        filters=filters.CodeFilter,
        empty=Empty(
            _("No account's codes are known yet"),
            _("Without them, our codes and GTINs are understood."),
            icon="barcode",
        ),
    )
    return _page(
        request,
        table,
        "code-list",
        title=_("Their codes"),
        facts=_("What accounts call our products in orders, reports and statements."),
        create_url=reverse("settlements:code-create") if user.can(EDIT) else "",
        create=_("New code"),
        import_kind="product_codes",
    )


@requires(VIEW)
@require_GET
def unit_list(request: HttpRequest) -> HttpResponseBase:
    """Which units products are sold in, and what each holds."""
    user, today = signed_in(request), timezone.localdate()
    rows = ProductUnit.objects.visible_to(user).select_related("account", "product")
    table = Table(
        request,
        rows,
        columns.unit_columns(today),
        name="product-units",
        caption=_("Units of products"),
        default_sort="product",
        row_url=lambda row: reverse("settlements:product-units", args=[row.product_id]),
        filters=filters.UnitFilter,
        empty=Empty(
            _("All products are sold by their own unit alone"),
            _("Cartons, pallets and accounts' own units come with an import, or one by one."),
            icon="package",
        ),
    )
    return _page(
        request,
        table,
        "unit-list",
        title=_("Units"),
        facts=_("Pieces, cartons and pallets: what one holds of the product's own unit."),
        import_kind="product_units",
    )


@requires(VIEW)
@require_GET
def product_options(request: HttpRequest, name: str) -> HttpResponse:
    """What a product field offers for what was typed."""
    typed = request.GET.get(name, "").strip()[:100]
    rows = Product.objects.visible_to(signed_in(request)).filter(is_active=True)
    if typed:
        rows = rows.filter(code__istartswith=typed) | rows.filter(name__icontains=typed)
    context = {"products": rows.order_by("code")[:OPTIONS]}
    return render(request, "settlements/widgets/product_options.html", context)
