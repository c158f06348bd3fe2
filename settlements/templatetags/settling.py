"""What templates of settlement statements need."""

from __future__ import annotations

from datetime import date

from django import template

register = template.Library()


@register.filter
def iso(value: date) -> str:
    """A date as addresses and forms carry it."""
    return value.isoformat()
