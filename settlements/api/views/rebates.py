"""Rebates: what they come to, what is expected, the run that accrues, and their end."""

from __future__ import annotations

from typing import Any

import django_filters
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from kam.core.api.base import Listed, Resource, Retrieved, StrictView
from kam.core.api.shapes import JobRunOutput
from kam.core.filters import ChoicesFilter, CodesFilter, IdFilter, UpdatedSince
from kam.core.jobs import enqueue
from settlements.api.filters import Scoped
from settlements.api.scope import ledger_key, user_of
from settlements.api.serializers import rebates as shapes
from settlements.choices.terms import RebateBasis
from settlements.models import RebateAccrual, RebateRun, TradeCondition
from settlements.selectors.rebates import board as reads
from settlements.selectors.rebates.figures import figures_of
from settlements.services.rebates import expect, settle
from settlements.services.rebates.problems import RunAheadError, RunTwiceError

RUNS_SHOWN = 30


class RebateFilter(Scoped, UpdatedSince):
    """Filters of rebates."""

    within = IdFilter(method="by_branch", help_text=_("Agreed with this account or below it."))
    basis = ChoicesFilter(choices=RebateBasis, lookup_expr="in")
    currency = CodesFilter(field_name="version__agreement__currency_id", lookup_expr="in")

    class Meta:
        model = TradeCondition
        fields: list[str] = []

    def by_branch(self, rows: QuerySet[Any], _name: str, pk: Any) -> QuerySet[Any]:
        """Of agreements of an account and of everything below it today."""
        seen = self.seen_accounts(pk)
        path = "version__agreement__account__path__contains"
        return rows.filter(**{path: [int(pk)]}) if seen.exists() else rows.none()


class AccrualFilter(Scoped):
    """Filters of accruals."""

    condition = IdFilter(field_name="condition_id", help_text=_("Of this rebate."))
    within = IdFilter(method="by_branch", help_text=_("Agreed with this account or below it."))
    latest = django_filters.BooleanFilter(method="by_run", help_text=_("Of the last run."))
    near = django_filters.BooleanFilter(
        method="by_nearness", help_text=_("Lacking at most a twentieth of the next bound.")
    )
    updated_since = django_filters.IsoDateTimeFilter(
        field_name="recorded_at",
        lookup_expr="gte",
        help_text=_("Recorded at or after this moment (ISO 8601)."),
    )

    class Meta:
        model = RebateAccrual
        fields: list[str] = []

    def by_branch(self, rows: QuerySet[Any], _name: str, pk: Any) -> QuerySet[Any]:
        """Of agreements of an account and of everything below it today."""
        seen = self.seen_accounts(pk)
        path = "condition__version__agreement__account__path__contains"
        return rows.filter(**{path: [int(pk)]}) if seen.exists() else rows.none()

    def by_run(self, rows: QuerySet[Any], _name: str, wanted: bool) -> QuerySet[Any]:
        """Of the last run, or of those before."""
        run = reads.last_run()
        of_last = {"run": run.pk if run else 0}
        return rows.filter(**of_last) if wanted else rows.exclude(**of_last)

    def by_nearness(self, rows: QuerySet[Any], _name: str, wanted: bool) -> QuerySet[Any]:
        """Close to the next bound, or not."""
        return rows.filter(reads.near()) if wanted else rows.exclude(reads.near())


class RebateViewSet(Listed, Retrieved, Resource):
    """Rebates of approved agreements."""

    model = TradeCondition
    capability = "rebates.view"
    change_capability = "rebates.expect"
    capabilities = {"settle": "statements.post"}
    output = shapes.RebateOutput
    detail_output = shapes.RebateDetailOutput
    filterset_class = RebateFilter
    orderings = {"id": "pk", "updated_at": "updated_at"}
    bodies = {"expectations": shapes.ExpectationInput, "settle": shapes.SettleInput}
    answers = {
        "expectations": {201: shapes.ExpectationOutput},
        "settle": {201: shapes.SettlementOutput},
    }

    def get_queryset(self) -> QuerySet[Any]:
        """Approved rebates that the caller may see."""
        if getattr(self, "swagger_fake_view", False):
            return TradeCondition.objects.visible_to(AnonymousUser())
        return reads.conditions_for(user_of(self.request))

    def row(self) -> Any:
        """The rebate with its periods as of today, and what was settled."""
        found = super().row()
        found.periods = figures_of([found.pk], through=timezone.localdate())
        found.given = list(reads.settlements_of(found))
        return found

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List rebates, the latest made first; `rebate-accruals/` says what they came to."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One rebate with what it comes to today: rate, next tier, and what that would pay."""
        return super().retrieve(request, *args, **kwargs)

    @action(detail=True, methods=["post"])
    def expectations(self, request: Request, **_kwargs: Any) -> Response:
        """Say what the basis is expected to be when the running period ends.

        The next run accrues by it; the latest expectation counts.
        """
        body = self.body()
        made = expect(
            condition=self.row(),
            total=body["total"],
            note=body.get("note", ""),
            as_of=timezone.localdate(),
            user=user_of(request),
        )
        context = self.get_serializer_context()
        answer = shapes.ExpectationOutput(made, context=context).data
        return Response(answer, status=status.HTTP_201_CREATED)

    @action(detail=True, methods=["post"])
    def settle(self, request: Request, **_kwargs: Any) -> Response:
        """Settle a period that is over: posts what it came to, once.

        By our credit note, or against the customer's claim, of which no more is granted than was
        earned.
        """
        body = self.body()
        made = settle(
            condition=self.row(),
            period_start=body["period_start"],
            settled_on=body.get("settled_on") or timezone.localdate(),
            claimed=body.get("claimed"),
            reference=body.get("reference", ""),
            user=user_of(request),
            idempotency_key=ledger_key(request),
        )
        context = self.get_serializer_context()
        answer = shapes.SettlementOutput(made, context=context).data
        return Response(answer, status=status.HTTP_201_CREATED)


class AccrualViewSet(Listed, Retrieved, Resource):
    """What rebates came to, run by run."""

    model = RebateAccrual
    capability = "rebates.view"
    output = shapes.AccrualOutput
    filterset_class = AccrualFilter
    orderings = {"id": "pk", "through": "through", "updated_at": "recorded_at"}

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With the rebate and its account."""
        return queryset.select_related("condition__version__agreement__account")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List accruals, the latest first; `latest=true` for those of the last run."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One accrual."""
        return super().retrieve(request, *args, **kwargs)


class RunView(StrictView):
    """Accruing rebates."""

    capability = "rebates.view"
    change_capability = "rebates.accrue"
    bodies = {"post": shapes.RunInput}
    answers = {"get": {200: shapes.RebateRunsOutput}, "post": {202: JobRunOutput}}

    def get(self, request: Request) -> Response:
        """The latest days up to which rebates were accrued.

        Counts are of the whole company: a limited user gets none.
        """
        rows = RebateRun.objects.order_by("-through")[:RUNS_SHOWN]
        seen = rows if user_of(request).sees_everything() else []
        return Response(shapes.RebateRunsOutput({"results": seen}).data)

    def post(self, request: Request) -> Response:
        """Accrue all rebates up to a day as a job; a day up to which it was done is refused.

        While one waits for the same day, asking again answers that one.
        """
        day = self.body().get("through") or timezone.localdate()
        last = reads.last_run()
        if day > timezone.localdate():
            raise RunAheadError
        if last is not None and day <= last.through:
            raise RunTwiceError
        with transaction.atomic():
            run = enqueue(
                reads.JOB,
                requested_by=request.user,
                key=f"{reads.JOB}:{day}",
                through=day.isoformat(),
            )
        return Response(JobRunOutput(run).data, status=status.HTTP_202_ACCEPTED)
