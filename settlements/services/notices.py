"""Telling leads and controllers what became overdue."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.urls import reverse

from accounts.models import Account
from kam.notifications.services import Telling, notify_each

ONE_BY_ONE = 5  # payers a user is told of singly; more of them are one line

_NEW_SQL = """
SELECT w.user_id, w.party_id, a.name, w.currency_id, w.amount, fresh.items
FROM (
    SELECT s.party_id, i.currency_id, count(*) AS items FROM settlements_overduespell s
    JOIN settlements_ledgeritem i ON i.id = s.item_id
    WHERE s.noted_on = %(as_of)s AND s.cured_on IS NULL GROUP BY 1, 2
) AS fresh
JOIN settlements_workitem w ON w.party_id = fresh.party_id AND w.currency_id = fresh.currency_id
    AND w.state = 'open' AND w.user_id IS NOT NULL
JOIN accounts_account a ON a.id = w.party_id
ORDER BY w.user_id, a.name, w.party_id, w.currency_id
"""


@dataclass
class _Payer:
    """What one user is told of one payer."""

    party_id: int
    name: str
    items: dict[str, int]
    sums: dict[str, Decimal]


def tell_of_overdue(*, as_of: date, at: datetime) -> int:
    """Tell who works on payers what became overdue with the run of a day (repeatable).

    A user with more than five such payers gets one line about all of them, amounts by currency.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NEW_SQL, {"as_of": as_of})
        rows = cursor.fetchall()
    by_user: dict[int, dict[int, _Payer]] = defaultdict(dict)
    for user_id, party_id, name, currency, amount, items in rows:
        payer = by_user[user_id].setdefault(party_id, _Payer(party_id, name, {}, {}))
        payer.items[currency], payer.sums[currency] = items, amount  # lead and controller in one
    tellings = [
        telling
        for user_id, payers in by_user.items()
        for telling in _tellings(user_id, list(payers.values()), as_of)
    ]
    return notify_each(kind="settlements.overdue", tellings=tellings, occurred_at=at)


def _tellings(user_id: int, payers: list[_Payer], as_of: date) -> list[Telling]:
    if len(payers) > ONE_BY_ONE:
        return [_of_many(user_id, payers, as_of)]
    return [
        Telling(
            user_id=user_id,
            params={"payer": one.name, "items": sum(one.items.values()), "sums": _listed(one.sums)},
            subject_id=one.party_id,
            url=f"{Account(pk=one.party_id).get_absolute_url()}#panel-receivables",
            dedupe=f"{one.party_id}:{as_of.isoformat()}",
        )
        for one in payers
    ]


def _of_many(user_id: int, payers: list[_Payer], as_of: date) -> Telling:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for one in payers:
        for currency, amount in one.sums.items():
            sums[currency] += amount
    return Telling(
        user_id=user_id,
        params={
            "payers": len(payers),
            "items": sum(sum(one.items.values()) for one in payers),
            "sums": _listed(sums),
        },
        url=f"{reverse('settlements:work-list')}?whose=mine",
        dedupe=f"all:{as_of.isoformat()}",
    )


def _listed(sums: dict[str, Decimal]) -> list[list[Any]]:
    """Amounts by currency, the largest first."""
    return [[code, str(total)] for code, total in sorted(sums.items(), key=lambda one: -one[1])]
