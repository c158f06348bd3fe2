"""Imports step by step: upload, say what the columns are, check, commit, report, undo."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
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
from kam.core.api.problems import register_problem
from kam.core.api.shapes import JobRunOutput
from kam.core.exports import csv_response
from kam.core.models import JobRun
from kam.identity.models import User
from kam.imports.api.filters import BatchApiFilter
from kam.imports.api.shapes import (
    BatchDetailOutput,
    BatchOutput,
    SetUpInput,
    SourceOutput,
    UploadInput,
)
from kam.imports.mapping import ColumnMapping, MappingError
from kam.imports.models import DataSource, ImportBatch
from kam.imports.options import ControlTotals, Options, OptionsError
from kam.imports.reading import UnreadableFile
from kam.imports.registry import UnknownKindError
from kam.imports.services import batches

register_problem(MappingError, "mapping")
register_problem(OptionsError, "options")
register_problem(UnreadableFile, "unreadable_file")
register_problem(UnknownKindError, "unknown_kind")


class SourceViewSet(Listed, Retrieved, Resource):
    """Systems that send us data."""

    model = DataSource
    capability = "accounts.view"
    output = SourceOutput
    orderings = {"code": "code"}
    default_ordering = "code"

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List data sources, with the day up to which their data reaches."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One data source."""
        return super().retrieve(request, *args, **kwargs)


class ImportViewSet(Listed, Retrieved, Resource):
    """Imports of files."""

    model = ImportBatch
    capability = "imports.view"
    change_capability = "imports.run"
    output = BatchOutput
    detail_output = BatchDetailOutput
    filterset_class = BatchApiFilter
    parser_classes = (BoundedJSONParser, MultiPartParser)
    bodies = {"create": UploadInput, "mapping": SetUpInput}
    answers = {
        "create": {201: BatchDetailOutput},
        "mapping": {200: BatchDetailOutput},
        "preview": {202: JobRunOutput},
        "commit": {202: JobRunOutput},
        "undo": {202: JobRunOutput},
    }

    def shown(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With the source's code."""
        return queryset.select_related("source")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List imports, the latest first."""
        return super().list(request, *args, **kwargs)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One import with its report.

        `summary` is null until the file was checked.
        """
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(request={"multipart/form-data": UploadInput})
    def create(self, request: Request) -> Response:
        """Upload a file.

        A file that is structurally broken is refused with its line numbers and not kept.
        """
        body = self.body()
        batch = batches.receive_file(
            kind=body["kind"],
            source_code=body.get("source", ""),
            upload=body["file"],
            user=self.user,
            as_of=timezone.localdate(),
        )
        return self.answer_created(batch.pk)

    def destroy(self, request: Request, **_kwargs: Any) -> Response:
        """Forget a file that was never imported."""
        with self.locked() as batch:
            batches.discard(batch_id=batch.pk)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=SetUpInput)
    @action(detail=True, methods=["put"])
    def mapping(self, request: Request, **_kwargs: Any) -> Response:
        """Say which columns are what, and what is allowed.

        An earlier check is void. The mapping has the form of the command line's MAP.json.
        """
        body = self.body()
        options = {**body.get("options", {})}
        if options.get("data_as_of"):
            options["data_as_of"] = options["data_as_of"].isoformat()
        with self.locked() as batch:
            batches.set_up(
                batch_id=batch.pk,
                mapping=ColumnMapping.from_json(body["mapping"]),
                options=Options.from_json(options),
                control_totals=ControlTotals.from_json(body.get("control_totals", {})),
                remember=body["remember"],
            )
        return self.answer(self.row())

    @action(detail=True, methods=["post"])
    def preview(self, request: Request, **_kwargs: Any) -> Response:
        """Check the whole file as a job; nothing of the business is changed."""
        batch = self.row()
        return _accepted(
            batches.ask_for_preview(batch_id=batch.pk, user=self.user, as_of=timezone.localdate())
        )

    @action(detail=True, methods=["post"])
    def commit(self, request: Request, **_kwargs: Any) -> Response:
        """Import the file as a job: all of it or nothing.

        The report says what was created, updated, left alone and rejected.
        """
        batch = self.row()
        return _accepted(
            batches.ask_for_commit(batch_id=batch.pk, user=self.user, as_of=timezone.localdate())
        )

    @action(detail=True, methods=["post"])
    def undo(self, request: Request, **_kwargs: Any) -> Response:
        """Take an import back as a job."""
        batch = self.row()
        return _accepted(
            batches.ask_for_undo(batch_id=batch.pk, user=self.user, as_of=timezone.localdate())
        )

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.STR})
    @action(detail=True, methods=["get"])
    def rejects(self, request: Request, **_kwargs: Any) -> StreamingHttpResponse:
        """The rejected rows as a CSV file: line, reason, words, amount, and the row as it came."""
        batch = self.row()
        rows = batch.rejects.order_by("line", "pk")
        fields = ("line", "reason", "message", "amount", "cells")
        return csv_response(
            f"rejects-{batch.pk}",
            ["line", "reason", "message", "amount", "row"],
            lambda: (
                [line, reason, message, amount, *cells]
                for line, reason, message, amount, cells in rows.values_list(*fields).iterator()
            ),
        )

    @property
    def user(self) -> User:
        """The caller."""
        return cast("User", self.request.user)


def _accepted(run: JobRun) -> Response:
    return Response(JobRunOutput(run).data, status=status.HTTP_202_ACCEPTED)
