from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from kam.core.models import Record, SellingCompany
from kam.core.tracking import track
from settlements.querysets import PeriodQuerySet


@track()
class AccountingPeriod(Record):
    """A half-open period of days; while `closed_at` is set nothing is posted or allocated in it.

    Without a selling company it holds for all of them. Reopening clears `closed_at`; the history
    tells who closed and reopened it when, and why.
    """

    selling_company = models.ForeignKey(
        SellingCompany,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="accounting_periods",
        verbose_name=_("selling company"),
        help_text=_("None: all of them."),
    )
    valid = DateRangeField(
        _("period"), help_text=_("From the first day up to, not including, the last date.")
    )
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("closed by"),
    )
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("accounting period")
        verbose_name_plural = _("accounting periods")
        ordering = ["valid", "pk"]
        constraints = [
            ExclusionConstraint(
                name="accounting_period_no_overlap",
                expressions=[
                    (Coalesce(F("selling_company"), Value(0)), RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("Another period covers some of these days."),
            ),
            models.CheckConstraint(
                condition=Q(valid__isempty=False),
                name="accounting_period_not_empty",
                violation_error_message=_("The period ends before it begins."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.valid)

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None
