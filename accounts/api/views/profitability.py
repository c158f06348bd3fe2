"""Costs to serve, rates, volumes, company costs, and the profit that comes of them."""

from __future__ import annotations

from typing import Any, cast

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers import profitability as shapes
from accounts.choices import CostKind
from accounts.models import Account, ActivityDriver, ActivityRate, CostEntry, CostPool
from accounts.selectors.concentration.naming import NameBook
from accounts.selectors.profitability import rows as reads
from accounts.selectors.profitability.account import account_profit
from accounts.selectors.profitability.query import ProfitQuery, whole
from accounts.selectors.profitability.reading import profit_for
from accounts.services import costs
from kam.core.api.base import Listed, Resource, Retrieved, StrictView
from kam.core.api.bulk import BulkQuery
from kam.core.dates import Period
from kam.core.filters import ChoicesFilter, CodesFilter, IdFilter, UpdatedSince
from kam.identity.models import User
from kam.imports.api.rows import answer_rows
from kam.imports.api.shapes import RowsOutput

VIEW, EDIT = "profitability.view", "costs.edit"


def _account(user: Any, pk: int) -> Account:
    """An account that the user may see; unknown and foreign ids answer alike."""
    found: Account | None = Account.objects.visible_to(user).filter(pk=pk).first()
    if found is None:
        words = exceptions.ErrorDetail(_("There is no such account."), "does_not_exist")
        raise exceptions.ValidationError({"account": [words]})
    return found


class CostApiFilter(UpdatedSince):
    """Filters of cost entries."""

    account = IdFilter(field_name="account_id", help_text=gettext_lazy("Of this very account."))
    within = IdFilter(
        method="by_branch",
        help_text=gettext_lazy("Of this account and of what stood below it on the entry's date."),
    )
    kind = ChoicesFilter(choices=CostKind, lookup_expr="in")
    booked_from = django_filters.DateFilter(field_name="booked_on", lookup_expr="gte")
    booked_before = django_filters.DateFilter(field_name="booked_on", lookup_expr="lt")
    source = CodesFilter(field_name="source__code", lookup_expr="in")
    batch = IdFilter(field_name="batch_id")

    def by_branch(self, rows: QuerySet[Any], _name: str, pk: Any) -> QuerySet[Any]:
        """Entries of a node and of what stood below it on each entry's date."""
        return reads.within(rows, int(pk), "booked_on")


class CostViewSet(Listed, Retrieved, Resource):
    """Costs of serving accounts: entered by hand, over the API, or imported."""

    model = CostEntry
    capability = VIEW
    change_capability = EDIT
    output = shapes.CostOutput
    filterset_class = CostApiFilter
    orderings = {"id": "pk", "booked_on": "booked_on", "updated_at": "updated_at"}
    bodies = {
        "create": shapes.CostInput,
        "partial_update": shapes.CostInput,
        "bulk": shapes.CostRows,
    }
    queries = {"bulk": BulkQuery}
    answers = {"bulk": {200: RowsOutput}}

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With account and source."""
        return queryset.select_related("account", "source")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List cost entries, the latest written first."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One cost entry."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Enter a cost. It is converted at the rate of its day, or waits for one."""
        body = self.body()
        account = _account(request.user, body.pop("account"))
        return self.answer_created(costs.create_cost(account=account, **body).pk)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Correct a cost."""
        body = self.body()
        if "account" in body:
            body["account"] = _account(request.user, body["account"])
        with self.locked() as entry:
            costs.change_cost(entry=entry, **body)
        return self.answer(self.row())

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        """Remove a cost; its history stays."""
        with self.locked() as entry:
            costs.remove_cost(entry=entry)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @action(detail=False, methods=["post"])
    def bulk(self, request: Request) -> Response:
        """Write up to 1,000 costs by their key in the source.

        The rows become an import, all of them or none unless `partial`.
        """
        return answer_rows(self, kind="costs", source="api", row=shapes.CostRow)


class VolumeApiFilter(UpdatedSince):
    """Filters of activity volumes."""

    account = IdFilter(field_name="account_id")
    kind = ChoicesFilter(choices=CostKind, lookup_expr="in")
    month_from = django_filters.DateFilter(field_name="month", lookup_expr="gte")
    month_before = django_filters.DateFilter(field_name="month", lookup_expr="lt")


class VolumeViewSet(Listed, Retrieved, Resource):
    """How much of each activity accounts caused by month."""

    model = ActivityDriver
    capability = VIEW
    change_capability = EDIT
    output = shapes.ActivityVolumeOutput
    filterset_class = VolumeApiFilter
    orderings = {"id": "pk", "month": "month", "updated_at": "updated_at"}
    default_ordering = "-month"
    bodies = {"create": shapes.ActivityVolumeInput}

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With the account."""
        return queryset.select_related("account")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List volumes, the latest month first."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One volume."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Say a volume; of the same account, kind and month it replaces what was said."""
        body = self.body()
        account = _account(request.user, body.pop("account"))
        return self.answer_created(costs.set_volume(account=account, **body).pk)

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        """Remove a volume: the account takes part in company costs of its kind again."""
        with self.locked() as driver:
            costs.remove_volume(driver=driver)
        return Response(status=status.HTTP_204_NO_CONTENT)


class RateApiFilter(UpdatedSince):
    """Filters of activity rates."""

    kind = ChoicesFilter(choices=CostKind, lookup_expr="in")
    on = django_filters.DateFilter(field_name="valid", lookup_expr="contains")


class ActivityRateViewSet(Listed, Retrieved, Resource):
    """What one unit of each activity costs, over time."""

    model = ActivityRate
    capability = VIEW
    change_capability = EDIT
    output = shapes.ActivityRateOutput
    filterset_class = RateApiFilter
    bodies = {"create": shapes.ActivityRateInput, "partial_update": shapes.ActivityRateInput}

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List activity rates, the latest written first."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One activity rate."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Set a rate from a day on."""
        body = self.body()
        body.setdefault("until", None)
        return self.answer_created(costs.set_rate(**body).pk)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Correct a rate or its days."""
        body = self.body()
        with self.locked() as rate:
            costs.change_rate(rate=rate, **body)
        return self.answer(self.row())

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        """Remove a rate: volumes of its days are then without a value."""
        with self.locked() as rate:
            costs.remove_rate(rate=rate)
        return Response(status=status.HTTP_204_NO_CONTENT)


class PoolApiFilter(UpdatedSince):
    """Filters of company costs."""

    kind = ChoicesFilter(choices=CostKind, lookup_expr="in")
    month_from = django_filters.DateFilter(field_name="month", lookup_expr="gte")
    month_before = django_filters.DateFilter(field_name="month", lookup_expr="lt")


class PoolViewSet(Listed, Retrieved, Resource):
    """Company costs by month: only for who sees the whole company."""

    model = CostPool
    capability = VIEW
    change_capability = EDIT
    output = shapes.CostPoolOutput
    filterset_class = PoolApiFilter
    orderings = {"id": "pk", "month": "month", "updated_at": "updated_at"}
    default_ordering = "-month"
    bodies = {"create": shapes.CostPoolInput, "partial_update": shapes.CostPoolInput}

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List company costs, the latest month first."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One company cost."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Enter a month's cost of the company."""
        return self.answer_created(costs.create_pool(**self.body()).pk)

    def partial_update(self, request: Request, **_kwargs: Any) -> Response:
        """Correct a month's cost of the company."""
        body = self.body()
        with self.locked() as pool:
            costs.change_pool(pool=pool, **body)
        return self.answer(self.row())

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        """Remove a month's cost of the company."""
        with self.locked() as pool:
            costs.remove_pool(pool=pool)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ProfitView(StrictView):
    """Net profit of a period."""

    capability = VIEW
    queries = {"get": shapes.ProfitInput}
    answers = {"get": {200: shapes.ProfitOutput}}

    def get(self, request: Request) -> Response:
        """Net profit by customer in whole months, computed now, the best first.

        A limited user gets the own accounts, and no total of the company.
        """
        values, user = self.query(), cast("User", request.user)
        query = ProfitQuery(
            period=whole(Period(values["from"], values["to"])),
            as_of=timezone.localdate(),
            level=values["level"],
            country=values.get("country", ""),
            tier=values.get("tier", ""),
        )
        found = profit_for(query, user)
        return Response(shapes.profit_data(found, values["top"], NameBook(user)))


class AccountProfitView(StrictView):
    """Net profit of one account."""

    capability = VIEW
    queries = {"get": shapes.ProfitPeriodInput}
    answers = {"get": {200: shapes.AccountProfitOutput}}

    def get(self, request: Request, pk: int) -> Response:
        """Net profit of an account with all that stood below it, and what each cost comes from."""
        rows: QuerySet[Any] = Account.objects.visible_to(cast("User", request.user))
        account = get_object_or_404(rows, pk=pk)
        values = self.query()
        period = Period(values["from"], values["to"])
        found = account_profit(account.pk, period, as_of=timezone.localdate())
        return Response(shapes.AccountProfitOutput(found).data)
