"""The tier of one account: computed, overridden, why, and how it came about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.analytics.tiering import PROVISIONAL_BELOW
from accounts.choices import RatedMeasure, TierDirection
from accounts.models import (
    Account,
    Tier,
    TierAssignment,
    TierCriterion,
    TierModel,
    TierOverride,
    TierRating,
)
from accounts.selectors.tiers.measures import Measure, measures
from accounts.selectors.tiers.policies import spells
from kam.core.formats import Text


@dataclass(frozen=True, kw_only=True)
class Line:
    """What one criterion brought to a score; all None where its measure is missing.

    `weight` is the model's, `share` what it became when missing measures were left out (the
    shares sum to 100), `brought` the points of the score that it explains.
    """

    criterion: TierCriterion
    measure: Measure | None
    value: Decimal | None
    points: Decimal | None
    share: Decimal | None
    brought: Decimal | None

    @property
    def title(self) -> Text:
        """What people call the measure."""
        return self.measure.title if self.measure else self.criterion.measure

    @property
    def is_information(self) -> bool:
        """Whether it is no part of the score."""
        return self.criterion.direction == TierDirection.INFORMATION


@dataclass(frozen=True, kw_only=True)
class Standing:
    """An account's tier on a day.

    `holder` is the account that is scored: the account itself or the nearest one above it.
    `tier` is what holds: the override's where there is one, else the computed one.
    """

    holder: Account
    assignment: TierAssignment | None
    override: TierOverride | None
    lines: Sequence[Line]

    @property
    def tier(self) -> Tier | None:
        """The tier that holds."""
        if self.override is not None:
            return self.override.tier
        return self.assignment.tier if self.assignment else None

    @property
    def is_provisional(self) -> bool:
        """Whether the tier that holds is computed from too little."""
        if self.override is not None or self.assignment is None:
            return False
        return self.assignment.confidence < PROVISIONAL_BELOW

    @property
    def missing(self) -> list[Line]:
        """Criteria with a weight whose measure is missing."""
        return [line for line in self.lines if line.value is None and line.criterion.weight]

    @property
    def rest(self) -> Decimal | None:
        """How far the score is above the threshold of the computed tier."""
        row = self.assignment
        return row.score - row.tier.threshold if row else None


def standing_of(account: Account, *, as_of: date) -> Standing | None:
    """Return the tier of an account on a day; None where neither it nor one above has any."""
    ids = list(account.path) or [account.pk]
    nearest = {pk: place for place, pk in enumerate(ids)}
    found, decided = spells(account, as_of=as_of)
    holders = sorted({*found, *decided}, key=lambda pk: nearest[pk])
    if not holders:
        return None
    assignment, override = found.get(holders[-1]), decided.get(holders[-1])
    row: Any = override or assignment
    return Standing(
        holder=row.account,
        assignment=assignment,
        override=override,
        lines=lines_of(assignment) if assignment else [],
    )


def lines_of(assignment: TierAssignment) -> list[Line]:
    """Return what each criterion of the model brought, in the model's order."""
    return explained_lines(list(assignment.model.criteria.all()), assignment.explanation)


def explained_lines(criteria: Sequence[TierCriterion], explanation: Any) -> list[Line]:
    """Return a stored explanation line by line; criteria that it does not name are missing."""
    known = {int(line[0]): line[1:] for line in explanation}
    return [
        Line(
            criterion=criterion,
            measure=measures.get(criterion.measure),
            **dict(
                zip(
                    ("value", "points", "share", "brought"),
                    known.get(criterion.pk, [None] * 4),
                    strict=True,
                )
            ),
        )
        for criterion in criteria
    ]


def spells_of(account: Account) -> list[TierAssignment]:
    """Return the computed tiers of an account over time, the latest first."""
    rows = TierAssignment.objects.filter(account=account).select_related("tier", "model")
    return list(rows.order_by("-valid"))


def overrides_of(account: Account) -> list[TierOverride]:
    """Return the overrides of an account over time, the latest first."""
    rows = TierOverride.objects.filter(account=account).select_related("tier", "approver")
    return list(rows.order_by("-valid"))


def ratings_of(account: Account, *, as_of: date) -> dict[str, TierRating]:
    """Return the rating of each rated measure that counts on a day: the last one up to it."""
    rows = TierRating.objects.filter(account=account, rated_on__lte=as_of)
    latest = rows.order_by("measure", "-rated_on", "-pk").distinct("measure")
    return {row.measure: row for row in latest.select_related("author")}


def all_ratings_of(account: Account, *, limit: int = 50) -> list[TierRating]:
    """Return every rating of an account, the latest first."""
    rows = TierRating.objects.filter(account=account).select_related("author")
    return list(rows.order_by("-rated_on", "-pk")[:limit])


def rated_measures(model: TierModel | None) -> list[RatedMeasure]:
    """Return the rated measures of a model first, and the relationship stage of the matrix."""
    used = [one.measure for one in model.criteria.all()] if model else []
    wanted = [*used, RatedMeasure.RELATIONSHIP_STAGE.value]
    return [one for one in RatedMeasure if one.value in wanted]
