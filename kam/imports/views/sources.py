"""Sources: until when each one's data is complete, and which feed is late."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from kam.core.badges import Badge
from kam.core.pages import form_page
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in
from kam.imports import selectors
from kam.imports.forms import SourceForm
from kam.imports.models import DataSource
from kam.imports.services import sources as services
from kam.imports.views.batches import RUN, VIEW


@requires(VIEW)
@require_GET
def source_list(request: HttpRequest) -> HttpResponseBase:
    """Every source with its "data as of"."""
    as_of = timezone.localdate()
    columns = [
        Column(name="name", title=_("Source"), sort="name"),
        Column(name="code", title=_("Code"), sort="code", default=False),
        Column(
            name="data_as_of", title=_("Data as of"), kind="date", sort="data_as_of",
            unknown=_("Nothing was imported from this source yet"),
        ),
        Column(
            name="state", title=_("State"), kind="badge",
            value=lambda source: freshness_badge(selectors.days_late(source, as_of), source),
        ),
        Column(
            name="expected_every_days", title=_("Expected every"), unit=_("days"), kind="number",
            places=0, sort="expected_every_days", unknown=_("It may come any time"),
        ),
        Column(name="imports", title=_("Imports"), kind="number", places=0, sort="imports"),
    ]  # fmt: skip
    table = Table(
        request,
        selectors.sources_with_imports(signed_in(request)),
        columns,
        name="sources",
        caption=_("Sources"),
        default_sort="name",
        row_url=lambda source: reverse("imports:source-edit", args=[source.pk]),
        empty=Empty(
            _("No sources yet"),
            _("The first import of a system's file makes it a source."),
            _("Import a file"),
            reverse("imports:batch-create"),
            icon="database-import",
        ),
    )
    crumbs = [(_("Imports"), reverse("imports:batch-list")), (_("Sources"), "")]
    return table.response("imports/source_list.html", {"crumbs": crumbs})


def freshness_badge(late_by: int, source: DataSource) -> Badge:
    """Whether a source is in time, in a word."""
    if source.expected_every_days is None:
        return Badge(_("No rhythm set"), "muted")
    if late_by:
        words = ngettext("%d day late", "%d days late", late_by) % late_by
        return Badge(words, "danger")
    return Badge(_("In time"), "success")


@requires(VIEW, change=RUN)
@require_http_methods(["GET", "POST"])
def source_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Name a source and say how often it is expected."""
    visible = DataSource.objects.visible_to(signed_in(request))
    source = get_object_or_404(visible, pk=pk)
    form = SourceForm(request.POST or None, instance=source)
    if request.method == "POST" and form.is_valid():
        services.change_source(
            source_id=pk,
            name=form.cleaned_data["name"],
            expected_every_days=form.cleaned_data["expected_every_days"],
        )
        messages.success(request, _("Saved"))
        return redirect("imports:source-list")
    return form_page(
        request,
        form,
        title=source.name,
        lead=_("Code: %s") % source.code,
        cancel_url=reverse("imports:source-list"),
        crumbs=[
            (_("Imports"), reverse("imports:batch-list")),
            (_("Sources"), reverse("imports:source-list")),
            (source.name, ""),
        ],
    )
