from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.accounts import Account
from accounts.models.shared import any_category
from accounts.querysets import TargetQuerySet
from kam.core.models import Currency, Record
from kam.core.tracking import track
from kam.imports.models import ImportBatch


@track()
class Target(Record):
    """Net revenue aimed at in a month, for one account (with all below it) or one manager."""

    account = models.ForeignKey(
        Account,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="targets",
        verbose_name=_("account"),
    )
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="targets",
        verbose_name=_("account manager"),
    )
    month = models.DateField(_("month"))
    category = any_category()
    amount = models.DecimalField(_("target"), max_digits=18, decimal_places=4)
    currency = models.ForeignKey(
        Currency, models.PROTECT, related_name="+", verbose_name=_("currency")
    )
    batch = models.ForeignKey(
        ImportBatch, models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = TargetQuerySet.as_manager()

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering = ["-month", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["month", "account", "manager", "category"],
                name="target_once_a_month",
                nulls_distinct=False,
                violation_error_message=_("There is a target of this kind for the month already."),
            ),
            models.CheckConstraint(
                condition=Q(account__isnull=True) ^ Q(manager__isnull=True),
                name="target_for_account_or_manager",
                violation_error_message=_("A target is for an account or for a manager."),
            ),
            models.CheckConstraint(
                condition=Q(month__day=1),
                name="target_month_is_a_first",
                violation_error_message=_("A month is given by its first day."),
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="target_not_negative",
                violation_error_message=_("A target is zero or more."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}: {self.amount} {self.currency_id}"
