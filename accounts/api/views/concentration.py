"""Revenue concentration: computed now, stored, recomputed."""

from __future__ import annotations

from typing import Any, cast

import django_filters
from django.db import transaction
from django.db.models import QuerySet
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers.concentration import (
    ConcentrationInput,
    ConcentrationOutput,
    SnapshotDetailOutput,
    SnapshotOutput,
    figures_data,
    query_of,
)
from accounts.models import ConcentrationSnapshot
from accounts.selectors.concentration.reading import live, scope_of
from accounts.selectors.concentration.totals import MissingRatesError
from kam.core.api.base import Listed, Resource, Retrieved, StrictView
from kam.core.api.problems import register_problem
from kam.core.api.shapes import JobRunOutput
from kam.core.jobs import enqueue
from kam.identity.models import User

register_problem(MissingRatesError, "missing_rates")


class ConcentrationView(StrictView):
    """Concentration of a period."""

    capability = "concentration.view"
    queries = {"get": ConcentrationInput}
    answers = {"get": {200: ConcentrationOutput}}

    def get(self, request: Request) -> Response:
        """How concentrated net revenue is in a period, computed now.

        Parameters and figures are those of `manage.py concentration`. Figures are in `currency`
        where given, else in the data's currency when there is only one, else in the base
        currency. A limited user gets their own customers and no figure of the company.
        """
        values = self.query()
        reading = live(query_of(values), scope=scope_of(cast("User", request.user)))
        return Response(figures_data(reading, values["top"]))


class RecomputeView(StrictView):
    """Recomputing the stored figures."""

    capability = "concentration.recompute"
    answers = {"post": {202: JobRunOutput}}

    def post(self, request: Request) -> Response:
        """Bring the stored snapshots, the trend and the alerts up to date, as a job.

        While one waits, asking again answers that one.
        """
        with transaction.atomic():
            run = enqueue(
                "accounts.recompute_concentration",
                requested_by=request.user,
                key="accounts.recompute_concentration",
            )
        return Response(JobRunOutput(run).data, status=status.HTTP_202_ACCEPTED)


class SnapshotApiFilter(django_filters.FilterSet):
    """Filters of snapshots."""

    scope_key = django_filters.CharFilter()

    class Meta:
        model = ConcentrationSnapshot
        fields: list[str] = []


class SnapshotViewSet(Listed, Retrieved, Resource):
    """Stored concentration: company-wide, so only for who sees the whole company."""

    model = ConcentrationSnapshot
    capability = "concentration.view"
    output = SnapshotOutput
    detail_output = SnapshotDetailOutput
    filterset_class = SnapshotApiFilter

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """A list leaves the customers out."""
        return queryset.defer("keys", "amounts") if self.action == "list" else queryset

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List stored snapshots, the latest first."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One stored snapshot with every customer."""
        return super().retrieve(request, *args, **kwargs)
