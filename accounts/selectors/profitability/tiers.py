"""The tier that holds for customers, with its contribution floor, and who is under it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext

_HELD = """
SELECT a.id, t.code, t.name, t.rank, t.contribution_floor
FROM accounts_account a CROSS JOIN LATERAL (
    SELECT COALESCE(o.tier_id, c.tier_id) AS tier_id
    FROM unnest(a.path) WITH ORDINALITY AS step(id, place)
    LEFT JOIN accounts_tierassignment c ON c.account_id = step.id AND c.valid @> %(as_of)s::date
    LEFT JOIN accounts_tieroverride o ON o.account_id = step.id AND o.valid @> %(as_of)s::date
    WHERE COALESCE(o.tier_id, c.tier_id) IS NOT NULL
    ORDER BY step.place DESC LIMIT 1
) AS held JOIN accounts_tier t ON t.id = held.tier_id
WHERE a.id = ANY(%(ids)s::bigint[])
"""


@dataclass(frozen=True, slots=True)
class HeldTier:
    """A tier as it holds for an account; `floor` is a fraction of revenue, None: none is set."""

    code: str
    name: str
    rank: int
    floor: Decimal | None

    @property
    def title(self) -> str:
        """The name, in the reader's language where it is one of ours."""
        return gettext(self.name) if self.name else ""


def held_tiers(account_ids: Iterable[int], *, as_of: date) -> dict[int, HeldTier]:
    """Return the tier that holds for accounts on a day: their own, or of the nearest one above."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD, {"ids": list(account_ids), "as_of": as_of})
        return {
            pk: HeldTier(code, name, rank, None if floor is None else floor / 100)
            for pk, code, name, rank, floor in cursor.fetchall()
        }
