"""Net revenue of an account and all below it by category and month, with volumes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from accounts.selectors.below import BELOW, ENTRIES
from kam.core.dates import Period

_CELLS = f"""
{BELOW}, booked AS (
    SELECT e.category_id, date_trunc('month', e.booked_on)::date AS month, e.currency_id,
        CASE WHEN e.quantity IS NOT NULL THEN e.unit END AS unit,
        sum(e.net_amount) AS net, COALESCE(sum(e.base_amount), 0) AS base,
        count(*) - count(e.base_amount) AS unconverted, sum(e.quantity) AS quantity
    {ENTRIES}
    GROUP BY 1, 2, 3, 4
)
SELECT category_id, month, currency_id, sum(net), sum(base), sum(unconverted)::bigint,
    jsonb_object_agg(unit, quantity::text) FILTER (WHERE unit IS NOT NULL),
    bool_or(unit IS NULL)
FROM booked GROUP BY 1, 2, 3 ORDER BY 2, 1, 3
"""


@dataclass(frozen=True, slots=True)
class RevenueCell:
    """A category's net revenue in a month and document currency; category None: without one.

    `base` leaves out entries without a rate, `unconverted` counts them. `volumes` are quantities
    by unit; `has_uncounted` says that some entries have no quantity.
    """

    category: int | None
    month: date
    currency: str
    net: Decimal
    base: Decimal
    unconverted: int
    volumes: Mapping[str, Decimal]
    has_uncounted: bool

    def volume(self, unit: str) -> Decimal | None:
        """The volume in a unit; None where anything was booked in another, or without one."""
        if self.has_uncounted or set(self.volumes) != {unit}:
            return None
        return self.volumes[unit]


def by_category_and_month(account_id: int, period: Period) -> list[RevenueCell]:
    """Return what was booked in a period, in one statement; the sums are those of `by_month`."""
    parameters: dict[str, Any] = {
        "ids": [account_id],
        "everyone": False,
        "start": period.start,
        "end": period.end,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CELLS, parameters)
        return [_cell(*row) for row in cursor.fetchall()]


def _cell(
    category: int | None,
    month: date,
    currency: str,
    net: Decimal,
    base: Decimal,
    unconverted: int,
    volumes: Any,
    has_uncounted: bool,
) -> RevenueCell:
    counted = {unit: Decimal(text) for unit, text in _mapping(volumes).items()}
    return RevenueCell(category, month, currency, net, base, unconverted, counted, has_uncounted)


def _mapping(value: Any) -> dict[str, str]:
    return dict(json.loads(value) if isinstance(value, str) else value or {})
