"""What the price list says and how low one may go, for the whole company."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from accounts.models import Product
from kam.core.money import LINE_PLACES
from settlements.analytics.units import Unit, price_in
from settlements.models import FloorPrice, ListPrice
from settlements.models.prices import CompanyPrice
from settlements.selectors.prices.units import BASE, units_of


def list_price_on(
    product: Product, day: date, *, unit: Unit = BASE, currency: str
) -> Decimal | None:
    """Return the list price of one unit, converted where it stands in another; None: none."""
    rows = ListPrice.objects.at(day).filter(product=product, currency=currency)
    return _converted(list(rows), product, day, unit)


def floor_on(product: Product, day: date, *, unit: Unit = BASE, currency: str) -> Decimal | None:
    """Return the floor price of one unit, converted where it stands in another; None: none.

    For computing: who may see it is another matter, see `FloorPrice.objects.visible_to`.
    """
    rows = FloorPrice.objects.at(day).filter(product=product, currency=currency)
    return _converted(list(rows), product, day, unit)


def _converted(rows: list[CompanyPrice], product: Product, day: date, unit: Unit) -> Decimal | None:
    """The price in the unit itself, else from the base unit's, else from the first by name."""
    row = min(rows, key=lambda one: (one.unit != unit.code, one.unit != "", one.unit), default=None)
    if row is None:
        return None
    if row.unit == unit.code == "":
        return row.amount
    units = units_of(product, day)
    if row.unit not in units:
        return None
    return price_in(row.amount, units[row.unit], unit, places=LINE_PLACES)
