"""Amounts of the ledger, each with the decimals of its currency. `{% load ledger %}`."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms, template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kam.core import formats
from kam.core.dates import Period

register = template.Library()


@register.simple_tag
def figure(value: Any, currency: str, reason: str = "") -> SafeString:
    """An amount whose currency stands in the head of its column."""
    if formats.is_missing(value):
        return formats.missing(value, reason)
    text = formats.number(value, formats.places_of(currency))
    return format_html('<span class="num">{}</span>', text)


@register.filter
def places(currency: str) -> int:
    """How many decimals the currency has."""
    return formats.places_of(currency)


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
