"""What the API of objectives, initiatives, actions and targets shares: filters, look-ups."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import status
from rest_framework.response import Response

from accounts.api.views.people import unknown
from kam.core.api.base import Resource
from kam.core.filters import ChoicesFilter, IdFilter, UpdatedSince
from kam.identity.models import User
from plans.choices.plan import PlanState
from plans.models import Plan

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
