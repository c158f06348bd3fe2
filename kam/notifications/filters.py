from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kam.core.filters import ChoicesFilter
from kam.notifications.models import Notification
from kam.notifications.registry import kinds


def kind_choices() -> list[tuple[str, Any]]:
    """Every registered kind."""
    return [(kind.key, kind.title) for kind in kinds]


class NotificationFilter(django_filters.FilterSet):
    """Filters of the list."""

    unread = django_filters.BooleanFilter(
        field_name="read_at", lookup_expr="isnull", label=_("Unread")
    )
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=kind_choices)
    since = django_filters.DateFilter(
        label=_("Since"), field_name="occurred_at", lookup_expr="date__gte"
    )

    class Meta:
        model = Notification
        fields = ["unread", "kind", "since"]


class NotificationApiFilter(django_filters.FilterSet):
    """Filters over the API."""

    unread = django_filters.BooleanFilter(method="is_unread", help_text=_("Read or not."))
    kind = ChoicesFilter(choices=kind_choices, lookup_expr="in")
    since = django_filters.IsoDateTimeFilter(
        field_name="occurred_at", lookup_expr="gte", help_text=_("From this moment on (ISO 8601).")
    )

    class Meta:
        model = Notification
        fields: list[str] = []

    def is_unread(self, queryset: QuerySet[Any], _name: str, value: bool) -> QuerySet[Any]:
        """Notifications that were not read, or that were."""
        return queryset.filter(read_at__isnull=value)
