"""One pass over a file inside a transaction: staged rows, statements, timings, progress."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from kam.core.collector import without_collector
from kam.imports.engine.notices import Notice
from kam.imports.mapping import ColumnMapping
from kam.imports.models import DataSource, ImportBatch
from kam.imports.options import Options
from kam.imports.reading import Table
from kam.imports.shaping import Shaper

if TYPE_CHECKING:
    from kam.imports.engine.importer import Importer

type Report = Callable[[int, int | None, str], None]
type Parameters = Mapping[str, Any]

STAGE = "import_stage"
ROWS = "import_rows"
SETTINGS = "SET LOCAL work_mem = '192MB'; SET LOCAL statement_timeout = 0"


def silent(_done: int, _total: int | None = None, _message: str = "") -> None:
    """Report progress to nobody."""


class Run:
    """What an importer works with: a cursor, the batch, and named parameters for its statements.

    Every statement gets `%(batch)s`, `%(source)s` (id), `%(system)s` (the source's code) and
    `%(as_of)s` beside its own parameters.
    """

    def __init__(
        self,
        *,
        cursor: CursorWrapper,
        batch: ImportBatch,
        source: DataSource,
        mapping: ColumnMapping,
        options: Options,
        as_of: date,
        report: Report = silent,
    ) -> None:
        self.cursor, self.batch, self.source = cursor, batch, source
        self.mapping, self.options, self.as_of = mapping, options, as_of
        self.report = report
        self.notices: list[Notice] = []
        self.blockers: list[str] = []
        self.also: dict[str, int] = {}
        self.memo: dict[str, Any] = {}
        self.removed = 0
        self.first: date | None = None
        self.last: date | None = None
        self.timings: dict[str, float] = {}
        self.defaults: dict[str, Any] = {
            "batch": batch.pk,
            "source": source.pk,
            "system": source.code,
            "as_of": as_of,
        }

    def execute(self, statement: str, parameters: Parameters | None = None) -> int:
        """Run a statement and return how many rows it touched."""
        self.cursor.execute(statement, {**self.defaults, **(parameters or {})})
        return int(self.cursor.rowcount)

    def rows(self, statement: str, parameters: Parameters | None = None) -> list[tuple[Any, ...]]:
        """Run a query and return its rows."""
        self.execute(statement, parameters)
        return list(self.cursor.fetchall())

    def value(self, statement: str, parameters: Parameters | None = None) -> Any:
        """Run a query and return the first column of its first row."""
        rows = self.rows(statement, parameters)
        return rows[0][0] if rows else None

    def ids(self, statement: str, parameters: Parameters | None = None) -> list[Any]:
        """Run a query and return its first column."""
        return [row[0] for row in self.rows(statement, parameters)]

    def notice(self, code: str, **details: Any) -> None:
        """Tell the user something about the file that does not reject rows."""
        self.notices.append(Notice(code, details))

    @contextmanager
    def step(self, name: str, message: str = "") -> Iterator[None]:
        """Time a step and show what it is doing."""
        started = time.perf_counter()
        if message:
            self.report(0, None, message)
        yield
        self.timings[name] = self.timings.get(name, 0.0) + time.perf_counter() - started


@contextmanager
def cursor_for_import() -> Iterator[CursorWrapper]:
    """Open a cursor for set-based work inside the current transaction.

    Inside a request the first statement carries the history's context into the transaction;
    after it the wrapper that would rewrite every statement, and knows only text, stands aside.
    """
    with connection.cursor() as cursor:
        cursor.execute(SETTINGS)
        wrappers, connection.execute_wrappers = connection.execute_wrappers, []
        try:
            yield cursor
        finally:
            connection.execute_wrappers = wrappers


def stage(run: Run, importer: Importer, table: Table) -> int:
    """Copy a file's rows into `import_stage` and return how many there are.

    The table has `line_no`, every canonical column in its type, `row_hash` (only where the
    mapping has no key), `reason` and `detail`; it lives as long as the transaction.
    """
    shaper = Shaper(importer.columns, run.mapping, table.header)
    drop_temporary(run)
    run.cursor.execute(_create(importer, shaper))
    total = table.row_estimate or None
    staged = 0
    into = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT text, NULL '')").format(
        sql.Identifier(STAGE), sql.SQL(", ").join(map(sql.Identifier, shaper.staged))
    )
    with run.cursor.copy(into) as copy, without_collector():
        for block, count in shaper.blocks(table.rows()):
            copy.write(block)
            staged += count
            run.report(min(staged, total or staged), total, "")
    # About how many rows are alike is enough: a small sample of them says so.
    run.cursor.execute(f"SET LOCAL default_statistics_target = 30; ANALYZE {STAGE}")
    run.cursor.execute("SET LOCAL default_statistics_target TO DEFAULT")
    return staged


def drop_temporary(run: Run) -> None:
    """Remove the tables of an earlier pass in the same transaction."""
    names = run.ids(
        "SELECT relname FROM pg_class WHERE relpersistence = 't' AND relkind = 'r' "
        "AND relnamespace = pg_my_temp_schema() AND starts_with(relname, 'import_')"
    )
    if names:
        run.cursor.execute(
            sql.SQL("DROP TABLE {}").format(sql.SQL(", ").join(map(sql.Identifier, names)))
        )


def _create(importer: Importer, shaper: Shaper) -> sql.Composed:
    columns = [
        sql.SQL("{} {} {}").format(
            sql.Identifier(column.name),
            sql.Identifier(column.type.sql),
            _default(shaper.constants.get(column.name)),
        )
        for column in importer.columns
    ]
    return sql.SQL(
        "CREATE TEMP TABLE {} (line_no bigint, {}, row_hash text, reason text, detail text) "
        "ON COMMIT DROP"
    ).format(sql.Identifier(STAGE), sql.SQL(", ").join(columns))


def _default(constant: str | None) -> sql.Composable:
    return sql.SQL("DEFAULT {}").format(sql.Literal(constant)) if constant else sql.SQL("")
