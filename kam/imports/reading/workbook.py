"""The parts of a workbook, parsed as streams: no document is ever held as a tree.

Documents that declare types or entities are refused, so nothing expands and nothing is fetched.
"""

import zipfile
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import IO, NoReturn
from xml.parsers import expat

from django.utils.translation import gettext as _
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

from kam.imports.reading.errors import UnreadableFile

CHUNK = 256 * 1024
MAX_ELEMENTS = 12_000_000
MAX_PART = 8 * 1024 * 1024
MAX_STRINGS = 1_000_000
MAX_STRING_CHARACTERS = 40_000_000
SEPARATOR = " "  # between namespace and name; no namespace holds a blank

type Attributes = dict[str, str]


class XmlStream:
    """Feeds an XML document to handlers, which get names without their namespaces."""

    def __init__(
        self,
        start: Callable[[str, Attributes], None],
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
    ) -> None:
        self._start, self._end, self._elements = start, end, 0
        self.parser = expat.ParserCreate(namespace_separator=SEPARATOR)
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._on_start
        self.parser.EndElementHandler = self._on_end if end else None
        self.parser.CharacterDataHandler = text
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse
        self.parser.ExternalEntityRefHandler = self._refuse

    def feed(self, stream: IO[bytes]) -> None:
        """Parse a whole stream; raises `UnreadableFile` when it is not well-formed."""
        for _piece in self.pieces(stream):
            pass

    def pieces(self, stream: IO[bytes]) -> Iterator[None]:
        """Parse a stream piece by piece, pausing after each."""
        try:
            while chunk := stream.read(CHUNK):
                self.parser.Parse(chunk)
                yield
            self.parser.Parse(b"", True)
            yield
        except expat.ExpatError as error:
            raise UnreadableFile(_("The workbook is damaged (%s).") % error) from error

    def _on_start(self, name: str, attributes: Attributes) -> None:
        self._elements += 1
        if self._elements > MAX_ELEMENTS:
            raise UnreadableFile(_("The workbook is too large. Send it as CSV."))
        self._start(name.rpartition(SEPARATOR)[2], attributes)

    def _on_end(self, name: str) -> None:
        if self._end:
            self._end(name.rpartition(SEPARATOR)[2])

    def _refuse(self, *_details: object) -> NoReturn:
        raise UnreadableFile(_("The workbook holds a document type, as no real one does."))


def read_small_part(
    archive: zipfile.ZipFile, name: str, start: Callable[[str, Attributes], None]
) -> None:
    """Parse a part that is small in every real workbook; a missing one has no elements."""
    try:
        info = archive.getinfo(name)
    except KeyError:
        return
    if info.file_size > MAX_PART:
        raise UnreadableFile(_("A part of the workbook is too large: %s.") % name)
    with archive.open(info) as stream:
        XmlStream(start).feed(stream)


def _targets(archive: zipfile.ZipFile, part: str) -> dict[str, str]:
    """Return the parts that a part refers to, by relation id and by the end of its type."""
    path = PurePosixPath(part)
    found: dict[str, str] = {}

    def start(name: str, attributes: Attributes) -> None:
        target = attributes.get("Target", "")
        if name == "Relationship" and attributes.get("TargetMode") != "External" and target:
            whole = target.lstrip("/") if target.startswith("/") else f"{path.parent}/{target}"
            whole = whole.removeprefix("./")
            found[attributes.get("Id", "")] = whole
            found.setdefault(attributes.get("Type", "").rpartition("/")[2], whole)

    read_small_part(archive, f"{path.parent}/_rels/{path.name}.rels".removeprefix("./"), start)
    return found


class Workbook:
    """The directory of a workbook: its sheets, shared strings and which styles are dates."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.since_1904 = False
        self._part = _targets(archive, "").get("officeDocument", "")
        if not self._part or self._part not in archive.namelist():
            raise UnreadableFile(_("The file is not an Excel workbook (.xlsx)."))
        self._relations = _targets(archive, self._part)
        self.sheets = self._read_sheets()

    def _read_sheets(self) -> list[tuple[str, str]]:
        """Return (title, part) of the visible sheets, in order."""
        sheets: list[tuple[str, str]] = []

        def start(name: str, attributes: Attributes) -> None:
            if name == "workbookPr":
                self.since_1904 = attributes.get("date1904") in {"1", "true"}
            elif name == "sheet" and attributes.get("state", "visible") == "visible":
                relation = next(
                    (value for key, value in attributes.items() if key.endswith(f"{SEPARATOR}id")),
                    "",
                )
                if relation in self._relations:
                    sheets.append((attributes.get("name", ""), self._relations[relation]))

        read_small_part(self.archive, self._part, start)
        return sheets

    def sheet_part(self, title: str = "") -> str:
        """Return the part of the sheet with this title, or of the first visible one."""
        for name, part in self.sheets:
            if not title or name.strip().lower() == title.strip().lower():
                return part
        if title:
            raise UnreadableFile(_("The workbook has no visible sheet “%s”.") % title)
        raise UnreadableFile(_("The workbook has no visible sheet."))

    def shared_strings(self) -> list[str]:
        part = self._relations.get("sharedStrings", "")
        if part not in self.archive.namelist():
            return []
        reader = _SharedStrings()
        with self.archive.open(part) as stream:
            XmlStream(reader.start, reader.end, reader.text).feed(stream)
        return reader.strings

    def date_styles(self) -> frozenset[int]:
        """Return the indexes of the cell styles that show a number as a date."""
        formats: dict[str, str] = {}
        styles: list[str] = []
        inside: list[bool] = [False]

        def start(name: str, attributes: Attributes) -> None:
            if name == "numFmt":
                formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
            elif name in {"cellXfs", "cellStyleXfs", "dxfs", "cellStyles"}:
                inside[0] = name == "cellXfs"
            elif name == "xf" and inside[0]:
                styles.append(attributes.get("numFmtId", "0"))

        read_small_part(self.archive, self._relations.get("styles", ""), start)
        return frozenset(
            place for place, number in enumerate(styles) if _is_date(formats.get(number), number)
        )


def _is_date(code: str | None, number: str) -> bool:
    if code is None and number.isdecimal():
        code = BUILTIN_FORMATS.get(int(number[:6]))
    return code is not None and bool(is_date_format(code))


class _SharedStrings:
    """Collects the shared strings; phonetic hints inside them are no text."""

    def __init__(self) -> None:
        self.strings: list[str] = []
        self._parts: list[str] = []
        self._in_text = self._in_hint = False
        self._size = 0

    def start(self, name: str, _attributes: Attributes) -> None:
        if name == "si":
            self._parts = []
        elif name == "rPh":
            self._in_hint = True
        elif name == "t":
            self._in_text = not self._in_hint

    def end(self, name: str) -> None:
        if name == "t":
            self._in_text = False
        elif name == "rPh":
            self._in_hint = False
        elif name == "si":
            self._add("".join(self._parts))

    def _add(self, string: str) -> None:
        self.strings.append(string)
        self._size += len(string)
        if len(self.strings) > MAX_STRINGS or self._size > MAX_STRING_CHARACTERS:
            raise UnreadableFile(_("The workbook holds too much text. Send it as CSV."))

    def text(self, data: str) -> None:
        if self._in_text:
            self._parts.append(data)
