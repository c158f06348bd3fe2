"""Files of plans and reviews: asked for at what they are made of, and one's own to get."""

from __future__ import annotations

from typing import Any

import django_filters
from django.http import FileResponse, Http404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.views.promises import Working
from kam.core.api.base import Listed, Resource, Retrieved
from kam.core.api.shapes import JobRunOutput
from kam.core.filters import ChoicesFilter, IdFilter
from plans.api.serializers import papers as shapes
from plans.choices.papers import CONTENT_TYPES, PaperKind
from plans.models import PlanPaper
from plans.selectors.papers.making import subject_for
from plans.services.papers.making import Wish, ask_for_paper
from plans.views.papers.pages import sent

PAPERS: dict[str, Any] = {"papers": shapes.PlanPaperInput}
PAPERS_ANSWER: dict[str, Any] = {"papers": {202: JobRunOutput}}


class WithPapers(Working):
    """`POST …/papers/`: whoever may read a row may have it as a file.

    The resource names `paper_subject`, and `papers` in its bodies, answers and capabilities.
    """

    paper_subject = ""

    @action(detail=True, methods=["post"])
    def papers(self, request: Request, **_kwargs: Any) -> Response:
        """Make a file of it, as a job whose outcome names the `paper`."""
        body = self.body()
        subject = subject_for(self.user, self.paper_subject, int(self.row_key()))
        if subject is None:
            raise Http404
        wish = Wish(as_of=timezone.localdate(), **body)
        run = ask_for_paper(subject=subject, wish=wish, by=self.user)
        return Response(JobRunOutput(run).data, status=status.HTTP_202_ACCEPTED)


class PlanPaperFilter(django_filters.FilterSet):
    """Filters of files."""

    plan = IdFilter(field_name="plan_id")
    snapshot = IdFilter(field_name="snapshot_id")
    review = IdFilter(field_name="review_id")
    kind = ChoicesFilter(choices=PaperKind, lookup_expr="in")
    is_for_customer = django_filters.BooleanFilter()

    class Meta:
        model = PlanPaper
        fields: list[str] = []


class PlanPaperViewSet(Listed, Retrieved, Resource):
    """One's own files of plans and reviews, as long as one may read these."""

    model = PlanPaper
    capability = "plans.view"
    output = shapes.PlanPaperOutput
    filterset_class = PlanPaperFilter

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List one's own files."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What kind of file it is."""
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(responses={(200, kind): OpenApiTypes.BINARY for kind in CONTENT_TYPES.values()})
    @action(detail=True, methods=["get"])
    def file(self, request: Request, **_kwargs: Any) -> FileResponse:
        """The file as a download."""
        return sent(self.row())
