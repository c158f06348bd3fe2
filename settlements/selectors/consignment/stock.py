"""The identity of consigned stock by store and product, stock on a day, and goods that lie long.

All of movements, those taken back and those that take back included: they cancel out where they
have the same day. Quantities in base units; nothing here knows prices.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import QuerySet, Sum

from accounts.models import Account
from settlements.analytics.consignment import StockPeriod
from settlements.models import ConsignedStock, ConsignmentMovement

ZERO = Decimal(0)
SHOWN = ("fill_up", "sold", "returned", "picked_up", "transferred", "adjusted", "shrink")
"""The columns of the identity between opening and closing."""

_IDENTITY = """
SELECT m.store_id, m.product_id,
    COALESCE(sum(m.quantity) FILTER (WHERE m.moved_on < %(first)s), 0) AS opening,
    {columns}
FROM settlements_consignmentmovement m
WHERE m.store_id = ANY(%(stores)s) AND m.moved_on <= %(last)s
  AND (%(products)s::bigint[] IS NULL OR m.product_id = ANY(%(products)s))
  AND (%(company)s::bigint IS NULL OR m.selling_company_id = %(company)s)
GROUP BY 1, 2
"""
SIGNED = (
    ("fill_up", "fill_up", ""),
    ("issue", "sold", "-"),
    ("return", "returned", ""),
    ("pick_up", "picked_up", "-"),
    ("transfer", "transferred", ""),
    ("count_adjustment", "adjusted", ""),
    ("shrink", "shrink", "-"),
)
"""Kinds of movements, what the identity calls them, and the sign with which it speaks of them."""
_COLUMNS = ",\n    ".join(
    f"{sign}COALESCE(sum(m.quantity) FILTER (WHERE m.moved_on >= %(first)s"
    f" AND m.kind = '{kind}'), 0) AS {name}"
    for kind, name, sign in SIGNED
)


@dataclass(frozen=True, slots=True)
class StockRow:
    """What moved of a product in a store in a period, as the identity adds it up.

    Everything but transfers and adjustments is spoken of as positive; a movement taken back on a
    later day, in another period, can make a figure negative there.
    """

    store_id: int
    product_id: int
    opening: Decimal
    fill_up: Decimal
    sold: Decimal
    returned: Decimal
    picked_up: Decimal
    transferred: Decimal
    adjusted: Decimal
    shrink: Decimal

    @property
    def sold_net(self) -> Decimal:
        """What consumers bought and kept."""
        return self.sold - self.returned

    @property
    def closing(self) -> Decimal:
        """opening + fill-up − sold + returned − picked up ± transfer ± adjustment − shrink."""
        came = self.opening + self.fill_up + self.returned + self.transferred + self.adjusted
        return came - self.sold - self.picked_up - self.shrink

    @property
    def is_negative(self) -> bool:
        """Whether more left than ever came."""
        return self.closing < 0

    def as_period(self) -> StockPeriod:
        """Return the same for the mathematics; what was taken back later moves to adjustments."""
        values = {name: getattr(self, name) for name in SHOWN}
        adjusted = values.pop("adjusted")
        signs = {"fill_up": 1, "sold": -1, "returned": 1, "picked_up": -1, "shrink": -1}
        for name, sign in signs.items():
            if values[name] < 0:
                adjusted += values[name] * sign
                values[name] = ZERO
        return StockPeriod(opening=self.opening, adjusted=adjusted, **values)


def periods(
    store_ids: Iterable[int],
    *,
    first: date,
    last: date,
    product_ids: Collection[int] | None = None,
    selling_company_id: int | None = None,
) -> list[StockRow]:
    """Return the identity of each store and product in a period, both days included.

    One statement. A store and product that never moved until the last day has no row.
    """
    values: dict[str, Any] = {
        "stores": list(store_ids),
        "first": first,
        "last": last,
        "products": None if product_ids is None else list(product_ids),
        "company": selling_company_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(_IDENTITY.format(columns=_COLUMNS), values)
        return [StockRow(*row) for row in cursor.fetchall()]


def stock_as_of(store_ids: Iterable[int], day: date) -> dict[tuple[int, int], Decimal]:
    """Return what lay in stores at the end of a day by (store, product), without zeros."""
    rows = (
        ConsignmentMovement.objects.filter(store__in=list(store_ids), moved_on__lte=day)
        .order_by()
        .values_list("store", "product")
        .annotate(quantity=Sum("quantity"))
        .exclude(quantity=0)
    )
    return {(store, product): quantity for store, product, quantity in rows}


def stores_with_stock(account: Account) -> QuerySet[ConsignedStock]:
    """Return the stock of an account and every store below it, zero included, today's tree."""
    return ConsignedStock.objects.within(account.pk)


_AGES = """
SELECT s.store_id, s.product_id, s.quantity, sold.last_sold, came.last_came, came.first_came
FROM settlements_consignedstock s
LEFT JOIN LATERAL (
    SELECT max(m.moved_on) AS last_sold FROM settlements_consignmentmovement m
    WHERE m.store_id = s.store_id AND m.product_id = s.product_id
      AND m.selling_company_id = s.selling_company_id AND m.kind = 'issue'
      AND m.reversal_of_id IS NULL AND m.moved_on <= %(as_of)s
      AND NOT EXISTS (SELECT 1 FROM settlements_consignmentmovement o WHERE o.reversal_of_id = m.id)
) AS sold ON true
LEFT JOIN LATERAL (
    SELECT max(m.moved_on) AS last_came, min(m.moved_on) AS first_came
    FROM settlements_consignmentmovement m
    WHERE m.store_id = s.store_id AND m.product_id = s.product_id
      AND m.selling_company_id = s.selling_company_id AND m.reversal_of_id IS NULL
      AND m.moved_on <= %(as_of)s AND (m.kind = 'fill_up' OR m.kind = 'transfer' AND m.quantity > 0)
      AND NOT EXISTS (SELECT 1 FROM settlements_consignmentmovement o WHERE o.reversal_of_id = m.id)
) AS came ON true
WHERE s.store_id = ANY(%(stores)s) AND s.quantity > 0
  AND COALESCE(sold.last_sold, came.first_came) <= %(as_of)s::date - %(days)s::int
ORDER BY COALESCE(sold.last_sold, came.first_came), s.quantity DESC, s.id
"""


@dataclass(frozen=True, slots=True)
class LyingLong:
    """Goods of which nothing was sold for long; `since` is the last sale, or the first fill-up."""

    store_id: int
    product_id: int
    quantity: Decimal
    last_sold: date | None
    last_came: date | None
    since: date


def slow_movers(store_ids: Iterable[int], *, as_of: date, days: int = 60) -> list[LyingLong]:
    """Return what lies in stores today and did not sell for so many days, the longest first.

    Goods that came within these days and never sold before are not slow yet.
    """
    with connection.cursor() as cursor:
        cursor.execute(_AGES, {"stores": list(store_ids), "as_of": as_of, "days": days})
        return [
            LyingLong(store, product, quantity, sold, came, sold or first)
            for store, product, quantity, sold, came, first in cursor.fetchall()
        ]
