"""Imports: the list, a new file, and what became of it."""

from __future__ import annotations

from typing import Any, cast

import django_filters
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kam.core import htmx
from kam.core.badges import Badge, State
from kam.core.models import Organisation
from kam.core.pages import confirm_page
from kam.core.problems import RefusedError
from kam.core.registry import may
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in
from kam.imports import selectors
from kam.imports.choices import BatchState
from kam.imports.engine.importer import UndoRefusedError
from kam.imports.forms import UploadForm
from kam.imports.models import DataSource, ImportBatch
from kam.imports.querysets import SourceQuerySet
from kam.imports.reading import BrokenFile, UnreadableFile
from kam.imports.registry import importers, is_of_file
from kam.imports.services import batches as services
from kam.imports.services import running, undoing
from kam.imports.views.report import report_context

VIEW, RUN = "imports.view", "imports.run"
LINES_SHOWN = 50
AT_ONCE_BYTES = 2 * 1024 * 1024
STATES: dict[str, State] = {
    BatchState.UPLOADED: "neutral",
    BatchState.MAPPED: "neutral",
    BatchState.PREVIEWED: "info",
    BatchState.COMMITTING: "info",
    BatchState.COMMITTED: "success",
    BatchState.REFUSED: "warning",
    BatchState.FAILED: "danger",
    BatchState.UNDONE: "muted",
}


def state_badge(batch: ImportBatch) -> Badge:
    """The batch's state with its sign."""
    return Badge(BatchState(batch.state).label, STATES[batch.state])


def _kind_title(batch: ImportBatch) -> str:
    importer = importers.get(batch.kind)
    return str(importer.title) if importer else _("Booked without a file")


def _visible_sources(request: HttpRequest) -> SourceQuerySet:
    return DataSource.objects.visible_to(signed_in(request)).order_by("code")


class BatchListFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        field_name="file_name", lookup_expr="icontains", label=gettext_lazy("Search file names")
    )
    kind = django_filters.ChoiceFilter(
        label=gettext_lazy("Kind"), choices=lambda: [(i.key, i.title) for i in importers]
    )
    state = django_filters.ChoiceFilter(label=gettext_lazy("State"), choices=BatchState)
    source = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Source"), queryset=cast("Any", _visible_sources)
    )

    class Meta:
        model = ImportBatch
        fields = ["kind", "state", "source"]


_NOT_YET = gettext_lazy("The file has not been checked yet")
COLUMNS = [
    Column(
        name="file",
        title=gettext_lazy("File"),
        value=lambda batch: batch.file_name or f"#{batch.pk}",
        sort="file_name",
    ),
    Column(name="kind", title=gettext_lazy("Kind"), value=_kind_title, sort="kind"),
    Column(name="source", title=gettext_lazy("Source"), value="source.name", sort="source__name"),
    Column(
        name="state", title=gettext_lazy("State"), kind="badge", value=state_badge, sort="state"
    ),
    Column(
        name="rows", title=gettext_lazy("Rows"), kind="number", places=0, sort="rows",
        unknown=_NOT_YET,
    ),
    Column(
        name="rejected", title=gettext_lazy("Rejected"), kind="number", places=0, sort="rejected",
        unknown=_NOT_YET,
    ),
    Column(
        name="data_as_of", title=gettext_lazy("Data as of"), kind="date", sort="data_as_of",
        unknown=gettext_lazy("Nothing was imported from this file"), default=False,
    ),
    Column(
        name="created_by", title=gettext_lazy("By"),
        value=lambda batch: batch.created_by or gettext_lazy("Command line"),
    ),
    Column(
        name="created_at", title=gettext_lazy("Uploaded"), kind="datetime", sort="created_at"
    ),
]  # fmt: skip


@requires(VIEW)
@require_GET
def batch_list(request: HttpRequest) -> HttpResponseBase:
    """Every import of a file, the latest first, and which sources are late."""
    rows = ImportBatch.objects.visible_to(signed_in(request))
    table = Table(
        request,
        rows.filter(kind__in=[one.key for one in importers]).select_related("source", "created_by"),
        COLUMNS,
        name="imports",
        caption=_("Imports"),
        default_sort="-created_at",
        row_url=_url,
        filters=BatchListFilter,
        empty=Empty(
            _("No imports yet"),
            _("Accounts, products, sales, targets and rates come in from files of other systems."),
            _("Import a file"),
            reverse("imports:batch-create"),
            icon="file-import",
        ),
    )
    context = {
        "crumbs": [(_("Imports"), "")],
        "late": selectors.late_sources(signed_in(request), timezone.localdate()),
        "may_run": may(request.user, RUN),
    }
    return table.response("imports/batch_list.html", context)


def _url(batch: ImportBatch) -> str:
    return reverse("imports:batch-detail", args=[batch.pk])


def _get(request: HttpRequest, pk: int) -> ImportBatch:
    visible = ImportBatch.objects.visible_to(signed_in(request)).select_related("source", "job_run")
    return cast("ImportBatch", get_object_or_404(visible, pk=pk))


@requires(RUN)
@require_http_methods(["GET", "POST"])
def batch_create(request: HttpRequest) -> HttpResponse:
    """Receive a file; one that is no table is refused with its line numbers."""
    initial = {"kind": request.GET.get("kind", "sales"), "source": request.GET.get("source", "")}
    form = UploadForm(request.POST or None, request.FILES or None, initial=initial)
    broken: BrokenFile | None = None
    if request.method == "POST" and form.is_valid():
        try:
            batch = services.receive_file(
                kind=form.cleaned_data["kind"],
                source_code=form.cleaned_data["source"],
                upload=form.cleaned_data["file"],
                user=signed_in(request),
                as_of=timezone.localdate(),
            )
        except BrokenFile as error:
            broken = error
            form.add_error("file", _("The file is broken. Nothing of it was kept."))
        except UnreadableFile as error:
            form.add_error("file", str(error))
        else:
            return redirect("imports:batch-map", pk=batch.pk)
    context = {
        "form": form,
        "broken": broken,
        "problems": broken.problems[:LINES_SHOWN] if broken else (),
        "more": max(broken.count - LINES_SHOWN, 0) if broken else 0,
        "kinds": list(importers),
        "sources": DataSource.objects.visible_to(signed_in(request)).order_by("code")[:200],
        "is_demo": Organisation.objects.filter(is_demo=True).exists(),
        "may_clear_demo": may(request.user, "demo.clear"),
        "crumbs": [(_("Imports"), reverse("imports:batch-list")), (_("New import"), "")],
    }
    status = 422 if form.errors else 200
    return render(request, "imports/batch_form.html", context, status=status)


@requires(VIEW)
@require_GET
def batch_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One import: what to do next, how far it is, what it did."""
    batch = _get(request, pk)
    run = batch.job_run
    at_work = run is not None and not run.is_finished
    if htmx.is_htmx(request) and not at_work:  # the work it asked about is done: see all of it
        return htmx.redirect(request, _url(batch))
    context: dict[str, Any] = {
        "batch": batch,
        "run": run,
        "at_work": at_work,
        "badge": state_badge(batch).__html__(),
        "kind_title": _kind_title(batch),
        "may_run": may(request.user, RUN),
        "from_file": is_of_file(batch.kind),
        **report_context(batch, signed_in(request)),
        "crumbs": [(_("Imports"), reverse("imports:batch-list")), (f"#{batch.pk}", "")],
    }
    return htmx.render_part(request, "imports/batch_detail.html", context, "status")


@requires(RUN)
@require_POST
def batch_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Check the whole file: a small one at once, a large one as a job."""
    batch = _get(request, pk)
    check(request, batch)
    return redirect(_url(batch))


def check(request: HttpRequest, batch: ImportBatch) -> None:
    """Check a file and say what went wrong, if anything."""
    as_of = timezone.localdate()
    try:
        if batch.file_size <= AT_ONCE_BYTES:
            running.preview(batch_id=batch.pk, as_of=as_of)
        else:
            services.ask_for_preview(batch_id=batch.pk, user=signed_in(request), as_of=as_of)
    except (running.ImportFailedError, RefusedError) as error:
        messages.error(request, str(error))


@requires(RUN)
@require_POST
def batch_commit(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the import as a job."""
    batch = _get(request, pk)
    try:
        services.ask_for_commit(
            batch_id=batch.pk,
            user=signed_in(request),
            as_of=timezone.localdate(),
            accept_rejects=bool(request.POST.get("accept_rejects")),
        )
    except RefusedError as error:
        messages.error(request, str(error))
    return redirect(_url(batch))


@requires(RUN)
@require_http_methods(["GET", "POST"])
def batch_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an import back: a small one at once, a large one as a job."""
    batch = _get(request, pk)
    if request.method == "POST":
        _undo(request, batch)
        return htmx.redirect(request, _url(batch))
    return confirm_page(
        request,
        title=_("Undo this import?"),
        text=f"{batch.file_name}, {_kind_title(batch)}",
        verb=_("Undo import"),
        goes=[_("Rows that this import created"), _("Changes that it made to other rows")],
        stays=[
            _("Rows that something else refers to, or that were changed by hand since"),
            _("The file and its report, as a record"),
        ],
        back_url=_url(batch),
    )


def _undo(request: HttpRequest, batch: ImportBatch) -> None:
    as_of = timezone.localdate()
    try:
        if (batch.rows or 0) > 20_000:
            services.ask_for_undo(batch_id=batch.pk, user=signed_in(request), as_of=as_of)
        else:
            undoing.undo(batch_id=batch.pk, as_of=as_of, by=signed_in(request))
            messages.success(request, _("The import is undone."))
    except (UndoRefusedError, RefusedError) as error:
        messages.error(request, str(error))


@requires(RUN)
@require_http_methods(["GET", "POST"])
def batch_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a file that was never imported."""
    batch = _get(request, pk)
    if request.method == "POST":
        try:
            services.discard(batch_id=batch.pk)
        except RefusedError as error:
            messages.error(request, str(error))
            return htmx.redirect(request, _url(batch))
        messages.success(request, _("The file is gone."))
        return htmx.redirect(request, reverse("imports:batch-list"))
    return confirm_page(
        request,
        title=_("Remove this file?"),
        text=batch.file_name,
        verb=_("Remove file"),
        goes=[_("The file and what was chosen for it")],
        stays=[_("All data: nothing of this file was imported")],
        back_url=_url(batch),
    )


def visible_batch(request: HttpRequest, pk: int) -> ImportBatch:
    """The batch if the user may see it, else 404."""
    return _get(request, pk)


def kind_crumbs(batch: ImportBatch, title: str) -> list[tuple[Any, str]]:
    """Breadcrumbs of a page below a batch."""
    return [
        (_("Imports"), reverse("imports:batch-list")),
        (f"#{batch.pk}", _url(batch)),
        (title, ""),
    ]
