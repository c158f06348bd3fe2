"""Filters of ratings and of survey links."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.choices import Function
from accounts.filters import AccountChoice, Flag, PageFilter, Several
from accounts.models import Account
from interactions.choices import VoiceSource, VoiceTopic
from interactions.models import Feedback
from interactions.selectors.voice import chosen

FUNCTIONS = [("none", _("The customer as a whole")), *Function.choices]


class FeedbackFilter(PageFilter):
    """Filters of ratings."""

    within = AccountChoice(label=_("Account with all below it"), method="by_branch")
    function = django_filters.ChoiceFilter(
        label=_("Function"), choices=FUNCTIONS, method="by_function"
    )
    topic = Several(label=_("About"), choices=VoiceTopic.choices)
    source = Several(label=_("Where from"), choices=VoiceSource.choices)
    since = django_filters.DateFilter(label=_("From"), field_name="given_on", lookup_expr="gte")
    until = django_filters.DateFilter(label=_("To"), field_name="given_on", lookup_expr="lte")
    low = Flag(label=_("Only low ones"), method="only_low")
    unanswered = Flag(label=_("Low without follow-up"), method="without_follow_up")

    class Meta:
        model = Feedback
        fields: list[str] = []

    def by_branch(
        self, rows: QuerySet[Feedback], _name: str, account: Account
    ) -> QuerySet[Feedback]:
        """At a node and everything below it today."""
        return rows.filter(account__path__contains=[account.pk])

    def by_function(self, rows: QuerySet[Feedback], _name: str, value: str) -> QuerySet[Feedback]:
        """Of a function, or of the customer as a whole."""
        return rows.filter(function="" if value == "none" else value)

    def only_low(self, rows: QuerySet[Feedback], _name: str, value: Any) -> QuerySet[Feedback]:
        """Those that are low by the settings."""
        return rows.filter(points__lte=chosen().low_points) if value else rows

    def without_follow_up(
        self, rows: QuerySet[Feedback], name: str, value: Any
    ) -> QuerySet[Feedback]:
        """Low ones that nobody follows up."""
        low = self.only_low(rows, name, value)
        return low.filter(task__isnull=True) if value else rows
