"""The account at a glance: what each app answers with the top risks, and the open actions."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.models import Account
from accounts.views.accounts import account_crumbs, get_account
from kam.core import htmx
from kam.core.cockpit import actions_of, glance_of
from kam.identity.decorators import requires, signed_in


@requires("accounts.view")
@require_GET
def cockpit(request: HttpRequest, pk: int) -> HttpResponse:
    """Standing and money of one account with their risks, in a constant number of statements."""
    account = get_account(request, pk)
    seen = glance_of(signed_in(request), account, timezone.localdate(), part="business")
    context = {"answers": seen.answers, "risks": seen.risks}
    return _part(request, account, _("At a glance"), "cockpit", context)


@requires("accounts.view")
@require_GET
def people(request: HttpRequest, pk: int) -> HttpResponse:
    """Whom we know and meet at one account, with the risks of it."""
    account = get_account(request, pk)
    seen = glance_of(signed_in(request), account, timezone.localdate(), part="people")
    context = {"answers": seen.answers, "risks": seen.risks, "joins": htmx.is_htmx(request)}
    return _part(request, account, _("People and contacts"), "cockpit_people", context)


@requires("accounts.view")
@require_GET
def actions(request: HttpRequest, pk: int) -> HttpResponse:
    """What waits at one account, in a constant number of statements."""
    account = get_account(request, pk)
    found = actions_of(signed_in(request), account, timezone.localdate())
    return _part(request, account, _("Open actions"), "cockpit_actions", {"actions": found})


def _part(
    request: HttpRequest, account: Account, title: str, name: str, context: dict[str, Any]
) -> HttpResponse:
    values = {
        "account": account,
        "title": title,
        "panel_template": f"accounts/panels/{name}.html",
        "crumbs": account_crumbs(account, (title, "")),
        "page": "" if htmx.is_htmx(request) else account.get_absolute_url(),
        **context,
    }
    return htmx.render_part(request, "accounts/panel_page.html", values, "panel")
