"""Which day a rate is of, for saying so beside what it converted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from kam.core.models import ExchangeRate
from kam.core.selectors.rates import base_currency


def rates_used(codes: Iterable[str], *, into: str, on: date) -> dict[str, date]:
    """Return the day of the rate that converts each currency on a day.

    A pair without rates of its own goes through the base currency: then the older of both days.
    Currencies that need no rate, or have none, are left out.
    """
    base = base_currency()
    wanted = set(codes) - {into}
    direct = _days(wanted, into, on)
    if base == into or wanted <= direct.keys():
        return direct
    through = {**_days({*wanted, into}, base, on), base: on}
    if into not in through:
        return direct
    crossed = {code: min(through[code], through[into]) for code in wanted if code in through}
    return {**crossed, **direct}


def _days(codes: set[str], into: str, on: date) -> dict[str, date]:
    rates = ExchangeRate.objects.filter(base=into, currency__in=codes, valid_on__lte=on)
    latest = rates.order_by("currency_id", "-valid_on").distinct("currency_id")
    return dict(latest.values_list("currency_id", "valid_on"))
