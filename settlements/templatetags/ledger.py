"""Amounts of the ledger, each with the decimals of its currency. `{% load ledger %}`."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms, template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kam.core import formats
from kam.core.dates import Period
from kam.core.money import UnknownCurrencyError, currency_decimals

register = template.Library()


def places_of(currency: str) -> int:
    """How many decimals amounts of the currency are written with."""
    try:
        return currency_decimals(currency)
    except UnknownCurrencyError:
        return 2


def amount_text(value: Decimal, currency: str) -> str:
    """An amount with its currency, in the reader's locale."""
    return formats.money(value, currency, places_of(currency))


@register.simple_tag
def amount(value: Any, currency: str, reason: str = "") -> SafeString:
    """An amount with its currency behind it."""
    if formats.is_missing(value):
        return formats.missing(value, reason)
    return format_html('<span class="num">{}</span>', amount_text(value, currency))


@register.simple_tag
def figure(value: Any, currency: str, reason: str = "") -> SafeString:
    """An amount whose currency stands in the head of its column."""
    if formats.is_missing(value):
        return formats.missing(value, reason)
    text = formats.number(value, places_of(currency))
    return format_html('<span class="num">{}</span>', text)


@register.filter
def places(currency: str) -> int:
    """How many decimals the currency has."""
    return places_of(currency) if currency else 2


@register.filter
def plain(value: Decimal | None) -> str:
    """An amount for scripts: digits with a point, nothing where it is not known."""
    return "" if value is None else f"{value:f}"


@register.simple_tag
def share_input(field: forms.BoundField) -> SafeString:
    """The field of a row of the table of open items, named for who cannot see the table."""
    css = "form-control is-invalid" if field.errors else "form-control"
    return field.as_widget(attrs={"class": css, "aria-label": str(field.label)})


@register.filter
def month_of(period: Period) -> str:
    """The month in which a period begins."""
    return formats.month(period.start)
