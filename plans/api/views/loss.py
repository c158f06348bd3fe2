"""Loss scenarios, their runs, results, and scenarios side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import django_filters
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.views.people import Looking, unknown
from accounts.models import Account, ProductCategory
from accounts.selectors.concentration.query import data_as_of
from kam.core.api.base import Listed, Resource, Retrieved
from kam.core.api.shapes import JobRunOutput
from kam.core.filters import ChoicesFilter, IdFilter, UpdatedSince
from kam.core.models import JobRun
from kam.core.selectors.rates import base_currency
from kam.identity.models import User
from plans.api.serializers import loss as shapes
from plans.choices.loss import LossKind
from plans.models import LossResult, LossScenario, Plan, ScenarioAccount
from plans.selectors.loss.listing import latest_results
from plans.selectors.loss.result import own_concentration
from plans.services import loss as services

VIEW, EDIT = "scenarios.view", "scenarios.edit"


class LossScenarioFilter(UpdatedSince):
    """Filters of scenarios."""

    kind = ChoicesFilter(choices=LossKind, lookup_expr="in")
    plan = IdFilter(field_name="plan_id")
    account = IdFilter(
        method="by_account", help_text=gettext_lazy("Who loses it, or something above or below.")
    )
    archived = django_filters.BooleanFilter(
        field_name="archived_at", lookup_expr="isnull", exclude=True
    )

    class Meta:
        model = LossScenario
        fields: list[str] = []

    def by_account(self, rows: QuerySet[Any], _name: str, pk: Any) -> QuerySet[Any]:
        """That lose an account, or something above or below it."""
        return rows.filter(pk__in=LossScenario.objects.about(int(pk)).values("pk"))


class LossScenarioViewSet(Listed, Retrieved, Looking):
    """What losing customers would do."""

    model = LossScenario
    capability = VIEW
    change_capability = EDIT
    output = shapes.LossScenarioOutput
    detail_output = shapes.LossScenarioDetailOutput
    filterset_class = LossScenarioFilter
    orderings = {"id": "pk", "updated_at": "updated_at"}
    bodies = {
        "create": shapes.LossScenarioInput,
        "partial_update": shapes.LossScenarioChange,
        "run": shapes.LossRunInput,
        "attach": shapes.LossAttachInput,
    }
    queries = {"compare": shapes.LossCompareQuery}
    answers = {
        "create": {201: shapes.LossScenarioDetailOutput},
        "partial_update": {200: shapes.LossScenarioDetailOutput},
        "run": {201: shapes.LossResultDetailOutput, 202: JobRunOutput},
        "attach": {200: shapes.LossScenarioDetailOutput},
        "compare": {200: shapes.LossComparisonOutput},
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With author and accounts; one row with its shares."""
        accounts = ScenarioAccount.objects.select_related("account").order_by("pk")
        rows = queryset.select_related("author").prefetch_related(
            Prefetch("account_rows", accounts)
        )
        return rows if self.action == "list" else rows.prefetch_related("rates")

    def changeable(self) -> QuerySet[Any]:
        """Those that the caller may change."""
        return cast("QuerySet[Any]", LossScenario.objects.editable_by(self.user))

    def get_serializer_context(self) -> dict[str, Any]:
        """With what reads a result for the caller."""
        return {**super().get_serializer_context(), "result": lambda one: told(one, self.user)}

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List scenarios, archived ones included."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One scenario with everything that it assumes."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Keep a scenario; run it afterwards."""
        body = self._facts(self.body())
        currency = body.pop("currency", None)
        body.setdefault("as_of", data_as_of(timezone.localdate()))
        made = services.create_scenario(
            by=self.user, currency=currency.pk if currency else base_currency(), **body
        )
        return self.answer_created(made.pk)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Assume something else; results stay as they are."""
        body = self._facts(self.body())
        with self.locked() as scenario:
            services.update_scenario(scenario=scenario, **body)
        return self.answer(self.row())

    def _facts(self, body: dict[str, Any]) -> dict[str, Any]:
        """Look up what is named by id."""
        if "accounts" in body:
            body["accounts"] = self._accounts(body["accounts"])
        if body.get("category") is not None:
            found = (
                ProductCategory.objects.visible_to(self.user).filter(pk=body["category"]).first()
            )
            if found is None:
                raise unknown("category", _("There is no such category."))
            body["category"] = found
        if "rates" in body:
            body["rates"] = {(one["subject"], one["key"]): one["share"] for one in body["rates"]}
        return body

    def _accounts(self, ids: Sequence[int]) -> Sequence[Account]:
        found = Account.objects.visible_to(self.user).not_merged().in_bulk(ids)
        if len(found) < len(set(ids)):
            raise unknown("accounts", _("There is no such account."))
        return [found[pk] for pk in dict.fromkeys(ids)]

    @action(detail=True, methods=["post"])
    def run(self, request: Request, **_kwargs: Any) -> Response:
        """Compute it: 201 with the result, 202 with a job where it is heavy."""
        body = self.body()
        with self.locked() as scenario:
            pass
        as_of = body.get("as_of") or data_as_of(timezone.localdate())
        done = services.run_or_enqueue(scenario=scenario, as_of=as_of, by=self.user)
        if isinstance(done, JobRun):
            return Response(JobRunOutput(done).data, status=status.HTTP_202_ACCEPTED)
        done.refresh_from_db()
        shape = shapes.LossResultDetailOutput(done, context=self.get_serializer_context())
        return Response(shape.data, status=status.HTTP_201_CREATED)

    @action(detail=True, methods=["post"])
    def attach(self, request: Request, **_kwargs: Any) -> Response:
        """Make it part of a plan, or take it out of its plan."""
        pk = self.body()["plan"]
        plan = None if pk is None else Plan.objects.editable_by(self.user).filter(pk=pk).first()
        if pk is not None and plan is None:
            raise unknown("plan", _("There is no such plan."))
        with self.locked() as scenario:
            if plan is None:
                services.detach(scenario=scenario)
            else:
                services.attach(scenario=scenario, plan=plan, at=timezone.now())
        return self.answer(self.row())

    @action(detail=False, methods=["get"])
    def compare(self, request: Request) -> Response:
        """One to three scenarios with their latest results, in the order asked for."""
        ids = [int(one) for one in self.query()["scenarios"].split(",")]
        found = {one.pk: one for one in self.shown(self.get_queryset()).filter(pk__in=ids)}
        rows = [found[pk] for pk in dict.fromkeys(ids) if pk in found]
        results = latest_results(rows)
        pairs = [{"scenario": one, "result": results.get(one.pk)} for one in rows]
        context = self.get_serializer_context()
        return Response(shapes.LossComparisonOutput({"scenarios": pairs}, context=context).data)


def told(result: LossResult, user: User) -> dict[str, Any]:
    """A result as a user may see it: concentration over the company for who sees the company."""
    document: dict[str, Any] = result.result
    if user.sees_everything() or "concentration" not in document:
        return document
    own = own_concentration(result.scenario, user, as_of=result.as_of)
    return document | {"concentration": own}


class LossResultFilter(django_filters.FilterSet):
    """Filters of results."""

    scenario = IdFilter(field_name="scenario_id")
    computed_since = django_filters.IsoDateTimeFilter(field_name="computed_at", lookup_expr="gte")

    class Meta:
        model = LossResult
        fields: list[str] = []


class LossResultViewSet(Listed, Retrieved, Resource):
    """What runs of scenarios came to; a result never changes."""

    model = LossResult
    capability = VIEW
    output = shapes.LossResultOutput
    detail_output = shapes.LossResultDetailOutput
    filterset_class = LossResultFilter
    orderings = {"id": "pk", "computed_at": "computed_at"}

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Lists leave the documents out."""
        rows = queryset.select_related("author", "scenario")
        return rows.defer("result", "inputs") if self.action == "list" else rows

    def get_serializer_context(self) -> dict[str, Any]:
        """With what reads a result for the caller."""
        user = cast("User", self.request.user)
        return {**super().get_serializer_context(), "result": lambda one: told(one, user)}

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List results without their documents."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One result with its document."""
        return super().retrieve(request, *args, **kwargs)
