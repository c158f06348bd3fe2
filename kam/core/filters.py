"""Filters that several lists of the API share."""

from __future__ import annotations

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from kam.core.choices import JobState
from kam.core.models import ExchangeRate, JobRun


class IdFilter(django_filters.NumberFilter):
    """A row by its id. An id that nobody has, or not for you, finds nothing: they answer alike."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=2**63 - 1, decimal_places=0, **kwargs)


class CodesFilter(django_filters.BaseInFilter, django_filters.CharFilter):
    """One or several codes, separated by commas."""


class ChoicesFilter(django_filters.BaseInFilter, django_filters.ChoiceFilter):
    """One or several of a fixed list, separated by commas."""


class UpdatedSince(django_filters.FilterSet):
    """Rows changed at or after a moment: how a copy elsewhere is kept up to date."""

    updated_since = django_filters.IsoDateTimeFilter(
        field_name="updated_at",
        lookup_expr="gte",
        help_text=_("Rows created or changed at or after this moment (ISO 8601)."),
    )


class RateFilter(UpdatedSince):
    """Filters of exchange rates."""

    currency = CodesFilter(field_name="currency_id", lookup_expr="in")
    base = CodesFilter(field_name="base_id", lookup_expr="in")
    valid_from = django_filters.DateFilter(
        field_name="valid_on", lookup_expr="gte", help_text=_("From this day on.")
    )
    valid_before = django_filters.DateFilter(
        field_name="valid_on", lookup_expr="lt", help_text=_("Before this day.")
    )

    class Meta:
        model = ExchangeRate
        fields: list[str] = []


class JobRunFilter(django_filters.FilterSet):
    """Filters of job runs."""

    name = CodesFilter(lookup_expr="in")
    state = ChoicesFilter(choices=JobState, lookup_expr="in")

    class Meta:
        model = JobRun
        fields: list[str] = []
