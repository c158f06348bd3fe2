"""What an account bought outright in the periods of statements, for fees in percent of purchases.

Purchases are revenue entries, returns below zero, in the agreement's currency, of the account and
everything below it today; other currencies do not count. What settlement statements post is left
out: it is what they settle, and a statement would count itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from settlements.selectors.settling.jobs import Job
from settlements.selectors.terms.conditions import ConditionRules

STATEMENTS = "settlement-statements"
"""The source that statements post revenue under."""
_SQL = """
SELECT a.place, sum(e.net_amount)
FROM unnest(%(places)s::int[], %(nodes)s::bigint[], %(categories)s::bigint[],
        %(currencies)s::text[], %(starts)s::date[], %(ends)s::date[])
    AS a(place, node, category_id, currency_id, first_day, after)
JOIN accounts_account c ON c.path @> ARRAY[a.node]
JOIN accounts_revenueentry e ON e.account_id = c.id AND e.currency_id = a.currency_id
    AND e.booked_on >= a.first_day AND e.booked_on < a.after
    AND (a.category_id = 0 OR e.category_id = a.category_id)
JOIN imports_datasource s ON s.id = e.source_id AND s.code <> %(statements)s
GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose purchases of which goods, on the days that a condition and a period have in common."""

    node_id: int
    category_id: int | None
    currency: str
    start: date
    end: date

    @classmethod
    def of(cls, one: ConditionRules, job: Job) -> Asked:
        """What a condition asks for in a job's period."""
        return cls(
            job.store_id or job.account_id,
            one.category_id,
            job.rules.currency,
            max(one.start, job.start),
            job.end if one.end is None else min(one.end, job.end),
        )


def purchases_of(asked: Iterable[Asked]) -> dict[Asked, Decimal]:
    """Return what each asks for, zero where nothing was bought; one statement, or none."""
    found: Sequence[Asked] = list(dict.fromkeys(asked))
    if not found:
        return {}
    values: dict[str, Any] = {
        "statements": STATEMENTS,
        "places": list(range(len(found))),
        "nodes": [one.node_id for one in found],
        "categories": [one.category_id or 0 for one in found],
        "currencies": [one.currency for one in found],
        "starts": [one.start for one in found],
        "ends": [one.end for one in found],
    }
    with connection.cursor() as cursor:
        cursor.execute(_SQL, values)
        sums = dict(cursor.fetchall())
    return {one: sums.get(place, Decimal(0)) for place, one in enumerate(found)}
