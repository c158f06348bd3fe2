"""Pages' rows as files that an import reads again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.selectors import portable
from kam.core import exports
from kam.core.registry import may
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User


@dataclass(frozen=True)
class Kind:
    """A file: who may have it, what it holds, and the page that offers it."""

    capability: str
    columns: list[str]
    rows: Callable[[User], portable.Rows]
    page: str


KINDS = {
    "accounts": Kind("accounts.view", portable.ACCOUNTS, portable.account_rows, "account-list"),
    "competitors": Kind(
        "market.view", portable.COMPETITORS, portable.competitor_rows, "competitor-list"
    ),
    "market_facts": Kind(
        "market.view", portable.MARKET_FACTS, portable.market_fact_rows, "market-fact-list"
    ),
    "placements": Kind(
        "placement.view", portable.PLACEMENTS, portable.placement_rows, "placement-list"
    ),
}


def menu(user: User, kind: str) -> dict[str, Any]:
    """What `accounts/portable_menu.html` offers for a kind."""
    return {
        "url": f"{reverse('accounts:portable', args=[kind])}?export=",
        "import_url": f"{reverse('imports:batch-create')}?kind={kind}"
        if may(user, "imports.run")
        else "",
    }


@requires("accounts.view")
@require_GET
def portable_file(request: HttpRequest, kind: str) -> HttpResponseBase:
    """All rows of a kind in one's scope, in the layout of its import."""
    user, found = signed_in(request), KINDS.get(kind)
    if found is None or not user.can(found.capability):
        raise Http404
    rows = list(found.rows(user))
    return exports.export_response(
        request,
        name=kind.replace("_", "-"),
        kind=request.GET.get("export", "csv"),
        headings=found.columns,
        records=lambda: rows,
        exceeds=lambda limit: len(rows) > limit,
        back_url=reverse(f"accounts:{found.page}"),
    )
