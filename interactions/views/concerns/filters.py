"""Filters of the list of concerns."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.filters import AccountChoice, Flag, PageFilter, Several, leads
from accounts.models import Account
from interactions.choices import ConcernCategory, ConcernSeverity, ConcernState
from interactions.models import Concern
from interactions.selectors import concerns as reads


class ConcernFilter(PageFilter):
    """Filters of concerns; those closed or cancelled come where a state is asked for."""

    q = django_filters.CharFilter(label=_("Words"), method="by_text")
    state = Several(label=_("State"), choices=ConcernState.choices)
    severity = Several(label=_("Severity"), choices=ConcernSeverity.choices)
    category = Several(label=_("Category"), choices=ConcernCategory.choices)
    owner = django_filters.ModelChoiceFilter(label=_("Owner"), queryset=leads)
    within = AccountChoice(label=_("Account with all below it"), method="by_branch")
    late = Flag(label=_("Only past their target"), method="by_late")
    raised_from = django_filters.DateFilter(
        label=_("Raised from"), field_name="raised_on", lookup_expr="gte"
    )
    raised_before = django_filters.DateFilter(
        label=_("Raised before"), field_name="raised_on", lookup_expr="lt"
    )

    class Meta:
        model = Concern
        fields: list[str] = []

    def by_text(self, rows: QuerySet[Any], _name: str, text: str) -> QuerySet[Any]:
        """Words of the title, what happened, or the account."""
        found = Q(title__icontains=text) | Q(description__icontains=text)
        return rows.filter(found | Q(account__name__icontains=text))

    def by_branch(self, rows: QuerySet[Any], _name: str, account: Account) -> QuerySet[Any]:
        """Of a node and everything below it today."""
        return rows.filter(account__path__contains=[account.pk])

    def by_late(self, rows: QuerySet[Any], _name: str, _on: bool) -> QuerySet[Any]:
        """An answer or a solution is late."""
        return rows.filter(reads.late(timezone.now()))
