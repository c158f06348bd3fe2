"""Trade item numbers (GTIN-8, -12, -13, -14): read, checked and written in one form.

Spreadsheets damage them: they become 6.90E+12, or lose their leading zeros. Neither is guessed at.
"""

from __future__ import annotations

import re

from settlements.analytics.problems import CalculationError

LENGTHS = (8, 12, 13, 14)
_EXPONENT = re.compile(r"\d(?:[.,]\d+)?\s*e\s*\+?\s*\d+", re.IGNORECASE)
_DIGITS = re.compile(r"[0-9]+")


class GtinError(CalculationError):
    """A text that is no GTIN.

    Codes: `gtin_scientific` (a spreadsheet's 6.90E+12: digits are lost), `gtin_not_digits`,
    `gtin_length` (leading zeros lost?), `gtin_check_digit`.
    """


def check_digit(digits: str) -> int:
    """Return the last digit that belongs to the digits before it."""
    weighed = (
        int(one) * (3 if place % 2 == 0 else 1) for place, one in enumerate(reversed(digits))
    )
    return -sum(weighed) % 10


def canonical(text: str) -> str:
    """Return a GTIN in its one form: 8 or 13 digits, 14 where it does not begin with a zero.

    Blanks and hyphens between digits are left out; a GTIN-12 (UPC) gets its leading zero. Raises
    GtinError.
    """
    plain = "".join(text.split()).replace("-", "")
    if _EXPONENT.fullmatch(plain):
        raise GtinError("gtin_scientific", text=text)
    if not _DIGITS.fullmatch(plain):
        raise GtinError("gtin_not_digits", text=text)
    if len(plain) not in LENGTHS:
        raise GtinError("gtin_length", text=text, length=len(plain))
    if check_digit(plain[:-1]) != int(plain[-1]):
        raise GtinError("gtin_check_digit", text=text, expected=check_digit(plain[:-1]))
    return shortest(plain)


def shortest(digits: str) -> str:
    """Return the same number with as many leading zeros as its kind has."""
    whole = digits.zfill(14)
    if whole.startswith("000000"):
        return whole[6:]
    return whole.removeprefix("0")
