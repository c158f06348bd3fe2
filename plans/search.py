"""What plans give to the search that stands on every page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kam.core.registry import SearchHit, SearchProvider, search_providers
from plans.models import LossScenario, ScenarioAccount
from plans.selectors.negotiation.reads import briefs_for
from plans.selectors.plan.listing import plans_for
from plans.selectors.reviews.reads import reviews_for

LEAST = 2


def search_plans(user: Any, text: str, limit: int) -> list[SearchHit]:
    """Plans with the words in their title or their account's name, the latest period first."""
    rows = plans_for(user).order_by("-period", "pk")
    return _found(rows, text, limit, icon="target-arrow", detail=_of_account)


def search_negotiations(user: Any, text: str, limit: int) -> list[SearchHit]:
    """Negotiations of one's own accounts and teams, the latest first."""
    rows = briefs_for(user).order_by("-begins_on", "pk")
    return _found(rows, text, limit, icon="scale", detail=_of_account)


def search_reviews(user: Any, text: str, limit: int) -> list[SearchHit]:
    """Business reviews that the user may read, the latest first."""
    rows = reviews_for(user).order_by("-held_on", "pk")
    return _found(rows, text, limit, icon="presentation", detail=_of_account)


def search_scenarios(user: Any, text: str, limit: int) -> list[SearchHit]:
    """Loss scenarios of which the user sees every account, the latest first; none put away."""
    rows = LossScenario.objects.visible_to(user).kept().order_by("-updated_at", "pk")
    return _found(rows, text, limit, icon="chart-arrows-vertical", detail=_of_kind, about=_loses)


def _found(
    rows: QuerySet[Any],
    text: str,
    limit: int,
    *,
    icon: str,
    detail: Callable[[Any], str],
    about: Callable[[str], Q] = lambda typed: Q(account__name__icontains=typed),
) -> list[SearchHit]:
    """Rows with the words in their title or in the name of an account that they are about."""
    typed = text.strip()
    if len(typed) < LEAST:
        return []
    words = Q(title__icontains=typed) | about(typed)
    return [
        SearchHit(title=row.title, url=row.get_absolute_url(), icon=icon, detail=detail(row))
        for row in rows.filter(words)[:limit]
    ]


def _loses(typed: str) -> Q:
    named = ScenarioAccount.objects.filter(account__name__icontains=typed)
    return Q(pk__in=named.values("scenario"))


def _of_account(row: Any) -> str:
    return f"{row.account.name}, {row.get_state_display()}"


def _of_kind(row: Any) -> str:
    return str(row.get_kind_display())


def register() -> None:
    """Register the search of plans, negotiations, reviews and loss scenarios."""
    search_providers.register(
        SearchProvider(
            key="plans", title=_("Plans"), search=search_plans, capability="plans.view", order=40
        ),
        SearchProvider(
            key="negotiations",
            title=_("Negotiations"),
            search=search_negotiations,
            capability="negotiations.view",
            order=41,
        ),
        SearchProvider(
            key="reviews",
            title=_("Business reviews"),
            search=search_reviews,
            capability="reviews.view",
            order=42,
        ),
        SearchProvider(
            key="loss",
            title=_("Loss scenarios"),
            search=search_scenarios,
            capability="scenarios.view",
            order=43,
        ),
    )
