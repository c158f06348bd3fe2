"""Which delimiter and quoting a text table uses: its header says, the first rows confirm."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

DELIMITERS = (";", "\t", "|", ",")  # the first of equals wins; commas stand in texts most often
ROWS_WEIGHED = 200


@dataclass(frozen=True, slots=True)
class Dialect:
    """How cells are told apart: quotes are doubled inside a cell, or escaped by a backslash."""

    delimiter: str = ","
    quote: str = '"'
    backslash: bool = False

    def options(self) -> dict[str, Any]:
        """Return the keyword arguments that make the csv module read this dialect strictly."""
        return {
            "delimiter": self.delimiter,
            "quotechar": self.quote,
            "doublequote": not self.backslash,
            "escapechar": "\\" if self.backslash else None,
            "strict": True,
        }


def sniff_dialect(lines: list[str], delimiter: str = "") -> Dialect:
    """Choose the dialect in which most of the lines have as many cells as the header.

    `lines` are whole lines from the file's start, with their line ends. A delimiter that the
    header does not hold is not considered; a header without any is a table of one column.
    """
    header = next((line for line in lines if line.strip()), "")
    marks = (delimiter,) if delimiter else tuple(mark for mark in DELIMITERS if mark in header)
    if not marks:
        return Dialect(_unused_delimiter(lines))
    candidates = [
        Dialect(mark, quote, backslash)
        for quote, backslash in _quotings(lines, header)
        for mark in marks
    ]
    return max(candidates, key=lambda dialect: _fit(lines, dialect))


def _unused_delimiter(lines: list[str]) -> str:
    text = "".join(lines)
    return next((mark for mark in reversed(DELIMITERS) if mark not in text), "\t")


def _quotings(lines: list[str], header: str) -> Iterator[tuple[str, bool]]:
    yield '"', False
    if any('\\"' in line for line in lines):
        yield '"', True
    if header.lstrip().startswith("'"):
        yield "'", False


def _fit(lines: list[str], dialect: Dialect) -> tuple[bool, float, int]:
    """Return how well the rows agree with the header, then how many columns that makes."""
    widths = list(islice(_widths(lines, dialect), ROWS_WEIGHED))
    if not widths:
        return (False, 0.0, 0)
    agreeing = sum(width == widths[0] for width in widths) / len(widths)
    return (widths[0] > 1, agreeing, widths[0])


def _widths(lines: list[str], dialect: Dialect) -> Iterator[int]:
    """Yield the number of cells of each row that is not blank, -1 for one that cannot be read."""
    reader = csv.reader(lines, **dialect.options())
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield -1
            continue
        if row:
            yield len(row)
