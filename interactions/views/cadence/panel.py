"""Cadence on the account page: for each required function the last contact and the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.selectors.people.stakeholder_map import function_label
from accounts.views.accounts import account_crumbs, get_account
from accounts.views.team.common import sign
from interactions.forms.cadence import WHOLE_LABEL
from interactions.selectors.cadence.account import FunctionPace, paces_at
from interactions.selectors.cadence.pauses import pauses_at
from interactions.views.cadence import words
from kam.core import htmx
from kam.identity.decorators import requires, signed_in


@dataclass(frozen=True)
class _Line:
    """One line of the panel."""

    title: str
    last_on: date | None
    touch: Any
    badge: Any
    log_url: str
    who: str
    is_required: bool
    people: int


@requires("interactions.view")
@require_GET
def cadence(request: HttpRequest, pk: int) -> HttpResponse:
    """What the tier asks for here, how it stands, and pauses that hold or come."""
    user = signed_in(request)
    account = get_account(request, pk)
    today = timezone.localdate()
    found = paces_at(account, as_of=today)
    context = {
        "account": account,
        "title": _("Cadence"),
        "panel_template": "interactions/panels/cadence.html",
        "crumbs": account_crumbs(account, (_("Cadence"), "")),
        "tier": found.tier,
        "lines": [_line(one, account.pk) for one in found.functions],
        "pauses": pauses_at(account, as_of=today),
        "may_log": user.can("interactions.log"),
    }
    return htmx.render_part(request, "accounts/panel_page.html", context, "panel")


def _line(one: FunctionPace, account: int) -> _Line:
    touch = one.touch
    return _Line(
        title=function_label(one.function) if one.function else str(WHOLE_LABEL),
        last_on=one.last_on,
        touch=touch,
        badge=sign(words.badge(touch)) if touch else None,
        log_url=words.log_url_of(account, one.position),
        who=words.name_of(one.position),
        is_required=one.is_required,
        people=one.people,
    )
