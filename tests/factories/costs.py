from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.choices import CostKind, SpreadRule
from accounts.models import Account, ActivityDriver, ActivityRate, CostEntry, CostPool

MONTH = date(2026, 1, 1)


def make_cost(
    *,
    account: Account,
    amount: str | int | Decimal,
    kind: str = CostKind.DELIVERIES,
    booked_on: date = date(2026, 1, 20),
    currency: str = "EUR",
    rate: str | None = "1",
    note: str = "",
) -> CostEntry:
    """A cost entered by hand; `rate=None` leaves its base amount unknown."""
    value = Decimal(amount)
    factor = None if rate is None else Decimal(rate)
    return CostEntry.objects.create(
        account=account,
        kind=kind,
        booked_on=booked_on,
        amount=value,
        currency_id=currency,
        rate=factor,
        base_amount=None if factor is None else (value * factor).quantize(Decimal("0.0001")),
        note=note,
    )


def make_activity_rate(
    *,
    kind: str = CostKind.ORDERS,
    amount: str | int = "10",
    start: date = date(2020, 1, 1),
    until: date | None = None,
    unit: str = "order",
) -> ActivityRate:
    """What one unit costs."""
    return ActivityRate.objects.create(
        kind=kind, unit=unit, amount=Decimal(amount), valid=DateRange(start, until)
    )


def make_driver(
    *,
    account: Account,
    volume: str | int = "5",
    kind: str = CostKind.ORDERS,
    month: date = MONTH,
) -> ActivityDriver:
    """A month's volume of an account."""
    return ActivityDriver.objects.create(
        account=account, kind=kind, month=month, volume=Decimal(volume)
    )


def make_pool(
    *,
    amount: str | int,
    kind: str = CostKind.SERVICE,
    rule: str = SpreadRule.REVENUE,
    month: date = MONTH,
    name: str = "Service desk",
) -> CostPool:
    """A month's cost of the company."""
    return CostPool.objects.create(
        month=month, kind=kind, name=name, amount=Decimal(amount), rule=rule
    )
