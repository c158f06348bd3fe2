"""The rows behind costs: entries, volumes, rates and pools, as far as a user may see them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q, QuerySet

from accounts.models import ActivityDriver, ActivityRate, CostEntry, CostPool, GroupPeriod
from accounts.selectors import tree
from kam.identity.models import User
from kam.imports.models import DataSource


def entries_for(user: User) -> QuerySet[CostEntry]:
    """Cost entries of accounts in the user's scope."""
    rows: QuerySet[CostEntry] = CostEntry.objects.visible_to(user)
    return rows.select_related("account", "source")


def drivers_for(user: User) -> QuerySet[ActivityDriver]:
    """Activity volumes of accounts in the user's scope."""
    rows: QuerySet[ActivityDriver] = ActivityDriver.objects.visible_to(user)
    return rows.select_related("account")


def rates_for(user: User) -> QuerySet[ActivityRate]:
    """Activity rates: no secret of anybody's."""
    rows: QuerySet[ActivityRate] = ActivityRate.objects.visible_to(user)
    return rows


def pools_for(user: User) -> QuerySet[CostPool]:
    """Cost pools: totals of the company, for who sees the whole of it."""
    rows: QuerySet[CostPool] = CostPool.objects.visible_to(user)
    return rows


def sources() -> QuerySet[DataSource]:
    """Where costs come from."""
    return DataSource.objects.all()


def within(rows: QuerySet[Any], account_id: int, day: str) -> QuerySet[Any]:
    """Rows of an account and of what stood below it on each row's day, the field of that name."""
    return _of_members(rows, [(one.account_id, one.valid) for one in tree.below(account_id)], day)


def of_group(rows: QuerySet[Any], group_id: int, day: str) -> QuerySet[Any]:
    """Rows whose ultimate parent on their own day was this account."""
    members = list(GroupPeriod.objects.filter(group=group_id).values_list("account_id", "valid"))
    if not GroupPeriod.objects.filter(account=group_id).exists():
        members.append((group_id, tree.ALWAYS))  # it never had a parent: always its own group
    return _of_members(rows, members, day)


def _of_members(
    rows: QuerySet[Any], members: Iterable[tuple[int, DateRange]], day: str
) -> QuerySet[Any]:
    by_period: dict[tuple[date | None, date | None], list[int]] = defaultdict(list)
    for member, valid in members:
        by_period[valid.lower, valid.upper].append(member)
    condition = Q(pk__in=[])
    for (start, end), ids in by_period.items():
        part = Q(account__in=ids)
        part &= Q(**{f"{day}__gte": start}) if start else Q()
        condition |= part & (Q(**{f"{day}__lt": end}) if end else Q())
    return rows.filter(condition)
