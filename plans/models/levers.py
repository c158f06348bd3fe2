"""Growth levers: more shoppers, more trips, bigger baskets, and what it brings both sides."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kam.core.models import Record
from kam.core.tracking import track
from plans.choices.levers import LeverKind
from plans.models import figure_triggers, triggers
from plans.models.plans import Plan
from plans.models.sales import amount
from plans.models.shared import percent, percent_in_range
from plans.querysets.figures import OfFiguresQuerySet

_PERCENTS = (
    "margin_before",
    "margin_after",
    "service_before",
    "service_after",
    "our_share",
    "our_share_after",
    "our_contribution",
)


@track()
class LeverScenario(Record):
    """One idea of how the customer's sales may grow over a year; a plan compares several.

    Amounts are a year's, in the plan's currency; a change of cost is above zero where it costs
    more. `sales_before` empty: shoppers × trips × spend. `our_share` is our net revenue as a
    share of their sales to shoppers.
    """

    plan = models.ForeignKey(
        Plan, models.CASCADE, related_name="lever_scenarios", verbose_name=_("plan")
    )
    name = models.CharField(_("scenario"), max_length=100)
    note = models.TextField(_("note"), max_length=2000, blank=True)
    is_chosen = models.BooleanField(_("this is the one that we plan for"), default=False)
    sales_before = amount(
        _("their sales to shoppers a year"),
        help_text=_("Empty: shoppers × trips × spend."),
    )
    margin_before = percent(_("their margin now, percent"))
    margin_after = percent(
        _("their margin afterwards, percent"), help_text=_("Empty: as it is now.")
    )
    cost_change = models.DecimalField(
        _("change of their operating cost a year"),
        max_digits=20,
        decimal_places=4,
        null=True,
        blank=True,
        help_text=_("Below zero: it saves them cost."),
    )
    service_before = percent(_("their service now, percent"))
    service_after = percent(_("their service afterwards, percent"))
    our_share = percent(_("our revenue, percent of their sales"))
    our_share_after = percent(
        _("our revenue afterwards, percent of their sales"), help_text=_("Empty: as it is now.")
    )
    our_contribution = percent(_("our contribution, percent of our revenue"))
    our_cost = amount(_("what it costs us a year"))
    place = models.PositiveSmallIntegerField(_("place"), default=0)

    objects = OfFiguresQuerySet.as_manager()

    class Meta:
        verbose_name = _("growth scenario")
        verbose_name_plural = _("growth scenarios")
        ordering = ["plan_id", "place", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "name"],
                name="lever_scenario_once",
                violation_error_message=_("The plan has a scenario of this name already."),
            ),
            models.UniqueConstraint(
                fields=["plan"],
                condition=Q(is_chosen=True),
                name="lever_scenario_one_chosen",
                violation_error_message=_("One scenario alone is the one that we plan for."),
            ),
            models.CheckConstraint(
                condition=~Q(name=""),
                name="lever_scenario_has_a_name",
                violation_error_message=_("A scenario has a name."),
            ),
            models.CheckConstraint(
                condition=Q(sales_before__isnull=True) | Q(sales_before__gt=0),
                name="lever_scenario_sales_positive",
                violation_error_message=_("Their sales are above zero."),
            ),
            models.CheckConstraint(
                condition=Q(our_cost__isnull=True) | Q(our_cost__gte=0),
                name="lever_scenario_cost_not_negative",
                violation_error_message=_("A cost is zero or more."),
            ),
            *(percent_in_range(f"lever_scenario_{column}", column) for column in _PERCENTS),
        ]
        indexes = [models.Index(fields=["updated_at", "id"], name="lever_scenario_updated")]
        triggers = triggers.part("lever_scenario_fixed")

    def __str__(self) -> str:
        return self.name


@track()
class GrowthLever(Record):
    """A factor of the customer's sales: what it is now, what it may become, and what shows it."""

    scenario = models.ForeignKey(
        LeverScenario, models.CASCADE, related_name="levers", verbose_name=_("scenario")
    )
    kind = models.CharField(_("lever"), max_length=8, choices=LeverKind)
    baseline = models.DecimalField(
        _("now"),
        max_digits=20,
        decimal_places=4,
        validators=[MinValueValidator(Decimal("0.0001"))],
    )
    target = models.DecimalField(
        _("target"),
        max_digits=20,
        decimal_places=4,
        validators=[MinValueValidator(Decimal("0.0001"))],
    )
    evidence = models.CharField(_("what shows it"), max_length=500, blank=True)

    objects = OfFiguresQuerySet.through("scenario__plan").as_manager()

    class Meta:
        verbose_name = _("growth lever")
        verbose_name_plural = _("growth levers")
        ordering = ["scenario_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["scenario", "kind"],
                name="growth_lever_once",
                violation_error_message=_("The scenario has this lever already."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=LeverKind.values), name="growth_lever_known"
            ),
            models.CheckConstraint(
                condition=Q(baseline__gt=0) & Q(target__gt=0),
                name="growth_lever_above_zero",
                violation_error_message=_("What it is now, and the target, are above zero."),
            ),
        ]
        triggers = triggers.part(
            "growth_lever_fixed", find_plan=figure_triggers.OF_SCENARIO, key="scenario_id"
        )

    def __str__(self) -> str:
        return self.get_kind_display()
