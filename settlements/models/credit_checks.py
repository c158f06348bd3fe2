"""Credit in use: checks, what lets them through in spite of a block, holds, scores."""

from __future__ import annotations

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from kam.core.models import Currency, Record
from kam.core.tracking import track
from settlements.choices.credit import CheckReason, CheckResult, HoldState, ScoreGrade
from settlements.models import credit_triggers as triggers
from settlements.models.acting import user_key
from settlements.querysets.credit import HoldQuerySet, OfPartyQuerySet, OverrideQuerySet


class CreditCheck(models.Model):
    """An answer to "may they have this on credit?", with all that it came from: append-only.

    `party` is who pays, `account` who orders, `decisive` whose limit decided. `levels` holds the
    same for the payer and every node above it that has a limit. `reserved_until` keeps the
    amount among open orders until then, so that two orders never use the same room.
    """

    party = models.ForeignKey(
        Account, models.PROTECT, related_name="credit_checks", verbose_name=_("payer")
    )
    account = models.ForeignKey(
        Account, models.PROTECT, related_name="+", verbose_name=_("account")
    )
    decisive = models.ForeignKey(
        Account, models.PROTECT, null=True, related_name="+", verbose_name=_("whose limit decided")
    )
    currency = models.ForeignKey(
        Currency, models.PROTECT, related_name="+", verbose_name=_("currency")
    )
    requested = models.DecimalField(_("asked for"), max_digits=20, decimal_places=4)
    reference = models.CharField(_("order or reference"), max_length=100, blank=True)
    as_of = models.DateField(_("as of"))
    result = models.CharField(_("result"), max_length=5, choices=CheckResult)
    reasons = ArrayField(
        models.CharField(max_length=20, choices=CheckReason), verbose_name=_("why"), default=list
    )
    limit_currency = models.ForeignKey(
        Currency,
        models.PROTECT,
        related_name="+",
        verbose_name=_("currency of the limit"),
    )
    exposure = models.DecimalField(
        _("exposure with it"), max_digits=22, decimal_places=4,
        help_text=_("In the currency of the limit."),
    )  # fmt: skip
    limit_amount = models.DecimalField(_("limit"), max_digits=20, decimal_places=4, null=True)
    available = models.DecimalField(
        _("available after it"), max_digits=22, decimal_places=4, null=True
    )
    over_by = models.DecimalField(_("over by"), max_digits=22, decimal_places=4)
    components = models.JSONField(_("components"))
    levels = models.JSONField(_("every limit that was looked at"))
    override = models.ForeignKey(
        "settlements.CreditOverride",
        models.PROTECT,
        null=True,
        related_name="let_through",
        verbose_name=_("override"),
    )
    reserved_until = models.DateField(_("reserved until"), null=True)
    created_by = user_key(_("by"), null=False)
    created_at = models.DateTimeField(_("made"), db_default=Now(), editable=False)

    objects = OfPartyQuerySet.as_manager()

    class Meta:
        verbose_name = _("credit check")
        verbose_name_plural = _("credit checks")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(requested__gte=0),
                name="credit_check_not_below_zero",
                violation_error_message=_("An amount cannot be below zero."),
            ),
            models.CheckConstraint(
                condition=Q(result__in=CheckResult.values), name="credit_check_result_known"
            ),
            models.CheckConstraint(
                condition=Q(reasons__contained_by=CheckReason.values),
                name="credit_check_reasons_known",
            ),
            models.CheckConstraint(
                condition=Q(limit_amount__isnull=True, available__isnull=True)
                | Q(limit_amount__isnull=False, limit_amount=F("available") + F("exposure")),
                name="credit_check_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(reserved_until__isnull=True)
                | (
                    Q(reserved_until__gte=F("as_of"))
                    & ~Q(reference="")
                    & ~Q(result=CheckResult.BLOCK)
                ),
                name="credit_check_reserves_for_an_order",
                violation_error_message=_("A reservation needs a reference and a day to come."),
            ),
        ]
        indexes = [
            models.Index(fields=["party", "-id"], name="credit_check_of_party"),
            models.Index(
                fields=["reserved_until"],
                condition=Q(reserved_until__isnull=False),
                name="credit_check_reserved",
            ),
            models.Index(
                fields=["party", "reference"],
                condition=~Q(reference=""),
                name="credit_check_reference",
            ),
        ]
        triggers = triggers.append_only("credit_check_append_only")

    def __str__(self) -> str:
        return f"{self.party_id}: {self.requested} {self.currency_id} {self.result}"

    def get_absolute_url(self) -> str:
        return reverse("settlements:credit-check", args=[self.pk])


class CreditOverride(models.Model):
    """Lets a blocked check, or all of an account until a day, through: append-only."""

    party = models.ForeignKey(
        Account, models.PROTECT, related_name="credit_overrides", verbose_name=_("payer")
    )
    check_made = models.ForeignKey(
        CreditCheck,
        models.PROTECT,
        null=True,
        related_name="overrides",
        verbose_name=_("check"),
        help_text=_("None: of whatever the account orders."),
    )
    role = models.CharField(_("in the role of"), max_length=40)
    reason = models.CharField(_("reason"), max_length=500)
    begins = models.DateField(_("from"))
    until = models.DateField(_("until"))
    created_by = user_key(_("by"), null=False)
    created_at = models.DateTimeField(_("made"), db_default=Now(), editable=False)

    objects = OverrideQuerySet.as_manager()

    class Meta:
        verbose_name = _("override of credit")
        verbose_name_plural = _("overrides of credit")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(role=""),
                name="credit_override_says_why",
                violation_error_message=_("Say why."),
            ),
            models.CheckConstraint(
                condition=Q(until__gte=F("begins")),
                name="credit_override_ends",
                violation_error_message=_("It ends before it begins."),
            ),
        ]
        triggers = triggers.append_only("credit_override_append_only")

    def __str__(self) -> str:
        return f"{self.party_id}: {self.reason}"


@track()
class CreditHold(Record):
    """Stops sales on credit to an account and all below it until it is released."""

    party = models.ForeignKey(
        Account, models.PROTECT, related_name="credit_holds", verbose_name=_("account")
    )
    state = models.CharField(
        _("state"), max_length=10, choices=HoldState, default=HoldState.PROPOSED, editable=False
    )
    reason = models.CharField(_("reason"), max_length=500)
    proposed_by = user_key(_("proposed by"))
    activated_by = user_key(_("put on hold by"))
    activated_on = models.DateField(_("on hold since"), null=True, editable=False)
    until = models.DateField(_("overridden until"), null=True, editable=False)
    released_by = user_key(_("released by"))
    released_on = models.DateField(_("released on"), null=True, editable=False)
    note = models.CharField(_("note"), max_length=500, blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("credit hold")
        verbose_name_plural = _("credit holds")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["party"],
                condition=~Q(state=HoldState.RELEASED),
                name="credit_hold_one_at_a_time",
                violation_error_message=_("The account has a hold already."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=HoldState.values), name="credit_hold_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="credit_hold_says_why",
                violation_error_message=_("Say why."),
            ),
            models.CheckConstraint(
                condition=~Q(state=HoldState.OVERRIDDEN) | Q(until__isnull=False),
                name="credit_hold_overridden_ends",
                violation_error_message=_("Say until when."),
            ),
            models.CheckConstraint(
                condition=~Q(state=HoldState.ACTIVE)
                | Q(activated_by__isnull=False, activated_on__isnull=False),
                name="credit_hold_active_says_who",
            ),
        ]
        triggers = triggers.HOLD

    def __str__(self) -> str:
        return f"{self.party_id}: {self.get_state_display()}"

    def blocks_on(self, day: date) -> bool:
        """Whether it stops sales on credit on a day."""
        if self.state == HoldState.OVERRIDDEN:
            return self.until is not None and self.until < day
        return self.state == HoldState.ACTIVE


class CreditScoreSnapshot(models.Model):
    """The score of a payer with all that it was made from: one a month, renewed until it ends."""

    party = models.ForeignKey(
        Account, models.PROTECT, related_name="credit_scores", db_index=False,
        verbose_name=_("payer"),
    )  # fmt: skip
    month = models.DateField(_("month"))
    as_of = models.DateField(_("as of"))
    model_version = models.CharField(_("version"), max_length=40)
    currency = models.ForeignKey(
        Currency, models.PROTECT, related_name="+", db_index=False, verbose_name=_("currency")
    )
    inputs = models.JSONField(_("inputs"))
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=2, null=True)
    grade = models.CharField(_("grade"), max_length=1, choices=ScoreGrade)
    confidence = models.DecimalField(_("confidence"), max_digits=4, decimal_places=3)
    reasons = ArrayField(models.CharField(max_length=20), verbose_name=_("what costs most"))
    suggested_limit = models.DecimalField(
        _("suggested limit"), max_digits=20, decimal_places=4, null=True
    )
    computed_at = models.DateTimeField(_("computed"), db_default=Now(), editable=False)

    objects = OfPartyQuerySet.as_manager()

    class Meta:
        verbose_name = _("credit score")
        verbose_name_plural = _("credit scores")
        ordering = ["party", "-month"]
        constraints = [
            models.UniqueConstraint(fields=["party", "month"], name="credit_score_once_a_month"),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__range=(0, 100)),
                name="credit_score_range",
            ),
            models.CheckConstraint(
                condition=Q(grade__in=ScoreGrade.values), name="credit_score_grade_known"
            ),
        ]
        indexes = [models.Index(fields=["month", "grade"], name="credit_score_of_month")]

    def __str__(self) -> str:
        return f"{self.party_id} {self.month}: {self.grade} {self.score}"
