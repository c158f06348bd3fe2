"""Net revenue of an account and all below it: by month, by category, by order day, row by row.

Figures are in the organisation's base currency over entries that have a rate; `unconverted`
counts the others. What stood below the account is asked of each entry's own date.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, Q, QuerySet

from accounts.analytics.buying import LapseWindows, Rhythm, lapse_windows, lapsed, rhythm
from accounts.models import GroupPeriod, ProductCategory, RevenueEntry
from accounts.selectors import tree
from accounts.selectors.accounts import Windows, windows
from accounts.selectors.below import BELOW, ENTRIES, MONTHS
from kam.core.dates import ONE_DAY, Period
from kam.core.exact import ratio
from kam.identity.models import User

QUIET_MONTHS = 3
"""A category is called lapsed when it was bought in 12 months and then not for so many."""
RHYTHM_MONTHS = 24


def entries_for(user: User) -> QuerySet[RevenueEntry]:
    """Entries of accounts in the user's scope; unassigned ones for who sees the whole company."""
    rows: QuerySet[RevenueEntry] = RevenueEntry.objects.visible_to(user)
    return rows.select_related("account", "product", "category", "source")


def within(rows: QuerySet[RevenueEntry], account_id: int) -> QuerySet[RevenueEntry]:
    """Entries of an account and of what stood below it on each entry's date."""
    return _of_members(rows, [(one.account_id, one.valid) for one in tree.below(account_id)])


def _of_members(
    rows: QuerySet[RevenueEntry], members: Iterable[tuple[int, DateRange]]
) -> QuerySet[RevenueEntry]:
    """Entries of accounts, each in its period, said so that the index on both serves."""
    by_period: dict[tuple[date | None, date | None], list[int]] = defaultdict(list)
    for member, valid in members:
        by_period[valid.lower, valid.upper].append(member)
    condition = Q(pk__in=[])
    for (start, end), ids in by_period.items():
        part = Q(account__in=ids)
        part &= Q(booked_on__gte=start) if start else Q()
        condition |= part & (Q(booked_on__lt=end) if end else Q())
    return rows.filter(condition)


def of_group(rows: QuerySet[RevenueEntry], group_id: int) -> QuerySet[RevenueEntry]:
    """Entries whose ultimate parent on their own date was this account."""
    members = list(GroupPeriod.objects.filter(group=group_id).values_list("account_id", "valid"))
    if not GroupPeriod.objects.filter(account=group_id).exists():
        members.append((group_id, tree.ALWAYS))  # it never had a parent: always its own group
    return _of_members(rows, members)


@dataclass(frozen=True, slots=True)
class MonthFigure:
    """A month's net revenue; `unconverted` entries are not in it."""

    month: date
    amount: Decimal
    entries: int
    unconverted: int


def by_month(account_id: int, period: Period) -> list[MonthFigure]:
    """Return the months of whole-month period in which anything was booked, in order."""
    sql = (
        BELOW
        + MONTHS
        + "SELECT month, sum(amount), sum(entries), sum(unconverted)"
        + " FROM pieces GROUP BY 1 ORDER BY 1"
    )
    return [MonthFigure(*row) for row in _rows(sql, account_id, period)]


@dataclass(frozen=True, slots=True)
class CategoryFigure:
    """A category's net revenue in the last 12 complete months and in the 12 before.

    `returned` is what negative entries took back in the last 12 months, above zero; it is part of
    `latest`. `is_lapsed` as `analytics.buying.lapsed` says; `is_new`: bought in the last 12
    months, not in the 12 before, by an account that bought something then. The category None
    holds entries without one.
    """

    category: ProductCategory | None
    latest: Decimal
    before: Decimal
    last_on: date | None
    unconverted: int
    is_lapsed: bool
    returned: Decimal = Decimal(0)
    is_new: bool = False

    @property
    def returned_share(self) -> Decimal | None:
        """What was returned of what was delivered; None where nothing was."""
        return ratio(self.returned, self.latest + self.returned)

    @property
    def change(self) -> Decimal | None:
        """The change as a fraction; None where the year before brought nothing or less."""
        return ratio(self.latest - self.before, self.before)


_CATEGORIES = """
SELECT e.category_id, e.booked_on, sum(COALESCE(e.base_amount, 0)),
    count(*) FILTER (WHERE e.base_amount IS NULL), e.net_amount > 0
"""


def by_category(account_id: int, *, as_of: date) -> list[CategoryFigure]:
    """Return the categories bought since two years of complete months, largest first.

    What was bought in the running month is in no amount, but it keeps a category alive.
    """
    span = windows(as_of)
    until = as_of + ONE_DAY
    sql = BELOW + _CATEGORIES + ENTRIES + "GROUP BY e.category_id, e.booked_on, e.net_amount > 0"
    rows = _rows(sql, account_id, Period(span.before.start, until))
    names = ProductCategory.objects.in_bulk({row[0] for row in rows} - {None})
    bought = [(row[0] or 0, row[1], row[2]) for row in rows]
    complete = lapse_windows(span.latest.last_day, QUIET_MONTHS)
    quiet = LapseWindows(complete.before, Period(complete.quiet.start, until))
    silent = {one.key for one in lapsed(bought, quiet)}
    is_old = any(row[4] and row[1] in span.before for row in rows)
    figures = [
        _category(names.get(key), list(mine), key in silent, span, is_old=is_old)
        for key, mine in _grouped(rows).items()
    ]
    return sorted(figures, key=lambda one: (-one.latest, -one.before))


def _grouped(rows: Iterable[Any]) -> dict[int, list[Any]]:
    groups: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        groups[row[0] or 0].append(row)
    return groups


def _category(
    category: ProductCategory | None,
    rows: list[Any],
    is_lapsed: bool,
    span: Windows,
    *,
    is_old: bool,
) -> CategoryFigure:
    bought = [row[1] for row in rows if row[4]]
    return CategoryFigure(
        category,
        latest=sum((row[2] for row in rows if row[1] in span.latest), Decimal(0)),
        before=sum((row[2] for row in rows if row[1] in span.before), Decimal(0)),
        last_on=max(bought, default=None),
        unconverted=sum(row[3] for row in rows),
        is_lapsed=is_lapsed,
        returned=-sum((row[2] for row in rows if not row[4] and row[1] in span.latest), Decimal(0)),
        is_new=is_old
        and any(day in span.latest for day in bought)
        and not any(day in span.before for day in bought),
    )


def order_rhythm(account_id: int, *, as_of: date) -> Rhythm:
    """Return how often the account and all below it buy, over the last 24 months.

    A day with a positive entry is an order day; credit notes are none.
    """
    sql = BELOW + "SELECT DISTINCT e.booked_on" + ENTRIES + "AND e.net_amount > 0"
    rows = _rows(sql, account_id, Period.rolling(as_of, RHYTHM_MONTHS))
    return rhythm((row[0] for row in rows), as_of=as_of)


_TARGETS = """
SELECT t.month, t.category_id, round(t.amount * rate.rate, 4)
FROM accounts_target t
CROSS JOIN (SELECT base_currency_id AS code FROM core_organisation WHERE id = 1) AS base
LEFT JOIN LATERAL (
    SELECT 1::numeric AS rate WHERE t.currency_id = base.code
    UNION ALL
    (SELECT r.rate FROM core_exchangerate r
     WHERE r.currency_id = t.currency_id AND r.base_id = base.code AND r.valid_on <= t.month
     ORDER BY r.valid_on DESC LIMIT 1)
) AS rate ON true
WHERE t.account_id = %(id)s AND t.month >= %(start)s AND t.month < %(end)s
"""


def targets_by_month(account_id: int, period: Period) -> dict[date, Decimal | None]:
    """Return the account's own targets in base currency, at the rate of the month's first day.

    A month's target over all categories counts; where there is none, those by category add up.
    None where a rate is missing.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TARGETS, {"id": account_id, "start": period.start, "end": period.end})
        rows = cursor.fetchall()
    found: dict[date, dict[int | None, Decimal | None]] = defaultdict(dict)
    for month, category, amount in rows:
        found[month][category] = amount
    return {month: _month_target(amounts) for month, amounts in found.items()}


def _month_target(amounts: dict[int | None, Decimal | None]) -> Decimal | None:
    if None in amounts:
        return amounts[None]
    parts = list(amounts.values())
    known = [part for part in parts if part is not None]
    return sum(known, Decimal(0)) if len(known) == len(parts) else None


def latest_entries(account_id: int, user: User, *, limit: int) -> list[RevenueEntry]:
    """Return the last entries of an account and all below it, as far as the user may see them."""
    rows = within(entries_for(user), account_id)
    return list(rows.order_by(F("booked_on").desc(), F("pk").desc())[:limit])


def last_month() -> date | None:
    """Return the first day of the latest month in which anything was booked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(month) FROM accounts_revenuemonth WHERE entries > 0")
        found: date | None = cursor.fetchone()[0]
    return found


def _rows(sql: str, account_id: int, period: Period) -> list[Any]:
    parameters: dict[str, Any] = {
        "ids": [account_id],
        "everyone": False,
        "start": period.start,
        "end": period.end,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())
