"""What was aimed at in a period: targets by month, added up without counting one twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.db import connection

from kam.core.dates import Period
from kam.core.exact import exact_sum, rounded
from kam.core.money import LINE_PLACES, convert
from kam.core.selectors.rates import rate_on

# A target below an account that has one of its own is a part of it; one by category is a part of
# the one for all categories, unless that category alone is asked for.
_UNCONTAINED = """
    AND NOT EXISTS (
        SELECT FROM accounts_target u WHERE u.month = t.month AND u.account_id = ANY(a.path)
            AND u.account_id <> t.account_id
            AND (u.category_id = t.category_id
                OR u.category_id IS NULL AND %(category)s::bigint IS NULL))
"""
_SUMS = """
SELECT t.month, t.currency_id, sum(t.amount) FROM accounts_target t
LEFT JOIN accounts_account a ON a.id = t.account_id
WHERE t.month >= %(first)s AND t.month < %(end)s {whose}
    AND CASE WHEN %(category)s::bigint IS NOT NULL THEN t.category_id = %(category)s
        ELSE t.category_id IS NULL OR NOT EXISTS (
            SELECT FROM accounts_target v WHERE v.month = t.month AND v.category_id IS NULL
                AND v.account_id IS NOT DISTINCT FROM t.account_id
                AND v.manager_id IS NOT DISTINCT FROM t.manager_id) END
GROUP BY 1, 2 ORDER BY 1, 2
"""


def company_target(period: Period, currency: str, *, category: int | None = None) -> Decimal | None:
    """Return what the company aims at: the targets of accounts, else those of managers.

    Of a month that lies in the period only in part, the target counts by days. Targets of other
    currencies are converted at the rate of their month's first day. None where there is no
    target. Raises MissingRateError.
    """
    found = _total(period, currency, f"AND t.account_id IS NOT NULL {_UNCONTAINED}", category, [])
    if found is None:
        return _total(period, currency, "AND t.manager_id IS NOT NULL", category, [])
    return found


def managers_target(
    period: Period, currency: str, managers: Sequence[int], *, category: int | None = None
) -> Decimal | None:
    """Return what these account managers aim at together; see `company_target`."""
    return _total(period, currency, "AND t.manager_id = ANY(%(managers)s)", category, managers)


def _total(
    period: Period,
    currency: str,
    whose: str,
    category: int | None,
    managers: Sequence[int],
) -> Decimal | None:
    parameters = {
        "first": period.start.replace(day=1),
        "end": period.end,
        "category": category,
        "managers": list(managers),
    }
    with connection.cursor() as cursor:
        cursor.execute(_SUMS.format(whose=whose), parameters)
        rows = cursor.fetchall()
    if not rows:
        return None
    return exact_sum(_part(period, month, amount, code, currency) for month, code, amount in rows)


def _part(period: Period, month: date, amount: Decimal, code: str, currency: str) -> Decimal:
    """The share of a month's target that falls into the period, in its currency."""
    whole = Period.month(month.year, month.month)
    inside = whole.intersection(period)
    share = Fraction(inside.days if inside else 0, whole.days)
    part = rounded(Fraction(amount) * share, LINE_PLACES)
    return convert(part, rate_on(code, currency, month), LINE_PLACES)
