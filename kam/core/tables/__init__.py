"""Tables that sort, filter, page by keyset, export and swap in place: declared, not programmed."""

from kam.core.tables.columns import Column, Empty
from kam.core.tables.table import BulkAction, Table, respond

__all__ = ["BulkAction", "Column", "Empty", "Table", "respond"]
