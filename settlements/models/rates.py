"""Rates in half-open bands, for deductions and for rebates."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DecimalRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kam.core.models import Record
from kam.core.tracking import track
from settlements.models import term_triggers as triggers
from settlements.models.terms import AgreementVersion
from settlements.querysets.terms import OfVersionQuerySet


@track()
class RateSchedule(Record):
    """Rates in half-open bands that together cover every amount from zero on."""

    version = models.ForeignKey(AgreementVersion, models.CASCADE, related_name="schedules")
    name = models.CharField(_("name"), max_length=100)

    objects = OfVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("rate schedule")
        verbose_name_plural = _("rate schedules")
        ordering = ["version", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "name"],
                name="rate_schedule_name_once",
                violation_error_message=_("There is a schedule of this name already."),
            ),
        ]
        triggers = triggers.part("rate_schedule_of_a_draft")

    def __str__(self) -> str:
        return self.name


@track()
class RateBand(Record):
    """A rate from an amount on and below another; without an upper end it goes on."""

    schedule = models.ForeignKey(RateSchedule, models.CASCADE, related_name="bands")
    band = DecimalRangeField(_("band"))
    rate = models.DecimalField(_("rate"), max_digits=12, decimal_places=4)

    objects = OfVersionQuerySet.through("schedule__version").as_manager()

    class Meta:
        verbose_name = _("band")
        verbose_name_plural = _("bands")
        ordering = ["schedule", "band"]
        constraints = [
            ExclusionConstraint(
                name="rate_bands_apart",
                expressions=[
                    ("schedule", RangeOperators.EQUAL),
                    ("band", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("Another band covers some of these amounts."),
            ),
            models.CheckConstraint(
                condition=Q(
                    band__isempty=False,
                    band__lower_inc=True,
                    band__upper_inc=False,
                    band__startswith__gte=0,
                ),
                name="rate_band_half_open",
                violation_error_message=_("A band goes from an amount on, up to a higher one."),
            ),
            models.CheckConstraint(
                condition=Q(rate__gte=0),
                name="rate_band_not_negative",
                violation_error_message=_("A rate is zero or more."),
            ),
        ]
        triggers = triggers.part(
            "rate_band_of_a_draft", parent="settlements_rateschedule", key="schedule_id"
        )

    def __str__(self) -> str:
        return f"{self.band}: {self.rate}"
