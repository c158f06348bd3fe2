"""Items that a full extract no longer named: listed for review, never closed by a file."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from kam.core.api.base import Listed, Resource, Retrieved
from settlements.api.filters import GapFilter
from settlements.api.scope import user_of
from settlements.api.serializers import work as shapes
from settlements.models import ExtractGap
from settlements.selectors.gaps import gaps_for
from settlements.services import gaps as services


class GapViewSet(Listed, Retrieved, Resource):
    """Items missing from a full extract."""

    model = ExtractGap
    capability = "receivables.post"
    output = shapes.GapOutput
    filterset_class = GapFilter
    bodies = {"answer_gap": shapes.AnswerInput}

    def get_queryset(self) -> QuerySet[Any]:
        """Gaps of payers that the caller may see."""
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        return gaps_for(user_of(self.request))

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List items that are open here and that a full extract left out, the latest first."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One missing item."""
        return super().retrieve(request, *args, **kwargs)

    @action(detail=True, methods=["post"], url_path="answer")
    def answer_gap(self, request: Request, **_kwargs: Any) -> Response:
        """Say what became of a missing item: a record, nothing is posted.

        What was answered already stays as it is.
        """
        body = self.body()
        with self.locked() as gap:
            services.answer_gaps(
                gaps=[gap],
                outcome=body["outcome"],
                note=body.get("note", ""),
                user=user_of(request),
            )
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, **_kwargs: Any) -> Response:
        """Take an answer back: the item waits for review again."""
        with self.locked() as gap:
            services.reopen_gap(gap=gap)
        return self.answer(self.row())
