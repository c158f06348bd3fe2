"""What services of prices, units and codes share: periods, units as they are written, overlaps."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account, Product
from accounts.services.merge_parts import in_words
from kam.core.problems import RefusedError
from settlements.analytics.gtin import GtinError, canonical
from settlements.selectors.prices.units import UnknownUnitError, unit_name, unit_of
from settlements.services.prices.problems import GTINS, GtinRefusedError, OverlapError, UnitError

NO_PERIOD = gettext_lazy("The period ends before it begins.")


def period(start: date, end: date | None) -> DateRange:
    """Return the half-open period. Raises RefusedError where it holds no day."""
    if end is not None and end <= start:
        raise RefusedError(NO_PERIOD, field="end", code="period_empty")
    return DateRange(start, end)


def unit_code(product: Product, code: str, day: date, account: Account | None = None) -> str:
    """Return a unit's code as it stands on a day, "" for the base unit. Raises UnitError."""
    try:
        return unit_of(product, code.strip(), day, account=account).code
    except UnknownUnitError as error:
        words = _("%(product)s is not sold by the %(unit)s on this day.")
        raise UnitError(words % {"product": product, "unit": code}) from error


def gtin_of(text: str) -> str:
    """Return a GTIN in its one form, nothing for nothing. Raises GtinRefusedError."""
    if not text.strip():
        return ""
    try:
        return canonical(text)
    except GtinError as error:
        raise GtinRefusedError(GTINS[error.code] % error.params, code=error.code) from error


def refuse_overlap(rows: QuerySet[Any], valid: DateRange, *, besides: int | None = None) -> None:
    """Raise OverlapError naming the first of these rows that holds on one of the days."""
    found = rows.filter(valid__overlap=valid).exclude(pk=besides).order_by("valid").first()
    if found is not None:
        words = _("%(what)s holds %(period)s already.")
        raise OverlapError(words % {"what": described(found), "period": in_words(found.valid)})


def described(row: Any) -> str:
    """Say which price, unit or code a row is."""
    name = unit_name(row.product, getattr(row, "unit", ""))
    if hasattr(row, "numerator"):
        return _("The unit %(unit)s of %(product)s") % {"unit": row.code, "product": row.product}
    if hasattr(row, "code"):
        return _("The code %(code)s for %(product)s") % {"code": row.code, "product": row.product}
    return _("Another price of %(product)s per %(unit)s in %(currency)s") % {
        "product": row.product,
        "unit": name,
        "currency": row.currency_id,
    }


def close_running(rows: QuerySet[Any], start: date) -> int:
    """End rows that hold on a day before it; return how many. They keep at least a day."""
    running = rows.filter(valid__contains=start, valid__startswith__lt=start)
    found = list(running.select_for_update(no_key=True, of=("self",)))
    for row in found:
        row.valid = DateRange(row.valid.lower, start)
        row.save(update_fields=["valid", "updated_at"])
    return len(found)


def end_row(row: Any, end: date) -> Any:
    """Let a row hold until before a day, under a lock. Raises RefusedError where no day is left."""
    locked = type(row)._default_manager.select_for_update(no_key=True).get(pk=row.pk)
    locked.valid = period(locked.valid.lower, end)
    locked.save(update_fields=["valid", "updated_at"])
    return locked
