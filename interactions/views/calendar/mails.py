"""An e-mail: uploaded, looked at, put into the log or dropped."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Account
from interactions.analytics.mail import NotAMailError
from interactions.choices import UploadKind
from interactions.forms.calendar import MailFileForm, MailForm, local
from interactions.models import Upload
from interactions.services import uploads
from interactions.services.mail_import import MailPreview, Taken, preview_of, take_mail
from kam.core.pages import Crumbs, form_page
from kam.core.problems import RefusedError, add_to_form
from kam.identity.decorators import requires, signed_in

REASONS = {
    "too_large": gettext_lazy("The mail is too large: at most 20 MB."),
    "no_mail": gettext_lazy(
        "This is no e-mail: it has no sender, date or subject. Save the mail as .eml."
    ),
}


@requires("interactions.log")
@require_http_methods(["GET", "POST"])
def mail_create(request: HttpRequest) -> HttpResponse:
    """Upload a mail; nothing is in the log yet."""
    form = MailFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = uploads.keep_upload(
                user=signed_in(request),
                kind=UploadKind.MAIL,
                upload=form.cleaned_data["file"],
                account=_asked(request),
                now=timezone.now(),
            )
            _preview(request, row)
        except RefusedError as problem:
            add_to_form(form, problem)
        except NotAMailError as problem:
            uploads.drop_upload(upload=row)
            form.add_error("file", str(REASONS[problem.code]))
        else:
            return redirect("interactions:mail-detail", pk=row.pk)
    return form_page(
        request,
        form,
        title=_("Put an e-mail into the log"),
        lead=_("You see what would be stored before it is."),
        save=_("Upload"),
        cancel_url=reverse("interactions:interaction-list"),
        crumbs=_crumbs(),
    )


@requires("interactions.log")
@require_http_methods(["GET", "POST"])
def mail_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What a mail would become, to be mended and stored."""
    user, upload = signed_in(request), _upload(request, pk)
    preview = _preview(request, upload)
    form = MailForm(
        request.POST or None,
        user=user,
        people=preview.people.participants,
        parts=preview.files,
        initial=_start(preview),
    )
    if request.method == "POST" and form.is_valid():
        try:
            contact = take_mail(
                preview=preview,
                taken=_taken(form, preview),
                author=user,
                now=timezone.now(),
            )
        except RefusedError as problem:
            add_to_form(form, problem)
        else:
            uploads.drop_upload(upload=upload)
            messages.success(request, _("The e-mail is in the log."))
            return redirect(contact.get_absolute_url())
    context = {
        "upload": upload,
        "preview": preview,
        "mail": preview.mail,
        "form": form,
        "crumbs": _crumbs(),
    }
    status = 422 if form.errors else 200
    return render(request, "interactions/mail_detail.html", context, status=status)


@requires("interactions.log")
@require_POST
def mail_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget an uploaded mail."""
    uploads.drop_upload(upload=_upload(request, pk))
    messages.success(request, _("The file was dropped. Nothing was stored."))
    return redirect("interactions:interaction-list")


def _preview(request: HttpRequest, upload: Upload) -> MailPreview:
    return preview_of(
        uploads.content_of(upload),
        user=signed_in(request),
        now=timezone.now(),
        account=upload.account,
    )


def _upload(request: HttpRequest, pk: int) -> Upload:
    rows = Upload.objects.visible_to(signed_in(request)).filter(kind=UploadKind.MAIL)
    found: Upload = get_object_or_404(rows.select_related("account"), pk=pk)
    return found


def _asked(request: HttpRequest) -> Account | None:
    number = request.GET.get("account", "")
    if not number.isdecimal() or len(number) > 18:
        return None
    rows = Account.objects.visible_to(signed_in(request)).not_merged()
    found: Account | None = rows.filter(pk=number).first()
    return found


def _start(preview: MailPreview) -> dict[str, Any]:
    mail = preview.mail
    return {
        "account": preview.people.account,
        "summary": mail.subject or _("E-mail without a subject"),
        "occurred_at": local(mail.sent_at) if mail.sent_at is not None else None,
        "direction": preview.direction,
        "participants": [one.pk for one in preview.people.participants],
        "attachments": [part.number for part in preview.files],
        "text": mail.text,
    }


def _taken(form: MailForm, preview: MailPreview) -> Taken:
    values = form.cleaned_data
    names = ("account", "occurred_at", "summary", "text", "direction", "is_confidential")
    return Taken(
        participants=list(values.get("participants") or ()),
        colleagues=preview.people.colleagues,
        files=set(values.get("attachments") or ()),
        **{name: values[name] for name in names},
    )


def _crumbs() -> Crumbs:
    return [(_("Contacts"), reverse("interactions:interaction-list")), (_("E-mail"), "")]
