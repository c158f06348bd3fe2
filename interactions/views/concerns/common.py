"""What the pages of concerns share: rows in scope, tabs, crumbs, their form page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.selectors.team.members import accounts_worked_on
from interactions.models import Concern
from interactions.selectors import concerns as reads
from kam.core import htmx
from kam.core.nav import Tab
from kam.core.pages import Crumbs
from kam.core.registry import may
from kam.identity.decorators import signed_in


def tabs(request: HttpRequest, active: str) -> list[Tab]:
    """The ways to look at concerns."""
    ways = [
        ("concern-board", _("Board"), "interactions.view"),
        ("concern-list", _("List"), "interactions.view"),
        ("concern-times", _("How fast"), "interactions.view"),
        ("concern-targets", _("Targets"), "interactions.view"),
    ]
    return [
        Tab(title, reverse(f"interactions:{name}"), active=name == active)
        for name, title, capability in ways
        if may(request.user, capability)
    ]


def crumbs(*steps: tuple[str, str]) -> Crumbs:
    """Breadcrumbs of pages about concerns."""
    own = reverse("interactions:concern-list") if steps else ""
    return [(_("Concerns"), own), *steps]


def get_concern(request: HttpRequest, pk: int) -> Concern:
    """A concern that the user may read. Raises Http404."""
    rows = reads.concerns_for(signed_in(request)).select_related("author", "note__interaction")
    found: Concern = get_object_or_404(rows, pk=pk)
    return found


def get_editable(request: HttpRequest, pk: int) -> Concern:
    """A concern that the user may work on. Raises Http404."""
    rows = Concern.objects.editable_by(signed_in(request)).select_related("account", "owner")
    found: Concern = get_object_or_404(rows, pk=pk)
    return found


def get_worked_on(request: HttpRequest, pk: int) -> Account:
    """An account that the user sees or supports. Raises Http404."""
    rows = accounts_worked_on(signed_in(request))
    found: Account = get_object_or_404(rows.select_related("current_lead"), pk=pk)
    return found


def form_page(
    request: HttpRequest, form: Any, *, title: str, save: str, back: str, steps: Crumbs
) -> HttpResponse:
    """A page that is one form, or the part that the side panel shows; 422 to be mended."""
    context = {
        "title": title,
        "form": form,
        "save": save,
        "action": request.get_full_path(),
        "is_part": htmx.is_htmx(request),
        "cancel_url": back,
        "crumbs": list(steps),
    }
    status = 422 if form.errors else 200
    return htmx.render_part(
        request, "interactions/concern_form.html", context, "panel", status=status
    )
