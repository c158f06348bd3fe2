from __future__ import annotations

import zoneinfo
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.validators import MinValueValidator
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from kam.core import formats
from kam.core.countries import country_choices
from kam.core.models import Currency, ExchangeRate, Organisation, SellingCompany
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
    rate = forms.DecimalField(
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
            self.fields["rate"].initial = self.instance.rate.normalize()
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
