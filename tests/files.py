"""What stands in the files that pages offer."""

from __future__ import annotations

import csv
import io
from typing import Any

from openpyxl import load_workbook


def file_rows(response: Any) -> list[list[str]]:
    """The rows of a streamed CSV file, its header first."""
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def book_rows(response: Any) -> list[tuple[Any, ...]]:
    """The rows of a streamed workbook without its header."""
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    assert sheet is not None
    return list(sheet.iter_rows(min_row=2, values_only=True))
