"""Sales plans, range steps, growth scenarios and marketing plans over the API."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, cast

import django_filters
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.views.people import unknown
from accounts.models import Account
from kam.core.api.base import Listed, Retrieved
from kam.core.filters import ChoicesFilter, IdFilter
from kam.identity.models import User
from plans.api.serializers import figures as shapes
from plans.api.views.work_shared import OfPlan, OfPlans
from plans.choices.marketing import ActivityKind, ActivityState
from plans.choices.sales import ListingState
from plans.models import (
    LeverScenario,
    MarketingActivity,
    MarketingBudget,
    Plan,
    RangeStep,
    SalesLine,
)
from plans.services import levers, marketing
from plans.services.levers import LeverRow
from plans.services.sales import amounts, lines, range_steps

VIEW, EDIT = "plans.view", "plans.edit"
ORDERINGS = {"id": "pk", "updated_at": "updated_at"}


def figured(user: User) -> QuerySet[Plan]:
    """Plans at accounts in the caller's scope: there alone one sees figures."""
    return Plan.objects.filter(account__in=Account.objects.visible_to(user))


class OfFigures(Listed, Retrieved, OfPlan):
    """Rows of figures: those of plans at accounts in the caller's scope."""

    capability, change_capability = VIEW, EDIT
    orderings = ORDERINGS

    def written(self, pk: int) -> Plan:
        """A plan whose figures the caller may write."""
        rows = Plan.objects.editable_by(self.user) & figured(self.user)
        return cast("Plan", self.named(rows.select_related("account"), "plan", pk))

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With plan and account."""
        return queryset.select_related("plan__account")


class SalesLineFilter(OfPlans):
    """Filters of lines of sales plans."""

    category = IdFilter(field_name="category_id")

    class Meta:
        model = SalesLine
        fields: list[str] = []


class SalesLineViewSet(OfFigures):
    """Lines of sales plans with their planned months."""

    model = SalesLine
    output = shapes.SalesLineOutput
    filterset_class = SalesLineFilter
    bodies = {"create": shapes.SalesLineInput, "partial_update": shapes.SalesLineChange}
    answers = {
        "create": {201: shapes.SalesLineOutput},
        "partial_update": {200: shapes.SalesLineOutput},
        "destroy": {204: None},
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With plan, category and months."""
        return queryset.select_related("plan__account", "category").prefetch_related("months")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List lines of sales plans."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One line with its planned months."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Add a line to a draft, with months."""
        body = self.body()
        plan = self.written(body.pop("plan"))
        months = body.pop("months", [])
        with transaction.atomic():
            line = lines.add_line(plan=plan, user=self.user, **body)
            self._save(line, months)
        return self.answer_created(line.pk)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Change a line of a draft, and the months that are named."""
        body = self.body()
        months = body.pop("months", [])
        with self.locked() as line:
            if body:
                lines.change_line(line=line, user=self.user, **body)
            self._save(line, months)
        return self.answer(self.row())

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        """Take a line out of a draft."""
        with self.locked() as line:
            lines.remove_line(line=line, user=self.user)
        return self.gone()

    def _save(self, line: SalesLine, months: Iterable[dict[str, Any]]) -> None:
        rows = list(months)
        measures: tuple[amounts.Measure, ...] = ("amount", "volume")
        for measure in measures:
            cells = {
                (line.pk, first_day(one["month"])): one[measure] for one in rows if measure in one
            }
            if cells:
                amounts.save_cells(
                    plan=line.plan,
                    user=self.user,
                    cells=cells,
                    measure=measure,
                )


def first_day(day: date) -> date:
    """A month by its first day. Raises ValidationError for another one."""
    if day.day != 1:
        raise unknown("months", _("A month is given by its first day."))
    return day


class RangeStepFilter(OfPlans):
    """Filters of range steps."""

    state = ChoicesFilter(choices=ListingState, lookup_expr="in")
    product = IdFilter(field_name="product_id")
    category = IdFilter(field_name="category_id")
    due_before = django_filters.DateFilter(field_name="due_on", lookup_expr="lt")

    class Meta:
        model = RangeStep
        fields: list[str] = []


class RangeStepViewSet(OfFigures):
    """Products and categories that are to come into stores, or to leave them."""

    model = RangeStep
    output = shapes.RangeStepOutput
    filterset_class = RangeStepFilter
    bodies = {"create": shapes.RangeStepInput, "partial_update": shapes.RangeStepChange}
    answers = {
        "create": {201: shapes.RangeStepOutput},
        "partial_update": {200: shapes.RangeStepOutput},
        "destroy": {204: None},
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With all that a step names."""
        return queryset.select_related("plan__account", "product", "category", "account", "owner")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List range steps."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One range step."""
        return super().retrieve(request, *args, **kwargs)

    def _where(self, body: dict[str, Any]) -> dict[str, Any]:
        if "account" in body:
            rows = Account.objects.visible_to(self.user)
            body["account"] = self.named(rows, "account", body["account"])
        return body

    def create(self, request: Request) -> Response:
        """Add a step to a draft."""
        body = self._where(self.body())
        plan = self.written(body.pop("plan"))
        return self.answer_created(range_steps.add_step(plan=plan, user=self.user, **body).pk)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Change a step; how far it is also in a plan that is carried out."""
        body = self._where(self.body())
        with self.locked() as step:
            range_steps.change_step(step=step, user=self.user, **body)
        return self.answer(self.row())

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        """Take a step out of a draft."""
        with self.locked() as step:
            range_steps.remove_step(step=step, user=self.user)
        return self.gone()


class ScenarioFilter(OfPlans):
    """Filters of growth scenarios."""

    chosen = django_filters.BooleanFilter(field_name="is_chosen")

    class Meta:
        model = LeverScenario
        fields: list[str] = []


class GrowthScenarioViewSet(OfFigures):
    """Growth scenarios with their levers and what they bring both sides."""

    model = LeverScenario
    output = shapes.GrowthScenarioOutput
    filterset_class = ScenarioFilter
    bodies = {"create": shapes.GrowthScenarioInput, "partial_update": shapes.GrowthScenarioChange}
    answers = {
        "create": {201: shapes.GrowthScenarioOutput},
        "partial_update": {200: shapes.GrowthScenarioOutput},
        "destroy": {204: None},
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With plan and levers."""
        return queryset.select_related("plan__account").prefetch_related("levers")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List growth scenarios."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One growth scenario."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Add a scenario to a draft."""
        body = self.body()
        plan = self.written(body.pop("plan"))
        rows = _levers(body.pop("levers", []))
        made = levers.add_scenario(plan=plan, user=self.user, levers=rows, **body)
        return self.answer_created(made.pk)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Change a scenario of a draft."""
        body = self.body()
        rows = _levers(body.pop("levers")) if "levers" in body else None
        with self.locked() as scenario:
            levers.change_scenario(scenario=scenario, user=self.user, levers=rows, **body)
        return self.answer(self.row())

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        """Take a scenario out of a draft."""
        with self.locked() as scenario:
            levers.remove_scenario(scenario=scenario, user=self.user)
        return self.gone()


def _levers(rows: Iterable[dict[str, Any]]) -> list[LeverRow]:
    return [LeverRow(**row) for row in rows]


class BudgetFilter(OfPlans):
    """Filters of marketing budgets."""

    class Meta:
        model = MarketingBudget
        fields: list[str] = []


class MarketingBudgetViewSet(OfFigures):
    """What we may spend on the marketing of plans."""

    model = MarketingBudget
    output = shapes.MarketingBudgetOutput
    filterset_class = BudgetFilter
    orderings = {"id": "pk"}
    bodies = {
        "create": shapes.MarketingBudgetInput,
        "partial_update": shapes.MarketingBudgetChange,
    }
    answers = {
        "create": {201: shapes.MarketingBudgetOutput},
        "partial_update": {200: shapes.MarketingBudgetOutput},
        "destroy": {204: None},
    }

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List marketing budgets."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One budget."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Set the budget of a draft; it takes the place of the one that is there."""
        body = self.body()
        plan = self.written(body.pop("plan"))
        made = marketing.set_budget(plan=plan, user=self.user, **body)
        return self.answer_created(made.pk if made else 0)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Change the budget of a draft."""
        body = self.body()
        with self.locked() as row:
            told = {"amount": row.amount, "note": row.note} | body
            marketing.set_budget(plan=row.plan, user=self.user, **told)
        return self.answer(self.row())

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        """Take the budget of a draft away."""
        with self.locked() as row:
            marketing.set_budget(plan=row.plan, user=self.user, amount=None)
        return self.gone()


class ActivityFilter(OfPlans):
    """Filters of marketing activities."""

    kind = ChoicesFilter(choices=ActivityKind, lookup_expr="in")
    state = ChoicesFilter(choices=ActivityState, lookup_expr="in")
    owner = IdFilter(field_name="owner_id")
    ends_from = django_filters.DateFilter(field_name="ends_on", lookup_expr="gte")
    starts_before = django_filters.DateFilter(field_name="starts_on", lookup_expr="lt")

    class Meta:
        model = MarketingActivity
        fields: list[str] = []


class MarketingActivityViewSet(OfFigures):
    """What is done to sell more, what it costs, and what it brought."""

    model = MarketingActivity
    output = shapes.MarketingActivityOutput
    filterset_class = ActivityFilter
    orderings = ORDERINGS | {"starts_on": "starts_on"}
    bodies = {
        "create": shapes.MarketingActivityInput,
        "partial_update": shapes.MarketingActivityChange,
    }
    answers = {
        "create": {201: shapes.MarketingActivityOutput},
        "partial_update": {200: shapes.MarketingActivityOutput},
        "destroy": {204: None},
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With all that an activity names."""
        return queryset.select_related("plan__account", "category", "owner")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List marketing activities."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One activity."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Add an activity to a draft."""
        body = self.body()
        plan = self.written(body.pop("plan"))
        return self.answer_created(marketing.add_activity(plan=plan, user=self.user, **body).pk)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Change an activity; how it goes also in a plan that is carried out."""
        body = self.body()
        with self.locked() as row:
            marketing.change_activity(activity=row, user=self.user, **body)
        return self.answer(self.row())

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        """Take an activity out of a draft; later it is cancelled."""
        with self.locked() as row:
            marketing.remove_activity(activity=row, user=self.user)
        return self.gone()
