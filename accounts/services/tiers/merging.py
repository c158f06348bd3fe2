"""What tiers move in a merge: ratings are copied, since they never change, overrides move."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Account, TierOverride, TierRating
from accounts.services.merge_parts import move_dated, plan_dated
from accounts.services.merging import Mover, Part

_COPY = """
INSERT INTO accounts_tierrating
    (account_id, measure, value, rated_on, evidence, author_id, created_at)
SELECT %s, measure, value, rated_on, evidence, author_id, created_at
FROM accounts_tierrating WHERE account_id = %s ORDER BY id
"""


def _plan_ratings(keep: Account, drop: Account) -> Part:
    count = TierRating.objects.filter(account=drop).count()
    lines = [ngettext("%s rating", "%s ratings", count) % count] if count else []
    return Part(moves=lines)


def _move_ratings(keep: Account, drop: Account) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_COPY, [keep.pk, drop.pk])


def _overrides(account: Account) -> QuerySet[Any]:
    rows = TierOverride.objects.filter(account=account).select_related("tier")
    return rows.order_by("valid")


def _plan_overrides(keep: Account, drop: Account) -> Part:
    return plan_dated(
        _overrides(keep),
        _overrides(drop),
        lambda row: row.tier_id,
        moves=_("Tier %(what)s by decision %(period)s"),
        stays=_("Both have a decided tier %(period)s: %(kept)s stays, %(what)s goes."),
        name=lambda row: row.tier,
    )


def _move_overrides(keep: Account, drop: Account) -> None:
    move_dated(
        _overrides(keep),
        _overrides(drop),
        lambda row, valid: TierOverride(
            account=keep,
            tier=row.tier,
            reason=row.reason,
            approver_id=row.approver_id,
            valid=valid,
        ),
    )


MOVERS = (
    Mover(key="accounts.tier_ratings", plan=_plan_ratings, move=_move_ratings, order=80),
    Mover(key="accounts.tier_overrides", plan=_plan_overrides, move=_move_overrides, order=81),
)
