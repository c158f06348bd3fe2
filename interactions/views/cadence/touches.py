"""The list of due and overdue contacts, of functions or of people."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from accounts.models import Account
from accounts.views.columns import account_url
from accounts.views.tiers.words import badge as tier_badge
from interactions.forms.cadence import TouchFilter
from interactions.selectors.cadence.touches import (
    DAYS_AHEAD,
    LATER,
    MOST,
    OVERDUE,
    led_by,
    touches_of,
    touches_with_people,
)
from interactions.views.cadence import words
from kam.core.nav import Tab
from kam.core.pages import Crumbs
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in

MINE, ALL = "mine", "all"
FUNCTIONS, PEOPLE = "functions", "people"

COLUMNS = [
    Column(
        name="account",
        title=gettext_lazy("Account"),
        value=lambda one: one.account.name,
        sort=True,
        link=lambda one: f"{account_url(one.account)}#panel-cadence",
    ),
    Column(
        name="state",
        title=gettext_lazy("State"),
        kind="badge",
        value=words.badge,
    ),
    Column(name="what", title=gettext_lazy("With"), value=words.what, sort=True),
    Column(
        name="person",
        title=gettext_lazy("Speak with"),
        value=lambda one: words.who(one) or None,
        unknown=gettext_lazy("Nobody is known there"),
    ),
    Column(name="due", title=gettext_lazy("Due"), kind="date", value="due_on", sort=True),
    Column(
        name="last",
        title=gettext_lazy("Last contact"),
        kind="date",
        value="last_on",
        sort=True,
        unknown=gettext_lazy("No two-way contact is in the log."),
    ),
    Column(
        name="log",
        title=gettext_lazy("Log"),
        kind="link",
        value=lambda one: _("Log contact"),
        link=words.log_url,
        in_files=False,
    ),
    Column(
        name="lead",
        title=gettext_lazy("Lead"),
        value=lambda one: str(one.lead) if one.lead else None,
        unknown=gettext_lazy("Nobody leads this account"),
    ),
    Column(
        name="every",
        title=gettext_lazy("Every … days"),
        kind="number",
        places=0,
        value="every_days",
        sort=True,
        default=False,
    ),
    Column(
        name="tier",
        title=gettext_lazy("Tier"),
        kind="badge",
        value=lambda one: tier_badge(one.tier),
        default=False,
    ),
    Column(
        name="overdue",
        title=gettext_lazy("Days overdue"),
        kind="number",
        places=0,
        value="overdue_days",
        sort=True,
        default=False,
    ),
]


@requires("interactions.view")
@require_GET
def touch_list(request: HttpRequest) -> HttpResponseBase:
    """Contacts that tiers ask for, the most overdue first: one's own accounts, or all."""
    user, today = signed_in(request), timezone.localdate()
    leads_any = led_by(user).exists()
    scope = request.GET.get("of") or (MINE if leads_any else ALL)
    level = PEOPLE if request.GET.get("level") == PEOPLE else FUNCTIONS
    base = led_by(user) if scope == MINE else Account.objects.visible_to(user).not_merged()
    filters = TouchFilter(request.GET, queryset=base, request=request)
    until = None if LATER in request.GET.getlist("state") else today + timedelta(days=DAYS_AHEAD)
    find = touches_with_people if level == PEOPLE else touches_of
    found = find(filters.qs, as_of=today, until=until)
    rows = [one for one in found if filters.keeps(one.function, one.state)]
    table = Table(
        request,
        rows,
        COLUMNS,
        name="touches",
        caption=_("Due contacts"),
        filters=filters,
        empty=Empty(
            _("Nothing is due within a week"),
            _("What the tiers of accounts ask for stands here when it is due or overdue."),
            icon="circle-check",
        ),
    )
    context = {
        "crumbs": crumbs(),
        "tabs": _tabs(scope, level),
        "levels": _levels(scope, level),
        "late": sum(one.state == OVERDUE for one in rows),
        "count": len(rows),
        "is_cut": len(found) >= MOST,
        "most": MOST,
        "may_configure": user.can("interactions.configure"),
    }
    return table.response("interactions/cadence_list.html", context)


def crumbs(*steps: tuple[str, str]) -> Crumbs:
    """Breadcrumbs of the pages of cadence."""
    return [
        (_("Contacts"), reverse("interactions:interaction-list")),
        (_("Cadence"), reverse("interactions:cadence") if steps else ""),
        *steps,
    ]


def _tabs(scope: str, level: str) -> list[Tab]:
    titles = ((MINE, _("Accounts I lead")), (ALL, _("All that I may see")))
    url = reverse("interactions:cadence")
    return [
        Tab(title, f"{url}?of={name}&level={level}", active=name == scope) for name, title in titles
    ]


def _levels(scope: str, level: str) -> list[Tab]:
    titles = ((FUNCTIONS, _("By function")), (PEOPLE, _("By person")))
    url = reverse("interactions:cadence")
    return [
        Tab(title, f"{url}?of={scope}&level={name}", active=name == level) for name, title in titles
    ]
