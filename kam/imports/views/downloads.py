"""Files that leave: rejected rows, the file as it came, an empty template."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kam.core.exports import csv_response
from kam.identity.decorators import requires
from kam.imports.engine.notices import reason_text
from kam.imports.mapping import ColumnMapping
from kam.imports.models import ImportBatch
from kam.imports.reading import UnreadableFile
from kam.imports.registry import UnknownKindError, importer_for
from kam.imports.services import files
from kam.imports.views.batches import RUN, VIEW, visible_batch


@requires(VIEW)
@require_GET
def batch_rejects(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The rejected rows with their own columns, each with line and reason."""
    batch = visible_batch(request, pk)
    headings = [*_header(batch), _("Line"), _("Reason"), _("What is wrong")]
    return csv_response(f"rejected-{batch.pk}", headings, lambda: _records(batch, len(headings)))


def _header(batch: ImportBatch) -> list[str]:
    try:
        return files.table_of(batch, ColumnMapping.from_json(batch.mapping)).header
    except (UnreadableFile, OSError, ValueError):
        return []


def _records(batch: ImportBatch, width: int) -> Iterator[list[Any]]:
    rejects = batch.rejects.order_by("line", "pk").iterator(chunk_size=2_000)
    for reject in rejects:
        cells = reject.cells if width > 3 else []
        yield [*cells, reject.line, reason_text(reject.reason), reject.message]


@requires(RUN)
@require_GET
def batch_file(request: HttpRequest, pk: int) -> FileResponse:
    """The file as it came: always a download, never shown."""
    batch = visible_batch(request, pk)
    try:
        stream = batch.file.open("rb")
    except (OSError, ValueError) as error:
        raise Http404 from error
    response = FileResponse(
        stream, as_attachment=True, filename=batch.file_name or f"import-{batch.pk}",
        content_type="application/octet-stream",
    )  # fmt: skip
    response["Cache-Control"] = "no-store"
    return response


@requires(VIEW)
@require_GET
def kind_template(request: HttpRequest, kind: str) -> HttpResponseBase:
    """An empty file of a kind: its columns and one example row."""
    try:
        columns = importer_for(kind).template_columns()
    except UnknownKindError as error:
        raise Http404 from error
    names = [column.name for column in columns]
    return csv_response(f"template-{kind}", names, lambda: [[c.example for c in columns]])
