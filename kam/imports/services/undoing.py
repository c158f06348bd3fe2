"""Taking a batch back: what it created goes, what it changed is put back, the rest is named."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kam.identity.models import User
from kam.imports.choices import BatchState
from kam.imports.engine.importer import UndoReport
from kam.imports.engine.run import Report, Run, cursor_for_import, silent
from kam.imports.mapping import ColumnMapping
from kam.imports.models import DataSource
from kam.imports.options import Options
from kam.imports.registry import importer_for
from kam.imports.services.batches import BatchStateError, lock_batch, refuse_unless_allowed


@transaction.atomic
def undo(
    *, batch_id: int, as_of: date, by: User | None = None, report: Report = silent
) -> UndoReport:
    """Undo a batch as a whole or not at all; undoing twice does it once.

    Raises UndoRefusedError when later batches stand on it, BatchStateError when it never ran,
    NotAllowedError where `by` may not undo this kind.
    """
    batch = lock_batch(batch_id)
    refuse_unless_allowed(batch, by)
    if batch.state == BatchState.UNDONE:
        return _kept_report(batch.summary.get("undo") or {})
    if batch.state != BatchState.COMMITTED:
        raise BatchStateError(_("Only a finished import can be undone."))
    with cursor_for_import() as cursor:
        run = Run(
            cursor=cursor,
            batch=batch,
            source=DataSource.objects.select_for_update(no_key=True).get(pk=batch.source_id),
            mapping=ColumnMapping.from_json(batch.mapping),
            options=Options.from_json(batch.options),
            as_of=as_of,
            report=report,
        )
        undone = importer_for(batch.kind).undo(run)
    batch.state, batch.undone_at = BatchState.UNDONE, timezone.now()
    batch.summary["undo"] = {
        "removed": undone.removed,
        "restored": undone.restored,
        "stays": list(undone.stays),
    }
    batch.save(update_fields=["state", "undone_at", "summary"])
    return undone


def _kept_report(data: dict[str, object]) -> UndoReport:
    return UndoReport(
        removed=int(str(data.get("removed", 0))),
        restored=int(str(data.get("restored", 0))),
        stays=tuple(str(item) for item in data.get("stays", ())),  # type: ignore[attr-defined]
    )
