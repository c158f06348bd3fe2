from __future__ import annotations

from datetime import date
from typing import Any

from celery import shared_task
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kam.core.jobs import JobError, Progress, job
from kam.imports.engine.importer import UndoRefusedError
from kam.imports.services import batches, running, undoing
from kam.imports.services.batches import BatchStateError


@job("imports.preview_batch", title=_("Check a file"), capability="imports.run")
def preview_batch(progress: Progress, *, batch_id: int, as_of: str) -> dict[str, Any]:
    """Check a file as a whole."""
    try:
        summary = running.preview(
            batch_id=batch_id, as_of=date.fromisoformat(as_of), report=progress.report
        )
    except (running.ImportFailedError, BatchStateError) as error:
        raise JobError(str(error)) from error
    return {"batch": batch_id, "rows": summary.rows, "rejected": summary.rejected}


@job("imports.commit_batch", title=_("Import a file"), capability="imports.run")
def commit_batch(progress: Progress, *, batch_id: int, as_of: str) -> dict[str, Any]:
    """Import a file."""
    try:
        summary = running.commit(
            batch_id=batch_id, as_of=date.fromisoformat(as_of), report=progress.report
        )
    except running.ImportFailedError as error:
        raise JobError(str(error)) from error
    return {
        "batch": batch_id,
        "committed": not summary.blockers,
        "created": summary.created,
        "updated": summary.updated,
        "rejected": summary.rejected,
    }


@job("imports.undo_batch", title=_("Undo an import"), capability="imports.run")
def undo_batch(progress: Progress, *, batch_id: int, as_of: str) -> dict[str, Any]:
    """Take an import back."""
    try:
        undone = undoing.undo(
            batch_id=batch_id, as_of=date.fromisoformat(as_of), report=progress.report
        )
    except (UndoRefusedError, BatchStateError) as error:
        raise JobError(str(error)) from error
    return {"batch": batch_id, "removed": undone.removed, "restored": undone.restored}


@shared_task(name="imports.forget_abandoned", ignore_result=True)
def forget_abandoned() -> None:
    """Forget files that nobody imported (nightly)."""
    batches.forget_abandoned(now=timezone.now())
