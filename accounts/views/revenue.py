"""Revenue entries: the rows that every figure leads to."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from accounts.filters import RevenueFilter
from accounts.models import RevenueEntry
from accounts.selectors import revenue
from kam.core.dates import add_months
from kam.core.registry import may
from kam.core.selectors.rates import base_currency
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in

NARROW = ("within", "account", "group")
"""Filters that an index by account and date serves, so that the list can be sorted by date."""
BOUNDED = (*NARROW, "date_from", "date_to", "batch", "unconverted")
"""Without any of these the list shows the last month that was booked."""


def _account_url(entry: RevenueEntry) -> str:
    return "" if entry.account is None else entry.account.get_absolute_url()


AS_SOLD = [
    Column(
        name="booked_on",
        title=gettext_lazy("Date"),
        kind="date",
        sort="booked_on",
        nullable=False,
    ),
    Column(
        name="account",
        title=gettext_lazy("Account"),
        value="account.name",
        link=_account_url,
        unknown=gettext_lazy("Unassigned: the source named no account"),
    ),
    Column(
        name="category",
        title=gettext_lazy("Category"),
        value="category.name",
        unknown=gettext_lazy("Without a category"),
    ),
    Column(
        name="product",
        title=gettext_lazy("Product"),
        value="product.name",
        unknown=gettext_lazy("Without a product"),
    ),
    Column(
        name="quantity",
        title=gettext_lazy("Quantity"),
        kind="number",
        unknown=gettext_lazy("The source gave no quantity"),
    ),
    Column(
        name="unit",
        title=gettext_lazy("Unit"),
        default=False,
        unknown=gettext_lazy("No unit given"),
    ),
    Column(
        name="net",
        title=gettext_lazy("Net amount"),
        kind="money",
        value="net_amount",
        sort="net_amount",
        nullable=False,
        currency=lambda entry: entry.currency_id,
    ),
    Column(name="currency", title=gettext_lazy("Currency"), value="currency_id", default=False),
]
"""A line as the source gave it, in its own currency."""


def _base_columns(currency: str) -> list[Column]:
    return [
        Column(
            name="base",
            title=gettext_lazy("Net amount"),
            kind="money",
            unit=currency,
            value="base_amount",
            sort="base_amount",
            unknown=gettext_lazy("There is no rate for this date yet"),
        ),
        Column(
            name="rate",
            title=gettext_lazy("Rate"),
            kind="number",
            default=False,
            unknown=gettext_lazy("There is no rate for this date yet"),
        ),
        Column(
            name="cost",
            title=gettext_lazy("Cost of goods"),
            kind="money",
            default=False,
            unknown=gettext_lazy("The source gave no cost"),
        ),
        Column(name="source", title=gettext_lazy("Source"), value="source.name", default=False),
        Column(
            name="key", title=gettext_lazy("Key in the source"), value="source_key", default=False
        ),
        Column(name="batch", title=gettext_lazy("Import"), value="batch_id", default=False),
        Column(
            name="number",
            title=gettext_lazy("Number"),
            value="pk",
            sort="pk",
            nullable=False,
            default=False,
            help=_("In the order in which entries came in."),
        ),
    ]


def _totals(rows: QuerySet[RevenueEntry]) -> dict[str, Any]:
    """The sum in base currency; of the document amounts only where all are in one currency."""
    found = rows.order_by().aggregate(
        base=Sum("base_amount"),
        net=Sum("net_amount"),
        currencies=Count("currency", distinct=True),
        waiting=Count("pk", filter=Q(base_amount__isnull=True)),
    )
    base = found["base"] if not found["waiting"] else None
    return {"base": base, "net": found["net"] if found["currencies"] == 1 else None}


@requires("accounts.view")
@require_GET
def revenue_list(request: HttpRequest) -> HttpResponseBase:
    """Revenue entries, filtered; without a narrowing filter those of the last month booked.

    Of some accounts the latest come first; of all accounts those that came in last.
    """
    if not any(request.GET.get(name) for name in BOUNDED) and (latest := revenue.last_month()):
        return _month(request, latest)
    by_date = any(request.GET.get(name) for name in NARROW)
    user = signed_in(request)
    may_import = may(user, "imports.run")
    table = Table(
        request,
        revenue.entries_for(user),
        [*AS_SOLD, *_base_columns(base_currency())],
        name="revenue",
        caption=_("Revenue entries"),
        default_sort="-booked_on" if by_date else "-number",
        filters=RevenueFilter,
        totals=_totals,
        empty=Empty(
            _("No revenue entries"),
            _("Net revenue stands here line by line, as your systems sent it."),
            _("Import sales") if may_import else "",
            reverse("imports:batch-create") if may_import else "",
            icon="receipt",
        ),
    )
    crumbs = [(_("Revenue"), "")]
    return table.response("accounts/revenue_list.html", {"crumbs": crumbs})


def _month(request: HttpRequest, start: date) -> HttpResponseBase:
    """Millions of rows by date want a period: the address says which one is shown."""
    query: QueryDict = request.GET.copy()
    query["date_from"] = start.isoformat()
    query["date_to"] = add_months(start, 1).isoformat()
    return redirect(f"{request.path}?{query.urlencode()}")
