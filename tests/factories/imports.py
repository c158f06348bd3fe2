"""Files sent through the whole way in, in a few words."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.files.base import ContentFile

from kam.imports.engine.summary import Summary
from kam.imports.mapping import ColumnMapping, identity_mapping
from kam.imports.models import ImportBatch
from kam.imports.options import ControlTotals, Options
from kam.imports.registry import importer_for
from kam.imports.services import batches, files, running

TODAY = date(2026, 11, 22)


def csv_text(header: Sequence[str], *rows: Sequence[Any]) -> str:
    """A CSV file: None is a blank cell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([["" if cell is None else cell for cell in row] for row in rows])
    return text.getvalue()


def ready_batch(
    kind: str,
    content: str | bytes,
    *,
    mapping: Mapping[str, Any] | None = None,
    source: str = "erp",
    options: Options | None = None,
    control_totals: ControlTotals | None = None,
    as_of: date = TODAY,
    name: str = "file.csv",
) -> ImportBatch:
    """A batch whose columns are chosen; without a mapping the file has canonical names."""
    data = content.encode() if isinstance(content, str) else content
    batch = batches.receive_file(
        kind=kind, source_code=source, upload=ContentFile(data, name=name), user=None, as_of=as_of
    )
    chosen = ColumnMapping.from_json(mapping) if mapping else None
    if chosen is None:
        header = files.table_of(batch, ColumnMapping()).header
        chosen = identity_mapping(header, importer_for(kind).visible_columns())
    return batches.set_up(
        batch_id=batch.pk,
        mapping=chosen,
        options=options or Options(),
        control_totals=control_totals or ControlTotals(),
    )


def send(kind: str, content: str | bytes, *, as_of: date = TODAY, **setup: Any) -> Sent:
    """Send a file and import it."""
    batch = ready_batch(kind, content, as_of=as_of, **setup)
    summary = running.commit(batch_id=batch.pk, as_of=as_of)
    batch.refresh_from_db()
    return Sent(batch, summary)


class Sent:
    """A batch that was imported or refused, and what it came to."""

    def __init__(self, batch: ImportBatch, summary: Summary) -> None:
        self.batch, self.summary = batch, summary

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """Created, updated, unchanged, rejected."""
        s = self.summary
        return (s.created, s.updated, s.unchanged, s.rejected)

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Why rows were rejected, and how many."""
        return [(group.reason, group.count) for group in self.summary.rejects]

    @property
    def notices(self) -> list[str]:
        """What was said about the file."""
        return [notice.code for notice in self.summary.notices]
