"""Amounts of money as `Decimal`: rounding, conversion, division without loss, reading text.

Rounding is commercial: half away from zero. It is what PostgreSQL's `round(numeric)` does, so a
figure rounded in SQL and one rounded here are the same. Line amounts keep 4 decimals; only totals
are rounded to the decimals of their currency, and only to be shown or posted.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cache
from math import floor
from typing import Literal

from babel.numbers import get_currency_precision, list_currencies

from kam.core.exact import EXACT, WIDE

LINE_PLACES = 4
MAX_TEXT = 64
"""A longer text is no amount; nothing is spent on it."""

type Separator = Literal[".", ","]

_ISO_4217_DIFFERS = {
    "AFN": 2,
    "ALL": 2,
    "IQD": 3,
    "IRR": 2,
    "KPW": 2,
    "LAK": 2,
    "LBP": 2,
    "MGA": 2,
    "MMK": 2,
    "RSD": 2,
    "SLL": 2,
    "SOS": 2,
    "SYP": 2,
    "YER": 2,
}
"""Where Babel (CLDR) gives the decimals of cash and ISO 4217 those of bookkeeping."""


class UnknownCurrencyError(ValueError):
    """A text that is no currency code of ISO 4217."""


def currency_decimals(currency: str) -> int:
    """Return the minor units of ISO 4217: 2 for EUR, 0 for VND, 3 for KWD."""
    if currency not in _currencies():
        raise UnknownCurrencyError(f"“{currency}” is not a currency code such as EUR or USD.")
    return _ISO_4217_DIFFERS.get(currency, get_currency_precision(currency))


def quantise(amount: Decimal, places: int = LINE_PLACES) -> Decimal:
    """Round to a number of decimals, half away from zero."""
    return amount.quantize(_unit(places), context=WIDE)


@cache
def _unit(places: int) -> Decimal:
    return Decimal(1).scaleb(-places)


def round_to_currency(amount: Decimal, currency: str) -> Decimal:
    """Round to the decimals of the currency, half away from zero."""
    return quantise(amount, currency_decimals(currency))


def convert(amount: Decimal, rate: Decimal, places: int = LINE_PLACES) -> Decimal:
    """Return amount × rate, multiplied exactly and rounded once; the rate must be positive."""
    if not rate.is_finite() or rate <= 0:
        raise ValueError("An exchange rate must be greater than zero.")
    return quantise(EXACT.multiply(amount, rate), places)


def allocate(total: Decimal, weights: Sequence[Decimal], places: int = 2) -> list[Decimal]:
    """Divide a total by weights into rounded parts that add up to it exactly.

    Largest remainder: each part is rounded towards minus infinity and the units left over go one
    each to the parts that lost most, the earlier first. Raises ValueError if a weight is negative,
    all are zero, or the total has more decimals than the parts may have.
    """
    if min(weights, default=Decimal(-1)) < 0 or not any(weights):
        raise ValueError("Weights must not be negative, and one must be above zero.")
    units = Fraction(total) * 10**places
    if units.denominator != 1:
        raise ValueError(f"The total has more than {places} decimals.")
    whole = sum(map(Fraction, weights))
    exact = [units * Fraction(weight) / whole for weight in weights]
    parts = [floor(part) for part in exact]
    order = sorted(range(len(parts)), key=lambda index: (parts[index] - exact[index], index))
    for index in order[: units.numerator - sum(parts)]:
        parts[index] += 1
    return [Decimal(part).scaleb(-places, context=EXACT) for part in parts]


class AmountError(ValueError):
    """A text that cannot be read as one amount; `code` names the reason for translation.

    Codes: `empty`, `too_long`, `not_a_number`, `grouping`, `ambiguous`.
    """

    def __init__(self, code: str, message: str) -> None:
        """Keep the reason's code beside the plain message."""
        super().__init__(message)
        self.code = code


_PLAIN = str.maketrans(
    dict.fromkeys("\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007", " ")
    | dict.fromkeys("\u2008\u2009\u200a\u202f\u205f\u3000\t", " ")
    | dict.fromkeys("\u2212\u2010\u2011\u2012\u2013\ufe63\uff0d", "-")
    | dict.fromkeys("\u2018\u2019\u02bc\u00b4`", "'")
    | dict.fromkeys("\u200e\u200f\u061c\ufeff")
    | dict(zip("０１２３４５６７８９．，（）＋", "0123456789.,()+", strict=True))
)
"""Look-alike spaces, minus signs, apostrophes and full-width forms; direction marks go."""

_SIGN = r"[A-Z]{0,2}[$£¤¥¢฿\u20a0-\u20cf\uffe0\uffe1\uffe5\uffe6]|kr\.?|lei|zł|Kč|Ft|đ|元"
_BEFORE = re.compile(rf"(?P<mark>{_SIGN}|[A-Z]{{3}}) *(?=[-+(0-9.,])")
_AFTER = re.compile(rf"(?<=[-)0-9]) *(?P<mark>{_SIGN}|[A-Z]{{3}})$")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}([.,' ])[0-9]{3}(?:\1[0-9]{3})*")
_GROUPED_INDIAN = re.compile(r"[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}")
_EITHER_WAY = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")


def parse_decimal(text: str, decimal_sep: Separator | None = None) -> Decimal:
    """Read an amount as people and systems write it; raise AmountError rather than guess.

    Thousands may be separated by the other of point and comma, spaces or apostrophes, in groups
    of three (or the Indian 12,34,567), one kind at a time. One currency sign or ISO code may
    stand before or after; negatives have a minus before or after, of any typography, or are in
    parentheses. Without `decimal_sep` it is inferred, and “1,234” is refused as ambiguous.
    Percent signs, exponents, NaN and infinity are not amounts.
    """
    body = text.translate(_PLAIN).strip()
    if not body:
        raise AmountError("empty", "There is no amount.")
    if len(body) > MAX_TEXT:
        raise AmountError("too_long", "This is too long to be an amount.")
    negative, number = _unwrapped(body)
    digits = _digits(number, decimal_sep or _inferred(number))
    return Decimal(f"-{digits}" if negative and digits.strip("0.") else digits)


def _unwrapped(body: str) -> tuple[bool, str]:
    """Take off the currency and the sign, in whichever order they stand."""
    rest, outer = _without_currency(body)
    negative, rest = _without_sign(rest)
    rest, inner = _without_currency(rest)
    if outer and inner:
        raise _not_a_number(body)
    return negative, rest


def _without_currency(body: str) -> tuple[str, bool]:
    for match in (_BEFORE.match(body), _AFTER.search(body)):
        if match and (not re.fullmatch(r"[A-Z]{3}", match["mark"]) or _is_code(match["mark"])):
            return body[: match.start()] + body[match.end() :], True
    return body, False


def _without_sign(body: str) -> tuple[bool, str]:
    if body.startswith("(") and body.endswith(")"):
        return True, body[1:-1].strip(" ")
    if body.startswith(("-", "+")):
        return body[0] == "-", body[1:].lstrip(" ")
    if body.endswith("-"):
        return True, body[:-1].rstrip(" ")
    return False, body


def _inferred(number: str) -> Separator:
    """Return the decimal separator that the text itself shows, or raise."""
    if _EITHER_WAY.fullmatch(number):
        raise AmountError(
            "ambiguous", f"“{number}” can be read in two ways; say which sign marks the decimals."
        )
    points, commas = number.count("."), number.count(",")
    if points and commas:
        return "." if number.rindex(".") > number.rindex(",") else ","
    if points + commas > 1:
        return "," if points else "."
    return "," if commas else "."


def _digits(number: str, decimal_sep: Separator) -> str:
    """Return plain digits with a point, or raise."""
    whole, mark, fraction = number.partition(decimal_sep)
    if re.search(r"[^0-9.,' ]", number) or not re.search(r"[0-9]", number):
        raise _not_a_number(number)
    grouped = _GROUPED.fullmatch(whole) or _GROUPED_INDIAN.fullmatch(whole)
    plain = re.fullmatch(r"[0-9]*", whole)
    if not (grouped or plain) or not re.fullmatch(r"[0-9]+" if mark else "", fraction):
        raise AmountError(
            "grouping",
            f"“{number}” is not an amount with “{decimal_sep}” before the decimals "
            "and groups of three digits.",
        )
    return (re.sub(r"[^0-9]", "", whole) or "0") + (f".{fraction}" if mark else "")


def _not_a_number(text: str) -> AmountError:
    return AmountError("not_a_number", f"“{text}” is not an amount.")


def _is_code(text: str) -> bool:
    return text in _currencies()


@cache
def _currencies() -> frozenset[str]:
    return frozenset(list_currencies())
