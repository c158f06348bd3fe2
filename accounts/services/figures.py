"""Figures of accounts for lists, kept ready: revenue of an account and all below it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import connection, transaction

from accounts.selectors.accounts import windows
from accounts.selectors.below import BELOW, MONTHS

_SUMS = """
, sums AS (
    SELECT root_id, sum(amount) FILTER (WHERE month >= %(middle)s) AS latest,
        sum(amount) FILTER (WHERE month < %(middle)s) AS before, sum(unconverted) AS unconverted
    FROM pieces GROUP BY root_id
), lasts AS (
    SELECT below.root_id, max(entry.booked_on) AS booked_on
    FROM below CROSS JOIN LATERAL (
        SELECT e.booked_on FROM accounts_revenueentry e
        WHERE e.account_id = below.account_id AND e.booked_on <= %(as_of)s
          AND e.booked_on >= COALESCE(lower(below.valid), '-infinity'::date)
          AND e.booked_on < COALESCE(upper(below.valid), 'infinity'::date)
        ORDER BY e.booked_on DESC LIMIT 1
    ) AS entry
    GROUP BY below.root_id
)
"""
_KEEP = """
INSERT INTO accounts_accountfigure AS f
    (account_id, as_of, net_12m, net_previous_12m, last_entry_on, unconverted)
SELECT account.id, %(as_of)s, COALESCE(sums.latest, 0), COALESCE(sums.before, 0),
    lasts.booked_on, COALESCE(sums.unconverted, 0)
FROM accounts_account account
LEFT JOIN sums ON sums.root_id = account.id
LEFT JOIN lasts ON lasts.root_id = account.id
WHERE %(everyone)s OR account.id = ANY(%(ids)s::bigint[])
ORDER BY account.id
ON CONFLICT (account_id) DO UPDATE SET as_of = EXCLUDED.as_of, net_12m = EXCLUDED.net_12m,
    net_previous_12m = EXCLUDED.net_previous_12m, last_entry_on = EXCLUDED.last_entry_on,
    unconverted = EXCLUDED.unconverted
"""


@transaction.atomic
def refresh_figures(*, as_of: date, account_ids: Collection[int] | None = None) -> int:
    """Recompute the list figures of accounts (None: of all); answers how many were written.

    Net revenue in base currency of the account and of whatever stood below it on each entry's
    date, over the windows of `windows`. Entries without a rate are left out and counted in
    `unconverted`; `last_entry_on` is the last entry's date up to the day. Every account has a
    row: no revenue is a real 0 here. Safe to run beside itself.
    """
    span = windows(as_of)
    parameters: dict[str, Any] = {
        "everyone": account_ids is None,
        "ids": sorted(account_ids or ()),
        "as_of": as_of,
        "start": span.before.start,
        "middle": span.latest.start,
        "end": span.latest.end,
    }
    with connection.cursor() as cursor:
        cursor.execute(BELOW + MONTHS + _SUMS + _KEEP, parameters)
        return int(cursor.rowcount)
