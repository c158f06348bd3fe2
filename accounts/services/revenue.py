"""Upkeep of revenue entries that the database can do in one statement."""

from __future__ import annotations

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import RevenueEntry
from kam.core.jobs import enqueue
from kam.core.models import Organisation
from kam.core.problems import Blocker

_MISSING = """
SELECT e.id, x.rate
FROM (SELECT DISTINCT account_id, month FROM accounts_revenuemonth
      WHERE unconverted > 0) AS gap
JOIN accounts_revenueentry e ON e.booked_on >= gap.month
    AND e.booked_on < gap.month + interval '1 month'
    AND {same_account}
CROSS JOIN LATERAL (
    SELECT r.rate FROM (
        SELECT 1::numeric AS rate, e.booked_on AS valid_on WHERE e.currency_id = %(base)s
        UNION ALL
        SELECT r.rate, r.valid_on FROM core_exchangerate r
        WHERE r.currency_id = e.currency_id AND r.base_id = %(base)s
          AND r.valid_on <= e.booked_on
    ) AS r ORDER BY r.valid_on DESC LIMIT 1
) AS x
WHERE e.base_amount IS NULL
"""
_FILL_SQL = f"""
WITH found AS (
    {_MISSING.format(same_account="e.account_id = gap.account_id")}
    UNION ALL
    {_MISSING.format(same_account="gap.account_id IS NULL AND e.account_id IS NULL")}
), locked AS (
    SELECT e.id FROM accounts_revenueentry e WHERE e.id IN (SELECT id FROM found)
    ORDER BY e.id FOR NO KEY UPDATE
)
UPDATE accounts_revenueentry e
SET rate = found.rate, base_amount = round(e.net_amount * found.rate, 4)
FROM found JOIN locked ON locked.id = found.id
WHERE e.id = found.id AND e.base_amount IS NULL
"""


@transaction.atomic
def fill_base_amounts() -> int:
    """Give entries without an amount in base currency one, where a rate now exists.

    The rate is the latest on or before the entry's date; the roll-ups follow by trigger. Entries
    that have an amount keep the rate they were booked with. Answers how many were filled; safe
    to run twice. The figures of lists are refreshed by the caller.
    """
    base = Organisation.objects.values_list("base_currency_id", flat=True).get(pk=1)
    with connection.cursor() as cursor:
        cursor.execute(_FILL_SQL, {"base": base})
        return int(cursor.rowcount)


def base_currency_blocker() -> Blocker | None:
    """Say why the base currency must stay, while revenue is stored in it."""
    if not RevenueEntry.objects.exists():
        return None
    return Blocker(
        _(
            "The base currency stays while there is revenue: each entry was converted into it with"
            " the rate of its day. Figures can be shown in any other currency."
        ),
        code="base_currency_in_use",
        field="base_currency",
    )


def ask_to_fill_base_amounts() -> None:
    """Have entries converted that waited for a rate: a job, asked for where rates change."""
    enqueue("accounts.fill_base_amounts", key="accounts.fill_base_amounts")
