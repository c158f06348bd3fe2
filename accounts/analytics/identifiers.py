"""Check digits of identifiers that have them: location numbers (GLN) and VAT ids."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

GLN, VAT = "gln", "vat"
_VAT_SHAPE = re.compile(r"[A-Z]{2}[0-9A-Z]{2,13}")


def tidy(text: str) -> str:
    """Return an identifier without the blanks, points and dashes of its writing, in capitals."""
    return re.sub(r"[\s.\-/]", "", text).upper()


def is_gln(text: str) -> bool:
    """Whether a text is 13 digits of which the last is right (weights 1 and 3 in turn)."""
    if not re.fullmatch(r"[0-9]{13}", text):
        return False
    digits = [int(digit) for digit in text]
    return sum(digit * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10 == 0


def is_vat(text: str) -> bool:
    """Whether a text has the shape of a VAT id, and its country's check digit where we know it.

    Of a country whose rule is not here only the shape is judged.
    """
    if not _VAT_SHAPE.fullmatch(text):
        return False
    rule = _VAT_RULES.get(text[:2])
    return rule is None or rule(text[2:])


def _weighted(digits: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def _finland(number: str) -> bool:
    if not re.fullmatch(r"[0-9]{8}", number):
        return False
    rest = _weighted(number, (7, 9, 10, 5, 8, 4, 2)) % 11
    return rest != 1 and int(number[7]) == (11 - rest) % 11


def _romania(number: str) -> bool:
    if not re.fullmatch(r"[1-9][0-9]{1,9}", number):
        return False
    digits = number.zfill(10)
    return int(digits[9]) == _weighted(digits, (7, 5, 3, 2, 1, 7, 5, 3, 2)) * 10 % 11 % 10


def _denmark(number: str) -> bool:
    if not re.fullmatch(r"[1-9][0-9]{7}", number):
        return False
    return _weighted(number, (2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0


def _estonia(number: str) -> bool:
    if not re.fullmatch(r"10[0-9]{7}", number):
        return False
    return int(number[8]) == -_weighted(number, (3, 7, 1, 3, 7, 1, 3, 7)) % 10


def _poland(number: str) -> bool:
    if not re.fullmatch(r"[0-9]{10}", number):
        return False
    return _weighted(number, (6, 5, 7, 2, 3, 4, 5, 6, 7)) % 11 == int(number[9])


def _sweden(number: str) -> bool:
    if not re.fullmatch(r"[0-9]{10}01", number):
        return False
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(number[:10])]
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def _germany(number: str) -> bool:
    if not re.fullmatch(r"[1-9][0-9]{8}", number):
        return False
    product = 10
    for digit in number[:8]:
        total = (int(digit) + product) % 10 or 10
        product = 2 * total % 11
    return (11 - product) % 10 == int(number[8])


_VAT_RULES: dict[str, Callable[[str], bool]] = {
    "FI": _finland,
    "RO": _romania,
    "DK": _denmark,
    "EE": _estonia,
    "PL": _poland,
    "SE": _sweden,
    "DE": _germany,
}
