"""What objectives, initiatives, actions and targets of plans look like over the API."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api.serializers.accounts import AccountRef, PersonId
from accounts.api.serializers.people import RowId
from kam.core.api.serializers import AmountField, Input, Output, ShareField, TextField
from kam.identity.api.shapes import PersonOutput
from plans.analytics import progress as maths
from plans.choices.plan import Origin, PlanState
from plans.choices.work import ActionState, Direction
from plans.selectors.progress import bundle, goal


class PlanRef(Output):
    """A plan that another row refers to."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=PlanState.choices)
    account = AccountRef()


class PercentField(serializers.DecimalField):
    """0 to 100 percent, as a decimal text."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=7, decimal_places=4, **kwargs)


class ProgressOutput(Output):
    """How far something is today, rolled up by weight."""

    percent = PercentField(allow_null=True, help_text=_("Null: there is nothing to measure."))
    is_typed = serializers.BooleanField(
        help_text=_("Somebody typed it; it is not counted from below.")
    )
    actions = serializers.IntegerField(help_text=_("Without those that were dropped."))
    done = serializers.IntegerField()
    overdue = serializers.IntegerField(help_text=_("Open actions that were due before today."))
    ownerless = serializers.IntegerField(help_text=_("Open actions that nobody answers for."))
    unmeasured = serializers.IntegerField(
        help_text=_("Objectives and initiatives with nothing to measure: left out of the percent.")
    )


class ObjectiveOutput(Output):
    """An objective of a plan."""

    id = serializers.IntegerField()
    plan = PlanRef()
    title = serializers.CharField()
    measure = serializers.CharField()
    gain = AmountField(
        allow_null=True, help_text=_("What the customer gains a year, in the plan's currency.")
    )
    gain_note = serializers.CharField()
    owner = PersonOutput(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    weight = serializers.DecimalField(max_digits=6, decimal_places=2)
    typed_percent = PercentField(allow_null=True)
    progress = ProgressOutput()
    is_shareable = serializers.BooleanField()
    place = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()

    def to_representation(self, instance: Any) -> Any:
        """With its progress today."""
        instance.progress = maths.of_goal(goal(instance), timezone.localdate())
        return super().to_representation(instance)


class InitiativeOutput(Output):
    """An initiative of an objective."""

    id = serializers.IntegerField()
    objective = serializers.IntegerField(source="objective_id")
    plan = PlanRef(source="objective.plan")
    title = serializers.CharField()
    note = serializers.CharField()
    owner = PersonOutput(allow_null=True)
    starts_on = serializers.DateField(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    weight = serializers.DecimalField(max_digits=6, decimal_places=2)
    typed_percent = PercentField(allow_null=True)
    is_shareable = serializers.BooleanField()
    progress = ProgressOutput()
    place = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()

    def to_representation(self, instance: Any) -> Any:
        """With its progress today."""
        instance.progress = maths.of_bundle(bundle(instance), timezone.localdate())
        return super().to_representation(instance)


class ActionOutput(Output):
    """An action of a plan."""

    id = serializers.IntegerField()
    plan = PlanRef()
    initiative = serializers.IntegerField(
        source="initiative_id", allow_null=True, help_text=_("Null: beside the objectives.")
    )
    title = serializers.CharField()
    note = serializers.CharField()
    owner = PersonOutput(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    weight = serializers.DecimalField(max_digits=6, decimal_places=2)
    percent = PercentField(allow_null=True)
    state = serializers.ChoiceField(choices=ActionState.choices)
    done_on = serializers.DateField(allow_null=True)
    origin = serializers.ChoiceField(choices=Origin.choices)
    swot_item = serializers.IntegerField(source="swot_item_id", allow_null=True)
    external_key = serializers.CharField(help_text=_("What the file it came from calls it."))
    is_shareable = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class _Weighed(Input):
    weight = serializers.DecimalField(max_digits=6, decimal_places=2, required=False)
    owner = PersonId(required=False, allow_null=True)
    due_on = serializers.DateField(required=False, allow_null=True)


class ObjectiveChange(_Weighed):
    """What an objective says; once the plan is agreed, its owner and typed percent alone."""

    title = TextField(max_length=200, required=True)
    measure = TextField(max_length=300)
    gain = AmountField(required=False, allow_null=True, max_digits=20, min_value=0)
    gain_note = TextField(max_length=500)
    typed_percent = PercentField(required=False, allow_null=True)
    is_shareable = serializers.BooleanField(required=False)


class ObjectiveInput(ObjectiveChange):
    """A new objective of a draft, below the others."""

    plan = RowId()


class InitiativeChange(_Weighed):
    """What an initiative says; once the plan is agreed, its owner and typed percent alone."""

    title = TextField(max_length=200, required=True)
    note = TextField(max_length=2000)
    starts_on = serializers.DateField(required=False, allow_null=True)
    typed_percent = PercentField(required=False, allow_null=True)
    is_shareable = serializers.BooleanField(required=False)


class InitiativeInput(InitiativeChange):
    """A new initiative of an objective of a draft, below the others."""

    objective = RowId()


class ActionChange(_Weighed):
    """What an action says; it may change while the plan is carried out."""

    title = TextField(max_length=300, required=True)
    note = TextField(max_length=2000)
    percent = PercentField(required=False, allow_null=True)
    initiative = RowId(required=False, allow_null=True)
    is_shareable = serializers.BooleanField(required=False)


class ActionInput(ActionChange):
    """A new action, of an initiative or beside the objectives."""

    plan = RowId()


class ActionDoneInput(Input):
    """On which day it was done."""

    on = serializers.DateField(required=False, help_text=_("Left out: today."))


class PlanMoveInput(Input):
    """One place up or down among its siblings."""

    way = serializers.ChoiceField(choices=["up", "down"])


class FigureField(serializers.DecimalField):
    """A figure of a measure as a decimal text: money in the plan's currency, shares as 0.25."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=20, decimal_places=4, **kwargs)


class PlanTargetOutput(Output):
    """A target of a plan. Figures of the account are null for who does not see the account."""

    id = serializers.IntegerField()
    plan = PlanRef()
    metric = serializers.CharField(help_text=_("A measure of the system; empty: the plan's own."))
    title = serializers.CharField()
    unit = serializers.CharField()
    direction = serializers.ChoiceField(choices=Direction.choices)
    objective = serializers.IntegerField(source="objective_id", allow_null=True)
    baseline = FigureField(allow_null=True)
    target = FigureField(allow_null=True)
    typed_actual = FigureField(allow_null=True)
    typed_on = serializers.DateField(allow_null=True)
    is_shareable = serializers.BooleanField()
    place = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()

    def to_representation(self, instance: Any) -> Any:
        """Without the figures that are not for the reader."""
        data = super().to_representation(instance)
        if instance.metric and not instance.sees_figures:
            data |= {"baseline": None, "target": None}
        return data


class TargetDetailOutput(PlanTargetOutput):
    """A target with its actual today and how it stands."""

    actual = serializers.DecimalField(max_digits=24, decimal_places=4, allow_null=True)
    actual_on = serializers.DateField(allow_null=True)
    share = ShareField(allow_null=True, help_text=_("Of the way from the baseline."))
    elapsed = ShareField(help_text=_("Of the plan's period."))
    standing = serializers.ChoiceField(
        choices=["reached", "on_track", "close", "behind", "under_way", "unknown"]
    )


class PlanTargetChange(Input):
    """What a target says in a draft; `typed_actual` with `typed_on` also later."""

    title = TextField(max_length=200)
    unit = TextField(max_length=20)
    direction = serializers.ChoiceField(choices=Direction.choices, required=False)
    baseline = FigureField(required=False, allow_null=True)
    target = FigureField()
    objective = RowId(required=False, allow_null=True)
    is_shareable = serializers.BooleanField(required=False)


class PlanTargetInput(PlanTargetChange):
    """A new target of a draft."""

    plan = RowId()
    metric = TextField(max_length=40)


class ActualInput(Input):
    """What was seen of a measure that the system does not know; null takes it away."""

    value = FigureField(allow_null=True)
    on = serializers.DateField(required=False, allow_null=True)


class MetricOutput(Output):
    """A measure that the system knows."""

    key = serializers.CharField()
    title = serializers.CharField()
    what = serializers.CharField()
    kind = serializers.ChoiceField(choices=["money", "percent", "number", "points", "days"])
    direction = serializers.ChoiceField(choices=Direction.choices)
    grows = serializers.BooleanField(help_text=_("It adds up over the plan's period from zero."))


class MetricsOutput(Output):
    """All measures that the caller may read."""

    metrics = MetricOutput(many=True)
