"""Targets of plans, and the measures that they may name."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Account
from kam.core.api.base import Listed, Retrieved, StrictView
from kam.core.filters import CodesFilter, IdFilter
from kam.identity.models import User
from plans.api.serializers import work as shapes
from plans.api.views.work_shared import EDIT, ORDERINGS, VIEW, OfPlan, OfPlans
from plans.models import KpiTarget, Plan
from plans.selectors.kpis import lines_of
from plans.selectors.metrics.registry import metrics_for
from plans.services.work import targets


class TargetFilter(OfPlans):
    """Filters of targets."""

    metric = CodesFilter(lookup_expr="in")
    objective = IdFilter(field_name="objective_id")

    class Meta:
        model = KpiTarget
        fields: list[str] = []


class TargetViewSet(Listed, Retrieved, OfPlan):
    """Targets of measures; one alone comes with its actual today."""

    model = KpiTarget
    capability, change_capability = VIEW, EDIT
    output = shapes.PlanTargetOutput
    detail_output = shapes.TargetDetailOutput
    filterset_class = TargetFilter
    orderings = ORDERINGS
    bodies = {
        "create": shapes.PlanTargetInput,
        "partial_update": shapes.PlanTargetChange,
        "actual": shapes.ActualInput,
        "move": shapes.PlanMoveInput,
    }
    answers = {
        "create": {201: shapes.TargetDetailOutput},
        "partial_update": {200: shapes.TargetDetailOutput},
        "actual": {200: shapes.TargetDetailOutput},
        "move": {200: shapes.TargetDetailOutput},
        "destroy": {204: None},
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With plan and account, and whether its figures are for the caller."""
        seen = Account.objects.visible_to(self.user).filter(pk=OuterRef("plan__account"))
        rows = queryset.select_related("plan__account__current_lead", "plan__owner")
        found: QuerySet[Any] = rows.annotate(sees_figures=Exists(seen))
        return found

    def representation(self, row: Any) -> Any:
        """One target with its actual."""
        lines = lines_of(row.plan, self.user, as_of=timezone.localdate())
        line = next(one for one in lines if one.row.pk == row.pk)
        row.actual, row.actual_on = line.actual.value, line.actual.on
        row.share, row.elapsed = line.reading.share, line.reading.elapsed
        row.standing = str(line.reading.standing)
        return super().representation(row)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List targets of plans that you may read, without their actuals."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One target with its actual today."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Add a target to a draft."""
        body = self.body()
        plan = self.written(body.pop("plan"))
        self._find_objective(plan, body)
        return self.answer_created(targets.add_target(plan=plan, by=self.user, **body).pk)

    def _find_objective(self, plan: Plan, body: dict[str, Any]) -> None:
        if "objective" in body:
            rows = plan.objectives.all()
            body["objective"] = self.named(rows, "objective", body["objective"])

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Change it in a draft."""
        body = self.body()
        with self.locked() as row:
            self._find_objective(row.plan, body)
            targets.update_target(kpi=row, by=self.user, **body)
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def actual(self, request: Request, **_kwargs: Any) -> Response:
        """Note what was seen of a measure that the system does not know."""
        body, today = self.body(), timezone.localdate()
        with self.locked() as row:
            targets.note_actual(
                kpi=row, value=body["value"], on=body.get("on"), as_of=today, by=self.user
            )
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def move(self, request: Request, **_kwargs: Any) -> Response:
        """One place up or down, in a draft."""
        step = -1 if self.body()["way"] == "up" else 1
        with self.locked() as row:
            targets.move_target(kpi=row, step=step, by=self.user)
        return self.answer(self.row())

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        """Take it out of a draft."""
        with self.locked() as row:
            targets.delete_target(kpi=row, by=self.user)
        return self.gone()


class MetricsView(StrictView):
    """Which measures the system knows."""

    capability = VIEW
    answers = {"get": {200: shapes.MetricsOutput}}

    def get(self, request: Request) -> Response:
        """List the measures that a target may name."""
        found = metrics_for(cast("User", request.user))
        return Response(shapes.MetricsOutput({"metrics": found}).data)
