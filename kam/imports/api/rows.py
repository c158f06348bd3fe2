"""`POST …/bulk/` on what is imported: the request's rows go the way of a file."""

from __future__ import annotations

from typing import Any, cast

from django.utils import timezone
from rest_framework import exceptions
from rest_framework.response import Response

from kam.core.api import bulk
from kam.core.api.base import StrictView
from kam.core.api.problems import register_problem
from kam.core.api.serializers import Input
from kam.core.problems import RefusedError
from kam.identity.models import User
from kam.imports.api.shapes import row_code, rows_data
from kam.imports.services.rows import RowReject, RowsRefusedError, import_rows
from kam.imports.services.running import ImportFailedError

register_problem(ImportFailedError, "import_failed")


def answer_rows(view: StrictView, *, kind: str, source: str, row: type[Input]) -> Response:
    """Import the request's rows and say what became of them.

    All or none, unless the `partial` parameter lets the good rows through.
    """
    partial = view.query()["partial"]
    data = dict(view.request.data) if isinstance(view.request.data, dict) else view.request.data
    source = str(data.pop("source", source)) if isinstance(data, dict) else source
    results = bulk.read_rows(data, row, {"request": view.request})
    bulk.refuse_unless_good([result for result in results if not (partial and result.is_good)])
    try:
        taken = import_rows(
            kind=kind,
            source_code=source,
            rows=[_cells(result.values) for result in results],
            user=cast("User", view.request.user),
            as_of=timezone.localdate(),
            accept_rejects=partial,
        )
    except RowsRefusedError as error:
        raise _problem(error) from error
    return Response(rows_data(taken.batch, taken.rejects))


def _cells(values: dict[str, Any]) -> dict[str, str]:
    return {name: "" if value is None else str(value) for name, value in values.items()}


def _problem(error: RowsRefusedError) -> Exception:
    if not error.rejects:
        return RefusedError(str(error), code="import_blocked")
    return exceptions.ValidationError({"rows": {str(r.index): _entry(r) for r in error.rejects}})


def _entry(reject: RowReject) -> list[exceptions.ErrorDetail]:
    return [exceptions.ErrorDetail(reject.message, row_code(reject.reason))]
