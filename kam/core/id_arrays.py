"""Thousands of ids as one parameter of a statement, instead of a placeholder for each.

A statement with thousands of placeholders is parsed and filled in by Python longer than it runs.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models.expressions import RawSQL


def id_text(ids: Iterable[int]) -> str:
    """Return ids as PostgreSQL writes an array, to stand before `::bigint[]`."""
    return "{" + ",".join(map(str, ids)) + "}"


def id_rows(ids: Iterable[int]) -> RawSQL:
    """Return a row for each id: `filter(account__in=id_rows(ids))`."""
    return RawSQL("SELECT unnest(%s::bigint[])", [id_text(ids)])
