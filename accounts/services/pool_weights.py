"""Keeps what cost pools are spread by added up, so that one account's part is read, not computed.

Readers are right without it: they add up for themselves what is not kept or has changed since.
"""

from __future__ import annotations

from datetime import date

from django.db import connection, transaction

from accounts.models import PoolWeightsChange
from accounts.selectors.profitability.parts import BLOCK_BITS, MEASURED, POOLS, TAKERS
from kam.core.dates import Period
from kam.core.locks import lock_names

LOCK = "accounts pool weights"
_CHANGED = """
SELECT DISTINCT p.month FROM accounts_costpool p
LEFT JOIN accounts_poolweights w ON w.month = p.month AND w.kind = p.kind
WHERE w.id IS NULL OR p.month IN (SELECT month FROM accounts_poolweightschange)
ORDER BY 1
"""
# One statement, so one snapshot: a change that the sums do not know is not removed either.
_KEEP = f"""
WITH {POOLS}, {MEASURED}, known AS (
    DELETE FROM accounts_poolweightschange WHERE month = %(start)s
), without_pool AS (
    DELETE FROM accounts_poolweights
    WHERE month = %(start)s AND kind NOT IN (SELECT kind FROM pooled)
), blocks AS (
    SELECT month, kind, account_id >> {BLOCK_BITS} AS block, sum(revenue) AS revenue,
        sum(entries) AS entries, count(*) AS accounts
    FROM ({TAKERS}) AS takers GROUP BY 1, 2, 3
), sums AS (
    SELECT month, kind, array_agg(block) AS blocks, array_agg(revenue) AS revenue,
        array_agg(entries) AS entries, array_agg(accounts) AS accounts
    FROM blocks GROUP BY month, kind
)
INSERT INTO accounts_poolweights AS w (month, kind, blocks, revenue, entries, accounts)
SELECT p.month, p.kind, COALESCE(s.blocks, '{{}}'), COALESCE(s.revenue, '{{}}'),
    COALESCE(s.entries, '{{}}'), COALESCE(s.accounts, '{{}}')
FROM pooled p LEFT JOIN sums s ON s.month = p.month AND s.kind = p.kind
ON CONFLICT (month, kind) DO UPDATE SET blocks = EXCLUDED.blocks, revenue = EXCLUDED.revenue,
    entries = EXCLUDED.entries, accounts = EXCLUDED.accounts
"""
_FORGET = """
WITH without_pool AS (
    DELETE FROM accounts_poolweights w WHERE NOT EXISTS (
        SELECT 1 FROM accounts_costpool p WHERE p.month = w.month AND p.kind = w.kind
    )
)
DELETE FROM accounts_poolweightschange c
WHERE NOT EXISTS (SELECT 1 FROM accounts_costpool p WHERE p.month = c.month)
"""


def is_behind() -> bool:
    """Whether there is anything to add up or to forget."""
    return PoolWeightsChange.objects.exists() or bool(_changed_months())


def keep_pool_weights() -> int:
    """Add up the months with pools that are not kept or have changed since; answers how many.

    Each month is a transaction of its own; safe to repeat and to run twice at once.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        lock_names(LOCK)
        cursor.execute(_FORGET)
    months = _changed_months()
    for month in months:
        _keep(month)
    return len(months)


def _changed_months() -> list[date]:
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED)
        return [month for (month,) in cursor.fetchall()]


@transaction.atomic
def _keep(month: date) -> None:
    lock_names(LOCK)  # who began earlier would else write older sums over newer ones
    period = Period.month(month.year, month.month)
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, {"start": period.start, "end": period.end})
