"""Lists of the ledger: all items as of any day, and the credits that wait to be allocated."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from kam.core import htmx
from kam.core.pages import Crumbs
from kam.core.registry import may
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User
from settlements.filters import ItemFilter, UnappliedFilter
from settlements.querysets import LedgerItemQuerySet
from settlements.selectors import items as reads
from settlements.views.board_parts import band_title, url_of
from settlements.views.items_columns import credit_columns, document_url, item_columns

NARROW = ("account", "q")
"""With one of these the sums are quick; else they are made when asked for."""


def ledger_crumbs(*steps: tuple[str, str]) -> Crumbs:
    """Breadcrumbs of a page below the list of items."""
    items = (_("Items"), reverse("settlements:item-list") if steps else "")
    return [(_("Receivables"), url_of("board")), items, *steps]


@requires("receivables.view")
@require_GET
def item_list(request: HttpRequest) -> HttpResponseBase:
    """Items in the user's scope as of a day; every figure of the ageing leads here."""
    user = signed_in(request)
    today = timezone.localdate()
    asked = ItemFilter(
        request.GET,
        queryset=reads.items_for(user),
        request=request,
        today=today,
        band_title=band_title,
    )
    query = asked.query
    table = Table(
        request,
        reads.items_for(user),
        item_columns(query, is_export="export" in request.GET),
        name="items",
        caption=_("Items"),
        default_sort="due",
        row_url=document_url,
        filters=asked,
        empty=_nothing(user),
    )
    context = {
        "crumbs": ledger_crumbs(),
        "may_post": user.can("receivables.post"),
        "as_of": query.as_of if query.as_of != today else None,
        **_sums(request, table, narrow=any(request.GET.get(name) for name in NARROW)),
        "day": query.as_of,
    }
    return _with_sums(request, table, table.response("settlements/item_list.html", context))


def _nothing(user: User) -> Empty:
    if may(user, "imports.run"):
        return Empty(
            _("No open items"),
            _("Invoices, credit notes and receipts stand here, from an import or one by one."),
            _("Import open items"),
            reverse("imports:batch-create"),
            icon="file-invoice",
        )
    return Empty(
        _("No open items"),
        _("Invoices, credit notes and receipts of your accounts stand here."),
        icon="file-invoice",
    )


def _sums(request: HttpRequest, table: Table, *, narrow: bool) -> dict[str, Any]:
    """Sums per currency where they are quick or asked for, else the address that makes them."""
    wanted = narrow or bool(request.GET.get("totals"))
    rows = cast("LedgerItemQuerySet", table.source)
    as_of = table.filters.query.as_of if isinstance(table.filters, ItemFilter) else None
    return {
        "sums": lambda: reads.totals(rows, as_of or timezone.localdate()),
        "sums_wanted": wanted,
        "sums_url": table.state.url(totals="1"),
        "table_id": table.id,
    }


def _with_sums(request: HttpRequest, table: Table, response: HttpResponseBase) -> HttpResponseBase:
    """When htmx takes the table's region alone, the sums above it follow the same filters."""
    if htmx.target(request) != table.id or not isinstance(response, HttpResponse):
        return response
    query = table.filters.query if isinstance(table.filters, ItemFilter) else None
    narrow = query is None or any(request.GET.get(name) for name in NARROW)
    context = {
        **_sums(request, table, narrow=narrow),
        "swap": True,
        "day": query.as_of if query else timezone.localdate(),
        "is_credits": query is None,
    }
    response.content += render_to_string("settlements/item_sums.html", context).encode()
    return response


@requires("receivables.view")
@require_GET
def unapplied_list(request: HttpRequest) -> HttpResponseBase:
    """Receipts and credits that are not fully allocated, the ones that wait longest first."""
    user = signed_in(request)
    today = timezone.localdate()
    columns = credit_columns(today)
    if user.can("receivables.allocate") and "export" not in request.GET:
        columns.append(_allocate_column())
    table = Table(
        request,
        reads.credits_for(user),
        columns,
        name="unapplied",
        caption=_("Unapplied receipts and credits"),
        default_sort="dated",
        row_url=document_url,
        filters=UnappliedFilter,
        empty=Empty(
            _("Nothing waits to be allocated"),
            _("Payments and credit notes that are not yet set against an invoice stand here."),
            icon="coins",
        ),
    )
    context = {
        "crumbs": ledger_crumbs((_("Unapplied"), "")),
        "may_post": user.can("receivables.post"),
        "day": today,
        "is_credits": True,
        **_sums(request, table, narrow=True),
    }
    return _with_sums(request, table, table.response("settlements/unapplied_list.html", context))


def _allocate_column() -> Column:
    return Column(
        name="allocate",
        title=gettext_lazy("Next"),
        value=lambda _item: _("Allocate"),
        link=lambda item: reverse("settlements:allocate", args=[item.pk]),
    )
