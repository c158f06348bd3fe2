"""One version in plain words with worked examples, and its signed file."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kam.core import htmx
from kam.core.money import AmountError, parse_decimal
from kam.core.problems import RefusedError
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User
from settlements.choices.terms import VersionState
from settlements.models import AgreementVersion
from settlements.selectors.terms import own_figures
from settlements.services.terms.files import attach_file
from settlements.views.downloads import download
from settlements.views.terms import changes, common, comparing, reading, words

# icons: send arrow-back-up circle-check ban copy scale message hourglass trash
LARGEST = Decimal(10) ** 12


@requires("terms.view")
@require_GET
def version_page(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """What a version says, worked through with the account's own figures; what changed."""
    user, today = signed_in(request), timezone.localdate()
    version = common.get_version(request, pk, number)
    previous = previous_of(version)
    context = {
        "version": version,
        "agreement": version.agreement,
        "currency": version.agreement.currency_id,
        "badge": words.state_badge(version).__html__(),
        "previous": previous,
        "changes": changes.changes(previous, version, today=today) if previous else [],
        "comparison": comparing.shown(version),
        "may": may(user, version),
        "waits_for_another": waits(user, version),
        "crumbs": common.version_crumbs(version),
        **reading.read(version, today=today, typed=typed_turnover(request)),
    }
    return render(request, "settlements/agreement_version.html", context)


def previous_of(version: AgreementVersion) -> AgreementVersion | None:
    """The version written before this one."""
    rows = version.agreement.versions.filter(version__lt=version.version)
    return rows.select_related("agreement").order_by("-version").first()


def may(user: User, version: AgreementVersion) -> dict[str, bool]:
    """What the user may do with a version as it stands."""
    writes = common.may_write(user, version.agreement)
    state = version.state
    waits_now = state == VersionState.IN_APPROVAL
    return {
        "edit": writes and version.is_editable,
        "discard": writes and version.is_editable,
        "approve": waits_now and user.can("terms.approve") and not wrote(user, version),
        "return": waits_now and (user.can("terms.approve") or version.submitted_by_id == user.pk),
        "terminate": state == VersionState.ACTIVE and user.can("terms.approve"),
        "copy": writes and state in words.STATES and not _has_open(version),
    }


def wrote(user: User, version: AgreementVersion) -> bool:
    """Whether the user wrote in a version or submitted it: somebody else approves it."""
    return user.pk in {version.submitted_by_id, version.written_by_id, *version.writer_ids}


def _has_open(version: AgreementVersion) -> bool:
    return version.agreement.versions.filter(
        state__in=[VersionState.DRAFT, VersionState.IN_APPROVAL]
    ).exists()


def waits(user: User, version: AgreementVersion) -> str:
    """Why one who may approve may not approve this one."""
    if version.state != VersionState.IN_APPROVAL:
        return ""
    if user.can("terms.approve") and wrote(user, version):
        return _("You wrote or submitted this version: somebody else approves it.")
    return _("This version waits for approval and does not change meanwhile.")


def typed_turnover(request: HttpRequest) -> Decimal | None:
    """The turnover that the address asks to work through; None where it names none."""
    try:
        value = parse_decimal(request.GET.get("turnover", ""))
    except AmountError:
        return None
    return None if abs(value) >= LARGEST else round(value, 2)


@requires("terms.view")
@require_GET
def preview_deduction(request: HttpRequest, pk: int, number: int, term_pk: int) -> HttpResponse:
    """What a typed turnover comes to under a term as it is kept; a part of the page, or itself."""
    version = common.get_version(request, pk, number)
    block = reading.block(
        common.get_term(version, term_pk),
        today=timezone.localdate(),
        typed=typed_turnover(request),
        average=own_figures.usual_month(version.agreement, as_of=timezone.localdate()),
    )
    context: dict[str, Any] = {
        "example": block.deduction,
        "pk": block.term.pk,
        "version": version,
        "currency": version.agreement.currency_id,
        "title": _("A month worked through"),
        "crumbs": common.version_crumbs(version, (_("A month worked through"), "")),
    }
    return htmx.render_part(request, "settlements/agreement_month.html", context, "month")


# The signed file


@requires("terms.view")
@require_GET
def version_file(request: HttpRequest, pk: int, number: int) -> FileResponse:
    """The signed file as a download: never a page of ours, whatever it may hold."""
    version = common.get_version(request, pk, number)
    return download(version.file, name=version.file_name, content_type=version.file_type)


@requires("terms.edit")
@require_POST
def file_add(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Keep the signed file with a draft; another one takes its place."""
    version = common.get_draft(request, pk, number)
    upload = request.FILES.get("file")
    if upload is None:
        messages.error(request, _("Choose a file first."))
    else:
        try:
            attach_file(version=version, upload=upload, by=signed_in(request))
        except RefusedError as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, _("The file is kept with the draft."))
    return redirect(f"{common.page_of('agreement-version-edit', version)}#file")
