"""What imports look like over the API."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from kam.core.api.serializers import AmountField, Input, Output, TextField
from kam.imports.choices import BatchState
from kam.imports.engine.summary import Summary
from kam.imports.models import ImportBatch


class SourceOutput(Output):
    """A system that sends us data, and how fresh its data is."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    data_as_of = serializers.DateField(allow_null=True)
    expected_every_days = serializers.IntegerField(allow_null=True)
    updated_at = serializers.DateTimeField()


class BatchOutput(Output):
    """An import: one file, or the rows of one request."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    state = serializers.ChoiceField(choices=BatchState.choices)
    source = serializers.CharField(source="source.code")  # type: ignore[assignment]  # as DRF reads it
    file_name = serializers.CharField()
    file_size = serializers.IntegerField()
    sha256 = serializers.CharField()
    rows = serializers.IntegerField(allow_null=True)
    created = serializers.IntegerField(allow_null=True)
    updated = serializers.IntegerField(allow_null=True)
    unchanged = serializers.IntegerField(allow_null=True)
    rejected = serializers.IntegerField(allow_null=True)
    data_as_of = serializers.DateField(allow_null=True)
    error = serializers.CharField()
    job_run = serializers.IntegerField(
        source="job_run_id", allow_null=True, help_text=_("The latest job that worked on it.")
    )
    created_by = serializers.IntegerField(source="created_by_id", allow_null=True)
    created_at = serializers.DateTimeField()
    committed_at = serializers.DateTimeField(allow_null=True)
    undone_at = serializers.DateTimeField(allow_null=True)


class TotalOutput(Output):
    """All rows of a currency, and how much of them is rejected."""

    currency = serializers.CharField()
    rows = serializers.IntegerField()
    amount = AmountField(max_digits=30)
    rejected_rows = serializers.IntegerField()
    rejected_amount = AmountField(max_digits=30)


class RejectGroupOutput(Output):
    """Rejected rows of one reason and currency."""

    reason = serializers.CharField()
    text = serializers.CharField()
    count = serializers.IntegerField()
    amount = AmountField(
        max_digits=30,
        allow_null=True,
        help_text=_("Of the rows whose amount could be read; null where none could."),
    )
    currency = serializers.CharField()


class SummaryOutput(Output):
    """What a check or an import of the file found."""

    rows = serializers.IntegerField()
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    rejected = serializers.IntegerField()
    removed = serializers.IntegerField(help_text=_("Entries that a replaced period lost."))
    totals = TotalOutput(many=True)
    rejects = RejectGroupOutput(many=True)
    notices = serializers.ListField(child=serializers.CharField())
    blockers = serializers.ListField(
        child=serializers.CharField(), help_text=_("What keeps the file from being imported.")
    )
    first = serializers.DateField(allow_null=True)
    last = serializers.DateField(allow_null=True)


class BatchDetailOutput(BatchOutput):
    """An import with its mapping and its report."""

    mapping = serializers.DictField(help_text=_("As the command line's MAP.json."))
    options = serializers.DictField()
    control_totals = serializers.DictField()
    summary = serializers.SerializerMethodField()

    @extend_schema_field(SummaryOutput(allow_null=True))
    def get_summary(self, batch: ImportBatch) -> Any:
        """The report, once the file was checked."""
        if not batch.summary:
            return None
        return SummaryOutput(Summary.from_json(batch.summary)).data


class UploadInput(Input):
    """A file to import."""

    kind = TextField(max_length=30, required=True, help_text=_("accounts, products, sales, …"))
    source = TextField(  # type: ignore[assignment]  # as DRF reads it
        max_length=50, help_text=_("Code of the sending system; the kind where it is left out.")
    )
    file = serializers.FileField(help_text=_("CSV or XLSX."))


class OptionsInput(Input):
    """What is allowed."""

    create_accounts = serializers.BooleanField(required=False, default=False)
    accept_rejects = serializers.BooleanField(required=False, default=False)
    replace = TextField(
        max_length=40, help_text=_("A period to replace as a whole, as 2026-01-01/2026-04-01.")
    )
    data_as_of = serializers.DateField(required=False, allow_null=True)
    full_extract = serializers.BooleanField(
        required=False,
        default=False,
        help_text=_("The file names everything that is open: what it leaves out is listed."),
    )
    accept_shrunk = serializers.BooleanField(
        required=False, default=False, help_text=_("Although it leaves out more than half.")
    )


class ControlTotalsInput(Input):
    """What the sender says the file holds."""

    rows = serializers.IntegerField(required=False, allow_null=True, min_value=0)
    amounts = serializers.DictField(
        required=False, child=AmountField(), help_text=_("Amounts by currency.")
    )


class SetUpInput(Input):
    """How the file's columns are read, and what is allowed."""

    mapping = serializers.DictField(help_text=_("As the command line's MAP.json."))
    options = OptionsInput(required=False)
    control_totals = ControlTotalsInput(required=False)
    remember = serializers.BooleanField(
        required=False, default=True, help_text=_("Propose it for the source's next file.")
    )


class RowRejectOutput(Output):
    """A row that was left out."""

    index = serializers.IntegerField(help_text=_("Place in `rows`, from 0."))
    code = serializers.CharField()
    message = serializers.CharField()


class RowsOutput(Output):
    """What became of rows that were imported in one request."""

    batch = serializers.IntegerField(help_text=_("The import that they became."))
    rows = serializers.IntegerField()
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    rejected = serializers.IntegerField()
    rejects = RowRejectOutput(many=True)


def row_code(reason: str) -> str:
    """A reason as a code: “unknown account” is unknown_account."""
    return "_".join(reason.replace(":", " ").split())


def rows_data(batch: ImportBatch, rejects: Any) -> dict[str, Any]:
    """The answer to a request that imported rows."""
    data = {
        **{name: getattr(batch, name) for name in ("rows", "created", "updated", "unchanged")},
        "batch": batch.pk,
        "rejected": batch.rejected,
        "rejects": [
            {"index": one.index, "code": row_code(one.reason), "message": one.message}
            for one in rejects
        ],
    }
    return dict(RowsOutput(data).data)
