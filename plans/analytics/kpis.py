"""Where a measure stands on its way to a target: plain mathematics.

A measure that **grows over the period** (net revenue in the period) starts at zero: its share
reached is actual ÷ target. Any other is a **level** (a score, a share, a rolling year): it starts
at the baseline, and its share reached is (actual − baseline) ÷ (target − baseline); without a
baseline there is no way to measure how much of the way was made, and only whether the target is
reached is known. On track is a share that is at least the elapsed share of the period.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from kam.core.dates import Period
from kam.core.exact import ratio

UP, DOWN = "up", "down"
ZERO, ONE = Decimal(0), Decimal(1)
TOLERANCE = Decimal("0.10")
"""How far a share may lag behind the elapsed share and still be called close."""


class Standing(StrEnum):
    """How a measure stands."""

    REACHED = "reached"
    ON_TRACK = "on_track"
    CLOSE = "close"
    BEHIND = "behind"
    UNDER_WAY = "under_way"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpi:
    """A measure with its target; `grows` says that it adds up over the period from zero."""

    target: Decimal
    actual: Decimal | None = None
    baseline: Decimal | None = None
    direction: str = UP
    grows: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The share of the way to the target (None: not known), that of the time, and the verdict.

    `share` may be below 0 (it went the wrong way) and above 1.
    """

    share: Decimal | None
    elapsed: Decimal
    standing: Standing


def elapsed_share(period: Period, as_of: date) -> Decimal:
    """Return how much of a period has passed at the end of a day, from 0 to 1."""
    days = (as_of - period.start).days + 1
    whole = (period.end - period.start).days
    return min(max(Decimal(days) / whole, ZERO), ONE)


def is_reached(kpi: Kpi) -> bool | None:
    """Whether the target is reached or passed; None where the actual is not known."""
    if kpi.actual is None:
        return None
    return kpi.actual >= kpi.target if kpi.direction == UP else kpi.actual <= kpi.target


def share_reached(kpi: Kpi) -> Decimal | None:
    """Return the share of the way to the target; None where it cannot be told."""
    if kpi.actual is None:
        return None
    start = ZERO if kpi.grows else kpi.baseline
    if start is None or start == kpi.target:
        return None
    way, made = kpi.target - start, kpi.actual - start
    return ratio(made, way) if way > ZERO else ratio(-made, -way)


def read(kpi: Kpi, *, period: Period, as_of: date) -> Reading:
    """Return how a measure stands on a day of a period."""
    share, elapsed = share_reached(kpi), elapsed_share(period, as_of)
    return Reading(share=share, elapsed=elapsed, standing=_standing(kpi, share, elapsed))


def _standing(kpi: Kpi, share: Decimal | None, elapsed: Decimal) -> Standing:
    reached = is_reached(kpi)
    if reached is None:
        return Standing.UNKNOWN
    if reached:
        return Standing.REACHED
    if share is None:
        return Standing.BEHIND if elapsed == ONE else Standing.UNDER_WAY
    if share >= elapsed:
        return Standing.ON_TRACK
    return Standing.CLOSE if share >= elapsed - TOLERANCE else Standing.BEHIND
