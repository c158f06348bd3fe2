"""Statements that wait for the ledger, as a component of exposure."""

from __future__ import annotations

from settlements.selectors.credit.components import Source, exposure_components

_WAITING = """
SELECT COALESCE((
        SELECT e.id FROM accounts_account e
        WHERE e.id = ANY(a.path) AND e.kind = 'legal_entity'
        ORDER BY array_position(a.path, e.id) DESC LIMIT 1
    ), a.id), s.currency_id,
    CASE s.kind WHEN 'sell_through' THEN 'sold_not_stated' ELSE 'held_by_retailer' END, s.payable
FROM settlements_settlementstatement s
JOIN accounts_account a ON a.id = COALESCE(s.store_id, s.account_id)
WHERE s.state <> 'cancelled' AND s.taken_back_on IS NULL
  AND lower(s.period) <= %(as_of)s
  AND (s.posted_on IS NULL OR s.posted_on > %(as_of)s) {only}
"""
_KNOWN = """
SELECT DISTINCT CASE s.kind WHEN 'sell_through' THEN 'sold_not_stated' ELSE 'held_by_retailer' END
FROM settlements_settlementstatement s WHERE lower(s.period) <= %(as_of)s
"""


def register() -> None:
    """Register what statements say that is in no document yet."""
    exposure_components.register(
        Source(
            key="settlement-statements",
            sql=_WAITING,
            column="COALESCE(s.store_id, s.account_id)",
            known=_KNOWN,
            order=45,
        )
    )
