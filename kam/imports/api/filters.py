"""Filters of the lists in the API."""

from __future__ import annotations

import django_filters

from kam.core.filters import ChoicesFilter, CodesFilter
from kam.imports.choices import BatchState
from kam.imports.models import ImportBatch


class BatchApiFilter(django_filters.FilterSet):
    """Filters of imports."""

    kind = CodesFilter(lookup_expr="in")
    state = ChoicesFilter(choices=BatchState, lookup_expr="in")
    source = CodesFilter(field_name="source__code", lookup_expr="in")

    class Meta:
        model = ImportBatch
        fields: list[str] = []
