"""Columns of the lists of prices, units and codes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from kam.core import formats
from kam.core.badges import Badge
from kam.core.dates import last_day
from kam.core.tables import Column
from settlements.selectors.prices.listing import figures
from settlements.selectors.prices.units import unit_name
from settlements.views.prices.common import amount_words, state_badge
from settlements.views.work_columns import account_url, two_lines


@dataclass(frozen=True)
class Named:
    """A product with our code under its name; a file gets the code."""

    product: Any

    def __str__(self) -> str:
        return str(self.product.code)

    def __html__(self) -> SafeString:
        return two_lines(self.product.name, self.product.code)


@dataclass(frozen=True)
class Each:
    """A price of one unit with the unit under it; a file gets the number."""

    amount: Decimal
    currency: str
    below: str

    def __str__(self) -> str:
        return format(self.amount.normalize(), "f")

    def __html__(self) -> SafeString:
        return two_lines(amount_words(self.amount, self.currency) or "", self.below)


def _each(row: Any) -> Each:
    return Each(row.first_amount, row.currency_id, _per(row))


def _per(row: Any) -> str:
    per = _("per %s") % unit_name(row.product, row.unit)
    if row.first_quantity:
        per = _("%(per)s, from %(quantity)s") % {
            "per": per,
            "quantity": formats.number(row.first_quantity),
        }
    further = row.steps - 1
    if further <= 0:
        return per
    more = ngettext("+ %(n)s break", "+ %(n)s breaks", further) % {"n": further}
    return f"{per} · {more}"


def product_column() -> Column:
    """The product, leading to its units and codes."""
    return Column(
        name="product",
        title=gettext_lazy("Product"),
        value=lambda row: Named(row.product),
        sort="product__name",
        link=lambda row: reverse("settlements:product-units", args=[row.product_id]),
    )


def period_columns(today: date) -> list[Column]:
    """From when to when, and whether that is now."""
    return [
        Column(
            name="state",
            title=gettext_lazy("State"),
            kind="badge",
            value=lambda row: state_badge(row, today),
        ),
        Column(
            name="since",
            title=gettext_lazy("From"),
            kind="date",
            value="valid.lower",
            sort="valid",
        ),
        Column(
            name="until",
            title=gettext_lazy("Last day"),
            kind="date",
            value=lambda row: last_day(row.valid),
            unknown=gettext_lazy("For good"),
        ),
    ]


def account_column() -> Column:
    """The account, leading to its page."""
    return Column(
        name="account",
        title=gettext_lazy("Account"),
        value="account.name",
        sort="account__name_key",
        link=lambda row: account_url(row.account_id) if row.account_id else "",
        unknown=gettext_lazy("For everybody"),
    )


def _compared_columns() -> list[Column]:
    """What a price is compared with."""
    return [
        Column(
            name="list",
            title=gettext_lazy("List price"),
            kind="money",
            value=lambda row: figures(row).list_price,
            unknown=gettext_lazy("Not on the price list"),
        ),
        Column(
            name="discount",
            title=gettext_lazy("Off the list"),
            kind="percent",
            value=lambda row: figures(row).discount,
            unknown=gettext_lazy("Not on the price list"),
        ),
        Column(
            name="margin",
            title=pgettext_lazy("profit", "Margin"),
            kind="percent",
            value=_margin,
            unknown=gettext_lazy("No cost in this currency"),
            help=gettext_lazy("Price less standard cost, as a share of the price."),
        ),
    ]


def price_columns(today: date, *, floor: bool) -> list[Column]:
    """A price beside what it is compared with; the floor for who may see it."""
    columns = [
        account_column(),
        product_column(),
        Column(name="price", title=gettext_lazy("Price"), value=_each, css="is-num"),
        Column(name="unit", title=gettext_lazy("Unit"), value=_unit, default=False),
        Column(name="currency", title=gettext_lazy("Currency"), value="currency_id", default=False),
        *_compared_columns(),
    ]
    if floor:
        columns.append(
            Column(
                name="floor",
                title=gettext_lazy("Floor price"),
                kind="money",
                value=lambda row: figures(row).floor,
                unknown=gettext_lazy("No floor is set"),
            )
        )
    columns.append(
        Column(
            name="below",
            title=gettext_lazy("Against the floor"),
            kind="badge",
            value=_below,
            default=False,
        )
    )
    return [*columns, *period_columns(today)]


def _below(row: Any) -> Badge | None:
    return Badge(_("Below the floor"), "warning") if figures(row).is_below_floor else None


def _unit(row: Any) -> str:
    return unit_name(row.product, row.unit)


def _margin(row: Any) -> Decimal | None:
    found = figures(row).margin
    return None if found is None or found.percent is None else found.percent / 100


def company_columns(today: date) -> list[Column]:
    """A list or floor price."""
    return [
        product_column(),
        Column(
            name="amount",
            title=gettext_lazy("Price"),
            value=lambda row: Each(row.amount, row.currency_id, _("per %s") % _unit(row)),
            sort="amount",
            css="is-num",
        ),
        Column(name="unit", title=gettext_lazy("Unit"), value=_unit, default=False),
        Column(name="currency", title=gettext_lazy("Currency"), value="currency_id", default=False),
        *period_columns(today),
        Column(
            name="reason",
            title=gettext_lazy("Reason"),
            value="reason",
            unknown=gettext_lazy("No reason given"),
        ),
    ]


def code_columns(today: date) -> list[Column]:
    """What an account calls a product."""
    return [
        account_column(),
        Column(name="code", title=gettext_lazy("Their code"), value="code", sort="code"),
        Column(
            name="name",
            title=gettext_lazy("Their name for it"),
            value="name",
            default=False,
            unknown=gettext_lazy("Not known"),
        ),
        product_column(),
        Column(name="unit", title=gettext_lazy("For the unit"), value=_unit),
        Column(
            name="gtin", title=gettext_lazy("GTIN"), value="gtin", unknown=gettext_lazy("Not known")
        ),
        *period_columns(today),
    ]


def holds(row: Any) -> str:
    """What a unit holds, in words: 12 pcs."""
    many: Any = row.factor
    text = formats.number(many.numerator)
    if many.denominator != 1:
        text = f"{text}/{formats.number(many.denominator)}"
    return f"{text} {unit_name(row.product, '')}"


def unit_columns(today: date) -> list[Column]:
    """What a unit of a product holds."""
    return [
        product_column(),
        Column(name="code", title=gettext_lazy("Unit"), value="code", sort="code"),
        Column(name="holds", title=gettext_lazy("Holds"), value=holds, css="is-num"),
        account_column(),
        Column(
            name="gtin", title=gettext_lazy("GTIN"), value="gtin", unknown=gettext_lazy("Not known")
        ),
        *period_columns(today),
    ]
