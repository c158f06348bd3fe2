"""Health scores, their history, and how they are weighed."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers import health as shapes
from accounts.choices import HealthLevel
from accounts.models import HealthScore, HealthSettings
from accounts.selectors.health.rules import rules_in_force
from accounts.services.health.rescoring import ask_to_rescore
from kam.core.api.base import Listed, Resource, Retrieved, StrictView
from kam.core.api.shapes import JobRunOutput
from kam.core.filters import ChoicesFilter, IdFilter


class ScoreFilter(django_filters.FilterSet):
    """Filters of health scores."""

    account = IdFilter(field_name="account_id")
    within = IdFilter(
        field_name="account__path",
        lookup_expr="contains",
        method="by_branch",
        help_text=_("This account and all below it today."),
    )
    level = ChoicesFilter(choices=HealthLevel, lookup_expr="in")
    on = django_filters.DateFilter(
        field_name="valid", lookup_expr="contains", help_text=_("At most one an account.")
    )
    scored_since = django_filters.DateFilter(field_name="scored_on", lookup_expr="gte")

    class Meta:
        model = HealthScore
        fields: list[str] = []

    def by_branch(self, rows: QuerySet[Any], _name: str, pk: Any) -> QuerySet[Any]:
        """A node and everything below it."""
        return rows.filter(account__path__contains=[int(pk)])


class ScoreViewSet(Listed, Retrieved, Resource):
    """Health of accounts over time; with `on` as of a day, with `account` its history."""

    model = HealthScore
    capability = "health.view"
    output = shapes.HealthScoreOutput
    detail_output = shapes.HealthScoreDetailOutput
    filterset_class = ScoreFilter
    orderings = {"id": "pk", "scored_on": "scored_on"}

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With the account; a list leaves the explanations out."""
        rows = queryset.select_related("account")
        if self.action == "list":
            return rows.defer("parts", "caps", "details")
        return rows.select_related("settings")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List health scores."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One health score with points lost per measure and the caps that apply."""
        return super().retrieve(request, *args, **kwargs)


class SettingsViewSet(Listed, Retrieved, Resource):
    """Versions of how health is weighed; none while the defaults hold. They never change."""

    model = HealthSettings
    capability = "health.view"
    output = shapes.HealthSettingsOutput
    orderings = {"id": "pk"}

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With the author."""
        return queryset.select_related("author")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List versions, the latest first."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One version."""
        return super().retrieve(request, *args, **kwargs)


class RulesView(StrictView):
    """How health is weighed today."""

    capability = "health.view"
    answers = {"get": {200: shapes.HealthRulesOutput}}

    def get(self, request: Request) -> Response:
        """Weights, validity, caps and levels in force today, defaults included."""
        return Response(shapes.HealthRulesOutput(rules_in_force(timezone.localdate())).data)


class RescoreView(StrictView):
    """Computing health."""

    capability = "health.recompute"
    answers = {"post": {202: JobRunOutput}}

    def post(self, request: Request) -> Response:
        """Compute the health of all accounts, as a job.

        While one waits, asking again answers that one.
        """
        user: Any = request.user
        run = ask_to_rescore(by=user)
        return Response(JobRunOutput(run).data, status=status.HTTP_202_ACCEPTED)
