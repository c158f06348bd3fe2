"""A first proposal of how a file is to be read, from its header and first rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from kam.imports.columns import Column, ColumnType, guess_columns
from kam.imports.mapping import ColumnMapping
from kam.imports.reading import Table
from kam.imports.reading.values import DecimalSign, cell_text, date_parser, number_parser

SAMPLED_ROWS = 200
# Tried in this order; a month above 12 settles which of the first two numbers is the day.
DATE_FORMATS = (
    "%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d", "%d-%m-%Y", "%m-%d-%Y", "%Y%m%d",
    "%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d %b %Y", "%d %B %Y", "%Y年%m月%d日", "%Y-%m", "%Y",
)  # fmt: skip
AMBIGUOUS = {"%d/%m/%Y": "%m/%d/%Y", "%d-%m-%Y": "%m-%d-%Y", "%d/%m/%y": "%m/%d/%y"}


@dataclass(frozen=True, slots=True)
class Sample:
    """The first rows of a file, to show and to guess from."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    sheets: tuple[str, ...] = ()

    def values(self, column: str) -> list[str]:
        """Return the filled cells of a column."""
        place = self.header.index(column)
        return [text for row in self.rows if (text := cell_text(row[place]))]

    def examples(self, column: str, count: int = 3) -> list[str]:
        """Return the first different cells of a column."""
        return list(islice(dict.fromkeys(self.values(column)), count))


def take_sample(table: Table) -> Sample:
    """Read the first rows of a file."""
    rows = tuple(tuple(cells) for _line, cells in islice(table.rows(), SAMPLED_ROWS))
    return Sample(tuple(table.header), rows, tuple(table.sheets))


def guess_mapping(
    sample: Sample, columns: Sequence[Column], remembered: ColumnMapping | None = None
) -> ColumnMapping:
    """Propose a mapping: the source's last one as far as the file has its columns, else by name.

    Columns that the last file did not have are taken by name: none goes unread unseen.
    """
    if remembered is not None and _fits(remembered, sample):
        return _with_new(remembered, sample, columns)
    chosen = guess_columns(sample.header, columns)
    mapping = ColumnMapping(columns={name: (source,) for name, source in chosen.items()})
    return replace(
        mapping,
        date_format=guess_date_format(_typed(sample, mapping, columns, ColumnType.DATE)),
        decimal=guess_decimal(_typed(sample, mapping, columns, ColumnType.NUMBER)),
    )


def _fits(mapping: ColumnMapping, sample: Sample) -> bool:
    used = mapping.read()
    return bool(used) and used <= set(sample.header)


def _with_new(mapping: ColumnMapping, sample: Sample, columns: Sequence[Column]) -> ColumnMapping:
    """Add what is new in the file, where it is known what the last one had."""
    if mapping.unused is None:
        return mapping
    new = [name for name in sample.header if name not in mapping.read() | set(mapping.unused)]
    free = [column for column in columns if column.name not in mapping.mapped()]
    found = {name: (source,) for name, source in guess_columns(new, free).items()}
    return replace(mapping, columns={**mapping.columns, **found}, unused=None)


def _typed(
    sample: Sample, mapping: ColumnMapping, columns: Iterable[Column], kind: ColumnType
) -> list[str]:
    return list(_values(sample, mapping, [c.name for c in columns if c.type is kind]))


def _values(sample: Sample, mapping: ColumnMapping, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        for source in mapping.columns.get(name, ()):
            yield from sample.values(source)


def guess_date_format(values: Sequence[str]) -> str:
    """Return the format in which all values are dates; nothing for ISO dates or none."""
    if not values or all(date_parser()(value) for value in values):
        return ""
    fitting = [form for form in DATE_FORMATS if all(map(date_parser(form), values))]
    return fitting[0] if fitting else ""


def other_reading(values: Sequence[str], date_format: str) -> str:
    """Return the format with day and month exchanged, when the values allow that one too."""
    other = AMBIGUOUS.get(date_format, "")
    return other if other and values and all(map(date_parser(other), values)) else ""


def guess_decimal(values: Sequence[str]) -> DecimalSign:
    """Return the decimal sign with which more of the values are numbers."""
    point, comma = number_parser("."), number_parser(",")
    points = sum(point(value) is not None for value in values)
    commas = sum(comma(value) is not None for value in values)
    return "," if commas > points else "."
