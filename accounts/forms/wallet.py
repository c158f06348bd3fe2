"""The form of a wallet estimate: shape of input only."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.choices import WalletConfidence
from accounts.forms.market import CompetitorChoice
from accounts.models import ProductCategory
from accounts.services.wallet import WalletFacts
from kam.core.dates import Period
from kam.core.forms import CurrencyChoiceField, LastDay
from kam.core.models import Currency
from kam.core.number_fields import NumberField


class EstimateForm(CompetitorChoice):
    """What somebody estimates an account to buy of a category in a year, or in any period."""

    category = forms.ModelChoiceField(
        label=_("Category"), queryset=ProductCategory.objects.all(), empty_label=None
    )
    year = forms.IntegerField(
        label=_("Year"),
        required=False,
        min_value=2000,
        max_value=2100,
        help_text=_("A calendar year; for another period give its days below."),
    )
    amount = NumberField(
        label=_("Wallet"),
        max_digits=18,
        decimal_places=4,
        help_text=_("All that they buy of it, ours included, at our price level, without tax."),
    )
    currency = CurrencyChoiceField(Currency.objects.all(), label=_("Currency"), empty_label=None)
    source = forms.CharField(
        label=_("Source"),
        max_length=300,
        help_text=_("Where the figure comes from: a buyer, a panel, a report."),
    )
    confidence = forms.TypedChoiceField(
        label=_("Confidence"),
        coerce=int,
        choices=WalletConfidence.choices,
        initial=WalletConfidence.MEDIUM,
    )
    low = NumberField(label=_("At least"), required=False, max_digits=18, decimal_places=4)
    high = NumberField(label=_("At most"), required=False, max_digits=18, decimal_places=4)
    estimated_on = forms.DateField(
        label=_("Estimated on"), required=False, help_text=_("Empty: today.")
    )
    starts = forms.DateField(label=_("Period from"), required=False)
    until = LastDay(label=_("Last day of the period"), required=False)
    note = forms.CharField(
        label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    more = ("new_name", "low", "high", "estimated_on", "starts", "until", "note")

    field_order = ("category", "year", "amount", "currency", "source", "confidence", "competitor")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["competitor"].label = _("Main competitor")
        self.fields["competitor"].empty_label = _("Not known")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A year, or a first and a last day."""
        values = super().clean() or self.cleaned_data
        start, end, year = values.get("starts"), values.get("until"), values.get("year")
        if self.errors:
            return values
        if start is None and end is None:
            if year is None:
                self.add_error("year", _("Say for which year, or give the days of a period."))
            else:
                values["period"] = Period.year(year)
        elif start is None or end is None:
            missing = "starts" if start is None else "until"
            self.add_error(missing, _("A period has a first and a last day."))
        elif start >= end:
            self.add_error("until", _("It has to end after it begins."))
        else:
            values["period"] = Period(start, end)
        return values

    def facts(self, as_of: date) -> WalletFacts:
        """What the service wants to know."""
        values = self.cleaned_data
        names = ("period", "amount", "currency", "source", "confidence", "low", "high")
        return WalletFacts(
            **{name: values[name] for name in names},
            competitor=values["competitor"],
            supplied_by=values["new_name"],
            note=values["note"],
            estimated_on=values["estimated_on"] or as_of,
        )


def start_values(period: Period) -> dict[str, Any]:
    """The form's fields for a period: its year, or its days."""
    if period == Period.year(period.start.year):
        return {"year": period.start.year}
    return {"starts": period.start, "until": period.end}
