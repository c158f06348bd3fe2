"""How health is weighed: a change is a new version, what was before stays readable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import HealthSettings
from accounts.models.health import DAYS, LIMITS_KNOWN, WEIGHT_SUM, WEIGHTS_KNOWN
from accounts.selectors.health.measures import caps, measures
from kam.core.problems import RefusedError, explained, register_constraint
from kam.identity.models import User

NO_WEIGHT = _("The weights sum to nothing: give at least one measure a weight.")
NOT_OFFERED = _("Nothing that is measured today has a weight.")
OUT_OF_RANGE = _("A weight is 0 to 1,000, its validity 1 to 3,650 days.")
LIMIT_RANGE = _("A cap is 0 to 100.")
register_constraint(WEIGHT_SUM, NO_WEIGHT, field="weights")
register_constraint(WEIGHTS_KNOWN, OUT_OF_RANGE, field="weights")
register_constraint(LIMITS_KNOWN, LIMIT_RANGE, field="limits")


@dataclass(frozen=True)
class Weight:
    """What a measure weighs, and for how many days a reading of it is valid."""

    weight: Decimal
    days: int


@dataclass(frozen=True, kw_only=True)
class HealthDraft:
    """What somebody chose; a cap of None is switched off."""

    weights: Mapping[str, Weight]
    limits: Mapping[str, Decimal | None] = field(default_factory=dict)
    good_from: Decimal = Decimal(70)
    watch_from: Decimal = Decimal(50)
    insufficient_below: Decimal = Decimal("0.6")
    note: str = ""


@explained()
@transaction.atomic
def choose_settings(*, draft: HealthDraft, author: User, as_of: date) -> HealthSettings:
    """Weigh health in another way from the day on; scores change with the next computation.

    Raises RefusedError for measures or caps that nobody knows, weights that sum to nothing or of
    which none is measured, figures out of range, and levels out of order.
    """
    _check(draft)
    settings: HealthSettings = HealthSettings.objects.create(
        effective_on=as_of,
        weights={
            key: {"weight": str(one.weight), "days": one.days} for key, one in draft.weights.items()
        },
        limits={key: None if one is None else str(one) for key, one in draft.limits.items()},
        good_from=draft.good_from,
        watch_from=draft.watch_from,
        insufficient_below=draft.insufficient_below,
        note=draft.note.strip(),
        author=author,
    )
    return settings


def _check(draft: HealthDraft) -> None:
    for key, one in draft.weights.items():
        if measures.get(key) is None:
            words = _("There is no such measure.")
            raise RefusedError(words, field="weights", code="unknown_measure")
        if not 0 <= one.weight <= 1000 or not DAYS[0] <= one.days <= DAYS[1]:
            raise RefusedError(OUT_OF_RANGE, field="weights", code=WEIGHTS_KNOWN)
    for key, limit in draft.limits.items():
        if caps.get(key) is None:
            raise RefusedError(_("There is no such cap."), field="limits", code="unknown_cap")
        if limit is not None and not 0 <= limit <= 100:
            raise RefusedError(LIMIT_RANGE, field="limits", code=LIMITS_KNOWN)
    if not any(one.weight > 0 for one in draft.weights.values()):
        raise RefusedError(NO_WEIGHT, field="weights", code=WEIGHT_SUM)
    offered = {one.key for one in measures if one.is_offered}
    if not any(one.weight > 0 and key in offered for key, one in draft.weights.items()):
        raise RefusedError(NOT_OFFERED, field="weights", code="nothing_measured")
