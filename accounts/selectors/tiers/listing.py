"""Tiers beside accounts in lists: the tier that holds for each, found through what is above it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import JSONField, Q, QuerySet
from django.db.models.expressions import RawSQL

from accounts.analytics.tiering import PROVISIONAL_BELOW
from accounts.models import Account

_TIER = """(
    SELECT jsonb_build_object('name', t.name, 'rank', t.rank, 'decided', o.id IS NOT NULL,
        'provisional', o.id IS NULL AND a.confidence < %s)
    FROM unnest(accounts_account.path) WITH ORDINALITY AS step(id, place)
    LEFT JOIN accounts_tierassignment a ON a.account_id = step.id AND a.valid @> %s::date
    LEFT JOIN accounts_tieroverride o ON o.account_id = step.id AND o.valid @> %s::date
    JOIN accounts_tier t ON t.id = COALESCE(o.tier_id, a.tier_id)
    ORDER BY step.place DESC LIMIT 1
)"""
_HOLDERS = """(
    SELECT COALESCE(a.account_id, o.account_id)
    FROM (SELECT account_id, tier_id FROM accounts_tierassignment WHERE valid @> %s::date) AS a
    FULL JOIN (SELECT account_id, tier_id FROM accounts_tieroverride WHERE valid @> %s::date) AS o
        ON o.account_id = a.account_id
    JOIN accounts_tier t ON t.id = COALESCE(o.tier_id, a.tier_id)
    WHERE t.code = ANY(%s::text[])
)"""


def with_tier(rows: QuerySet[Account], *, as_of: date) -> QuerySet[Account]:
    """Annotate accounts with `held_tier`: name, rank, decided, provisional; None without one.

    It is the account's own or that of the nearest account above it, by today's tree.
    """
    values = [PROVISIONAL_BELOW, as_of, as_of]
    return rows.annotate(held_tier=RawSQL(_TIER, values, output_field=JSONField()))  # noqa: S611 - constant


def in_tiers(rows: QuerySet[Any], codes: Collection[str], *, as_of: date) -> QuerySet[Any]:
    """Narrow accounts to those whose own or group's tier has one of the codes on a day."""
    holders = RawSQL(_HOLDERS, [as_of, as_of, list(codes)])  # noqa: S611 - constant
    return rows.filter(Q(pk__in=holders) | Q(current_group__in=holders))
