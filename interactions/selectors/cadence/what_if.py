"""What rules of cadence ask of each manager in a week, beside what they have done of late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from accounts.models import Account, Tier
from accounts.selectors.tiers.models import model_in_force
from interactions.analytics.cadence import WEEK, per_week
from interactions.models import CadencePolicy
from interactions.selectors.cadence import sql
from interactions.selectors.cadence.touches import subquery
from kam.identity.models import User

WEEKS = 13

type Paces = Mapping[tuple[str, str], int | None]

_LOAD = """
WITH {paces}
SELECT current_lead_id, sum({week}::numeric / every_days), count(*), count(DISTINCT id)
FROM asked GROUP BY 1
"""
_MADE = """
SELECT c.user_id, count(DISTINCT i.id)
FROM interactions_colleague c JOIN interactions_interaction i ON i.id = c.interaction_id
    AND i.direction = 'two_way' AND i.occurred_on > %(since)s AND i.occurred_on <= %(as_of)s
WHERE c.user_id = ANY(%(ids)s) GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Load:
    """What a manager is asked for in a week: now, under other rules, and what they did.

    `user` is None for accounts that nobody leads. `made` is two-way contacts a week over the last
    13 weeks, None where there is nobody; `tried` is None where no other rules are asked about.
    """

    user: User | None
    accounts: int
    now: Decimal
    tried: Decimal | None
    made: Decimal | None

    @property
    def pk(self) -> int:
        """The manager's key; 0 for nobody."""
        return self.user.pk if self.user else 0

    @property
    def change(self) -> Decimal | None:
        """How much more a week the other rules ask for."""
        return None if self.tried is None else self.tried - self.now

    @property
    def is_too_much(self) -> bool:
        """Whether it is more than was done of late."""
        asked = self.now if self.tried is None else self.tried
        return self.made is not None and asked > self.made


def current_tiers(as_of: date) -> list[Tier]:
    """Return the tiers of the model in force, the highest first."""
    model = model_in_force(as_of)
    return list(model.tiers.order_by("rank")) if model else []


def policies_on(day: date) -> QuerySet[CadencePolicy]:
    """Return the rules that hold on a day."""
    rows: QuerySet[CadencePolicy] = CadencePolicy.objects.filter(valid__contains=day)
    return rows


def paces_on(day: date) -> dict[tuple[str, str], int]:
    """Return the days of the rules in force by tier code and function."""
    return {(row.tier_code, row.function): row.every_days for row in policies_on(day)}


def loads(accounts: QuerySet[Account], *, as_of: date, tried: Paces | None = None) -> list[Load]:
    """Return what the rules ask of each manager of the accounts, the most loaded first.

    Every function that a tier asks for is one contact, as on the list of due contacts; pauses are
    not taken off. Four queries.
    """
    now = _asked(accounts, sql.RULES, {"as_of": as_of})
    then = {} if tried is None else _asked(accounts, sql.GIVEN_RULES, _given(tried, as_of))
    ids = sorted({pk for pk in (*now, *then) if pk is not None})
    made, users = _made(ids, as_of), User.objects.in_bulk(ids)
    found = [
        Load(
            user=users.get(pk) if pk is not None else None,
            accounts=max(now.get(pk, _NOTHING)[1], then.get(pk, _NOTHING)[1]),
            now=now.get(pk, _NOTHING)[0],
            tried=None if tried is None else then.get(pk, _NOTHING)[0],
            made=None if pk is None else per_week(made.get(pk, 0), WEEKS),
        )
        for pk in (*ids, *([None] if None in now or None in then else []))
    ]
    return sorted(found, key=lambda one: (-(one.tried or one.now), one.pk))


_NOTHING = (Decimal(0), 0)


def _given(tried: Paces, as_of: date) -> dict[str, Any]:
    rows = [(code, function, days) for (code, function), days in tried.items() if days]
    columns: Sequence[Sequence[Any]] = list(zip(*rows, strict=True)) or [[], [], []]
    names = ("codes", "functions", "everys")
    lists = {name: list(column) for name, column in zip(names, columns, strict=True)}
    return {**lists, "as_of": as_of}


def _asked(
    accounts: QuerySet[Account], rules: str, values: Mapping[str, Any]
) -> dict[int | None, tuple[Decimal, int]]:
    query = _LOAD.format(paces=sql.paces(scope=subquery(accounts), rules=rules), week=WEEK)
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return {user: (asked, accounts) for user, asked, _touches, accounts in cursor.fetchall()}


def _made(ids: Sequence[int], as_of: date) -> dict[int, int]:
    since = as_of - timedelta(days=WEEKS * WEEK)
    with connection.cursor() as cursor:
        cursor.execute(_MADE, {"ids": list(ids), "since": since, "as_of": as_of})
        return dict(cursor.fetchall())
