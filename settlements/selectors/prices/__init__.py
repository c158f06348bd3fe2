"""What a product costs an account on a day, in which unit, and by which code it is meant."""

from settlements.selectors.prices.codes import (
    CODE_MATCHES,
    ProductMatch,
    codes_of,
    product_by_code,
    products_by_code,
)
from settlements.selectors.prices.company import floor_on, list_price_on
from settlements.selectors.prices.lookup import Price, price_on, prices_on
from settlements.selectors.prices.sql import BREAK_REACHED, LINE_AMOUNT, price_ctes
from settlements.selectors.prices.units import (
    Quantities,
    UnknownUnitError,
    quantities_both,
    unit_of,
    units_by_product,
    units_of,
)

__all__ = [
    "BREAK_REACHED",
    "CODE_MATCHES",
    "LINE_AMOUNT",
    "Price",
    "ProductMatch",
    "Quantities",
    "UnknownUnitError",
    "codes_of",
    "floor_on",
    "list_price_on",
    "price_ctes",
    "price_on",
    "prices_on",
    "product_by_code",
    "products_by_code",
    "quantities_both",
    "unit_of",
    "units_by_product",
    "units_of",
]
