"""What the frame itself asks for: search, and how this browser shows things."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kam.core import htmx, nav
from kam.core.context import DENSITIES, THEMES
from kam.core.formats import Text
from kam.core.registry import SearchHit, may, search_providers

PREFERENCES = {"theme": THEMES, "density": DENSITIES, "rail": ("open", "folded")}
YEAR = 365 * 24 * 3600
HITS = 6


@dataclass(frozen=True)
class Group:
    """The hits of one provider."""

    title: Text
    hits: list[SearchHit]


def search_groups(user: Any, text: str) -> list[Group]:
    """What the user may see of what was typed, by provider; pages of the rail come last."""
    groups = [
        Group(provider.title, list(hits))
        for provider in search_providers
        if text and may(user, provider.capability)
        if (hits := provider.search(user, text, HITS))
    ]
    pages = [
        SearchHit(title=entry.item.title, url=entry.url, icon=entry.item.icon)
        for entry in nav.search(user, text, HITS if text else 20)
    ]
    return [*groups, Group(_("Pages"), pages)] if pages else groups


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """The palette's results, or a page of them."""
    text = request.GET.get("q", "").strip()[:200]
    context = {"query": text, "groups": search_groups(request.user, text)}
    return htmx.render_part(request, "core/search.html", context, "results")


def _next(request: HttpRequest) -> str:
    url = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return url if safe else "/"


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Remember theme, density or rail in this browser."""
    response = HttpResponseRedirect(_next(request))
    for name, allowed in PREFERENCES.items():
        if (value := request.POST.get(name)) in allowed:
            secure = request.is_secure()
            response.set_cookie(name, str(value), max_age=YEAR, samesite="Lax", secure=secure)
    return response
