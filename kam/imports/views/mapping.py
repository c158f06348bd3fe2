"""Which column is which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kam.core.problems import RefusedError
from kam.identity.decorators import requires
from kam.imports.forms import MappingForm
from kam.imports.guessing import Sample, guess_mapping, take_sample
from kam.imports.mapping import ColumnMapping, MappingError
from kam.imports.models import ImportBatch
from kam.imports.options import ControlTotals, Options
from kam.imports.reading import UnreadableFile
from kam.imports.registry import importer_for
from kam.imports.services import batches as services
from kam.imports.services import files
from kam.imports.views.batches import RUN, check, kind_crumbs, visible_batch
from kam.imports.views.report import steps

READING = ("encoding", "delimiter", "sheet")
ROWS_SHOWN = 5


@requires(RUN)
@require_http_methods(["GET", "POST"])
def batch_map(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose columns, how cells are written and what is allowed; saving checks the file."""
    batch = visible_batch(request, pk)
    stored = _stored_mapping(batch)
    try:
        wanted = _reading(request.POST or request.GET, stored)
        sample = take_sample(files.table_of(batch, wanted))
    except UnreadableFile as error:
        messages.error(request, str(error))
        return redirect("imports:batch-detail", pk=pk)
    if request.method == "POST" and request.POST.get("header") != signature(sample.header):
        return redirect(_again(request, pk))
    form = _form(request, batch, sample, wanted)
    if request.method == "POST" and form.is_valid() and _save(form, batch):
        check(request, batch)
        return redirect("imports:batch-detail", pk=pk)
    context = {
        "form": form,
        "batch": batch,
        "sample": sample,
        "shown_rows": sample.rows[:ROWS_SHOWN],
        "signature": signature(sample.header),
        "steps": steps(1),
        "kind_title": importer_for(batch.kind).title,
        "crumbs": kind_crumbs(batch, _("Columns")),
    }
    status = 422 if form.errors else 200
    return render(request, "imports/batch_map.html", context, status=status)


def _stored_mapping(batch: ImportBatch) -> ColumnMapping | None:
    """What was chosen for this file, else for the last one of its source and kind."""
    data = batch.mapping or batch.source.mappings.get(batch.kind)
    try:
        return ColumnMapping.from_json(data) if data else None
    except MappingError:
        return None


def _reading(data: QueryDict, stored: ColumnMapping | None) -> ColumnMapping:
    """How the file is to be opened: as asked for, else as stored."""
    known = stored or ColumnMapping()
    return replace(
        known,
        encoding=str(data.get("encoding", known.encoding)),
        delimiter=str(data.get("delimiter", known.delimiter)),
        sheet=str(data.get("sheet", known.sheet)),
    )


def signature(header: Sequence[str]) -> str:
    """What the form says its header was: read another way, the file has other columns."""
    return sha256("\n".join(header).encode()).hexdigest()  # browsers rewrite line ends


def _again(request: HttpRequest, pk: int) -> str:
    query = QueryDict(mutable=True)
    query.update({name: request.POST.get(name, "") for name in READING})
    return f"{reverse('imports:batch-map', args=[pk])}?{query.urlencode()}"


def _form(
    request: HttpRequest, batch: ImportBatch, sample: Sample, wanted: ColumnMapping
) -> MappingForm:
    importer = importer_for(batch.kind)
    known = wanted if wanted.columns else None
    guess = guess_mapping(sample, importer.visible_columns(), known)
    return MappingForm(
        request.POST or None,
        importer=importer,
        sample=sample,
        mapping=replace(
            guess, encoding=wanted.encoding, delimiter=wanted.delimiter, sheet=wanted.sheet
        ),
        options=Options.from_json(batch.options),
        control_totals=ControlTotals.from_json(batch.control_totals),
    )


def _save(form: MappingForm, batch: ImportBatch) -> bool:
    try:
        services.set_up(
            batch_id=batch.pk,
            mapping=form.chosen_mapping(),
            options=form.chosen_options(),
            control_totals=form.chosen_totals(),
        )
    except (MappingError, RefusedError, UnreadableFile) as error:
        form.add_error(None, str(error))
        return False
    return True
