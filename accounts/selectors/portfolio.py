"""Revenue of a portfolio by month: one's own accounts, a team's, or the whole company's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from accounts.selectors.concentration.cells import COMPANY, Scope
from kam.core.dates import Period
from kam.core.exact import exact_sum
from kam.core.selectors.rates import base_currency
from kam.identity.choices import Role
from kam.identity.models import User

_MONTHS = """
SELECT m.month, sum(m.net_amount),
    sum(CASE WHEN m.currency_id = %(base)s THEN m.net_amount ELSE m.base_amount END),
    sum(CASE WHEN m.currency_id = %(base)s THEN 0 ELSE m.unconverted END),
    min(m.currency_id), max(m.currency_id)
FROM {tables}
WHERE m.entries > 0 AND m.month >= %(start)s AND m.month < %(end)s {scope}
GROUP BY 1
"""
_OWN = "accounts_revenuemonth m JOIN accounts_account node ON node.id = m.account_id"


@dataclass(frozen=True, kw_only=True)
class MonthlyRevenue:
    """Net revenue by month, from roll-ups: in the portfolio's currency when it has only one, else
    in base currency. `unconverted` counts the entries left out for want of a rate; while there
    are any, no amount is given out. Unassigned revenue is part of the whole company's alone.
    """

    currency: str
    months: Mapping[date, Decimal]
    unconverted: int

    def total(self, period: Period) -> Decimal | None:
        """Net revenue of whole months; None while a rate is missing."""
        if self.unconverted:
            return None
        return exact_sum(amount for month, amount in self.months.items() if month in period)

    def series(self, period: Period) -> list[Decimal]:
        """Month by month; a month without entries is a real zero."""
        return [self.months.get(month.start, Decimal(0)) for month in period.months()]


def own_scope(user: User) -> Scope:
    """Whose revenue is a user's own: all for who sees all, a director's teams, else what the user
    leads or stands in for."""
    if user.sees_everything():
        return COMPANY
    if Role.SALES_DIRECTOR in user.roles:
        return Scope(lead_ids=tuple(user.scope_user_ids()))
    return Scope(lead_ids=tuple(user.acting_user_ids()))


def monthly_revenue(scope: Scope, period: Period) -> MonthlyRevenue:
    """Return the portfolio's net revenue for each month of a period of whole months.

    A node counts for who leads it, or something above it, today.
    """
    base = base_currency()
    parameters: dict[str, Any] = {
        "base": base,
        "start": period.start,
        "end": period.end,
        "leads": list(scope.lead_ids or ()),
    }
    tables = "accounts_groupmonth m" if scope.is_company else _OWN
    where = "" if scope.is_company else "AND node.lead_chain && %(leads)s::bigint[]"
    with connection.cursor() as cursor:
        cursor.execute(_MONTHS.format(tables=tables, scope=where), parameters)
        rows = cursor.fetchall()
    codes = {code for row in rows for code in row[4:6]}
    if len(codes) == 1:
        return MonthlyRevenue(
            currency=codes.pop(), months={row[0]: row[1] for row in rows}, unconverted=0
        )
    return MonthlyRevenue(
        currency=base,
        months={row[0]: row[2] for row in rows},
        unconverted=sum(int(row[3]) for row in rows),
    )
