"""Forms of profitability: what the board looks at, and entering costs, rates, volumes, pools."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.choices import ConcentrationLevel
from accounts.forms.concentration import ANY, Calendar
from accounts.forms.fields import AccountField, give_user
from accounts.models import ActivityDriver, ActivityRate, CostEntry, CostPool
from accounts.selectors.accounts import countries_in_use
from accounts.selectors.concentration.periods import CUSTOM, TWELVE_MONTHS, named_period, presets
from accounts.selectors.profitability.query import ProfitQuery, whole
from accounts.selectors.tiers.models import tiers_in_force
from kam.core.countries import country_name
from kam.core.dates import Period, month_start
from kam.core.formats import Text
from kam.core.forms import LastDay
from kam.core.number_fields import NumberField
from kam.identity.models import User

if TYPE_CHECKING:  # Django's own classes cannot be subscripted at run time
    CostModelForm = forms.ModelForm[CostEntry]
    VolumeModelForm = forms.ModelForm[ActivityDriver]
    RateModelForm = forms.ModelForm[ActivityRate]
    PoolModelForm = forms.ModelForm[CostPool]
else:
    CostModelForm = VolumeModelForm = RateModelForm = PoolModelForm = forms.ModelForm
NARROWING = ("country", "tier")


class ProfitBoardForm(forms.Form):
    """Which profit the board looks at; every field has a sensible nothing."""

    period = forms.ChoiceField(label=_("Period"), required=False)
    date_from = forms.DateField(label=_("From the month of"), required=False)
    date_to = forms.DateField(
        label=_("Up to, not including"),
        required=False,
        help_text=_("Whole months: one that is not over is left out."),
    )
    level = forms.ChoiceField(
        label=_("One customer is"), choices=ConcentrationLevel.choices, required=False
    )
    country = forms.ChoiceField(label=_("Country"), required=False)
    tier = forms.ChoiceField(label=_("Tier"), required=False)

    def __init__(self, *args: Any, user: User, calendar: Calendar, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.calendar = calendar
        names = [*presets(calendar.fiscal_start).items(), (CUSTOM, _("Custom"))]
        self._choose("period", names)
        found = sorted(((c, country_name(c)) for c in countries_in_use(user)), key=lambda c: c[1])
        self._choose("country", [ANY, *found])
        tiers = [(tier.code, tier.title) for tier in tiers_in_force(calendar.as_of)]
        self._choose("tier", [ANY, *tiers])

    def _choose(self, name: str, choices: list[Any]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        """A period of one's own has two ends in order."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        start, end = values.get("date_from"), values.get("date_to")
        if values.get("period") == CUSTOM and not (start and end) and not self.errors:
            self.add_error("date_to" if start else "date_from", _("A custom period has both ends."))
        if start and end and start >= end:
            self.add_error("date_to", _("The period ends before it begins."))
        return values

    @property
    def period_name(self) -> str:
        """The name of the period chosen."""
        values = self.cleaned_data
        if values.get("date_from") and values.get("date_to"):
            return CUSTOM
        chosen = values.get("period") or TWELVE_MONTHS
        return TWELVE_MONTHS if chosen == CUSTOM else chosen

    def chosen_period(self) -> Period:
        """The whole months of the period chosen."""
        values = self.cleaned_data
        if self.period_name == CUSTOM:
            return whole(Period(values["date_from"], values["date_to"]))
        calendar = self.calendar
        return whole(named_period(self.period_name, calendar.as_of, calendar.fiscal_start))

    def query(self) -> ProfitQuery:
        """The question that was asked; what was asked wrongly is left out."""
        values = self.cleaned_data
        return ProfitQuery(
            period=self.chosen_period(),
            as_of=self.calendar.as_of,
            level=values.get("level") or ConcentrationLevel.GROUP,
            country=values.get("country", ""),
            tier=values.get("tier", ""),
        )

    def in_force(self) -> Iterator[tuple[str, Text, str]]:
        """Name, label and value in words of each narrowing field that is set."""
        for name in NARROWING:
            if value := self.cleaned_data.get(name):
                field: Any = self.fields[name]
                yield name, field.label, str(dict(field.choices).get(value, value))


class CostForm(CostModelForm):
    """A cost of serving an account."""

    account = AccountField(label=_("Account"))

    class Meta:
        model = CostEntry
        fields = ["account", "kind", "booked_on", "amount", "currency", "note"]
        field_classes = {"amount": NumberField}
        help_texts = {
            "booked_on": _("The month it belongs to, and the rate it is converted at."),
            "note": _("Such as: pallet exchange, listing fee, complaint 4711."),
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        give_user(self, user)


class VolumeForm(VolumeModelForm):
    """A month's volume of an activity; said again it replaces what was said."""

    account = AccountField(label=_("Account"))

    class Meta:
        model = ActivityDriver
        fields = ["account", "kind", "month", "volume"]
        field_classes = {"volume": NumberField}
        help_texts = {"month": _("Any day of it."), "volume": _("In the unit of the rate.")}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        give_user(self, user)

    def clean_month(self) -> Any:
        """A month is known by its first day."""
        return month_start(self.cleaned_data["month"])

    def validate_unique(self) -> None:
        """The same month again is a correction, not a mistake."""

    def validate_constraints(self) -> None:
        """The service and the database see to them."""


class RateForm(RateModelForm):
    """What a unit of an activity costs, from a day on."""

    from_date = forms.DateField(
        label=_("From"), help_text=_("The rate that holds until then ends on this day.")
    )
    until = LastDay(
        label=_("Last day"), required=False, help_text=_("Empty: until there is another.")
    )
    field_order = ["kind", "unit", "amount", "from_date", "until", "note"]

    class Meta:
        model = ActivityRate
        fields = ["kind", "unit", "amount", "note"]
        field_classes = {"amount": NumberField}
        help_texts = {"amount": _("In the organisation's base currency.")}

    def clean(self) -> dict[str, Any]:
        """It ends after it begins."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        start, until = values.get("from_date"), values.get("until")
        if start and until and until <= start:
            self.add_error("until", _("It ends before it begins."))
        return values


class PoolForm(PoolModelForm):
    """A month's cost of the company that a rule spreads."""

    class Meta:
        model = CostPool
        fields = ["month", "kind", "name", "amount", "rule"]
        field_classes = {"amount": NumberField}
        help_texts = {
            "month": _("Any day of it."),
            "amount": _("In the organisation's base currency."),
            "rule": _("Among accounts that bought in the month and have no volume of this kind."),
        }

    def clean_month(self) -> Any:
        """A month is known by its first day."""
        return month_start(self.cleaned_data["month"])
