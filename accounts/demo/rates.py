"""Monthly exchange rates that drift plausibly."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.demo.chance import Dice
from accounts.demo.records import Rate

BASE = "EUR"
_PLACES = Decimal("1E-10")


@dataclass(frozen=True, slots=True)
class _Drift:
    """Units for one euro, from `start` to `end` over 45 months, with surprises that fade."""

    start: float
    end: float
    surprise: float


_DRIFTS = {
    "CNY": _Drift(7.31, 8.19, 0.010),
    "HUF": _Drift(386.0, 393.0, 0.012),
    "PLN": _Drift(4.53, 4.26, 0.008),
    "RON": _Drift(4.945, 5.090, 0.002),
    "SEK": _Drift(11.48, 11.02, 0.010),
    "SGD": _Drift(1.447, 1.502, 0.007),
    "VND": _Drift(25_300.0, 30_400.0, 0.009),
}
CURRENCIES = tuple(_DRIFTS)
_HORIZON = 45
_MEMORY = 0.75


def monthly_rates(seed: int, months: Sequence[date]) -> tuple[Rate, ...]:
    """Return one rate for each currency, set on the first of each month."""
    return tuple(rate for currency in CURRENCIES for rate in _walk(seed, currency, months))


def _walk(seed: int, currency: str, months: Sequence[date]) -> list[Rate]:
    drift, surprise, rates = _DRIFTS[currency], 0.0, []
    for place, month in enumerate(months):
        roll = Dice(seed, "rate", currency, place).about_one(drift.surprise) - 1.0
        surprise = _MEMORY * surprise + roll
        level = drift.start * (drift.end / drift.start) ** (place / _HORIZON) * (1.0 + surprise)
        rates.append(Rate(currency, month, Decimal(repr(1.0 / level)).quantize(_PLACES)))
    return rates


class RateTable:
    """What a unit of a currency is worth in euro on a day."""

    def __init__(self, rates: Sequence[Rate]) -> None:
        self._rates = {(r.currency, r.on.year, r.on.month): r.rate for r in rates}

    def on(self, currency: str, day: date) -> Decimal:
        if currency == BASE:
            return Decimal(1)
        return self._rates[currency, day.year, day.month]
