"""Forms of joint teams: shape of input only."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms.team import colleagues
from accounts.models import Account
from kam.core.forms import Versioned
from kam.core.number_fields import NumberField
from kam.identity.models import User
from plans.choices.joint import JointState, JointTopic
from plans.forms.reviews import PersonForm, plans_for
from plans.models import Plan


class JointTeamForm(Versioned):
    """A team of both sides."""

    title = forms.CharField(label=pgettext_lazy("of a thing", "Title"), max_length=200)
    topic = forms.ChoiceField(label=_("Topic"), choices=JointTopic.choices)
    aim = forms.CharField(
        label=_("Aim"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    state = forms.ChoiceField(
        label=_("State"), choices=JointState.choices, initial=JointState.PROPOSED
    )
    starts_on = forms.DateField(label=_("From"))
    ends_on = forms.DateField(label=_("Until"), required=False)
    owner = forms.ModelChoiceField(label=_("Led by"), queryset=User.objects.none(), empty_label="–")
    plan = forms.ModelChoiceField(
        label=_("Plan"), queryset=Plan.objects.none(), required=False, empty_label=_("No plan")
    )
    is_shareable = forms.BooleanField(
        label=_("May be shown to the customer"), required=False, initial=True
    )

    def __init__(self, *args: Any, account: Account, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[Any]", self.fields["plan"]).queryset = plans_for(account, user)
        cast("forms.ModelChoiceField[Any]", self.fields["owner"]).queryset = colleagues()

    def clean(self) -> dict[str, Any]:
        """A team ends after it began."""
        values = super().clean() or self.cleaned_data
        starts, ends = values.get("starts_on"), values.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", _("It ends before it begins."))
        return values


class JointMemberForm(PersonForm):
    """Somebody in a team, and what they do there."""

    role = forms.CharField(label=_("Does what"), max_length=100, required=False)


class JointInitiativeForm(Versioned):
    """Something that a team works on."""

    title = forms.CharField(label=_("Initiative"), max_length=200)
    our_gain = forms.CharField(label=_("What we gain"), max_length=500, required=False)
    their_gain = forms.CharField(label=_("What they gain"), max_length=500, required=False)
    measure = forms.CharField(label=_("How one sees it"), max_length=300, required=False)
    state = forms.ChoiceField(
        label=_("State"), choices=JointState.choices, initial=JointState.PROPOSED
    )
    due_on = forms.DateField(label=_("Due on"), required=False)
    percent = NumberField(
        label=_("Progress, percent"), min_value=0, max_value=100, decimal_places=2, required=False
    )
    result = forms.CharField(label=_("Result"), max_length=500, required=False)
