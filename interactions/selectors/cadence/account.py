"""Cadence of one account: what its tier asks for, and required functions without a pace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from accounts.models import Account, Position, Tier
from accounts.selectors.people.ratings import relationship_settings
from accounts.selectors.tiers.policies import required_functions, tier_on
from interactions.analytics.cadence import WHOLE
from interactions.selectors.cadence import sql
from interactions.selectors.cadence.touches import Touch, touches_of
from kam.core.cockpit import once_a_page

_MET = f"""
WITH standing AS (
    SELECT p.id AS position_id, p.function FROM accounts_account b
    JOIN accounts_position p ON p.account_id = b.id
        AND p.valid @> %(as_of)s::date AND p.person_id IS NOT NULL
    WHERE b.path @> ARRAY[%(account)s::bigint]
), spoken AS ({sql.SPOKEN.format(positions="SELECT position_id FROM standing")})
SELECT s.function, max(k.last_on), count(*),
    (array_agg(s.position_id ORDER BY k.last_on NULLS FIRST, s.position_id))[1]
FROM standing s LEFT JOIN spoken k USING (position_id) GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class FunctionPace:
    """A function at an account (or the whole of it): the last two-way contact and the next due.

    `touch` is None where no pace is set for it; `position` is whoever we have not spoken with for
    longest.
    """

    function: str
    last_on: date | None
    touch: Touch | None
    position: Position | None
    people: int
    is_required: bool


@dataclass(frozen=True, slots=True)
class AccountPace:
    """Cadence of an account under the tier that holds for it."""

    tier: Tier | None
    functions: Sequence[FunctionPace]

    @property
    def next_due(self) -> Touch | None:
        """What is due next, or most overdue."""
        touches = [one.touch for one in self.functions if one.touch]
        return min(touches, key=lambda one: (-one.overdue_days, one.due_on), default=None)

    @property
    def overdue(self) -> list[FunctionPace]:
        """Required functions of which the contact is overdue."""
        return [one for one in self.functions
                if one.is_required and one.touch and one.touch.is_overdue]  # fmt: skip


def paces_at(account: Account, *, as_of: date) -> AccountPace:
    """Return the account's required functions and whatever its tier asks for, in that order.

    Contacts of everybody below count. Nine queries at most, whatever its size.
    """
    touches = {
        one.function: one for one in touches_of(Account.objects.filter(pk=account.pk), as_of=as_of)
    }
    settings = once_a_page(account, "relationship settings", relationship_settings)
    required = list(required_functions(account, settings, as_of=as_of))
    asked = [one for one in touches if one not in (WHOLE, *required)]
    whole = [WHOLE] if WHOLE in touches else []
    met = _met(account, as_of)
    return AccountPace(
        tier_on(account, as_of=as_of),
        [_of(one, touches.get(one), met, one in required) for one in (*required, *asked, *whole)],
    )


type Met = dict[str, tuple[date | None, int, Position | None]]


def _of(function: str, touch: Touch | None, met: Met, is_required: bool) -> FunctionPace:
    if touch is not None:
        return FunctionPace(
            function, touch.last_on, touch, touch.position, touch.people, is_required
        )
    last_on, people, position = met.get(function, (None, 0, None))
    return FunctionPace(function, last_on, None, position, people, is_required)


def _met(account: Account, as_of: date) -> Met:
    with connection.cursor() as cursor:
        cursor.execute(_MET, {"account": account.pk, "as_of": as_of})
        rows = cursor.fetchall()
    places = Position.objects.select_related("person").in_bulk([row[3] for row in rows])
    return {function: (last, count, places.get(pk)) for function, last, count, pk in rows}
