"""Files for spreadsheets carry no formulas and keep figures as figures."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from kam.core.exports import csv_lines, is_formula, safe_text, write_xlsx

STARTS = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "﹣", "−"]
BLANKS = ["", " ", "\t", "\u00a0", "\u3000", "\u200b", "\ufeff", "\u2007 ", "\r\n", "\x00"]


@pytest.mark.parametrize("blank", BLANKS)
@pytest.mark.parametrize("start", STARTS)
def test_a_text_that_a_spreadsheet_might_run_gets_an_apostrophe(start: str, blank: str) -> None:
    text = f"{blank}{start}HYPERLINK(1)"
    if start in "\t\r\n" and blank not in {"", "\t", "\r\n"}:
        return
    assert safe_text(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Kesko", "a=b", "5 - 3", "'=1", "华东 +", "  plain"])
def test_any_other_text_stays_as_it_is(text: str) -> None:
    assert safe_text(text) == text


@given(st.text())
def test_what_is_safe_stays_safe(text: str) -> None:
    assert not is_formula(safe_text(text))


def read(lines: Any) -> list[list[str]]:
    text = "".join(lines)
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_csv_keeps_figures_and_dates_and_defuses_text() -> None:
    moment = datetime(2026, 6, 30, 12, 0, tzinfo=UTC)
    row = ["=cmd|'/c calc'!A1", Decimal("-1234.5600"), -3, None, date(2026, 6, 30), moment, True]
    lines = read(csv_lines(["Name", "=Sum"], [row]))
    assert lines == [
        ["Name", "'=Sum"],
        [
            "'=cmd|'/c calc'!A1",
            "-1234.5600",
            "-3",
            "",
            "2026-06-30",
            "2026-06-30 15:00:00+03:00",
            "1",
        ],
    ]


def test_a_very_small_amount_is_not_written_with_an_exponent() -> None:
    assert read(csv_lines(["n"], [[Decimal("0E-8")], [Decimal("1E+3")]])) == [
        ["n"],
        ["0.00000000"],
        ["1000"],
    ]


def test_a_workbook_has_no_formula_cell_and_negative_numbers_stay_numbers() -> None:
    file = io.BytesIO()
    texts = [f"{blank}{start}1+1" for start in STARTS for blank in BLANKS]
    write_xlsx(file, ["Text", "=Amount"], [[text, Decimal("-2.50")] for text in texts])
    sheet: Any = load_workbook(file).active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert [cell for cell in cells if cell.data_type == "f"] == []
    assert {cell.value for row in sheet.iter_rows(min_row=2, min_col=2) for cell in row} == {-2.5}
    assert sheet["B1"].value == "=Amount"
    assert sheet["B1"].quotePrefix is True
    assert sheet.freeze_panes == "B2"


def test_control_characters_and_endless_texts_do_not_break_a_workbook() -> None:
    file = io.BytesIO()
    write_xlsx(
        file, ["t"], [["a\x0bb"], ["x" * 40_000]], title="a name longer than thirty-one letters"
    )
    sheet: Any = load_workbook(file).active
    assert sheet["A2"].value == "ab"
    assert len(sheet["A3"].value) == 32_767
