"""What plans give to the search that stands on every page."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kam.core.registry import SearchHit, SearchProvider, search_providers
from plans.selectors.negotiation.reads import briefs_for
from plans.selectors.plan.listing import plans_for

LEAST = 2


def search_plans(user: Any, text: str, limit: int) -> list[SearchHit]:
    """Plans with the words in their title or their account's name, the latest period first."""
    typed = text.strip()
    if len(typed) < LEAST:
        return []
    words = Q(title__icontains=typed) | Q(account__name__icontains=typed)
    rows = plans_for(user).filter(words).order_by("-period", "pk")
    return [
        SearchHit(
            title=row.title,
            url=row.get_absolute_url(),
            icon="target-arrow",
            detail=f"{row.account.name}, {row.get_state_display()}",
        )
        for row in rows[:limit]
    ]


def search_negotiations(user: Any, text: str, limit: int) -> list[SearchHit]:
    """Negotiations of one's own accounts and teams, the latest first."""
    typed = text.strip()
    if len(typed) < LEAST:
        return []
    words = Q(title__icontains=typed) | Q(account__name__icontains=typed)
    rows = briefs_for(user).filter(words).order_by("-begins_on", "pk")
    return [
        SearchHit(
            title=row.title,
            url=row.get_absolute_url(),
            icon="scale",
            detail=f"{row.account.name}, {row.get_state_display()}",
        )
        for row in rows[:limit]
    ]


def register() -> None:
    """Register the search of plans and negotiations."""
    search_providers.register(
        SearchProvider(
            key="negotiations",
            title=_("Negotiations"),
            search=search_negotiations,
            capability="negotiations.view",
            order=41,
        )
    )
    search_providers.register(
        SearchProvider(
            key="plans", title=_("Plans"), search=search_plans, capability="plans.view", order=40
        )
    )
