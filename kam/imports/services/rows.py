"""Rows that arrive one request at a time go the way of a file, so that one set of rules holds."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from kam.identity.models import User
from kam.imports.choices import BatchState
from kam.imports.mapping import ColumnMapping
from kam.imports.models import ImportBatch, ImportReject
from kam.imports.options import ControlTotals, Options
from kam.imports.services import files
from kam.imports.services.batches import receive_file, set_up
from kam.imports.services.running import commit

HEADER_LINES = 1


@dataclass(frozen=True, slots=True)
class RowReject:
    """A row that was left out: its place from 0, a code, and words."""

    index: int
    reason: str
    message: str


class RowsRefusedError(Exception):
    """None of the rows was taken: some are wrong, or something stands against the whole."""

    def __init__(self, rejects: Sequence[RowReject], blockers: Sequence[str]) -> None:
        """Keep what is wrong with which row."""
        self.rejects, self.blockers = tuple(rejects), tuple(blockers)
        super().__init__(" ".join(blockers) or _("Some rows cannot be imported."))


@dataclass(frozen=True, slots=True)
class RowsTaken:
    """The batch that the rows became, and those that were left out."""

    batch: ImportBatch
    rejects: tuple[RowReject, ...]


def import_rows(
    *,
    kind: str,
    source_code: str,
    rows: Sequence[Mapping[str, str]],
    user: User,
    as_of: date,
    accept_rejects: bool = False,
) -> RowsTaken:
    """Import rows of canonical columns here and now; the batch is their audit unit.

    Rejected rows are left out with `accept_rejects`, else they refuse all of them. Raises
    RowsRefusedError and ImportFailedError, after which nothing is kept.
    """
    names = list(dict.fromkeys(name for row in rows for name in row))
    upload = ContentFile(_csv(names, rows), name=f"{kind}.csv")
    with transaction.atomic():
        batch = receive_file(
            kind=kind, source_code=source_code, upload=upload, user=user, as_of=as_of
        )
        try:
            return _taken(batch, names, as_of, accept_rejects=accept_rejects)
        except BaseException:
            files.delete(str(batch.file.name))
            raise


def _taken(
    batch: ImportBatch, names: Sequence[str], as_of: date, *, accept_rejects: bool
) -> RowsTaken:
    set_up(
        batch_id=batch.pk,
        mapping=ColumnMapping(
            source=batch.source.code,
            columns={name: (name,) for name in names},
            encoding="utf-8",
            delimiter=",",
        ),
        options=Options(accept_rejects=accept_rejects),
        control_totals=ControlTotals(),
        remember=False,
    )
    summary = commit(batch_id=batch.pk, as_of=as_of)
    rejects = tuple(
        RowReject(line - HEADER_LINES - 1, reason, message)
        for line, reason, message in ImportReject.objects.filter(batch=batch).values_list(
            "line", "reason", "message"
        )
    )
    batch.refresh_from_db()
    if batch.state != BatchState.COMMITTED:
        raise RowsRefusedError(rejects, summary.blockers)
    return RowsTaken(batch, rejects)


def _csv(names: Sequence[str], rows: Sequence[Mapping[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow([" ".join(row.get(name, "").split()) for name in names])
    return text.getvalue().encode()
