"""Contacts on the pages of accounts and people: the last ones, and the way to log the next."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.models import Person
from accounts.views.accounts import account_crumbs
from accounts.views.team.common import get_worked_on
from interactions.models import Interaction
from interactions.selectors import log as reads
from interactions.views.log import common
from kam.core import htmx
from kam.identity.decorators import requires, signed_in

SHOWN = 8


@requires("interactions.view")
@require_GET
def account_panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The last contacts with an account and everything below it."""
    user, account = signed_in(request), get_worked_on(request, pk)
    rows = list(reads.contacts_of(account, user)[: SHOWN + 1])
    context = {
        "account": account,
        "title": _("Contacts"),
        "panel_template": "interactions/panels/contacts.html",
        "crumbs": account_crumbs(account, (_("Contacts"), "")),
        "lines": _lines(rows[:SHOWN], account.pk),
        "has_more": len(rows) > SHOWN,
        "all_url": f"{reverse('interactions:interaction-list')}?account={pk}",
        "log_url": common.log_url(account),
        "may_log": user.can("interactions.log"),
        "empty": _("Nobody has logged a contact with this account yet."),
    }
    return htmx.render_part(request, "accounts/panel_page.html", context, "panel")


@requires("interactions.view")
@require_GET
def person_panel(request: HttpRequest, pk: int) -> HttpResponse:
    """The last contacts with a person, and how they sounded of late."""
    user, today = signed_in(request), timezone.localdate()
    person: Person = get_object_or_404(Person.objects.visible_to(user), pk=pk)
    rows = list(reads.contacts_with(person.pk, user)[: SHOWN + 1])
    places = list(person.positions.values_list("pk", flat=True))
    moods = reads.moods_of(places, user, as_of=today)
    context = {
        "person": person,
        "title": _("Contacts"),
        "panel_template": "interactions/panels/contacts.html",
        "crumbs": [(person.name, person.get_absolute_url()), (_("Contacts"), "")],
        "lines": _lines(rows[:SHOWN], None),
        "has_more": len(rows) > SHOWN,
        "moods": list(moods.values()),
        "mood_days": reads.MOOD_DAYS,
        "all_url": f"{reverse('interactions:interaction-list')}?person={pk}",
        "log_url": common.log_url(person=person.pk),
        "may_log": user.can("interactions.log"),
        "empty": _("Nobody has logged a contact with this person yet."),
    }
    return htmx.render_part(request, "accounts/panel_page.html", context, "panel")


def _lines(
    rows: list[Interaction], account_id: int | None
) -> list[tuple[Interaction, str, str, str]]:
    return [
        (
            row,
            common.KIND_ICONS[row.kind],
            common.people_in_words(row),
            row.account.name if row.account_id != account_id else "",
        )
        for row in rows
    ]
