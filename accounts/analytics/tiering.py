"""Scores of accounts and the tiers that follow, in exact arithmetic.

A measure becomes points from 0 to 100; known points are weighed by weights rescaled to 100; the
score is the sum of what each criterion brings, so an explanation always adds up. The set-based
SQL of `accounts.selectors.tiers.scoring` follows the same definitions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from accounts.analytics.keys import Key
from kam.core.exact import exact_sum, rounded

FORMULA_VERSION = "tiering-1"
PLACES = 4
"""Decimals of points, rescaled weights, contributions and scores."""
WHOLE, HALF = Decimal(100), Decimal(50)
PROVISIONAL_BELOW = Decimal("0.6")
DEFAULT_MARGIN = Decimal(3)


class Direction(StrEnum):
    """Which way a measure is good."""

    HIGHER = "higher"
    LOWER = "lower"
    INFORMATION = "info"


class Method(StrEnum):
    """How a measure becomes points."""

    PERCENTILE = "percentile"
    MINMAX = "minmax"
    BANDS = "bands"


type Bands = Sequence[tuple[Decimal, Decimal]]
"""From which value on how many points; below the first line counts as the first line."""


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """A measure with its weight and the way it becomes points.

    `low` and `high` cap min–max (both or neither: then the smallest and the largest value there
    is). Bands say the points themselves, so their direction is in the table.
    """

    key: Key
    weight: Decimal
    direction: Direction = Direction.HIGHER
    method: Method = Method.PERCENTILE
    low: Decimal | None = None
    high: Decimal | None = None
    bands: Bands = ()

    @property
    def counts(self) -> bool:
        """Whether it is part of the score."""
        return self.direction is not Direction.INFORMATION and self.weight > 0


@dataclass(frozen=True)
class Rung:
    """A tier: its code and the score from which it begins."""

    code: str
    threshold: Decimal


@dataclass(frozen=True)
class Score:
    """A score from 0 to 100, the share of weight that was known, and what each criterion brought.

    `weights` are the known criteria's, rescaled to 100; `contributions` sum to `score`.
    """

    score: Decimal
    confidence: Decimal
    weights: Mapping[Any, Decimal]
    contributions: Mapping[Any, Decimal]

    @property
    def is_provisional(self) -> bool:
        """Whether too little is known to rely on it."""
        return self.confidence < PROVISIONAL_BELOW


def points[K: Key](criterion: Criterion, values: Mapping[K, Decimal]) -> dict[K, Decimal]:
    """Return the points from 0 to 100 of everybody whose measure is known."""
    if criterion.method is Method.BANDS:
        return {key: band_points(value, criterion.bands) for key, value in values.items()}
    if criterion.method is Method.PERCENTILE:
        found = percentile_points(values)
    else:
        low, high = _caps(criterion, values.values())
        found = {key: minmax_points(value, low, high) for key, value in values.items()}
    if criterion.direction is Direction.LOWER:
        return {key: WHOLE - value for key, value in found.items()}
    return found


def _caps(criterion: Criterion, values: Iterable[Decimal]) -> tuple[Decimal, Decimal]:
    if criterion.low is not None and criterion.high is not None:
        return criterion.low, criterion.high
    known = list(values) or [Decimal(0)]
    return min(known), max(known)


def percentile_points[K: Key](values: Mapping[K, Decimal]) -> dict[K, Decimal]:
    """Return the share of the others that stand below, in percent; a tie counts one half.

    Alone, or equal with all others, one stands in the middle: 50.
    """
    others = len(values) - 1
    if not others:
        return dict.fromkeys(values, HALF)
    equal = Counter(values.values())
    below, seen = {}, 0
    for value in sorted(equal):
        below[value] = seen
        seen += equal[value]
    return {
        key: rounded(Fraction(50 * (2 * below[value] + equal[value] - 1), others), PLACES)
        for key, value in values.items()
    }


def minmax_points(value: Decimal, low: Decimal, high: Decimal) -> Decimal:
    """Return where a value lies between two caps, in percent; beyond a cap counts as the cap.

    Where the caps are one value, everybody stands in the middle.
    """
    if low == high:
        return HALF
    inside = min(max(value, low), high)
    return rounded(100 * (Fraction(inside) - Fraction(low)) / (Fraction(high) - Fraction(low)), 4)


def band_points(value: Decimal, bands: Bands) -> Decimal:
    """Return the points of the band that a value is in."""
    reached = [given for start, given in bands if value >= start]
    return reached[-1] if reached else bands[0][1]


def rescaled[K: Key](weights: Mapping[K, Decimal]) -> dict[K, Decimal]:
    """Return weights that sum to exactly 100; what rounding leaves goes to the largest rests.

    Weights of zero and less have no part. The order of `weights` settles ties.
    """
    parts = {key: Fraction(weight) for key, weight in weights.items() if weight > 0}
    total, unit = sum(parts.values(), Fraction(0)), 10**PLACES
    exact = {key: part * 100 * unit / total for key, part in parts.items()}
    units = {key: int(share) for key, share in exact.items()}
    short = 100 * unit - sum(units.values()) if units else 0
    by_rest = sorted(exact, key=lambda key: units[key] - exact[key])
    for key in by_rest[:short]:
        units[key] += 1
    return {key: Decimal(count).scaleb(-PLACES) for key, count in units.items()}


def confidence[K: Key](weights: Mapping[K, Decimal], known: Iterable[K]) -> Decimal:
    """Return the weight of what is known ÷ the weight of all."""
    present = exact_sum(weights[key] for key in known)
    total = exact_sum(weights.values())
    return rounded(Fraction(present) / Fraction(total), PLACES) if total else Decimal(0)


def score(criteria: Sequence[Criterion], known: Mapping[Any, Decimal]) -> Score | None:
    """Return the score of one account from its points; None where nothing that counts is known."""
    weights = {one.key: one.weight for one in criteria if one.counts}
    present = {key: weight for key, weight in weights.items() if key in known}
    if not present:
        return None
    shares = rescaled(present)
    brought = {key: rounded(Fraction(share * known[key]) / 100, 4) for key, share in shares.items()}
    return Score(exact_sum(brought.values()), confidence(weights, present), shares, brought)


def reached(ladder: Sequence[Rung], value: Decimal) -> Rung:
    """Return the tier whose thresholds a score lies between; `ladder` stands highest first."""
    return next((rung for rung in ladder if value >= rung.threshold), ladder[-1])


def settled(ladder: Sequence[Rung], value: Decimal, *, former: str | None, margin: Decimal) -> Rung:
    """Return the tier of a score for an account that had a tier before.

    It keeps the former one until the score is `margin` points past the threshold: at or above
    the next tier's threshold plus margin, or at or below its own minus margin.
    """
    place = next((n for n, rung in enumerate(ladder) if rung.code == former), None)
    if place is None:
        return reached(ladder, value)
    own = ladder[place]
    rises = place > 0 and value >= ladder[place - 1].threshold + margin
    falls = value < own.threshold and value <= own.threshold - margin
    return reached(ladder, value) if rises or falls else own
