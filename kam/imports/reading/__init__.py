"""Reading tables that strangers send: text in any common encoding and dialect, and workbooks."""

from pathlib import Path

from django.utils.translation import gettext as _

from kam.imports.reading.csv_reader import CsvTable, Row
from kam.imports.reading.errors import BrokenFile, LineProblem, UnreadableFile
from kam.imports.reading.xlsx_reader import XlsxTable

__all__ = ["BrokenFile", "CsvTable", "LineProblem", "Row", "UnreadableFile", "XlsxTable"]

type Table = CsvTable | XlsxTable

_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP_MAGIC = b"PK\x03\x04"


def open_table(
    path: Path, *, encoding: str = "", delimiter: str = "", sheet: str = "", decimal: str = "."
) -> Table:
    """Open a file as a table by what it holds, not by its name; details not given are detected.

    Raises `UnreadableFile`, or `BrokenFile` with line numbers.
    """
    with path.open("rb") as stream:
        magic = stream.read(8)
    if magic == _OLE_MAGIC:
        raise UnreadableFile(
            _("This is an old or password-protected workbook. Save it as .xlsx or CSV.")
        )
    if magic.startswith(_ZIP_MAGIC):
        return XlsxTable(path, sheet=sheet, decimal=decimal)
    if magic.startswith(b"%PDF"):
        raise UnreadableFile(_("This is a PDF document. Send a table as CSV or .xlsx."))
    return CsvTable(path, encoding=encoding, delimiter=delimiter)
