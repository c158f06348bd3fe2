"""What lies in customers' stores, how it came and went, and what was sold and not stated."""

from settlements.selectors.consignment.stock import (
    SHOWN,
    StockRow,
    periods,
    slow_movers,
    stock_as_of,
    stores_with_stock,
)
from settlements.selectors.consignment.unbilled import SoldNotStated, sold_not_stated

__all__ = [
    "SHOWN",
    "SoldNotStated",
    "StockRow",
    "periods",
    "slow_movers",
    "sold_not_stated",
    "stock_as_of",
    "stores_with_stock",
]
