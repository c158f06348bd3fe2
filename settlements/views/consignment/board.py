"""The board of consigned stock: by store and product, with the identity of a month."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from accounts.views.accounts import account_crumbs, get_account
from kam.core import formats, htmx
from kam.core.badges import Badge
from kam.core.registry import may
from kam.core.stats import Stat
from kam.core.tables import Column, Empty, Table
from kam.identity.decorators import requires, signed_in
from settlements.forms.consignment import StockFilter
from settlements.models import ConsignedStock
from settlements.selectors.consignment import board as reads
from settlements.views.consignment.common import (
    EDIT,
    VIEW,
    Lines,
    around,
    crumbs,
    figure,
    month_asked,
    product_lines,
    report_badge,
    tabs,
    url,
)

PANEL_ROWS, PANEL_REPORTS = 10, 4
_MOVED = (
    ("fill_up", gettext_lazy("Fill-up"), True),
    ("sold", gettext_lazy("Sold"), True),
    ("returned", gettext_lazy("Brought back"), True),
    ("picked_up", gettext_lazy("Picked up"), True),
    ("transferred", gettext_lazy("Transfers"), True),
    ("adjusted", gettext_lazy("Adjusted"), True),
    ("shrink", gettext_lazy("Shrink"), True),
)


def movements_url(row: ConsignedStock) -> str:
    """The movements behind a row."""
    return url("consignment-movements", within=row.store_id, q=row.product.code)


def columns() -> list[Column]:
    """The identity: opening, everything that moved, closing."""
    return [
        Column(
            name="store",
            title=gettext_lazy("Store"),
            value="store.name",
            sort="store__name_key",
            link=movements_url,
        ),
        Column(
            name="product",
            title=gettext_lazy("Product"),
            value=product_lines,
            sort="product__name",
        ),
        Column(
            name="company",
            title=gettext_lazy("Selling company"),
            value="selling_company.name",
            default=False,
        ),
        _number("opening", gettext_lazy("Opening")),
        *[_number(name, title, default=default) for name, title, default in _MOVED],
        _number("closing", gettext_lazy("Closing")),
        Column(
            name="now",
            title=gettext_lazy("In the books"),
            kind="number",
            value="quantity",
            sort="quantity",
            help=gettext_lazy("By everything that is recorded, whatever its day."),
            default=False,
        ),
        Column(
            name="state",
            title=gettext_lazy("State"),
            kind="badge",
            value=_state,
            unknown=gettext_lazy("In order"),
        ),
    ]


def _number(name: str, title: Any, *, default: bool = True) -> Column:
    return Column(name=name, title=title, kind="number", value=figure(name), default=default)


def _state(row: ConsignedStock) -> Badge | None:
    return Badge(_("Below zero"), "danger") if row.quantity < 0 else None


@requires(VIEW)
@require_GET
def stock_board(request: HttpRequest) -> HttpResponseBase:
    """All consigned stock in scope with what moved in a month."""
    user, month = signed_in(request), month_asked(request)
    table = Table(
        request,
        reads.stock_rows(user, first=month.start, last=month.last_day),
        columns(),
        name="consigned-stock",
        caption=_("Consigned stock"),
        default_sort="store",
        row_url=movements_url,
        filters=StockFilter,
        empty=_empty(),
    )
    before, after = around(month)
    context = {
        "tabs": tabs("consignment"),
        "stats": _stats(reads.stock_counts(user)),
        "month": formats.month(month.start),
        "before_url": url("consignment", month=before),
        "after_url": url("consignment", month=after) if after else "",
        "may_edit": may(user, EDIT),
        "crumbs": crumbs(),
    }
    return table.response("settlements/consignment_board.html", context)


def _empty() -> Empty:
    text = _("What we bring to stores on consignment stands here from the first fill-up on.")
    return Empty(_("No consigned goods to show"), text, icon="package")


def _stats(found: dict[str, int]) -> list[Stat]:
    today = timezone.localdate()
    return [
        Stat(
            name="stores", title=_("Stores with our goods"), kind="number",
            value=found["stores"], as_of=today, url=url("consignment", there="on"),
        ),
        Stat(
            name="goods", title=_("Products in stores"), kind="number",
            value=found["goods"], as_of=today,
            what=_("A product counts in each store in which it lies."),
        ),
        Stat(
            name="below", title=_("Below zero"), kind="number",
            value=found["below"], as_of=today, url=url("consignment", below="on"),
            what=_("More left these stores than ever came, by the books."),
        ),
        Stat(
            name="waiting", title=_("Reports to accept"), kind="number",
            value=found["waiting"], as_of=today,
            url=f"{url('report-list')}?state=received&state=validated",
            what=_("Sales reports that count nothing yet."),
        ),
    ]  # fmt: skip


@requires(VIEW)
@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """Consigned goods on the account page: the identity of this month, and the last reports."""
    user, account = signed_in(request), get_account(request, pk)
    month = month_asked(request)
    rows = reads.stock_rows(user, first=month.start, last=month.last_day)
    rows = rows.filter(store__path__contains=[account.pk])
    shown = list(rows.order_by("store__name_key", "product__name")[: PANEL_ROWS + 1])
    reports = reads.reports_for(user).within(account.pk)[:PANEL_REPORTS]  # type: ignore[attr-defined]
    context = {
        "account": account,
        "title": _("Consigned stock"),
        "panel_template": "settlements/consignment_panel.html",
        "crumbs": account_crumbs(account, (_("Consigned stock"), "")),
        "month": formats.month(month.start),
        "heads": [title for _name, title, _default in _MOVED],
        "rows": [_panel_row(row) for row in shown[:PANEL_ROWS]],
        "has_more": len(shown) > PANEL_ROWS,
        "reports": [(report, report_badge(report).__html__()) for report in reports],
        "list_url": url("consignment", within=account.pk),
        "reports_url": url("report-list", within=account.pk),
        "record_url": url("movement-record", store=account.pk) if may(user, EDIT) else "",
    }
    return htmx.render_part(request, "accounts/panel_page.html", context, "panel")


def _panel_row(row: ConsignedStock) -> dict[str, Any]:
    return {
        "row": row,
        "url": movements_url(row),
        "product": Lines(row.product.name, row.product.code),
        "opening": figure("opening")(row),
        "moved": [figure(name)(row) for name, _title, _default in _MOVED],
        "closing": figure("closing")(row),
    }
