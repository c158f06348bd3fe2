"""The account at a glance: what each app answers, the top risks, the open actions."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.views.accounts import account_crumbs, get_account
from kam.core import htmx
from kam.core.cockpit import glance_of
from kam.identity.decorators import requires, signed_in


@requires("accounts.view")
@require_GET
def cockpit(request: HttpRequest, pk: int) -> HttpResponse:
    """Answers, risks and actions of one account, in a constant number of statements."""
    user, today = signed_in(request), timezone.localdate()
    account = get_account(request, pk)
    title = _("At a glance")
    seen = glance_of(user, account, today)
    context = {
        "account": account,
        "title": title,
        "panel_template": "accounts/panels/cockpit.html",
        "crumbs": account_crumbs(account, (title, "")),
        "answers": seen.answers,
        "risks": seen.risks,
        "actions": seen.actions,
        "page": "" if htmx.is_htmx(request) else account.get_absolute_url(),
    }
    return htmx.render_part(request, "accounts/panel_page.html", context, "panel")
