"""How often somebody of ours speaks with theirs: the pace by tier and function, and its pauses."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.choices import Function
from accounts.models import Account
from accounts.querysets import CompanyWideQuerySet, OpenOrScopedQuerySet
from interactions.choices import PauseReason
from kam.core.models import Record
from kam.core.tracking import track

LONGEST = 730


@track()
class CadencePolicy(Record):
    """Accounts of a tier have two-way contact every so many days, with a function or at all.

    Tiers are rows of model versions, so the rule names the tier's code: it holds for the tier of
    that code in every version. Without a rule for the account as a whole the tier's own
    `visit_every_days` holds.
    """

    tier_code = models.SlugField(_("tier"), max_length=20)
    function = models.CharField(
        _("function"),
        max_length=14,
        choices=Function,
        blank=True,
        help_text=_("Empty: the account as a whole, whoever there."),
    )
    every_days = models.PositiveSmallIntegerField(_("every … days"))
    valid = DateRangeField(
        _("period"), help_text=_("From the first day up to, not including, the last date.")
    )

    objects = CompanyWideQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule of cadence")
        verbose_name_plural = _("rules of cadence")
        ordering = ["tier_code", "function", "valid", "pk"]
        constraints = [
            ExclusionConstraint(
                name="cadence_policy_one_at_a_date",
                expressions=[
                    ("tier_code", RangeOperators.EQUAL),
                    ("function", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_(
                    "Another rule holds for this tier and function in that period."
                ),
            ),
            models.CheckConstraint(
                condition=Q(valid__isempty=False),
                name="cadence_policy_period_not_empty",
                violation_error_message=_("The period ends before it begins."),
            ),
            models.CheckConstraint(
                condition=~Q(tier_code=""),
                name="cadence_policy_names_a_tier",
                violation_error_message=_("A rule is for a tier."),
            ),
            models.CheckConstraint(
                condition=Q(function__in=["", *Function.values]),
                name="cadence_policy_function_known",
                violation_error_message=_("There is no such function."),
            ),
            models.CheckConstraint(
                condition=Q(every_days__range=(1, LONGEST)),
                name="cadence_policy_days_in_range",
                violation_error_message=_("Every 1 to 730 days."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tier_code} {self.function or '*'}: {self.every_days}"

    def get_absolute_url(self) -> str:
        return reverse("interactions:cadence-policy-list")


@track()
class CadencePause(Record):
    """Days that no pace counts: of everybody, of an account with all below it, of a function."""

    account = models.ForeignKey(
        Account,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="cadence_pauses",
        verbose_name=_("account"),
        help_text=_("With all below it. Empty: every account."),
    )
    function = models.CharField(
        _("function"),
        max_length=14,
        choices=Function,
        blank=True,
        help_text=_("Empty: all functions, and the account as a whole."),
    )
    reason = models.CharField(_("reason"), max_length=8, choices=PauseReason)
    note = models.CharField(_("note"), max_length=200, blank=True)
    valid = DateRangeField(
        _("period"), help_text=_("From the first day up to, not including, the last date.")
    )

    objects = OpenOrScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("pause of cadence")
        verbose_name_plural = _("pauses of cadence")
        ordering = ["valid", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid__isempty=False),
                name="cadence_pause_period_not_empty",
                violation_error_message=_("The period ends before it begins."),
            ),
            models.CheckConstraint(
                condition=Q(valid__lower_inf=False, valid__upper_inf=False),
                name="cadence_pause_has_both_ends",
                violation_error_message=_("A pause has a first day and an end."),
            ),
            models.CheckConstraint(
                condition=Q(function__in=["", *Function.values]),
                name="cadence_pause_function_known",
                violation_error_message=_("There is no such function."),
            ),
            models.CheckConstraint(
                condition=Q(reason__in=PauseReason.values),
                name="cadence_pause_reason_known",
                violation_error_message=_("There is no such reason."),
            ),
        ]
        indexes = [models.Index(fields=["account"], name="cadence_pause_account")]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} {self.valid}"

    def get_absolute_url(self) -> str:
        return reverse("interactions:cadence-pause-list")
