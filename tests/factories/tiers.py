"""Tier models, ratings and spells in a few words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.choices import TierDirection, TierLevel, TierMethod
from accounts.models import Account, Tier, TierAssignment, TierModel, TierRating
from accounts.services.tiers.drafts import CriterionDraft, ModelDraft, TierDraft, save_draft
from accounts.services.tiers.publishing import publish_model
from kam.identity.models import User
from tests.factories.accounts import make_account
from tests.factories.identity import make_user

TODAY = date(2026, 6, 15)
LADDER: Mapping[str, int] = {"strategic": 75, "key": 55, "growth": 35, "maintain": 0}


def criterion(
    measure: str = "net_revenue",
    weight: str | int = 100,
    *,
    direction: str = TierDirection.HIGHER,
    method: str = TierMethod.PERCENTILE,
    low: str | int | None = None,
    high: str | int | None = None,
    bands: Sequence[tuple[int, int]] = (),
) -> CriterionDraft:
    """A criterion of a draft."""
    return CriterionDraft(
        measure=measure,
        weight=Decimal(weight),
        direction=direction,
        method=method,
        low=None if low is None else Decimal(low),
        high=None if high is None else Decimal(high),
        bands=[(Decimal(start), Decimal(points)) for start, points in bands],
    )


def rated(measure: str = "strategic_fit", weight: str | int = 100) -> CriterionDraft:
    """A rated criterion: 1 is 0 points, 5 is 100."""
    return criterion(measure, weight, method=TierMethod.MINMAX, low=1, high=5)


def make_draft(
    *criteria: CriterionDraft,
    name: str = "Model",
    ladder: Mapping[str, int] = LADDER,
    margin: str | int = 3,
    level: str = TierLevel.GROUP,
) -> ModelDraft:
    """What somebody writes down; by default one rated criterion and the four tiers."""
    return ModelDraft(
        name=name,
        level=level,
        margin=Decimal(margin),
        criteria=criteria or (rated(),),
        tiers=[
            TierDraft(code=code, name=code.title(), threshold=Decimal(threshold))
            for code, threshold in ladder.items()
        ],
    )


def make_model(*criteria: CriterionDraft, **draft: object) -> TierModel:
    """A draft that is saved."""
    return save_draft(draft=make_draft(*criteria, **draft))  # type: ignore[arg-type]


def make_published(
    *criteria: CriterionDraft,
    effective_on: date = TODAY,
    by: User | None = None,
    **draft: object,
) -> TierModel:
    """A model in force from a day on."""
    model = make_model(*criteria, **draft)
    by = by or make_user(roles=["administrator"])
    return publish_model(model=model, effective_on=effective_on, by=by, as_of=effective_on)


def make_rating(
    *,
    account: Account,
    value: int,
    measure: str = "strategic_fit",
    rated_on: date = date(2026, 1, 1),
    author: User | None = None,
) -> TierRating:
    """A rating with evidence."""
    rating: TierRating = TierRating.objects.create(
        account=account,
        measure=measure,
        value=value,
        rated_on=rated_on,
        evidence="Seen at the fair",
        author=author or make_user(),
    )
    return rating


def make_assignment(
    *,
    model: TierModel,
    account: Account | None = None,
    code: str = "key",
    score: str | int = 60,
    confidence: str = "1",
    valid: tuple[date, date | None] = (TODAY, None),
) -> TierAssignment:
    """A spell in a tier."""
    assignment: TierAssignment = TierAssignment.objects.create(
        account=account or make_account(),
        model=model,
        tier=Tier.objects.get(model=model, code=code),
        valid=DateRange(*valid),
        score=Decimal(score),
        first_score=Decimal(score),
        confidence=Decimal(confidence),
        explanation=[],
        formula_version="tiering-1",
        scored_on=valid[0],
    )
    return assignment
