"""Months and numbers of the sales plan as people write them in their language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.utils import translation

from kam.core import formats
from kam.core.money import Separator
from plans.analytics.paste import MonthOf

_ISO = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])(?:-[0-9]{2})?")


def locale_sign() -> Separator:
    """What stands before decimals in the reader's language."""
    return "," if formats.number(Decimal("0.5"), 1)[1] == "," else "."


def month_reader(months: Sequence[date]) -> MonthOf:
    """Return what reads a heading as a month: ISO, or as it is written, also by name alone."""
    known: dict[str, date] = {}
    for month in months:
        for text in _spellings(month):
            known[text.casefold()] = month
    names = _unique_names(months)

    def read(text: str) -> date | None:
        if found := _ISO.fullmatch(text):
            return date(int(found[1]), int(found[2]), 1)
        key = text.casefold().rstrip(".")
        return known.get(key) or names.get(key)

    return read


def _spellings(month: date) -> list[str]:
    texts = [f"{month:%m/%Y}", f"{month.month}/{month.year}", formats.month(month)]
    with translation.override("en"):
        texts += [formats.month(month), f"{month:%B %Y}"]
    return [text.rstrip(".") for text in texts]


def _unique_names(months: Sequence[date]) -> dict[str, date]:
    """Names without a year, where the plan has each month once."""
    if len({month.month for month in months}) < len(months):
        return {}
    names: dict[str, date] = {}
    for month in months:
        local = formats.current_locale()
        for form in ("format", "stand-alone"):
            for width in ("abbreviated", "wide"):
                name = local.months[form][width][month.month]
                names[name.casefold().rstrip(".")] = month
        names |= {f"{month:%b}".casefold(): month, f"{month:%B}".casefold(): month}
    return {name: month for name, month in names.items() if not name[:1].isdigit()}


def typed(value: Decimal | None) -> str:
    """A number for a field that people type into: their own signs, no superfluous zeros."""
    if value is None:
        return ""
    places = 0 if value == value.to_integral_value() else 2 if value == round(value, 2) else None
    return formats.number(value, places).replace(formats.MINUS, "-")
