"""What rebates come to: runs, accruals to date, expectations, and what was settled."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kam.core.models import Currency, JobRun
from settlements.choices.terms import Payout
from settlements.models import rebate_triggers as triggers
from settlements.models.conditions import TradeCondition
from settlements.models.documents import Document
from settlements.querysets.terms import OfVersionQuerySet

OF_CONDITION = OfVersionQuerySet.through("condition__version")


class RebateRun(models.Model):
    """A day up to which rebates of all conditions were accrued, once, forward in time."""

    through = models.DateField(_("accrued up to"), unique=True)
    job = models.ForeignKey(
        JobRun, models.SET_NULL, null=True, related_name="+", verbose_name=_("job")
    )
    conditions = models.PositiveIntegerField(_("rebates accrued"))
    left_out = models.PositiveIntegerField(
        _("rebates left out"), help_text=_("Their agreement says no rate that can be computed.")
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("by"),
    )
    recorded_at = models.DateTimeField(_("recorded"), db_default=TransactionNow(), editable=False)

    class Meta:
        verbose_name = _("rebate run")
        verbose_name_plural = _("rebate runs")
        ordering = ["-through"]
        triggers = triggers.RUN

    def __str__(self) -> str:
        return str(self.through)


class RebateAccrual(models.Model):
    """What a rebate of a measurement period comes to by a day; rows are never changed.

    `basis_amount` is net of returns. `earned_to_date` would be owed if the period ended then;
    `accrued` is the part of what is expected to be owed in the end that belongs to the basis so
    far, and `catch_up` what this row adds to the one before (it may be negative). `to_next` is
    what the basis lacks to the next bound and `gain` what reaching it adds to what is earned.
    A row without a run is the final one of a settlement.
    """

    condition = models.ForeignKey(
        TradeCondition, models.PROTECT, related_name="accruals", verbose_name=_("rebate")
    )
    run = models.ForeignKey(
        RebateRun, models.PROTECT, null=True, related_name="accruals", verbose_name=_("run")
    )
    period = DateRangeField(_("measured over"))
    through = models.DateField(_("accrued up to"))
    basis_amount = models.DecimalField(_("basis"), max_digits=24, decimal_places=4)
    expected_total = models.DecimalField(
        _("expected by the end"), max_digits=24, decimal_places=4, null=True
    )
    earned_to_date = models.DecimalField(_("earned to date"), max_digits=24, decimal_places=4)
    accrued = models.DecimalField(_("accrued to date"), max_digits=24, decimal_places=4)
    catch_up = models.DecimalField(_("catch-up"), max_digits=24, decimal_places=4)
    rate = models.DecimalField(_("rate"), max_digits=12, decimal_places=4)
    to_next = models.DecimalField(_("to the next tier"), max_digits=24, decimal_places=4, null=True)
    gain = models.DecimalField(_("it would add"), max_digits=24, decimal_places=4, null=True)
    currency = models.ForeignKey(
        Currency, models.PROTECT, related_name="+", db_index=False, verbose_name=_("currency")
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("by"),
    )
    recorded_at = models.DateTimeField(_("recorded"), db_default=TransactionNow(), editable=False)

    objects = OF_CONDITION.as_manager()

    class Meta:
        verbose_name = _("rebate accrual")
        verbose_name_plural = _("rebate accruals")
        ordering = ["-through", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "condition", "period"], name="rebate_accrual_once_a_run"
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False), name="rebate_accrual_period_not_empty"
            ),
        ]
        indexes = [
            models.Index(fields=["run", "-gain"], name="rebate_accrual_run_gain"),
        ]
        triggers = triggers.ACCRUAL

    def __str__(self) -> str:
        return f"{self.condition_id} {self.through}: {self.accrued} {self.currency_id}"

    def get_absolute_url(self) -> str:
        return reverse("settlements:rebate-detail", args=[self.condition_id])


class RebateExpectation(models.Model):
    """What somebody expects a rebate's basis to be when its period ends; the latest one counts."""

    condition = models.ForeignKey(
        TradeCondition, models.PROTECT, related_name="expectations", verbose_name=_("rebate")
    )
    period = DateRangeField(_("measured over"))
    total = models.DecimalField(_("expected by the end"), max_digits=20, decimal_places=4)
    expected_on = models.DateField(_("expected on"))
    note = models.CharField(_("why"), max_length=300, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("by"),
    )
    recorded_at = models.DateTimeField(_("recorded"), db_default=TransactionNow(), editable=False)

    objects = OF_CONDITION.as_manager()

    class Meta:
        verbose_name = _("expected basis")
        verbose_name_plural = _("expected bases")
        ordering = ["-expected_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(total__gte=0),
                name="rebate_expectation_not_negative",
                violation_error_message=_("An expected total is zero or more."),
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False), name="rebate_expectation_period_not_empty"
            ),
        ]
        triggers = triggers.append_only("rebate_expectation_append_only")

    def __str__(self) -> str:
        return f"{self.condition_id}: {self.total}"


class RebateSettlement(models.Model):
    """The end of a rebate's period: what it came to, and the document that gave it, posted once.

    Nothing earned is settled too, without a document. `claimed` is what the customer asked for
    where they claim it; no more than was earned is granted.
    """

    condition = models.ForeignKey(
        TradeCondition, models.PROTECT, related_name="settlements", verbose_name=_("rebate")
    )
    period = DateRangeField(_("measured over"))
    basis_amount = models.DecimalField(_("basis"), max_digits=24, decimal_places=4)
    earned = models.DecimalField(_("earned"), max_digits=20, decimal_places=4)
    amount = models.DecimalField(_("settled"), max_digits=20, decimal_places=4)
    currency = models.ForeignKey(
        Currency, models.PROTECT, related_name="+", db_index=False, verbose_name=_("currency")
    )
    payout = models.CharField(_("paid out by"), max_length=11, choices=Payout)
    claimed = models.DecimalField(
        _("claimed"), max_digits=20, decimal_places=4, null=True, blank=True
    )
    reference = models.CharField(_("their reference"), max_length=140, blank=True)
    document = models.OneToOneField(
        Document,
        models.PROTECT,
        null=True,
        related_name="rebate_settlement",
        verbose_name=_("document"),
    )
    settled_on = models.DateField(_("settled on"))
    idempotency_key = models.CharField(max_length=255, null=True, editable=False)  # noqa: DJ001 - many have none, and a key is unique
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("by"),
    )
    recorded_at = models.DateTimeField(_("recorded"), db_default=TransactionNow(), editable=False)

    objects = OF_CONDITION.as_manager()

    class Meta:
        verbose_name = _("settled rebate")
        verbose_name_plural = _("settled rebates")
        ordering = ["-settled_on", "-pk"]
        constraints = [
            ExclusionConstraint(
                name="rebate_settled_once",
                expressions=[
                    ("condition", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This rebate is settled already."),
            ),
            models.UniqueConstraint(
                fields=["idempotency_key"],
                condition=Q(idempotency_key__isnull=False),
                name="rebate_settlement_key_once",
            ),
            models.CheckConstraint(
                condition=Q(amount=0, document__isnull=True)
                | (~Q(amount=0) & Q(document__isnull=False)),
                name="rebate_settlement_has_its_document",
            ),
            models.CheckConstraint(
                condition=Q(payout=Payout.CREDIT_NOTE, claimed__isnull=True)
                | (Q(payout=Payout.CLAIM, claimed__gte=0) & ~Q(reference="")),
                name="rebate_settlement_claim_says_its_number",
                violation_error_message=_("A claim has an amount and a number."),
            ),
        ]
        triggers = triggers.append_only("rebate_settlement_append_only")

    def __str__(self) -> str:
        return f"{self.condition_id}: {self.amount} {self.currency_id}"
