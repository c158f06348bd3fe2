"""How healthy the business with an account is, in exact arithmetic, and what it loses where.

Measures are points from 0 to 100 with a day. Only those inside their validity count; their weights
are rescaled to 100, so that what each brought and what each lost always add up: the score is 100
less all that was lost, less what a cap takes. The set-based SQL of
`accounts.selectors.health.scoring` follows the same definitions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from accounts.analytics.keys import Key
from accounts.analytics.tiering import PLACES, Bands, rescaled
from accounts.analytics.tiering import confidence as weight_known
from kam.core.exact import exact_sum, rounded

FORMULA_VERSION = "health-1"

TREND_BANDS: Bands = tuple(
    (Decimal(start), Decimal(points))
    for start, points in (
        ("-1", "0"),
        ("-0.2", "20"),
        ("-0.1", "45"),
        ("-0.05", "65"),
        ("0", "85"),
        ("0.05", "100"),
    )
)
"""From which change of revenue against the year before on how many points."""


class Level(StrEnum):
    """A score in words."""

    GOOD = "good"
    WATCH = "watch"
    POOR = "poor"
    INSUFFICIENT = "insufficient"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A measure that counts: its weight, and for how many days a reading of it is valid."""

    key: Key
    weight: Decimal
    valid_days: int


@dataclass(frozen=True)
class Reading:
    """Points from 0 to 100 of one measure, and the day they are of."""

    value: Decimal
    measured_on: date


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """From which score on it is good or to be watched, and the confidence below which neither."""

    good_from: Decimal = Decimal(70)
    watch_from: Decimal = Decimal(50)
    insufficient_below: Decimal = Decimal("0.6")


@dataclass(frozen=True)
class Part:
    """One measure that counts: its weight rescaled to 100, and what of it was brought and lost."""

    share: Decimal
    brought: Decimal

    @property
    def lost(self) -> Decimal:
        """Points that the score misses here."""
        return self.share - self.brought


@dataclass(frozen=True)
class Health:
    """A score from 0 to 100 with all that explains it; no score where nothing fresh is known.

    100 less the parts' losses is `uncapped`; less `taken` it is `score`.
    """

    score: Decimal | None
    uncapped: Decimal | None
    confidence: Decimal
    level: Level
    parts: Mapping[Any, Part]

    @property
    def taken(self) -> Decimal:
        """Points that a cap takes."""
        if self.score is None or self.uncapped is None:
            return Decimal(0)
        return self.uncapped - self.score


def is_fresh(measured_on: date, valid_days: int, *, as_of: date) -> bool:
    """Tell whether a reading still counts; on its last valid day it does."""
    return (as_of - measured_on).days <= valid_days


def health(
    rules: Sequence[Rule],
    readings: Mapping[Any, Reading],
    *,
    as_of: date,
    limits: Iterable[Decimal] = (),
    thresholds: Thresholds = Thresholds(),
) -> Health:
    """Return the health of one account from its readings and the caps that apply.

    `rules` are the measures that some app offers; one without weight has no part.
    """
    weights = {rule.key: rule.weight for rule in rules if rule.weight > 0}
    days = {rule.key: rule.valid_days for rule in rules}
    fresh = {
        key: weight
        for key, weight in weights.items()
        if key in readings and is_fresh(readings[key].measured_on, days[key], as_of=as_of)
    }
    parts = {
        key: Part(share, rounded(Fraction(share * readings[key].value) / 100, PLACES))
        for key, share in rescaled(fresh).items()
    }
    uncapped = exact_sum(part.brought for part in parts.values()) if parts else None
    score = None if uncapped is None else min([uncapped, *limits])
    level = level_of(score, is_enough(weights, fresh, thresholds), thresholds)
    return Health(score, uncapped, weight_known(weights, fresh), level, parts)


def is_enough[K: Key](
    weights: Mapping[K, Decimal], fresh: Iterable[K], thresholds: Thresholds
) -> bool:
    """Tell whether fresh weight ÷ total weight reaches the threshold, before any rounding."""
    total = exact_sum(weights.values())
    return total > 0 and exact_sum(weights[key] for key in fresh) >= (
        total * thresholds.insufficient_below
    )


def level_of(score: Decimal | None, enough: bool, thresholds: Thresholds) -> Level:
    """Return a score in words; too little that is fresh is grey, however high the score."""
    if score is None or not enough:
        return Level.INSUFFICIENT
    if score >= thresholds.good_from:
        return Level.GOOD
    return Level.WATCH if score >= thresholds.watch_from else Level.POOR


@dataclass(frozen=True)
class Shift:
    """How one measure's part of a score changed; None on a side where it had no part."""

    key: Any
    before: Decimal | None
    after: Decimal | None

    @property
    def change(self) -> Decimal:
        """Points of the score that the change explains."""
        return (self.after or Decimal(0)) - (self.before or Decimal(0))


def shifts(before: Mapping[Any, Decimal], after: Mapping[Any, Decimal]) -> list[Shift]:
    """Return what changed in what measures brought, the largest change first.

    The changes sum to the change of the score when caps are given as what they take, negative.
    """
    keys = [*after, *(key for key in before if key not in after)]
    found = [Shift(key, before.get(key), after.get(key)) for key in keys]
    return sorted((one for one in found if one.change), key=lambda one: -abs(one.change))
