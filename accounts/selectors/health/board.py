"""The health board: how accounts spread over levels, where points are lost, who moved."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Avg, Count, DecimalField, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Abs

from accounts.analytics.health import Shift
from accounts.choices import HealthLevel
from accounts.models import Account, HealthScore
from accounts.selectors.accounts import matching
from accounts.selectors.health.rules import Rules
from accounts.selectors.health.standing import shifts_of
from accounts.selectors.tiers.listing import in_tiers
from kam.core.formats import Text
from kam.identity.models import User

_SCORE: DecimalField[Any, Any] = DecimalField(max_digits=7, decimal_places=4)


def scores_now(user: User) -> QuerySet[Any]:
    """Return the present score of every visible account that is scored, with account and lead."""
    rows: QuerySet[Any] = HealthScore.objects.visible_to(user).filter(valid__upper_inf=True)
    return rows.select_related("account__current_lead")


def with_change(rows: QuerySet[Any], *, since: date) -> QuerySet[Any]:
    """Add `score_then`, what the score was on an earlier day (None without one), and `change`."""
    former = HealthScore.objects.filter(account=OuterRef("account"), valid__contains=since)
    then = Subquery(former.values("score")[:1], output_field=_SCORE)
    found: QuerySet[Any] = rows.annotate(score_then=then).annotate(
        change=F("score") - F("score_then")
    )
    return found


@dataclass(frozen=True)
class LevelCount:
    """How many accounts a level has, how many of them a cap holds down, and their mean score."""

    level: HealthLevel
    accounts: int
    capped: int
    mean: Decimal | None


def distribution(user: User) -> list[LevelCount]:
    """Return how the user's accounts spread over the levels, the best first."""
    rows = scores_now(user).order_by().values("level")
    found = {
        row["level"]: row
        for row in rows.annotate(
            accounts=Count("pk"),
            capped=Count("pk", filter=Q(score__lt=F("uncapped"))),
            mean=Avg("score"),
        )
    }
    nothing = {"accounts": 0, "capped": 0, "mean": None}
    return [
        LevelCount(
            level, *(found.get(level, nothing)[name] for name in ("accounts", "capped", "mean"))
        )
        for level in HealthLevel
    ]


@dataclass(frozen=True)
class Loss:
    """A measure over all accounts of a user: where it counts, is stale, and loses points.

    `lost` is the mean over the accounts in which it counts.
    """

    key: str
    title: Text
    fresh: int
    stale: int
    missing: int
    lost: Decimal | None


_LOSSES = """
SELECT part ->> 0, count(*) FILTER (WHERE (part ->> 4)::boolean),
    count(*) FILTER (WHERE NOT (part ->> 4)::boolean),
    avg((part ->> 2)::numeric - (part ->> 3)::numeric)
FROM accounts_healthscore h CROSS JOIN LATERAL jsonb_array_elements(h.parts) AS part
WHERE h.id IN ({rows}) GROUP BY 1
"""


def losses(user: User, rules: Rules) -> list[Loss]:
    """Return where the user's accounts lose points, a line per measure that counts."""
    rows = scores_now(user).order_by().select_related(None)
    total = rows.count()
    sql, values = rows.values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_LOSSES.format(rows=sql), values)
        found = {key: counts for key, *counts in cursor.fetchall()}
    return [
        Loss(
            one.measure.key,
            one.measure.title,
            fresh,
            stale,
            total - fresh - stale,
            lost,
        )
        for one in rules.counting
        for fresh, stale, lost in [found.get(one.measure.key, [0, 0, None])]
    ]


@dataclass(frozen=True, kw_only=True)
class Mover:
    """An account whose health changed in a period, and what of it changed."""

    before: HealthScore
    after: HealthScore
    shifts: Sequence[Shift]

    @property
    def pk(self) -> int:
        """The account's key, as tables ask for one."""
        return int(self.after.account_id)

    @property
    def account(self) -> Account:
        """The account."""
        return self.after.account

    @property
    def change(self) -> Decimal | None:
        """How the score changed; None where it had or has none."""
        if self.before.score is None or self.after.score is None:
            return None
        return self.after.score - self.before.score

    @property
    def is_worse(self) -> bool:
        """Whether the level fell; from or to grey is no fall."""
        order = [HealthLevel.GOOD, HealthLevel.WATCH, HealthLevel.POOR]
        levels = (self.before.level, self.after.level)
        return HealthLevel.INSUFFICIENT not in levels and order.index(
            HealthLevel(levels[1])
        ) > order.index(HealthLevel(levels[0]))


def movers(user: User, *, since: date, limit: int = 200) -> list[Mover]:
    """Return visible accounts whose score or level changed since a day, largest change first."""
    changed = scores_now(user).filter(valid__startswith__gt=since)
    return movers_of(changed, since=since, limit=limit)


def movers_of(rows: QuerySet[Any], *, since: date, limit: int) -> list[Mover]:
    """Return what moved of some present scores since a day, largest change first."""
    ranked = with_change(rows, since=since).order_by(
        Abs("change").desc(nulls_last=True), "account__name_key", "pk"
    )
    new: dict[int, Any] = {row.account_id: row for row in ranked[:limit]}
    former = HealthScore.objects.filter(account__in=list(new), valid__contains=since)
    old = {row.account_id: row for row in former}
    found = [
        Mover(before=old[pk], after=row, shifts=shifts_of(old[pk], row))
        for pk, row in new.items()
        if pk in old
    ]
    return [one for one in found if one.change or one.before.level != one.after.level]


def fallen(user: User, *, since: date, points: int, limit: int) -> list[Mover]:
    """Return accounts that the user leads or stands in for, and that fell in level or by points."""
    own = scores_now(user).filter(
        account__current_lead__in=user.acting_user_ids(), valid__startswith__gt=since
    )
    found = movers_of(own, since=since, limit=200)
    worse = [one for one in found if one.is_worse or (one.change or 0) <= -points]
    return worse[:limit]


def scored_on() -> date | None:
    """Return the day that health was last computed; None where it never was."""
    rows = HealthScore.objects.filter(valid__upper_inf=True)
    found: date | None = rows.order_by("-scored_on").values_list("scored_on", flat=True).first()
    return found


def in_held_tiers(rows: QuerySet[Any], codes: Collection[str], *, as_of: date) -> QuerySet[Any]:
    """Narrow scores to accounts whose tier has one of the codes on a day."""
    return rows.filter(account__in=in_tiers(Account.objects.all(), codes, as_of=as_of).values("pk"))


def named(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Narrow scores to accounts with the text in their name, or with it as an identifier."""
    return rows.filter(account__in=matching(Account.objects.all(), text).values("pk"))
