"""Versions of many agreements at once: handed in, and approved by somebody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from kam.core.pages import safe_next
from kam.core.problems import RefusedError
from kam.core.tables.table import BulkAction
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User
from settlements.choices.terms import VersionState
from settlements.models import AgreementVersion
from settlements.services.terms.versions import approve_version, submit_version

# icons: send circle-check
TOLD = 5
"""Refusals that are told one by one."""


def bulk_actions(user: User) -> list[BulkAction]:
    """What the list of agreements offers for the rows chosen."""
    found = []
    if user.can("terms.edit"):
        url = reverse("settlements:agreement-submit-many")
        found.append(BulkAction(title=_("Submit for approval"), url=url, icon="send"))
    if user.can("terms.approve"):
        url = reverse("settlements:agreement-approve-many")
        found.append(BulkAction(title=_("Approve"), url=url, icon="circle-check", confirm=True))
    return found


@requires("terms.edit")
@require_POST
def submit_many(request: HttpRequest) -> HttpResponse:
    """Hand the drafts of the agreements chosen to somebody else; My day tells who approves."""
    user, now = signed_in(request), timezone.now()
    rows = AgreementVersion.objects.editable_by(user).filter(state=VersionState.DRAFT)
    done = _each(
        request, rows, lambda row: submit_version(version=row, by=user, at=now, is_told=False)
    )
    words = ngettext("%s draft waits for approval.", "%s drafts wait for approval.", done)
    return _back(request, words % done, done)


@requires("terms.approve")
@require_POST
def approve_many(request: HttpRequest) -> HttpResponse:
    """Approve what waits of the agreements chosen; what one wrote oneself is refused."""
    user, now = signed_in(request), timezone.now()
    rows = AgreementVersion.objects.visible_to(user).filter(state=VersionState.IN_APPROVAL)
    done = _each(request, rows, lambda row: approve_version(version=row, by=user, at=now))
    words = ngettext("%s version is approved.", "%s versions are approved.", done)
    return _back(request, words % done, done)


def _each(
    request: HttpRequest,
    rows: QuerySet[AgreementVersion],
    act: Callable[[AgreementVersion], Any],
) -> int:
    """Do it to each of the agreements chosen; tell of the first refusals by name."""
    chosen = [int(pk) for pk in request.POST.getlist("ids") if pk.isdecimal() and len(pk) < 19]
    done = refused = 0
    for row in rows.filter(agreement__in=chosen).select_related("agreement").order_by("pk"):
        try:
            act(row)
        except RefusedError as problem:
            refused += 1
            if refused <= TOLD:
                messages.error(request, f"{row.agreement}: {problem}")
        else:
            done += 1
    if refused > TOLD:
        more = ngettext("%s more was refused.", "%s more were refused.", refused - TOLD)
        messages.error(request, more % (refused - TOLD))
    return done


def _back(request: HttpRequest, words: str, done: int) -> HttpResponse:
    if done:
        messages.success(request, words)
    elif not messages.get_messages(request):
        messages.info(request, _("Nothing of what you chose waits for this."))
    return redirect(safe_next(request, reverse("settlements:agreement-list")))
