"""The receivables board in one quick statement, from positions that the overdue run keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from kam.core.models import JobRun
from kam.core.selectors.rates import MissingRateError, base_currency, rates_on
from kam.identity.models import User
from settlements.analytics.ageing import Bands
from settlements.analytics.collection import dso_best_possible
from settlements.models import OverdueRun
from settlements.selectors.balances import kept_balances, points
from settlements.selectors.collection import WINDOW, TrendPoint, month_ends

JOB = "settlements.flag_overdue"
_AMOUNTS = ("open", "overdue", "unapplied", "open_credits")
_COUNTS = ("open_items", "overdue_items")


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """Positions of one group (the whole: no `key`) in one currency; see `AgeingRow`.

    `accounts_overdue` counts accounts, not groups.
    """

    key: int | None
    name: str
    buckets: tuple[Decimal, ...]
    open: Decimal
    overdue: Decimal
    unapplied: Decimal
    open_credits: Decimal
    open_items: int
    overdue_items: int
    accounts_overdue: int

    @property
    def net(self) -> Decimal:
        """What is owed once unapplied cash and open credits are taken off."""
        return self.open - self.unapplied - self.open_credits


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Open items by group as of the last overdue run, in `currency`, by the default bands.

    Groups are those of today. For any other day, bands or basis ask `selectors.ageing`, which
    gives the same figures. `count` is how many groups there are, shown or not.
    """

    as_of: date
    currency: str
    bands: Bands
    total: BoardRow
    groups: tuple[BoardRow, ...]
    count: int


def board(
    *, leads: Sequence[int] | None = None, currency: str = "", limit: int | None = 20
) -> Board | None:
    """Return the groups with the largest overdue amounts and the whole; None before the first run.

    `leads` limits to accounts that these users lead today, themselves or from above, whoever pays
    for them; `limit` None gives every group. Amounts are in
    `currency`, else in the only currency there is, else in the base currency, at the rates of the
    run's day. Raises MissingRateError.
    """
    as_of = OverdueRun.objects.order_by("-as_of").values_list("as_of", flat=True).first()
    if as_of is None:
        return None
    into = currency or base_currency()
    rates = rates_on(into, as_of)
    records = _read(leads, rates, limit, asked=bool(currency))
    gap, only, count = records[0][:3]
    if gap:
        raise MissingRateError(gap, into, as_of)
    rows = [_row(record[3:]) for record in records]
    return Board(
        as_of=as_of,
        currency=only or into,
        bands=Bands(),
        total=next(row for row in rows if row.key is None),
        groups=tuple(row for row in rows if row.key is not None),
        count=count,
    )


def _read(
    leads: Sequence[int] | None, rates: dict[str, Decimal], limit: int | None, *, asked: bool
) -> list[Any]:
    parameters: dict[str, Any] = {
        "codes": list(rates),
        "rates": list(rates.values()),
        "everyone": leads is None,
        "leads": list(leads or ()),
        "limit": limit,
        "asked": asked,
    }
    with connection.cursor() as cursor:
        cursor.execute(_statement(), parameters)
        return list(cursor.fetchall())


def _statement() -> str:
    places = range(1, len(Bands().names) + 1)
    amounts = [f"p.buckets[{place}]" for place in places] + [f"p.{name}" for name in _AMOUNTS]
    names = [f"band_{place}" for place in places] + list(_AMOUNTS)
    times = ", ".join(f"sum({a} * p.rate) AS {n}" for a, n in zip(amounts, names, strict=True))
    counts = ", ".join(f"sum(p.{name}) AS {name}" for name in _COUNTS)
    again = ", ".join(f"COALESCE(sum({name}), 0) AS {name}" for name in [*names, *_COUNTS, "late"])
    return f"""
WITH found AS MATERIALIZED (
    SELECT p.*, k.id AS customer_id, COALESCE(k.current_group_id, k.id) AS group_id
    FROM settlements_accountposition p JOIN accounts_account a ON a.id = p.account_id
    JOIN accounts_account k ON k.id = COALESCE(a.merged_into_id, a.id)
    WHERE %(everyone)s OR k.lead_chain && %(leads)s::bigint[]
), facts AS (
    SELECT CASE WHEN NOT %(asked)s AND count(DISTINCT currency_id) = 1
        THEN min(currency_id) END AS alone FROM found
), valued AS MATERIALIZED (
    SELECT found.*, CASE WHEN facts.alone IS NULL THEN r.rate ELSE 1 END AS rate
    FROM found CROSS JOIN facts
    LEFT JOIN unnest(%(codes)s::text[], %(rates)s::numeric[]) AS r(code, rate)
        ON r.code = found.currency_id
), groups AS MATERIALIZED (
    SELECT p.group_id AS key, {times}, {counts},
        count(DISTINCT p.customer_id) FILTER (WHERE p.overdue > 0) AS late
    FROM valued p GROUP BY p.group_id
), parts AS (
    SELECT NULL::bigint AS key, {again} FROM groups
    UNION ALL
    (SELECT key, {", ".join([*names, *_COUNTS, "late"])} FROM groups
     ORDER BY overdue DESC, open DESC, key LIMIT %(limit)s)
)
SELECT (SELECT min(currency_id) FROM valued WHERE rate IS NULL), (SELECT alone FROM facts),
    (SELECT count(*) FROM groups), a.name, parts.*
FROM parts LEFT JOIN accounts_account a ON a.id = parts.key
ORDER BY parts.overdue DESC, parts.open DESC, parts.key
"""


def _row(record: Sequence[Any]) -> BoardRow:
    name, key, *values = record
    bands = len(Bands().names)
    amounts = dict(zip(_AMOUNTS, values[bands : bands + len(_AMOUNTS)], strict=True))
    items, late_items, late = (int(value) for value in values[bands + len(_AMOUNTS) :])
    return BoardRow(
        key=key,
        name=name or "",
        buckets=tuple(Decimal(value) for value in values[:bands]),
        open_items=items,
        overdue_items=late_items,
        accounts_overdue=late,
        **amounts,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The board with DSO of its day and of the last month ends, all in the board's currency.

    `now` is None where the balances of the day are not kept yet; `trend` is then empty too.
    """

    board: Board
    now: TrendPoint | None
    trend: tuple[TrendPoint, ...]

    @property
    def best_possible(self) -> Decimal | None:
        """What DSO would be if nothing were overdue."""
        if self.now is None:
            return None
        total = self.board.total
        return dso_best_possible(total.open - total.overdue, self.now.sales, WINDOW)


def read_board(*, leads: Sequence[int] | None = None, limit: int | None = 20) -> Reading | None:
    """Return the board with its DSO; None before the first run.

    In the only currency that there is of items and sales, else in the base currency. Raises
    MissingRateError.
    """
    balances = kept_balances(leads=leads)
    codes = {one.currency for one in balances}
    asked = codes.pop() if len(codes) == 1 else base_currency() if codes else ""
    found = board(leads=leads, currency=asked, limit=limit)
    if found is None:
        return None
    days = points(balances)
    is_fresh = bool(days) and days[-1].day == found.as_of
    return Reading(
        board=found,
        now=days[-1] if is_fresh else None,
        trend=_month_ends(days, found.as_of) if is_fresh else (),
    )


def _month_ends(days: Sequence[TrendPoint], as_of: date) -> tuple[TrendPoint, ...]:
    """The last days of months; the run's own day only where it is one."""
    ends = set(month_ends(as_of, len(days)))
    return tuple(point for point in days if point.day in ends)


def overdue_job(user: User, pk: int) -> JobRun | None:
    """Return a run of the overdue job: one's own, or anybody's for who may ask for one."""
    runs = JobRun.objects.filter(name=JOB, pk=pk)
    if not user.can("receivables.flag_overdue"):
        runs = runs.visible_to(user)
    return runs.first()
