"""Models to begin with: the default criteria, and three of them for a simple start.

The migration `tier_presets` writes both as drafts into a new installation; names are texts of
ours, so they are shown in the reader's language.
"""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_noop

from accounts.choices import TierDirection, TierMethod
from accounts.models import TierModel
from accounts.services.tiers.drafts import CriterionDraft, ModelDraft, TierDraft, save_draft

TIERS = (
    TierDraft(
        code="strategic",
        name=gettext_noop("Strategic"),
        threshold=Decimal(75),
        visit_every_days=14,
        review_every_months=3,
        answer_within_days=1,
    ),
    TierDraft(
        code="key",
        name=gettext_noop("Key"),
        threshold=Decimal(55),
        visit_every_days=30,
        review_every_months=6,
        answer_within_days=2,
    ),
    TierDraft(
        code="growth",
        name=gettext_noop("Growth"),
        threshold=Decimal(35),
        visit_every_days=60,
        review_every_months=12,
        answer_within_days=3,
    ),
    TierDraft(
        code="maintain",
        name=gettext_noop("Maintain"),
        threshold=Decimal(0),
        visit_every_days=180,
        review_every_months=12,
        answer_within_days=5,
    ),
)


def _rated(measure: str, weight: int, direction: str = TierDirection.HIGHER) -> CriterionDraft:
    return CriterionDraft(
        measure=measure,
        weight=Decimal(weight),
        direction=direction,
        method=TierMethod.MINMAX,
        low=Decimal(1),
        high=Decimal(5),
    )


def _ranked(measure: str, weight: int, direction: str = TierDirection.HIGHER) -> CriterionDraft:
    return CriterionDraft(measure=measure, weight=Decimal(weight), direction=direction)


def _loyalty(weight: int) -> CriterionDraft:
    return CriterionDraft(
        measure="loyalty",
        weight=Decimal(weight),
        method=TierMethod.MINMAX,
        low=Decimal(0),
        high=Decimal(100),
    )


DEFAULT = ModelDraft(
    name=gettext_noop("Default model"),
    tiers=TIERS,
    criteria=(
        _ranked("net_revenue", 20),
        _ranked("revenue_share", 10),
        _ranked("profitability", 15),
        _ranked("growth_potential", 15),
        _loyalty(10),
        _rated("strategic_fit", 10),
        _rated("partnership", 8),
        _rated("proximity", 2),
        _ranked("cost_to_serve", 5, TierDirection.LOWER),
        _rated("standing", 5),
        _rated("price_sensitivity", 0, TierDirection.INFORMATION),
    ),
)
SIMPLE = ModelDraft(
    name=gettext_noop("Simple start"),
    tiers=TIERS,
    criteria=(
        _ranked("net_revenue", 50),
        _loyalty(25),
        _ranked("growth_potential", 25),
    ),
)
PRESETS = {"default": DEFAULT, "simple": SIMPLE}


@transaction.atomic
def ensure_default_models() -> None:
    """Write the default models as drafts where there is no model at all."""
    if TierModel.objects.exists():
        return
    for preset in (SIMPLE, DEFAULT):
        save_draft(draft=preset)
