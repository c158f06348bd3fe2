"""What this app gives to the search that stands on every page."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from accounts.selectors.accounts import accounts_for, matching
from accounts.selectors.market import competitors_called
from accounts.selectors.people.listing import people_called
from accounts.selectors.portrait import statements_saying
from kam.core.registry import SearchHit, SearchProvider, search_providers
from kam.core.text import search_key


def search_accounts(user: Any, text: str, limit: int) -> list[SearchHit]:
    """Accounts by name in any script or by identifier, in the user's scope.

    The best known first: names that begin with what was typed, then by revenue. A merged
    duplicate's name leads to the account that took its place.
    """
    if len(text.strip()) < 2:
        return []
    rows = matching(accounts_for(user), text).order_by("-figure__net_12m", "pk")
    found = sorted(rows[: limit * 4], key=lambda account: not _begins(account, text))
    hits = [
        SearchHit(
            title=account.name,
            url=account.get_absolute_url(),
            icon="building-store",
            detail=getattr(account, "above", "") or account.get_kind_display(),
        )
        for account in found[:limit]
    ]
    return hits or _merged(user, text, limit)


def _begins(account: Account, text: str) -> bool:
    return account.name_key.startswith(search_key(text))


def _merged(user: Any, text: str, limit: int) -> list[SearchHit]:
    gone = Account.objects.filter(
        merged_into__isnull=False, merged_into__in=Account.objects.visible_to(user)
    )
    rows = matching(gone, text).select_related("merged_into").order_by("name_key", "pk")[:limit]
    return [
        SearchHit(
            title=account.name,
            url=account.get_absolute_url(),
            icon="git-merge",
            detail=_("merged into another account"),
        )
        for account in rows
    ]


def search_people(user: Any, text: str, limit: int) -> list[SearchHit]:
    """People by name in any script or by e-mail address, in the user's scope."""
    if len(text.strip()) < 2:
        return []
    return [
        SearchHit(
            title=person.name, url=person.get_absolute_url(), icon="user", detail=person.email
        )
        for person in people_called(user, text, limit=limit)
    ]


def search_statements(user: Any, text: str, limit: int) -> list[SearchHit]:
    """Standing portrait statements with these words; confidential ones for the team only."""
    if len(text.strip()) < 3:
        return []
    found = statements_saying(user, text, as_of=timezone.localdate(), limit=limit)
    return [
        SearchHit(
            title=Truncator(one.text).chars(80),
            url=reverse("accounts:portrait", args=[one.account_id]),
            icon="file-text",
            detail=one.account.name,
        )
        for one in found
    ]


def search_competitors(user: Any, text: str, limit: int) -> list[SearchHit]:
    """Competitors by name in any script."""
    if len(text.strip()) < 2:
        return []
    return [
        SearchHit(title=one.name, url=one.get_absolute_url(), icon="swords")
        for one in competitors_called(user, search_key(text), limit=limit)
    ]


def register() -> None:
    """Register the search of accounts and people."""
    search_providers.register(
        SearchProvider(
            key="people",
            title=_("People"),
            search=search_people,
            capability="people.view",
            order=20,
        )
    )
    search_providers.register(
        SearchProvider(
            key="competitors",
            title=_("Competitors"),
            search=search_competitors,
            capability="market.view",
            order=35,
        )
    )
    search_providers.register(
        SearchProvider(
            key="statements",
            title=_("Portraits"),
            search=search_statements,
            capability="portrait.view",
            order=40,
        )
    )
    search_providers.register(
        SearchProvider(
            key="accounts",
            title=_("Accounts"),
            search=search_accounts,
            capability="accounts.view",
            order=10,
        )
    )
