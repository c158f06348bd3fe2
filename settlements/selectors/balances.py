"""DSO and its trend from the balances that are kept, for boards; see `collection` for any day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from kam.core.selectors.rates import MissingRateError, base_currency
from settlements.analytics.collection import dso_simple
from settlements.selectors.collection import WINDOW, TrendPoint

_COMPANY = """
SELECT day, currency_id, open, sold FROM settlements_openbalance
WHERE account_id IS NULL ORDER BY day, currency_id
"""
_MINE = """
SELECT b.day, b.currency_id, sum(b.open), sum(b.sold)
FROM accounts_account k
JOIN accounts_account a ON k.id = COALESCE(a.merged_into_id, a.id)
JOIN settlements_openbalance b ON b.account_id = a.id
WHERE k.lead_chain && %(leads)s::bigint[] GROUP BY 1, 2 ORDER BY 1, 2
"""
_RATES = """
SELECT d.day, c.code, (
    SELECT r.rate FROM core_exchangerate r
    WHERE r.base_id = %(base)s AND r.currency_id = c.code AND r.valid_on <= d.day
    ORDER BY r.valid_on DESC LIMIT 1)
FROM unnest(%(days)s::date[]) AS d(day) CROSS JOIN unnest(%(codes)s::text[]) AS c(code)
"""


@dataclass(frozen=True, slots=True)
class Balance:
    """Gross receivables of a day and sales of the 90 days ending with it, in one currency."""

    day: date
    currency: str
    open: Decimal
    sold: Decimal


def kept_balances(*, leads: Sequence[int] | None = None) -> list[Balance]:
    """Return what is kept of the whole company, or of accounts that these users lead today.

    The last day is that of the run that kept them, with every currency there is; the others are
    the last days of months. Empty before the first run.
    """
    with connection.cursor() as cursor:
        if leads is None:
            cursor.execute(_COMPANY)
        else:
            cursor.execute(_MINE, {"leads": list(leads)})
        return [Balance(*row) for row in cursor.fetchall()]


def points(balances: Sequence[Balance]) -> list[TrendPoint]:
    """Return simple DSO of each day, oldest first.

    In the only currency there is, else in the base currency at each day's rates. Raises
    MissingRateError.
    """
    codes = {one.currency for one in balances}
    rates = _rates(codes, balances) if len(codes) > 1 else {}
    found: dict[date, list[Decimal]] = {}
    for one in balances:
        rate = rates[one.day, one.currency] if rates else Decimal(1)
        sums = found.setdefault(one.day, [Decimal(0), Decimal(0)])
        sums[0] += one.open * rate
        sums[1] += one.sold * rate
    return [
        TrendPoint(day, gross, sold, dso_simple(gross, sold, WINDOW))
        for day, (gross, sold) in sorted(found.items())
    ]


def _rates(codes: set[str], balances: Sequence[Balance]) -> dict[tuple[date, str], Decimal]:
    """Rates of several days at once, as `rates_on` gives them for the base currency."""
    base = base_currency()
    days = sorted({one.day for one in balances})
    with connection.cursor() as cursor:
        cursor.execute(_RATES, {"days": days, "codes": sorted(codes), "base": base})
        found = {(day, code): rate for day, code, rate in cursor.fetchall()}
    found |= {(day, base): Decimal(1) for day in days}
    for one in balances:
        if found.get((one.day, one.currency)) is None:
            raise MissingRateError(one.currency, base, one.day)
    return found
