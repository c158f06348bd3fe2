"""Forms of competitors and market facts: shape of input only."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.choices import Channel, CompetitorMoveKind, MarketMeasure, WalletConfidence
from accounts.forms.fields import AccountField
from accounts.models import Competitor, ProductCategory
from kam.core.countries import country_choices
from kam.core.forms import CurrencyChoiceField, LastDay
from kam.core.models import Currency
from kam.core.number_fields import NumberField

HUNDRED = Decimal(100)
ALL = _("All categories")
PERIOD_HELP = _("Empty: still so.")


def _category(empty: Any = ALL) -> forms.ModelChoiceField[ProductCategory]:
    return forms.ModelChoiceField(
        label=_("Category"),
        queryset=ProductCategory.objects.order_by("name", "pk"),
        required=False,
        empty_label=empty,
    )


def _confidence(*, required: bool) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=_("Confidence"),
        choices=[("", _("Not said")), *WalletConfidence.choices],
        coerce=int,
        empty_value=None,
        required=required,
    )


def _link() -> forms.URLField:
    return forms.URLField(label=_("Link"), max_length=500, required=False, assume_scheme="https")


class CompetitorForm(forms.Form):
    """A competitor itself."""

    name = forms.CharField(label=_("Name"), max_length=200)
    country = forms.ChoiceField(label=_("Country"), required=False)
    note = forms.CharField(
        label=_("Note"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = [("", _("Not known")), *country_choices()]  # type: ignore[attr-defined]


class CompetitorMergeForm(forms.Form):
    """Which other entry is the same competitor."""

    duplicate = forms.ModelChoiceField(
        label=_("The duplicate"),
        queryset=Competitor.objects.none(),
        help_text=_("All that was noted of it moves here; it keeps its history."),
    )

    def __init__(self, *args: Any, keep: Competitor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Competitor.objects.filter(merged_into=None).exclude(pk=keep.pk)
        self.fields["duplicate"].queryset = rows.order_by("name_key", "pk")  # type: ignore[attr-defined]


class CompetitorChoice(forms.Form):
    """A competitor: somebody known, or somebody new by name."""

    competitor = forms.ModelChoiceField(
        label=_("Competitor"),
        queryset=Competitor.objects.filter(merged_into=None).order_by("name_key", "pk"),
        required=False,
        empty_label=_("Somebody new"),
    )
    new_name = forms.CharField(
        label=_("Name of the new one"),
        max_length=200,
        required=False,
        help_text=_("Only when the competitor is not in the list yet."),
    )


class _OfCompetitor(CompetitorChoice):
    """What is said of a competitor, so that one has to be named."""

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        values = super().clean() or self.cleaned_data
        if not values.get("competitor") and not values.get("new_name", "").strip():
            self.add_error("competitor", _("Choose a competitor, or name a new one."))
        return values


class PresenceForm(_OfCompetitor):
    """Where a competitor stands, and what part it is thought to have."""

    category = _category()
    since = forms.DateField(
        label=_("Since"), required=False, help_text=_("Empty: we do not know since when.")
    )
    share = NumberField(
        label=_("Estimated share of their purchases, percent"),
        min_value=0,
        max_value=100,
        decimal_places=2,
        max_digits=5,
        required=False,
    )
    share_source = forms.CharField(
        label=_("Source of the estimate"), max_length=300, required=False
    )
    confidence = _confidence(required=False)
    until = LastDay(label=_("Last day"), required=False, help_text=PERIOD_HELP)
    share_on = forms.DateField(
        label=_("Estimated on"), required=False, help_text=_("Empty: today.")
    )
    note = forms.CharField(
        label=_("Note"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    more = ("until", "share_on", "note")

    def facts(self) -> dict[str, Any]:
        """What the service wants to know: the share as a fraction."""
        values = _without(self.cleaned_data, "competitor", "new_name")
        if values["share"] is not None:
            values["share"] /= HUNDRED
        return values


class PriceForm(_OfCompetitor):
    """A price or terms that somebody saw."""

    product = forms.CharField(label=_("Their product"), max_length=200, required=False)
    category = _category(_("Not said"))
    price = NumberField(label=_("Price"), max_digits=18, decimal_places=4, required=False)
    currency = CurrencyChoiceField(Currency.objects.all(), label=_("Currency"), required=False)
    unit = forms.CharField(
        label=_("For which unit"),
        max_length=30,
        required=False,
        help_text=_("Such as: piece, kg, carton of 12."),
    )
    terms = forms.CharField(
        label=_("Terms"),
        max_length=500,
        required=False,
        help_text=_("Such as: 5 percent rebate above 100,000 a year."),
    )
    seen_where = forms.CharField(
        label=_("Where"), max_length=200, help_text=_("Such as: shelf in Tampere, their offer.")
    )
    seen_on = forms.DateField(label=_("Seen on"), required=False, help_text=_("Empty: today."))

    def facts(self) -> dict[str, Any]:
        """What the service wants to know."""
        return _without(self.cleaned_data, "competitor", "new_name")


class MoveForm(_OfCompetitor):
    """What a competitor did."""

    kind = forms.ChoiceField(label=_("Kind"), choices=CompetitorMoveKind.choices)
    text = forms.CharField(
        label=_("What happened"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    source = forms.CharField(label=_("How we know"), max_length=300)
    happened_on = forms.DateField(label=_("Date"), required=False, help_text=_("Empty: today."))
    account = AccountField(
        label=_("At which account"), required=False, help_text=_("Empty: in the whole market.")
    )
    category = _category()
    link = _link()
    more = ("category", "link")

    def facts(self) -> dict[str, Any]:
        """What the service wants to know."""
        return _without(self.cleaned_data, "competitor", "new_name")


class MarketFactForm(forms.Form):
    """A figure or trend of a market."""

    country = forms.ChoiceField(label=_("Country"), choices=country_choices)
    category = _category()
    channel = forms.ChoiceField(
        label=_("Sales channel"), choices=[("", _("All channels")), *Channel.choices],
        required=False,
    )  # fmt: skip
    measure = forms.ChoiceField(label=_("What"), choices=MarketMeasure.choices)
    value = NumberField(label=_("Value"), max_digits=20, decimal_places=4, required=False)
    unit = forms.CharField(
        label=_("Unit"),
        max_length=30,
        required=False,
        help_text=_("Such as: million EUR, percent a year, EUR per kg, index."),
    )
    text = forms.CharField(
        label=_("In words"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("A trend may be told in words alone."),
    )
    period_from = forms.DateField(label=_("Period from"))
    period_before = LastDay(label=_("Last day of the period"))
    source = forms.CharField(label=_("Source"), max_length=300)
    noted_on = forms.DateField(
        label=_("Date of the source"), required=False, help_text=_("Empty: today.")
    )
    confidence = _confidence(required=True)
    link = _link()
    more = ("link",)


def _without(values: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}
