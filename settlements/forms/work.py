"""Forms and filters of the worklist."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.filters import AccountChoice, Flag, PageFilter, Several, leads
from accounts.models import Account
from kam.core.models import Currency
from kam.core.text import search_key
from settlements.choices import WorkOutcome, WorkRole, WorkState
from settlements.forms.days import DayField
from settlements.models import WorkItem

OUTCOMES = [choice for choice in WorkOutcome.choices if choice[0] != WorkOutcome.CURED]
CONTACTED = _("I spoke or wrote to the customer today")


class WorkFilter(PageFilter):
    """Filters of the worklist; without a state, what is done stays away."""

    q = django_filters.CharFilter(label=_("Payer"), method="by_payer")
    state = Several(label=_("State"), choices=WorkState.choices)
    role = Several(label=_("For"), choices=WorkRole.choices)
    user = django_filters.ModelChoiceFilter(label=_("Who"), queryset=leads)
    currency = django_filters.ModelChoiceFilter(
        label=_("Currency"), queryset=Currency.objects.all()
    )
    amount = django_filters.NumberFilter(
        label=_("Overdue at least"), field_name="amount", lookup_expr="gte"
    )
    within = AccountChoice(label=_("Below"), method="by_branch")
    due_step = Flag(label=_("Next step is due"), method="by_step")

    class Meta:
        model = WorkItem
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Leave out what is done unless it is asked for."""
        rows = super().filter_queryset(queryset)
        asked = self.form.cleaned_data.get("state") if self.form.is_valid() else None
        return rows if asked else rows.exclude(state=WorkState.DONE)

    def by_payer(self, rows: QuerySet[Any], _name: str, text: str) -> QuerySet[Any]:
        """A part of the payer's name in any script."""
        key = search_key(text)
        return rows.filter(party__name_key__contains=key) if key else rows

    def by_branch(self, rows: QuerySet[Any], _name: str, account: Account) -> QuerySet[Any]:
        """A node and everything below it today."""
        return rows.filter(party__path__contains=[account.pk])

    def by_step(self, rows: QuerySet[Any], _name: str, _value: bool) -> QuerySet[Any]:
        """The next step was planned for today or earlier."""
        return rows.filter(next_step_on__lte=timezone.localdate())


class StepForm(forms.Form):
    """What is done next and when."""

    prefix = "step"
    next_step = forms.CharField(
        label=_("Next step"), max_length=300, help_text=_("For example: call accounts payable.")
    )
    on = DayField(label=_("On"), required=False)
    contacted = forms.BooleanField(label=CONTACTED, required=False)


class SnoozeForm(forms.Form):
    """Until when the work waits."""

    prefix = "snooze"
    until = DayField(
        label=_("Put off until"), help_text=_("On this day it stands among the open work again.")
    )
    next_step = forms.CharField(label=_("What then"), max_length=300, required=False)


class FinishForm(forms.Form):
    """How the work ended."""

    prefix = "finish"
    outcome = forms.ChoiceField(label=_("How it ended"), choices=OUTCOMES)
    note = forms.CharField(label=_("Note"), max_length=500, required=False)
    contacted = forms.BooleanField(label=CONTACTED, required=False)


class ContactForm(forms.Form):
    """A word with the customer."""

    prefix = "contact"
    on = DayField(label=_("Day of the contact"))
    text = forms.CharField(label=_("What was said"), max_length=500, required=False)

    def clean_on(self) -> Any:
        """Not in the future."""
        on = self.cleaned_data["on"]
        if on > timezone.localdate():
            raise forms.ValidationError(_("A contact is noted once it took place."))
        return on
