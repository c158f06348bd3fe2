"""What a column is, what it shows in a cell and what it gives to an export."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

from django.db.models.expressions import BaseExpression, Combinable
from django.utils.encoding import force_str
from django.utils.html import conditional_escape, format_html, strip_tags
from django.utils.safestring import SafeString

from kam.core import formats
from kam.core.badges import Badge, Tier
from kam.core.formats import Text
from kam.core.money import quantise

type Kind = Literal[
    "text", "link", "badge", "money", "number", "percent", "delta", "date", "datetime", "html"
]
type Value = str | Callable[[Any], Any]
type Sort = bool | str | BaseExpression | Combinable

NUMERIC = {"money", "number", "percent", "delta"}
KEPT_PLACES = 6
"""As many decimals as an amount or a price is kept with."""


@dataclass(frozen=True)
class Empty:
    """What stands in the place of no rows: what will be here, why not yet, and the next step."""

    title: Text
    text: Text = ""
    action: Text = ""
    url: str = ""
    icon: str = "table"


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column. `value` is an attribute path ("lead.name") or a callable of the row; `sort` an
    ORM path or expression, or True for the value itself; `signed` puts a plus before a rise;
    `unit` stands once in the header; `unknown` says why a value may be missing; `in_files` is
    False for what only the page can do, and `file` gives a file the bare value where the page
    shows it in words or as a picture."""

    name: str
    title: Text
    kind: Kind = "text"
    value: Value = ""
    sort: Sort = False
    nullable: bool | None = None
    link: Callable[[Any], str] | None = None
    default: bool = True
    unit: Text = ""
    places: int | None = None
    compact: bool = False
    signed: bool = False
    currency: Callable[[Any], str] | None = None
    unknown: Text = ""
    help: Text = ""
    css: str = ""
    in_files: bool = True
    file: Callable[[Any], Any] | None = None

    @property
    def numeric(self) -> bool:
        """Whether the column is right-aligned in tabular figures."""
        return self.kind in NUMERIC

    @property
    def heading(self) -> str:
        """The title with its unit, as an export shows it."""
        return f"{self.title} ({self.unit})" if self.unit else str(self.title)

    @property
    def sort_key(self) -> str | BaseExpression | Combinable | None:
        """What a queryset is ordered by: the sort given, or the value's own path."""
        if isinstance(self.sort, bool):
            return "__".join(self._path) if self.sort else None
        return self.sort

    @cached_property
    def _path(self) -> list[str]:
        path = self.value if isinstance(self.value, str) and self.value else self.name
        return path.replace("__", ".").split(".")

    def raw(self, row: Any) -> Any:
        """The value itself, as sorted and exported."""
        if callable(self.value):
            return self.value(row)
        for part in self._path:
            row = row.get(part) if isinstance(row, Mapping) else getattr(row, part)
            if row is None:
                return None
            if callable(row) and not isinstance(row, type):
                row = row()
        return row

    def exported(self, row: Any) -> Any:
        """The value for a file: figures and dates as they are, everything else as text.

        Money that was converted has decimals without end: it is rounded as the page rounds it.
        """
        value = self.file(row) if self.file else self.raw(row)
        if formats.is_missing(value):
            return None
        if self.kind == "money" and isinstance(value, Decimal):
            return self._rounded(value, row)
        if self.numeric or self.file or self.kind in {"date", "datetime"}:
            return value
        return strip_tags(force_str(value)) if self.kind == "html" else force_str(value)

    def _rounded(self, value: Decimal, row: Any) -> Decimal:
        if -int(value.as_tuple().exponent) <= KEPT_PLACES:
            return value
        code = self.currency(row) if self.currency else ""
        return quantise(value, formats.places_of(code) if self.places is None else self.places)

    def shown(self, row: Any) -> SafeString:
        """The cell's content."""
        value = self.raw(row)
        if formats.is_missing(value):
            return formats.missing(value, self.unknown)
        content = self.formatted(value, row)
        if self.link and (url := self.link(row)):
            return format_html('<a href="{}">{}</a>', url, content)
        return content

    def formatted(self, value: Any, row: Any = None) -> SafeString:
        """A value in this column's dress (footers use it too)."""
        written = conditional_escape(_WRITERS.get(self.kind, _text)(self, value, row))
        return format_html("+{}", written) if self.signed and value > 0 else written


def _text(column: Column, value: Any, row: Any) -> Any:
    return value


def _money(column: Column, value: Any, row: Any) -> Any:
    currency = column.currency(row) if column.currency and row is not None else ""
    exact = formats.money(value, currency, column.places)
    if not column.compact or abs(value) < 10_000:
        return exact
    short = f"{formats.compact(value)}\N{NO-BREAK SPACE}{currency}".strip("\N{NO-BREAK SPACE}")
    return format_html('<span title="{}">{}</span>', exact, short)


def _number(column: Column, value: Any, row: Any) -> Any:
    exact = formats.number(value, column.places)
    if column.compact and abs(value) >= 10_000:
        return format_html('<span title="{}">{}</span>', exact, formats.compact(value))
    return exact


def _percent(column: Column, value: Any, row: Any) -> Any:
    return formats.percent(value, 1 if column.places is None else column.places)


def _delta(column: Column, value: Any, row: Any) -> Any:
    text = formats.signed(_percent(column, value, row), value)
    direction = "up" if value > 0 else "down" if value < 0 else "flat"
    return format_html('<span class="delta is-{}">{}</span>', direction, text)


def _date(column: Column, value: Any, row: Any) -> Any:
    return formats.date(value)


def _datetime(column: Column, value: Any, row: Any) -> Any:
    return formats.datetime(value)


def _badge(column: Column, value: Any, row: Any) -> Any:
    return value if isinstance(value, Badge | Tier) else Badge(value)


_WRITERS: dict[str, Callable[[Column, Any, Any], Any]] = {
    "money": _money,
    "number": _number,
    "percent": _percent,
    "delta": _delta,
    "date": _date,
    "datetime": _datetime,
    "badge": _badge,
}
