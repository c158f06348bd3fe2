"""What serving customers costs: entries, rates of activities, volumes of them, pools."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypedDict, Unpack

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, ActivityDriver, ActivityRate, CostEntry, CostPool
from accounts.services.tree import refuse_merged
from kam.core.exact import WIDE
from kam.core.models import Currency
from kam.core.problems import Blocker, RefusedError, explained
from kam.core.selectors.rates import MissingRateError, base_currency, rate_on

PLACES = Decimal("0.0001")
TOO_LARGE = Decimal(10) ** 16


class CostFields(TypedDict, total=False):
    """What a cost entry says."""

    account: Account
    kind: str
    booked_on: date
    amount: Decimal
    currency: Currency
    note: str


class RateFields(TypedDict, total=False):
    """What an activity rate says; `until` is the first day on which it no longer holds."""

    kind: str
    unit: str
    amount: Decimal
    from_date: date
    until: date | None
    note: str


class PoolFields(TypedDict, total=False):
    """What a cost pool says."""

    month: date
    kind: str
    name: str
    amount: Decimal
    rule: str


# Cost entries


@explained()
@transaction.atomic
def create_cost(**fields: Unpack[CostFields]) -> CostEntry:
    """Enter a cost by hand, converted at the rate of its day; without one it waits for it.

    Raises RefusedError for an amount of zero, an unknown kind or a merged account.
    """
    entry = CostEntry()
    _fill(entry, fields)
    entry.save()
    return entry


@explained()
@transaction.atomic
def change_cost(*, entry: CostEntry, **fields: Unpack[CostFields]) -> CostEntry:
    """Correct a cost, of a source too: a re-sent line replaces the correction.

    It is converted anew only where its date, currency or amount changes. Raises RefusedError.
    """
    locked: CostEntry = CostEntry.objects.select_for_update(no_key=True).get(pk=entry.pk)
    _fill(locked, fields)
    locked.save()
    return locked


@transaction.atomic
def remove_cost(*, entry: CostEntry) -> None:
    """Remove a cost; its history stays."""
    entry.delete()


def _fill(entry: CostEntry, fields: CostFields) -> None:
    account = fields.get("account")
    if account is not None:
        refuse_merged(account, field="account")
    before = (entry.booked_on, entry.currency_id, entry.rate) if entry.pk else None
    for name, value in fields.items():
        setattr(entry, name, value)
    if before is None or before[:2] != (entry.booked_on, entry.currency_id):
        entry.rate = _rate(entry.currency_id, entry.booked_on)
    rate = entry.rate
    entry.base_amount = None if rate is None else _converted(entry.amount, rate)
    if entry.base_amount is not None and abs(entry.base_amount) >= TOO_LARGE:
        raise RefusedError(_("The amount is too large."), field="amount", code="too_large")


def _converted(amount: Decimal, rate: Decimal) -> Decimal:
    return WIDE.multiply(amount, rate).quantize(PLACES, ROUND_HALF_UP, context=WIDE)


def _rate(currency: str, on: date) -> Decimal | None:
    try:
        return rate_on(currency, base_currency(), on)
    except MissingRateError:
        return None


_FILL = """
WITH found AS (
    SELECT e.id, CASE WHEN e.currency_id = %(base)s THEN 1 ELSE (
        SELECT x.rate FROM core_exchangerate x
        WHERE x.currency_id = e.currency_id AND x.base_id = %(base)s AND x.valid_on <= e.booked_on
        ORDER BY x.valid_on DESC LIMIT 1
    ) END AS rate
    FROM accounts_costentry e WHERE e.base_amount IS NULL ORDER BY e.id FOR NO KEY UPDATE OF e
)
UPDATE accounts_costentry e SET rate = found.rate,
    base_amount = round(e.amount * found.rate, 4), updated_at = now()
FROM found WHERE found.id = e.id AND found.rate IS NOT NULL
"""


@transaction.atomic
def fill_cost_amounts() -> int:
    """Convert cost entries that waited for a rate, where one is there now; safe to run twice."""
    with connection.cursor() as cursor:
        cursor.execute(_FILL, {"base": base_currency()})
        return int(cursor.rowcount)


def costs_blocker() -> Blocker | None:
    """Say why the base currency must stay, while costs are stored in it."""
    stored = (CostEntry, ActivityRate, CostPool)
    if not any(model._default_manager.exists() for model in stored):
        return None
    return Blocker(
        _("The base currency stays while there are costs to serve: they are kept in it."),
        code="base_currency_in_use",
        field="base_currency",
    )


# Rates of activities


@explained()
@transaction.atomic
def set_rate(**fields: Unpack[RateFields]) -> ActivityRate:
    """Say what a unit of an activity costs from a day on.

    The rate of its kind that held until then ends on that day. Raises RefusedError where a later
    one stands in the way.
    """
    start = fields["from_date"]
    open_ones = ActivityRate.objects.filter(
        kind=fields["kind"], valid__startswith__lt=start, valid__contains=start
    )
    for former in open_ones.select_for_update(no_key=True):
        if former.valid.upper is None:
            former.valid = DateRange(former.valid.lower, start)
            former.save()
    rate = ActivityRate()
    _fill_rate(rate, fields)
    rate.save(force_insert=True)
    return rate


@explained()
@transaction.atomic
def change_rate(*, rate: ActivityRate, **fields: Unpack[RateFields]) -> ActivityRate:
    """Correct a rate or its days; raises RefusedError where it would overlap another."""
    locked: ActivityRate = ActivityRate.objects.select_for_update(no_key=True).get(pk=rate.pk)
    _fill_rate(locked, fields)
    locked.save()
    return locked


@transaction.atomic
def remove_rate(*, rate: ActivityRate) -> None:
    """Remove a rate; volumes of its days are then without a value."""
    rate.delete()


def _fill_rate(rate: ActivityRate, fields: RateFields) -> None:
    values: dict[str, Any] = dict(fields)
    valid = rate.valid if rate.pk else DateRange(None, None)
    start, until = values.pop("from_date", valid.lower), values.pop("until", valid.upper)
    if until is not None and until <= start:
        raise RefusedError(_("It ends before it begins."), field="until", code="period_order")
    rate.valid = DateRange(start, until)
    for name, value in values.items():
        setattr(rate, name, value)


# Volumes


@explained()
@transaction.atomic
def set_volume(*, account: Account, kind: str, month: date, volume: Decimal) -> ActivityDriver:
    """Say how much of an activity an account caused in a month, anew where it was said before."""
    refuse_merged(account, field="account")
    found: ActivityDriver
    found, created = ActivityDriver.objects.select_for_update(no_key=True).get_or_create(
        account=account, kind=kind, month=month, defaults={"volume": volume}
    )
    if not created and found.volume != volume:
        found.volume = volume
        found.save()
    return found


@transaction.atomic
def remove_volume(*, driver: ActivityDriver) -> None:
    """Remove a volume: the account takes part in pools of its kind again."""
    driver.delete()


# Pools


@explained()
@transaction.atomic
def create_pool(**fields: Unpack[PoolFields]) -> CostPool:
    """Enter a month's cost of the company that is spread by a rule. Raises RefusedError."""
    return CostPool.objects.create(**fields)


@explained()
@transaction.atomic
def change_pool(*, pool: CostPool, **fields: Unpack[PoolFields]) -> CostPool:
    """Correct a pool. Raises RefusedError."""
    locked: CostPool = CostPool.objects.select_for_update(no_key=True).get(pk=pool.pk)
    for name, value in fields.items():
        setattr(locked, name, value)
    locked.save()
    return locked


@transaction.atomic
def remove_pool(*, pool: CostPool) -> None:
    """Remove a pool; its history stays."""
    pool.delete()
