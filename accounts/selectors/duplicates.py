"""Accounts that may be one and the same: alike in name within a country."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db import connection, transaction

from accounts.models import Account
from kam.identity.models import User

ALIKE = Decimal("0.6")
"""Trigram similarity from which two names are shown as a pair; 1 is the same name."""
CHECKED_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Pair:
    """Two accounts that may be one, the one with more revenue first; similarity from 0 to 1."""

    keep: Account
    drop: Account
    similarity: Decimal


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs whose first name, in order, is among those checked; `after` continues behind them."""

    pairs: list[Pair]
    checked: int
    after: int | None


_SQL = """
WITH checked AS (
    SELECT id, name_key, country, path FROM accounts_account
    WHERE merged_into_id IS NULL AND status <> 'closed' AND id = ANY(%(ids)s::bigint[])
)
SELECT a.id, b.id, round(similarity(a.name_key, b.name_key)::numeric, 3) AS alike
FROM checked a JOIN accounts_account b ON b.name_key %% a.name_key AND b.id > a.id
WHERE b.merged_into_id IS NULL AND b.status <> 'closed'
  AND (a.country = b.country OR a.country = '' OR b.country = '')
  AND NOT (a.id = ANY(b.path) OR b.id = ANY(a.path))
  AND similarity(a.name_key, b.name_key) >= %(alike)s
ORDER BY alike DESC, a.id, b.id LIMIT 200
"""


def likely_duplicates(user: User, *, after: int = 0) -> Pairs:
    """Look for duplicates among the next accounts by number, in the user's scope.

    Names are compared by trigrams through an index, some accounts at a time, so that the page is
    quick whatever the number of accounts. Accounts above or below each other are no pair: a group
    and its company are often called alike.
    """
    rows = Account.objects.visible_to(user).not_merged().filter(pk__gt=after).order_by("pk")
    ids = list(rows.values_list("pk", flat=True)[:CHECKED_AT_ONCE])
    found = _look(ids)
    accounts = _accounts(user, {pk for row in found for pk in row[:2]})
    pairs = [
        _pair(accounts[one], accounts[other], alike)
        for one, other, alike in found
        if one in accounts and other in accounts
    ]
    return Pairs(pairs, len(ids), ids[-1] if len(ids) == CHECKED_AT_ONCE else None)


def _look(ids: list[int]) -> list[tuple[int, int, Decimal]]:
    with transaction.atomic(), connection.cursor() as cursor:  # for the setting
        cursor.execute("SELECT set_config('pg_trgm.similarity_threshold', %s, true)", [str(ALIKE)])
        cursor.execute(_SQL, {"ids": ids, "alike": ALIKE})
        return list(cursor.fetchall())


def _accounts(user: User, ids: set[int]) -> dict[int, Account]:
    rows = Account.objects.visible_to(user).select_related("figure", "current_lead")
    found: dict[int, Account] = rows.in_bulk(ids)
    return found


def _pair(one: Account, other: Account, similarity: Decimal) -> Pair:
    if other.figure.net_12m > one.figure.net_12m:
        one, other = other, one
    return Pair(one, other, similarity)
