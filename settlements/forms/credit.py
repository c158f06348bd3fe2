"""Forms of credit: shape of input only."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import django_filters
from django import forms
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from accounts.filters import AccountChoice, Flag, PageFilter, leads
from accounts.forms.fields import AccountField, give_user
from kam.core.models import Currency
from kam.core.number_fields import NumberField
from kam.core.selectors.rates import base_currency
from kam.identity.models import User
from settlements.choices.credit import (
    ApplicationRule,
    ApplicationState,
    ChecklistItem,
    CollateralKind,
    Component,
    ScoreGrade,
)
from settlements.forms.days import DayField, LastDayField
from settlements.models import CreditApplication, CreditPosition, CreditScoreSnapshot
from settlements.services.credit.applications import FACTS, Supporting, Year
from settlements.services.credit.limits import Cover, Terms

POINTS = [("", _("Not answered")), *((str(n), str(n)) for n in range(6))]
YEARS = 3


def amount_field(label: Any, **options: Any) -> forms.DecimalField:
    """An amount of money."""
    return NumberField(label=label, max_digits=18, decimal_places=4, **options)


def _text(label: Any, most: int, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, required=False, **options)


def _long(label: Any, **options: Any) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, max_length=3000, required=False, widget=area, **options)


def _reason(label: Any = None, *, required: bool = True) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(
        label=label or _("Reason"), max_length=500, required=required, widget=area
    )


class WhoForm(forms.Form):
    """Whose credit it is about."""

    account = AccountField(label=_("Account"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        give_user(self, user)


class _InCurrency(forms.Form):
    currency = forms.ModelChoiceField(label=_("Currency"), queryset=Currency.objects.all())

    @property
    def code(self) -> str:
        """The currency's code."""
        return str(self.cleaned_data["currency"].pk)


class ApplicationForm(_InCurrency):
    """What is asked for, and what supports it."""

    requested_limit = amount_field(_("Limit asked for"), min_value=0)
    requested_days = forms.IntegerField(label=_("Term asked for, days"), min_value=0, max_value=720)
    registered_name = _text(_("Registered name"), 300)
    registry_number = _text(_("Registry number"), 60)
    registered_on = DayField(label=_("Registered on"), required=False)
    legal_form = _text(_("Legal form"), 60)
    vat_number = _text(_("VAT number"), 32)
    registry_checked_on = DayField(label=_("Registry looked at on"), required=False)
    rating_agency = _text(_("Rating agency"), 100)
    rating_grade = _text(_("Its grade"), 30)
    rating_points = NumberField(
        label=_("The grade as points from 0 to 100"), min_value=0, max_value=100, decimal_places=2,
        required=False, help_text=_("They count in the credit score while the rating holds."),
    )  # fmt: skip
    rated_on = DayField(label=_("Rated on"), required=False)
    rating_expires = DayField(label=_("Rating holds until"), required=False)
    references = _long(_("References"), help_text=_("Suppliers, banks: who said what, and when."))
    security = _long(_("Security offered"))
    note = _long(_("Note"))
    field_order = ["requested_limit", "currency", "requested_days"]
    more = ("legal_form", "vat_number", "registry_checked_on")

    def __init__(self, *args: Any, this_year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place in range(YEARS):
            self._add_year(place, this_year - 1 - place)
        for item in ChecklistItem:
            self.fields[f"points_{item}"] = forms.TypedChoiceField(
                label=item.label, choices=POINTS, coerce=int, empty_value=None, required=False
            )

    def _add_year(self, place: int, year: int) -> None:
        self.fields[f"year_{place}"] = forms.IntegerField(
            label=_("Year"), min_value=1950, max_value=2199, required=False, initial=year
        )
        names = (
            ("turnover", pgettext("financial statement", "Turnover")),
            ("equity", _("Equity")),
            ("result", _("Result")),
        )
        for name, label in names:
            self.fields[f"{name}_{place}"] = NumberField(
                label=label, max_digits=18, decimal_places=2, required=False,
                min_value=0 if name == "turnover" else None,
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """No year twice."""
        data: dict[str, Any] = super().clean() or {}
        years = [data.get(f"year_{place}") for place in range(YEARS)]
        known = [year for year in years if year is not None]
        if len(set(known)) < len(known):
            self.add_error("year_1", _("There are figures of this year already."))
        return data

    @property
    def year_rows(self) -> Iterator[list[Any]]:
        """The fields of each year, for a table."""
        for place in range(YEARS):
            yield [self[f"{n}_{place}"] for n in ("year", "turnover", "equity", "result")]

    @property
    def checklist(self) -> list[Any]:
        """The fields of the checklist."""
        return [self[f"points_{item}"] for item in ChecklistItem]

    def facts(self) -> dict[str, Any]:
        """What is told, as the service takes it."""
        found = {name: self.cleaned_data[name] for name in FACTS if name in self.cleaned_data}
        return {**found, "currency_id": self.code}

    def supporting(self) -> Supporting:
        """The years of which anything is known, and the points."""
        data = self.cleaned_data
        years = []
        for place in range(YEARS):
            figures = {n: data.get(f"{n}_{place}") for n in ("turnover", "equity", "result")}
            if data.get(f"year_{place}") and any(v is not None for v in figures.values()):
                years.append(Year(year=data[f"year_{place}"], **figures))
        points = {item.value: data.get(f"points_{item}") for item in ChecklistItem}
        return Supporting(years=years, points=points)

    @staticmethod
    def start(application: CreditApplication) -> dict[str, Any]:
        """What a draft says, to begin with."""
        found: dict[str, Any] = {
            name: getattr(application, name) for name in FACTS if name != "currency_id"
        }
        found["currency"] = application.currency_id
        for place, one in enumerate(application.statements.all()[:YEARS]):
            for name in ("year", "turnover", "equity", "result"):
                found[f"{name}_{place}"] = getattr(one, name)
        for answer in application.answers.all():
            found[f"points_{answer.item}"] = "" if answer.points is None else answer.points
        return found


class DecisionForm(forms.Form):
    """What is decided on an application."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[("grant", _("Grant credit")), ("refuse", _("Refuse"))],
        widget=forms.RadioSelect,
    )
    limit = amount_field(
        _("Limit"), min_value=0, required=False, help_text=_("0 means prepay only.")
    )
    days = forms.IntegerField(label=_("Term, days"), min_value=0, max_value=720, required=False)
    review_on = DayField(label=_("Review on"), required=False)
    note = _reason(_("Note on the decision"), required=False)


class LimitForm(_InCurrency):
    """A limit from a day on."""

    amount = amount_field(
        _("Limit"), min_value=0, help_text=_("0 means prepay only. To have no limit, take it back.")
    )
    from_day = DayField(label=_("First day"), help_text=_("The limit before ends there."))
    term_days = forms.IntegerField(
        label=_("Term, days"), min_value=0, max_value=720, required=False
    )
    review_on = DayField(label=_("Review on"), required=False)
    reason = _reason()
    until = LastDayField(label=_("Last day"), required=False)
    field_order = ["amount", "currency"]
    more = ("until",)

    def terms(self) -> Terms:
        """What was entered, as the service takes it."""
        data = {k: v for k, v in self.cleaned_data.items() if k != "currency"}
        return Terms(currency=self.code, **data)


class ReasonForm(forms.Form):
    """Why."""

    reason = _reason()


class UntilForm(ReasonForm):
    """Why, and until when."""

    until = DayField(label=_("Until, this day included"))


class DayForm(forms.Form):
    """From which day on."""

    on = DayField(label=_("From"))


class CoverForm(_InCurrency):
    """A security."""

    kind = forms.ChoiceField(label=_("Kind"), choices=CollateralKind.choices)
    amount = amount_field(_("At most"), min_value=Decimal("0.0001"))
    from_day = DayField(label=_("First day"))
    until = LastDayField(label=_("Last day"), required=False)
    issuer = _text(_("Issued by"), 200)
    reference = _text(_("Reference"), 100)
    note = _text(_("Note"), 500)
    field_order = ["kind", "amount", "currency"]

    def cover(self) -> Cover:
        """What was entered, as the service takes it."""
        data = {k: v for k, v in self.cleaned_data.items() if k != "currency"}
        return Cover(currency=self.code, **data)


class CheckForm(_InCurrency):
    """What if they order so much?"""

    account = AccountField(label=_("Account"))
    amount = amount_field(_("Amount with tax"), min_value=0)
    reference = _text(
        _("Order or reference"), 100, help_text=_("Asked again for the same, it counts once.")
    )
    reserve_until = DayField(
        label=_("Keep the room until"), required=False,
        help_text=_("So long it counts as an open order, unless the order itself is sent."),
    )  # fmt: skip
    field_order = ["account", "amount", "currency", "reference", "reserve_until"]
    more = ("reserve_until",)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        give_user(self, user)


class SettingsForm(forms.Form):
    """How credit is reckoned."""

    stock_weight = NumberField(
        label=_("Weight of consigned stock"), min_value=0, max_value=1, decimal_places=2,
        help_text=_("From 0 (not counted) to 1 (counted in full, at cost)."),
    )  # fmt: skip
    horizon_days = forms.IntegerField(
        label=_("Open orders due within days"), min_value=0, max_value=720,
        help_text=_("Orders due later do not count yet. Orders without a date do."),
    )  # fmt: skip
    warn_at = NumberField(
        label=_("Warn from this share of the limit"), min_value=Decimal("0.01"), max_value=1,
        decimal_places=2, help_text=_("0.9 warns when nine tenths of a limit are used."),
    )  # fmt: skip
    left_out = forms.MultipleChoiceField(
        label=_("What exposure leaves out"), choices=Component.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What counts and nobody reports makes checks warn."),
    )  # fmt: skip
    application_rule = forms.ChoiceField(
        label=_("Who needs a decision before credit"), choices=ApplicationRule.choices,
        help_text=_("Until then they are prepay only, unless a limit is set."),
    )  # fmt: skip
    decide_up_to = amount_field(_("Credit controllers decide up to"), min_value=0)
    grace_days = forms.IntegerField(
        label=_("Days of grace"), min_value=0, max_value=60,
        help_text=_("So many days late still count as in time."),
    )  # fmt: skip
    alert_days = forms.IntegerField(
        label=_("Days of warning"), min_value=0, max_value=365,
        help_text=_("How long before a review or the end of a cover it is told."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = _("In %(currency)s. Directors decide above it.") % {"currency": base_currency()}
        self.fields["decide_up_to"].help_text = words


STATES = [
    ("over", _("Over the limit")),
    ("near", _("Nine tenths used and more")),
    ("none", _("No limit is set")),
    ("prepay", _("Prepay only")),
]


class BoardFilter(PageFilter):
    """Filters of the credit board."""

    q = django_filters.CharFilter(label=_("Name"), method="by_text")
    state = django_filters.ChoiceFilter(label=_("State"), choices=STATES, method="by_state")
    grade = django_filters.ChoiceFilter(
        label=_("Grade"), choices=ScoreGrade.choices, method="by_grade"
    )
    currency = django_filters.ModelChoiceFilter(
        label=_("Currency"), queryset=Currency.objects.all()
    )
    lead = django_filters.ModelChoiceFilter(
        label=_("Lead"), field_name="party__current_lead", queryset=leads
    )
    within = AccountChoice(label=_("Below"), method="by_branch")

    class Meta:
        model = CreditPosition
        fields: list[str] = []

    def by_text(self, rows: QuerySet[Any], _name: str, text: str) -> QuerySet[Any]:
        """A part of the name."""
        return rows.filter(party__name__icontains=text.strip()) if text.strip() else rows

    def by_state(self, rows: QuerySet[Any], _name: str, state: str) -> QuerySet[Any]:
        """How the limit stands."""
        wanted = {
            "over": Q(available__lt=0),
            "near": Q(utilisation__gte=Decimal("0.9"), exposure__lte=F("limit_amount")),
            "none": Q(limit_amount__isnull=True),
            "prepay": Q(limit_amount=0),
        }
        return rows.filter(wanted[state])

    def by_grade(self, rows: QuerySet[Any], _name: str, grade: str) -> QuerySet[Any]:
        """By the letter of the latest score."""
        return rows.filter(grade=grade)

    def by_branch(self, rows: QuerySet[Any], _name: str, account: Any) -> QuerySet[Any]:
        """An account and everything below it."""
        return rows.filter(party__path__contains=[account.pk])


class ApplicationFilter(PageFilter):
    """Filters of the list of applications."""

    state = django_filters.ChoiceFilter(label=_("State"), choices=ApplicationState.choices)
    within = AccountChoice(label=_("Below"), method="by_branch")
    mine = Flag(label=_("Only mine"), method="by_me")

    class Meta:
        model = CreditApplication
        fields: list[str] = []

    def by_branch(self, rows: QuerySet[Any], _name: str, account: Any) -> QuerySet[Any]:
        """An account and everything below it."""
        return rows.filter(party__path__contains=[account.pk])

    def by_me(self, rows: QuerySet[Any], _name: str, _value: Any) -> QuerySet[Any]:
        """Written by the user."""
        user = self.request.user  # type: ignore[union-attr]
        return rows.filter(applicant=user)


def latest_grade(outer: Any) -> QuerySet[Any]:
    """The latest grade of the account that `outer` refers to."""
    rows = CreditScoreSnapshot.objects.filter(party=outer).order_by("-month")
    return rows.values("grade")[:1]
