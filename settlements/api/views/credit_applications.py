"""Applications for credit with the papers that support them."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import FileResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from kam.core.api.base import Listed, Resource, Retrieved
from kam.core.api.parsers import BoundedJSONParser
from kam.core.file_kinds import CONTENT_TYPES
from kam.core.filters import ChoicesFilter, IdFilter
from settlements.api.scope import account_of, user_of
from settlements.api.serializers import credit as shapes
from settlements.api.views.credit import Changing
from settlements.choices.credit import (
    ApplicationFileKind,
    ApplicationState,
)
from settlements.models import (
    ApplicationFile,
    CreditApplication,
)
from settlements.services.credit import applications, files
from settlements.views.downloads import download

VIEW, APPLY, DECIDE = "credit.view", "credit.apply", "credit.decide"


class ApplicationFilter(Changing):
    """Filters of applications."""

    state = ChoicesFilter(choices=ApplicationState, lookup_expr="in")

    class Meta:
        model = CreditApplication
        fields: list[str] = []


class ApplicationViewSet(Listed, Retrieved, Resource):
    """Applications for credit."""

    model = CreditApplication
    capability = VIEW
    change_capability = APPLY
    capabilities = {"decide": DECIDE}
    output = shapes.ApplicationOutput
    filterset_class = ApplicationFilter
    orderings = {"id": "pk", "updated_at": "updated_at"}
    bodies = {
        "create": shapes.ApplicationInput,
        "decide": shapes.DecisionInput,
        "files": shapes.ApplicationFileInput,
    }
    answers = {
        "create": {201: shapes.ApplicationOutput},
        "files": {201: shapes.ApplicationFileOutput},
        **{name: {200: shapes.ApplicationOutput} for name in ("submit", "withdraw", "decide")},
    }
    parser_classes = (BoundedJSONParser, MultiPartParser)

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With account, people, years and answers."""
        rows = queryset.select_related("party", "applicant", "decided_by")
        return rows.prefetch_related("statements", "answers", "files")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List applications for credit, decided ones too."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One application with its years, answers and papers."""
        return super().retrieve(request, *args, **kwargs)

    def create(self, request: Request) -> Response:
        """Write an application for credit as a draft."""
        body, user = self.body(), user_of(request)
        party = account_of(user, body.pop("account"))
        years = [applications.Year(**one) for one in body.pop("statements", [])]
        points = {one["item"]: one["points"] for one in body.pop("answers", [])}
        row = applications.apply_for_credit(
            party=party,
            facts={**body, "currency_id": body.pop("currency")},
            supporting=applications.Supporting(years=years, points=points),
            by=user,
        )
        return self.answer_created(row.pk)

    @action(detail=True, methods=["post"])
    def submit(self, request: Request, **_kwargs: Any) -> Response:
        """Ask for a decision; from then on the application does not change."""
        with self.locked() as row:
            applications.submit_application(application=row, by=user_of(request), at=timezone.now())
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, **_kwargs: Any) -> Response:
        """Take an application back before it is decided."""
        with self.locked() as row:
            applications.withdraw_application(application=row, by=user_of(request))
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def decide(self, request: Request, **_kwargs: Any) -> Response:
        """Grant or refuse what somebody else applied for."""
        decision = applications.Decision(on=timezone.localdate(), **self.body())
        with self.locked() as row:
            applications.decide_application(
                application=row, decision=decision, by=user_of(request), at=timezone.now()
            )
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def files(self, request: Request, **_kwargs: Any) -> Response:
        """Keep a paper with an application that is not decided, at most 20 MB and twenty of them.

        From the submission on none is removed; the application names those that it has.
        """
        body = self.body()
        with self.locked() as row:
            kept = files.keep_file(
                application=row,
                upload=body["file"],
                kind=ApplicationFileKind(body["kind"]),
                title=body.get("title", ""),
                by=user_of(request),
            )
        return Response(shapes.ApplicationFileOutput(kept).data, status.HTTP_201_CREATED)


class PaperFilter(django_filters.FilterSet):
    """Filters of papers."""

    application = IdFilter(field_name="application_id")
    account = IdFilter(field_name="application__party_id")
    kind = ChoicesFilter(choices=ApplicationFileKind, lookup_expr="in")
    updated_since = django_filters.IsoDateTimeFilter(field_name="updated_at", lookup_expr="gte")

    class Meta:
        model = ApplicationFile
        fields: list[str] = []


class ApplicationFileViewSet(Listed, Resource):
    """Papers of credit applications: what is kept, and each as a download."""

    model = ApplicationFile
    capability = VIEW
    output = shapes.ApplicationFileOutput
    filterset_class = PaperFilter
    orderings = {"id": "pk", "updated_at": "updated_at"}

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the papers of credit applications; each is answered by its number."""
        return super().list(request, *args, **kwargs)

    @extend_schema(responses={(200, kind): OpenApiTypes.BINARY for kind in CONTENT_TYPES.values()})
    def retrieve(self, request: Request, **_kwargs: Any) -> FileResponse:
        """A file as it was sent, as a download."""
        row = self.row()
        return download(row.file, name=row.name, content_type=row.content_type)
