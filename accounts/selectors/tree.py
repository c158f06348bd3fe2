"""Questions to the dated tree: who stands above or below whom, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange


@dataclass(frozen=True, slots=True)
class Membership:
    """An account that stands below another, or is it, in a half-open period."""

    account_id: int
    valid: DateRange


_UP = """
WITH RECURSIVE up(node_id, valid) AS (
    SELECT %(id)s::bigint, %(valid)s::daterange
    UNION
    SELECT l.parent_id, up.valid * l.valid
    FROM up JOIN accounts_parentlink l ON l.account_id = up.node_id AND l.valid && up.valid
)
"""
_DOWN = """
WITH RECURSIVE down(node_id, valid) AS (
    SELECT %(id)s::bigint, %(valid)s::daterange
    UNION
    SELECT l.account_id, down.valid * l.valid
    FROM down JOIN accounts_parentlink l ON l.parent_id = down.node_id AND l.valid && down.valid
)
"""
ALWAYS = DateRange(None, None)


def is_above(account_id: int, other_id: int, valid: DateRange) -> bool:
    """Tell whether an account stands anywhere above another on some day of the period."""
    sql = _UP + "SELECT EXISTS (SELECT 1 FROM up WHERE node_id = %(above)s)"
    return bool(_rows(sql, id=other_id, valid=valid, above=account_id)[0][0])


def ever_above(account_id: int) -> set[int]:
    """Return the account and everything that stood above it at any date."""
    rows = _rows(_UP + "SELECT DISTINCT node_id FROM up", id=account_id, valid=ALWAYS)
    return {row[0] for row in rows}


_LEAD = """
WITH RECURSIVE up(node_id, depth) AS (
    SELECT %(id)s::bigint, 0
    UNION ALL
    SELECT l.parent_id, up.depth + 1
    FROM up JOIN accounts_parentlink l ON l.account_id = up.node_id AND l.valid @> %(on)s::date
)
SELECT a.user_id FROM up JOIN accounts_leadassignment a
    ON a.account_id = up.node_id AND a.valid @> %(on)s::date
ORDER BY up.depth LIMIT 1
"""


def lead_on(account_id: int, on: date) -> int | None:
    """Return who led an account on a day: its own lead, else that of the nearest node above."""
    rows = _rows(_LEAD, id=account_id, on=on)
    return rows[0][0] if rows else None


def below(account_id: int, *, on: date | None = None) -> list[Membership]:
    """Return the account and all below it, each with the period; `on` asks for one day only."""
    valid = ALWAYS if on is None else DateRange(on, on, "[]")
    sql = _DOWN + "SELECT node_id, valid FROM down ORDER BY 1, 2"
    return [Membership(*row) for row in _rows(sql, id=account_id, valid=valid)]


def _rows(sql: str, **parameters: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


_ABOVE = """
WITH RECURSIVE up(node_id, depth) AS (
    SELECT %(id)s::bigint, 0
    UNION ALL
    SELECT l.parent_id, up.depth + 1
    FROM up JOIN accounts_parentlink l ON l.account_id = up.node_id AND l.valid @> %(on)s::date
)
SELECT node_id, depth FROM up ORDER BY depth
"""


def above_on(account_id: int, on: date) -> dict[int, int]:
    """Return the account and what stood above it on a day, each with its distance."""
    return dict(_rows(_ABOVE, id=account_id, on=on))
