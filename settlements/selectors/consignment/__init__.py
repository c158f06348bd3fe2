"""What lies in customers' stores, how it came and went, and what was sold and not stated."""

from settlements.selectors.consignment.stock import (
    SHOWN,
    StockRow,
    periods,
    slow_movers,
    stock_as_of,
    stores_with_stock,
)

__all__ = [
    "SHOWN",
    "StockRow",
    "periods",
    "slow_movers",
    "stock_as_of",
    "stores_with_stock",
]
