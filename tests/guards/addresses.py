"""The addresses of plans and receivables, and whose rows they name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

type Rows = dict[str, Any]

APPS = ("plans", "settlements")
# What the first id of an address names, by what stands before it.
ROWS = {
    "accounts/": "accounts",
    "agreements/": "agreements",
    "consignment/counts/": "stock-counts",
    "consignment/movements/": "consignment-movements",
    "consignment/reports/": "sales-reports",
    "credit/accounts/": "accounts",
    "credit/applications/": "credit/applications",
    "credit/checks/": "credit/checks",
    "credit/files/": "credit/application-files",
    "credit/holds/": "credit/holds",
    "credit/limits/": "credit/limits",
    "credit/security/": "cover",
    "gives-and-gets/": "gives-and-gets",
    "joint-teams/": "joint-teams",
    "negotiations/": "negotiation-briefs",
    "offers/": "offers",
    "plan-files/": "plan-papers",
    "plan-files/runs/": "run",
    "plans/": "plans",
    "plans/action/": "plan-actions",
    "plans/activities/": "plan-marketing-activities",
    "plans/initiatives/": "plan-initiatives",
    "plans/levers/": "plan-growth-scenarios",
    "plans/loss/": "loss-scenarios",
    "plans/objectives/": "plan-objectives",
    "plans/range/": "plan-range-steps",
    "plans/sales-lines/": "plan-sales-lines",
    "plans/swot/": "plan-swot-items",
    "plans/targets/": "plan-targets",
    "prices/": "prices",
    "prices/accounts/": "accounts",
    "prices/codes/": "product-codes",
    "rebates/": "rebates",
    "rebates/runs/": "run",
    "receivables/allocations/": "receivables/allocations",
    "receivables/controllers/": "accounts",
    "receivables/documents/": "receivables/documents",
    "receivables/gaps/": "receivables/missing",
    "receivables/items/": "receivables/items",
    "receivables/runs/": "run",
    "receivables/statements/": "accounts",
    "receivables/work/": "receivables/worklist",
    "reviews/": "business-reviews",
    "settlement-statements/": "settlement-statements",
    "settlement-statements/new/": "settlement-term",
}
# Rows of the company, which everybody may look at: strangers change nothing of them either.
OF_THE_COMPANY = {
    "mandates/": "mandates",
    "price-rounds/": "price-rounds",  # which accounts are in it is another matter
    "plans/actions/": "plans",  # tabs of one's own list
    "prices/company/": "list-prices",
    "prices/products/": "product",
    "prices/products/options/": "product",
    "prices/units/": "product-units",
    "receivables/periods/": "receivables/periods",
    "reviews/agendas/": "agendas",
    "settings/plan-templates/": "plan-templates",
}
# What a further id names: by the prefix and its name, or by its name alone.
PARTS = {
    "plans/item_pk": "plan-swot-items",
    "plans/member_pk": "plan-members",
    "plans/loss/run_id": "run",
    "joint-teams/member_pk": "joint-member",
    "reviews/item_pk": "agenda-item",
    "settlement-statements/line": "statement-line",
}
WORDS = {
    "act": "submit",
    "name": "note",
    "part": "axes",
    "subject": "price",
    "tab": "all",
    "to": "active",
    "way": "up",
    "what": "months",
}
KINDS = {"plans/": "ambition", "prices/company/": "list"}
# What may be sent by who changes nothing of others: a form of one's own, a file, a choice.
HARMLESS = {
    "plans/<int:pk>/files/": "one's own file of what one may read",
    "plans/<int:pk>/snapshots/<int:number>/files/": "the same",
    "plans/loss/compare/": "sends to the page that compares what was chosen",
    "prices/products/<int:pk>/units/new/": "a unit of one's own accounts",
    "receivables/statements/zip/": "a file of what one may see",
    "reviews/<int:pk>/files/": "one's own file of what one may read",
}
# What these rows do not have, or are in no state for: nobody finds it now.
NOT_NOW = {
    "agreements/<int:pk>/versions/<int:number>/file/",
    "credit/checks/<int:pk>/override/",
    "offers/<int:pk>/decide/",
    "plans/<int:pk>/sections/add/",
    "plans/<int:pk>/snapshots/run/<int:run>/",
    "plans/loss/<int:pk>/files/<slug:what>/",
    "plans/loss/<int:pk>/runs/<int:run_id>/",
    "rebates/<int:pk>/settle/",
    "rebates/runs/<int:pk>/",
    "receivables/gaps/<int:pk>/reopen/",
    "receivables/items/<int:pk>/allocate/",
    "receivables/items/<int:pk>/refund/",
    "receivables/periods/<int:pk>/reopen/",
    "receivables/runs/<int:pk>/",
    "receivables/work/<int:pk>/do/<slug:name>/",
    "settlement-statements/<int:pk>/file/",
}
# Below a plan: what hangs at it, and with it the confidentiality of it.
OF_PLANS = {
    prefix
    for prefix, key in ROWS.items()
    if key.startswith("plan") or key in {"loss-scenarios", "business-reviews", "joint-teams"}
} | {"gives-and-gets/", "negotiations/", "offers/"}


def _routes(
    patterns: list[URLPattern | URLResolver], before: str = "", app: str = ""
) -> Iterator[tuple[str, str]]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from _routes(one.url_patterns, before + str(one.pattern), one.app_name or app)
        else:
            yield app, before + str(one.pattern)


PAGES = [
    address
    for app, address in _routes(get_resolver().url_patterns)
    if app in APPS and not address.startswith("api/")
]
WITH_ROWS = [address for address in PAGES if "<" in address]
LISTS = [address for address in PAGES if "<" not in address]


def prefix_of(address: str) -> str:
    """What stands before the first id."""
    return address.split("<")[0]


def url_of(address: str, rows: Rows) -> str:
    """An address with the ids of rows in it."""
    prefix = prefix_of(address)
    seen: list[str] = []

    def value(found: re.Match[str]) -> str:
        kind, name = found.groups()
        seen.append(name)
        if kind in {"slug", "str"}:
            return KINDS.get(prefix, "x") if name == "kind" else WORDS[name]
        if len([one for one in seen if one != "kind"]) == 1:
            return str(rows[(ROWS | OF_THE_COMPANY)[prefix]])
        return str(rows[PARTS.get(prefix + name, name)])

    return "/" + re.sub(r"<(\w+):(\w+)>", value, address)
