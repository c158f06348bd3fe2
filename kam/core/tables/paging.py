"""Pages of a table: by keyset for querysets, by offset for lists that are in memory anyway."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import BooleanField, F, Func, Model, Q, QuerySet
from django.db.models.expressions import BaseExpression, Combinable, RawSQL
from django.db.models.sql import Query

SORT_KEY = "table_sort"


@dataclass(frozen=True)
class Page:
    """The rows shown and the cursors of its neighbours (None: there is none)."""

    rows: Sequence[Any]
    previous: str | None
    next: str | None
    total: int | None = None


class BadCursorError(ValueError):
    """A cursor that is not one of ours; the first page is shown instead."""


def encode(value: Any, pk: Any) -> str:
    """A cursor: the sort value (None stays None) and the primary key."""
    if isinstance(value, dt.datetime | dt.date):
        value = value.isoformat()
    text = None if value is None else str(value)
    payload = json.dumps([text, str(pk)], ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(payload).decode().rstrip("=")


def decode(cursor: str) -> tuple[str | None, str]:
    """The parts of a cursor; refuses anything else."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        value, pk = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
    except (ValueError, TypeError) as error:
        raise BadCursorError(cursor) from error
    if not isinstance(pk, str) or not isinstance(value, str | None) or "\0" in f"{value}{pk}":
        raise BadCursorError(cursor)
    return value, pk


def is_nullable(model: type[Model], path: str) -> bool:
    """Whether a sort path can meet a NULL; annotations count as able to."""
    options, nullable = model._meta, False
    for part in path.split("__"):
        try:
            field = options.get_field(part)
        except FieldDoesNotExist:
            return True
        nullable = nullable or bool(getattr(field, "null", True)) or field.one_to_many is True
        if field.is_relation and isinstance(field.related_model, type):
            options = field.related_model._meta
    return nullable


class _AnyOf(Func):
    """Whether a value is one of an array: `value = ANY(array)`."""

    template = "(%(expressions)s))"
    arg_joiner = " = ANY("
    output_field = BooleanField()


def narrowed(queryset: QuerySet[Any], size: int) -> QuerySet[Any]:
    """The first rows of an ordered queryset, found by their keys alone.

    What a row shows beside its own columns is joined to these rows only, in the same statement:
    else the database joins and sorts all of them to show the first. Raw SQL may name a table that
    has another name inside, so conditions and orders with it are asked as they are.
    """
    query = queryset.query
    shows_more = query.select_related or set(query.annotations) - {SORT_KEY}
    if not shows_more or query.distinct or query.combinator or query.is_sliced or _is_raw(query):
        return queryset[:size]
    return queryset.filter(_AnyOf(F("pk"), ArraySubquery(queryset.values("pk")[:size])))


def _is_raw(query: Query) -> bool:
    """Whether which rows come first is asked in raw SQL."""
    sort = query.annotations.get(SORT_KEY)
    return _has_raw(query.where) or (sort is not None and _has_raw(sort))


def _has_raw(node: Any) -> bool:
    children: Iterable[Any] = getattr(node, "get_source_expressions", list)()
    return isinstance(node, RawSQL) or any(map(_has_raw, children))


class KeysetPager:
    """Totally ordered pages: by one expression, NULL last either way, and by primary key."""

    def __init__(
        self,
        queryset: QuerySet[Any],
        sort: str | BaseExpression | Combinable | None,
        *,
        descending: bool = False,
        nullable: bool | None = None,
        size: int = 50,
    ) -> None:
        self.descending, self.size = descending, size
        self.by_pk = sort is None
        expression = F(sort) if isinstance(sort, str) else sort
        if nullable is None:
            nullable = not isinstance(sort, str) or is_nullable(queryset.model, sort)
        self.nullable = nullable and not self.by_pk
        self.queryset = (
            queryset if expression is None else queryset.annotate(**{SORT_KEY: expression})
        )

    def ordered(self, *, backwards: bool = False) -> QuerySet[Any]:
        """The whole queryset in the table's order, as an export reads it."""
        down = self.descending != backwards
        pk = F("pk").desc() if down else F("pk").asc()
        if self.by_pk:
            return self.queryset.order_by(pk)
        nulls = {("nulls_first" if backwards else "nulls_last"): True} if self.nullable else {}
        key = F(SORT_KEY).desc(**nulls) if down else F(SORT_KEY).asc(**nulls)
        return self.queryset.order_by(key, pk)

    def page(self, *, after: str = "", before: str = "") -> Page:
        """The page behind or before a cursor; a broken cursor gives the first page."""
        try:
            if after:
                return self._forward(self._beyond(after))
            if before:
                return self._backward(before)
        except (BadCursorError, ValidationError, ValueError, TypeError, OverflowError):
            pass
        return self._forward(None)

    def _forward(self, condition: Q | None) -> Page:
        queryset = self.ordered()
        found = self._first(queryset if condition is None else queryset.filter(condition))
        rows = found[: self.size]
        return Page(
            rows,
            previous=self._cursor(rows[0]) if condition is not None and rows else None,
            next=self._cursor(rows[-1]) if len(found) > self.size else None,
        )

    def _backward(self, cursor: str) -> Page:
        condition = self._beyond(cursor, backwards=True)
        found = self._first(self.ordered(backwards=True).filter(condition))
        if len(found) <= self.size:
            return self._forward(None)
        rows = found[: self.size][::-1]
        return Page(rows, previous=self._cursor(rows[0]), next=self._cursor(rows[-1]))

    def _first(self, queryset: QuerySet[Any]) -> list[Any]:
        """The first rows of an ordered queryset; see `narrowed`."""
        return list(narrowed(queryset, self._more))

    @property
    def _more(self) -> int:
        return self.size + 1

    def _cursor(self, row: Any) -> str:
        return encode(None if self.by_pk else getattr(row, SORT_KEY), row.pk)

    def _beyond(self, cursor: str, *, backwards: bool = False) -> Q:
        """The condition for rows past the cursor, written so that an index can answer it."""
        text, pk_text = decode(cursor)
        pk = self.queryset.model._meta.pk.to_python(pk_text)
        past = "lt" if self.descending != backwards else "gt"
        pk_past = Q(**{f"pk__{past}": pk})
        if self.by_pk:
            return pk_past
        missing = Q(**{f"{SORT_KEY}__isnull": True})
        if text is None:
            return (~missing | pk_past) if backwards else (missing & pk_past)
        output = self.queryset.query.annotations[SORT_KEY].output_field
        value = output.to_python(text)
        strictly = Q(**{f"{SORT_KEY}__{past}": value})
        condition = Q(**{f"{SORT_KEY}__{past}e": value}) & (strictly | pk_past)
        return condition | missing if self.nullable and not backwards else condition


class ListPager:
    """Pages of a list in memory, sorted by a function of the row, None last either way."""

    def __init__(
        self,
        rows: Sequence[Any],
        key: Callable[[Any], Any] | None,
        *,
        descending: bool = False,
        size: int = 50,
    ) -> None:
        self.rows, self.size = list(rows), size
        if key is not None:
            known = [row for row in self.rows if key(row) is not None]
            missing = [row for row in self.rows if key(row) is None]
            self.rows = sorted(known, key=key, reverse=descending) + missing

    def page(self, *, after: str = "", before: str = "") -> Page:
        """The page that starts at an offset; anything else gives the first page."""
        text = after or before
        start = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
        start = start if start < len(self.rows) else 0
        end = start + self.size
        return Page(
            self.rows[start:end],
            previous=str(max(start - self.size, 0)) if start else None,
            next=str(end) if end < len(self.rows) else None,
            total=len(self.rows),
        )
