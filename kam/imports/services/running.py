"""Checking and importing a batch: one transaction does everything or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal

import psycopg
from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kam.core.models import Organisation
from kam.core.problems import problem_of
from kam.imports.choices import BatchState
from kam.imports.engine.importer import Importer
from kam.imports.engine.rejects import keep_rejects
from kam.imports.engine.run import Report, Run, cursor_for_import, drop_temporary, silent, stage
from kam.imports.engine.summary import Summary, summarise
from kam.imports.mapping import ColumnMapping, MappingError
from kam.imports.models import DataSource, ImportBatch
from kam.imports.options import ControlTotals, Options
from kam.imports.reading import UnreadableFile
from kam.imports.registry import importer_for
from kam.imports.services import files
from kam.imports.services.batches import OPEN_STATES, BatchStateError, lock_batch


class ImportFailedError(Exception):
    """The import failed for a reason its user should read; nothing was changed."""


def preview(*, batch_id: int, as_of: date, report: Report = silent) -> Summary:
    """Read and check the whole file and say what an import would do; changes no business data.

    The counts, the rejected rows and the summary are kept with the batch. Raises
    ImportFailedError.
    """
    with _failures_kept(batch_id), transaction.atomic():
        batch = lock_batch(batch_id)
        if batch.state not in OPEN_STATES:
            raise BatchStateError(_("This import is running or has run."))
        summary = _pass(batch, as_of=as_of, report=report, commit=False)
        _keep(batch, summary, BatchState.PREVIEWED)
        return summary


def commit(*, batch_id: int, as_of: date, report: Report = silent) -> Summary:
    """Import the file, or refuse it as a whole: see the blockers of the answered summary.

    Killed at any moment it leaves nothing; run twice, or beside itself, it imports once and
    answers the same. Raises ImportFailedError.
    """
    with _failures_kept(batch_id), transaction.atomic():
        batch = lock_batch(batch_id)
        if batch.state in {BatchState.COMMITTED, BatchState.UNDONE}:
            return Summary.from_json(batch.summary)
        summary = _pass(batch, as_of=as_of, report=report, commit=True)
        done = not summary.blockers
        batch.committed_at = timezone.now() if done else None
        _keep(batch, summary, BatchState.COMMITTED if done else BatchState.REFUSED)
        return summary


def _pass(batch: ImportBatch, *, as_of: date, report: Report, commit: bool) -> Summary:
    """Stage, check and, where nothing stands against it, apply."""
    importer = importer_for(batch.kind)
    with cursor_for_import() as cursor:
        run = Run(
            cursor=cursor,
            batch=batch,
            source=_source(batch.source_id, lock=commit),
            mapping=ColumnMapping.from_json(batch.mapping),
            options=Options.from_json(batch.options),
            as_of=as_of,
            report=report,
        )
        if commit:
            importer.lock(run)
        summary = _checked(run, importer)
        if commit and not summary.blockers:
            with run.step("index"):
                importer.index(run)
            with run.step("apply", _("Writing")):
                importer.apply(run)
            summary = replace(summary, also=dict(run.also), removed=run.removed)
            _note_freshness(run)
        drop_temporary(run)
        return replace(summary, timings=run.timings)


def _source(source_id: int, *, lock: bool) -> DataSource:
    """The source; under its lock imports of one source happen one after the other."""
    sources = DataSource.objects.select_for_update(no_key=True) if lock else DataSource.objects
    source: DataSource = sources.get(pk=source_id)
    return source


def _checked(run: Run, importer: Importer) -> Summary:
    importer.check(run.mapping)
    with run.step("open", _("Reading the file")):
        table = files.table_of(run.batch, run.mapping)
    with run.step("stage"):
        stage(run, importer, table)
    with run.step("resolve", _("Checking the rows")):
        importer.resolve(run)
        summary = summarise(run, has_amounts=importer.has_amounts)
    with run.step("rejects"):
        run.execute("DELETE FROM imports_importreject WHERE batch_id = %(batch)s")
        if summary.rejected:
            keep_rejects(run, table)
    return replace(summary, file=table.facts(), blockers=tuple(_blockers(run, summary)))


def _blockers(run: Run, summary: Summary) -> Iterator[str]:
    """Say what keeps the file from being imported."""
    if summary.rejected and not run.options.accept_rejects:
        text = ngettext(
            "%(count)d row cannot be imported. Correct it, or allow that rejected rows are left "
            "out.",
            "%(count)d rows cannot be imported. Correct them, or allow that rejected rows are left "
            "out.",
            summary.rejected,
        )
        yield text % {"count": summary.rejected}
    yield from run.blockers
    totals: dict[str, Decimal] = {total.currency: total.amount for total in summary.totals}
    yield from ControlTotals.from_json(run.batch.control_totals).differences(summary.rows, totals)
    if Organisation.objects.filter(is_demo=True).exists():
        yield _(
            "The demo company is loaded. Clear it first, so that it never mixes with real data."
        )


def _note_freshness(run: Run) -> None:
    """Move the source's "data as of" forward, never back."""
    until = run.options.data_as_of or run.last or run.as_of
    run.batch.data_as_of = until
    if run.source.data_as_of is None or run.source.data_as_of < until:
        run.source.data_as_of = until
        run.source.save(update_fields=["data_as_of", "updated_at"])


def _keep(batch: ImportBatch, summary: Summary, state: BatchState) -> None:
    for name in ("rows", "created", "updated", "unchanged", "rejected"):
        setattr(batch, name, getattr(summary, name))
    if state == BatchState.REFUSED:
        batch.created = batch.updated = 0
    batch.summary, batch.state, batch.error = summary.to_json(), state, ""
    batch.save()


@contextmanager
def _failures_kept(batch_id: int) -> Iterator[None]:
    """Outside the transaction: keep with the batch why it failed.

    A database that is away is no failure of the batch: the job is run again.
    """
    try:
        yield
    except (UnreadableFile, MappingError) as error:
        _fail(batch_id, str(error))
        raise ImportFailedError(str(error)) from error
    except IntegrityError as error:
        text = str(problem_of(error))
        _fail(batch_id, text)
        raise ImportFailedError(text) from error
    except (BatchStateError, *_OUTAGES):
        raise
    except Exception:
        _fail(batch_id, _("Something went wrong on our side. Nothing was imported."))
        raise


_OUTAGES = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)


def _fail(batch_id: int, text: str) -> None:
    open_batch = ImportBatch.objects.filter(pk=batch_id).exclude(
        state__in=[BatchState.COMMITTED, BatchState.UNDONE]
    )
    open_batch.update(state=BatchState.FAILED, error=text)
