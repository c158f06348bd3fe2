"""Many rows in one request: each is checked by itself and answered by its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, serializers

from kam.core.api.problems import entries_of
from kam.core.api.serializers import Input, Output

MAX_ROWS = 1000
STATUSES = ["created", "updated", "unchanged", "rejected"]


class BulkQuery(Input):
    """How a bulk request treats rows that cannot be saved."""

    partial = serializers.BooleanField(  # type: ignore[assignment]  # DRF takes it off the class
        required=False,
        default=False,
        help_text=gettext_lazy("Save the good rows even if others are refused."),
    )


class RowErrorOutput(Output):
    """What is wrong with a row."""

    field = serializers.CharField()
    pointer = serializers.CharField()
    message = serializers.CharField()
    code = serializers.CharField()


class RowResultOutput(Output):
    """What became of a row."""

    index = serializers.IntegerField(help_text=gettext_lazy("Place in `rows`, from 0."))
    status = serializers.ChoiceField(choices=STATUSES)
    id = serializers.IntegerField(allow_null=True)
    errors = RowErrorOutput(many=True)  # type: ignore[assignment]  # DRF takes declared fields off the class


class BulkOutput(Output):
    """What became of all rows."""

    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    rejected = serializers.IntegerField()
    results = RowResultOutput(many=True)


@dataclass
class RowResult:
    """One row: its values while they are good, what was wrong, what became of it."""

    index: int
    values: Any = None
    status: str = "rejected"
    id: int | None = None
    errors: list[dict[str, Any]] = field(default_factory=list)

    def reject(self, error: Exception) -> None:
        """Note why the row is refused."""
        self.status, self.id = "rejected", None
        self.errors = entries_of(error)

    @property
    def is_good(self) -> bool:
        """Whether nothing is wrong so far."""
        return not self.errors


def read_rows(data: Any, kind: type[Input], context: dict[str, Any]) -> list[RowResult]:
    """Parse `{"rows": […]}` row by row; raises a validation error for anything else."""
    rows = data.get("rows") if isinstance(data, dict) else None
    if not isinstance(rows, list) or set(data) - {"rows"}:
        raise exceptions.ValidationError({"rows": [_("Send an object with a list of rows.")]})
    if not 1 <= len(rows) <= MAX_ROWS:
        words = _("Send 1 to %s rows; larger files go through imports.") % MAX_ROWS
        raise exceptions.ValidationError({"rows": [words]})
    return [_parsed(index, row, kind, context) for index, row in enumerate(rows)]


def _parsed(index: int, row: Any, kind: type[Input], context: dict[str, Any]) -> RowResult:
    result = RowResult(index)
    parsed = kind(data=row, context=context)
    if parsed.is_valid():
        result.values = parsed.validated_data
    else:
        result.reject(exceptions.ValidationError(parsed.errors))
    return result


def refuse_unless_good(results: list[RowResult]) -> None:
    """Raise a validation error that names every bad row by its place; none: nothing happens."""
    wrong = {
        str(result.index): {
            entry["field"]: [exceptions.ErrorDetail(entry["message"], entry["code"])]
            for entry in result.errors
        }
        for result in results
        if not result.is_good
    }
    if wrong:
        raise exceptions.ValidationError({"rows": wrong})


def summary(results: list[RowResult]) -> dict[str, Any]:
    """The answer to a bulk request."""
    counts = {status: sum(r.status == status for r in results) for status in STATUSES}
    return dict(BulkOutput({**counts, "results": results}).data)


def save_each(results: list[RowResult], save: Callable[[RowResult], None], *expected: Any) -> None:
    """Save good rows one by one; an expected error rejects its row alone.

    `save` must undo what it did when it raises (a savepoint, which every service has).
    """
    for result in results:
        if result.is_good:
            try:
                save(result)
            except expected as error:
                result.reject(error)
