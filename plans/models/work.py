"""What is to be done: objectives, their initiatives, actions, and targets of measures."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kam.core.models import Record
from kam.core.tracking import track
from plans.choices.plan import Origin
from plans.choices.work import ActionState, Direction
from plans.models import triggers
from plans.models.plans import Plan
from plans.models.shared import percent, percent_in_range, user_key, weight, weight_positive
from plans.querysets.plans import OfPlanQuerySet

_OF_OBJECTIVE = (
    "SELECT o.plan_id FROM plans_objective o WHERE o.id = (its_row->>'objective_id')::bigint"
)


@track()
class Objective(Record):
    """What a plan wants to have reached, and how one will see it.

    `typed_percent` is progress that somebody typed; without it progress comes from below.
    `gain` is what the customer gains a year by it, in the plan's currency; NULL: not said.
    """

    plan = models.ForeignKey(
        Plan, models.CASCADE, related_name="objectives", verbose_name=_("plan")
    )
    title = models.CharField(_("objective"), max_length=200)
    measure = models.CharField(_("how one sees it"), max_length=300, blank=True)
    gain = models.DecimalField(
        _("gain for the customer a year"), max_digits=20, decimal_places=4, null=True, blank=True
    )
    gain_note = models.CharField(_("what they gain"), max_length=500, blank=True)
    owner = user_key(_("owner"))
    due_on = models.DateField(_("by"), null=True, blank=True)
    weight = weight()
    typed_percent = percent(_("progress, percent, as typed"))
    is_shareable = models.BooleanField(_("may be shown to the customer"), default=False)
    place = models.PositiveSmallIntegerField(_("place"), default=0)
    cloned_from = models.ForeignKey(
        "self", models.SET_NULL, null=True, editable=False, related_name="+"
    )

    objects = OfPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("objective")
        verbose_name_plural = _("objectives")
        ordering = ["plan_id", "place", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title=""),
                name="objective_has_a_title",
                violation_error_message=_("An objective has a title."),
            ),
            weight_positive("objective_weight_positive"),
            percent_in_range("objective_percent", "typed_percent"),
        ]
        triggers = triggers.part(
            "objective_fixed", free=("typed_percent", "owner_id", "cloned_from_id")
        )

    def __str__(self) -> str:
        return self.title


@track()
class Initiative(Record):
    """A bundle of actions towards an objective; `typed_percent` as there."""

    objective = models.ForeignKey(
        Objective, models.CASCADE, related_name="initiatives", verbose_name=_("objective")
    )
    title = models.CharField(_("initiative"), max_length=200)
    note = models.TextField(_("note"), max_length=2000, blank=True)
    owner = user_key(_("owner"))
    starts_on = models.DateField(_("from"), null=True, blank=True)
    due_on = models.DateField(_("by"), null=True, blank=True)
    weight = weight()
    typed_percent = percent(_("progress, percent, as typed"))
    is_shareable = models.BooleanField(_("may be shown to the customer"), default=False)
    place = models.PositiveSmallIntegerField(_("place"), default=0)

    objects = OfPlanQuerySet.through("objective__plan").as_manager()

    class Meta:
        verbose_name = _("initiative")
        verbose_name_plural = _("initiatives")
        ordering = ["objective_id", "place", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title=""),
                name="initiative_has_a_title",
                violation_error_message=_("An initiative has a title."),
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True)
                | Q(due_on__isnull=True)
                | Q(starts_on__lte=F("due_on")),
                name="initiative_ends_after_it_begins",
                violation_error_message=_("It ends before it begins."),
            ),
            weight_positive("initiative_weight_positive"),
            percent_in_range("initiative_percent", "typed_percent"),
        ]
        triggers = triggers.part(
            "initiative_fixed",
            free=("typed_percent", "owner_id"),
            find_plan=_OF_OBJECTIVE,
            key="objective_id",
        )

    def __str__(self) -> str:
        return self.title


@track()
class PlanAction(Record):
    """Something that one of ours does by a day. It may hang at an initiative, or at the plan alone.

    Actions go on in an approved and an active plan: they are how it is carried out. Progress of
    one that is done is 100 percent; a dropped one counts for nothing.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="actions", verbose_name=_("plan"))
    initiative = models.ForeignKey(
        Initiative,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="actions",
        verbose_name=_("initiative"),
    )
    title = models.CharField(_("action"), max_length=300)
    note = models.TextField(_("note"), max_length=2000, blank=True)
    owner = user_key(_("owner"), related_name="plan_actions")
    due_on = models.DateField(_("by"), null=True, blank=True)
    weight = weight()
    percent = percent(_("progress, percent"))
    state = models.CharField(
        _("state"), max_length=7, choices=ActionState, default=ActionState.OPEN
    )
    done_on = models.DateField(_("done on"), null=True, blank=True)
    swot_item = models.ForeignKey(
        "plans.SwotItem",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="actions",
    )
    origin = models.CharField(
        _("comes from"), max_length=10, choices=Origin, default=Origin.TYPED, editable=False
    )
    is_shareable = models.BooleanField(_("may be shown to the customer"), default=False)
    external_key = models.CharField(max_length=100, blank=True, editable=False)
    created_by = user_key(_("written by"), editable=False)

    objects = OfPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("action of a plan")
        verbose_name_plural = _("actions of plans")
        ordering = [F("due_on").asc(nulls_last=True), "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title=""),
                name="plan_action_has_a_title",
                violation_error_message=_("An action has a title."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=ActionState.values) & Q(origin__in=Origin.values),
                name="plan_action_known",
            ),
            models.CheckConstraint(
                condition=Q(state=ActionState.DONE, done_on__isnull=False)
                | Q(~Q(state=ActionState.DONE), done_on__isnull=True),
                name="plan_action_done_says_when",
                violation_error_message=_("What is done has a day, what is not has none."),
            ),
            weight_positive("plan_action_weight_positive"),
            percent_in_range("plan_action_percent", "percent"),
            models.UniqueConstraint(
                fields=["plan", "external_key"],
                condition=~Q(external_key=""),
                name="plan_action_imported_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["owner", "due_on"],
                name="plan_action_of_owner",
                condition=Q(state=ActionState.OPEN),
            ),
            models.Index(fields=["updated_at", "id"], name="plan_action_updated"),
        ]
        triggers = triggers.part("plan_action_open", states=("draft", "approved", "active"))

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("plans:action-detail", args=[self.pk])


@track()
class KpiTarget(Record):
    """A target for a measure of the account over the plan's period.

    `metric` names a figure that the system knows (`plans.selectors.metrics`); its actual is never
    typed. Empty: a measure of its own, with `typed_actual` and the day it was seen.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="kpis", verbose_name=_("plan"))
    objective = models.ForeignKey(
        Objective,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="kpis",
        verbose_name=_("objective"),
    )
    metric = models.CharField(_("measure of the system"), max_length=40, blank=True)
    title = models.CharField(_("measure"), max_length=200)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    direction = models.CharField(
        _("direction"), max_length=4, choices=Direction, default=Direction.UP
    )
    baseline = models.DecimalField(
        _("baseline"), max_digits=20, decimal_places=4, null=True, blank=True
    )
    target = models.DecimalField(_("target"), max_digits=20, decimal_places=4)
    typed_actual = models.DecimalField(
        _("actual, as typed"), max_digits=20, decimal_places=4, null=True, blank=True
    )
    typed_on = models.DateField(_("seen on"), null=True, blank=True)
    is_shareable = models.BooleanField(_("may be shown to the customer"), default=False)
    place = models.PositiveSmallIntegerField(_("place"), default=0)

    objects = OfPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("target of a plan")
        verbose_name_plural = _("targets of plans")
        ordering = ["plan_id", "place", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title=""),
                name="kpi_has_a_title",
                violation_error_message=_("A measure has a name."),
            ),
            models.CheckConstraint(
                condition=~Q(target=0),
                name="kpi_target_not_zero",
                violation_error_message=_("A target of zero cannot be measured against."),
            ),
            models.CheckConstraint(
                condition=Q(direction__in=Direction.values), name="kpi_direction_known"
            ),
            models.CheckConstraint(
                condition=Q(metric="") | Q(typed_actual__isnull=True),
                name="kpi_actual_not_typed_over",
                violation_error_message=_("The system knows this figure: it is not typed."),
            ),
            models.CheckConstraint(
                condition=Q(typed_actual__isnull=True, typed_on__isnull=True)
                | Q(typed_actual__isnull=False, typed_on__isnull=False),
                name="kpi_actual_says_when",
                violation_error_message=_("Say on which day it was seen."),
            ),
            models.UniqueConstraint(
                fields=["plan", "metric"],
                condition=~Q(metric=""),
                name="kpi_once_a_plan",
                violation_error_message=_("The plan has a target for this measure already."),
            ),
        ]
        triggers = triggers.part("kpi_fixed", free=("typed_actual", "typed_on"))

    def __str__(self) -> str:
        return self.title
