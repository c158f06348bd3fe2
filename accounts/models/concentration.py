from __future__ import annotations

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.choices import AlertLevel, ConcentrationMeasure
from accounts.querysets import SnapshotQuerySet
from kam.core.models import Currency, Record


class ConcentrationSnapshot(models.Model):
    """Concentration of one scope and period, frozen: figures, and the rows they come from.

    `scope` holds level and filters. `keys` and `amounts` are the customers' ids and net revenue,
    largest first, negative ones included; `figures` what `accounts.analytics` made of them.
    The same scope, period, formula and inputs (`watermark`) give the same row.
    """

    scope = models.JSONField(_("scope"))
    scope_key = models.CharField(max_length=200)
    period = DateRangeField(_("period"))
    currency = models.ForeignKey(Currency, models.PROTECT, related_name="+")
    formula_version = models.CharField(max_length=20)
    watermark = models.BigIntegerField()
    figures = models.JSONField(_("figures"))
    keys = ArrayField(models.BigIntegerField())
    amounts = ArrayField(models.DecimalField(max_digits=22, decimal_places=4))
    unassigned = models.DecimalField(max_digits=22, decimal_places=4)
    computed_at = models.DateTimeField(_("computed"), auto_now_add=True)

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = _("concentration snapshot")
        verbose_name_plural = _("concentration snapshots")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["scope_key", "period", "formula_version", "watermark"],
                name="concentration_snapshot_same_inputs_once",
            ),
            models.CheckConstraint(
                condition=Q(keys__len=F("amounts__len")) | Q(keys__len=0, amounts__len=0),
                name="concentration_snapshot_rows_in_pairs",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="concentration_snapshot_frozen", operation=pgtrigger.Update),
        ]

    def __str__(self) -> str:
        return f"{self.scope_key} {self.period}"


@pghistory.track()
class ConcentrationThreshold(Record):
    """A measure and the levels from which it is watched and alerted; borrowed conventions."""

    measure = models.CharField(
        _("measure"), max_length=16, choices=ConcentrationMeasure, unique=True
    )
    watch = models.DecimalField(
        _("watch from"),
        max_digits=9,
        decimal_places=4,
        help_text=_("Shares as a fraction (0.20 is 20 %), HHI from 0 to 10,000."),
    )
    alert = models.DecimalField(_("alert from"), max_digits=9, decimal_places=4)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("concentration threshold")
        verbose_name_plural = _("concentration thresholds")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(watch__gte=0) & Q(alert__gte=F("watch")),
                name="concentration_threshold_in_order",
                violation_error_message=_("The alert level is at or above the watch level."),
            )
        ]

    def __str__(self) -> str:
        return self.get_measure_display()


class ConcentrationAlert(models.Model):
    """A threshold that a company-wide snapshot crossed; closed by the one that falls below."""

    threshold = models.ForeignKey(ConcentrationThreshold, models.CASCADE, related_name="alerts")
    level = models.CharField(_("level"), max_length=5, choices=AlertLevel)
    value = models.DecimalField(_("value"), max_digits=12, decimal_places=6)
    opened_by = models.ForeignKey(ConcentrationSnapshot, models.PROTECT, related_name="+")
    closed_by = models.ForeignKey(
        ConcentrationSnapshot, models.PROTECT, null=True, related_name="+"
    )
    opened_at = models.DateTimeField(_("opened"), auto_now_add=True)
    closed_at = models.DateTimeField(_("closed"), null=True)

    class Meta:
        verbose_name = _("concentration alert")
        verbose_name_plural = _("concentration alerts")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["threshold"],
                condition=Q(closed_at__isnull=True),
                name="concentration_alert_one_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.threshold}: {self.value}"
