"""Papers of credit applications: kept by a form, answered as downloads alone."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kam.core import htmx
from kam.core.pages import confirm_page
from kam.core.problems import RefusedError
from kam.identity.decorators import requires, signed_in
from settlements.choices.credit import ApplicationFileKind, ApplicationState
from settlements.forms.credit_files import FilesForm
from settlements.models import ApplicationFile
from settlements.selectors.credit.decided import applications_for
from settlements.services.credit import files as services
from settlements.views.downloads import download


def _file(request: HttpRequest, pk: int) -> ApplicationFile:
    rows = ApplicationFile.objects.visible_to(signed_in(request))
    found: ApplicationFile = get_object_or_404(rows.select_related("application"), pk=pk)
    return found


@requires("credit.view")
@require_GET
def application_file(request: HttpRequest, pk: int) -> FileResponse:
    """One paper."""
    found = _file(request, pk)
    return download(found.file, name=found.name, content_type=found.content_type)


@requires("credit.apply")
@require_POST
def files_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep papers with an application, all of them or none."""
    user = signed_in(request)
    row = get_object_or_404(applications_for(user), pk=pk)
    form = FilesForm(request.POST)
    uploads = request.FILES.getlist("files")
    if not form.is_valid() or not uploads:
        messages.error(request, _("Choose at least one file, and say what it is."))
        return htmx.redirect(request, f"{row.get_absolute_url()}#files")
    try:
        kept = services.keep_files(
            application=row,
            uploads=uploads,
            kind=ApplicationFileKind(form.cleaned_data["kind"]),
            title=form.cleaned_data["title"],
            by=user,
        )
    except RefusedError as problem:
        messages.error(request, str(problem))
    else:
        words = ngettext("%(n)s file is kept.", "%(n)s files are kept.", len(kept))
        messages.success(request, words % {"n": len(kept)})
    return htmx.redirect(request, f"{row.get_absolute_url()}#files")


@requires("credit.apply")
@require_http_methods(["GET", "POST"])
def file_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a paper from a draft, after asking."""
    found = _file(request, pk)
    row = found.application
    back_url = f"{row.get_absolute_url()}#files"
    if request.method == "POST" or row.state != ApplicationState.DRAFT:
        try:
            services.remove_file(file=found)
        except RefusedError as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, _("The file was removed."))
        return htmx.redirect(request, back_url)
    return confirm_page(
        request, title=_("Remove this file?"), verb=_("Remove"), back_url=back_url,
        goes=[str(found)], stays=[str(row)],
    )  # fmt: skip
