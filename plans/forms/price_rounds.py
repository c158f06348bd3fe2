"""Forms of price change rounds: shape of input only."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms.team import colleagues
from accounts.models import ProductCategory
from kam.core.forms import Versioned
from kam.core.number_fields import NumberField
from kam.identity.models import User
from plans.choices.negotiation import RoundAccountState, RoundReason
from plans.forms.reviews import _choice
from plans.models import PriceRound, PriceRoundAccount
from plans.services.negotiation.rounds import HEAD, TOLD, head_version
from settlements.forms.products import ProductField


def _percent(label: Any, **options: Any) -> forms.DecimalField:
    return NumberField(label=label, max_digits=6, decimal_places=2, **options)


class RoundForm(Versioned):
    """Why prices change, and from when."""

    title = forms.CharField(label=pgettext_lazy("of a thing", "Title"), max_length=200)
    reason = forms.ChoiceField(label=_("Reason"), choices=RoundReason.choices)
    effective_on = forms.DateField(label=_("From"))
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=User.objects.none(), empty_label="–")
    explanation = forms.CharField(
        label=_("What accounts are told"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choice(self, "owner", colleagues())

    @classmethod
    def starting(cls, found: PriceRound) -> dict[str, Any]:
        """What the form begins with."""
        start = {name: getattr(found, name) for name in HEAD}
        return start | {"version": head_version(found)}


class StepForm(forms.Form):
    """By how much a product or a category changes."""

    product = ProductField(required=False)
    category = forms.ModelChoiceField(
        label=_("Category"),
        queryset=ProductCategory.objects.order_by("name", "pk"),
        required=False,
        empty_label="–",
    )
    percent = _percent(_("Change, percent"), min_value=-99, max_value=999)

    def clean(self) -> dict[str, Any]:
        """One of both."""
        values = super().clean() or self.cleaned_data
        if not self.errors and bool(values.get("product")) == bool(values.get("category")):
            self.add_error("product", _("Name a product or a category."))
        if not self.errors and not values.get("percent"):
            self.add_error("percent", _("A change is not zero."))
        return values


class RoundAccountsForm(forms.Form):
    """Which accounts come in."""

    level = forms.ChoiceField(
        label=_("Accounts that bought these goods in the last twelve months"),
        choices=[
            ("tops", _("The top of each group")),
            ("buyers", _("Each account that was invoiced")),
        ],
        widget=forms.RadioSelect,
        initial="tops",
    )


class RoundAccountForm(forms.Form):
    """How far a round is with an account."""

    state = forms.ChoiceField(label=_("State"), choices=RoundAccountState.choices)
    told_on = forms.DateField(label=_("Told on"), required=False)
    agreed_percent = _percent(_("Agreed, percent"), required=False)
    effective_on = forms.DateField(label=_("In force from"), required=False)
    note = forms.CharField(
        label=_("Note"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    @classmethod
    def starting(cls, entry: PriceRoundAccount) -> dict[str, Any]:
        """What the form begins with."""
        return {name: getattr(entry, name) for name in ("state", *TOLD)}
