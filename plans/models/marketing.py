"""The marketing plan: a budget, and activities with what they cost, bring and brought."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ProductCategory
from kam.core.models import Record
from kam.core.tracking import track
from plans.choices.marketing import ActivityKind, ActivityState, Payer
from plans.models import figure_triggers, triggers
from plans.models.plans import Plan
from plans.models.sales import amount
from plans.models.shared import percent, user_key
from plans.querysets.figures import OfFiguresQuerySet


@track()
class MarketingBudget(Record):
    """What we may spend on the marketing plan of a plan, in its currency."""

    plan = models.OneToOneField(
        Plan, models.CASCADE, related_name="marketing_budget", verbose_name=_("plan")
    )
    amount = models.DecimalField(
        _("our budget"),
        max_digits=20,
        decimal_places=4,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(10) ** 15)],
    )
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = OfFiguresQuerySet.as_manager()

    class Meta:
        verbose_name = _("marketing budget")
        verbose_name_plural = _("marketing budgets")
        ordering = ["plan_id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="marketing_budget_not_negative",
                violation_error_message=_("A budget is zero or more."),
            ),
        ]
        triggers = triggers.part("marketing_budget_fixed")

    def __str__(self) -> str:
        return str(self.amount)


@track()
class MarketingActivity(Record):
    """Something that is done to sell more, in some days of the plan's period.

    Amounts are what it costs in all, whoever pays; `our_percent` says our part of what is shared.
    What is committed, spent and reached changes while the plan is carried out.
    """

    plan = models.ForeignKey(
        Plan, models.CASCADE, related_name="activities", verbose_name=_("plan")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=ActivityKind)
    title = models.CharField(_("activity"), max_length=200)
    note = models.TextField(_("note"), max_length=2000, blank=True)
    category = models.ForeignKey(
        ProductCategory,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("category"),
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    owner = user_key(_("owner"))
    planned = amount(_("planned cost"))
    committed = amount(_("committed"))
    spent = amount(_("spent"))
    payer = models.CharField(_("who pays"), max_length=6, choices=Payer, default=Payer.WE)
    our_percent = percent(_("our part, percent"), help_text=_("Only where the cost is shared."))
    measure = models.CharField(
        _("measured by"), max_length=100, blank=True, help_text=_("For example cases sold.")
    )
    expected = models.DecimalField(
        _("expected result"), max_digits=20, decimal_places=4, null=True, blank=True
    )
    result = models.DecimalField(
        _("result"), max_digits=20, decimal_places=4, null=True, blank=True
    )
    result_note = models.CharField(_("what came of it"), max_length=500, blank=True)
    state = models.CharField(
        _("state"), max_length=9, choices=ActivityState, default=ActivityState.PLANNED
    )
    is_shareable = models.BooleanField(_("may be shown to the customer"), default=False)

    objects = OfFiguresQuerySet.as_manager()

    class Meta:
        verbose_name = _("marketing activity")
        verbose_name_plural = _("marketing activities")
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title=""),
                name="activity_has_a_title",
                violation_error_message=_("An activity has a title."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ActivityKind.values)
                & Q(state__in=ActivityState.values)
                & Q(payer__in=Payer.values),
                name="activity_known",
            ),
            models.CheckConstraint(
                condition=Q(starts_on__lte=F("ends_on")),
                name="activity_ends_after_it_begins",
                violation_error_message=_("It ends before it begins."),
            ),
            models.CheckConstraint(
                condition=Q(planned__isnull=True) | Q(planned__gte=0),
                name="activity_planned_not_negative",
                violation_error_message=_("A cost is zero or more."),
            ),
            models.CheckConstraint(
                condition=(Q(committed__isnull=True) | Q(committed__gte=0))
                & (Q(spent__isnull=True) | Q(spent__gte=0)),
                name="activity_cost_not_negative",
                violation_error_message=_("A cost is zero or more."),
            ),
            models.CheckConstraint(
                condition=Q(
                    payer=Payer.SHARED,
                    our_percent__isnull=False,
                    our_percent__gt=0,
                    our_percent__lt=100,
                )
                | Q(~Q(payer=Payer.SHARED), our_percent__isnull=True),
                name="activity_shared_says_how",
                violation_error_message=_(
                    "A shared cost says our part, above 0 and below 100 percent; others do not."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(measure="") | Q(expected__isnull=True, result__isnull=True),
                name="activity_result_of_a_measure",
                violation_error_message=_("Say what the result is measured by."),
            ),
        ]
        indexes = [
            models.Index(fields=["plan", "starts_on"], name="activity_of_plan"),
            models.Index(fields=["updated_at", "id"], name="activity_updated"),
        ]
        triggers = [
            *triggers.part(
                "activity_fixed",
                free=("committed", "spent", "result", "result_note", "state", "owner_id"),
            ),
            *figure_triggers.ACTIVITY_IN_PERIOD,
        ]

    def __str__(self) -> str:
        return self.title
