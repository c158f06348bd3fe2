"""One sheet of a workbook as rows of text; numbers and dates keep their exact value."""

import datetime as dt
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import cached_property
from itertools import islice
from math import isfinite
from pathlib import Path

from django.utils.translation import gettext as _
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

from kam.imports.reading.archives import check_zip
from kam.imports.reading.csv_reader import Row
from kam.imports.reading.errors import ProblemList, UnreadableFile
from kam.imports.reading.header import MAX_COLUMNS, clean_header
from kam.imports.reading.workbook import CHUNK, Attributes, Workbook, XmlStream

MAX_ROWS = 100_000
LAST_ROW = 1_048_576
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
# `_x000D_` stands for a character that XML cannot hold.
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class XlsxTable:
    """A sheet of a workbook (.xlsx), read as rows of its header's width.

    Numbers come with the decimal sign asked for, dates in ISO form. At most 100,000 rows; raises
    `UnreadableFile` for more, and for anything that is no harmless workbook.
    """

    kind = "xlsx"

    def __init__(self, path: Path, *, sheet: str = "", decimal: str = ".") -> None:
        check_zip(path)
        self.path, self._sheet, self._decimal = path, sheet, decimal
        _line, first = next(self._records(), (0, []))
        if not first:
            raise UnreadableFile(_("The file is empty."))
        while not first[-1].strip():
            first.pop()
        self.header = clean_header(first)

    @cached_property
    def sheets(self) -> list[str]:
        """Titles of the visible sheets."""
        with _damage_named(), zipfile.ZipFile(self.path) as archive:
            return [title for title, _part in Workbook(archive).sheets]

    @cached_property
    def row_estimate(self) -> int:
        """About how many rows to expect, for progress."""
        with (
            _damage_named(),
            zipfile.ZipFile(self.path) as archive,
            archive.open(Workbook(archive).sheet_part(self._sheet)) as stream,
        ):
            rows = sum(chunk.count(b"<row ") for chunk in iter(lambda: stream.read(CHUNK), b""))
        return max(rows - 1, 0)

    def facts(self) -> dict[str, str]:
        """What was found out about the file, for people."""
        return {"kind": self.kind}

    def rows(self) -> Iterator[Row]:
        """Yield (row number in the sheet, cells) for every row that is not blank.

        Once a row is broken no more are yielded, and when all are seen `BrokenFile` lists every
        row that has values beyond the header or a formula whose result the file does not hold.
        """
        width, problems = len(self.header), ProblemList()
        for line, cells in islice(self._records(), 1, None):
            if any(cell.strip() for cell in cells[width:]):
                problems.add(line, _("has a value in a column without a heading"))
            elif UNCOMPUTED in cells:
                problems.add(line, _("has a formula without a result: open, save and send again"))
            elif not problems.count:
                yield line, cells[:width] + [""] * (width - len(cells))
        problems.raise_if_any()

    def _records(self) -> Iterator[Row]:
        """Yield every row that is not blank, the header first."""
        count = 0
        with _damage_named(), zipfile.ZipFile(self.path) as archive:
            book = Workbook(archive)
            reader = _SheetReader(book, self._decimal)
            with archive.open(book.sheet_part(self._sheet)) as stream:
                for _piece in reader.stream.pieces(stream):
                    count += len(reader.records)
                    if count > MAX_ROWS + 1:
                        raise UnreadableFile(
                            _("The sheet has more than 100,000 rows. Send this much as CSV.")
                        )
                    yield from reader.records
                    reader.records = []


UNCOMPUTED = "\0"


@contextmanager
def _damage_named() -> Iterator[None]:
    """Say of every error that a damaged archive can cause that the workbook is damaged."""
    try:
        yield
    except _DAMAGE as error:
        raise UnreadableFile(_("The workbook is damaged (%s).") % error) from error


_DAMAGE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    OSError,
    EOFError,
    KeyError,
    ValueError,
    IndexError,
    RuntimeError,
)


class _SheetReader:
    """Turns the elements of a sheet into rows of text."""

    def __init__(self, book: Workbook, decimal: str) -> None:
        self.records: list[Row] = []
        self.stream = XmlStream(self._start, self._end, self._text)
        self._strings = book.shared_strings()
        self._dates = book.date_styles()
        self._epoch = MAC_EPOCH if book.since_1904 else WINDOWS_EPOCH
        self._decimal = decimal
        self._line = self._column = 0
        self._cells: list[str] = []
        self._type, self._style = "n", 0
        self._value: list[str] = []
        self._reading = self._formula = self._hint = False

    def _start(self, name: str, attributes: Attributes) -> None:
        if name == "c":
            self._start_cell(attributes)
        elif name == "v" or (name == "t" and not self._hint):
            self._reading = True
        elif name == "f":
            self._formula = True
        elif name == "rPh":
            self._hint = True
        elif name == "row":
            self._line = int(attributes.get("r", self._line + 1))
            if self._line > LAST_ROW:
                raise UnreadableFile(_("The workbook is damaged (%s).") % f"row {self._line}")
            self._cells, self._column = [], 0

    def _start_cell(self, attributes: Attributes) -> None:
        reference = _REFERENCE.fullmatch(attributes.get("r", ""))
        self._column = _column_number(reference[1]) if reference else self._column + 1
        self._type = attributes.get("t", "n")
        self._style = int(attributes.get("s", "0"))
        self._value, self._formula = [], False

    def _text(self, data: str) -> None:
        if self._reading:
            self._value.append(data)

    def _end(self, name: str) -> None:
        if name in {"v", "t"}:
            self._reading = False
        elif name == "rPh":
            self._hint = False
        elif name == "c":
            self._end_cell()
        elif name == "row" and any(cell.strip() for cell in self._cells):
            self.records.append((self._line, self._cells))

    def _end_cell(self) -> None:
        text = self._cell_text("".join(self._value))
        if not text:
            return
        if self._column > MAX_COLUMNS:
            raise UnreadableFile(_("The sheet has more than %d columns.") % MAX_COLUMNS)
        self._cells += [""] * (self._column - len(self._cells))
        self._cells[self._column - 1] = text

    def _cell_text(self, raw: str) -> str:
        if not raw:
            return UNCOMPUTED if self._formula and self._type != "str" else ""
        if self._type == "s":
            return _unescaped(self._strings[int(raw)])
        if self._type in {"n", "d"}:
            return self._number_text(raw)
        if self._type == "b":
            return "TRUE" if raw.strip() == "1" else "FALSE"
        return _unescaped(raw)

    def _number_text(self, raw: str) -> str:
        if self._type == "d":
            return raw.strip().replace("T", " ").removesuffix("Z").removesuffix(" 00:00:00")
        if self._style in self._dates:
            return _date_text(float(raw), self._epoch)
        return number_text(raw).replace(".", self._decimal)


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _unescaped(text: str) -> str:
    if "_x" in text:
        text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
        text = text.encode(errors="replace").decode()  # half a surrogate pair is no text
    return text.replace("\0", "") if "\0" in text else text


def _date_text(serial: float, epoch: dt.datetime) -> str:
    try:
        value = from_excel(serial, epoch)
    except OverflowError as error:
        raise UnreadableFile(_("A cell holds a date out of range (%s).") % serial) from error
    if isinstance(value, dt.datetime):
        if value.time() == dt.time():
            return value.date().isoformat()
        return value.isoformat(sep=" ", timespec="seconds")
    return str(value)


def number_text(raw: str) -> str:
    """Return a stored number as plain digits, at the 15 digits of precision that Excel has."""
    value = float(raw)
    if not isfinite(value):
        raise UnreadableFile(_("The workbook is damaged (%s).") % raw[:40])
    text = format(Decimal(format(value, ".15g")), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
