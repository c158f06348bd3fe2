"""The rows that must stand before anything else: currencies and the organisation."""

from __future__ import annotations

from typing import Any

from babel.core import get_global
from babel.numbers import get_currency_precision, list_currencies
from django.apps import apps as installed


def current_currencies() -> list[str]:
    """ISO codes that are legal tender somewhere today, sorted."""
    codes = set(list_currencies())
    in_use = {
        code
        for history in get_global("territory_currencies").values()
        for code, _start, end, tender in history
        if end is None and tender
    }
    return sorted(in_use & codes)


def ensure_base_rows(apps: Any = installed) -> None:
    """Create missing currencies and the organisation (in euro); what stands stays as it is."""
    currency = apps.get_model("core", "Currency")
    rows = [
        currency(code=code, decimals=get_currency_precision(code)) for code in current_currencies()
    ]
    currency.objects.bulk_create(rows, ignore_conflicts=True)
    apps.get_model("core", "Organisation").objects.get_or_create(
        id=1, defaults={"base_currency_id": "EUR"}
    )
