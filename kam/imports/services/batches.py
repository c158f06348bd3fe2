"""Batches before they are imported: a file received, its columns chosen, its work asked for."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import PurePosixPath

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from kam.core.jobs import enqueue
from kam.core.models import JobRun
from kam.core.problems import RefusedError
from kam.identity.models import User
from kam.imports.choices import BatchState
from kam.imports.mapping import ColumnMapping
from kam.imports.models import DataSource, ImportBatch
from kam.imports.options import ControlTotals, Options
from kam.imports.reading import open_table
from kam.imports.registry import importer_for, is_of_file
from kam.imports.services import files
from kam.imports.shaping import Shaper

OPEN_STATES = frozenset(
    {
        BatchState.UPLOADED,
        BatchState.MAPPED,
        BatchState.PREVIEWED,
        BatchState.REFUSED,
        BatchState.FAILED,
    }
)
ABANDONED = timedelta(days=30)


class BatchStateError(RefusedError):
    """The batch is not in a state in which this can be done to it."""

    code = "batch_state"


class NotAllowedError(RefusedError):
    """Somebody runs imports, but not of this kind."""

    code = "kind_not_allowed"


def receive_file(
    *,
    kind: str,
    source_code: str,
    upload: File[bytes],
    user: User | None,
    as_of: date,
    whole: bool = True,
) -> ImportBatch:
    """Store a file and check that it is a table; nothing is kept of one that is not.

    `whole` reads it to its end; otherwise broken lines are found when it is imported. Raises
    UnreadableFile (BrokenFile with line numbers) and UnknownKindError.
    """
    importer_for(kind)
    sha256 = files.digest(upload)
    stored = files.store(upload, f"{as_of:%Y/%m}")
    with files.kept_only_on_success(stored) as path:
        table = open_table(path)
        if whole:
            files.read_whole(table)
        with transaction.atomic():
            return ImportBatch.objects.create(
                kind=kind,
                source=source_of(source_code or kind),
                file=stored,
                file_name=PurePosixPath((upload.name or "").replace("\\", "/")).name[-255:],
                file_size=upload.size,
                sha256=sha256,
                created_by=user,
            )


def source_of(code: str) -> DataSource:
    """Return the source with this code, made when it is new."""
    code = " ".join(code.split())[:50]
    source, _created = DataSource.objects.get_or_create(code=code, defaults={"name": code})
    return source


@transaction.atomic
def set_up(
    *,
    batch_id: int,
    mapping: ColumnMapping,
    options: Options,
    control_totals: ControlTotals,
    remember: bool = True,
) -> ImportBatch:
    """Say how the file's columns are read and what is allowed; an earlier check is void.

    The mapping is remembered for the next file of the source. Raises MappingError,
    UnreadableFile, BatchStateError.
    """
    batch = lock_batch(batch_id)
    if batch.state not in OPEN_STATES:
        raise BatchStateError(_("This import can no longer be changed."))
    importer = importer_for(batch.kind)
    header = files.table_of(batch, mapping).header
    Shaper(importer.columns, mapping, header)  # or MappingError
    importer.check(mapping)
    batch.mapping, batch.options = replace(mapping, unused=None).to_json(), options.to_json()
    batch.control_totals = control_totals.to_json()
    batch.state, batch.error, batch.summary = BatchState.MAPPED, "", {}
    batch.save(update_fields=["mapping", "options", "control_totals", "state", "error", "summary"])
    if remember:
        _remember(batch, replace(mapping, unused=tuple(set(header) - mapping.read())))
    return batch


def _remember(batch: ImportBatch, mapping: ColumnMapping) -> None:
    source = DataSource.objects.select_for_update(no_key=True).get(pk=batch.source_id)
    source.mappings[batch.kind] = mapping.to_json()
    source.save(update_fields=["mappings", "updated_at"])


def refuse_unless_allowed(batch: ImportBatch, user: User | None) -> None:
    """Raise NotAllowedError where this kind needs more than running imports; None is the system.

    BatchStateError for one that carries what kam booked itself, without a file.
    """
    if not is_of_file(batch.kind):
        raise BatchStateError(_("No file was imported: it is taken back where it was booked."))
    needed = importer_for(batch.kind).capability
    if needed and user is not None and not user.can(needed):
        raise NotAllowedError(_("Only administrators import or undo this kind."))


def lock_batch(batch_id: int) -> ImportBatch:
    """Return the batch under a row lock: two workers never have the same one in hand."""
    batch: ImportBatch = ImportBatch.objects.select_for_update(of=("self",), no_key=True).get(
        pk=batch_id
    )
    return batch


@transaction.atomic
def ask_for_preview(*, batch_id: int, user: User | None, as_of: date) -> JobRun:
    """Ask for a check of the whole file as a job. Raises BatchStateError."""
    batch = lock_batch(batch_id)
    _must_be_mapped(batch)
    return _ask(batch, "imports.preview_batch", user, as_of)


@transaction.atomic
def ask_for_commit(
    *, batch_id: int, user: User | None, as_of: date, accept_rejects: bool | None = None
) -> JobRun:
    """Ask for the import as a job; asking twice starts it once.

    `accept_rejects` gives or takes back leave to import without the rejected rows; None keeps
    what was set up. Raises BatchStateError, NotAllowedError.
    """
    batch = lock_batch(batch_id)
    refuse_unless_allowed(batch, user)
    _must_be_mapped(batch)
    if accept_rejects is not None:
        batch.options["accept_rejects"] = accept_rejects
    batch.state = BatchState.COMMITTING
    return _ask(batch, "imports.commit_batch", user, as_of)


@transaction.atomic
def ask_for_undo(*, batch_id: int, user: User | None, as_of: date) -> JobRun:
    """Ask for a batch to be taken back, as a job. Raises BatchStateError, NotAllowedError."""
    batch = lock_batch(batch_id)
    refuse_unless_allowed(batch, user)
    if batch.state != BatchState.COMMITTED:
        raise BatchStateError(_("Only a finished import can be undone."))
    return _ask(batch, "imports.undo_batch", user, as_of)


def _ask(batch: ImportBatch, job: str, user: User | None, as_of: date) -> JobRun:
    """Put the job into the outbox, once while it waits, and note it with the batch."""
    batch.job_run = enqueue(
        job,
        requested_by=user,
        key=f"{job}:{batch.pk}",
        batch_id=batch.pk,
        as_of=as_of.isoformat(),
    )
    batch.save(update_fields=["state", "options", "job_run"])
    return batch.job_run


@transaction.atomic
def discard(*, batch_id: int) -> None:
    """Forget a file that was never imported. Raises BatchStateError."""
    batch = lock_batch(batch_id)
    if batch.state not in OPEN_STATES:
        raise BatchStateError(_("An import that ran is kept as a record."))
    name = str(batch.file.name)
    batch.delete()
    transaction.on_commit(lambda: files.delete(name))


def forget_abandoned(*, now: datetime) -> int:
    """Forget files that were uploaded a month ago and never imported; answer how many."""
    old = ImportBatch.objects.filter(state__in=OPEN_STATES, created_at__lt=now - ABANDONED)
    forgotten = 0
    for batch_id in old.order_by("pk").values_list("pk", flat=True):
        with suppress(BatchStateError, ImportBatch.DoesNotExist):  # somebody was quicker
            discard(batch_id=batch_id)
            forgotten += 1
    return forgotten


def _must_be_mapped(batch: ImportBatch) -> None:
    if batch.state not in OPEN_STATES or not batch.mapping:
        raise BatchStateError(_("Choose the columns first; an import that ran cannot run again."))
