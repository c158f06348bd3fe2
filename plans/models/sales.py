"""The sales plan: a line a category, an amount a month, and the steps by which a range grows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Product, ProductCategory
from kam.core.models import Record
from kam.core.tracking import track
from plans.choices.sales import ListingState
from plans.models import figure_triggers, triggers
from plans.models.plans import Plan
from plans.models.shared import percent, percent_in_range, user_key
from plans.querysets.figures import OfFiguresQuerySet


def amount(label: Any, **options: Any) -> models.DecimalField[Decimal | None, Decimal | None]:
    """Money in the currency of the plan, zero or more; empty is not known."""
    return models.DecimalField(
        label,
        max_digits=20,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(10) ** 15)],
        **options,
    )


@track()
class SalesLine(Record):
    """What a plan sells of a category. Without a category: of everything that has no line.

    `unit` is what volumes are counted in. `terms_percent` is the share of sales that terms are
    planned to cost; NULL: not planned.
    """

    plan = models.ForeignKey(
        Plan, models.CASCADE, related_name="sales_lines", verbose_name=_("plan")
    )
    category = models.ForeignKey(
        ProductCategory,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("category"),
        help_text=_("Empty: everything that has no line of its own."),
    )
    unit = models.CharField(
        _("unit of volume"),
        max_length=30,
        blank=True,
        help_text=_("As in the sales figures, so that volumes can be compared."),
    )
    terms_percent = percent(_("terms, percent of sales"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    place = models.PositiveSmallIntegerField(_("place"), default=0)

    objects = OfFiguresQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a sales plan")
        verbose_name_plural = _("lines of sales plans")
        ordering = ["plan_id", "place", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "category"],
                name="sales_line_once",
                nulls_distinct=False,
                violation_error_message=_("The plan has a line for this category already."),
            ),
            percent_in_range("sales_line_terms", "terms_percent"),
        ]
        indexes = [models.Index(fields=["updated_at", "id"], name="sales_line_updated")]
        triggers = triggers.part("sales_line_fixed")

    def __str__(self) -> str:
        return str(self.category) if self.category else str(_("Everything else"))


@track()
class SalesMonth(Record):
    """Net revenue planned for a line and a month, with its volume where that is planned too."""

    line = models.ForeignKey(
        SalesLine, models.CASCADE, related_name="months", verbose_name=_("line")
    )
    month = models.DateField(_("month"))
    amount = models.DecimalField(
        _("net revenue"),
        max_digits=20,
        decimal_places=4,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(10) ** 15)],
    )
    volume = models.DecimalField(
        _("volume"),
        max_digits=18,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(10) ** 13)],
    )

    objects = OfFiguresQuerySet.through("line__plan").as_manager()

    class Meta:
        verbose_name = _("month of a sales plan")
        verbose_name_plural = _("months of sales plans")
        ordering = ["line_id", "month"]
        constraints = [
            models.UniqueConstraint(fields=["line", "month"], name="sales_month_once"),
            models.CheckConstraint(
                condition=Q(month__day=1),
                name="sales_month_is_a_first",
                violation_error_message=_("A month is given by its first day."),
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0) & (Q(volume__isnull=True) | Q(volume__gte=0)),
                name="sales_month_not_negative",
                violation_error_message=_("Planned sales are zero or more."),
            ),
        ]
        triggers = [
            *triggers.part("sales_month_fixed", find_plan=figure_triggers.OF_LINE, key="line_id"),
            *figure_triggers.MONTH_IN_PERIOD,
        ]

    def __str__(self) -> str:
        return f"{self.line}, {self.month:%Y-%m}: {self.amount}"


@track()
class RangeStep(Record):
    """A product or a category that is to come into stores, or to leave them, and how far it is.

    `account` is the store or banner; none means the plan's account as a whole. How far it is may
    change while the plan is carried out; what was planned is fixed.
    """

    plan = models.ForeignKey(
        Plan, models.CASCADE, related_name="range_steps", verbose_name=_("plan")
    )
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product")
    )
    category = models.ForeignKey(
        ProductCategory,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("category"),
    )
    account = models.ForeignKey(
        Account,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="range_steps",
        verbose_name=_("where"),
        help_text=_("A banner or a store; empty: the account of the plan."),
    )
    stores = models.PositiveIntegerField(_("stores planned"), null=True, blank=True)
    stores_reached = models.PositiveIntegerField(_("stores reached"), null=True, blank=True)
    due_on = models.DateField(_("by"), null=True, blank=True)
    state = models.CharField(
        _("state"), max_length=9, choices=ListingState, default=ListingState.PLANNED
    )
    reached_on = models.DateField(_("since"), null=True, blank=True)
    owner = user_key(_("owner"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    is_shareable = models.BooleanField(_("may be shown to the customer"), default=False)

    objects = OfFiguresQuerySet.as_manager()

    class Meta:
        verbose_name = _("range step")
        verbose_name_plural = _("range steps")
        ordering = [models.F("due_on").asc(nulls_last=True), "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(product__isnull=False) ^ Q(category__isnull=False),
                name="range_step_product_or_category",
                violation_error_message=_("Choose a product or a category."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=ListingState.values), name="range_step_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=ListingState.PLANNED, reached_on__isnull=True)
                | Q(~Q(state=ListingState.PLANNED), reached_on__isnull=False),
                name="range_step_says_since_when",
                violation_error_message=_("Say since when, unless it is only planned."),
            ),
        ]
        indexes = [models.Index(fields=["updated_at", "id"], name="range_step_updated")]
        triggers = [
            *triggers.part(
                "range_step_fixed",
                free=("state", "reached_on", "stores_reached", "owner_id", "note"),
            ),
            *figure_triggers.STEP_FITS,
        ]

    def __str__(self) -> str:
        return str(self.product or self.category)
