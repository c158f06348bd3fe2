"""Alerts of concentration and the levels behind them."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import ConcentrationAlert, ConcentrationThreshold
from kam.core.models import JobRun
from kam.identity.models import User

JOB = "accounts.recompute_concentration"


def alerts_for(user: User, *, only_open: bool = False) -> QuerySet[ConcentrationAlert]:
    """Alerts about the whole company, the latest first: for who sees the whole company."""
    if not user.sees_everything():
        return ConcentrationAlert.objects.none()
    rows = ConcentrationAlert.objects.select_related("threshold", "opened_by").defer(
        "opened_by__keys", "opened_by__amounts", "opened_by__figures"
    )
    return rows.filter(closed_at=None) if only_open else rows


def thresholds_by_measure() -> dict[str, ConcentrationThreshold]:
    """The levels that were set, by measure."""
    return {one.measure: one for one in ConcentrationThreshold.objects.all()}


def recomputation(user: User, pk: int) -> JobRun | None:
    """A run of the recomputation: one's own, or anybody's for who may ask for one."""
    runs = JobRun.objects.filter(name=JOB, pk=pk)
    if not user.can("concentration.recompute"):
        runs = runs.visible_to(user)
    return runs.first()
