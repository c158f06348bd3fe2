"""Products and categories: lists, creating, changing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.filters import ProductFilter
from accounts.forms.products import CategoryForm, ProductForm
from accounts.models import Product, ProductCategory
from accounts.services import products as services
from kam.core.badges import Badge
from kam.core.nav import Tab
from kam.core.pages import form_page
from kam.core.problems import RefusedError, add_to_form
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User

EDIT = "products.edit"


def _state(product: Product) -> Badge:
    if product.is_active:
        return Badge(gettext_lazy("In the assortment"), "success")
    return Badge(gettext_lazy("Out of it"), "muted")


def _edit_url(user: User, name: str) -> Callable[[Any], str] | None:
    """The row's address for who may change it; others have nothing to open."""
    if not user.can(EDIT):
        return None
    return lambda row: reverse(f"accounts:{name}-edit", args=[row.pk])


PRODUCT_COLUMNS = [
    Column(name="code", title=gettext_lazy("Code"), sort="code"),
    Column(name="name", title=gettext_lazy("Name"), sort="name"),
    Column(
        name="category",
        title=gettext_lazy("Category"),
        value="category.name",
        sort="category__name",
        unknown=gettext_lazy("Without a category"),
    ),
    Column(name="unit", title=gettext_lazy("Unit"), unknown=gettext_lazy("No unit given")),
    Column(
        name="cost",
        title=gettext_lazy("Standard cost"),
        kind="money",
        value="standard_cost",
        currency=lambda product: product.currency_id or "",
        unknown=gettext_lazy("No cost given"),
    ),
    Column(name="state", title=gettext_lazy("State"), kind="badge", value=_state),
]
CATEGORY_COLUMNS = [
    Column(name="name", title=gettext_lazy("Name"), sort="name"),
    Column(name="code", title=gettext_lazy("Code"), sort="code"),
    Column(
        name="products",
        title=gettext_lazy("Products"),
        kind="number",
        value="products_count",
        sort="products_count",
        nullable=False,
        places=0,
    ),
]


def _tabs(active: str) -> list[Tab]:
    ways = [("product-list", _("Products")), ("category-list", _("Categories"))]
    return [Tab(title, reverse(f"accounts:{name}"), name == active) for name, title in ways]


@requires("accounts.view")
@require_GET
def product_list(request: HttpRequest) -> HttpResponseBase:
    """What we sell."""
    user = signed_in(request)
    table = Table(
        request,
        Product.objects.visible_to(user).select_related("category"),
        PRODUCT_COLUMNS,
        name="products",
        caption=_("Products"),
        default_sort="code",
        row_url=_edit_url(user, "product"),
        filters=ProductFilter,
        empty=Empty(_("No products yet"), _("They come with a sales file or a product list.")),
    )
    context = {
        "crumbs": [(_("Products"), "")],
        "tabs": _tabs("product-list"),
        "may_edit": user.can(EDIT),
    }
    return table.response("accounts/product_list.html", context)


@requires("accounts.view")
@require_GET
def category_list(request: HttpRequest) -> HttpResponseBase:
    """What revenue is split by."""
    user = signed_in(request)
    rows = ProductCategory.objects.visible_to(user).annotate(products_count=Count("products"))
    table = Table(
        request,
        rows,
        CATEGORY_COLUMNS,
        name="categories",
        caption=_("Product categories"),
        default_sort="name",
        row_url=_edit_url(user, "category"),
        empty=Empty(_("No categories yet"), _("They come with a sales file or a product list.")),
    )
    context = {
        "crumbs": [(_("Products"), reverse("accounts:product-list")), (_("Categories"), "")],
        "tabs": _tabs("category-list"),
        "may_edit": user.can(EDIT),
    }
    return table.response("accounts/category_list.html", context)


def _save(
    request: HttpRequest, form: ProductForm | CategoryForm, save: Callable[[], Any], done: str
) -> HttpResponse | None:
    """Save a valid form and lead back to the list; None where the form must be shown (again)."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        save()
    except RefusedError as problem:
        add_to_form(form, problem)
        return None
    messages.success(request, _("Saved."))
    return redirect(done)


def _page(
    request: HttpRequest, form: ProductForm | CategoryForm, title: str, done: str
) -> HttpResponse:
    crumbs = [(_("Products"), reverse("accounts:product-list")), (title, "")]
    return form_page(request, form, title=title, cancel_url=reverse(done), crumbs=crumbs)


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def product_create(request: HttpRequest) -> HttpResponse:
    """A new product."""
    form, done = ProductForm(request.POST or None), "accounts:product-list"
    saved = _save(request, form, lambda: services.create_product(**form.facts()), done)
    return saved or _page(request, form, _("New product"), done)


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def product_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a product."""
    rows = Product.objects.visible_to(signed_in(request))
    product: Product = get_object_or_404(rows, pk=pk)
    form, done = ProductForm(request.POST or None, instance=product), "accounts:product-list"
    title = _("Edit %s") % product.name
    saved = _save(
        request,
        form,
        lambda: services.update_product(product=product, **form.facts()),
        done,
    )
    return saved or _page(request, form, title, done)


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def category_create(request: HttpRequest) -> HttpResponse:
    """A new category."""
    form, done = CategoryForm(request.POST or None), "accounts:category-list"
    saved = _save(request, form, lambda: services.create_category(**form.facts()), done)
    return saved or _page(request, form, _("New category"), done)


@requires(EDIT)
@require_http_methods(["GET", "POST"])
def category_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a category."""
    rows = ProductCategory.objects.visible_to(signed_in(request))
    category: ProductCategory = get_object_or_404(rows, pk=pk)
    form, done = CategoryForm(request.POST or None, instance=category), "accounts:category-list"
    title = _("Edit %s") % category.name
    saved = _save(
        request,
        form,
        lambda: services.update_category(category=category, **form.facts()),
        done,
    )
    return saved or _page(request, form, title, done)
