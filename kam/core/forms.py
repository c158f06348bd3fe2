from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.validators import MinValueValidator
from django.utils.dates import MONTHS
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from kam.core import formats
from kam.core.countries import country_choices
from kam.core.models import Currency, ExchangeRate, Organisation, SellingCompany
from kam.core.number_fields import NumberField
from kam.core.services.organisation import CompanyFields, OrganisationFields
from kam.core.services.rates import RateRow

if TYPE_CHECKING:  # Django's own classes cannot be subscripted at run time
    OrganisationModelForm = forms.ModelForm[Organisation]
    CompanyModelForm = forms.ModelForm[SellingCompany]
    RateModelForm = forms.ModelForm[ExchangeRate]
    CurrencyField = forms.ModelChoiceField[Currency]
else:
    OrganisationModelForm = CompanyModelForm = RateModelForm = forms.ModelForm
    CurrencyField = forms.ModelChoiceField

_PLACES = Decimal(1).scaleb(-10)
_WIDE = Context(prec=40, rounding=ROUND_HALF_UP)
LONGEST_TOLD = 1000
NOTHING_CHOSEN = gettext_noop("- Select an option -")
"""Django's first choice of a list. It has no words for it in our languages: ours are taken."""


def time_zones() -> list[tuple[str, str]]:
    """Time zones of places, which people know, without the technical ones."""
    names = sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone)
    skipped = ("Etc/", "SystemV/", "posix/", "right/", "US/", "Canada/", "Brazil/", "Chile/")
    return [(zone, zone.replace("_", " ")) for zone in names if not zone.startswith(skipped)]


class CurrencyChoiceField(CurrencyField):
    """Currencies by code and name."""

    def label_from_instance(self, obj: Any) -> str:
        """The code with the name in the user's language."""
        return f"{obj.code} – {formats.currency_name(obj.code)}"


class LastDay(forms.DateField):
    """Asks for the last day of a period; what it gives, and begins with, is the day after it.

    People say the last day, half-open ranges and services the first day that is over. A field of
    its own days puts this class in front of them.
    """

    def clean(self, value: Any) -> date | None:
        """The day after the one that was typed; every check before it is of the day typed."""
        day: date | None = super().clean(value)
        if day == date.max:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return None if day is None else day + timedelta(days=1)

    def prepare_value(self, value: Any) -> Any:
        """The last day of a period that stands; what was typed stays as it was typed."""
        return super().prepare_value(_day_before(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether another day was typed than the one that was shown."""
        return super().has_changed(_day_before(initial), data)


def _day_before(value: Any) -> Any:
    return value - timedelta(days=1) if isinstance(value, date) else value


class Versioned(forms.Form):
    """Remembers which version of a row was read, so that a change by somebody else meanwhile is
    not overwritten unseen. `version` begins with the row's `updated_at` (`version_of`), or with
    the `fingerprint` of what is written alone; a form that makes something new has none."""

    version = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "version" not in self.initial:
            del self.fields["version"]

    def said(self) -> dict[str, Any]:
        """What was said, with `read_at` for the service that changes the row."""
        values = {name: one for name, one in self.cleaned_data.items() if name != "version"}
        return values | {"read_at": self.read_at()}

    def read_at(self) -> datetime | None:
        """When the version that was edited had been saved."""
        return time_of(self.cleaned_data.get("version"))

    def read_as(self) -> str | None:
        """The fingerprint of the version that was edited."""
        return self.cleaned_data.get("version") or None

    def tell_now(self) -> None:
        """Say beside each field that differs what it says now. What was typed stays, and is taken
        when it is sent again: whoever sends it has seen both."""
        tell_fields(self)
        sent: Any = self.data  # typed as read-only; a browser's data is copied to be changed
        self.data = sent = sent.copy()
        sent[self.add_prefix("version")] = self.initial["version"]


class VersionForm(Versioned):
    """The version of a list whose rows are forms of their own."""


def tell_fields(form: forms.BaseForm) -> None:
    """Say beside each field of a form that differs what stands there now."""
    words = str(_("It says now: %(what)s – save again to put yours in its place."))
    for name in form.changed_data:
        if name != "version" and name in form.fields:
            form.add_error(name, words % {"what": _now(form, name)})


def tell_rows[Rows: forms.BaseFormSet[Any]](rows: Rows) -> Rows:
    """Say the same in every row. Rows that somebody else added meanwhile stand at the end, empty:
    left so they go, as what was sent did not have them."""
    sent: Any = rows.data
    sent = sent.copy()
    sent[f"{rows.prefix}-TOTAL_FORMS"] = str(max(len(rows.forms), len(rows.initial or ())))
    told = type(rows)(sent, prefix=rows.prefix, initial=rows.initial, form_kwargs=rows.form_kwargs)
    told.full_clean()
    for form in told.forms:
        tell_fields(form)
    return told


def _now(form: forms.BaseForm, name: str) -> str:
    """What a field stands at, as its reader writes it."""
    field = form.fields[name]
    value = field.prepare_value(form.get_initial_for_field(field, name))
    if value in (None, ""):
        return formats.DASH
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(field, forms.ChoiceField):
        return str(dict(_by_text(field.choices)).get(str(value), value))
    return Truncator(field.widget.format_value(value)).chars(LONGEST_TOLD)


def _by_text(choices: Any) -> Iterator[tuple[str, Any]]:
    """Choices by what a browser sends of them, also those in groups; those of a model come with
    their own keys."""
    for key, label in choices:
        if isinstance(label, list | tuple):
            yield from _by_text(label)
        else:
            yield str(key), label


def version_of(updated_at: datetime) -> str:
    """Return the version of a row as `Versioned` keeps it."""
    return updated_at.isoformat()


def time_of(version: str | None) -> datetime | None:
    """Return when a version had been saved; None where that is not said."""
    try:
        return datetime.fromisoformat(version or "")
    except ValueError:
        return None


class OrganisationForm(OrganisationModelForm):
    base_currency = CurrencyChoiceField(
        Currency.objects.all(),
        label=_("Base currency"),
        empty_label=None,
        help_text=_("Figures of several currencies are shown in it."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=time_zones,
        help_text=_("It decides when a day begins: today, overdue, nightly jobs."),
    )
    fiscal_year_start = forms.TypedChoiceField(
        label=_("Fiscal year starts in"), choices=lambda: list(MONTHS.items()), coerce=int
    )

    class Meta:
        model = Organisation
        fields = ["name", "base_currency", "time_zone", "fiscal_year_start"]

    def __init__(self, *args: Any, fixed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if fixed and "base_currency" not in self.data:  # a browser leaves out what is disabled
            self.fields["base_currency"].disabled = True

    def organisation_fields(self) -> OrganisationFields:
        """What the service wants to know."""
        return cast("OrganisationFields", self.cleaned_data)


class CompanyForm(CompanyModelForm):
    country = forms.ChoiceField(label=_("Country"), choices=country_choices)
    currency = CurrencyChoiceField(Currency.objects.all(), label=_("Currency"))

    class Meta:
        model = SellingCompany
        fields = ["code", "name", "country", "currency", "vat_number", "is_active"]
        help_texts = {
            "code": _("Short, as your ERP knows it."),
            "is_active": _("Companies out of use are kept but no longer offered."),
        }

    def company_fields(self) -> CompanyFields:
        """What the services want to know."""
        return cast("CompanyFields", self.cleaned_data)


class RateForm(RateModelForm):
    """A dated rate, typed whichever way it is quoted."""

    PER_CURRENCY, PER_BASE = "currency", "base"
    currency = CurrencyChoiceField(Currency.objects.all(), label=_("Currency"))
    quoted = forms.ChoiceField(label=_("The rate says"), widget=forms.RadioSelect)
    rate = NumberField(
        label=_("Rate"),
        max_digits=20,
        decimal_places=10,
        validators=[MinValueValidator(_PLACES)],
        help_text=_("Valid from its date until the next one."),
    )
    field_order = ["currency", "valid_on", "quoted", "rate", "source"]

    class Meta:
        model = ExchangeRate
        fields = ["currency", "valid_on", "source"]
        help_texts = {"source": _("Where the rate is from, for example: ECB.")}

    def __init__(self, *args: Any, base: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.base = base
        self.instance.base_id = base
        quoted = cast("forms.ChoiceField", self.fields["quoted"])
        quoted.choices = [
            (self.PER_CURRENCY, _("how many %s one unit of the currency is worth") % base),
            (self.PER_BASE, _("how many units of the currency one %s is worth") % base),
        ]
        quoted.initial = self.PER_CURRENCY
        currency = cast("forms.ModelChoiceField[Any]", self.fields["currency"])
        currency.queryset = cast("Any", currency.queryset).exclude(pk=base)
        if self.instance.pk:
            self.fields["rate"].initial = f"{self.instance.rate.normalize():f}"
            currency.disabled = True
            self.fields["valid_on"].disabled = True

    def clean(self) -> dict[str, Any]:
        """Turn the rate round where it was quoted per unit of the base currency."""
        values = super().clean() or self.cleaned_data
        rate = values.get("rate")
        if rate and values.get("quoted") == self.PER_BASE:
            values["rate"] = _WIDE.divide(Decimal(1), rate).quantize(_PLACES, context=_WIDE)
            if not values["rate"]:
                self.add_error("rate", _("This rate is too large to be kept."))
        return values

    def rate_row(self) -> RateRow:
        """What the services want to know."""
        values = self.cleaned_data
        return RateRow(
            currency=values["currency"].pk,
            valid_on=values["valid_on"],
            rate=values["rate"],
            base=self.base,
            source=values["source"],
        )
