"""Files of contacts: kept by a form, answered as downloads alone."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from interactions.models import Attachment
from interactions.selectors import log as reads
from interactions.services import attachments as services
from interactions.views.log import common
from kam.core import htmx
from kam.core.pages import confirm_page
from kam.core.problems import RefusedError
from kam.identity.decorators import requires, signed_in


def download(attachment: Attachment) -> FileResponse:
    """A file as a download: never a page of ours, whatever it may hold. Raises Http404."""
    try:
        stream = attachment.file.open("rb")
    except (OSError, ValueError) as error:
        raise Http404 from error
    response = FileResponse(
        stream,
        as_attachment=True,
        filename=attachment.name,
        content_type=attachment.content_type,
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def _file(request: HttpRequest, pk: int) -> Attachment:
    rows = Attachment.objects.visible_to(signed_in(request)).select_related("interaction")
    found: Attachment = get_object_or_404(rows, pk=pk)
    return found


@requires("interactions.view")
@require_GET
def attachment(request: HttpRequest, pk: int) -> FileResponse:
    """One file."""
    return download(_file(request, pk))


@requires("interactions.log")
@require_POST
def attachment_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep files with a contact: each that can be kept is."""
    user, contact = signed_in(request), common.get_contact(request, pk)
    get_object_or_404(reads.accounts_to_log(user), pk=contact.account_id)
    for upload in request.FILES.getlist("files"):
        try:
            kept = services.attach(interaction=contact, upload=upload, by=user)
        except RefusedError as problem:
            messages.error(request, f"{upload.name}: {problem}")
        else:
            messages.success(request, _("Kept: %s") % kept.name)
    return htmx.redirect(request, f"{contact.get_absolute_url()}#files")


@requires("interactions.log")
@require_http_methods(["GET", "POST"])
def attachment_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a file in time, after asking."""
    user, found = signed_in(request), _file(request, pk)
    back_url = f"{found.interaction.get_absolute_url()}#files"
    if request.method == "POST":
        try:
            services.remove_attachment(attachment=found, by=user, now=timezone.now())
        except RefusedError as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, _("The file was removed."))
        return htmx.redirect(request, back_url)
    return confirm_page(
        request, title=_("Remove this file?"), verb=_("Remove"), back_url=back_url,
        goes=[found.name], stays=[found.interaction.summary],
    )  # fmt: skip
