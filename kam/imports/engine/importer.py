"""What an app brings to import a kind of data: columns, and statements over staged rows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from kam.core.formats import Text
from kam.imports.columns import Column
from kam.imports.engine.run import Run
from kam.imports.mapping import ColumnMapping, MappingError


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoReport:
    """What an undo did: rows that went, rows put back, and what had to stay with the reason."""

    removed: int = 0
    restored: int = 0
    stays: tuple[str, ...] = field(default=())


class UndoRefusedError(Exception):
    """The batch cannot be undone as things stand; the message says what to undo first."""


class Importer(ABC):
    """A kind of import. One instance per kind is registered with `kam.imports.registry`."""

    key: str
    title: Text
    summary: Text
    capability: str = ""
    """What somebody needs beside running imports to import or undo this kind; empty: nothing."""
    icon: str = "file-import"
    order: int = 100
    columns: Sequence[Column] = ()
    alternatives: Sequence[frozenset[str]] = ()
    """Sets of columns of which at least one must be mapped whole."""
    creates_accounts = False
    replaces_periods = False
    has_amounts = False
    takes_extracts = False
    """Whether a file may say that it names everything that is open."""
    found_by: Sequence[str] = ()
    """By which columns of `import_rows` `apply` joins what stands: each gets an index first."""

    def check(self, mapping: ColumnMapping) -> None:
        """Raise MappingError when the mapped columns cannot make a row."""
        mapped = mapping.mapped()
        if self.alternatives and not any(needed <= mapped for needed in self.alternatives):
            choices = " / ".join(" + ".join(sorted(needed)) for needed in self.alternatives)
            raise MappingError(_("Say which columns hold %s.") % choices)

    def lock(self, run: Run) -> None:  # noqa: B027 - most kinds need none
        """Before an import (not a check) looks at what stands: keep others from changing it.

        Imports of one source already wait for each other.
        """

    @abstractmethod
    def resolve(self, run: Run) -> None:
        """Turn `import_stage` into `import_rows`, changing nothing else.

        `import_rows` has `line_no`, `reason` and `detail` (why a row is rejected), `amount` and
        `currency` (both may be null), and `action`: `c` create, `u` update, `n` no change; null
        where there is a reason.
        """

    def index(self, run: Run) -> None:
        """Let what stands find its rows by an index.

        A table that the database takes for empty, since all of its rows belonged to a transaction
        when autovacuum passed, would else be held against the file row by row, for hours.
        """
        for columns in self.found_by:
            run.execute(f"CREATE INDEX ON import_rows ({columns})")

    @abstractmethod
    def apply(self, run: Run) -> None:
        """Write the rows of `import_rows` that have an action; sets `run.also` for side effects."""

    @abstractmethod
    def undo(self, run: Run) -> UndoReport:
        """Take back what the batch wrote, or raise UndoRefusedError."""

    def visible_columns(self) -> list[Column]:
        """Columns that a user maps: those that are not derived from others."""
        return [column for column in self.columns if not column.derived_from]

    def template_columns(self) -> list[Column]:
        """Columns of an empty file for people: a period's last day stands for the day after it."""
        older = {column.last_day_of for column in self.columns}
        return [column for column in self.visible_columns() if column.name not in older]
