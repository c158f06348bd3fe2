"""How figures and dates are written for people: the user's locale, tabular, never a false zero."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError
from babel import dates as babel_dates
from babel import numbers as babel_numbers
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kam.core.money import UnknownCurrencyError, currency_decimals

type Numeric = Decimal | int | float
type Text = str | Promise

MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"


@dataclass(frozen=True)
class Unknown:
    """A figure nobody knows, and why. Shown as a dash, exported as an empty cell."""

    reason: Text = ""


@lru_cache(maxsize=32)
def _locale(language: str) -> Locale:
    parts = language.split("-")
    try:
        if len(parts) == 2 and len(parts[1]) == 4:
            return Locale.parse(f"{parts[0]}_{parts[1].title()}")
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")


def current_locale() -> Locale:
    """The Babel locale of the language in force."""
    return _locale(get_language() or "en")


def _signed(text: str) -> str:
    return text.replace("-", MINUS)


def _pattern(places: int | None) -> str:
    if places is None:
        return "#,##0.####"
    return "#,##0." + "0" * places if places else "#,##0"


def number(value: Numeric, places: int | None = None) -> str:
    """A number with the locale's separators; up to four decimals unless `places` says."""
    return _signed(
        babel_numbers.format_decimal(value, format=_pattern(places), locale=current_locale())
    )


def percent(value: Numeric, places: int = 1) -> str:
    """A fraction as a percentage: 0.612 is written 61.2 %."""
    locale = current_locale()
    pattern = locale.percent_formats[None].pattern.replace("#,##0", _pattern(places))
    return _signed(babel_numbers.format_percent(value, format=pattern, locale=locale))


def money(value: Numeric, currency: str = "", places: int | None = None) -> str:
    """An amount with its ISO code behind it, with the decimals of its currency unless told."""
    text = number(value, places_of(currency) if places is None else places)
    return f"{text}\N{NO-BREAK SPACE}{currency}" if currency else text


def places_of(currency: str) -> int:
    """How many decimals amounts of a currency are written with; two where none is named."""
    try:
        return currency_decimals(currency)
    except UnknownCurrencyError:
        return 2


def compact(value: Numeric) -> str:
    """A long figure cut short: 1 240 000 is written 1.24 M. Below 10,000 it stays whole."""
    if -10_000 < value < 10_000:
        return number(value, 0)
    text = babel_numbers.format_compact_decimal(value, locale=current_locale(), fraction_digits=2)
    return _signed(text)


def signed(text: str, value: Numeric) -> str:
    """Put a plus before a rise."""
    return f"+{text}" if value > 0 else text


def date(value: dt.date) -> str:
    """A date in the locale's middle form: 22 Nov 2026."""
    return str(babel_dates.format_date(value, format="medium", locale=current_locale()))


def datetime(value: dt.datetime) -> str:
    """A moment in the user's time zone."""
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    time = babel_dates.format_time(local.time(), format="short", locale=current_locale())
    return f"{date(local)}, {time}"


def month(value: dt.date) -> str:
    """A month: Nov 2026."""
    return str(babel_dates.format_skeleton("yMMM", value, locale=current_locale()))


def unknown(reason: Text = "") -> SafeString:
    """The dash that stands for a missing figure; its reason shows on hover and is read aloud."""
    words = reason or _("Not known")
    return format_html(
        '<span class="unknown" title="{}"><span aria-hidden="true">–</span>'
        '<span class="visually-hidden">{}</span></span>',
        words,
        words,
    )


def is_missing(value: Any) -> bool:
    """Whether there is nothing to show (zero is something)."""
    return value is None or value == "" or isinstance(value, Unknown)


def missing(value: Any, reason: Text = "") -> SafeString:
    """The dash for a missing value, with the value's own reason where it has one."""
    return unknown(value.reason if isinstance(value, Unknown) else reason)


def currency_name(code: str) -> str:
    """A currency's name in the user's language."""
    return str(babel_numbers.get_currency_name(code, locale=current_locale()))
