"""Statements, their lines and what they rest on, written by COPY: many cost little more than one.

Triggers, checks and history are those of any INSERT.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import FileField, Model
from django.utils import timezone

from settlements.analytics.settling import Computed, Line
from settlements.models import SettlementStatement, StatementLine, StatementReport

_LINE = (
    "statement_id, sequence, kind, part, label, product_id, category_id, store_id, condition_id,"
    " quantity, basis, rate, tax_rate, amount"
)


def store_statements(rows: Sequence[SettlementStatement]) -> None:
    """Insert rows that were made in memory; they get their keys and times of recording."""
    now, keys = timezone.now(), _keys(SettlementStatement, len(rows))
    for row, key in zip(rows, keys, strict=True):
        row.pk, row.created_at, row.updated_at = key, now, now
    fields = SettlementStatement._meta.concrete_fields
    files = {field.attname for field in fields if isinstance(field, FileField)}
    names = [field.attname for field in fields]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    _copy(SettlementStatement, columns, (_row(row, names, files) for row in rows))
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def _row(row: Model, names: Sequence[str], files: set[str]) -> list[Any]:
    """The cells of a row; files and choices as their text."""
    cells = [row.__dict__.get(name) for name in names]
    return [
        str(cell or "") if name in files else str(cell) if isinstance(cell, str) else cell
        for name, cell in zip(names, cells, strict=True)
    ]


def store_lines(
    statements: Sequence[SettlementStatement], computed: Sequence[Computed | None]
) -> None:
    """Insert the lines of statements in their order."""
    rows = (
        (row.pk, place, *_cells(line))
        for row, one in zip(statements, computed, strict=True)
        for place, line in enumerate(one.lines if one else (), 1)
    )
    _copy(StatementLine, _LINE, rows)


def store_reports(pairs: Iterable[tuple[int, int]]) -> None:
    """Insert which reports statements rest on, as (statement, report)."""
    _copy(StatementReport, "statement_id, report_id", pairs)


def _keys(model: type[Model], many: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, many],
        )
        return [key for (key,) in cursor.fetchall()]


def _copy(model: type[Model], columns: str, rows: Iterable[Sequence[Any]]) -> None:
    table = model._meta.db_table
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)


def _cells(line: Line) -> tuple[object, ...]:
    return (
        line.kind,
        line.part,
        line.label,
        line.product_id,
        line.category_id,
        line.store_id,
        line.condition_id,
        line.quantity,
        line.basis,
        line.rate,
        line.tax_rate,
        line.amount,
    )
