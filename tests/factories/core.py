from __future__ import annotations

from datetime import date
from decimal import Decimal

from kam.core.models import ExchangeRate


def make_rate(
    *, currency: str, rate: str | Decimal, valid_on: date = date(2020, 1, 1), base: str = "EUR"
) -> ExchangeRate:
    """A dated rate: one `currency` is worth `rate` of `base` from `valid_on`."""
    return ExchangeRate.objects.create(
        currency_id=currency, base_id=base, valid_on=valid_on, rate=Decimal(rate)
    )
