"""Cells as values: canonical text of numbers and dates, or nothing when a cell is not one."""

import datetime as dt
import re
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Literal

from kam.core.money import AmountError, parse_decimal

type Parse = Callable[[str], str | None]
type DecimalSign = Literal[".", ","]

BLANK_WORDS = frozenset({"NULL", "null", "Null", "\\N"})
WHOLE_DIGITS = 14
CACHED = 100_000
FIRST_YEAR, LAST_YEAR = 1800, 2200
_CANONICAL = re.compile(r"-?(?:[1-9][0-9]{0,13}|0(?!$))(?:\.[0-9]{0,14}[1-9])?|0")
_CANONICAL_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,13}")
_PLAIN = re.compile(r"-?[0-9]{1,14}(?:\.[0-9]{1,15})?")
_EXPONENT = re.compile(r"[+-]?[0-9]{1,20}(?:\.[0-9]{1,20})?[eE][+-]?[0-9]{1,2}")
_TIME = re.compile(
    r"[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)? ?(?:[AaPp][Mm]|Z|[+-][0-9:]+)?"
)
_TIME_FORMAT = re.compile(r"[ T]%[HIkl].*$")
SHORTEST_TIMED = 10


def cell_text(cell: str) -> str:
    """Return a cell trimmed; the words that stand for nothing in exports become nothing."""
    text = cell.strip()
    return "" if text in BLANK_WORDS else text


def number_parser(decimal: DecimalSign = ".") -> Parse:
    """Return a function that reads amounts with this decimal sign into plain digits.

    Thousands separators, a currency sign, accounting negatives and exponents are read; what is
    ambiguous, or has more than 14 digits before the point, is not.
    """
    canonical, plain, pointed = canonical_number(decimal), _PLAIN.fullmatch, decimal == "."

    def parse(text: str) -> str | None:
        if canonical(text):
            return text
        return _shortest(text) if pointed and plain(text) else _slow_number(text, decimal)

    return parse


def canonical_number(decimal: DecimalSign) -> Callable[[str], object]:
    """Return a quick test for numbers that are plain digits without superfluous zeros."""
    return (_CANONICAL if decimal == "." else _CANONICAL_WHOLE).fullmatch


def _slow_number(text: str, decimal: DecimalSign) -> str | None:
    pointed = text.replace(",", ".") if decimal == "," else text
    if _EXPONENT.fullmatch(pointed):
        value = Decimal(pointed)
    else:
        try:
            value = parse_decimal(text, decimal)
        except AmountError:
            return None
    if value.adjusted() >= WHOLE_DIGITS:
        return None
    return _shortest(format(value, "f"))


def _shortest(text: str) -> str:
    """Return plain digits without zeros that say nothing, so equal numbers are equal texts."""
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    digits = digits.lstrip("0") or "0"
    if digits.startswith("."):
        digits = "0" + digits
    return digits if digits == "0" else sign + digits


def fraction_parser(decimal: DecimalSign = ".") -> Parse:
    """Return a function that reads a fraction such as 0.05, or 5 % as what it is."""
    number = number_parser(decimal)

    def parse(text: str) -> str | None:
        if not text.endswith("%"):
            return number(text)
        percent = number(text[:-1].rstrip())
        return None if percent is None else _shortest(format(Decimal(percent) / 100, "f"))

    return parse


def date_parser(date_format: str = "") -> Parse:
    """Return a function that reads dates of a `strptime` format, or ISO ones, into ISO form.

    A time of day after the date is dropped. Years outside 1800 to 2199 are no dates.
    """
    cache: dict[str, str | None] = {}
    formats = [dropped for dropped in (_TIME_FORMAT.sub("", date_format), date_format) if dropped]

    def parse(text: str) -> str | None:
        key = _without_time(text) if len(text) > SHORTEST_TIMED else text
        try:
            return cache[key]
        except KeyError:
            if len(cache) >= CACHED:
                cache.clear()
            cache[key] = result = _day(key, formats)
            return result

    return parse


def _without_time(text: str) -> str:
    timed = _TIME.search(text, 6)
    return text[: timed.start()] if timed and timed.end() == len(text) else text


def _day(text: str, formats: list[str]) -> str | None:
    day = next((day for form in formats if (day := _by_format(text, form))), None)
    if day is None:
        with suppress(ValueError):
            day = dt.date.fromisoformat(text)
    return day.isoformat() if day and FIRST_YEAR <= day.year < LAST_YEAR else None


def _by_format(text: str, form: str) -> dt.date | None:
    with suppress(ValueError):
        return dt.datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
    return None


def month_parser(date_format: str = "") -> Parse:
    """Return a function that reads a month, or any date in it, as the month's first day."""
    day = date_parser(date_format)

    def parse(text: str) -> str | None:
        iso = day(text)
        if iso is None and re.fullmatch(r"[0-9]{4}[-/.]?[0-9]{2}", text):
            iso = day(f"{text[:4]}-{text[-2:]}-01")
        return iso and iso[:8] + "01"

    return parse


def is_date_format(date_format: str) -> bool:
    """Tell whether a `strptime` format holds a year and nothing that cannot be read."""
    if not any(mark in date_format for mark in ("%Y", "%y", "%G", "%x", "%c")):
        return False
    try:
        sample = dt.date(2026, 11, 22).strftime(date_format)
        dt.datetime.strptime(sample, date_format)  # noqa: DTZ007 - only tried
    except ValueError:
        return False
    return True
