"""Where each component of exposure comes from: SQL that topics register.

A source selects (payer or store, currency, component, amount) of a day, unsigned as
`analytics.exposure.Components` wants it. `{only}` becomes a condition on its `column` when only
some accounts are asked about. Parameters: as_of, horizon, reference (an order asked about anew).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from kam.core.registry import Registry
from settlements.choices.credit import Component

ALWAYS = (
    Component.OPEN_RECEIVABLES,
    Component.UNAPPLIED_CASH,
    Component.OPEN_CREDITS,
    Component.SECURED,
)
"""Components that are known whatever others send: ours are the only ones."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """SQL of amounts; `known` selects the components of which anybody told anything by the day."""

    key: str
    sql: str
    column: str
    known: str = ""
    order: int = 100


exposure_components: Registry[Source] = Registry()

_LEDGER = """
SELECT i.party_id, i.currency_id,
    CASE WHEN i.side = 1 THEN 'open_receivables' WHEN i.kind = 'receipt' THEN 'unapplied_cash'
        ELSE 'open_credits' END, i.open_amount
FROM settlements_open_items(%(as_of)s, NULL) i WHERE true {only}
"""
_FACTS = """
SELECT f.party_id, f.currency_id, f.kind, f.amount FROM settlements_exposurefact f
WHERE f.valid @> %(as_of)s::date
  AND (f.kind <> 'open_orders'
    OR (COALESCE(f.due_on, %(as_of)s) <= %(as_of)s + %(horizon)s::int
        AND f.source_key <> %(reference)s)) {only}
"""
_FACTS_KNOWN = """
SELECT DISTINCT kind FROM settlements_exposurefact WHERE lower(valid) <= %(as_of)s
"""
# What checks keep for orders, until it is sent as an order itself; the latest check counts.
_RESERVED = """
SELECT k.party_id, k.currency_id, 'open_orders', k.requested FROM settlements_creditcheck k
WHERE k.reserved_until >= %(as_of)s AND k.as_of <= %(as_of)s AND k.reference <> %(reference)s
  AND NOT EXISTS (SELECT 1 FROM settlements_creditcheck n
    WHERE n.party_id = k.party_id AND n.reference = k.reference AND n.id > k.id)
  AND NOT EXISTS (SELECT 1 FROM settlements_exposurefact f
    WHERE f.party_id = k.party_id AND f.source_key = k.reference
      AND f.kind IN ('open_orders', 'delivered_not_invoiced') AND lower(f.valid) <= %(as_of)s)
  {only}
"""
_COVER = """
SELECT c.party_id, c.currency_id, 'secured', c.amount FROM settlements_collateral c
WHERE c.valid @> %(as_of)s::date {only}
"""
# What lay in stores on the day: the stock of now less what moved later, at standard cost, by payer.
_STOCK = """
SELECT COALESCE((
        SELECT e.id FROM accounts_account e
        WHERE e.id = ANY(a.path) AND e.kind = 'legal_entity'
        ORDER BY array_position(a.path, e.id) DESC LIMIT 1
    ), a.id), p.currency_id, 'consigned_stock', greatest(round(p.standard_cost * (
        s.quantity - COALESCE((
            SELECT sum(m.quantity) FROM settlements_consignmentmovement m
            WHERE m.store_id = s.store_id AND m.product_id = s.product_id
              AND m.selling_company_id = s.selling_company_id AND m.moved_on > %(as_of)s
        ), 0)), 4), 0)
FROM settlements_consignedstock s JOIN accounts_product p ON p.id = s.product_id
JOIN accounts_account a ON a.id = s.store_id
WHERE p.standard_cost IS NOT NULL AND p.currency_id IS NOT NULL {only}
"""
# Stock without a cost would be left out unseen: then nobody knows the component.
_STOCK_KNOWN = """
SELECT 'consigned_stock' WHERE EXISTS (SELECT 1 FROM settlements_consignedstock)
    AND NOT EXISTS (
        SELECT 1 FROM settlements_consignedstock s JOIN accounts_product p ON p.id = s.product_id
        WHERE s.quantity <> 0 AND (p.standard_cost IS NULL OR p.currency_id IS NULL))
"""

exposure_components.register(
    Source(key="ledger", sql=_LEDGER, column="i.party_id", order=10),
    Source(key="facts", sql=_FACTS, column="f.party_id", known=_FACTS_KNOWN, order=20),
    Source(key="reserved", sql=_RESERVED, column="k.party_id", order=30),
    Source(key="collateral", sql=_COVER, column="c.party_id", order=40),
    Source(key="stock", sql=_STOCK, column="s.store_id", known=_STOCK_KNOWN, order=50),
)


def cells_sql(*, only: str = "") -> str:
    """Return SQL of all amounts; `only` selects the ids of the accounts that are asked about."""
    parts = [
        source.sql.format(only=f"AND {source.column} IN ({only})" if only else "")
        for source in exposure_components
    ]
    return " UNION ALL ".join(f"({part})" for part in parts)


def known_components(parameters: dict[str, Any]) -> frozenset[str]:
    """Return the components of which the organisation knows something by the day."""
    asked = [source.known for source in exposure_components if source.known]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"({one})" for one in asked), parameters)
        told = {component for (component,) in cursor.fetchall()}
    return frozenset({*ALWAYS, *told})


def unknown_of(known: frozenset[str], left_out: Sequence[str]) -> tuple[str, ...]:
    """Return the components that count and that nobody knows, in their order."""
    return tuple(c.value for c in Component if c not in known and c not in left_out)
