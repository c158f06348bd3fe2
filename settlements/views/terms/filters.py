"""Filters of the list of agreements."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.filters import AccountChoice, PageFilter, Several
from accounts.models import Account
from kam.core.models import Currency, SellingCompany
from settlements.choices.terms import Preset, VersionState
from settlements.models import TradingAgreement
from settlements.selectors.terms.table import ending_within, settled_by

SOON = 90
_SPANS = [("30", _("30 days")), ("90", _("90 days")), ("180", _("180 days"))]


class AgreementFilter(PageFilter):
    """Filters of agreements."""

    q = django_filters.CharFilter(label=_("Number, name or account"), method="by_text")
    ends = django_filters.ChoiceFilter(
        label=_("Ends, or asks for notice, within"), choices=_SPANS, method="by_end"
    )
    state = Several(label=_("State"), choices=VersionState.choices, field_name="shown_state")
    work = django_filters.ChoiceFilter(
        label=_("Next version"),
        choices=[
            (VersionState.DRAFT.value, _("Is being written")),
            (VersionState.IN_APPROVAL.value, VersionState.IN_APPROVAL.label),
        ],
        method="by_work",
    )
    method = Several(label=_("Method"), choices=Preset.choices, method="by_method")
    within = AccountChoice(label=_("Account with all below it"), method="by_branch")
    company = django_filters.ModelChoiceFilter(
        label=_("Selling company"),
        field_name="selling_company",
        queryset=SellingCompany.objects.all(),
    )
    currency = django_filters.ModelChoiceFilter(
        label=_("Currency"), queryset=Currency.objects.all()
    )

    class Meta:
        model = TradingAgreement
        fields: list[str] = []

    def by_text(self, rows: QuerySet[Any], _name: str, text: str) -> QuerySet[Any]:
        """A part of the number, of the name or of the account's."""
        found = Q(number__icontains=text) | Q(name__icontains=text)
        return rows.filter(found | Q(account__name__icontains=text))

    def by_end(self, rows: QuerySet[Any], _name: str, days: str) -> QuerySet[Any]:
        """Those that end soon, or where notice has to be given soon."""
        return ending_within(rows, int(days), as_of=timezone.localdate())

    def by_work(self, rows: QuerySet[Any], _name: str, state: str) -> QuerySet[Any]:
        """Those of which a version, one at a time, is written or waits for approval."""
        return rows.filter(versions__state=state)

    def by_method(self, rows: QuerySet[Any], _name: str, chosen: list[str]) -> QuerySet[Any]:
        """Those whose shown version settles by one of the methods."""
        return settled_by(rows, chosen) if chosen else rows

    def by_branch(self, rows: QuerySet[Any], _name: str, account: Account) -> QuerySet[Any]:
        """Of a node and everything below it today."""
        return rows.filter(account__path__contains=[account.pk])
