"""Fees, promotions and rebates under a version."""

from __future__ import annotations

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ProductCategory
from kam.core.models import Record
from kam.core.tracking import track
from settlements.choices.terms import (
    Calculation,
    Channel,
    Conditionality,
    ConditionCycle,
    ConditionKind,
    Deduction,
    FeeType,
    MeasuredAt,
    Payout,
    RebateBasis,
)
from settlements.models import term_triggers as triggers
from settlements.models.rates import RateSchedule
from settlements.models.term_parts import BANDED
from settlements.models.terms import AgreementVersion
from settlements.querysets.terms import OfVersionQuerySet


@track()
class TradeCondition(Record):
    """A fee, a promotion or a rebate that the customer gets under a version.

    Fees are amounts each period of the term's cycle or once; a rebate counts `basis` over `cycle`
    (its accounting period) and may need a target. Percentages are of 100.
    """

    version = models.ForeignKey(AgreementVersion, models.CASCADE, related_name="conditions")
    kind = models.CharField(_("kind"), max_length=9, choices=ConditionKind)
    name = models.CharField(_("name"), max_length=200)
    fee_type = models.CharField(_("for"), max_length=17, choices=FeeType, blank=True)
    category = models.ForeignKey(
        ProductCategory,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("category"),
        help_text=_("Empty: all goods."),
    )
    calculation = models.CharField(_("computed as"), max_length=20, choices=Calculation)
    value = models.DecimalField(
        _("amount or %"), max_digits=20, decimal_places=4, null=True, blank=True
    )
    schedule = models.ForeignKey(
        RateSchedule,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="conditions",
        verbose_name=_("bands"),
    )
    scheme = models.CharField(
        _("bands apply"), max_length=20, choices=Deduction, default=Deduction.NONE
    )
    floor = models.DecimalField(
        _("at least"), max_digits=20, decimal_places=4, null=True, blank=True
    )
    cap = models.DecimalField(_("at most"), max_digits=20, decimal_places=4, null=True, blank=True)
    valid = DateRangeField(
        _("period"), null=True, blank=True, help_text=_("Empty: as long as the version.")
    )
    is_sales_linked = models.BooleanField(_("linked to sales"), default=False)
    is_distinct_service = models.BooleanField(_("pays for a service of its own"), default=False)
    evidence = models.CharField(_("evidence to ask for"), max_length=300, blank=True)
    channel = models.CharField(_("reaches them"), max_length=10, choices=Channel)
    conditionality = models.CharField(
        _("due"),
        max_length=13,
        choices=Conditionality,
        default=Conditionality.UNCONDITIONAL,
    )
    target = models.DecimalField(
        _("target or base"), max_digits=20, decimal_places=4, null=True, blank=True
    )
    basis = models.CharField(_("counts"), max_length=16, choices=RebateBasis, blank=True)
    cycle = models.CharField(_("each"), max_length=12, choices=ConditionCycle, blank=True)
    measured_at = models.CharField(
        _("counts together"), max_length=7, choices=MeasuredAt, default=MeasuredAt.ACCOUNT
    )
    payout = models.CharField(_("paid out by"), max_length=11, choices=Payout, blank=True)

    objects = OfVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("trade condition")
        verbose_name_plural = _("trade conditions")
        ordering = ["version", "kind", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "name"],
                name="condition_name_once",
                violation_error_message=_("There is a condition of this name already."),
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=ConditionKind.values,
                    fee_type__in=["", *FeeType.values],
                    calculation__in=Calculation.values,
                    channel__in=Channel.values,
                    conditionality__in=Conditionality.values,
                    basis__in=["", *RebateBasis.values],
                    cycle__in=["", *ConditionCycle.values],
                    measured_at__in=MeasuredAt.values,
                    payout__in=["", *Payout.values],
                    scheme__in=Deduction.values,
                ),
                name="condition_choices_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    calculation=Calculation.SCHEDULE,
                    schedule__isnull=False,
                    scheme__in=BANDED,
                    value__isnull=True,
                )
                | (
                    ~Q(calculation=Calculation.SCHEDULE)
                    & Q(schedule__isnull=True, scheme=Deduction.NONE, value__gt=0)
                ),
                name="condition_has_value_or_bands",
                violation_error_message=_("Give the condition an amount, or bands."),
            ),
            models.CheckConstraint(
                condition=~Q(
                    calculation__in=[
                        Calculation.PERCENT_OF_PURCHASES,
                        Calculation.PERCENT_OF_TURNOVER,
                    ]
                )
                | Q(value__lte=100),
                name="condition_percent_range",
                violation_error_message=_("A percentage is between 0 and 100."),
            ),
            models.CheckConstraint(
                condition=~Q(kind=ConditionKind.REBATE)
                | (~Q(basis="") & ~Q(payout="") & ~Q(cycle="")),
                name="condition_rebate_whole",
                violation_error_message=_(
                    "A rebate says what it counts, when, and how it is paid."
                ),
            ),
            models.CheckConstraint(
                condition=Q(kind=ConditionKind.REBATE) | ~Q(fee_type=""),
                name="condition_fee_says_what_for",
                violation_error_message=_("Say what the customer charges this for."),
            ),
            models.CheckConstraint(
                condition=Q(conditionality=Conditionality.UNCONDITIONAL, target__isnull=True)
                | Q(
                    conditionality__in=[Conditionality.TARGET, Conditionality.GROWTH],
                    target__gt=0,
                ),
                name="condition_target",
                violation_error_message=_("A target, or a base for growth, is above zero."),
            ),
            models.CheckConstraint(
                condition=(Q(floor__isnull=True) | Q(floor__gte=0))
                & (Q(cap__isnull=True) | Q(cap__gte=0))
                & (Q(floor__isnull=True) | Q(cap__isnull=True) | Q(cap__gte=models.F("floor"))),
                name="condition_floor_below_cap",
                violation_error_message=_("The most is not below the least."),
            ),
            models.CheckConstraint(
                condition=Q(valid__isnull=True) | Q(valid__isempty=False),
                name="condition_period_not_empty",
                violation_error_message=_("The period ends before it begins."),
            ),
        ]
        triggers = triggers.part("condition_of_a_draft") + triggers.SAME_VERSION_CONDITION

    def __str__(self) -> str:
        return self.name
