"""Monthly statements of thousands of agreements, against the bare sums of the lines behind them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection, transaction

from kam.core.models import SellingCompany
from settlements.models import SettlementStatement, StatementLine, TradingAgreement
from settlements.selectors.settling.recomputing import recompute, stored_lines
from settlements.services.settling.drafting import Drafted, draft_due
from tests.bench.generate import Size
from tests.bench.measure import Report, best, seconds, sql
from tests.bench.rebates import VERSION

AGREEMENTS = {"s": 500, "l": 5_000}
LINES = 1_000
"""Lines of each agreement's report: four stores in a month."""
START, END = date(2026, 7, 1), date(2026, 8, 1)
PRODUCTS, OF_STORE = 200, 8
SAMPLE = 20
"""Statements that are computed anew, one by one, and held against what the run wrote."""

# Even agreements are of consigned goods with prices of their own, odd ones of concessions in bands;
# every fourth concession guarantees a turnover. Each is with a chain of four stores.
_FILL = (
    """
INSERT INTO accounts_product (code, name, category_id, unit, is_active, created_at, updated_at)
SELECT 'S' || i, 'Product ' || i, c.ids[1 + i %% array_length(c.ids, 1)], 'pcs', true, now(), now()
FROM (SELECT array_agg(id ORDER BY id) AS ids FROM accounts_productcategory) AS c
CROSS JOIN generate_series(1, %(products)s) AS i
""",
    """
INSERT INTO accounts_account (id, name, name_key, kind, status, country, region, channel, industry,
    path, lead_chain, current_group_id, current_parent_id, created_at, updated_at)
SELECT %(first)s + i, 'Chain ' || i, 'chain ' || i,
    CASE i %% 5 WHEN 0 THEN 'legal_entity' ELSE 'store' END, 'active', 'FI', '', '', '',
    CASE i %% 5 WHEN 0 THEN ARRAY[g] ELSE ARRAY[g, %(first)s + i] END, ARRAY[]::bigint[], g,
    CASE i %% 5 WHEN 0 THEN NULL ELSE g END, now(), now()
FROM (SELECT i::bigint, (%(first)s + i / 5 * 5)::bigint AS g
      FROM generate_series(0, %(agreements)s * 5 - 1) AS i) AS n
""",
    """
INSERT INTO settlements_tradingagreement
    (account_id, selling_company_id, number, name, currency_id, note, created_at, updated_at)
SELECT %(first)s + 5 * i, %(company)s, 'S' || lpad(i::text, 6, '0'), 'Bench', 'EUR', '',
    now(), now()
FROM generate_series(0, %(agreements)s - 1) AS i
""",
    """
CREATE TEMPORARY TABLE bench_agreement AS
SELECT id, account_id, (account_id - %(first)s) / 5 AS i,
    (account_id - %(first)s) / 5 %% 2 = 0 AS consigned
FROM settlements_tradingagreement WHERE selling_company_id = %(company)s
""",
    """
INSERT INTO settlements_agreementversion SELECT (jsonb_populate_record(
    NULL::settlements_agreementversion, %(version)s::jsonb || jsonb_build_object(
        'id', g.id, 'agreement_id', g.id))).* FROM bench_agreement g
""",
    """
INSERT INTO settlements_rateschedule (id, version_id, name, created_at, updated_at)
SELECT id, id, 'Bands', now(), now() FROM bench_agreement WHERE NOT consigned
""",
    """
INSERT INTO settlements_rateband (schedule_id, band, rate, created_at, updated_at)
SELECT id, band::numrange, rate, now(), now() FROM bench_agreement
CROSS JOIN (VALUES ('[0,20000)', 25), ('[20000,50000)', 22), ('[50000,)', 20)) AS b(band, rate)
WHERE NOT consigned
""",
    """
INSERT INTO settlements_settlementterm (version_id, preset, title_transfer, settlement_basis,
    deduction, deduction_schedule_id, is_tax_inclusive, tax_rate, is_after_coupons, coupon_bearer,
    cycle, invoicing_party, shrink_bearer, shrink_tolerance, negative_handling, base_event,
    created_at, updated_at)
SELECT id, CASE WHEN consigned THEN 'consignment' ELSE 'concession' END, 'on_sell_through',
    CASE WHEN consigned THEN 'sold_net' ELSE 'turnover_net' END,
    CASE WHEN consigned THEN 'none' ELSE 'tiered_incremental' END,
    CASE WHEN NOT consigned THEN id END, NOT consigned, 24, true, 'customer', 'monthly', 'supplier',
    CASE WHEN consigned THEN 'shared' ELSE '' END, CASE WHEN consigned THEN 1 END, 'carry_forward',
    'statement_date', now(), now()
FROM bench_agreement
""",
    """
INSERT INTO settlements_paymentline (term_id, sequence, kind, created_at, updated_at)
SELECT t.id, 1, 'remainder', now(), now()
FROM settlements_settlementterm t JOIN bench_agreement g ON g.id = t.version_id
""",
    """
INSERT INTO settlements_paymentoperation (line_id, sequence, kind, value, roll, created_at,
    updated_at)
SELECT l.id, 1, 'days', 30, '', now(), now() FROM settlements_paymentline l
JOIN settlements_settlementterm t ON t.id = l.term_id JOIN bench_agreement g ON g.id = t.version_id
""",
    """
INSERT INTO settlements_minimumguarantee (term_id, basis, amount, test_period, proration,
    created_at, updated_at)
SELECT t.id, 'sales', 30000, 'month', 'none', now(), now()
FROM settlements_settlementterm t JOIN bench_agreement g ON g.id = t.version_id
WHERE g.i %% 8 = 1
""",
    """
INSERT INTO settlements_tradecondition (version_id, kind, name, fee_type, calculation, value,
    scheme, is_sales_linked, is_distinct_service, evidence, channel, conditionality, basis, cycle,
    measured_at, payout, created_at, updated_at)
SELECT g.id, 'fee', fee, fee, calculation, value, 'none', false, true, '', 'set_off',
    'unconditional', '', '', 'account', '', now(), now()
FROM bench_agreement g CROSS JOIN (VALUES ('card', 'percent_of_turnover', 0.6),
    ('utilities', 'fixed', 500)) AS f(fee, calculation, value)
WHERE NOT consigned
""",
    """
INSERT INTO settlements_accountprice (account_id, product_id, unit, currency_id, valid, reason,
    created_at, updated_at)
SELECT g.account_id, p.ids[1 + (g.i * 7 + n) %% %(products)s], '', 'EUR', '[2020-01-01,)', '',
    now(), now()
FROM bench_agreement g CROSS JOIN generate_series(0, %(of_store)s - 1) AS n
CROSS JOIN (SELECT array_agg(id ORDER BY id) AS ids FROM accounts_product
            WHERE code ~ '^S[0-9]+$') AS p
WHERE consigned
""",
    """
INSERT INTO settlements_pricebreak (price_id, from_quantity, amount, created_at, updated_at)
SELECT p.id, b.many, (3 + p.product_id %% 17) * b.share, now(), now()
FROM settlements_accountprice p JOIN bench_agreement g ON g.account_id = p.account_id
CROSS JOIN (VALUES (0, 1), (400, 0.95)) AS b(many, share)
""",
    """
INSERT INTO settlements_salesreport (account_id, selling_company_id, kind, their_number, version,
    function, period, state, currency_id, line_count, quantity_sold, quantity_returned, note,
    decided_at, created_at, updated_at)
SELECT account_id, %(company)s, CASE WHEN consigned THEN 'sell_through' ELSE 'turnover' END,
    'July', 1, 'original', daterange(%(start)s, %(end)s), 'accepted', 'EUR', %(lines)s, 0, 0, '',
    now(), now(), now()
FROM bench_agreement
""",
    # A tenth of the goods is brought back; a day's line of a concession is one store's category.
    """
INSERT INTO settlements_salesreportline (report_id, line, store_id, product_id, category_id,
    sold_on, quantity_sold, quantity_returned, gross_amount, tax_rate, currency_id)
SELECT r.id, 1 + n, g.account_id + 1 + n %% 4,
    CASE WHEN consigned THEN p.ids[1 + (g.i * 7 + n / 4 %% %(of_store)s) %% %(products)s] END,
    CASE WHEN NOT consigned THEN c.ids[1 + n / 4 %% array_length(c.ids, 1)] END,
    %(start)s::date + n %% 31, 1 + n %% 9, CASE WHEN n %% 10 = 0 THEN 1 ELSE 0 END,
    CASE WHEN n %% 10 = 0 THEN -1 ELSE 1 END * (10 + n * 7919 %% 9973) / 100.0,
    CASE WHEN CASE WHEN consigned THEN (g.i * 7 + n / 4 %% %(of_store)s) ELSE n / 4 END %% 8 = 0
        THEN 14 ELSE 25.5 END, 'EUR'
FROM bench_agreement g JOIN settlements_salesreport r ON r.account_id = g.account_id
CROSS JOIN (SELECT array_agg(id ORDER BY id) AS ids FROM accounts_product
            WHERE code ~ '^S[0-9]+$') AS p
CROSS JOIN (SELECT array_agg(id ORDER BY id) AS ids FROM accounts_productcategory) AS c
CROSS JOIN generate_series(0, %(lines)s - 1) AS n
""",
    # What the trigger of an accepted report keeps of it.
    """
SELECT settlements_sum_reports(array_agg(id)) FROM settlements_salesreport
WHERE selling_company_id = %(company)s
""",
    # Of one product in each store more is missing than we bear.
    """
INSERT INTO settlements_consignmentmovement (selling_company_id, account_id, store_id, product_id,
    kind, quantity, moved_on)
SELECT %(company)s, g.account_id, g.account_id + 1 + n,
    p.ids[1 + (g.i * 7 + n) %% %(products)s], 'shrink', -5, %(start)s::date + 20
FROM bench_agreement g CROSS JOIN generate_series(0, 3) AS n
CROSS JOIN (SELECT array_agg(id ORDER BY id) AS ids FROM accounts_product
            WHERE code ~ '^S[0-9]+$') AS p
WHERE consigned
""",
)
# What anybody would write to see what was sold of what, where, at which tax, in the month.
_BARE = f"""
SELECT r.kind, l.store_id, l.product_id, l.category_id, l.tax_rate, l.currency_id,
    sum(l.quantity_sold), sum(l.quantity_returned),
    sum(l.gross_amount) FILTER (WHERE l.gross_amount > 0),
    sum(l.gross_amount) FILTER (WHERE l.gross_amount < 0)
FROM settlements_salesreportline l JOIN settlements_salesreport r ON r.id = l.report_id
WHERE r.state = 'accepted' AND l.sold_on >= date '{START}' AND l.sold_on < date '{END}'
GROUP BY 1, 2, 3, 4, 5, 6
"""


def run(report: Report, size: Size) -> None:
    """Draft a month's statements of all agreements, half consigned goods and half concessions."""
    agreements = AGREEMENTS[size.name]
    took = seconds(lambda: fill(agreements))
    report.note(f"{agreements:,} agreements, {agreements * LINES:,} lines filled in {took:.0f} s")
    bare = best(sql(_BARE))
    _warm_up()
    drafted: list[Drafted] = []
    took = seconds(lambda: drafted.append(draft_due(start=START, end=END, drafted_by=None)))
    if (drafted[0].made, drafted[0].taken) != (agreements, 0):
        raise AssertionError(drafted[0])
    _check()
    lines = StatementLine.objects.count()
    report.note(
        f"bare sums {bare:.2f} s, {agreements:,} statements of {lines:,} lines {took:.2f} s"
    )
    report.judge("monthly statements", took / bare, 2, "× bare sums")
    again = seconds(lambda: draft_due(start=START, end=END, drafted_by=None))
    report.judge("drafting them again, nothing to do", again / bare, 2, "× bare sums")


def _warm_up() -> None:
    """Draft for two agreements and forget it, so that what a process loads once is loaded."""
    accounts = TradingAgreement.objects.filter(number__in=["S000000", "S000001"])
    some = list(accounts.values_list("account_id", flat=True))
    with transaction.atomic():
        draft_due(start=START, end=END, drafted_by=None, account_ids=some)
        transaction.set_rollback(True)


def _check() -> None:
    """Hold statements of both kinds against the same computed alone."""
    rows = SettlementStatement.objects.order_by("account_id")
    for row in rows[:SAMPLE]:
        if recompute(row) != stored_lines(row) or not row.payable:
            raise AssertionError(row.pk)


def fill(agreements: int) -> None:
    """Write agreements with their stores, prices, bands, reports and lines past the triggers."""
    company = SellingCompany.objects.create(
        code="bench-sold", name="Bench", country="FI", currency_id="EUR"
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) + 1 FROM accounts_account")
        facts: dict[str, Any] = {
            "company": company.pk,
            "first": cursor.fetchone()[0],
            "agreements": agreements,
            "version": VERSION,
            "products": PRODUCTS,
            "of_store": OF_STORE,
            "lines": LINES,
            "start": START,
            "end": END,
        }
        cursor.execute("SET session_replication_role = replica")
        for statement in _FILL:
            cursor.execute(statement, facts)
        cursor.execute("SELECT setval('accounts_account_id_seq', max(id)) FROM accounts_account")
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")  # what filling left to write is no part of a run
