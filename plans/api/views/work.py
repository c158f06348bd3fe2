"""Objectives and initiatives of plans, with progress."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from kam.core.api.base import Listed, Retrieved
from kam.core.filters import IdFilter
from kam.identity.models import User
from plans.api.serializers import work as shapes
from plans.api.views.work_shared import EDIT, ORDERINGS, PLAN, VIEW, OfPlan, OfPlans
from plans.models import Initiative, Objective, Plan, PlanAction
from plans.selectors.progress import with_work
from plans.services.work import objectives


class ObjectiveFilter(OfPlans):
    """Filters of objectives."""

    owner = IdFilter(field_name="owner_id")

    class Meta:
        model = Objective
        fields: list[str] = []


class ObjectiveViewSet(Listed, Retrieved, OfPlan):
    """What plans want to have reached, with progress."""

    model = Objective
    capability, change_capability = VIEW, EDIT
    output = shapes.ObjectiveOutput
    filterset_class = ObjectiveFilter
    orderings = ORDERINGS
    bodies = {
        "create": shapes.ObjectiveInput,
        "partial_update": shapes.ObjectiveChange,
        "move": shapes.PlanMoveInput,
    }
    answers = {
        "create": {201: shapes.ObjectiveOutput},
        "partial_update": {200: shapes.ObjectiveOutput},
        "move": {200: shapes.ObjectiveOutput},
        "destroy": {204: None},
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With all that progress needs."""
        return with_work(queryset).select_related(*PLAN)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List objectives of plans that you may read."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One objective."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Add an objective to a draft, below the others."""
        body = self.body()
        plan = self.written(body.pop("plan"))
        return self.answer_created(objectives.add_objective(plan=plan, by=self.user, **body).pk)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Change what it says; once agreed, its owner and typed percent alone."""
        body = self.body()
        with self.locked() as row:
            change_work(row, row.plan, body, self.user)
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def move(self, request: Request, **_kwargs: Any) -> Response:
        """One place up or down, in a draft."""
        step = -1 if self.body()["way"] == "up" else 1
        with self.locked() as row:
            objectives.move_objective(objective=row, step=step, by=self.user)
        return self.answer(self.row())

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        """Take it out of a draft with all below it."""
        with self.locked() as row:
            objectives.delete_objective(objective=row, by=self.user)
        return self.gone()


def change_work(row: Any, plan: Plan, body: dict[str, Any], by: User) -> None:
    """Change an objective or initiative: what it says in a draft, progress and owner later too."""
    if plan.is_draft or set(body) - {"typed_percent", "owner"}:
        if isinstance(row, Objective):
            objectives.update_objective(objective=row, by=by, **body)
        else:
            objectives.update_initiative(initiative=row, by=by, **body)
        return
    if "typed_percent" in body:
        objectives.type_progress(row=row, percent=body["typed_percent"], by=by)
    if "owner" in body:
        objectives.give_work(row=row, owner=body["owner"], by=by)


class InitiativeFilter(OfPlans):
    """Filters of initiatives."""

    plan_path = "objective__plan"
    objective = IdFilter(field_name="objective_id")
    owner = IdFilter(field_name="owner_id")

    class Meta:
        model = Initiative
        fields: list[str] = []


class InitiativeViewSet(Listed, Retrieved, OfPlan):
    """Bundles of actions towards objectives, with progress."""

    model = Initiative
    capability, change_capability = VIEW, EDIT
    output = shapes.InitiativeOutput
    filterset_class = InitiativeFilter
    orderings = ORDERINGS
    bodies = {
        "create": shapes.InitiativeInput,
        "partial_update": shapes.InitiativeChange,
        "move": shapes.PlanMoveInput,
    }
    answers = {
        "create": {201: shapes.InitiativeOutput},
        "partial_update": {200: shapes.InitiativeOutput},
        "move": {200: shapes.InitiativeOutput},
        "destroy": {204: None},
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With all that progress needs."""
        rows = queryset.select_related("objective__plan__account", "owner")
        return rows.prefetch_related(Prefetch("actions", PlanAction.objects.all()))

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List initiatives of plans that you may read."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One initiative."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Add an initiative to an objective of a draft, below the others."""
        body = self.body()
        rows = Objective.objects.editable_by(self.user).select_related("plan__account")
        parent = self.named(rows, "objective", body.pop("objective"))
        made = objectives.add_initiative(objective=parent, by=self.user, **body)
        return self.answer_created(made.pk)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Change what it says; once agreed, its owner and typed percent alone."""
        body = self.body()
        with self.locked() as row:
            change_work(row, row.objective.plan, body, self.user)
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def move(self, request: Request, **_kwargs: Any) -> Response:
        """One place up or down in its objective, in a draft."""
        step = -1 if self.body()["way"] == "up" else 1
        with self.locked() as row:
            objectives.move_initiative(initiative=row, step=step, by=self.user)
        return self.answer(self.row())

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        """Take it out of a draft with its actions."""
        with self.locked() as row:
            objectives.delete_initiative(initiative=row, by=self.user)
        return self.gone()
