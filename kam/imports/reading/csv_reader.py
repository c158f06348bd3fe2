"""Delimited text, one row at a time, in bounded memory."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kam.imports.reading.archives import GuardedGzip
from kam.imports.reading.dialect import Dialect, sniff_dialect
from kam.imports.reading.encoding import count_lines, detect_encoding
from kam.imports.reading.errors import ProblemList, UnreadableFile
from kam.imports.reading.header import clean_header

GZIP_MAGIC = b"\x1f\x8b"
LINES_SNIFFED = 500
SNIFF_CHARACTERS = 512 * 1024
_SEPARATOR_LINE = re.compile(r'^"?sep=(.)"?\s*$', re.IGNORECASE)

type Row = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class TextFormat:
    """What was found out about a text file."""

    encoding: str
    dialect: Dialect
    skipped: int
    packed: bool


class CsvTable:
    """A delimited text file, plain or gzipped, read as rows of its header's width.

    Encoding and dialect are detected unless given. Raises `UnreadableFile` where the text or the
    header cannot be read, `BrokenFile` where single lines hold no valid text; all of the file is
    decoded once for this.
    """

    kind = "csv"
    sheets: Sequence[str] = ()

    def __init__(self, path: Path, *, encoding: str = "", delimiter: str = "") -> None:
        self.path = path
        with path.open("rb") as stream:
            packed = stream.read(2) == GZIP_MAGIC
        with _binary(path, packed=packed) as stream:
            encoding = encoding or detect_encoding(stream)
        with _binary(path, packed=packed) as stream:
            self.line_count = count_lines(stream, encoding)
        self.format = _sniff(path, encoding, delimiter, packed=packed)
        self.header = self._read_header()

    @property
    def row_estimate(self) -> int:
        """About how many rows to expect, for progress."""
        return max(self.line_count - 1 - self.format.skipped, 0)

    def facts(self) -> dict[str, str]:
        """What was found out about the file, for people."""
        dialect = self.format.dialect
        return {
            "kind": self.kind,
            "encoding": self.format.encoding,
            "delimiter": dialect.delimiter,
            "quote": dialect.quote,
        }

    def rows(self) -> Iterator[Row]:
        """Yield (line, cells) for every row that is not blank; the line is where it begins.

        Once a row is broken no more are yielded, and when all are seen `BrokenFile` lists every
        broken one.
        """
        problems = ProblemList()
        with self._text() as stream:
            yield from self._good_rows(stream, problems)
        problems.raise_if_any()

    def _good_rows(self, stream: IO[str], problems: ProblemList) -> Iterator[Row]:
        width, header_seen = len(self.header), False
        for line, row, problem in _records(stream, self.format):
            if problem:
                problems.add(line, problem)
            elif not row or (not row[0].strip() and not "".join(row).strip()):
                continue
            elif not header_seen:
                header_seen = True
            elif len(row) != width:
                problems.add(line, width_problem(len(row), width))
            elif not problems.count:
                yield line, row

    def _read_header(self) -> list[str]:
        with self._text() as stream:
            for _line, row, problem in _records(stream, self.format):
                if problem:
                    raise UnreadableFile(_("The header cannot be read: %s.") % problem)
                if row and "".join(row).strip():
                    return clean_header(row)
        raise UnreadableFile(_("The file is empty."))

    def _text(self) -> AbstractContextManager[IO[str]]:
        return _text(self.path, self.format.encoding, packed=self.format.packed)


def width_problem(found: int, expected: int) -> str:
    """Say how a row's width differs from its header's."""
    cells = ngettext("%(n)d cell", "%(n)d cells", found) % {"n": found}
    if found > expected:
        text = _("%(cells)s where the header has %(expected)d (a delimiter without quotes?)")
    else:
        text = _("%(cells)s where the header has %(expected)d")
    return text % {"cells": cells, "expected": expected}


def _records(stream: IO[str], file_format: TextFormat) -> Iterator[tuple[int, list[str], str]]:
    """Yield (line where it begins, cells, what is wrong with it)."""
    skipped = sum(1 for _line in islice(stream, file_format.skipped))
    reader = csv.reader(stream, **file_format.dialect.options())
    line = skipped + 1
    while True:
        try:
            for row in reader:
                yield line, row, ""
                line = skipped + reader.line_num + 1
        except csv.Error as error:
            yield line, [], _csv_problem(error)
            line = skipped + reader.line_num + 1
        else:
            return


def _csv_problem(error: csv.Error) -> str:
    text = str(error)
    if "unexpected end" in text or "field larger" in text:
        return _("a quote is opened here and never closed")
    if "expected after" in text:
        return _("text follows a closing quote")
    return text


def _sniff(path: Path, encoding: str, delimiter: str, *, packed: bool) -> TextFormat:
    with _text(path, encoding, packed=packed) as stream:
        lines = _first_lines(stream)
    said = _SEPARATOR_LINE.match(lines[0]) if lines else None
    if said:
        return TextFormat(encoding, sniff_dialect(lines[1:], delimiter or said[1]), 1, packed)
    return TextFormat(encoding, sniff_dialect(lines, delimiter), 0, packed)


def _first_lines(stream: IO[str]) -> list[str]:
    lines: list[str] = []
    size = 0
    while len(lines) < LINES_SNIFFED and size < SNIFF_CHARACTERS:
        line = stream.readline(SNIFF_CHARACTERS)
        if not line:
            break
        lines.append(line)
        size += len(line)
    return lines


@contextmanager
def _binary(path: Path, *, packed: bool) -> Iterator[IO[bytes]]:
    if not packed:
        with path.open("rb") as stream:
            yield stream
        return
    with GuardedGzip(path) as raw, io.BufferedReader(raw, 256 * 1024) as buffered:
        yield buffered


@contextmanager
def _text(path: Path, encoding: str, *, packed: bool) -> Iterator[IO[str]]:
    with (
        _binary(path, packed=packed) as binary,
        io.TextIOWrapper(binary, encoding=encoding, newline="") as stream,
    ):
        yield stream
