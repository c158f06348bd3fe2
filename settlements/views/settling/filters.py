"""Filters of the list of settlement statements."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.filters import AccountChoice, PageFilter, Several
from accounts.models import Account
from kam.core.models import Currency
from settlements.choices.settling import StatementKind, StatementState
from settlements.models import SettlementStatement


class SettlingFilter(PageFilter):
    """Filters of settlement statements."""

    q = django_filters.CharFilter(label=_("Number or account"), method="by_text")
    state = Several(label=_("State"), choices=StatementState.choices)
    kind = Several(label=_("Kind"), choices=StatementKind.choices)
    within = AccountChoice(label=_("Account with all below it"), method="by_branch")
    currency = django_filters.ModelChoiceFilter(
        label=_("Currency"), queryset=Currency.objects.all()
    )

    class Meta:
        model = SettlementStatement
        fields: list[str] = []

    def by_text(self, rows: QuerySet[Any], _name: str, text: str) -> QuerySet[Any]:
        """A part of the number or of the account's name."""
        return rows.filter(Q(number__icontains=text) | Q(account__name__icontains=text))

    def by_branch(self, rows: QuerySet[Any], _name: str, account: Account) -> QuerySet[Any]:
        """Of a node and everything below it today."""
        return rows.filter(account__path__contains=[account.pk])
