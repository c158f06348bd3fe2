"""Forms and filters of items missing from an extract."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.filters import AccountChoice, PageFilter, Several
from accounts.models import Account
from kam.core.models import Currency
from settlements.choices import GapOutcome
from settlements.models import ExtractGap

OPEN = "open"
BY_HAND = [choice for choice in GapOutcome.choices if choice[0] != GapOutcome.CAME_BACK]


class GapFilter(PageFilter):
    """Filters of the list; without a choice, those that wait for review."""

    q = django_filters.CharFilter(label=_("Document number"), method="by_number")
    outcome = Several(
        label=_("What became of it"),
        choices=[(OPEN, _("Waits for review")), *GapOutcome.choices],
        method="by_outcome",
    )
    currency = django_filters.ModelChoiceFilter(
        label=_("Currency"), queryset=Currency.objects.all()
    )
    batch = django_filters.NumberFilter(label=_("Import number"), field_name="batch")
    within = AccountChoice(label=_("Payer, or above it"), method="by_branch")

    class Meta:
        model = ExtractGap
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Show what waits unless something else is asked for."""
        rows = super().filter_queryset(queryset)
        asked = self.form.cleaned_data.get("outcome") if self.form.is_valid() else None
        return rows if asked else rows.filter(outcome="")

    def by_number(self, rows: QuerySet[Any], _name: str, text: str) -> QuerySet[Any]:
        """The beginning of the number."""
        return rows.filter(document__number__istartswith=text.strip()) if text.strip() else rows

    def by_outcome(self, rows: QuerySet[Any], _name: str, chosen: list[str]) -> QuerySet[Any]:
        """Any of these; nothing chosen is seen to above."""
        wanted = ["" if one == OPEN else one for one in chosen]
        return rows.filter(outcome__in=wanted) if wanted else rows

    def by_branch(self, rows: QuerySet[Any], _name: str, account: Account) -> QuerySet[Any]:
        """A payer, or all below a node today."""
        return rows.filter(party__path__contains=[account.pk])


class AnswerForm(forms.Form):
    """What became of missing items."""

    outcome = forms.ChoiceField(
        label=_("What became of it"),
        choices=BY_HAND,
        widget=forms.RadioSelect,
        help_text=_("This is a record: it posts nothing."),
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=300,
        required=False,
        help_text=_("Needed for what is left as it is; later extracts do not list it again."),
    )
