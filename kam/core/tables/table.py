"""A table of a page: its state, its rows, and the answer to a request for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django_filters import FilterSet

from kam.core import formats, htmx
from kam.core.exports import export_response
from kam.core.formats import Text
from kam.core.tables.chips import Chip, chips, filter_keys
from kam.core.tables.columns import Column, Empty
from kam.core.tables.paging import KeysetPager, ListPager, Page
from kam.core.tables.state import State

PAGE_SIZE = 50
CURRENCY = "currency"
YEAR = 365 * 24 * 3600
type Totals = Mapping[str, Any] | Callable[[Any], Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class BulkAction:
    """What can be done to the rows selected: their keys are posted as `ids` to `url`."""

    title: Text
    url: str
    icon: str = "checks"
    confirm: bool = False


@dataclass(frozen=True)
class Cell:
    """A cell as it is shown."""

    column: Column
    content: SafeString


@dataclass(frozen=True)
class Row:
    """A row as it is shown; `key` is what a bulk action posts."""

    key: str
    url: str
    cells: list[Cell]
    css: str = ""

    @property
    def leads_first(self) -> bool:
        """Whether the first cell becomes the link that opens the row: not where it has its own."""
        return bool(self.url and self.cells) and "<a " not in self.cells[0].content


@dataclass(frozen=True)
class Header:
    """A column's head: how it is sorted now and the address that sorts it next."""

    column: Column
    url: str = ""
    direction: str = ""


class Table:
    """Rows of a queryset or list, as the address asks for them. See docs/frontend.md."""

    def __init__(
        self,
        request: HttpRequest,
        rows: QuerySet[Any] | Sequence[Any],
        columns: Sequence[Column],
        *,
        name: str,
        caption: Text,
        default_sort: str = "",
        row_url: Callable[[Any], str] | None = None,
        empty: Empty | None = None,
        filters: type[FilterSet] | FilterSet | None = None,
        search: str = "q",
        totals: Totals | None = None,
        bulk: Sequence[BulkAction] = (),
        page_size: int = PAGE_SIZE,
        prefix: str = "",
        push_url: bool = True,
        export: bool = True,
        row_css: Callable[[Any], str] | None = None,
    ) -> None:
        self.request, self.columns, self.name, self.caption = request, list(columns), name, caption
        self.default_sort, self.row_url, self.row_css = default_sort, row_url, row_css
        self.empty = empty or Empty(_("Nothing here yet"))
        self.search, self.totals, self.bulk = search, totals, list(bulk)
        self.page_size, self.push_url, self.exportable = page_size, push_url, export
        self.state, self.prefix = State.of(request, prefix), prefix
        self.id = f"table-{name}"
        if isinstance(filters, type):
            base = rows if isinstance(rows, QuerySet) else None
            filters = filters(request.GET, queryset=base, request=request)
        self.filters = filters
        self.source = filters.qs if filters is not None and isinstance(rows, QuerySet) else rows

    # Columns

    @cached_property
    def visible(self) -> list[Column]:
        """The columns shown: those chosen now, chosen earlier, or the default ones."""
        wanted = self.state.chosen("cols") or self._remembered
        by_choice = [c for c in self.columns if c.name in wanted]
        return by_choice or [c for c in self.columns if c.default]

    @property
    def cookie(self) -> str:
        """The cookie that remembers the columns chosen."""
        return f"cols-{self.name}"

    @property
    def _remembered(self) -> list[str]:
        return [name for name in self.request.COOKIES.get(self.cookie, "").split(".") if name]

    # Order

    @cached_property
    def _sort(self) -> tuple[Column | None, bool]:
        sortable = {c.name: c for c in self.columns if c.sort is not False}
        for asked in (self.state.get("sort"), self.default_sort):
            if column := sortable.get(asked.removeprefix("-")):
                return column, asked.startswith("-")
        return None, False

    @cached_property
    def headers(self) -> list[Header]:
        """The heads of the visible columns."""
        return [self._header(column) for column in self.visible]

    def _header(self, column: Column) -> Header:
        if column.sort is False:
            return Header(column)
        sorted_by, descending = self._sort
        if column is sorted_by:
            turned = column.name if descending else f"-{column.name}"
            direction = "descending" if descending else "ascending"
            return Header(column, self.state.url(sort=turned), direction)
        first = f"-{column.name}" if column.numeric else column.name
        return Header(column, self.state.url(sort=first))

    # Rows

    @cached_property
    def pager(self) -> KeysetPager | ListPager:
        """How these rows are paged."""
        column, descending = self._sort
        if not isinstance(self.source, QuerySet):
            key = column.raw if column else None
            return ListPager(self.source, key, descending=descending, size=self.page_size)
        return KeysetPager(
            self.source,
            column.sort_key if column else None,
            descending=descending,
            nullable=column.nullable if column else None,
            size=self.page_size,
        )

    @cached_property
    def page(self) -> Page:
        """The page that the address asks for."""
        return self.pager.page(after=self.state.get("after"), before=self.state.get("before"))

    @cached_property
    def rows(self) -> list[Row]:
        """The rows of the page, ready to be shown."""
        return [self._row(row) for row in self.page.rows]

    def _row(self, row: Any) -> Row:
        url = self.row_url(row) if self.row_url else ""
        cells = [Cell(column, column.shown(row)) for column in self.visible]
        key = getattr(row, "pk", None)
        css = self.row_css(row) if self.row_css else ""
        return Row("" if key is None else str(key), url, cells, css)

    def all_rows(self) -> Iterable[Any]:
        """Every row of the filter in the table's order, read in chunks."""
        if isinstance(self.pager, ListPager):
            return self.pager.rows
        return self.pager.ordered().iterator(chunk_size=2000)

    def exceeds(self, limit: int) -> bool:
        """Whether the filter holds more rows than this."""
        if isinstance(self.source, QuerySet):
            return self.source.order_by()[: limit + 1].count() > limit
        return len(self.source) > limit

    # Around the rows

    @property
    def previous_url(self) -> str:
        """The page before, or nothing."""
        cursor = self.page.previous
        return "" if cursor is None else self.state.url(before=cursor)

    @property
    def next_url(self) -> str:
        """The page behind, or nothing."""
        return "" if self.page.next is None else self.state.url(after=self.page.next)

    @cached_property
    def count(self) -> int | None:
        """How many rows there are: known when it costs nothing, or when asked for."""
        if self.page.total is not None:
            return self.page.total
        if self.page.previous is None and self.page.next is None:
            return len(self.page.rows)
        if self.state.get("totals"):
            return self.source.count() if isinstance(self.source, QuerySet) else len(self.source)
        return None

    @property
    def count_text(self) -> str:
        """The count with its separators."""
        return "" if self.count is None else formats.number(self.count, 0)

    @property
    def totals_url(self) -> str:
        """The address that counts and adds up every row."""
        known = self.count is not None and (self.totals is None or self.footer)
        return "" if known else self.state.url(totals="1")

    @cached_property
    def footer(self) -> list[SafeString | None]:
        """The totals under the visible columns; empty where there are none or none asked for."""
        totals = self.totals
        if callable(totals):
            totals = totals(self.source) if self.state.get("totals") else None
        if not totals:
            return []
        return [
            conditional_escape(column.formatted(totals[column.name]))
            if totals.get(column.name) is not None
            else None
            for column in self.visible
        ]

    @cached_property
    def chips(self) -> list[Chip]:
        """The filters in force."""
        return [] if self.filters is None else chips(self.filters, self.state, skip=self.search)

    @property
    def filtered(self) -> bool:
        """Whether any filter or search is in force."""
        return bool(self.chips or (self.filters is not None and self.state.get(self.search)))

    @cached_property
    def filter_fields(self) -> list[Any]:
        """The filter form's fields but the search box."""
        return (
            [] if self.filters is None else [f for f in self.filters.form if f.name != self.search]
        )

    @cached_property
    def search_field(self) -> Any:
        """The search box, where the filters have one."""
        if self.filters is None or self.search not in self.filters.form.fields:
            return None
        return self.filters.form[self.search]

    @property
    def clear_url(self) -> str:
        """The same table without any filter."""
        return self.state.without(self._filter_keys).url()

    @property
    def hidden_for_filters(self) -> list[tuple[str, str]]:
        """What the filter form must carry along."""
        return self.state.fields(*self._filter_keys)

    @cached_property
    def _filter_keys(self) -> list[str]:
        return [] if self.filters is None else filter_keys(self.filters)

    @property
    def hidden_for_columns(self) -> list[tuple[str, str]]:
        """What the column chooser must carry along."""
        return self.state.fields(self.state.key("cols"))

    @property
    def csv_url(self) -> str:
        """All rows of the filter, these columns, as CSV."""
        return self.state.url(export="csv")

    @property
    def xlsx_url(self) -> str:
        """All rows of the filter, these columns, as a workbook."""
        return self.state.url(export="xlsx")

    def records(self) -> Iterator[list[Any]]:
        """The rows of an export: the visible columns, without those that are for the page alone."""
        columns = self.file_columns
        for row in self.all_rows():
            yield [column.exported(row) for column in columns]

    @property
    def file_columns(self) -> list[Column]:
        """What a file has: the visible columns, and the currency where amounts differ in it."""
        columns = [column for column in self.visible if column.in_files]
        codes = [one.currency for one in columns if one.kind == "money" and one.currency]
        if codes and not any(one.name == CURRENCY for one in columns):
            columns.append(Column(name=CURRENCY, title=_("Currency"), value=codes[0]))
        return columns

    # Answers

    def response(self, template: str, context: Mapping[str, Any] | None = None) -> HttpResponseBase:
        """The page, the table's region for htmx, or a file."""
        return respond(self.request, template, context or {}, self)

    def remember(self, response: HttpResponse) -> HttpResponse:
        """Keep the columns chosen for the next visit."""
        if chosen := self.state.chosen("cols"):
            known = [c.name for c in self.columns if c.name in chosen]
            response.set_cookie(
                self.cookie,
                ".".join(known),
                max_age=YEAR,
                samesite="Lax",
                secure=self.request.is_secure(),
                httponly=True,
            )
        return response


def respond(
    request: HttpRequest, template: str, context: Mapping[str, Any], *tables: Table
) -> HttpResponseBase:
    """Answer for a page with one or more tables; the first stands in the context as `table`."""
    for table in tables:
        if table.exportable and (kind := table.state.get("export")):
            return export_response(
                request,
                name=table.name,
                kind=kind,
                headings=[column.heading for column in table.file_columns],
                records=table.records,
                exceeds=table.exceeds,
                back_url=table.state.url(),
            )
    values = {"table": tables[0] if tables else None, **context}
    for table in tables:
        if htmx.target(request) == table.id:
            response = render(request, "components/table.html#region", {**values, "table": table})
            break
    else:
        response = render(request, template, values)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    for table in tables:
        table.remember(response)
    return response
