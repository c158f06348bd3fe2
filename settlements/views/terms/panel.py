"""Terms on the account page: what holds today in plain words, and until when."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.views.accounts import account_crumbs, get_account
from kam.core import htmx
from kam.identity.decorators import requires, signed_in
from settlements.choices.terms import VersionState
from settlements.models import AgreementVersion
from settlements.selectors.terms.rules import versions_in_force
from settlements.views.terms import reading, words

SHOWN = 3


@requires("terms.view")
@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The versions that the account follows today, and drafts that are being written."""
    user, account, today = signed_in(request), get_account(request, pk), timezone.localdate()
    found = versions_in_force([account], today)[account.pk]
    seen = AgreementVersion.objects.visible_to(user).filter(pk__in=[one.pk for one in found])
    visible = set(seen.values_list("pk", flat=True))
    drafts = AgreementVersion.objects.visible_to(user).filter(
        agreement__account=account, state__in=[VersionState.DRAFT, VersionState.IN_APPROVAL]
    )
    context = {
        "account": account,
        "title": _("Terms"),
        "panel_template": "settlements/agreement_panel.html",
        "crumbs": account_crumbs(account, (_("Terms"), "")),
        "held": [
            {
                "version": one,
                "agreement": one.agreement,
                "period": words.period(one),
                "blocks": reading.blocks(one, today=today),
                "is_inherited": one.agreement.account_id != account.pk,
                "is_seen": one.pk in visible,
            }
            for one in found[:SHOWN]
        ],
        "more": max(len(found) - SHOWN, 0),
        "drafts": [
            (one, words.state_badge(one).__html__())
            for one in drafts.select_related("agreement")[:SHOWN]
        ],
        "may_write": user.can("terms.edit"),
    }
    return htmx.render_part(request, "accounts/panel_page.html", context, "panel")
