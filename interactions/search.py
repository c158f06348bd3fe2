"""What this app gives to the search that stands on every page: what customers said."""

from __future__ import annotations

from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from interactions.analytics.search import is_han
from interactions.selectors import search as reads
from kam.core import formats
from kam.core.clock import organisation_zone
from kam.core.registry import SearchHit, SearchProvider, search_providers
from kam.core.timeline import Wanted

LEAST = 3
"""Shorter Latin texts are the beginning of too many words; Chinese ones are words."""


def search_contacts(user: Any, text: str, limit: int) -> list[SearchHit]:
    """Contacts, concerns and needs that say what was typed, the best first."""
    typed = text.strip()
    if len(typed) < LEAST and not is_han(typed):
        return []
    found = reads.search(user, text, limit=limit, wanted=Wanted(zone=organisation_zone()))
    return [
        SearchHit(
            title=Truncator(str(event.title)).chars(80),
            url=event.url,
            icon=event.icon,
            detail=f"{event.account}, {formats.date(event.occurred_at.date())}",
        )
        for event in found.events
    ]


def register() -> None:
    """Register the search of what was said."""
    search_providers.register(
        SearchProvider(
            key="contacts",
            title=_("What customers said"),
            search=search_contacts,
            capability="interactions.view",
            order=25,
        )
    )
