"""What an order would cost: lines in whatever code and unit the customer writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from accounts.models import Account, Product
from kam.core.exact import rounded
from kam.core.money import LINE_PLACES
from settlements.analytics.prices import PriceBreak
from settlements.analytics.units import InexactError, Unit
from settlements.selectors.prices.codes import products_by_code
from settlements.selectors.prices.company import list_price_on
from settlements.selectors.prices.lookup import Price, price_on
from settlements.selectors.prices.units import (
    BASE,
    Quantities,
    UnknownUnitError,
    quantities_both,
    unit_name,
    unit_of,
    units_by_product,
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line as the customer writes it; without a unit that of the code."""

    code: str
    quantity: Decimal
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Next:
    """The next break: how much more of the ordered unit is needed, and what one costs then."""

    more: Decimal
    price: Decimal


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line with its price; `problem` says what is not known: `product`, `unit`, `price`."""

    wanted: Wanted
    problem: str = ""
    product: Product | None = None
    unit: Unit = BASE
    unit_name: str = ""
    both: Quantities | None = None
    price: Price | None = None
    price_unit: str = ""
    reached: PriceBreak | None = None
    per_ordered: Decimal | None = None
    amount: Decimal | None = None
    list_amount: Decimal | None = None
    next: Next | None = None


def cost_of_order(
    account: Account, lines: Iterable[Wanted], day: date, *, currency: str | None = None
) -> list[OrderLine]:
    """Return what each line costs on a day, at agreed prices; list prices stand beside them."""
    lines = list(lines)
    matches = products_by_code(account, [line.code for line in lines], day=day)
    products = Product.objects.in_bulk([match.product_id for match in matches.values()])
    units = units_by_product(products, day, account=account)
    found = []
    for line in lines:
        match = matches.get(line.code.strip())
        if match is None:
            found.append(OrderLine(line, "product"))
            continue
        product = products[match.product_id]
        named = line if line.unit else Wanted(line.code, line.quantity, match.unit)
        found.append(_line(account, named, product, units[product.pk], day, currency))
    return found


def _line(
    account: Account,
    wanted: Wanted,
    product: Product,
    units: Mapping[str, Unit],
    day: date,
    currency: str | None,
) -> OrderLine:
    try:
        unit = unit_of(product, wanted.unit, day, units=units)
        both = quantities_both(product, wanted.quantity, day=day, unit=unit, units=units)
    except (UnknownUnitError, InexactError):
        return OrderLine(wanted, "unit", product)
    price = price_on(
        account, product, day, quantity=wanted.quantity, unit=unit.code, currency=currency
    )
    known = OrderLine(wanted, "price", product, unit, unit_name(product, unit.code), both)
    if price is None:
        return known
    listed = list_price_on(product, day, unit=unit, currency=price.currency)
    return OrderLine(
        wanted=wanted,
        product=product,
        unit=unit,
        unit_name=known.unit_name,
        both=both,
        price=price,
        price_unit=unit_name(product, price.unit.code),
        reached=price.reached,
        per_ordered=price.amount_in(unit),
        amount=price.line_amount(wanted.quantity, unit),
        list_amount=None
        if listed is None
        else rounded(Fraction(listed) * Fraction(wanted.quantity), LINE_PLACES),
        next=_next(price, wanted.quantity, unit),
    )


def _next(price: Price, quantity: Decimal, unit: Unit) -> Next | None:
    """The first break above the one reached, in the unit that was ordered, rounded up."""
    scale = price.unit.factor / unit.factor
    many = abs(Fraction(quantity))
    above = [one for one in price.breaks if Fraction(one.from_quantity) * scale > many]
    if not above:
        return None
    first = min(above, key=lambda one: one.from_quantity)
    missing = Fraction(first.from_quantity) * scale - many
    whole = -(-missing.numerator // missing.denominator)
    return Next(Decimal(whole), first.price)
