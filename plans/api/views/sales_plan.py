"""A sales plan with its three streams over the API."""

from __future__ import annotations

from typing import cast

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from kam.core.api.base import StrictView
from kam.core.api.problems import QueryError
from kam.identity.models import User
from plans.api.serializers import figures as shapes
from plans.api.views.figures import VIEW, figured
from plans.models import Plan
from plans.selectors.sales.board import sales_board


class SalesPlanView(StrictView):
    """A sales plan with its three streams."""

    capability = VIEW
    queries = {"get": shapes.SalesPlanQuery}
    answers = {"get": {200: shapes.SalesBoardOutput}}

    def get(self, request: Request) -> Response:
        """Plan, forecast and actual by line and month, in the plan's currency."""
        asked, user = self.query(), cast("User", request.user)
        rows = Plan.objects.visible_to(user) & figured(user)
        plan = rows.filter(pk=asked["plan"]).first()
        if plan is None:
            detail = exceptions.ErrorDetail(_("There is no such plan."), "does_not_exist")
            raise QueryError({"plan": [detail]})
        board = sales_board(plan, as_of=asked.get("as_of") or timezone.localdate())
        return Response(shapes.SalesBoardOutput(board).data)
