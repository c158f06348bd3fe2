"""Objectives, initiatives, actions and targets of plans."""

from __future__ import annotations

from typing import Any, cast

import django_filters
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.views.people import unknown
from accounts.models import Account
from kam.core.api.base import Listed, Resource, Retrieved, StrictView
from kam.core.filters import ChoicesFilter, CodesFilter, IdFilter, UpdatedSince
from kam.identity.models import User
from plans.api.serializers import work as shapes
from plans.choices.plan import PlanState
from plans.choices.work import ActionState
from plans.models import Initiative, KpiTarget, Objective, Plan, PlanAction
from plans.selectors.kpis import lines_of
from plans.selectors.metrics.registry import metrics_for
from plans.selectors.progress import with_work
from plans.selectors.work import workable
from plans.services.work import actions, objectives, targets

VIEW, EDIT, WORK = "plans.view", "plans.edit", "plans.work"
ORDERINGS = {"id": "pk", "updated_at": "updated_at"}
PLAN = ("plan__account", "owner")


class OfPlans(UpdatedSince):
    """Rows by plan and account."""

    plan_path = "plan"
    plan = IdFilter(method="by_plan")
    account = IdFilter(method="by_account")
    within = IdFilter(
        method="by_branch", help_text=gettext_lazy("Of plans of this account and all below it.")
    )
    plan_state = ChoicesFilter(choices=PlanState, method="by_plan_state")

    def by_plan(self, rows: QuerySet[Any], _name: str, pk: Any) -> QuerySet[Any]:
        """Of one plan."""
        return rows.filter(**{self.plan_path: int(pk)})

    def by_account(self, rows: QuerySet[Any], _name: str, pk: Any) -> QuerySet[Any]:
        """Of plans of one account."""
        return rows.filter(**{f"{self.plan_path}__account": int(pk)})

    def by_branch(self, rows: QuerySet[Any], _name: str, pk: Any) -> QuerySet[Any]:
        """Of plans of a node and everything below it."""
        return rows.filter(**{f"{self.plan_path}__account__path__contains": [int(pk)]})

    def by_plan_state(self, rows: QuerySet[Any], _name: str, states: list[str]) -> QuerySet[Any]:
        """Of plans in these states."""
        return rows.filter(**{f"{self.plan_path}__state__in": states}) if states else rows


class OfPlan(Resource):
    """Looks up what a body names; unknown and foreign ids answer alike."""

    @property
    def user(self) -> User:
        """The caller."""
        return cast("User", self.request.user)

    def changeable(self) -> QuerySet[Any]:
        """Those of plans that the caller may write."""
        rows: Any = self.model._default_manager
        return cast("QuerySet[Any]", rows.editable_by(self.user))

    def named(self, rows: QuerySet[Any], field: str, pk: int | None) -> Any:
        """A row that a body names, None for null; 400 for one that is not for the caller."""
        if pk is None:
            return None
        found = rows.filter(pk=pk).first()
        if found is None:
            raise unknown(field, _("There is no such row."))
        return found

    def written(self, pk: int) -> Plan:
        """A plan that the caller may write."""
        rows = Plan.objects.editable_by(self.user).select_related("account")
        return cast("Plan", self.named(rows, "plan", pk))

    def gone(self) -> Response:
        """Nothing is left to say."""
        return Response(status=status.HTTP_204_NO_CONTENT)


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
    orderings = ORDERINGS | {"due_on": "due_on"}
    bodies = {
        "create": shapes.ObjectiveInput,
        "partial_update": shapes.ObjectiveChange,
        "move": shapes.MoveInput,
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
    orderings = ORDERINGS | {"due_on": "due_on"}
    bodies = {
        "create": shapes.InitiativeInput,
        "partial_update": shapes.InitiativeChange,
        "move": shapes.MoveInput,
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


class ActionFilter(OfPlans):
    """Filters of actions."""

    initiative = IdFilter(field_name="initiative_id")
    objective = IdFilter(field_name="initiative__objective_id")
    owner = IdFilter(field_name="owner_id")
    state = ChoicesFilter(choices=ActionState, lookup_expr="in")
    due_from = django_filters.DateFilter(field_name="due_on", lookup_expr="gte")
    due_before = django_filters.DateFilter(field_name="due_on", lookup_expr="lt")
    overdue = django_filters.BooleanFilter(
        method="by_overdue", help_text=gettext_lazy("Open, and due before today.")
    )
    external_key = CodesFilter(lookup_expr="in")

    class Meta:
        model = PlanAction
        fields: list[str] = []

    def by_overdue(self, rows: QuerySet[Any], _name: str, wanted: bool) -> QuerySet[Any]:
        """Overdue, or not."""
        late = {"state": ActionState.OPEN, "due_on__lt": timezone.localdate()}
        return rows.filter(**late) if wanted else rows.exclude(**late)


class ActionViewSet(Listed, Retrieved, OfPlan):
    """What is to be done in plans; it goes on while they are carried out."""

    model = PlanAction
    capability, change_capability = VIEW, EDIT
    capabilities = {"finish": WORK, "reopen": WORK}
    output = shapes.ActionOutput
    filterset_class = ActionFilter
    orderings = ORDERINGS | {"due_on": "due_on"}
    bodies = {
        "create": shapes.ActionInput,
        "partial_update": shapes.ActionChange,
        "finish": shapes.ActionDoneInput,
    }
    answers = {
        "create": {201: shapes.ActionOutput},
        "partial_update": {200: shapes.ActionOutput},
        "finish": {200: shapes.ActionOutput},
        "reopen": {200: shapes.ActionOutput},
        "drop": {200: shapes.ActionOutput},
        "destroy": {204: None},
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With plan, account and owner."""
        return queryset.select_related(*PLAN)

    def changeable(self) -> QuerySet[Any]:
        """One's own may be ticked off by whoever does them."""
        if self.action in {"finish", "reopen"}:
            return PlanAction.objects.filter(pk__in=workable(self.user).order_by().values("pk"))
        return super().changeable()

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List actions of plans that you may read."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One action."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Add an action, at an initiative or beside the objectives."""
        body = self.body()
        plan = self.written(body.pop("plan"))
        body["initiative"] = self._initiative(plan, body.pop("initiative", None))
        return self.answer_created(actions.add_action(plan=plan, by=self.user, **body).pk)

    def _initiative(self, plan: Plan, pk: int | None) -> Any:
        rows = Initiative.objects.filter(objective__plan=plan).select_related("objective")
        return self.named(rows, "initiative", pk)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Change what it says, while the plan is a draft, approved or active."""
        body = self.body()
        with self.locked() as row:
            if "initiative" in body:
                body["initiative"] = self._initiative(row.plan, body["initiative"])
            actions.update_action(action=row, by=self.user, **body)
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def finish(self, request: Request, **_kwargs: Any) -> Response:
        """Say that it is done; your own, or of a plan that you write."""
        day = self.body().get("on") or timezone.localdate()
        with self.locked() as row:
            actions.finish_action(action=row, on=day, by=self.user)
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, **_kwargs: Any) -> Response:
        """Take it up again."""
        with self.locked() as row:
            actions.reopen_action(action=row, by=self.user)
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def drop(self, request: Request, **_kwargs: Any) -> Response:
        """Give it up: it counts for nothing and stays to be seen."""
        with self.locked() as row:
            actions.drop_action(action=row, by=self.user)
        return self.answer(self.row())

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        """Take it out of a draft; later it is dropped."""
        with self.locked() as row:
            actions.delete_action(action=row, by=self.user)
        return self.gone()


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
    output = shapes.TargetOutput
    detail_output = shapes.TargetDetailOutput
    filterset_class = TargetFilter
    orderings = ORDERINGS
    bodies = {
        "create": shapes.TargetInput,
        "partial_update": shapes.TargetChange,
        "actual": shapes.ActualInput,
        "move": shapes.MoveInput,
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
