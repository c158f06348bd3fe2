"""From a file's rows to staged rows: picked, joined, trimmed, read and told apart."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter

from django.utils.translation import gettext as _

from kam.imports.columns import Column, ColumnType
from kam.imports.mapping import ColumnMapping, MappingError
from kam.imports.reading import Row
from kam.imports.reading.values import BLANK_WORDS, cell_text

KEY = "source_key"
DETAIL_LENGTH = 200
BLOCK_ROWS = 5_000
_UNIT, _RECORD = "\x1f", "\x1e"
_CONTROLS = str.maketrans({_UNIT: " ", _RECORD: " ", "\0": None})

type Pick = Callable[[list[str]], Sequence[str]]


class Shaper:
    """Makes staged rows: line, the cells that come from the file, content hash, reason, detail.

    A row without a key of its own gets a hash of its canonical cells, so that it is known again
    when it is sent in another encoding or format. A cell that cannot be read is left out and
    named as the row's reason; the first such cell counts. Constants are the same for all rows,
    so they stand apart in `constants`.
    """

    def __init__(
        self, columns: Sequence[Column], mapping: ColumnMapping, header: Sequence[str]
    ) -> None:
        mapping.check(columns, header)
        self.columns = [column for column in columns if mapping.columns.get(column.name)]
        self.constants = _constants(columns, mapping)
        place = {name: index for index, name in enumerate(header)}
        sources = [[place[s] for s in mapping.columns[column.name]] for column in self.columns]
        self._pick = _picker(sources, mapping.joiner)
        names = [column.name for column in self.columns]
        self._suffixes = [
            (names.index(name), suffix)
            for name, suffix in mapping.strip_suffix.items()
            if name in names and suffix
        ]
        self._typed = [
            (index, column.type.shortcut(mapping.decimal), parse, column.problem())
            for index, column in enumerate(self.columns)
            if (parse := column.parser(mapping.date_format, mapping.decimal))
        ]
        self._derived = [
            (names.index(column.derived_from), column.read)
            for column in columns
            if column.derived_from in names and column.read
        ]
        self._derived_names = [c.name for c in columns if c.derived_from in names and c.read]
        self._fallbacks = [(names.index(n), v) for n, v in self.constants.items() if n in names]
        self._required = [(i, c.name) for i, c in enumerate(self.columns) if c.required]
        self._limits = [
            (i, c.name, c.max_length)
            for i, c in enumerate(self.columns)
            if c.type is ColumnType.TEXT
        ]
        self._harmless_length = min((limit for _i, _n, limit in self._limits), default=0)
        self._keyless = KEY not in names

    @property
    def staged(self) -> list[str]:
        """Names of the staged columns, in the order of the cells that `row` returns."""
        names = [c.name for c in self.columns]
        return ["line_no", *names, *self._derived_names, "row_hash", "reason", "detail"]

    def row(self, line: int, cells: list[str]) -> list[str]:
        """Return one staged row; empty texts stand for nothing."""
        out = ["" if (text := cell.strip()) in BLANK_WORDS else text for cell in self._pick(cells)]
        for index, suffix in self._suffixes:
            out[index] = out[index].removesuffix(suffix)
        for index, constant in self._fallbacks:
            out[index] = out[index] or constant
        derived = [read(out[index]) or "" for index, read in self._derived]
        reason = detail = digest = ""
        for index, shortcut, parse, problem in self._typed:
            text = out[index]
            if text and not shortcut(text):
                value = parse(text)
                if value is None:
                    reason, detail = reason or problem, detail or text
                out[index] = value or ""
        joined = _UNIT.join(out)
        if not reason:
            reason, detail = self._shape_problem(out, len(joined))
        if self._keyless:
            digest = hashlib.md5(joined.encode(), usedforsecurity=False).hexdigest()
        return [str(line), *out, *derived, digest, reason, detail[:DETAIL_LENGTH]]

    def _shape_problem(self, out: list[str], length: int) -> tuple[str, str]:
        for index, name in self._required:
            if not out[index]:
                return f"missing: {name}", ""
        if length <= self._harmless_length:
            return "", ""
        for index, name, limit in self._limits:
            if len(out[index]) > limit:
                return f"too long: {name}", out[index]
        return "", ""

    def blocks(self, rows: Iterable[Row]) -> Iterator[tuple[bytes, int]]:
        """Yield blocks for `COPY … FROM STDIN (FORMAT text, NULL '')` with their row counts."""
        batch: list[list[str]] = []
        for line, cells in rows:
            batch.append(self.row(line, cells))
            if len(batch) >= BLOCK_ROWS:
                yield copy_block(batch), len(batch)
                batch = []
        if batch:
            yield copy_block(batch), len(batch)


def copy_block(rows: Sequence[Sequence[str]]) -> bytes:
    """Return rows in PostgreSQL's text format for COPY; control characters become blanks."""
    block = _RECORD.join(map(_UNIT.join, rows))
    units = sum(map(len, rows)) - len(rows)
    if block.count(_UNIT) != units or block.count(_RECORD) != len(rows) - 1 or "\0" in block:
        rows = [[cell.translate(_CONTROLS) for cell in row] for row in rows]
        block = _RECORD.join(map(_UNIT.join, rows))
    for character, escaped in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
        block = block.replace(character, escaped)
    return (block.replace(_UNIT, "\t").replace(_RECORD, "\n") + "\n").encode()


def _picker(sources: list[list[int]], joiner: str) -> Pick:
    """Return a function that takes the source cells of each staged column out of a row."""
    if not sources:
        return lambda _row: ()
    if all(len(places) == 1 for places in sources):
        first = [places[0] for places in sources]
        if len(first) == 1:
            return lambda row: (row[first[0]],)
        return itemgetter(*first)

    def pick(row: list[str]) -> list[str]:
        return [
            row[places[0]]
            if len(places) == 1
            else joiner.join(part for place in places if (part := cell_text(row[place])))
            for places in sources
        ]

    return pick


def _constants(columns: Sequence[Column], mapping: ColumnMapping) -> dict[str, str]:
    """Return the constants that say something, read; raises MappingError for one that cannot be."""
    constants: dict[str, str] = {}
    for column in columns:
        text = cell_text(mapping.constants.get(column.name, ""))
        parse = column.parser(mapping.date_format, mapping.decimal)
        value = parse(text) if text and parse else text
        if value is None:
            raise MappingError(
                _("The constant “%(text)s” for %(name)s cannot be read.")
                % {"text": text, "name": column.name}
            )
        if value:
            constants[column.name] = value
    return constants
