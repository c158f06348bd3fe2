"""Forms of objectives, initiatives, actions and targets: shape of input only."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms.team import colleagues
from kam.core.forms import Versioned, version_of
from kam.core.number_fields import NumberField
from kam.identity.models import User
from plans.choices.work import Direction
from plans.models import Initiative, KpiTarget, Objective, Plan
from plans.selectors.metrics.registry import Metric, metrics_for

HUNDRED = Decimal(100)
WHOLE_DIGITS = 16
"""Before the decimal sign, as figures of plans are stored."""
SHAREABLE = _("May be shown to the customer")


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, required=False)


def _number(label: Any, *, places: int = 2, **options: Any) -> forms.DecimalField:
    digits = WHOLE_DIGITS + places
    facts: dict[str, Any] = {"required": False, "max_digits": digits, "decimal_places": places}
    return NumberField(label=label, **(facts | options))


def _weight() -> forms.DecimalField:
    return NumberField(
        label=_("Weight"),
        max_digits=6,
        decimal_places=2,
        min_value=Decimal("0.01"),
        initial=Decimal(1),
        help_text=_("How much it counts beside the others."),
    )


def _percent(label: Any, help_text: Any) -> forms.DecimalField:
    return NumberField(
        label=label,
        required=False,
        max_digits=5,
        decimal_places=2,
        min_value=Decimal(0),
        max_value=HUNDRED,
        help_text=help_text,
    )


class _Owned(Versioned):
    """Something that one of ours answers for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[User]", self.fields["owner"]).queryset = colleagues()

    @classmethod
    def starting(cls, row: Any) -> dict[str, Any]:
        """Return what a row says, as the form takes it."""
        names = (name for name in cls.base_fields if name not in ("initiative", "version"))
        found = {name: getattr(row, name) for name in names}
        return found | {"owner": row.owner_id, "version": version_of(row.updated_at)}


def _owner() -> forms.ModelChoiceField[User]:
    return forms.ModelChoiceField(
        label=_("Who answers for it"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Nobody yet"),
    )


class ObjectiveForm(_Owned):
    """What a plan wants to have reached."""

    title = forms.CharField(label=_("Objective"), max_length=200)
    measure = forms.CharField(
        label=_("How one sees it"), max_length=300, required=False,
        help_text=_("What will be so when it is reached."),
    )  # fmt: skip
    owner = _owner()
    due_on = _day(_("Due on"))
    gain = _number(_("What the customer gains a year"), min_value=Decimal(0))
    gain_note = forms.CharField(label=_("What they gain"), max_length=500, required=False)
    weight = _weight()
    typed_percent = _percent(_("Progress, percent"), _("Empty: it comes from the actions below."))
    is_shareable = forms.BooleanField(label=SHAREABLE, required=False)
    more = ("weight", "typed_percent", "is_shareable")


class InitiativeForm(_Owned):
    """A bundle of actions."""

    title = forms.CharField(label=_("Initiative"), max_length=200)
    owner = _owner()
    starts_on = _day(_("From"))
    due_on = _day(_("Due on"))
    note = forms.CharField(
        label=_("Note"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    weight = _weight()
    typed_percent = _percent(_("Progress, percent"), _("Empty: it comes from the actions below."))
    is_shareable = forms.BooleanField(label=SHAREABLE, required=False)
    more = ("note", "weight", "typed_percent", "is_shareable")


class ActionForm(_Owned):
    """Something that one of ours does by a day."""

    title = forms.CharField(label=pgettext_lazy("of a plan", "Action"), max_length=300)
    owner = _owner()
    due_on = _day(_("Due on"))
    percent = _percent(_("Progress, percent"), _("Empty: nothing of it is done yet."))
    initiative = forms.ModelChoiceField(
        label=_("Initiative"),
        queryset=Initiative.objects.none(),
        required=False,
        empty_label=_("Beside the objectives"),
    )
    note = forms.CharField(
        label=_("Note"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    weight = _weight()
    is_shareable = forms.BooleanField(label=SHAREABLE, required=False)
    more = ("note", "weight", "is_shareable")

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Initiative.objects.filter(objective__plan=plan).select_related("objective")
        field = cast("forms.ModelChoiceField[Initiative]", self.fields["initiative"])
        field.queryset = rows.order_by("objective__place", "place", "pk")

    @classmethod
    def starting(cls, row: Any) -> dict[str, Any]:
        """Return what an action says, as the form takes it."""
        return super().starting(row) | {"initiative": row.initiative_id}


class ProgressForm(Versioned):
    """How far an objective or initiative is, and who answers for it, once it is agreed."""

    typed_percent = _percent(_("Progress, percent"), _("Empty: it comes from the actions below."))
    owner = _owner()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[User]", self.fields["owner"]).queryset = colleagues()


class DoneForm(forms.Form):
    """On which day an action was done."""

    on = forms.DateField(label=_("Done on"))


OWN = _("A measure of this plan's own")


class TargetForm(Versioned):
    """A target for a measure: of the system, or one of the plan's own."""

    metric = forms.ChoiceField(
        label=_("Measure"),
        required=False,
        help_text=_("The system reads the actual of its own measures by itself."),
    )
    title = forms.CharField(
        label=_("Name"), max_length=200, required=False,
        help_text=_("Needed for a measure of the plan's own."),
    )  # fmt: skip
    unit = forms.CharField(label=_("Unit"), max_length=20, required=False)
    direction = forms.ChoiceField(label=_("Direction"), choices=Direction.choices, required=False)
    baseline = _number(
        _("Baseline"), places=4,
        help_text=_("Where it stands now. Empty: the system's own figure of today, if it has one."),
    )  # fmt: skip
    target = _number(
        _("Target"),
        places=4,
        required=True,
        help_text=_("Shares are in percent: 25 is 25 percent."),
    )
    objective = forms.ModelChoiceField(
        label=_("Objective"), queryset=Objective.objects.none(), required=False, empty_label="–"
    )
    is_shareable = forms.BooleanField(label=SHAREABLE, required=False)
    more = ("unit", "direction", "objective", "is_shareable")

    def __init__(
        self, *args: Any, plan: Plan, user: User, kpi: KpiTarget | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.plan, self.kpi = plan, kpi
        self.known = {one.key: one for one in metrics_for(user)}
        objectives = cast("forms.ModelChoiceField[Objective]", self.fields["objective"])
        objectives.queryset = plan.objectives.order_by("place", "pk")
        if kpi is not None:
            del self.fields["metric"]
        else:
            taken = set(plan.kpis.exclude(metric="").values_list("metric", flat=True))
            free = [(key, one.title) for key, one in self.known.items() if key not in taken]
            cast("forms.ChoiceField", self.fields["metric"]).choices = [("", OWN), *free]

    @property
    def chosen(self) -> Metric | None:
        """The measure that it is about, None for one of the plan's own."""
        key = self.kpi.metric if self.kpi else self.cleaned_data.get("metric", "")
        return self.known.get(key)

    def facts(self) -> dict[str, Any]:
        """What was told, as the services take it: shares as fractions."""
        found = self.said() if self.kpi else dict(self.cleaned_data)
        found["direction"] = found["direction"] or Direction.UP
        if self.chosen is not None and self.chosen.kind == "percent":
            for name in ("baseline", "target"):
                found[name] = None if found[name] is None else found[name] / HUNDRED
        return found

    @staticmethod
    def starting(kpi: KpiTarget, metric: Metric | None) -> dict[str, Any]:
        """Return what a target says, as the form takes it."""
        names = ("title", "unit", "direction", "baseline", "target", "is_shareable")
        found: dict[str, Any] = {name: getattr(kpi, name) for name in names}
        found |= {"objective": kpi.objective_id, "version": version_of(kpi.updated_at)}
        if metric is not None and metric.kind == "percent":
            for name in ("baseline", "target"):
                value = found[name]
                found[name] = None if value is None else value * HUNDRED
        for name in ("baseline", "target"):
            if found[name] is not None:
                found[name] = plain_number(found[name])
        return found


def plain_number(value: Decimal) -> Decimal:
    """Return a number without zeros behind its decimals."""
    found = value.normalize()
    return found.quantize(Decimal(1)) if found == found.to_integral_value() else found


class ActualForm(Versioned):
    """What was seen of a measure that the system does not know."""

    typed_actual = _number(_("Actual"), places=4)
    typed_on = _day(_("Seen on"))
