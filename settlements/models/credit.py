"""Credit: limits by date, what secures them, facts that others send, how it is reckoned."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from kam.core.models import Currency, Record
from kam.core.tracking import track
from kam.imports.models import DataSource, ImportBatch
from settlements.choices.credit import ApplicationRule, CollateralKind, Component, FactKind
from settlements.models import credit_triggers as triggers
from settlements.querysets.credit import DatedQuerySet, LimitQuerySet

PERIOD = _("From the first day up to, not including, the last date.")
SIGNED = (FactKind.SOLD_NOT_STATED, FactKind.HELD_BY_RETAILER)
"""Facts that may be below zero: consumers' returns can exceed their purchases."""


@track()
class CreditSettings(Record):
    """How this organisation reckons credit; always the row with id 1."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    stock_weight = models.DecimalField(
        _("weight of consigned stock"),
        max_digits=3,
        decimal_places=2,
        default=Decimal("0.5"),
        help_text=_("From 0 (not counted) to 1 (counted in full, at cost)."),
    )
    horizon_days = models.PositiveSmallIntegerField(
        _("open orders due within days"), default=30,
        help_text=_("Orders due later do not count yet. Orders without a date do."),
    )  # fmt: skip
    warn_at = models.DecimalField(
        _("warn from this share of the limit"),
        max_digits=3,
        decimal_places=2,
        default=Decimal("0.9"),
        help_text=_("0.9 warns when nine tenths of a limit are used."),
    )
    left_out = ArrayField(
        models.CharField(max_length=22, choices=Component),
        verbose_name=_("not counted"),
        default=list,
        blank=True,
        help_text=_("What exposure leaves out. What counts and nobody reports makes checks warn."),
    )
    application_rule = models.CharField(
        _("who needs a decision before credit"),
        max_length=6,
        choices=ApplicationRule,
        default=ApplicationRule.NEW,
    )
    decide_up_to = models.DecimalField(
        _("credit controllers decide up to"),
        max_digits=20,
        decimal_places=4,
        default=Decimal(100_000),
        help_text=_("In the base currency. Directors decide above it."),
    )
    grace_days = models.PositiveSmallIntegerField(
        _("days of grace"), default=0, help_text=_("So many days late still count as in time.")
    )
    alert_days = models.PositiveSmallIntegerField(
        _("days of warning"), default=30,
        help_text=_("How long before a review or the end of a cover it is told."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("settings of credit")
        verbose_name_plural = _("settings of credit")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="credit_settings_one_row"),
            models.CheckConstraint(
                condition=Q(stock_weight__range=(0, 1)),
                name="credit_settings_weight",
                violation_error_message=_("A weight lies between 0 and 1."),
            ),
            models.CheckConstraint(
                condition=Q(warn_at__gt=0, warn_at__lte=1),
                name="credit_settings_warn_at",
                violation_error_message=_("The share lies above 0 and is at most 1."),
            ),
            models.CheckConstraint(
                condition=Q(application_rule__in=ApplicationRule.values),
                name="credit_settings_rule_known",
            ),
            models.CheckConstraint(
                condition=Q(decide_up_to__gte=0),
                name="credit_settings_amount",
                violation_error_message=_("An amount cannot be below zero."),
            ),
            models.CheckConstraint(
                condition=Q(left_out__contained_by=Component.values),
                name="credit_settings_components_known",
            ),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)


APPLICATION_APPROVED = gettext_noop("Application approved")
"""Why a limit is set that an application asked for, where nobody said more."""


@track()
class CreditLimit(Record):
    """How much credit an account and all below it may have in a period: 0 is prepay only.

    Without a row no limit is set, which is something else. What was decided stays: a limit only
    ends earlier, or is taken back. The limit of a chain caps the sum of those below it.
    """

    party = models.ForeignKey(
        Account, models.PROTECT, related_name="credit_limits", verbose_name=_("account")
    )
    currency = models.ForeignKey(
        Currency, models.PROTECT, related_name="+", verbose_name=_("currency")
    )
    amount = models.DecimalField(
        _("limit"), max_digits=20, decimal_places=4, help_text=_("0 means prepay only.")
    )
    valid = DateRangeField(_("period"), help_text=PERIOD)
    term_days = models.PositiveSmallIntegerField(_("term, days"), null=True, blank=True)
    review_on = models.DateField(_("review on"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500)
    application = models.ForeignKey(
        "settlements.CreditApplication",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="limits",
        verbose_name=_("application"),
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("approved by"),
        help_text=_("None: it came from a file."),
    )
    batch = models.ForeignKey(
        ImportBatch, models.PROTECT, null=True, editable=False, related_name="+"
    )
    revoked_on = models.DateField(_("taken back on"), null=True, editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("taken back by"),
    )
    revoke_reason = models.CharField(_("why it was taken back"), max_length=500, blank=True)

    objects = LimitQuerySet.as_manager()

    class Meta:
        verbose_name = _("credit limit")
        verbose_name_plural = _("credit limits")
        ordering = ["party", "currency", "-valid"]
        constraints = [
            ExclusionConstraint(
                name="credit_limit_one_at_a_date",
                expressions=[
                    ("party", RangeOperators.EQUAL),
                    ("currency", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(revoked_on__isnull=True),
                violation_error_message=_("Another limit covers some of these days."),
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="credit_limit_not_below_zero",
                violation_error_message=_("A limit cannot be below zero. 0 means prepay only."),
            ),
            models.CheckConstraint(
                condition=Q(valid__isempty=False, valid__startswith__isnull=False),
                name="credit_limit_period",
                violation_error_message=_("A limit needs a first day, and ends after it."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="credit_limit_says_why",
                violation_error_message=_("Say why."),
            ),
            models.CheckConstraint(
                condition=Q(revoked_on__isnull=True, revoke_reason="")
                | (Q(revoked_on__isnull=False) & ~Q(revoke_reason="")),
                name="credit_limit_revoked_says_why",
                violation_error_message=_("Say why."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["review_on"],
                condition=Q(review_on__isnull=False, revoked_on__isnull=True),
                name="credit_limit_review",
            ),
            models.Index(fields=["updated_at", "id"], name="credit_limit_updated"),
        ]
        triggers = triggers.LIMIT

    def __str__(self) -> str:
        return f"{self.party_id}: {self.amount} {self.currency_id}"

    @property
    def why(self) -> str:
        """The reason, in the reader's language where the system gave it."""
        is_ours = self.application_id is not None and self.reason == APPLICATION_APPROVED
        return gettext(APPLICATION_APPROVED) if is_ours else self.reason

    def get_absolute_url(self) -> str:
        return reverse("settlements:credit-account", args=[self.party_id])

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on the day."""
        is_kept = self.revoked_on is None or self.valid.lower < self.revoked_on
        return is_kept and day in self.valid


@track()
class Collateral(Record):
    """What secures an account's debts in a period: insurance, a guarantee, a deposit."""

    party = models.ForeignKey(
        Account, models.PROTECT, related_name="collateral", verbose_name=_("account")
    )
    kind = models.CharField(_("kind"), max_length=9, choices=CollateralKind)
    currency = models.ForeignKey(
        Currency, models.PROTECT, related_name="+", verbose_name=_("currency")
    )
    amount = models.DecimalField(
        _("at most"), max_digits=20, decimal_places=4, help_text=_("What is paid at most.")
    )
    valid = DateRangeField(_("period"), help_text=PERIOD)
    issuer = models.CharField(_("issued by"), max_length=200, blank=True)
    reference = models.CharField(_("reference"), max_length=100, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("security")
        verbose_name_plural = _("securities")
        ordering = ["party", "valid", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="collateral_amount_positive",
                violation_error_message=_("An amount must be above zero."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=CollateralKind.values), name="collateral_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(valid__isempty=False, valid__startswith__isnull=False),
                name="collateral_period",
                violation_error_message=_("It needs a first day, and ends after it."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount} {self.currency_id}"

    def get_absolute_url(self) -> str:
        return reverse("settlements:credit-account", args=[self.party_id])


@track()
class ExposureFact(Record):
    """What another system knows of an account's debts to come, from a day until a day.

    Known by its source and key. A newer amount from a later day ends the row before it, so that
    exposure of a day in the past stays what it was.
    """

    party = models.ForeignKey(
        Account, models.PROTECT, related_name="exposure_facts", verbose_name=_("account")
    )
    kind = models.CharField(_("what"), max_length=22, choices=FactKind)
    currency = models.ForeignKey(
        Currency, models.PROTECT, related_name="+", verbose_name=_("currency")
    )
    amount = models.DecimalField(
        _("amount"), max_digits=20, decimal_places=4, help_text=_("With tax; stock at cost.")
    )
    valid = DateRangeField(_("period"), help_text=PERIOD)
    due_on = models.DateField(
        _("due"), null=True, blank=True, help_text=_("Of orders: when they are delivered.")
    )
    source = models.ForeignKey(
        DataSource, models.PROTECT, related_name="+", verbose_name=_("source")
    )
    source_key = models.CharField(_("key"), max_length=200)
    batch = models.ForeignKey(
        ImportBatch, models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("fact of exposure")
        verbose_name_plural = _("facts of exposure")
        ordering = ["party", "kind", "pk"]
        constraints = [
            ExclusionConstraint(
                name="exposure_fact_once_at_a_date",
                expressions=[
                    ("source", RangeOperators.EQUAL),
                    ("source_key", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This key has an amount on some of these days already."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=FactKind.values), name="exposure_fact_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0) | Q(kind__in=SIGNED),
                name="exposure_fact_amount",
                violation_error_message=_("An amount cannot be below zero."),
            ),
            models.CheckConstraint(
                condition=Q(valid__isempty=False, valid__startswith__isnull=False),
                name="exposure_fact_period",
                violation_error_message=_("It needs a first day, and ends after it."),
            ),
            models.CheckConstraint(
                condition=~Q(source_key=""),
                name="exposure_fact_key",
                violation_error_message=_("A key is needed."),
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "party"], name="exposure_fact_of_kind"),
            models.Index(fields=["updated_at", "id"], name="exposure_fact_updated"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.amount} {self.currency_id}"
