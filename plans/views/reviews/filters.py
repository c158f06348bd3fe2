"""Filters of the lists of reviews and joint teams."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.filters import AccountChoice, PageFilter, Several, leads
from accounts.models import Account
from plans.choices.joint import JointState, JointTopic, ReviewState
from plans.models import BusinessReview, JointTeam


class _Together(PageFilter):
    """By words, account and who answers for it."""

    q = django_filters.CharFilter(label=_("Words"), method="by_text")
    within = AccountChoice(label=_("Account with all below it"), method="by_branch")
    owner = django_filters.ModelChoiceFilter(label=_("Owner"), queryset=leads)

    def by_text(self, rows: QuerySet[Any], _name: str, text: str) -> QuerySet[Any]:
        """Words of the title or the account's name."""
        return rows.filter(Q(title__icontains=text) | Q(account__name__icontains=text))

    def by_branch(self, rows: QuerySet[Any], _name: str, account: Account) -> QuerySet[Any]:
        """Of a node and everything below it today."""
        return rows.filter(account__path__contains=[account.pk])


class ReviewFilter(_Together):
    """Filters of reviews."""

    state = Several(label=_("State"), choices=ReviewState.choices)
    held_from = django_filters.DateFilter(
        label=_("Held from"), field_name="held_on", lookup_expr="gte"
    )
    held_before = django_filters.DateFilter(
        label=_("Held before"), field_name="held_on", lookup_expr="lt"
    )

    class Meta:
        model = BusinessReview
        fields: list[str] = []


class JointTeamFilter(_Together):
    """Filters of joint teams."""

    state = Several(label=_("State"), choices=JointState.choices)
    topic = Several(label=_("Topic"), choices=JointTopic.choices)

    class Meta:
        model = JointTeam
        fields: list[str] = []
