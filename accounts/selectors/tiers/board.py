"""The tiering board: how accounts spread over tiers, who moved, and the portfolio matrix."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import (
    Count,
    F,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Window,
)
from django.db.models.functions import Coalesce, RowNumber

from accounts.analytics.tiering import PROVISIONAL_BELOW
from accounts.choices import RatedMeasure
from accounts.models import Account, Tier, TierAssignment, TierModel, TierRating
from kam.identity.models import User

SHOWN_A_CELL = 12


@dataclass(frozen=True, kw_only=True)
class TierCount:
    """Accounts whose tier it is on the day; of them by decision, and on too little data."""

    tier: Tier
    accounts: int
    overridden: int
    provisional: int


def assignments_for(user: User, *, as_of: date) -> QuerySet[Any]:
    """Return the computed tiers of visible accounts on a day, with the code that holds.

    `held_rank` is the rank of the override's tier where there is one, else of the computed one.
    """
    on_the_day = Q(account__tier_overrides__valid__contains=as_of)  # an account has one at most
    rows: QuerySet[Any] = TierAssignment.objects.visible_to(user).filter(valid__contains=as_of)
    found: QuerySet[Any] = rows.annotate(
        decided=FilteredRelation("account__tier_overrides", condition=on_the_day),
        decided_rank=F("decided__tier__rank"),
        held_rank=Coalesce(F("decided_rank"), F("tier__rank"), output_field=IntegerField()),
    )
    return found


def distribution(user: User, model: TierModel, *, as_of: date) -> list[TierCount]:
    """Return how the user's accounts spread over the tiers of a model, highest tier first."""
    rows = assignments_for(user, as_of=as_of)
    counts = {
        row["held_rank"]: row
        for row in rows.values("held_rank").annotate(
            accounts=Count("pk"),
            overridden=Count("pk", filter=Q(decided_rank__isnull=False)),
            provisional=Count(
                "pk", filter=Q(confidence__lt=PROVISIONAL_BELOW, decided_rank__isnull=True)
            ),
        )
    }
    nothing = {"accounts": 0, "overridden": 0, "provisional": 0}
    return [
        TierCount(
            tier=tier,
            **{name: counts.get(tier.rank, nothing)[name] for name in nothing},
        )
        for tier in model.tiers.all()
    ]


@dataclass(frozen=True, kw_only=True)
class Mover:
    """An account whose computed tier changed in a period, by its last change in it."""

    account: Account
    on: date
    before: Tier
    after: Tier
    score_before: Decimal
    score_after: Decimal

    @property
    def pk(self) -> int:
        """The account's key, as tables ask for one."""
        return int(self.account.pk)

    @property
    def steps(self) -> int:
        """How many tiers up (positive) or down."""
        return int(self.before.rank) - int(self.after.rank)


def movers(user: User, *, since: date, as_of: date, limit: int = 200) -> list[Mover]:
    """Return visible accounts whose tier changed from a day on, the latest change first.

    A new version of the model alone is no change: the tiers' codes are held against each other.
    """
    own = TierAssignment.objects.visible_to(user).filter(
        valid__contains=as_of, valid__startswith__gt=since
    )
    then = Q(account__tier_assignments__valid__contains=since)
    rows = (
        own.annotate(former=FilteredRelation("account__tier_assignments", condition=then))
        .filter(former__isnull=False)
        .annotate(
            former_tier=F("former__tier"),
            former_score=F("former__score"),
            former_code=F("former__tier__code"),
        )
        .exclude(former_code=F("tier__code"))
        .select_related("account")
        .order_by("-valid__startswith", "account__name_key", "pk")[:limit]
    )
    tiers = Tier.objects.in_bulk()
    return [
        Mover(
            account=row.account,
            on=row.valid.lower,
            before=tiers[row.former_tier],
            after=tiers[row.tier_id],
            score_before=row.former_score,
            score_after=row.score,
        )
        for row in rows
    ]


@dataclass(frozen=True, kw_only=True)
class Chip:
    """An account in the matrix."""

    account: Account
    score: Decimal
    is_provisional: bool
    is_overridden: bool


@dataclass(frozen=True, kw_only=True)
class Cell:
    """Accounts of one tier and one stage (None: not rated); the highest scores are shown."""

    tier: Tier
    stage: int | None
    chips: Sequence[Chip]
    accounts: int

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.accounts - len(self.chips)


def matrix(user: User, model: TierModel, *, as_of: date) -> list[tuple[Tier, list[Cell]]]:
    """Return attractiveness (the tier of the score) × relationship stage (as rated).

    A row per tier, highest first; a cell per stage, the unrated first. Of each cell the twelve
    accounts with the highest scores.
    """
    rating = TierRating.objects.filter(
        account=OuterRef("account"),
        measure=RatedMeasure.RELATIONSHIP_STAGE,
        rated_on__lte=as_of,
    ).order_by("-rated_on", "-pk")
    rows = assignments_for(user, as_of=as_of).annotate(
        stage=Coalesce(Subquery(rating.values("value")[:1], output_field=IntegerField()), 0)
    )
    cell = [F("held_rank"), F("stage")]
    ranked = rows.annotate(
        place=Window(RowNumber(), partition_by=cell, order_by=[F("score").desc(), F("pk").asc()]),
        size=Window(Count("pk"), partition_by=cell),
    ).filter(place__lte=SHOWN_A_CELL)
    found: dict[tuple[int, int], list[Any]] = defaultdict(list)
    shown = ranked.select_related("account").only(*_SHOWN)  # not what each row explains
    for row in shown.order_by("-score", "pk"):
        found[(row.held_rank, row.stage)].append(row)
    return [
        (tier, [_cell(tier, stage, found[(tier.rank, stage)]) for stage in range(6)])
        for tier in model.tiers.all()
    ]


_SHOWN = ("score", "confidence", "account__name", "account__name_key", "account__merged_into")


def _cell(tier: Tier, stage: int, rows: Sequence[Any]) -> Cell:
    chips = [
        Chip(
            account=row.account,
            score=row.score,
            is_provisional=row.is_provisional and row.decided_rank is None,
            is_overridden=row.decided_rank is not None,
        )
        for row in rows
    ]
    return Cell(tier=tier, stage=stage or None, chips=chips, accounts=rows[0].size if rows else 0)


def scored_on(*, as_of: date) -> date | None:
    """Return the day that the tiers in force were last computed; None where nobody has one."""
    rows = TierAssignment.objects.filter(valid__contains=as_of)
    found: date | None = rows.order_by("-scored_on").values_list("scored_on", flat=True).first()
    return found
