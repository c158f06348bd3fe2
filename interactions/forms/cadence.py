"""Forms and filters of cadence: shape of input only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.choices import Function
from accounts.filters import AccountChoice, PageFilter, Several, leads
from accounts.forms.fields import AccountField, give_user
from accounts.models import Account, Tier
from accounts.selectors.tiers.listing import in_tiers
from accounts.selectors.tiers.models import tiers_in_force
from interactions.analytics.cadence import WHOLE
from interactions.choices import PauseReason
from interactions.models import CadencePause
from interactions.models.cadence import LONGEST
from kam.core.forms import LastDay
from kam.identity.models import User

WHOLE_LABEL = _("The account as a whole")
FUNCTIONS = [("all", WHOLE_LABEL), *Function.choices]
STATES = [
    ("overdue", _("Overdue")),
    ("today", _("Due today")),
    ("week", _("Due within a week")),
    ("later", _("Later")),
]


def _tiers() -> list[tuple[str, str]]:
    return [(tier.code, tier.title) for tier in tiers_in_force(timezone.localdate())]


class TouchFilter(PageFilter):
    """Filters of due contacts: the accounts are narrowed here, the rest by `keeps`."""

    account = AccountChoice(label=_("Account, with all below it"), method="by_branch")
    lead = django_filters.ModelChoiceFilter(
        label=_("Lead"), field_name="current_lead", queryset=leads
    )
    tier = Several(label=_("Tier"), choices=_tiers, method="by_tier")
    country = django_filters.ChoiceFilter(label=_("Country"))
    function = Several(label=_("Function"), choices=FUNCTIONS, method="later")
    state = Several(label=_("State"), choices=STATES, method="later")

    class Meta:
        model = Account
        fields: list[str] = []

    def by_branch(self, rows: QuerySet[Account], _name: str, account: Account) -> QuerySet[Account]:
        """A node and everything below it today."""
        return rows.filter(path__contains=[account.pk])

    def by_tier(self, rows: QuerySet[Account], _name: str, codes: list[str]) -> QuerySet[Account]:
        """Accounts whose own or group's tier is one of these today."""
        return in_tiers(rows, codes, as_of=timezone.localdate()) if codes else rows

    def later(self, rows: QuerySet[Account], _name: str, _value: Any) -> QuerySet[Account]:
        """Is asked of contacts, not of accounts: see `keeps`."""
        return rows

    def keeps(self, function: str, state: str) -> bool:
        """Whether a contact is among those asked for."""
        if not self.form.is_valid():
            return False
        functions = self.form.cleaned_data["function"]
        states = self.form.cleaned_data["state"]
        return (not functions or (function or "all") in functions) and (
            not states or state in states
        )


class PaceForm(forms.Form):
    """Days by tier and function in one table; an empty cell is no rule of its own."""

    from_date = forms.DateField(label=_("In force from"))

    def __init__(
        self,
        data: Any = None,
        *,
        tiers: Sequence[Tier],
        paces: Mapping[tuple[str, str], int],
        today: date,
    ) -> None:
        super().__init__(data, initial={"from_date": today})
        self.tiers = tiers
        for tier in tiers:
            for function, label in self.functions:
                self.fields[_cell(tier.code, function)] = forms.IntegerField(
                    label=f"{tier.title}: {label}",
                    required=False,
                    min_value=1,
                    max_value=LONGEST,
                    initial=paces.get((tier.code, function)),
                    widget=forms.NumberInput(
                        attrs={"class": "form-control", "placeholder": _placeholder(tier, function)}
                    ),
                )

    @property
    def functions(self) -> list[tuple[str, Any]]:
        """The rows of the table: the account as a whole, then the functions."""
        return [(WHOLE, WHOLE_LABEL), *Function.choices]

    def rows(self) -> Iterator[tuple[Any, list[BoundField]]]:
        """A row for each function with a cell for each tier."""
        for function, label in self.functions:
            yield label, [self[_cell(tier.code, function)] for tier in self.tiers]

    def chosen(self) -> dict[tuple[str, str], int | None]:
        """What was typed, by tier and function."""
        return {
            (tier.code, function): self.cleaned_data.get(_cell(tier.code, function))
            for tier in self.tiers
            for function, _label in self.functions
        }


def _cell(code: str, function: str) -> str:
    return f"{code}-{function or 'all'}"


def _placeholder(tier: Tier, function: str) -> str:
    """The tier's own days stand where the account as a whole has no rule."""
    return str(tier.visit_every_days or "") if function == WHOLE else ""


class PauseForm(forms.Form):
    """Days on which no contact is asked for."""

    account = AccountField(
        label=_("Account, with all below it"),
        required=False,
        help_text=_("Left empty it is for every account."),
    )
    function = forms.ChoiceField(
        label=_("Function"),
        choices=[("", _("All functions")), *Function.choices],
        required=False,
    )
    reason = forms.ChoiceField(label=_("Reason"), choices=PauseReason.choices)
    from_date = forms.DateField(label=_("First day"))
    until = LastDay(label=_("Last day"))
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, data: Any = None, *, user: User, pause: CadencePause | None = None) -> None:
        initial = {}
        if pause is not None:
            initial = {
                "reason": pause.reason,
                "note": pause.note,
                "from_date": pause.valid.lower,
                "until": pause.valid.upper,
            }
        super().__init__(data, initial=initial)
        give_user(self, user)
        if pause is not None:
            del self.fields["account"], self.fields["function"]
