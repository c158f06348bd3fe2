"""The ways to look at interactions, as tabs."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from kam.core.nav import Tab


def tabs(request: HttpRequest, active: str) -> list[Tab]:
    """Contacts, needs, and what else of the app exists, in order."""
    ways = [("interaction-list", _("Contacts")), ("need-list", _("Needs"))]
    found = []
    for name, title in ways:
        try:
            found.append(Tab(title, reverse(f"interactions:{name}"), active=name == active))
        except NoReverseMatch:
            continue
    return found
