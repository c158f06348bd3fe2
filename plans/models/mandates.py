"""How far each role may go alone in a negotiation."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kam.core.models import Record
from kam.core.tracking import track
from kam.identity.choices import Role
from plans.choices.negotiation import MANDATED
from plans.querysets.plans import CompanyWideQuerySet


@track()
class Mandate(Record):
    """How far a role may go alone, by subject; without a row a role has no mandate there.

    `most` is in percent for price, discount and rebate (below the list price, of turnover), in
    days for terms, in base currency for limits and fees.
    """

    role = models.CharField(_("role"), max_length=20, choices=Role)
    subject = models.CharField(
        _("about"), max_length=9, choices=[(one.value, one.label) for one in MANDATED]
    )
    most = models.DecimalField(_("as far as"), max_digits=20, decimal_places=4)

    objects = CompanyWideQuerySet.as_manager()

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        ordering = ["subject", "role"]
        constraints = [
            models.UniqueConstraint(
                fields=["role", "subject"],
                name="mandate_once",
                violation_error_message=_("The role has a mandate for this already."),
            ),
            models.CheckConstraint(
                condition=Q(most__gte=0) & Q(subject__in=[one.value for one in MANDATED]),
                name="mandate_in_range",
                violation_error_message=_("A mandate is zero or more."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.get_subject_display()}"
