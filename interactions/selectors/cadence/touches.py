"""Contacts that are due: of accounts, functions and people, computed from the log and the rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from accounts.models import Account, Position, Tier
from accounts.selectors.people.stakeholder_map import function_label
from interactions.analytics.cadence import WHOLE
from interactions.selectors.cadence import sql
from kam.identity.models import User

MOST = 2000
"""How many touches one answer holds, the most overdue first."""

OVERDUE, TODAY, WEEK, LATER = "overdue", "today", "week", "later"
DAYS_AHEAD = 7

_ORDER = """
SELECT * FROM ({touches}) AS found WHERE {where}
ORDER BY overdue_days DESC, due_on, account_id, {last} LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Touch:
    """A two-way contact that is asked for, with a function or an account as a whole ("").

    `last_on` is the last one (None: none is in the log); `begins_on` the day from which days
    count. `position` is whoever of them we have not spoken with for longest, `people` how many
    of them we know there.
    """

    account: Account
    function: str
    every_days: int
    last_on: date | None
    begins_on: date
    due_on: date
    overdue_days: int
    as_of: date
    tier: Tier | None = None
    lead: User | None = None
    position: Position | None = None
    people: int = 0

    @property
    def pk(self) -> str:
        """What tells it from others."""
        where = self.function or "all"
        return f"{self.account.pk}-{where}"

    @property
    def what(self) -> str:
        """The function's name; empty for the account as a whole."""
        return function_label(self.function) if self.function else ""

    @property
    def is_overdue(self) -> bool:
        """Whether more days have counted than the pace has."""
        return self.overdue_days > 0

    @property
    def state(self) -> str:
        """Overdue, due today, within a week, or later."""
        if self.is_overdue:
            return OVERDUE
        if self.due_on <= self.as_of:
            return TODAY
        return WEEK if self.due_on <= self.as_of + timedelta(days=DAYS_AHEAD) else LATER


def touches_of(
    accounts: QuerySet[Account],
    *,
    as_of: date,
    until: date | None = None,
    only_overdue: bool = False,
    most: int = MOST,
) -> list[Touch]:
    """Return the touches asked for at accounts, the most overdue first.

    Asked for are those of accounts that have a tier or a lead of their own, by the tier that
    holds for them; contacts of everybody below count. People who left do not. `until` leaves out
    what is due later. Three queries.
    """
    where = "true"
    if only_overdue:
        where = "overdue_days > 0"
    elif until is not None:
        where = "(overdue_days > 0 OR due_on <= %(until)s)"
    query = _ORDER.format(
        touches=sql.touches(scope=subquery(accounts)), where=where, last='"function"'
    )
    rows = _rows(query, {"as_of": as_of, "until": until, "most": most})
    return _told(rows, as_of)


def touches_with_people(
    accounts: QuerySet[Account],
    *,
    as_of: date,
    until: date | None = None,
    most: int = MOST,
) -> list[Touch]:
    """Return a touch for each person known at accounts, and nothing below them, by the pace of
    their function, else of the account as a whole; the most overdue first. Three queries."""
    places = Position.objects.filter(
        account__in=accounts.order_by().values("pk"),
        person__isnull=False,
        valid__contains=as_of,
    )
    where = "every_days > 0"
    if until is not None:
        where += " AND (overdue_days > 0 OR due_on <= %(until)s)"
    query = _ORDER.format(
        touches=sql.people(positions=subquery(places)), where=where, last="position_id"
    )
    rows = _rows(query, {"as_of": as_of, "since": as_of, "until": until, "most": most})
    return _told(rows, as_of)


def count_overdue(accounts: QuerySet[Account], *, as_of: date) -> int:
    """Return how many touches at accounts are overdue."""
    query = f"SELECT count(*) FROM ({sql.touches(scope=subquery(accounts))}) AS t"
    with connection.cursor() as cursor:
        cursor.execute(f"{query} WHERE overdue_days > 0", {"as_of": as_of})
        return int(cursor.fetchone()[0])


def led_by(user: User) -> QuerySet[Account]:
    """Return the accounts that somebody leads today, or leads for somebody absent."""
    rows: QuerySet[Account] = Account.objects.visible_to(user).not_merged()
    return rows.filter(current_lead__in=user.acting_user_ids())


def account_touches(account: Account, *, as_of: date) -> list[Touch]:
    """Return the touches asked for at one account, functions first."""
    found = touches_of(Account.objects.filter(pk=account.pk), as_of=as_of)
    return sorted(found, key=lambda one: (one.function == WHOLE, one.due_on, one.function))


def subquery(rows: QuerySet[Any]) -> str:
    """Return the ids of rows as SQL that can stand in another statement with named values."""
    try:
        statement, values = rows.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:  # known to be nothing before anything is asked
        return "SELECT NULL::bigint WHERE false"
    composed: str = connection.ops.compose_sql(statement, values)  # type: ignore[attr-defined]
    return composed.replace("%", "%%")


def _rows(query: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _told(rows: Sequence[Mapping[str, Any]], as_of: date) -> list[Touch]:
    """Rows with what they name, fetched at once."""
    accounts = Account.objects.select_related("current_lead").in_bulk(_ids(rows, "account_id"))
    tiers = Tier.objects.in_bulk(_ids(rows, "tier_id"))
    places = Position.objects.select_related("person").in_bulk(_ids(rows, "position_id"))
    return [
        Touch(
            account=(account := accounts[row["account_id"]]),
            function=row["function"],
            every_days=row["every_days"],
            last_on=row["last_on"],
            begins_on=row["begins_on"],
            due_on=row["due_on"],
            overdue_days=row["overdue_days"],
            as_of=as_of,
            tier=tiers.get(row["tier_id"]),
            lead=account.current_lead,
            position=places.get(row["position_id"]),
            people=row.get("people", 1),
        )
        for row in rows
    ]


def _ids(rows: Iterable[Mapping[str, Any]], name: str) -> list[int]:
    return sorted({row[name] for row in rows if row[name] is not None})


@dataclass(frozen=True, slots=True)
class Late:
    """Contacts with one account that were due on one day and did not come."""

    account_id: int
    name: str
    lead_id: int | None
    due_on: date
    functions: Sequence[str]


def overdue_by_account(*, as_of: date) -> list[Late]:
    """Return everything overdue of all accounts, by account and day it was due. One query."""
    touches = sql.touches(scope="SELECT id FROM accounts_account")
    query = f"""
        SELECT t.account_id, a.name, t.lead_id, t.due_on, array_agg(t.function ORDER BY t.function)
        FROM ({touches}) AS t JOIN accounts_account a ON a.id = t.account_id
        WHERE t.overdue_days > 0
        GROUP BY t.account_id, a.name, t.lead_id, t.due_on ORDER BY t.account_id, t.due_on
    """
    with connection.cursor() as cursor:
        cursor.execute(query, {"as_of": as_of})
        return [Late(*row) for row in cursor.fetchall()]
