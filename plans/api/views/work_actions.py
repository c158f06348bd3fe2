"""Actions of plans."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from kam.core.api.base import Listed, Retrieved
from kam.core.filters import ChoicesFilter, CodesFilter, IdFilter
from kam.core.problems import RefusedError
from plans.api.serializers import work as shapes
from plans.api.views.work_shared import EDIT, ORDERINGS, PLAN, VIEW, WORK, OfPlan, OfPlans
from plans.choices.work import ActionState
from plans.models import Initiative, Plan, PlanAction
from plans.selectors.work import workable
from plans.services.work import actions


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
    orderings = ORDERINGS
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
            return workable(self.user)
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
        today = timezone.localdate()
        day = self.body().get("on") or today
        if day > today:
            raise RefusedError(_("This day is still to come."), field="on", code="done_ahead")
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
