"""The panel of the account page: what is agreed, what is missing, how we delivered."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.models import Placement
from accounts.selectors.placement import compliance, listing, service
from accounts.selectors.placement.gaps import open_gaps
from accounts.views.accounts import account_crumbs, get_account, may_edit
from accounts.views.placement import common
from accounts.views.placement.deliveries import period_of
from kam.core import htmx
from kam.identity.decorators import requires, signed_in

MONTHS, SHOWN = 6, 12


@requires("placement.view")
@require_GET
def availability(request: HttpRequest, pk: int) -> HttpResponse:
    """Compliance and service of the last months, open gaps, placements with their steps."""
    user, today = signed_in(request), timezone.localdate()
    account = get_account(request, pk)
    period = period_of(MONTHS, today)
    rows = listing.at_account(account, as_of=today)
    gaps = open_gaps(user, as_of=today, within=account.pk)
    editable = may_edit(user, account)
    seen = compliance.total(user, period, within=account.pk)
    visible = set(
        Placement.objects.visible_to(user)
        .filter(pk__in=[row.pk for row in rows])
        .values_list("pk", flat=True)
    )
    context = {
        "account": account,
        "title": _("Placement and availability"),
        "panel_template": "accounts/panels/availability.html",
        "crumbs": account_crumbs(account, (_("Placement and availability"), "")),
        "seen": seen,
        "service": service.service_level(user, period, within=account.pk),
        "could": compliance.stores_with_agreements(user, as_of=today, within=account.pk),
        "checked": compliance.stores_checked(user, period, within=account.pk),
        "gaps": common.with_badges(gaps[:SHOWN], user),
        "more_gaps": len(gaps) - SHOWN,
        "placements": [
            {
                "row": row,
                "what": common.what(row),
                "badge": common.stage_badge(row).__html__(),
                "is_visible": row.pk in visible,
            }
            for row in rows[:SHOWN]
        ],
        "more": len(rows) - SHOWN,
        "tasks": listing.open_tasks_at(account)[:SHOWN],
        "may_edit": editable and user.can("placement.edit"),
        "may_task": editable,
        "may_check": editable and account.kind == "store" and user.can("placement.check"),
        "today": today,
    }
    return htmx.render_part(request, "accounts/panel_page.html", context, "panel")
