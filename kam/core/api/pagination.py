"""Pages by keyset: stable while rows come and go, and as fast at the end as at the start."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from kam.core.api.problems import QueryError

PAGE_SIZE = 50
MAX_PAGE_SIZE = 500


class KeysetPagination(BasePagination):
    """Pages in one of the view's `orderings`, ended by the primary key so that no row is skipped.

    `next` is the address of the following page, null on the last one. The cursor holds the last
    row's values, so rows that are added or removed meanwhile shift nothing. There is no count.
    """

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """One row more than asked for tells whether there is a next page."""
        ordering = ordering_of(request, view)
        size = _page_size(request)
        rows = list(_after(queryset.order_by(*ordering), ordering, request)[: size + 1])
        self._next = None
        if len(rows) > size:
            rows = rows[:size]
            url = request.build_absolute_uri()
            self._next = replace_query_param(url, "cursor", _cursor(rows[-1], ordering))
        return rows

    def get_paginated_response(self, data: Any) -> Response:
        """The page's rows and the way on."""
        return Response({"next": self._next, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The page in OpenAPI."""
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {
                "next": {
                    "type": ["string", "null"],
                    "format": "uri",
                    "description": "Address of the next page; null on the last page.",
                },
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """The parameters of every list in OpenAPI."""
        names = [sign + name for name in view.orderings for sign in ("", "-")]
        return [
            _parameter("cursor", {"type": "string"}, "Opaque; take it from `next`."),
            _parameter(
                "page_size",
                {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": PAGE_SIZE},
                "Rows on a page.",
            ),
            _parameter(
                "ordering",
                {"type": "string", "enum": names, "default": view.default_ordering},
                "Column to sort by, `-` for descending. "
                "With `updated_since` the default is `updated_at`.",
            ),
        ]


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "schema": schema,
        "description": description,
    }


def ordering_of(request: Request, view: Any) -> tuple[str, str]:
    """The column asked for and the primary key, both in the same direction."""
    since = "updated_since" in request.query_params and "updated_at" in view.orderings
    default = "updated_at" if since else view.default_ordering
    name = request.query_params.get("ordering", default)
    column = view.orderings.get(name.removeprefix("-"))
    if column is None:
        words = _("There is no such order; there are: %s.") % ", ".join(view.orderings)
        raise QueryError({"ordering": [words]}, code="unknown_ordering")
    sign = "-" if name.startswith("-") else ""
    return f"{sign}{column}", f"{sign}pk"


def _page_size(request: Request) -> int:
    text = request.query_params.get("page_size", str(PAGE_SIZE))
    if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MAX_PAGE_SIZE:
        return int(text)
    words = _("A page has 1 to %s rows.") % MAX_PAGE_SIZE
    raise QueryError({"page_size": [words]}, code="invalid_page_size")


def _cursor(row: Model, ordering: tuple[str, str]) -> str:
    column = ordering[0].removeprefix("-")
    text = json.dumps([ordering[0], str(getattr(row, column)), row.pk])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _after(queryset: QuerySet[Any], ordering: tuple[str, str], request: Request) -> QuerySet[Any]:
    """Rows behind the cursor; the first condition is for the index, the second is exact."""
    if "cursor" not in request.query_params:
        return queryset
    value, pk = _position(queryset, ordering, request.query_params["cursor"])
    name, way = ordering[0].removeprefix("-"), "lt" if ordering[0].startswith("-") else "gt"
    exact = Q(**{f"{name}__{way}": value}) | Q(**{name: value, f"pk__{way}": pk})
    return queryset.filter(**{f"{name}__{way}e": value}).filter(exact)


def _position(queryset: QuerySet[Any], ordering: tuple[str, str], cursor: str) -> tuple[Any, Any]:
    """What the cursor holds; raises QueryError for one that was not made for this list."""
    meta = queryset.model._meta
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        made_for, text, key = json.loads(base64.urlsafe_b64decode(padded))
        name = ordering[0].removeprefix("-")
        field = meta.pk if name == "pk" else meta.get_field(name)
        value = cast("Any", field).to_python(text)
        pk = cast("Any", meta.pk).to_python(key)
    except (ValueError, TypeError, binascii.Error, ValidationError) as error:
        raise _bad_cursor() from error
    if made_for != ordering[0] or value is None or pk is None or "\0" in f"{value}{pk}":
        raise _bad_cursor()
    return value, pk


def _bad_cursor() -> QueryError:
    words = _("This cursor does not belong to this list and order; start without one.")
    return QueryError({"cursor": [words]}, code="invalid_cursor")
