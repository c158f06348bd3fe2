"""Rows of price lists with what they are compared with: list price, floor, cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import (
    Count,
    DateField,
    DecimalField,
    F,
    Func,
    IntegerField,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Greatest

from accounts.models import Account
from kam.core.exact import rounded
from kam.core.money import LINE_PLACES
from kam.identity.models import User
from settlements.analytics.prices import Margin, below_floor, margin
from settlements.models import AccountPrice, FloorPrice, ListPrice, PriceBreak, ProductUnit
from settlements.querysets.prices import works_on_all


def accounts_to_price(user: User) -> QuerySet[Account]:
    """Accounts whose prices, codes and own units the user may set."""
    rows: QuerySet[Account] = Account.objects.visible_to(user).not_merged()
    if not user.can("prices.edit"):
        return rows.none()
    return rows if works_on_all(user) else rows.filter(lead_chain__overlap=user.acting_user_ids())


def prices_above(account: Account) -> QuerySet[AccountPrice]:
    """Prices of an account and of those above it, which hold for it whoever may see them there."""
    rows: QuerySet[AccountPrice] = AccountPrice.objects.filter(account__in=account.path)
    return rows


def own_units(account: Account, day: date) -> QuerySet[ProductUnit]:
    """Units of an account's own, or of an account above it, that hold on a day."""
    rows = ProductUnit.objects.at(day).filter(account__in=account.path)
    return rows.select_related("product")


def price_rows(user: User, day: date) -> QuerySet[AccountPrice]:
    """Prices of accounts in the user's scope, past and coming ones too, ready for `figures`.

    List, floor and unit are those of the day, or of the price's first day where that is later.
    """
    rows = AccountPrice.objects.visible_to(user)
    return compared(rows.select_related("account", "product", "currency"), day)


def compared(rows: QuerySet[AccountPrice], day: date) -> QuerySet[AccountPrice]:
    """Annotate prices with what `figures` reads."""
    on = Greatest(
        Cast(Value(day), DateField()), Func(F("valid"), function="lower", output_field=DateField())
    )
    return rows.annotate(
        seen_on=on,
        first_amount=_first_break("amount"),
        first_quantity=_first_break("from_quantity"),
        lowest_amount=_lowest_break(),
        steps=_count_of_breaks(),
        unit_numerator=_unit("numerator"),
        unit_denominator=_unit("denominator"),
        list_same=_company(ListPrice, OuterRef("unit")),
        list_base=_company(ListPrice, Value("")),
        floor_same=_company(FloorPrice, OuterRef("unit")),
        floor_base=_company(FloorPrice, Value("")),
    )


def _first_break(column: str) -> Subquery:
    rows = PriceBreak.objects.filter(price=OuterRef("pk")).order_by("from_quantity")
    return Subquery(rows.values(column)[:1])


def _lowest_break() -> Subquery:
    rows = PriceBreak.objects.filter(price=OuterRef("pk"))
    return Subquery(rows.order_by("amount").values("amount")[:1])


def _count_of_breaks() -> Subquery:
    rows = PriceBreak.objects.filter(price=OuterRef("pk")).order_by().values("price")
    return Subquery(rows.annotate(many=Count("pk")).values("many"))


def _company(kind: type[Model], unit: Any) -> Subquery:
    rows = kind._default_manager.filter(
        product=OuterRef("product"),
        currency=OuterRef("currency"),
        unit=unit,
        valid__contains=OuterRef("seen_on"),
    )
    return Subquery(rows.values("amount")[:1], output_field=DecimalField(null=True))


def _unit(column: str) -> Subquery:
    """The content of the price's unit as its account means it."""
    depth = Func(
        OuterRef("account__path"),
        F("account_id"),
        function="array_position",
        output_field=IntegerField(),
    )
    rows = (
        ProductUnit.objects.filter(
            product=OuterRef("product"),
            code=OuterRef("unit"),
            valid__contains=OuterRef("seen_on"),
        )
        .alias(depth=Coalesce(depth, 0))
        .filter(Q(account__isnull=True) | Q(depth__gt=0))
    )
    return Subquery(rows.order_by("-depth").values(column)[:1])


@dataclass(frozen=True, slots=True)
class Figures:
    """A price beside list price, floor and cost, each for one of its unit; None: not known.

    `discount` is what is taken off the list price, as a share of it; `lowest` the lowest amount
    of the breaks.
    """

    amount: Decimal
    lowest: Decimal
    list_price: Decimal | None
    floor: Decimal | None
    cost: Decimal | None
    margin: Margin | None
    discount: Decimal | None

    @property
    def is_below_floor(self) -> bool:
        """Whether nobody may go so low without a reason, at any break."""
        return below_floor(self.lowest, self.floor)

    @property
    def is_below_floor_later(self) -> bool:
        """Whether larger quantities alone go below the floor."""
        return self.is_below_floor and not below_floor(self.amount, self.floor)


def figures(row: Any, amount: Decimal | None = None) -> Figures:
    """Compare a row of `compared`, its first break (and the lowest one) or another amount.

    Costs are compared in the price's own currency only.
    """
    lowest = row.lowest_amount if amount is None else amount
    amount = row.first_amount if amount is None else amount
    factor = Fraction(row.unit_numerator or 1, row.unit_denominator or 1)
    known = not row.unit or row.unit_numerator is not None
    list_price = _in_unit(row.list_same, row.list_base, factor, known=known)
    product = row.product
    cost = None
    if product.standard_cost is not None and product.currency_id == row.currency_id and known:
        cost = rounded(Fraction(product.standard_cost) * factor, LINE_PLACES)
    return Figures(
        amount=amount,
        lowest=lowest,
        list_price=list_price,
        floor=_in_unit(row.floor_same, row.floor_base, factor, known=known),
        cost=cost,
        margin=None if cost is None else margin(amount, cost),
        discount=discount(amount, list_price),
    )


def discount(amount: Decimal, list_price: Decimal | None) -> Decimal | None:
    """Return the share taken off a list price; None without one above zero."""
    if not list_price:
        return None
    return rounded(1 - Fraction(amount) / Fraction(list_price), LINE_PLACES)


def _in_unit(
    same: Decimal | None, base: Decimal | None, factor: Fraction, *, known: bool
) -> Decimal | None:
    if same is not None or base is None or not known:
        return same
    return rounded(Fraction(base) * factor, LINE_PLACES)
