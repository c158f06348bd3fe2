"""The demo's costs to serve: three years in which most customers earn a little, some a lot, and a
few, large ones among them, cost more than they bring."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, Sum

from accounts.choices import CostKind, SpreadRule
from accounts.demo.chance import Dice, exact
from accounts.demo.company import SOURCE_CODES
from accounts.models import (
    ActivityDriver,
    ActivityRate,
    CostEntry,
    CostPool,
    RevenueMonth,
    Tier,
    TierModel,
)
from kam.core.dates import Period, add_months, month_start
from kam.core.demo import Counts, DemoPart, DemoRequest
from kam.core.exact import exact_sum
from kam.core.selectors.rates import base_currency
from kam.imports.models import DataSource

MONTHS = 36
_HARD = {1: 12, 4: 16, 5: 7, 7: 15, 12: 12, 15: 20, 24: 16, 33: 19}
"""Groups by size that bargain or handle so hard that little or nothing is left: in percent."""
_CENT = Decimal("0.01")
_PALLET = Decimal(640)
_FLOORS = {"strategic": "4", "key": "5", "growth": "3", "maintain": "0"}
_RATES: tuple[tuple[CostKind, str, tuple[str, str], str], ...] = (
    (CostKind.ORDERS, "order", ("34.50", "37.20"), "Order desk: hours and systems ÷ orders"),
    (CostKind.DELIVERIES, "pallet", ("17.80", "19.60"), "Freight contracts and depot, per pallet"),
    (CostKind.VISITS, "visit", ("96", "104"), "Travel, car and time of a visit"),
)
_NOTES = {
    CostKind.TRADE_TERMS: ("Back margin", "Listing and shelf terms", "Volume bonus"),
    CostKind.PROMOTIONS: ("Leaflet weeks", "Tasting in stores", "Price promotion, our share"),
    CostKind.RETURNS: ("Returned goods, handling", "Damaged pallets", "Short dates taken back"),
    CostKind.CAPITAL: ("Financing of open invoices",),
}


@dataclass(frozen=True, slots=True)
class _Sold:
    """What an account bought in a month, in base currency, and in how many lines."""

    account: int
    month: date
    amount: Decimal
    lines: int


@dataclass(frozen=True, slots=True)
class _Habit:
    """What a group is like to serve, as shares of its revenue and factors."""

    terms: Decimal
    promotions: Decimal
    returns: Decimal
    capital: Decimal
    handling: Decimal


def load(request: DemoRequest) -> Counts:
    """Write rates, volumes, company costs and entries of three years; tiers get a floor."""
    end = month_start(request.as_of + timedelta(days=1))
    span = Period(add_months(end, -MONTHS), end)
    sold = _sold(span)
    habits = _habits(request.seed)
    _rates(span)
    _pools(request.seed, sold)
    ActivityDriver.objects.bulk_create(_volumes(request.seed, sold, habits), batch_size=4000)
    CostEntry.objects.bulk_create(_entries(request, sold, habits), batch_size=4000)
    _floors()
    return present()


def present() -> Counts:
    """Count rows of any origin."""
    return {
        str(model._meta.verbose_name_plural): model._default_manager.count()
        for model in (CostEntry, ActivityDriver, ActivityRate, CostPool)
    }


def added() -> Counts:
    """Count entries that the demo did not bring; the rest goes with its accounts."""
    rows = CostEntry.objects.exclude(source__code__in=SOURCE_CODES)
    rows = rows | CostEntry.objects.filter(source=None)
    return {str(CostEntry._meta.verbose_name_plural): rows.count()}


def clear(keep_user_id: int | None) -> Counts:
    """Leave the rows to the accounts' own part, which knows the order."""
    del keep_user_id
    return {}


def _sold(span: Period) -> list[_Sold]:
    rows = RevenueMonth.objects.filter(
        month__gte=span.start, month__lt=span.end, account__isnull=False, base_amount__gt=0
    )
    sums = rows.values("account_id", "month").annotate(
        amount=Sum("base_amount"), lines=Sum("entries")
    )
    return [
        _Sold(row["account_id"], row["month"], row["amount"], row["lines"])
        for row in sums.order_by("account_id", "month")
    ]


def _habits(seed: int) -> dict[int, _Habit]:
    """The habit of each account, that of the group it stands in at the end."""
    months = RevenueMonth.objects.filter(account__isnull=False)
    by_size = months.values("group_id", name=F("group__name")).annotate(net=Sum("base_amount"))
    habits = {
        row["group_id"]: _habit(Dice(seed, "habit", row["name"]), place)
        for place, row in enumerate(by_size.order_by("-net", "group_id"))
    }
    pairs = months.order_by("account_id", "-month").distinct("account_id")
    return {account: habits[group] for account, group in pairs.values_list("account", "group")}


def _habit(dice: Dice, place: int) -> _Habit:
    hard = Decimal(_HARD.get(place, 0)) / 100
    strength = Decimal("0.025") if place < 12 else Decimal(0)
    return _Habit(
        terms=_between(dice, 0.055, 0.12) + strength + hard * Decimal("0.6"),
        promotions=_between(dice, 0.015, 0.05) + hard * Decimal("0.3"),
        returns=_between(dice, 0.003, 0.012) + hard * Decimal("0.1"),
        capital=_between(dice, 0.003, 0.011),
        handling=_between(dice, 0.7, 1.5) * (Decimal("1.5") if dice.happens(0.15) else 1),
    )


def _between(dice: Dice, low: float, high: float) -> Decimal:
    return exact(dice.between(low, high))


def _rates(span: Period) -> None:
    turn = add_months(span.end, -12)
    ActivityRate.objects.bulk_create(
        ActivityRate(kind=kind, unit=unit, amount=Decimal(amount), valid=valid, note=note)
        for kind, unit, amounts, note in _RATES
        for amount, valid in zip(
            amounts, (DateRange(span.start, turn), DateRange(turn, None)), strict=True
        )
    )


def _volumes(
    seed: int, sold: list[_Sold], habits: Mapping[int, _Habit]
) -> Iterator[ActivityDriver]:
    """Orders and pallets of every account by month, visits where somebody goes."""
    for one in sold:
        dice = Dice(seed, "volumes", one.account, one.month)
        handling = habits[one.account].handling
        volumes = {
            CostKind.ORDERS: max(1, round(one.lines * handling)),
            CostKind.DELIVERIES: max(1, round(one.amount / _PALLET * handling)),
            CostKind.VISITS: dice.whole(1, 4),
        }
        for kind, volume in volumes.items():
            if volume:
                yield ActivityDriver(
                    account_id=one.account, kind=kind, month=one.month, volume=volume
                )


def _pools(seed: int, sold: list[_Sold]) -> None:
    months: dict[date, Decimal] = defaultdict(Decimal)
    for one in sold:
        months[one.month] += one.amount
    plan = (
        (CostKind.SERVICE, "Service desk", SpreadRule.ENTRIES, Decimal("0.016")),
        (CostKind.OTHER, "Own warehouse", SpreadRule.REVENUE, Decimal("0.021")),
        (CostKind.OTHER, "Customer systems", SpreadRule.EVENLY, Decimal("0.009")),
    )
    CostPool.objects.bulk_create(
        CostPool(
            month=month,
            kind=kind,
            name=name,
            rule=rule,
            amount=_money(amount * share * _between(Dice(seed, name, month), 0.9, 1.1)),
        )
        for month, amount in sorted(months.items())
        for kind, name, rule, share in plan
    )


def _entries(
    request: DemoRequest, sold: list[_Sold], habits: Mapping[int, _Habit]
) -> Iterator[CostEntry]:
    """Trade terms, returns and capital by quarter, promotions by campaign."""
    source = DataSource.objects.get(code=SOURCE_CODES[0])
    currency = base_currency()
    for (account, quarter), parts in _by_quarter(sold).items():
        dice = Dice(request.seed, "costs", account, quarter)
        habit, amount = habits[account], exact_sum(one.amount for one in parts)
        shares = {
            CostKind.TRADE_TERMS: habit.terms,
            CostKind.RETURNS: habit.returns,
            CostKind.CAPITAL: habit.capital,
        }
        if dice.happens(0.7):
            shares[CostKind.PROMOTIONS] = habit.promotions / Decimal("0.7")
        day = parts[-1].month + timedelta(days=27)
        for kind, share in shares.items():
            cost = _money(amount * share * _between(dice, 0.85, 1.15))
            if cost <= 0:
                continue
            yield CostEntry(
                account_id=account,
                kind=kind,
                booked_on=day,
                amount=cost,
                currency_id=currency,
                rate=Decimal(1),
                base_amount=cost,
                note=dice.pick(_NOTES[kind]),
                source=source,
                source_key=f"COST/{account}/{quarter:%Y%m}/{kind.value}",
            )


def _by_quarter(sold: list[_Sold]) -> dict[tuple[int, date], list[_Sold]]:
    found: dict[Any, list[_Sold]] = defaultdict(list)
    for one in sold:
        quarter = add_months(one.month, -((one.month.month - 1) % 3))
        found[one.account, quarter].append(one)
    return found


def _floors() -> None:
    """What the tiers of the drafts ask for; they are published after this part."""
    for model in TierModel.objects.filter(status="draft"):
        for tier in Tier.objects.filter(model=model, code__in=_FLOORS):
            tier.contribution_floor = Decimal(_FLOORS[tier.code])
            tier.save()


def _money(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, ROUND_HALF_UP)


PART = DemoPart(key="costs", order=11, load=load, clear=clear, present=present, added=added)
