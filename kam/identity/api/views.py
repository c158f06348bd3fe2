from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from kam.core.api.base import StrictView
from kam.identity.api import schema as schema
from kam.identity.api.shapes import MeOutput


class MeView(StrictView):
    """The caller."""

    capability = "accounts.view"
    answers = {"get": {200: MeOutput}}

    def get(self, request: Request) -> Response:
        """Who the token or session belongs to, and what it may do."""
        return Response(MeOutput(request.user, context={"request": request}).data)
