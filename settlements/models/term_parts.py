"""What a version of an agreement computes with: methods of settlement and guarantees."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ProductCategory
from accounts.querysets import CompanyWideQuerySet
from kam.core.models import Record
from kam.core.tracking import track
from settlements.choices.terms import (
    BaseEvent,
    Bearer,
    Cycle,
    Deduction,
    GuaranteeBasis,
    InvoicingParty,
    NegativeHandling,
    Preset,
    Proration,
    SettlementBasis,
    TestPeriod,
    TitleTransfer,
)
from settlements.models import term_triggers as triggers
from settlements.models.rates import RateSchedule
from settlements.models.reports import MEDIUM_LENGTH
from settlements.models.terms import AgreementVersion
from settlements.querysets.terms import OfVersionQuerySet

PERCENT = [MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))]
BANDED = (Deduction.TIERED_INCREMENTAL, Deduction.TIERED_RETROACTIVE)


@track()
class BusinessCalendar(Record):
    """A calendar of working days; days that are not named follow Monday to Friday."""

    code = models.SlugField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=100)

    objects = CompanyWideQuerySet.as_manager()

    class Meta:
        verbose_name = _("business calendar")
        verbose_name_plural = _("business calendars")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


@track()
class CalendarDay(Record):
    """A day off, or a working day at a weekend; `is_confirmed` where an official notice says so."""

    calendar = models.ForeignKey(BusinessCalendar, models.CASCADE, related_name="days")
    day = models.DateField(_("day"))
    is_working = models.BooleanField(_("working day"), default=False)
    is_confirmed = models.BooleanField(_("confirmed"), default=False)
    name = models.CharField(_("name"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("day of a calendar")
        verbose_name_plural = _("days of calendars")
        ordering = ["calendar", "day"]
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "day"],
                name="calendar_day_once",
                violation_error_message=_("The calendar says something of this day already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day}"


@track()
class SettlementTerm(Record):
    """One method of settlement under a version: the five axes, for all goods or one category.

    A term of a category goes before the term of all goods. Percentages are of 100. `tax_rate` is
    the rate that statements assume where a report line names none; None: lines must name theirs.
    """

    version = models.ForeignKey(AgreementVersion, models.CASCADE, related_name="terms")
    category = models.ForeignKey(
        ProductCategory,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("category"),
        help_text=_("Empty: all goods without a term of their own."),
    )
    preset = models.CharField(_("method"), max_length=16, choices=Preset, default=Preset.OWN)
    title_transfer = models.CharField(
        _("goods become theirs"), max_length=16, choices=TitleTransfer
    )
    settlement_basis = models.CharField(_("settled on"), max_length=16, choices=SettlementBasis)
    deduction = models.CharField(
        _("deduction"), max_length=20, choices=Deduction, default=Deduction.NONE
    )
    deduction_percent = models.DecimalField(
        _("deduction, %"), max_digits=7, decimal_places=4, null=True, blank=True, validators=PERCENT
    )
    deduction_schedule = models.ForeignKey(
        RateSchedule,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="terms",
        verbose_name=_("bands of the deduction"),
    )
    rent = models.DecimalField(
        _("rent each period"), max_digits=20, decimal_places=4, null=True, blank=True
    )
    is_tax_inclusive = models.BooleanField(_("amounts include tax"), default=False)
    tax_rate = models.DecimalField(
        _("tax rate, %"), max_digits=5, decimal_places=2, null=True, blank=True, validators=PERCENT
    )
    is_after_coupons = models.BooleanField(_("turnover is counted after coupons"), default=True)
    coupon_bearer = models.CharField(
        _("who pays coupons"), max_length=8, choices=Bearer, default=Bearer.CUSTOMER
    )
    cycle = models.CharField(_("statements"), max_length=12, choices=Cycle, default=Cycle.MONTHLY)
    invoicing_party = models.CharField(
        _("who invoices"),
        max_length=11,
        choices=InvoicingParty,
        default=InvoicingParty.SUPPLIER,
    )
    shrink_bearer = models.CharField(
        _("who bears shrink"), max_length=8, choices=Bearer, blank=True
    )
    shrink_tolerance = models.DecimalField(
        _("shrink we bear first, percent of units sold"),
        max_digits=7,
        decimal_places=4,
        null=True,
        blank=True,
        validators=PERCENT,
    )
    negative_handling = models.CharField(
        _("when a statement is negative"),
        max_length=13,
        choices=NegativeHandling,
        default=NegativeHandling.CARRY_FORWARD,
    )
    base_event = models.CharField(_("payment runs from"), max_length=19, choices=BaseEvent)
    calendar = models.ForeignKey(
        BusinessCalendar,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("calendar of working days"),
    )
    discount_percent = models.DecimalField(
        _("early payment discount, %"),
        max_digits=7,
        decimal_places=4,
        null=True,
        blank=True,
        validators=PERCENT,
    )
    discount_days = models.PositiveSmallIntegerField(
        _("if paid within days"), null=True, blank=True
    )

    objects = OfVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("settlement term")
        verbose_name_plural = _("settlement terms")
        ordering = ["version", "category", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "category"],
                nulls_distinct=False,
                name="settlement_term_category_once",
                violation_error_message=_("There is a term for these goods already."),
            ),
            models.CheckConstraint(
                condition=Q(
                    title_transfer__in=TitleTransfer.values,
                    settlement_basis__in=SettlementBasis.values,
                    deduction__in=Deduction.values,
                    cycle__in=Cycle.values,
                    invoicing_party__in=InvoicingParty.values,
                    negative_handling__in=NegativeHandling.values,
                    base_event__in=BaseEvent.values,
                    coupon_bearer__in=Bearer.values,
                    shrink_bearer__in=["", *Bearer.values],
                    preset__in=Preset.values,
                ),
                name="settlement_term_choices_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    deduction=Deduction.NONE,
                    deduction_percent__isnull=True,
                    deduction_schedule__isnull=True,
                )
                | Q(
                    deduction=Deduction.PERCENT,
                    deduction_percent__gte=0,
                    deduction_percent__lte=100,
                    deduction_schedule__isnull=True,
                )
                | Q(
                    deduction__in=BANDED,
                    deduction_percent__isnull=True,
                    deduction_schedule__isnull=False,
                ),
                name="settlement_term_deduction_whole",
                violation_error_message=_("Give the deduction its percentage or its bands."),
            ),
            models.CheckConstraint(
                condition=Q(settlement_basis=SettlementBasis.TURNOVER_NET)
                | Q(settlement_basis=SettlementBasis.FIXED_RENT)
                | Q(deduction=Deduction.NONE),
                name="settlement_term_deduction_from_turnover",
                violation_error_message=_("A deduction is taken from a turnover alone."),
            ),
            models.CheckConstraint(
                condition=Q(settlement_basis=SettlementBasis.FIXED_RENT, rent__gt=0)
                | (~Q(settlement_basis=SettlementBasis.FIXED_RENT) & Q(rent__isnull=True)),
                name="settlement_term_rent",
                violation_error_message=_("A rent is said where space is leased, and only there."),
            ),
            models.CheckConstraint(
                condition=~Q(settlement_basis=SettlementBasis.SOLD_NET) | ~Q(shrink_bearer=""),
                name="settlement_term_says_who_bears_shrink",
                violation_error_message=_("Say who bears shrink: the method does not tell."),
            ),
            models.CheckConstraint(
                condition=Q(discount_percent__isnull=True, discount_days__isnull=True)
                | Q(discount_percent__gt=0, discount_percent__lt=100, discount_days__gte=0),
                name="settlement_term_discount_whole",
                violation_error_message=_("An early payment discount needs percent and days."),
            ),
            models.CheckConstraint(
                condition=(Q(tax_rate__isnull=True) | Q(tax_rate__gte=0, tax_rate__lte=100))
                & (
                    Q(shrink_tolerance__isnull=True)
                    | Q(shrink_tolerance__gte=0, shrink_tolerance__lte=100)
                ),
                name="settlement_term_percent_range",
                violation_error_message=_("A percentage is between 0 and 100."),
            ),
        ]
        triggers = triggers.part("settlement_term_of_a_draft") + triggers.SAME_VERSION_TERM

    def __str__(self) -> str:
        goods = self.category or _("All goods")
        return f"{self.get_preset_display()} · {goods}"


@track()
class MinimumGuarantee(Record):
    """What a concession guarantees the store, tested over a period."""

    term = models.OneToOneField(SettlementTerm, models.CASCADE, related_name="guarantee")
    basis = models.CharField(_("guaranteed"), max_length=10, choices=GuaranteeBasis)
    amount = models.DecimalField(_("amount each month"), max_digits=20, decimal_places=4)
    test_period = models.CharField(_("tested"), max_length=10, choices=TestPeriod)
    proration = models.CharField(
        _("part months"), max_length=12, choices=Proration, default=Proration.NONE
    )
    excess_rate = models.DecimalField(
        _("deduction above it, %"),
        max_digits=7,
        decimal_places=4,
        null=True,
        blank=True,
        validators=PERCENT,
    )

    objects = OfVersionQuerySet.through("term__version").as_manager()

    class Meta:
        verbose_name = _("minimum guarantee")
        verbose_name_plural = _("minimum guarantees")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="guarantee_amount_positive",
                violation_error_message=_("A guarantee is above zero."),
            ),
            models.CheckConstraint(
                condition=Q(
                    basis__in=GuaranteeBasis.values,
                    test_period__in=TestPeriod.values,
                    proration__in=Proration.values,
                ),
                name="guarantee_says_how_it_is_tested",
                violation_error_message=_("Say over which period the guarantee is tested."),
            ),
            models.CheckConstraint(
                condition=Q(excess_rate__isnull=True) | Q(excess_rate__gte=0, excess_rate__lte=100),
                name="guarantee_excess_rate_range",
                violation_error_message=_("A percentage is between 0 and 100."),
            ),
        ]
        triggers = triggers.part(
            "guarantee_of_a_draft", parent="settlements_settlementterm", key="term_id"
        )

    def __str__(self) -> str:
        return f"{self.get_basis_display()} {self.amount}"


@track()
class MediumRule(Record):
    """What a term says of turnover paid by one medium: a percentage of its own, or not counted.

    Of a medium at its own percentage nothing goes by the term's percentage or bands, and its
    turnover and deduction count towards the guarantee. One that does not count is in neither.
    """

    term = models.ForeignKey(SettlementTerm, models.CASCADE, related_name="media")
    medium = models.CharField(_("paid by"), max_length=MEDIUM_LENGTH)
    is_counted = models.BooleanField(_("counts"), default=True)
    percent = models.DecimalField(
        _("deduction, %"), max_digits=7, decimal_places=4, null=True, blank=True, validators=PERCENT
    )

    objects = OfVersionQuerySet.through("term__version").as_manager()

    class Meta:
        verbose_name = _("rule of a payment medium")
        verbose_name_plural = _("rules of payment media")
        ordering = ["term", "medium"]
        constraints = [
            models.UniqueConstraint(
                fields=["term", "medium"],
                name="medium_rule_once",
                violation_error_message=_("There is a rule of this medium already."),
            ),
            models.CheckConstraint(
                condition=~Q(medium=""),
                name="medium_rule_names_it",
                violation_error_message=_("Say which medium the rule is of."),
            ),
            models.CheckConstraint(
                condition=Q(is_counted=False, percent__isnull=True)
                | Q(is_counted=True, percent__gte=0, percent__lte=100, percent__isnull=False),
                name="medium_rule_whole",
                violation_error_message=_("A medium has its own percentage, or does not count."),
            ),
        ]
        triggers = triggers.part(
            "medium_rule_of_a_draft", parent="settlements_settlementterm", key="term_id"
        )

    def __str__(self) -> str:
        return self.medium
