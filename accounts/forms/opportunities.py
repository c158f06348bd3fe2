"""Forms of opportunities: shape of input only."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.analytics.pipeline import MOVES
from accounts.choices import LostReason, OpportunityKind, OpportunityOrigin, OpportunityStage
from accounts.forms.fields import AccountField, give_user
from accounts.models import Account, ProductCategory
from accounts.services.opportunities import OpportunityFacts
from kam.core.forms import CurrencyChoiceField
from kam.core.models import Currency
from kam.core.number_fields import NumberField
from kam.identity.models import User


class OpportunityForm(forms.Form):
    """What an opportunity says; its account is asked for only where it is not known yet."""

    account = AccountField(label=_("Account"))
    title = forms.CharField(
        label=pgettext_lazy("of a thing", "Title"),
        max_length=200,
        help_text=_("What they would buy, in a few words."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=OpportunityKind.choices)
    category = forms.ModelChoiceField(
        label=_("Category"),
        queryset=ProductCategory.objects.all(),
        required=False,
        empty_label=_("None"),
    )
    value = NumberField(label=_("Value a year"), max_digits=18, decimal_places=4)
    currency = CurrencyChoiceField(Currency.objects.all(), label=_("Currency"), empty_label=None)
    expected_close = forms.DateField(
        label=_("Expected close"), help_text=_("The day by which they decide.")
    )
    next_step = forms.CharField(label=_("Next step"), required=False, max_length=300)
    next_step_on = forms.DateField(label=_("Next step by"), required=False)
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=User.objects.none(), empty_label=None)
    need = forms.CharField(
        label=_("Need"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What they said they need, in their words."),
    )
    origin = forms.ChoiceField(label=_("Comes from"), choices=OpportunityOrigin.choices)
    margin = NumberField(label=_("Margin, percent"), required=False, max_digits=5, decimal_places=2)
    probability = forms.IntegerField(
        label=_("Probability, percent"),
        required=False,
        min_value=0,
        max_value=100,
        help_text=_("Empty: that of its stage."),
    )
    starts_on = forms.DateField(
        label=_("Starts on"), required=False, help_text=_("The first delivery.")
    )
    more = ("origin", "margin", "probability", "starts_on")

    def __init__(
        self, *args: Any, user: User, account: Account | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if account is None:
            give_user(self, user)
        else:
            del self.fields["account"]
        owner: Any = self.fields["owner"]
        people = User.objects.filter(is_active=True).order_by("full_name", "pk")
        owner.queryset = (
            people if user.sees_everything() else people.filter(pk__in=user.scope_user_ids())
        )

    def facts(self) -> OpportunityFacts:
        """What the services want to know."""
        values = {k: v for k, v in self.cleaned_data.items() if k != "account"}
        return OpportunityFacts(**values)


class StageForm(forms.Form):
    """The next stage; a lost one says why."""

    stage = forms.ChoiceField(label=_("Stage"), widget=forms.RadioSelect)
    lost_reason = forms.ChoiceField(
        label=_("Why it was lost"),
        choices=[("", _("Not lost")), *LostReason.choices],
        required=False,
    )
    probability = forms.IntegerField(
        label=_("Probability, percent"),
        required=False,
        min_value=0,
        max_value=100,
        help_text=_("Empty: that of the stage."),
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, at: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(value, OpportunityStage(value).label) for value in MOVES[at]]
        self.fields["stage"].choices = choices  # type: ignore[attr-defined]
