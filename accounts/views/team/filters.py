"""Filters of the list of requests."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.choices import Priority, RequestStatus, TeamFunction
from accounts.filters import PageFilter
from accounts.models import TeamRequest

STATES = [("open", _("Open")), ("overdue", _("Overdue")), *RequestStatus.choices]


class RequestFilter(PageFilter):
    """Filters of requests."""

    q = django_filters.CharFilter(label=_("Search"), field_name="title", lookup_expr="icontains")
    state = django_filters.ChoiceFilter(label=_("Status"), choices=STATES, method="in_state")
    function = django_filters.ChoiceFilter(label=_("Function"), choices=TeamFunction.choices)
    priority = django_filters.ChoiceFilter(label=_("Priority"), choices=Priority.choices)

    class Meta:
        model = TeamRequest
        fields: list[str] = []

    def in_state(
        self, rows: QuerySet[TeamRequest], _name: str, value: str
    ) -> QuerySet[TeamRequest]:
        """Where they stand; overdue is told by the day."""
        if value == "open":
            return rows.filter(closed_on__isnull=True)
        if value == "overdue":
            return rows.filter(closed_on__isnull=True, due_on__lt=timezone.localdate())
        return rows.filter(status=value)
