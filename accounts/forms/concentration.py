from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.choices import Channel, ConcentrationLevel, ConcentrationMeasure
from accounts.models import Account, ConcentrationThreshold, ProductCategory
from accounts.selectors.concentration.periods import CUSTOM, TWELVE_MONTHS, named_period, presets
from accounts.selectors.concentration.query import MODERN, ConcentrationQuery
from kam.core.countries import country_name
from kam.core.dates import Period
from kam.core.formats import Text
from kam.core.models import ExchangeRate
from kam.core.number_fields import NumberField
from kam.core.selectors.rates import base_currency
from kam.identity.models import User

ANY = ("", _("All"))
NARROWING = ("country", "region", "channel", "category", "lead", "currency")
"""Fields that narrow the revenue looked at, in the order of their chips."""


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """What named periods are counted from."""

    as_of: date
    fiscal_start: int


class BoardForm(forms.Form):
    """Which revenue the board looks at; every field has a sensible nothing."""

    period = forms.ChoiceField(label=_("Period"), required=False)
    date_from = forms.DateField(label=_("From"), required=False)
    date_to = forms.DateField(
        label=_("Up to, not including"), required=False, help_text=_("The day after the last.")
    )
    level = forms.ChoiceField(
        label=_("One customer is"), choices=ConcentrationLevel.choices, required=False
    )
    country = forms.ChoiceField(label=_("Country"), required=False)
    region = forms.ChoiceField(label=_("Region"), required=False)
    channel = forms.ChoiceField(label=_("Sales channel"), required=False)
    category = forms.ModelChoiceField(
        label=_("Category"),
        queryset=ProductCategory.objects.all(),
        required=False,
        empty_label=_("All"),
    )
    lead = forms.ModelChoiceField(
        label=_("Lead"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("All"),
        help_text=_("Who leads the selling account today."),
    )
    currency = forms.ChoiceField(label=_("Currency"), required=False)

    def __init__(self, *args: Any, user: User, calendar: Calendar, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.calendar = calendar
        seen = Account.objects.visible_to(user)
        self._choose("period", [*presets(calendar.fiscal_start).items(), (CUSTOM, _("Custom"))])
        codes = _distinct(seen, "country")
        countries = sorted(((code, country_name(code)) for code in codes), key=lambda c: c[1])
        self._choose("country", [ANY, *countries])
        self._choose("region", [ANY, *((name, name) for name in sorted(_distinct(seen, "region")))])
        self._choose("channel", [ANY, (MODERN, _("Modern trade, all formats")), *Channel.choices])
        codes = _distinct(ExchangeRate.objects.all(), "currency_id") | {base_currency()}
        self._choose("currency", [("", _("Automatic")), *((code, code) for code in sorted(codes))])
        leads = seen.order_by().values("current_lead")
        self._field("lead").queryset = User.objects.filter(pk__in=leads)

    def _field(self, name: str) -> Any:
        return self.fields[name]

    def _choose(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        self._field(name).choices = choices

    def clean(self) -> dict[str, Any]:
        """A custom period has two ends in order."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        start, end = values.get("date_from"), values.get("date_to")
        if values.get("period") == CUSTOM and not (start and end) and not self.errors:
            self.add_error("date_to" if start else "date_from", _("A custom period has both ends."))
        if start and end and start >= end:
            self.add_error("date_to", _("The period ends before it begins."))
        return values

    def query(self) -> ConcentrationQuery:
        """The question that was asked; what was asked wrongly is left out."""
        values = self.cleaned_data
        category, lead = values.get("category"), values.get("lead")
        return ConcentrationQuery(
            period=self.chosen_period(),
            level=values.get("level") or ConcentrationLevel.GROUP,
            category=category.pk if category else None,
            lead=lead.pk if lead else None,
            **{name: values.get(name, "") for name in ("country", "region", "channel", "currency")},
        )

    @property
    def period_name(self) -> str:
        """The name of the period chosen."""
        values = self.cleaned_data
        if values.get("date_from") and values.get("date_to"):
            return CUSTOM
        return values.get("period") or TWELVE_MONTHS

    def chosen_period(self) -> Period:
        """The period chosen: dates where both are given, else the one named."""
        values = self.cleaned_data
        if self.period_name == CUSTOM and values.get("date_from") and values.get("date_to"):
            return Period(values["date_from"], values["date_to"])
        return named_period(self.period_name, self.calendar.as_of, self.calendar.fiscal_start)

    def in_force(self) -> Iterator[tuple[str, Text, str]]:
        """Name, label and value in words of each narrowing field that is set."""
        for name in NARROWING:
            value = self.cleaned_data.get(name)
            if value:
                field = self._field(name)
                words = dict(field.choices).get(value) if isinstance(value, str) else value
                yield name, field.label, str(words or value)


def _distinct(rows: Any, field: str) -> set[str]:
    return set(rows.order_by().values_list(field, flat=True).distinct()) - {""}


class ThresholdForm(forms.Form):
    """The levels of one measure; shares are typed in percent."""

    watch = NumberField(label=_("Watch from"), required=False, min_value=0)
    alert = NumberField(label=_("Alert from"), required=False, min_value=0)
    is_active = forms.BooleanField(label=_("In use"), required=False)

    def __init__(
        self, data: Any = None, *, measure: str, threshold: ConcentrationThreshold | None
    ) -> None:
        self.measure = ConcentrationMeasure(measure)
        self.threshold = threshold
        initial = (
            {}
            if threshold is None
            else {
                "watch": self.typed(threshold.watch),
                "alert": self.typed(threshold.alert),
                "is_active": threshold.is_active,
            }
        )
        super().__init__(data, prefix=measure, initial=initial)
        for name in ("watch", "alert"):
            self.fields[name].help_text = str(self.unit)

    @property
    def is_share(self) -> bool:
        """Whether the measure is a share of revenue."""
        return self.measure.value.startswith("cr")

    @property
    def unit(self) -> Text:
        """What the levels are counted in."""
        if self.is_share:
            return _("percent of revenue")
        return _("points, 0 to 10,000") if self.measure == "hhi" else _("customers")

    def typed(self, value: Decimal) -> Decimal:
        """A stored level as people type it."""
        return (value * 100 if self.is_share else value).normalize() + 0

    def stored(self, name: str) -> Decimal | None:
        """A typed level as it is stored."""
        value: Decimal | None = self.cleaned_data.get(name)
        return value / 100 if value is not None and self.is_share else value
