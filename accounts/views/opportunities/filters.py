"""Filters of the list of opportunities."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.analytics.pipeline import OPEN
from accounts.choices import OpportunityKind, OpportunityStage
from accounts.filters import AccountChoice, Flag, PageFilter, Several, leads
from accounts.models import Account, Opportunity, ProductCategory


class OpportunityFilter(PageFilter):
    """Filters of opportunities."""

    q = django_filters.CharFilter(
        label=pgettext_lazy("of a thing", "Title"), field_name="title", lookup_expr="icontains"
    )
    stage = Several(label=_("Stage"), choices=OpportunityStage.choices)
    kind = Several(label=_("Kind"), choices=OpportunityKind.choices)
    category = django_filters.ModelChoiceFilter(
        label=_("Category"),
        queryset=ProductCategory._default_manager.all(),  # known to everybody
    )
    owner = django_filters.ModelChoiceFilter(label=_("Owner"), queryset=leads)
    account = AccountChoice(label=_("Account with all below it"), method="by_branch")
    late = Flag(label=_("Only with an overdue next step"), method="by_step")

    class Meta:
        model = Opportunity
        fields: list[str] = []

    def by_branch(self, rows: QuerySet[Any], _name: str, account: Account) -> QuerySet[Any]:
        """At a node and everything below it today."""
        return rows.filter(account__path__contains=[account.pk])

    def by_step(self, rows: QuerySet[Any], _name: str, _on: bool) -> QuerySet[Any]:
        """Open ones whose next step was due before today."""
        return rows.filter(stage__in=OPEN, next_step_on__lt=timezone.localdate())
