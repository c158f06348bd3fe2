"""Forms of the marketing plan: the budget, and an activity."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.team import colleagues
from accounts.models import ProductCategory
from kam.core.forms import Versioned, version_of
from kam.core.number_fields import NumberField
from kam.identity.models import User
from plans.choices.marketing import ActivityKind, ActivityState, Payer
from plans.forms.levers import short
from plans.forms.sales import money_field, percent_field
from plans.models import MarketingActivity, MarketingBudget, Plan
from plans.services.marketing import FREE, budget_version

OUTSIDE = _("This is outside the period of the plan.")


class BudgetForm(Versioned):
    """What we may spend."""

    amount = money_field(_("Our budget"), min_value=0, help_text=_("Empty: there is none."))
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, budget: MarketingBudget | None = None, **kwargs: Any) -> None:
        start: dict[str, Any] = {"version": budget_version(budget)}
        if budget is not None:
            start |= {"amount": short(budget.amount), "note": budget.note}
        super().__init__(*args, initial=start, **kwargs)

    def said(self) -> dict[str, Any]:
        """What the service takes."""
        names = ("amount", "note")
        return {name: self.cleaned_data[name] for name in names} | {"read_as": self.read_as()}


class ActivityForm(Versioned):
    """An activity; while the plan is carried out only how it goes."""

    kind = forms.ChoiceField(label=_("Kind"), choices=ActivityKind.choices)
    title = forms.CharField(label=_("Activity"), max_length=200)
    starts_on = forms.DateField(label=_("From"))
    ends_on = forms.DateField(label=_("Until"), help_text=_("The last day."))
    category = forms.ModelChoiceField(
        label=_("Category"),
        queryset=ProductCategory.objects.all(),
        required=False,
        empty_label="–",
    )
    owner = forms.ModelChoiceField(
        label=_("Owner"), queryset=User.objects.none(), required=False, empty_label=_("Nobody yet")
    )
    state = forms.ChoiceField(label=_("State"), choices=ActivityState.choices, required=False)
    planned = money_field(_("Planned cost"), min_value=0, help_text=_("In all, whoever pays."))
    committed = money_field(_("Committed"), min_value=0)
    spent = money_field(_("Spent"), min_value=0)
    payer = forms.ChoiceField(label=_("Who pays"), choices=Payer.choices)
    our_percent = percent_field(
        _("Our part, percent"), help_text=_("Only where the cost is shared.")
    )
    measure = forms.CharField(
        label=_("Measured by"),
        max_length=100,
        required=False,
        help_text=_("For example cases sold."),
    )
    expected = NumberField(
        label=_("Expected result"), required=False, max_digits=20, decimal_places=4
    )
    result = NumberField(label=_("Result"), required=False, max_digits=20, decimal_places=4)
    result_note = forms.CharField(label=_("What came of it"), max_length=500, required=False)
    note = forms.CharField(
        label=_("Note"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    is_shareable = forms.BooleanField(label=_("May be shown to the customer"), required=False)
    more: tuple[str, ...] = ("note", "is_shareable")

    def __init__(
        self,
        *args: Any,
        plan: Plan,
        activity: MarketingActivity | None = None,
        fixed: bool = False,
        **kwargs: Any,
    ) -> None:
        if activity is not None:
            names = (name for name in self.base_fields if name != "version")
            start = {name: short(getattr(activity, name)) for name in names}
            kwargs["initial"] = start | {"version": version_of(activity.updated_at)}
        super().__init__(*args, **kwargs)
        self.plan = plan
        self.activity = activity
        owner: Any = self.fields["owner"]
        owner.queryset = colleagues()
        self.fields["state"].initial = ActivityState.PLANNED
        if fixed:
            self.more = ()
            for name in set(self.fields) - {*FREE, "version"}:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Days of the plan, in order; a part where the cost is shared; a measure with a result."""
        values = super().clean() or self.cleaned_data
        for name in ("starts_on", "ends_on"):
            day = values.get(name)
            if day is not None and not self.plan.period.lower <= day < self.plan.period.upper:
                self.add_error(name, OUTSIDE)
        start, end = values.get("starts_on"), values.get("ends_on")
        if start and end and start > end:
            self.add_error("ends_on", _("It ends before it begins."))
        self._clean_part(values)
        measure = values.get("measure", self.activity.measure if self.activity else "")
        told = [name for name in ("expected", "result") if values.get(name) is not None]
        if told and not measure:
            field = "measure" if "measure" in self.fields else told[0]
            self.add_error(field, _("Say what the result is measured by."))
        return values

    def _clean_part(self, values: dict[str, Any]) -> None:
        if "payer" not in self.fields:
            return
        part = values.get("our_percent")
        if values.get("payer") != Payer.SHARED:
            values["our_percent"] = None
        elif "our_percent" not in self.errors and (part is None or not 0 < part < 100):
            self.add_error("our_percent", _("Say our part: above 0 and below 100 percent."))

    def facts(self) -> dict[str, Any]:
        """What the service takes."""
        values = {name: one for name, one in self.cleaned_data.items() if name != "version"}
        values["state"] = values.get("state") or ActivityState.PLANNED
        return values
