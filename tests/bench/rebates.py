"""Rebates: accruing 20,000 of them in one pass, against the bare aggregate of the same sales."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection, transaction

from kam.core.models import SellingCompany
from settlements.models import RebateAccrual, RebateRun
from settlements.services.rebates import accrue_rebates
from tests.bench.generate import Size
from tests.bench.measure import Report, best, seconds, sql

REBATES = 20_000
DAY = date(2026, 6, 30)
# Agreements with four rebates each: of a year and of a quarter, of all goods and of a category.
_FILL = (
    """
INSERT INTO settlements_tradingagreement
    (account_id, selling_company_id, number, name, currency_id, note, created_at, updated_at)
SELECT a.ids[1 + i %% array_length(a.ids, 1)], %(company)s, 'B' || i, 'Bench', 'EUR', '',
    now(), now()
FROM (SELECT array_agg(id ORDER BY id) AS ids FROM accounts_account) AS a
CROSS JOIN generate_series(1, %(rebates)s / 4) AS i
""",
    """
INSERT INTO settlements_agreementversion SELECT (jsonb_populate_record(
    NULL::settlements_agreementversion, %(version)s::jsonb || jsonb_build_object(
        'id', g.id, 'agreement_id', g.id))).* FROM settlements_tradingagreement g
""",
    """
INSERT INTO settlements_rateschedule (id, version_id, name, created_at, updated_at)
SELECT id, id, 'Bands', now(), now() FROM settlements_agreementversion
""",
    """
INSERT INTO settlements_rateband (schedule_id, band, rate, created_at, updated_at)
SELECT id, band::numrange, rate, now(), now() FROM settlements_rateschedule
CROSS JOIN (VALUES ('[0,50000)', 0), ('[50000,100000)', 2), ('[100000,)', 3)) AS b(band, rate)
""",
    """
INSERT INTO settlements_tradecondition (version_id, kind, name, fee_type, category_id, calculation,
    schedule_id, scheme, is_sales_linked, is_distinct_service, evidence, channel, conditionality,
    basis, cycle, measured_at, payout, created_at, updated_at)
SELECT v.id, 'rebate', n, '', CASE WHEN n IN ('c', 'd') THEN category END, 'schedule', v.id,
    CASE WHEN n IN ('a', 'c') THEN 'tiered_retroactive' ELSE 'tiered_incremental' END, true, false,
    '', 'set_off', 'unconditional', 'net_purchases',
    CASE WHEN n IN ('a', 'c') THEN 'yearly' ELSE 'quarterly' END, 'account', 'credit_note',
    now(), now()
FROM settlements_agreementversion v CROSS JOIN unnest(ARRAY['a', 'b', 'c', 'd']) AS n
CROSS JOIN (SELECT min(id) AS category FROM accounts_productcategory) AS c
""",
)
VERSION = """{"version": 1, "state": "active", "valid": "[2020-01-01,)", "renewal": "ends",
    "note": "", "file": "", "file_name": "", "file_type": "", "file_sha256": "",
    "decision_note": "", "end_reason": "", "writer_ids": [], "submitted_by_id": 1,
    "approved_by_id": 2, "approved_at": "2020-01-01T00:00:00Z",
    "created_at": "2020-01-01T00:00:00Z", "updated_at": "2020-01-01T00:00:00Z"}"""
# What anybody would write to see what each account bought of each category, in the year and in the
# one before it, whose rebates are not settled yet.
_BARE = f"""
SELECT account_id, category_id, currency_id, sum(net_amount), sum(quantity)
FROM accounts_revenueentry
WHERE booked_on >= date '2025-01-01' AND booked_on <= date '{DAY}' GROUP BY 1, 2, 3
"""


def run(report: Report, size: Size) -> None:
    """Accrue, and accrue again with the former run behind it."""
    _fill()
    bare = best(sql(_BARE))
    with transaction.atomic():
        first = seconds(lambda: accrue_rebates(through=DAY, as_of=DAY))
    later = date(2026, 7, 31)
    again = seconds(lambda: accrue_rebates(through=later, as_of=later))
    runs = list(RebateRun.objects.order_by("through").values_list("conditions", flat=True))
    if len(runs) != 2 or min(runs) < REBATES or RebateAccrual.objects.count() != sum(runs):
        raise AssertionError(runs)
    report.note(f"bare aggregate {bare:.2f} s; {runs[0]:,} periods {first:.1f} s, {again:.1f} s")
    report.judge("accruing 20,000 rebates", first / bare, 20, "× bare aggregate")
    report.judge("accruing them again", again / bare, 30, "× bare aggregate")


def _fill() -> None:
    company = SellingCompany.objects.create(
        code="bench", name="Bench", country="FI", currency_id="EUR"
    )
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        facts: dict[str, Any] = {"company": company.pk, "rebates": REBATES, "version": VERSION}
        for statement in _FILL:
            cursor.execute(statement, facts)
        cursor.execute("SET session_replication_role = origin")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
