"""Settlement statements on the account page: what stands where, what falls due when."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.views.accounts import account_crumbs, get_account
from kam.core import htmx
from kam.identity.decorators import requires, signed_in
from settlements.selectors.settling.calendar import statements_due, with_terms
from settlements.selectors.settling.reads import statements_for
from settlements.selectors.settling.unbilled import sold_not_stated
from settlements.views.settling import common
from settlements.views.settling.lists import due_url

SHOWN = 6


@requires(common.VIEW)
@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The account's statements with all below it, the calendar, and what was sold since."""
    user, account, today = signed_in(request), get_account(request, pk), timezone.localdate()
    rows = statements_for(user).filter(account__path__contains=[account.pk])
    rows = rows.exclude(state="cancelled")
    shown = rows.order_by("-period", "-pk")[:SHOWN]
    statements = [(row, common.state_badge(row).__html__()) for row in shown]
    found = statements_due(user, as_of=today, account=account)
    due = [one for one in found if not one.is_old]
    settles = found or statements
    unbilled = sold_not_stated(as_of=today, user=user, account=account) if settles else []
    context = {
        "account": account,
        "title": _("Settlement statements"),
        "panel_template": "settlements/settling_panel.html",
        "crumbs": account_crumbs(account, (_("Settlement statements"), "")),
        "today": today,
        "statements": statements,
        "due": with_terms(due[:SHOWN]),
        "more_due": max(len(due) - SHOWN, 0),
        "due_url": due_url(account),
        "older": len(found) - len(due),
        "older_url": due_url(account, older=True),
        "unbilled": unbilled,
        "may_draft": user.can(common.DRAFT),
    }
    return htmx.render_part(request, "accounts/panel_page.html", context, "panel")
