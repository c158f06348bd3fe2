"""From a file's rows to staged rows: picked, joined, trimmed, read and told apart.

Work goes column by column over blocks of rows, so that most of it happens in C.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from django.utils.translation import gettext as _

from kam.imports.columns import Column, ColumnType, day_after
from kam.imports.mapping import ColumnMapping, MappingError
from kam.imports.reading import Row
from kam.imports.reading.values import BLANK_WORDS, Parse, cell_text

KEY = "source_key"
DETAIL_LENGTH = 200
BLOCK_ROWS = 2_000
_UNIT, _RECORD = "\x1f", "\x1e"
_CONTROLS = str.maketrans({_UNIT: " ", _RECORD: " ", "\0": None})

type Cells = list[str]
type Pick = Callable[[Sequence[Sequence[str]]], Cells]


class _Reasons:
    """Why rows of a block are rejected: for each row the first problem counts."""

    def __init__(self, rows: int) -> None:
        self.reasons, self.details = [""] * rows, [""] * rows

    def add(self, place: int, reason: str, detail: str) -> None:
        if not self.reasons[place]:
            self.reasons[place], self.details[place] = reason, detail[:DETAIL_LENGTH]


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
        self._pickers = [
            _picker([place[s] for s in mapping.columns[column.name]], mapping.joiner)
            for column in self.columns
        ]
        self._suffixes = [mapping.strip_suffix.get(column.name, "") for column in self.columns]
        self._fallbacks = [self.constants.get(column.name, "") for column in self.columns]
        self._parsers = [
            column.parser(mapping.date_format, mapping.decimal) for column in self.columns
        ]
        self._shortcuts = [column.type.shortcut(mapping.decimal) for column in self.columns]
        names = [column.name for column in self.columns]
        self._derived = [
            (column.name, names.index(column.derived_from), column.read)
            for column in columns
            if column.derived_from in names and column.read
        ]
        self._last_days = [
            (index, names.index(column.last_day_of) if column.last_day_of in names else None)
            for index, column in enumerate(self.columns)
            if column.last_day_of
        ]
        self._keyless = KEY not in names

    @property
    def staged(self) -> list[str]:
        """Names of the staged columns, in their order."""
        names = [column.name for column in self.columns]
        for index, target in self._last_days:
            names[index] = names[index] if target is not None else self.columns[index].last_day_of
        derived = [name for name, _index, _read in self._derived]
        return ["line_no", *names, *derived, "row_hash", "reason", "detail"]

    def row(self, line: int, cells: list[str]) -> list[str]:
        """Return one staged row; empty texts stand for nothing."""
        return [column[0] for column in self.shape([(line, cells)])]

    def blocks(self, rows: Iterable[Row]) -> Iterator[tuple[bytes, int]]:
        """Yield blocks for `COPY … FROM STDIN (FORMAT text, NULL '')` with their row counts."""
        rows = iter(rows)
        while block := list(islice(rows, BLOCK_ROWS)):
            yield copy_block(self.shape(block)), len(block)

    def shape(self, rows: Sequence[Row]) -> list[Cells]:
        """Return the staged columns of a block of rows."""
        by_column = list(zip(*(cells for _line, cells in rows), strict=True))
        picked = [self._picked(index, by_column, len(rows)) for index in range(len(self.columns))]
        derived = [[read(c) or "" for c in picked[index]] for _n, index, read in self._derived]
        problems = _Reasons(len(rows))
        for index, parse in enumerate(self._parsers):
            if parse is not None:
                picked[index] = self._read(index, parse, picked[index], problems)
        for index, target in self._last_days:
            _turn_last_days(picked, index, target, problems)
        for column, cells in zip(self.columns, picked, strict=True):
            _check_shape(column, cells, problems)
        hashes = _digests(picked) if self._keyless and picked else [""] * len(rows)
        lines = [str(line) for line, _cells in rows]
        return [lines, *picked, *derived, hashes, problems.reasons, problems.details]

    def _picked(self, index: int, by_column: Sequence[Sequence[str]], rows: int) -> Cells:
        cells = self._pickers[index](by_column)
        if suffix := self._suffixes[index]:
            cells = [cell.removesuffix(suffix) for cell in cells]
        if constant := self._fallbacks[index]:
            cells = [cell or constant for cell in cells]
        return cells

    def _read(self, index: int, parse: Parse, cells: Cells, problems: _Reasons) -> Cells:
        """Read a column's cells, each different text once."""
        canonical = self._shortcuts[index]
        odd = {text for text in set(cells) if text and not canonical(text)}
        if not odd:
            return cells
        values = {text: parse(text) for text in odd}
        if None in values.values():
            problem = self.columns[index].problem()
            for place, text in enumerate(cells):
                if text in odd and values[text] is None:
                    problems.add(place, problem, text)
        return [(values[text] or "") if text in odd else text for text in cells]


def _turn_last_days(
    picked: list[Cells], index: int, target: int | None, problems: _Reasons
) -> None:
    """Write last days as the day after, into the column that they stand for."""
    after = {day: day_after(day) for day in set(picked[index])}
    days = [after[day] for day in picked[index]]
    if target is None:
        picked[index] = days
        return
    for place, (day, end) in enumerate(zip(days, picked[target], strict=True)):
        if day and end and day != end:
            problems.add(place, "two ends", picked[index][place])
    picked[target] = [end or day for day, end in zip(days, picked[target], strict=True)]


def _check_shape(column: Column, cells: Cells, problems: _Reasons) -> None:
    """Note cells that are needed and missing, and texts that are too long."""
    if column.required and "" in cells:
        for place, text in enumerate(cells):
            if not text:
                problems.add(place, f"missing: {column.name}", "")
    if column.type is ColumnType.TEXT and max(map(len, cells)) > column.max_length:
        for place, text in enumerate(cells):
            if len(text) > column.max_length:
                problems.add(place, f"too long: {column.name}", text)


def _digests(columns: list[Cells]) -> Cells:
    md5 = hashlib.md5
    return [
        md5(_UNIT.join(row).encode(), usedforsecurity=False).hexdigest()
        for row in zip(*columns, strict=True)
    ]


def copy_block(columns: Sequence[Cells]) -> bytes:
    """Return columns as rows in PostgreSQL's text format for COPY; control characters go."""
    block = _joined(columns)
    rows, width = len(columns[0]), len(columns)
    separators = (block.count(_UNIT), block.count(_RECORD))
    if separators != (rows * (width - 1), rows - 1) or "\0" in block:
        block = _joined([[cell.translate(_CONTROLS) for cell in cells] for cells in columns])
    for character, escaped in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
        block = block.replace(character, escaped)
    return (block.replace(_UNIT, "\t").replace(_RECORD, "\n") + "\n").encode()


def _joined(columns: Sequence[Cells]) -> str:
    return _RECORD.join(map(_UNIT.join, zip(*columns, strict=True)))


def _trimmed(cells: Sequence[str]) -> Cells:
    trimmed = list(map(str.strip, cells))
    if BLANK_WORDS.isdisjoint(trimmed):
        return trimmed
    return ["" if cell in BLANK_WORDS else cell for cell in trimmed]


def _picker(places: list[int], joiner: str) -> Pick:
    """Return a function that takes the cells of a staged column out of a block's columns."""
    if len(places) == 1:
        return lambda by_column: _trimmed(by_column[places[0]])

    def pick(by_column: Sequence[Sequence[str]]) -> Cells:
        parts = zip(*(_trimmed(by_column[place]) for place in places), strict=True)
        return [joiner.join(filter(None, row)) for row in parts]

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
    for column in columns:
        if column.last_day_of and column.name in constants:
            constants.setdefault(column.last_day_of, day_after(constants[column.name]))
    return constants
