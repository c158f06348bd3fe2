"""How health is weighed on a day: the version in force with the defaults of what it leaves out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from accounts.analytics.health import Rule, Thresholds
from accounts.models import HealthSettings
from accounts.selectors.health.measures import HealthCap, HealthMeasure, caps, measures


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """A measure with what it weighs and for how many days a reading of it is valid."""

    measure: HealthMeasure
    weight: Decimal
    days: int

    @property
    def counts(self) -> bool:
        """Whether it is part of scores and of confidence: offered by an app, and with weight."""
        return self.measure.is_offered and self.weight > 0

    @property
    def rule(self) -> Rule:
        """The same as the mathematics knows it."""
        return Rule(key=self.measure.key, weight=self.weight, valid_days=self.days)


@dataclass(frozen=True, kw_only=True)
class Limited:
    """A cap with the score that it holds accounts at or below; None: switched off."""

    cap: HealthCap
    limit: Decimal | None


@dataclass(frozen=True, kw_only=True)
class Rules:
    """All that decides scores on a day; `settings` is None while the defaults hold."""

    settings: HealthSettings | None
    weights: Sequence[Weighed]
    limits: Sequence[Limited]
    thresholds: Thresholds

    @property
    def counting(self) -> list[Weighed]:
        """The measures that are part of scores, in order."""
        return [one for one in self.weights if one.counts]

    @property
    def not_offered(self) -> list[Weighed]:
        """Measures with a weight that no app offers yet."""
        return [one for one in self.weights if one.weight > 0 and not one.measure.is_offered]

    def weighed(self, key: str) -> Weighed | None:
        """Return a measure by its key."""
        return next((one for one in self.weights if one.measure.key == key), None)


def versions() -> QuerySet[HealthSettings]:
    """Return all versions of the settings, the latest first."""
    return HealthSettings.objects.select_related("author").order_by("-effective_on", "-pk")


def settings_in_force(as_of: date) -> HealthSettings | None:
    """Return the version in force on a day; None while nobody has chosen anything."""
    return versions().filter(effective_on__lte=as_of).first()


def rules_in_force(as_of: date) -> Rules:
    """Return how health is weighed on a day."""
    return rules_of(settings_in_force(as_of))


def rules_of(settings: HealthSettings | None) -> Rules:
    """Return how health is weighed by a version; None stands for the defaults."""
    return Rules(
        settings=settings,
        weights=[_weighed(settings, measure) for measure in measures],
        limits=[_limited(settings, cap) for cap in caps],
        thresholds=settings.thresholds if settings else Thresholds(),
    )


def _weighed(settings: HealthSettings | None, measure: HealthMeasure) -> Weighed:
    chosen = settings.weights.get(measure.key) if settings else None
    if chosen is None:
        return Weighed(measure=measure, weight=measure.weight, days=measure.days)
    return Weighed(measure=measure, weight=Decimal(str(chosen["weight"])), days=int(chosen["days"]))


def _limited(settings: HealthSettings | None, cap: HealthCap) -> Limited:
    if settings is None or cap.key not in settings.limits:
        return Limited(cap=cap, limit=cap.limit)
    chosen = settings.limits[cap.key]
    return Limited(cap=cap, limit=None if chosen is None else Decimal(str(chosen)))
