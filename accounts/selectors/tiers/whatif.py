"""What a model would do if it were in force: who would move, from where to where, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from django.db import connection, transaction

from accounts.models import Account, Tier, TierAssignment, TierModel, TierOverride
from accounts.models.tiers import ExactDecoder
from accounts.selectors.tiers.scoring import compute
from accounts.selectors.tiers.standing import Line, explained_lines
from kam.identity.models import User

type Kind = Literal["first", "moves", "leaves"]

_MOVED = """
SELECT COALESCE(r.account_id, a.account_id) AS account_id, r.score, r.confidence,
    r.explanation::text, r.tier_id, a.id AS assignment_id
FROM tier_result r
FULL JOIN (
    SELECT a.id, a.account_id, t.code FROM accounts_tierassignment a
    JOIN accounts_tier t ON t.id = a.tier_id WHERE a.valid @> %(as_of)s::date
) AS a ON a.account_id = r.account_id
LEFT JOIN accounts_tier next ON next.id = r.tier_id
WHERE next.code IS DISTINCT FROM a.code
"""
_COUNTS = """
SELECT t.id, count(r.account_id) FROM accounts_tier t LEFT JOIN tier_result r ON r.tier_id = t.id
WHERE t.model_id = %(model)s GROUP BY t.id
"""


@dataclass(frozen=True)
class Reason:
    """A criterion whose part of the score differs, most of all first."""

    title: Any
    before: Decimal | None
    after: Decimal | None

    @property
    def change(self) -> Decimal:
        """Points of the score gained or lost."""
        return (self.after or Decimal(0)) - (self.before or Decimal(0))


@dataclass(frozen=True, kw_only=True)
class Move:
    """An account that would have another tier, with the scores now and then.

    `kind` is "first" where it has no tier today and "leaves" where it would have none. Where the
    score is the same, thresholds or margin moved it.
    """

    account: Account
    kind: Kind
    before: Tier | None
    after: Tier | None
    score_before: Decimal | None
    score_after: Decimal | None
    confidence: Decimal | None
    reasons: Sequence[Reason]
    override: TierOverride | None = None

    @property
    def pk(self) -> int:
        """The account's key, as tables ask for one."""
        return int(self.account.pk)

    @property
    def steps(self) -> int:
        """How many tiers up (positive) or down."""
        if self.before is None or self.after is None:
            return 0
        return int(self.before.rank) - int(self.after.rank)


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """What a model would do as of a day: how many have a score, accounts by tier, who moves.

    Counts are of all accounts; moves only of those that the user may see.
    """

    model: TierModel
    as_of: date
    scored: int
    counts: Sequence[tuple[Tier, int]]
    counts_now: Sequence[tuple[Tier, int]]
    moves: Sequence[Move]


def what_if(model: TierModel, *, as_of: date, user: User) -> WhatIf:
    """Score everybody by a model as of a day and hold it against today's computed tiers.

    Nothing is kept. It is what the rescoring of that day would do, hysteresis included.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        scored = compute(model, as_of=as_of)
        cursor.execute(_MOVED, {"as_of": as_of})
        rows = cursor.fetchall()
        cursor.execute(_COUNTS, {"model": model.pk})
        counts = dict(cursor.fetchall())
    tiers = list(model.tiers.all())
    return WhatIf(
        model=model,
        as_of=as_of,
        scored=scored,
        counts=[(tier, counts.get(tier.pk, 0)) for tier in tiers],
        counts_now=counts_by_tier(as_of=as_of),
        moves=_moves(model, rows, as_of=as_of, user=user),
    )


def counts_by_tier(*, as_of: date) -> list[tuple[Tier, int]]:
    """Return how many accounts each tier has by computation on a day, overrides left aside."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tier_id, count(*) FROM accounts_tierassignment"
            " WHERE valid @> %s::date GROUP BY tier_id",
            [as_of],
        )
        counts = dict(cursor.fetchall())
    tiers = Tier.objects.in_bulk(counts)
    found = [(tiers[pk], count) for pk, count in counts.items()]
    return sorted(found, key=lambda pair: pair[0].rank)


def _moves(model: TierModel, rows: Sequence[Any], *, as_of: date, user: User) -> list[Move]:
    ids = [row[0] for row in rows]
    accounts = Account.objects.visible_to(user).in_bulk(ids)
    kept = TierAssignment.objects.select_related("tier", "model").prefetch_related(
        "model__criteria"
    )
    standing = kept.in_bulk([row[5] for row in rows if row[5] is not None and row[0] in accounts])
    overrides = TierOverride.objects.filter(account__in=list(accounts), valid__contains=as_of)
    decided = {row.account_id: row for row in overrides.select_related("tier")}
    tiers, criteria = {tier.pk: tier for tier in model.tiers.all()}, list(model.criteria.all())
    found = []
    for account_id, score, confidence, explanation, tier_id, assignment_id in rows:
        if account_id not in accounts:
            continue
        now = standing.get(assignment_id)
        known = ExactDecoder().decode(explanation or "[]")
        after = explained_lines(criteria, known) if explanation else []
        before = explained_lines(list(now.model.criteria.all()), now.explanation) if now else []
        found.append(
            Move(
                account=accounts[account_id],
                kind="first" if now is None else "leaves" if tier_id is None else "moves",
                before=now.tier if now else None,
                after=tiers.get(tier_id),
                score_before=now.score if now else None,
                score_after=score,
                confidence=confidence,
                reasons=_reasons(before, after),
                override=decided.get(account_id),
            )
        )
    return sorted(found, key=lambda move: (-abs(move.steps), move.account.name_key))


def _reasons(before: Sequence[Line], after: Sequence[Line]) -> list[Reason]:
    """The criteria whose part changed, the largest change first."""
    old = {line.criterion.measure: line for line in before}
    new = {line.criterion.measure: line for line in after}
    found = [
        Reason(
            (new.get(key) or old[key]).title,
            old[key].brought if key in old else None,
            new[key].brought if key in new else None,
        )
        for key in {**old, **new}
    ]
    return sorted((one for one in found if one.change), key=lambda one: -abs(one.change))
