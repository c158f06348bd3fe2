"""The agreement itself, and the period of a version."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import AccountField, give_user
from kam.core.forms import CurrencyChoiceField, Versioned, version_of
from kam.core.models import Currency, SellingCompany
from kam.identity.models import User
from settlements.choices.terms import Renewal
from settlements.forms.days import DayField
from settlements.forms.terms.fields import count_field
from settlements.models import AgreementVersion, TradingAgreement
from settlements.services.terms.drafts import HeaderDraft
from settlements.services.terms.said import header_version


class AgreementForm(forms.Form):
    """A new agreement: with whom, of which company of ours, in which currency."""

    account = AccountField(label=_("Account"))
    selling_company = forms.ModelChoiceField(
        label=_("Selling company"),
        queryset=SellingCompany.objects.filter(is_active=True),
        empty_label=None,
    )
    currency = CurrencyChoiceField(Currency.objects.all(), label=_("Currency"), empty_label=None)
    number = forms.CharField(
        label=_("Number"), max_length=60, help_text=_("As it stands on the contract.")
    )
    name = forms.CharField(label=_("Name"), max_length=200)
    note = forms.CharField(
        label=_("Note"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    start = DayField(label=_("Holds from"))
    last = DayField(label=_("Last day"), required=False, help_text=_("Empty: it has no last day."))
    more = ("note",)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        give_user(self, user)

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first."""
        return check_days(self)


class AgreementEditForm(Versioned):
    """What changes of an agreement; once a version was approved its number stays."""

    number = forms.CharField(label=_("Number"), max_length=60)
    name = forms.CharField(label=_("Name"), max_length=200)
    note = forms.CharField(
        label=_("Note"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    @classmethod
    def starting(cls, agreement: TradingAgreement) -> dict[str, Any]:
        """What the form begins with."""
        start = {name: getattr(agreement, name) for name in ("number", "name", "note")}
        return start | {"version": version_of(agreement.updated_at)}


def check_days(form: forms.Form) -> dict[str, Any]:
    """Refuse a last day before the first; answer what was typed."""
    values = form.cleaned_data
    start, last = values.get("start"), values.get("last")
    if start and last and last < start:
        form.add_error("last", _("The last day is before the first one."))
    return values


class HeaderForm(Versioned):
    """From when until when a version holds, what happens then, and the notice."""

    start = DayField(label=_("Holds from"))
    last = DayField(label=_("Last day"), required=False, help_text=_("Empty: it has no last day."))
    renewal = forms.ChoiceField(label=_("After the last day"), choices=Renewal.choices)
    renewal_months = count_field(
        label=_("Goes on for months"), help_text=_("Where it goes on unless notice is given.")
    )
    notice_days = count_field(label=_("Notice, days"), help_text=_("Days before the end."))
    note = forms.CharField(
        label=_("What else was agreed"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first."""
        return check_days(self)

    @classmethod
    def starting(cls, version: AgreementVersion) -> dict[str, Any]:
        """What the form begins with."""
        upper = version.valid.upper
        return {
            "start": version.valid.lower,
            "last": upper - timedelta(days=1) if upper else None,
            "renewal": version.renewal,
            "renewal_months": version.renewal_months,
            "notice_days": version.notice_days,
            "note": version.note,
            "version": header_version(version),
        }

    def draft(self) -> HeaderDraft:
        """What was written down."""
        return header_of(self.cleaned_data)


def header_of(values: dict[str, Any]) -> HeaderDraft:
    """A period as it is kept: up to the first day after the last."""
    rest = {name: values[name] for name in ("renewal", "renewal_months", "notice_days", "note")
            if name in values}  # fmt: skip
    last = values["last"]
    end = last + timedelta(days=1) if last else None
    return HeaderDraft(start=values["start"], end=end, **rest)
