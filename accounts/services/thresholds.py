"""Levels from which concentration is watched and alerted, and the alerts that follow."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts.choices import AlertLevel, ConcentrationMeasure
from accounts.models import ConcentrationAlert, ConcentrationSnapshot, ConcentrationThreshold
from kam.core.problems import RefusedError, explained

DEFAULTS: Mapping[str, tuple[Decimal, Decimal]] = {
    ConcentrationMeasure.CR1: (Decimal("0.20"), Decimal("0.30")),
    ConcentrationMeasure.HHI: (Decimal(1000), Decimal(1800)),
}
"""Borrowed conventions, not laws of this business: bands of merger review for HHI (1,000, 1,800,
and 2,500 as very high), of lenders for one customer's share (20 %, 30 %, and 50 % as very high)."""


def ensure_default_thresholds() -> None:
    """Create the default thresholds where no threshold of any measure was ever set."""
    if ConcentrationThreshold.objects.exists():
        return
    ConcentrationThreshold.objects.bulk_create(
        [
            ConcentrationThreshold(measure=measure, watch=watch, alert=alert)
            for measure, (watch, alert) in DEFAULTS.items()
        ],
        ignore_conflicts=True,
    )


def set_threshold(
    *, measure: str, watch: Decimal | None, alert: Decimal | None, is_active: bool
) -> ConcentrationThreshold | None:
    """Set the levels of a measure; without levels it is taken out of use.

    An open alert stays until the next snapshot is judged by the new levels. Raises RefusedError
    when a level is missing or the two are out of order.
    """
    if watch is None and alert is None:
        ConcentrationThreshold.objects.filter(measure=measure, is_active=True).update(
            is_active=False, updated_at=timezone.now()
        )
        return None
    if watch is None or alert is None:
        raise RefusedError(field="alert" if alert is None else "watch")
    with explained(), transaction.atomic():
        threshold, _created = ConcentrationThreshold.objects.update_or_create(
            measure=measure, defaults={"watch": watch, "alert": alert, "is_active": is_active}
        )
    return threshold


@transaction.atomic
def judge(*, snapshot: ConcentrationSnapshot) -> list[ConcentrationAlert]:
    """Open, change or close alerts by a company-wide snapshot; answers those it opened.

    A measure at or above its level has one open alert; when the level changes, the old alert is
    closed by this snapshot and a new one opened. Below the watch level, or out of use, an open
    alert is closed. A measure that could not be computed changes nothing, and neither does a
    snapshot of older inputs than the last one judged. Safe beside itself: thresholds are locked.
    """
    ensure_default_thresholds()
    if _is_outdated(snapshot):
        return []
    thresholds = ConcentrationThreshold.objects.select_for_update(no_key=True).order_by("pk")
    open_alerts = {
        alert.threshold_id: alert
        for alert in ConcentrationAlert.objects.filter(closed_at=None).select_related("opened_by")
    }
    opened = []
    for threshold in thresholds:
        standing = open_alerts.get(threshold.pk)
        if standing is not None and standing.opened_by.watermark > snapshot.watermark:
            continue
        if (alert := _judged(threshold, standing, snapshot)) is not None:
            opened.append(alert)
    return opened


def level_of(threshold: ConcentrationThreshold, value: Decimal) -> str:
    """Return the level that a value has reached, or nothing."""
    if not threshold.is_active:
        return ""
    if value >= threshold.alert:
        return AlertLevel.ALERT
    return AlertLevel.WATCH if value >= threshold.watch else ""


def _is_outdated(snapshot: ConcentrationSnapshot) -> bool:
    """Whether a later one replaced it; if not, it is kept from being removed until the end."""
    rows = ConcentrationSnapshot.objects.filter(scope_key=snapshot.scope_key)
    if rows.filter(watermark__gt=snapshot.watermark).exists():
        return True
    return not rows.filter(pk=snapshot.pk).select_for_update(no_key=True)[:1]


def _judged(
    threshold: ConcentrationThreshold,
    standing: ConcentrationAlert | None,
    snapshot: ConcentrationSnapshot,
) -> ConcentrationAlert | None:
    measured = snapshot.figures.get(threshold.measure)
    if measured is None and threshold.is_active:
        return None
    value = Decimal(measured or 0)
    level = level_of(threshold, value)
    if standing is not None and standing.level == level:
        return None
    if standing is not None:
        standing.closed_by, standing.closed_at = snapshot, timezone.now()
        standing.save(update_fields=["closed_by", "closed_at"])
    if not level:
        return None
    return ConcentrationAlert.objects.create(
        threshold=threshold, level=level, value=value, opened_by=snapshot
    )
