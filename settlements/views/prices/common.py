"""What pages of prices share: where one is, states, prices with all their decimals."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Product
from kam.core import formats
from kam.core.badges import Badge
from kam.core.nav import Tab
from kam.core.pages import Crumbs
from kam.identity.decorators import signed_in
from kam.identity.models import User
from settlements.forms.prices import state_of
from settlements.models import AccountPrice
from settlements.selectors.prices.listing import accounts_to_price

VIEW, EDIT, CONFIGURE, FLOOR = (
    "prices.view",
    "prices.edit",
    "prices.configure",
    "prices.see_floor",
)


def crumbs(*steps: tuple[str, str]) -> Crumbs:
    """Breadcrumbs below the prices."""
    return [(_("Prices"), reverse("settlements:price-list")), *steps]


def tabs(user: User, active: str) -> list[Tab]:
    """The lists of prices that the user may open."""
    ways = [
        ("price-list", _("Account prices")),
        ("list-price-list", _("List prices")),
        *([("floor-price-list", _("Floor prices"))] if user.can(FLOOR) else []),
        ("code-list", _("Their codes")),
        ("unit-list", _("Units")),
        ("price-calculator", _("Calculator")),
    ]
    return [Tab(title, reverse(f"settlements:{name}"), name == active) for name, title in ways]


def get_price(request: HttpRequest, pk: int, *, change: bool = False) -> AccountPrice:
    """A price in the user's scope, or one that they may change. Raises Http404."""
    user = signed_in(request)
    rows = (
        AccountPrice.objects.editable_by(user) if change else AccountPrice.objects.visible_to(user)
    )
    rows = rows.select_related("account", "product", "currency", "set_by")
    found: AccountPrice = get_object_or_404(rows, pk=pk)
    return found


def get_product(request: HttpRequest, pk: int) -> Product:
    """A product; they are known to everybody who may sign in. Raises Http404."""
    rows = Product.objects.visible_to(signed_in(request)).select_related("category", "currency")
    found: Product = get_object_or_404(rows, pk=pk)
    return found


def state_badge(row: Any, today: date) -> Badge:
    """Whether a dated row is in force."""
    return {
        "ended": Badge(_("Ended"), "muted"),
        "current": Badge(_("In force"), "success"),
        "coming": Badge(_("Coming"), "info"),
    }[state_of(row.valid, today)]


def amount_words(amount: Decimal | None, currency: str = "") -> str | None:
    """A price of one unit: at least the currency's decimals, and none of four lost."""
    if amount is None:
        return None
    least = formats.places_of(currency) if currency else 2
    exponent = amount.normalize().as_tuple().exponent
    places = max(least, -int(exponent) if isinstance(exponent, int) else 0)
    return formats.money(amount, currency, places)


def product_asked(request: HttpRequest) -> str:
    """The code of the product that the address names by id; nothing for none."""
    asked = request.GET.get("product", "")
    rows = Product.objects.visible_to(signed_in(request))
    found = rows.filter(pk=asked[:18]).first() if asked.isdecimal() else None
    return found.code if found else ""


def may_price(user: User, account_id: int) -> bool:
    """Whether the user sets prices of an account."""
    return accounts_to_price(user).filter(pk=account_id).exists()
