"""Files for spreadsheets: CSV streamed, XLSX capped, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import datetime as dt
import io
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import IO, Any

from django.contrib import messages
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

XLSX_ROWS = 100_000
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CELL_LENGTH = 32_767

type Records = Callable[[], Iterable[Sequence[Any]]]


def is_formula(text: str) -> bool:
    """Whether a spreadsheet might run this text: = + - @ TAB CR first, also behind blanks of any
    kind, control and format characters, and in full-width forms."""
    if text[:1] in {"\t", "\r", "\n"}:
        return True
    for char in text:
        if char.isspace() or unicodedata.category(char) in {"Zs", "Zl", "Zp", "Cc", "Cf"}:
            continue
        return unicodedata.normalize("NFKC", char)[:1] in {"=", "+", "-", "@", "\N{MINUS SIGN}"}
    return False


def safe_text(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet might run it."""
    return f"'{text}" if is_formula(text) else text


def csv_value(value: Any) -> str:
    """A cell of a CSV file: figures with a point, dates in ISO form, text made safe."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, dt.datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return local.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    return safe_text(str(value))


class _Echo:
    """A file that hands back what is written."""

    def write(self, value: str) -> str:
        return value


def csv_lines(headings: Sequence[str], records: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The lines of a CSV file, the byte order mark first so that spreadsheets read UTF-8."""
    writer = csv.writer(_Echo(), lineterminator="\r\n")
    yield "\ufeff" + writer.writerow([safe_text(heading) for heading in headings])
    for record in records:
        yield writer.writerow([csv_value(value) for value in record])


def _xlsx_cell(sheet: Any, value: Any) -> Any:
    if isinstance(value, dt.datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return local.replace(tzinfo=None, microsecond=0)
    if value is None or isinstance(value, bool | int | float | Decimal | dt.date):
        return value
    text = ILLEGAL_CHARACTERS_RE.sub("", str(value))[:CELL_LENGTH]
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"  # openpyxl takes "=…" for a formula
    cell.quotePrefix = is_formula(text)
    return cell


def write_xlsx(
    file: IO[bytes], headings: Sequence[str], records: Iterable[Sequence[Any]], title: str = ""
) -> None:
    """Write a workbook of one sheet, row by row."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31] or "Sheet")
    sheet.freeze_panes = "B2"
    sheet.append([_xlsx_cell(sheet, heading) for heading in headings])
    for record in records:
        sheet.append([_xlsx_cell(sheet, value) for value in record])
    book.save(file)


def _file_name(name: str, ending: str) -> str:
    return f"{name}-{timezone.localdate():%Y-%m-%d}.{ending}"


def csv_response(name: str, headings: Sequence[str], records: Records) -> StreamingHttpResponse:
    """A CSV file, streamed."""
    response = StreamingHttpResponse(
        csv_lines(headings, records()), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{_file_name(name, "csv")}"'
    response["Cache-Control"] = "no-store"
    return response


def xlsx_response(name: str, headings: Sequence[str], records: Records) -> FileResponse:
    """A workbook; the cap on its rows keeps it to a few megabytes."""
    file = io.BytesIO()
    write_xlsx(file, headings, records(), title=name)
    file.seek(0)
    response = FileResponse(
        file, as_attachment=True, filename=_file_name(name, "xlsx"), content_type=XLSX_TYPE
    )
    response["Cache-Control"] = "no-store"
    return response


def export_response(
    request: HttpRequest,
    *,
    name: str,
    kind: str,
    headings: Sequence[str],
    records: Records,
    exceeds: Callable[[int], bool],
    back_url: str,
) -> HttpResponseBase:
    """The file asked for; too many rows for a workbook lead back with the advice to use CSV."""
    if kind == "csv":
        return csv_response(name, headings, records)
    if kind != "xlsx":
        return HttpResponse(status=404)
    if exceeds(XLSX_ROWS):
        messages.warning(
            request,
            _(
                "A workbook holds at most 100,000 rows here and this list has more. "
                "Export it as CSV, or narrow it with filters."
            ),
        )
        return HttpResponseRedirect(back_url)
    return xlsx_response(name, headings, records)
