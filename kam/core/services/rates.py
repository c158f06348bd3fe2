"""Dated exchange rates: saving, correcting, removing; apps hear of it to convert what waited."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kam.core.models import Currency, ExchangeRate, Organisation
from kam.core.problems import RefusedError, explained

Listener = Callable[[], None]
_listeners: list[Listener] = []


def on_rates_changed(listener: Listener) -> None:
    """Call `listener` inside each transaction that saves rates; apps register when they start."""
    if listener not in _listeners:
        _listeners.append(listener)


@dataclass(frozen=True, kw_only=True)
class RateRow:
    """What one unit of `currency` is worth in `base` (empty: the organisation's) from a day on."""

    currency: str
    valid_on: date
    rate: Decimal
    base: str = ""
    source: str = ""


@dataclass(frozen=True)
class SavedRate:
    """What became of a row."""

    id: int
    status: Literal["created", "updated", "unchanged"]


@explained()
@transaction.atomic
def create_rate(*, row: RateRow) -> ExchangeRate:
    """Save a new rate. Raises RefusedError where the day has one, or for an unknown currency."""
    base = row.base or _base_currency()
    _check_currencies({row.currency, base})
    rate = ExchangeRate.objects.create(
        currency_id=row.currency,
        base_id=base,
        valid_on=row.valid_on,
        rate=row.rate,
        source=row.source,
    )
    _tell()
    return rate


@explained()
@transaction.atomic
def change_rate(
    *, rate: ExchangeRate, value: Decimal | None = None, source: str | None = None
) -> ExchangeRate:
    """Correct a rate; entries that were converted with the former one keep it."""
    locked = ExchangeRate.objects.select_for_update(no_key=True).get(pk=rate.pk)
    locked.rate = locked.rate if value is None else value
    locked.source = locked.source if source is None else source
    locked.save()
    _tell()
    return locked


@transaction.atomic
def remove_rate(*, rate: ExchangeRate) -> None:
    """Remove a rate; its history stays, and so do the entries that were converted with it."""
    rate.delete()


@explained()
@transaction.atomic
def save_rates(*, rows: Sequence[RateRow]) -> list[SavedRate]:
    """Create or correct many rates at once, by currency, base and day; all or none.

    Answers one result for each row, in order. A later row of the same key wins. Raises
    RefusedError for unknown currencies.
    """
    base = _base_currency()
    keys = [(row.currency, row.base or base, row.valid_on) for row in rows]
    _check_currencies({code for one, other, _day in keys for code in (one, other)})
    standing = _standing(keys)
    results = [_save(standing, key, row) for key, row in zip(keys, rows, strict=True)]
    if any(result.status != "unchanged" for result in results):
        _tell()
    return results


type _Key = tuple[str, str, date]


def _standing(keys: Sequence[_Key]) -> dict[_Key, ExchangeRate]:
    """The rates of these days, locked in id order."""
    found = ExchangeRate.objects.filter(
        currency__in={key[0] for key in keys},
        base__in={key[1] for key in keys},
        valid_on__in={key[2] for key in keys},
    )
    rates = found.select_for_update(no_key=True).order_by("pk")
    return {(rate.currency_id, rate.base_id, rate.valid_on): rate for rate in rates}


def _save(standing: dict[_Key, ExchangeRate], key: _Key, row: RateRow) -> SavedRate:
    rate = standing.get(key)
    if rate is None:
        code, base, day = key
        rate = standing[key] = ExchangeRate.objects.create(
            currency_id=code, base_id=base, valid_on=day, rate=row.rate, source=row.source
        )
        return SavedRate(rate.pk, "created")
    if (rate.rate, rate.source) == (row.rate, row.source):
        return SavedRate(rate.pk, "unchanged")
    rate.rate, rate.source = row.rate, row.source
    rate.save()
    return SavedRate(rate.pk, "updated")


def _check_currencies(codes: set[str]) -> None:
    known = set(Currency.objects.filter(pk__in=codes).values_list("pk", flat=True))
    if unknown := sorted(codes - known):
        words = str(_("There is no currency %s here.")) % ", ".join(unknown)
        raise RefusedError(words, field="currency", code="unknown_currency")


def _base_currency() -> str:
    return Organisation.objects.values_list("base_currency_id", flat=True).get(pk=1)


def _tell() -> None:
    for listener in _listeners:
        listener()
