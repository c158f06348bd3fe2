"""The table of ageing: one row per group or account, every figure a way to its items."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account
from kam.core.tables import Column, Empty, Table
from kam.core.tables.paging import ListPager
from kam.identity.decorators import signed_in
from settlements.selectors.ageing import (
    Ageing,
    AgeingQuery,
    AgeingRow,
    Level,
    Sorting,
    ageing,
    names_of,
)
from settlements.selectors.ageing_sql import AMOUNTS, band_columns
from settlements.views.board_parts import band_short, items_url, url_of

SIZE = 50
BY_DEFAULT = Sorting("overdue")


def paging(request: HttpRequest, query: AgeingQuery) -> dict[str, Any]:
    """Which rows a page needs, in which order; a file needs all of them."""
    return {
        "order": _sorting(request, query),
        "limit": None if "export" in request.GET else SIZE,
        "offset": 0 if "export" in request.GET else _offset(request),
    }


def page_of_ageing(request: HttpRequest, query: AgeingQuery) -> tuple[Ageing, int]:
    """Return the page that the address asks for, the first where there is none so far down."""
    wanted = paging(request, query)
    found = ageing(query, **wanted)
    if wanted["offset"] >= found.total.customers > 0:
        wanted["offset"] = 0
        found = ageing(query, **wanted)
    return found, wanted["offset"]


def _offset(request: HttpRequest) -> int:
    text = request.GET.get("after") or request.GET.get("before") or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _sorting(request: HttpRequest, query: AgeingQuery) -> Sorting:
    asked = request.GET.get("sort", "")
    name = asked.removeprefix("-")
    known = {*band_columns(query.bands), *AMOUNTS, "net", "overdue_items", "oldest_due_on"}
    return Sorting(name, asked.startswith("-")) if name in known else BY_DEFAULT


@dataclass(frozen=True)
class Line:
    """A row of the table with the name of whom it is about."""

    row: AgeingRow
    name: str
    is_visible: bool

    @property
    def pk(self) -> int | None:
        """Whom it is about."""
        return self.row.key


class AgeingTable(Table):
    """Rows that the database has put in order: a page of them, the others only counted."""

    @cached_property
    def pager(self) -> ListPager:
        """Pages by offset, in the order given."""
        return ListPager(list(self.source), None, size=self.page_size)


def ageing_table(request: HttpRequest, found: Ageing, offset: int) -> Table:
    """A page of groups or accounts with the whole below."""
    query, count = found.query, found.total.customers
    lines: list[Line | None] = [None] * offset
    lines += _lines(request, found)
    lines += [None] * (count - len(lines))
    return AgeingTable(
        request,
        lines,
        _columns(found),
        name=f"ageing-{query.level}",
        caption=_("Open items by age"),
        default_sort="-overdue",
        row_url=lambda line: _row_url(line, query),
        empty=Empty(
            _("Nothing is open on this day"),
            _("Choose another day, or take filters out."),
            icon="cash",
        ),
        totals=_totals(found),
        page_size=SIZE,
    )


def _lines(request: HttpRequest, found: Ageing) -> list[Line]:
    keys = [row.key for row in found.rows if row.key is not None]
    names = names_of(keys)
    user = signed_in(request)
    seen = set(keys)
    if not user.sees_everything():
        visible = Account.objects.visible_to(user).filter(pk__in=keys)
        seen = set(visible.values_list("pk", flat=True))
    return [Line(row, names.get(row.key or 0, ""), row.key in seen) for row in found.rows]


def _row_url(line: Line, query: AgeingQuery) -> str:
    """A group opens into its accounts, an account at its receivables."""
    if not line.is_visible:
        return ""
    if query.level is Level.GROUP:
        day = query.as_of.isoformat()
        return url_of("ageing", account=line.pk, level="account", as_of=day)
    return reverse("accounts:account-detail", args=[line.pk]) + "#panel-receivables"


def _gross(line: Line) -> Decimal:
    return line.row.open


def _late(line: Line) -> Decimal:
    return line.row.overdue


def _cell_url(
    found: Ageing, bucket: str, amount: Callable[[Line], Decimal]
) -> Callable[[Line], str]:
    """The items of a cell; none of nothing, or where the list of items cannot ask the same."""
    query = found.query
    if query.lead is not None and query.level is Level.GROUP:
        return lambda _line: ""
    own = 1 if query.level is Level.ACCOUNT else None

    def url(line: Line) -> str:
        if not line.is_visible or not amount(line):
            return ""
        return items_url(
            as_of=query.as_of, account=line.pk, bucket=bucket, basis=query.basis,
            bands=query.bands, currency=query.only, own=own, company=query.selling_company,
        )  # fmt: skip

    return url


def _bucket(place: int) -> Callable[[Line], Decimal]:
    return lambda line: line.row.buckets[place]


def _columns(found: Ageing) -> list[Column]:
    query = found.query
    money: dict[str, Any] = {"kind": "money", "unit": found.currency, "compact": True}
    bands = [
        Column(
            name=column,
            title=band_short(name),
            help=gettext_lazy("Days past the date that items age from."),
            value=_bucket(place),
            sort=True,
            link=_cell_url(found, name, _bucket(place)),
            **money,
        )
        for place, (column, name) in enumerate(
            zip(band_columns(query.bands), query.bands.names, strict=True)
        )
    ]
    return [
        Column(name="name", title=_("Group") if query.level is Level.GROUP else _("Account")),
        _amount("open", gettext_lazy("Open"), money, link=_cell_url(found, "", _gross)),
        _amount("overdue", gettext_lazy("Overdue"), money, link=_cell_url(found, "overdue", _late)),
        *bands,
        _amount("unapplied", gettext_lazy("Unapplied cash"), money),
        _amount("open_credits", gettext_lazy("Open credits"), money),
        _amount("net", gettext_lazy("Net"), money),
        Column(
            name="overdue_items",
            title=gettext_lazy("Items overdue"),
            kind="number",
            places=0,
            value="row.overdue_items",
            sort=True,
            default=False,
        ),
        Column(
            name="oldest_due_on",
            title=gettext_lazy("Oldest due"),
            kind="date",
            value="row.oldest_due_on",
            sort=True,
            default=False,
            unknown=gettext_lazy("Nothing is overdue"),
        ),
    ]


def _amount(name: str, title: Any, money: dict[str, Any], **more: Any) -> Column:
    return Column(name=name, title=title, value=f"row.{name}", sort=True, **money, **more)


def _totals(found: Ageing) -> dict[str, Any]:
    total = found.total
    figures: dict[str, Any] = {name: getattr(total, name) for name in AMOUNTS}
    figures |= {"net": total.net, "overdue_items": total.overdue_items}
    return figures | dict(zip(band_columns(found.query.bands), total.buckets, strict=True))
