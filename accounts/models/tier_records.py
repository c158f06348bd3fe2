"""What is said of accounts by a tier model: ratings, computed tiers, decisions."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.analytics.tiering import PROVISIONAL_BELOW
from accounts.choices import RatedMeasure
from accounts.models.accounts import Account
from accounts.models.tiers import ExactDecoder, Tier, TierModel
from accounts.querysets import AccountScopedQuerySet
from kam.core.models import Record
from kam.core.tracking import track

SCALE = (1, 5)


class TierRating(models.Model):
    """Somebody's judgement of an account by a rated measure, 1 to 5, with evidence.

    Never changed or removed: the present value is the last one up to a day.
    """

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="tier_ratings", verbose_name=_("account")
    )
    measure = models.CharField(_("measure"), max_length=20, choices=RatedMeasure)
    value = models.PositiveSmallIntegerField(_("rating"))
    rated_on = models.DateField(_("as of"))
    evidence = models.TextField(_("evidence"), max_length=2000)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("author")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = AccountScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("tier rating")
        verbose_name_plural = _("tier ratings")
        ordering = ["-rated_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(value__gte=SCALE[0], value__lte=SCALE[1]),
                name="tier_rating_on_its_scale",
                violation_error_message=_("A rating is 1 to 5."),
            ),
            models.CheckConstraint(
                condition=Q(measure__in=RatedMeasure.values), name="tier_rating_measure_known"
            ),
            models.CheckConstraint(
                condition=~Q(evidence=""),
                name="tier_rating_has_evidence",
                violation_error_message=_("A rating says what it rests on."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["measure", "account", "-rated_on", "-id"], name="tier_rating_latest"
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="tier_rating_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.measure} {self.value}"


class TierAssignment(models.Model):
    """The computed tier of an account in a half-open period, and the last score behind it.

    `explanation` lists what was known, [[criterion, value, points, weight, brought], …]: the
    last column sums to `score`. Kept by the rescoring job, which begins a new row when the tier
    or the model changes.
    """

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="tier_assignments", verbose_name=_("account")
    )
    model = models.ForeignKey(TierModel, models.PROTECT, related_name="assignments")
    tier = models.ForeignKey(
        Tier, models.PROTECT, related_name="assignments", verbose_name=_("tier")
    )
    valid = DateRangeField(_("period"))
    score = models.DecimalField(_("score"), max_digits=7, decimal_places=4)
    first_score = models.DecimalField(_("score at first"), max_digits=7, decimal_places=4)
    confidence = models.DecimalField(_("confidence"), max_digits=5, decimal_places=4)
    explanation = models.JSONField(decoder=ExactDecoder, encoder=DjangoJSONEncoder)
    formula_version = models.CharField(max_length=20)
    scored_on = models.DateField(_("scored on"))

    objects = AccountScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("tier assignment")
        verbose_name_plural = _("tier assignments")
        ordering = ["account_id", "-valid", "pk"]
        constraints = [
            ExclusionConstraint(
                name="tier_assignment_one_at_a_date",
                expressions=[
                    ("account", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("The account has another tier in this period."),
            ),
            models.CheckConstraint(
                condition=Q(valid__isempty=False), name="tier_assignment_period_not_empty"
            ),
            models.CheckConstraint(
                condition=Q(score__gte=0, score__lte=100), name="tier_assignment_score_in_range"
            ),
            models.CheckConstraint(
                condition=Q(confidence__gt=0, confidence__lte=1),
                name="tier_assignment_confidence_is_a_share",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.tier_id} {self.valid}"

    @property
    def is_provisional(self) -> bool:
        """Whether too little is known to rely on the tier."""
        return self.confidence < PROVISIONAL_BELOW


@track()
class TierOverride(Record):
    """A tier set by decision for a period, beside the computed one: why, by whom, until when."""

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="tier_overrides", verbose_name=_("account")
    )
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="+", verbose_name=_("tier"))
    reason = models.TextField(_("reason"), max_length=2000)
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("approver")
    )
    valid = DateRangeField(_("period"))

    objects = AccountScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("tier override")
        verbose_name_plural = _("tier overrides")
        ordering = ["account_id", "-valid", "pk"]
        constraints = [
            ExclusionConstraint(
                name="tier_override_one_at_a_date",
                expressions=[
                    ("account", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("The account has an override in this period already."),
            ),
            models.CheckConstraint(
                condition=Q(valid__isempty=False)
                & Q(valid__lower_inf=False)
                & Q(valid__upper_inf=False),
                name="tier_override_expires",
                violation_error_message=_(
                    "An override ends after it begins, on a day that is known."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="tier_override_has_a_reason",
                violation_error_message=_("An override says why."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.tier_id} {self.valid}"
