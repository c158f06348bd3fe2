"""The way back for master data: which rows a batch created, and what the others were before.

`ids` below is always a query written in our code that yields ids; it never holds input.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from psycopg import sql

from kam.imports.engine.importer import UndoRefusedError
from kam.imports.engine.run import Run

_NOTE = """
INSERT INTO imports_importchange (batch_id, "table", row_id, before)
SELECT %(batch)s, %(table)s, t.id, {before} FROM {table} t WHERE t.id IN ({ids})
ON CONFLICT (batch_id, "table", row_id) DO NOTHING
"""
_LATER = """
SELECT DISTINCT later.batch_id FROM imports_importchange mine
JOIN imports_importchange later USING ("table", row_id)
WHERE mine.batch_id = %(batch)s AND later.batch_id > %(batch)s ORDER BY 1
"""
_COLUMNS = """
SELECT attname FROM pg_attribute
WHERE attrelid = %(table)s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
  AND attname <> 'id'
"""
_PUT_BACK = """
UPDATE {table} t SET {columns} FROM imports_importchange c
CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, c.before) b
WHERE c.batch_id = %(batch)s AND c."table" = %(table)s AND c.before IS NOT NULL
  AND c.row_id = t.id {unless}
"""
_UNDELETE = """
INSERT INTO {table} (id, {names}) SELECT b.id, {values} FROM imports_importchange c
CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, c.before) b
WHERE c.batch_id = %(batch)s AND c."table" = %(table)s AND c.before IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM {table} t WHERE t.id = c.row_id)
"""
CREATED = """
SELECT c.row_id FROM imports_importchange c
WHERE c.batch_id = %(batch)s AND c."table" = %(table)s AND c.before IS NULL
"""


def note_created(run: Run, table: str, ids: str) -> None:
    """Remember the rows that the query names as created by this batch."""
    _execute(run, _NOTE, table, before=sql.SQL("NULL"), ids=_trusted(ids))


def note_before(run: Run, table: str, ids: str) -> None:
    """Remember what the rows that the query names are now, before they change or go."""
    _execute(run, _NOTE, table, before=sql.SQL("to_jsonb(t)"), ids=_trusted(ids))


def refuse_when_built_upon(run: Run, *others: int) -> None:
    """Raise UndoRefusedError naming the later batches that changed the same rows."""
    later = sorted({*run.ids(_LATER), *others})
    if later:
        names = ", ".join(f"#{batch}" for batch in later)
        raise UndoRefusedError(
            _("Later imports changed the same rows: %s. Undo them first.") % names
        )


def created_ids(run: Run, table: str) -> list[int]:
    """Return the ids of the rows of a table that the batch created."""
    return run.ids(CREATED, {"table": table})


def put_back(run: Run, table: str, *, keep_newer: bool = True) -> int:
    """Restore what the batch changed or removed and return how many rows.

    A row changed by hand after the import keeps that change (`keep_newer`).
    """
    columns = run.ids(_COLUMNS, {"table": table})
    assignments = sql.SQL(", ").join(
        sql.SQL("{0} = b.{0}").format(sql.Identifier(column)) for column in columns
    )
    unless = sql.SQL("AND t.updated_at <= %(committed_at)s" if keep_newer else "")
    restored = _execute(run, _PUT_BACK, table, columns=assignments, unless=unless)
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    values = sql.SQL(", ").join(sql.Identifier("b", column) for column in columns)
    return restored + _execute(run, _UNDELETE, table, names=names, values=values)


def remove_created(run: Run, table: str) -> int:
    """Delete the rows that the batch created, but for those changed by hand since."""
    query = "DELETE FROM {table} t WHERE t.id IN (" + CREATED + ") "
    return _execute(run, query + "AND t.updated_at <= %(committed_at)s", table)


def changed_since(run: Run, table: str) -> int:
    """Return how many rows that the batch wrote were changed by hand afterwards."""
    query = """
        SELECT count(*) FROM {table} t JOIN imports_importchange c ON c.row_id = t.id
        WHERE c.batch_id = %(batch)s AND c."table" = %(table)s AND t.updated_at > %(committed_at)s
    """
    _execute(run, query, table)
    return int(run.cursor.fetchone()[0])


def forget(run: Run) -> None:
    """Remove the batch's notes once it is undone, so that earlier batches can be undone too."""
    run.execute("DELETE FROM imports_importchange WHERE batch_id = %(batch)s")


def _execute(run: Run, query: str, table: str, **parts: sql.Composable) -> int:
    statement = _trusted(query).format(table=sql.Identifier(table), **parts)
    parameters: dict[str, Any] = {"table": table, "committed_at": run.batch.committed_at}
    run.cursor.execute(statement, {**run.defaults, **parameters})
    return int(run.cursor.rowcount)


def _trusted(text: str) -> sql.SQL:
    return sql.SQL(text)
