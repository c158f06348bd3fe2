"""Profitability: an account's part of company costs against reading what the year sold, and the
board that spreads them over all against the bare window that a spread is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import connection

from accounts.models import CostPool
from accounts.selectors.profitability.account import account_profit
from accounts.selectors.profitability.query import ProfitQuery, whole
from accounts.selectors.profitability.reading import read_profit, unspread
from accounts.services.pool_weights import keep_pool_weights
from kam.core.dates import Period
from tests.bench.generate import DAYS, FIRST_DAY, Size
from tests.bench.measure import Report, best, seconds, sql

# A year of costs: an entry a quarter and a volume a month of each account that sells, three pools.
_COSTS = """
INSERT INTO accounts_costentry (account_id, kind, booked_on, amount, currency_id, rate,
    base_amount, note, source_key, created_at, updated_at)
SELECT a.id, (ARRAY['trade_terms', 'promotions', 'returns', 'deliveries'])[1 + quarter],
    (%(day)s::date - 350 + 90 * quarter), cost, 'EUR', 1, cost, '', '', now(), now()
FROM accounts_account a CROSS JOIN generate_series(0, 3) AS quarter
CROSS JOIN LATERAL (SELECT round((1 + (a.id * 7 + quarter) %% 900)::numeric, 2) AS cost) AS drawn
WHERE a.kind = 'store'
"""
_VOLUMES = """
INSERT INTO accounts_activitydriver (account_id, kind, month, volume, created_at, updated_at)
SELECT a.id, 'orders', (date_trunc('month', %(day)s::date) - make_interval(months => back))::date,
    1 + (a.id + back) %% 20, now(), now()
FROM accounts_account a CROSS JOIN generate_series(1, 12) AS back WHERE a.kind = 'store'
"""
_RATE = """
INSERT INTO accounts_activityrate (kind, unit, amount, valid, note, created_at, updated_at)
VALUES ('orders', 'order', 12.5, daterange('2020-01-01', NULL), '', now(), now())
"""
_POOLS = """
INSERT INTO accounts_costpool (month, kind, name, amount, rule, created_at, updated_at)
SELECT (date_trunc('month', %(day)s::date) - make_interval(months => back))::date, 'service',
    rule, 100000, rule, now(), now()
FROM generate_series(1, 12) AS back CROSS JOIN unnest(ARRAY['revenue', 'entries', 'evenly']) AS rule
"""
# What anybody would write to spread pools by revenue and by entries, and nothing around it.
_SPREAD = """
SELECT account_id, month, sum(base) OVER so_far, sum(entries) OVER so_far FROM (
    SELECT account_id, month, sum(base_amount) AS base, sum(entries) AS entries
    FROM accounts_revenuemonth WHERE month >= '{start}' AND month < '{end}'
    GROUP BY account_id, month
) AS bought WINDOW so_far AS (PARTITION BY month ORDER BY account_id ROWS UNBOUNDED PRECEDING)
"""


def fill_costs(day: date) -> None:
    """Write costs, volumes, a rate and pools of the year before a day, unless they stand."""
    if CostPool.objects.exists():
        return
    values: dict[str, Any] = {"day": day}
    with connection.cursor() as cursor:
        for statement in (_COSTS, _VOLUMES, _RATE, _POOLS):
            cursor.execute(statement, values)
        cursor.execute("VACUUM ANALYZE")


def run(report: Report, size: Size) -> None:
    """One account with sums kept and without, and all accounts."""
    day = FIRST_DAY + timedelta(days=DAYS)
    fill_costs(day)
    period = whole(Period(day - timedelta(days=365), day))
    bare = best(sql(_SPREAD.format(start=period.start, end=period.end)))

    def account() -> object:
        return account_profit(10, period, as_of=day)

    without = best(account)
    keeping = seconds(keep_pool_weights)
    kept = best(account)
    report.note(f"bare spread {bare:.3f} s, sums kept in {keeping:.3f} s")
    report.note(f"an account {kept:.3f} s, without kept sums {without:.3f} s")
    report.note(f"pools that nobody took {best(lambda: unspread(period)):.3f} s")
    report.judge("an account's profit without kept sums", without / bare, 2.5, "× bare")
    if size.name == "l":
        report.judge("an account's profit", kept / bare, 0.2, "× bare")
    board = best(lambda: read_profit(ProfitQuery(period=period, as_of=day)), 2)
    report.note(f"board {board:.3f} s")
    report.judge("profit of all accounts", board / bare, 8, "× bare")
