"""Cells as numbers and dates: read when they are certain, else not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kam.imports.reading.values import (
    cell_text,
    date_parser,
    fraction_parser,
    is_date_format,
    month_parser,
    number_parser,
)

POINT, COMMA = number_parser("."), number_parser(",")


@pytest.mark.parametrize(
    ("text", "point", "comma"),
    [
        ("1", "1", "1"),
        ("007", "7", "7"),
        ("-0", "0", "0"),
        ("0.10", "0.1", None),
        ("1,234.50", "1234.5", None),
        ("1.234,50", None, "1234.5"),
        ("$1,352,000", "1352000", None),
        ("(12.5)", "-12.5", None),
        ("12-", "-12", "-12"),
        ("1 234 567.8", "1234567.8", None),
        ("1e-05", "0.00001", "0.00001"),
        ("9.80000019", "9.80000019", None),
        ("1,5", None, "1.5"),
        ("NaN", None, None),
        ("inf", None, None),
        ("1_000", None, None),
        ("0x10", None, None),
        ("٣", None, None),
        ("99999999999999", "99999999999999", "99999999999999"),
        ("999999999999999", None, None),
        ("12 apples", None, None),
    ],
)
def test_numbers(text: str, point: str | None, comma: str | None) -> None:
    assert (POINT(text), COMMA(text)) == (point, comma)


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=6, min_value=-(10**13), max_value=10**13
    )
)
def test_equal_numbers_are_equal_texts(value: Decimal) -> None:
    text = format(value, "f")
    read = POINT(text)
    assert read is not None
    assert Decimal(read) == value
    assert POINT(read) == read == POINT(text + "00")
    assert COMMA(text.replace(".", ",")) == read


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_not(text: str) -> None:
    for parse in (POINT, COMMA):
        read = parse(text) if text else None
        assert read is None or Decimal(read).is_finite()


@pytest.mark.parametrize(
    ("text", "read"), [("0.05", "0.05"), ("5%", "0.05"), ("12.5 %", "0.125"), ("x%", None)]
)
def test_fractions(text: str, read: str | None) -> None:
    assert fraction_parser(".")(text) == read


@pytest.mark.parametrize(
    ("text", "date_format", "read"),
    [
        ("2010-12-01", "", "2010-12-01"),
        ("2010-12-01 08:26:00", "", "2010-12-01"),
        ("2010-12-01T08:26:00Z", "", "2010-12-01"),
        ("1996-07-04 00:00:00.000", "%Y-%m-%d", "1996-07-04"),
        ("2010-12-01 08:26:00", "%Y-%m-%d %H:%M:%S", "2010-12-01"),
        ("1/2/2013", "%m/%d/%Y", "2013-01-02"),
        ("1/2/2013 8:30 PM", "%m/%d/%Y %I:%M %p", "2013-01-02"),
        ("2.1.2013", "%d.%m.%Y", "2013-01-02"),
        ("1997", "%Y", "1997-01-01"),
        ("29.2.2024", "%d.%m.%Y", "2024-02-29"),
        ("29.2.2023", "%d.%m.%Y", None),
        ("13/13/2013", "%m/%d/%Y", None),
        ("2013-01-02", "%m/%d/%Y", "2013-01-02"),
        ("1/2/2013", "", None),
        ("0026-01-01", "", None),
        ("tomorrow", "", None),
    ],
)
def test_dates(text: str, date_format: str, read: str | None) -> None:
    assert date_parser(date_format)(text) == read


@given(st.dates(min_value=date(1800, 1, 1), max_value=date(2199, 12, 31)))
def test_written_dates_are_read(day: date) -> None:
    for date_format in ("%d.%m.%Y", "%m/%d/%Y", "%Y%m%d", "%Y-%m-%d %H:%M"):
        text = f"{day:{date_format}}" if "%H" not in date_format else f"{day} 10:15"
        assert date_parser(date_format)(text) == day.isoformat()


@pytest.mark.parametrize(
    ("text", "read"),
    [("2026-03", "2026-03-01"), ("2026-03-17", "2026-03-01"), ("202603", "2026-03-01")],
)
def test_months(text: str, read: str) -> None:
    assert month_parser()(text) == read


@pytest.mark.parametrize("text", ["", "  ", "NULL", "null", "\\N", "\u00a0"])
def test_words_for_nothing_are_blank(text: str) -> None:
    assert cell_text(text) == ""


def test_words_inside_texts_stay() -> None:
    assert cell_text(" NULL & Sons ") == "NULL & Sons"


@pytest.mark.parametrize(
    ("date_format", "sound"),
    [("%Y-%m-%d", True), ("%d.%m.%y", True), ("%m/%d", False), ("%Q%Y", False)],
)
def test_date_formats(date_format: str, sound: bool) -> None:
    assert is_date_format(date_format) is sound
