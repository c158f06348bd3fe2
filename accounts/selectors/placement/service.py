"""How we delivered, as customers count it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Max, QuerySet, Sum
from django.db.models.functions import TruncMonth

from accounts.analytics.placement import Service
from accounts.models import Account, ServiceLine
from kam.core.dates import Period
from kam.identity.models import User

_SUMS: dict[str, Any] = {
    "ordered": Sum("ordered"),
    "delivered": Sum("delivered"),
    "orders": Sum("orders"),
    "orders_otif": Sum("orders_otif"),
}


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """What one account reported in a period, and in the one before."""

    account: Account
    service: Service
    before: Service
    last: date | None

    @property
    def name(self) -> str:
        """The account's name."""
        return self.account.name


def reported(user: User, period: Period, *, within: int | None = None) -> QuerySet[ServiceLine]:
    """Return report lines of a period at visible accounts; `within`: a node and all below today."""
    rows: QuerySet[ServiceLine] = ServiceLine.objects.visible_to(user).filter(
        reported_on__gte=period.start, reported_on__lt=period.end
    )
    return rows if within is None else rows.filter(account__path__contains=[within])


def service_level(user: User, period: Period, *, within: int | None = None) -> Service:
    """Return the sums of a period. A line that does not say a figure is no part of it."""
    return Service(**reported(user, period, within=within).aggregate(**_SUMS))


def service_by_account(
    user: User, period: Period, *, within: int | None = None
) -> list[ServiceRow]:
    """Return a row per account that reported in the period, as it reported, the worst first."""
    past = _per_account(reported(user, period.previous(), within=within))
    now = _per_account(reported(user, period, within=within))
    accounts = Account.objects.in_bulk(now.keys())
    rows = [
        ServiceRow(accounts[pk], service, past.get(pk, (Service(), None))[0], last)
        for pk, (service, last) in now.items()
    ]
    return sorted(rows, key=_worst)


def _worst(row: ServiceRow) -> tuple[bool, Any, str]:
    rate = row.service.fill_rate
    return rate is None, rate if rate is not None else 0, row.name


def _per_account(rows: QuerySet[ServiceLine]) -> dict[int, tuple[Service, date | None]]:
    found: Any = (
        rows.order_by()
        .values(account_key=F("account_id"))
        .annotate(last=Max("reported_on"), **_sums_of())
    )
    return {
        row["account_key"]: (Service(**{name: row[f"sum_{name}"] for name in _SUMS}), row["last"])
        for row in found
    }


def _sums_of() -> dict[str, Any]:
    return {f"sum_{name}": expression for name, expression in _SUMS.items()}


def service_by_month(
    user: User, period: Period, *, within: int | None = None
) -> list[tuple[date, Service]]:
    """Return the months of a period in order; a month without reports has nothing known."""
    rows: Any = (
        reported(user, period, within=within)
        .annotate(month=TruncMonth("reported_on"))
        .order_by("month")
        .values("month")
        .annotate(**_sums_of())
    )
    found = {row["month"]: Service(**{name: row[f"sum_{name}"] for name in _SUMS}) for row in rows}
    return [(month.start, found.get(month.start, Service())) for month in period.months()]
