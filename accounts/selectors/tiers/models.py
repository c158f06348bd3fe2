"""Tier models: which there are, and which is in force."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet

from accounts.choices import TierLevel, TierModelStatus
from accounts.models import Account, Tier, TierModel
from kam.identity.models import User


def model_in_force(as_of: date) -> TierModel | None:
    """Return the published model with the latest effective day up to a day, whole."""
    rows: QuerySet[Any] = TierModel.objects.filter(
        status=TierModelStatus.PUBLISHED, effective_on__lte=as_of
    )
    found: TierModel | None = whole(rows).order_by("-effective_on").first()
    return found


def whole(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return models with their criteria, tiers and publisher."""
    return rows.select_related("published_by").prefetch_related("criteria", "tiers")


def models_for(user: User) -> QuerySet[Any]:
    """Return all models, whole: everybody may know how accounts are judged."""
    return whole(TierModel.objects.visible_to(user))


def state_of(model: TierModel, *, as_of: date, in_force: TierModel | None) -> str:
    """Return what a model is on a day: draft, planned, in_force, superseded or retired."""
    if model.status != TierModelStatus.PUBLISHED:
        return str(model.status)
    if in_force is not None and model.pk == in_force.pk:
        return "in_force"
    is_planned = model.effective_on is not None and model.effective_on > as_of
    return "planned" if is_planned else "superseded"


def scored_account_id(account: Account, model: TierModel | None) -> int:
    """Return which account is scored for this one today: its group, or itself."""
    if model is not None and model.level == TierLevel.EVERY:
        return int(account.pk)
    return int(account.current_group_id or account.pk)


def tiers_in_force(as_of: date) -> QuerySet[Any]:
    """Return the tiers of the model in force on a day, the highest first."""
    rows = TierModel.objects.filter(status=TierModelStatus.PUBLISHED, effective_on__lte=as_of)
    return Tier.objects.filter(model__in=rows.order_by("-effective_on").values("pk")[:1])
