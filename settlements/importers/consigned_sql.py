"""Statements that turn staged counts and fill-ups into judged rows."""

from __future__ import annotations

from settlements.importers import sales_reports_sql as reports

PLACED = """
CREATE TEMP TABLE import_placed ON COMMIT DROP AS
SELECT s.*, a.account_id, a.ambiguous, s.store AS store_code, NULL::text AS store_gln,
    btrim(s.gtin) AS sku,
    COALESCE((to_jsonb(s)->>'count_date')::date, (to_jsonb(s)->>'moved_on')::date) AS day
FROM import_stage s LEFT JOIN import_accounts a ON a.value = s.retailer_code
"""
STORES, CODES, ZEROS = reports.STORES, reports.CODES, reports.ZEROS
WANTED = """
CREATE TEMP TABLE import_wanted ON COMMIT DROP AS
SELECT DISTINCT account_id, sku AS code, day FROM import_placed
WHERE account_id IS NOT NULL AND sku <> '' AND day IS NOT NULL
"""
RESOLVED = """
CREATE TEMP TABLE import_resolved ON COMMIT DROP AS
WITH found AS (
    SELECT p.*, t.store_id, t.ambiguous AS store_ambiguous, t.by_zeros AS store_by_zeros,
        k.product_id, k.unit AS unit_code, u.numerator, u.denominator,
        CASE WHEN p.selling_company IS NULL THEN %(company)s::bigint ELSE co.id END AS company_id
    FROM import_placed p
    LEFT JOIN import_stores t ON t.account_id = p.account_id AND t.gln = ''
        AND t.code = COALESCE(p.store_code, '')
    LEFT JOIN import_codes k ON k.account_id = p.account_id AND k.code = p.sku AND k.day = p.day
    LEFT JOIN core_sellingcompany co ON co.code = p.selling_company
    LEFT JOIN LATERAL (
        SELECT n.numerator, n.denominator FROM settlements_productunit n
        JOIN accounts_account a ON a.id = p.account_id
        WHERE k.unit <> '' AND n.product_id = k.product_id AND n.code = k.unit
          AND n.valid @> p.day AND (n.account_id IS NULL OR n.account_id = ANY(a.path))
        ORDER BY COALESCE(array_position(a.path, n.account_id), 0) DESC LIMIT 1
    ) AS u ON true
), based AS (
    SELECT f.*, f.qty * COALESCE(f.numerator, 1)::numeric / COALESCE(f.denominator, 1) AS exact
    FROM found f
)
SELECT b.*, round(b.exact, 4) AS quantity, COALESCE(b.reason, CASE
        WHEN b.ambiguous THEN 'ambiguous account'
        WHEN b.account_id IS NULL THEN 'unknown account'
        WHEN b.selling_company IS NOT NULL AND b.company_id IS NULL
            THEN 'unknown selling company'
        WHEN b.company_id IS NULL THEN 'which selling company'
        WHEN b.store_ambiguous THEN 'several stores'
        WHEN b.store_id IS NULL AND b.store_by_zeros THEN 'store differs by zeros'
        WHEN b.store_id IS NULL THEN 'unknown store'
        WHEN b.sku ~* '^[0-9]([.,][0-9]+)?e[+]?[0-9]+$' THEN 'gtin in scientific notation'
        WHEN b.product_id IS NULL AND b.sku IN (SELECT code FROM import_zeros)
            THEN 'code differs by zeros'
        WHEN b.product_id IS NULL THEN 'unknown product'
        WHEN round(b.exact, 4) * COALESCE(b.denominator, 1)
            <> b.qty * COALESCE(b.numerator, 1) THEN 'quantity in parts'
        WHEN abs(b.qty) >= 1e12 THEN 'amount too large'
    END) AS problem
FROM based b
"""
_DETAIL = """COALESCE(detail, left(CASE
        WHEN verdict IN ('unknown account', 'ambiguous account') THEN retailer_code
        WHEN verdict IN ('unknown store', 'several stores', 'store differs by zeros') THEN store
        WHEN verdict IN ('gtin in scientific notation', 'unknown product',
            'code differs by zeros', 'counted twice') THEN sku
        WHEN verdict = 'fill-up stands already' THEN reference
        WHEN verdict = 'unknown selling company' THEN selling_company END, 200)) AS detail"""
COUNTS = f"""
CREATE TEMP TABLE import_rows ON COMMIT DROP AS
WITH judged AS (
    SELECT r.*, ''::text AS reference, l.counted AS stands, COALESCE(r.problem, CASE
            WHEN r.qty < 0 THEN 'negative count'
            WHEN count(*) FILTER (WHERE r.problem IS NULL) OVER (PARTITION BY r.company_id,
                r.store_id, r.product_id, r.day) > 1 THEN 'counted twice'
            WHEN l.counted <> r.quantity THEN 'count stands already'
        END) AS verdict
    FROM import_resolved r
    LEFT JOIN LATERAL (
        SELECT n.counted FROM settlements_stockcountline n
        JOIN settlements_stockcount c ON c.id = n.count_id
        WHERE c.store_id = r.store_id AND c.counted_on = r.day
          AND c.selling_company_id = r.company_id AND n.product_id = r.product_id
          AND NOT EXISTS (SELECT 1 FROM settlements_stockcount x WHERE x.replaces_id = c.id)
          AND (c.batch_id IS NULL OR EXISTS (SELECT 1 FROM imports_importbatch b
               WHERE b.id = c.batch_id AND b.state <> 'undone'))
        ORDER BY c.id DESC LIMIT 1
    ) AS l ON true
), whole AS (
    SELECT j.*, bool_or(j.verdict IS NOT NULL)
        OVER (PARTITION BY j.company_id, j.store_id, j.day) AS spoilt
    FROM judged j
)
SELECT line_no, company_id, account_id, store_id, product_id, day, quantity,
    NULL::numeric AS amount, NULL::text AS currency,
    COALESCE(verdict, CASE WHEN spoilt THEN 'part of a rejected count' END) AS reason, {_DETAIL},
    CASE WHEN spoilt THEN NULL WHEN stands IS NOT NULL THEN 'n' ELSE 'c' END AS action
FROM whole
"""
COUNT_HEADS = """
SELECT company_id, min(account_id), store_id, day, array_agg(product_id ORDER BY product_id),
    array_agg(quantity ORDER BY product_id)
FROM import_rows WHERE action = 'c' GROUP BY 1, 3, 4 ORDER BY 4, 3, 1
"""
FILL_UPS = f"""
CREATE TEMP TABLE import_rows ON COMMIT DROP AS
WITH totals AS (
    SELECT r.*, row_number() OVER same AS place, sum(r.quantity) OVER same_all AS whole_quantity
    FROM import_resolved r
    WINDOW same AS (PARTITION BY r.problem IS NULL, r.company_id, r.store_id, r.product_id,
            r.reference, r.qty > 0 ORDER BY r.line_no),
        same_all AS (PARTITION BY r.problem IS NULL, r.company_id, r.store_id, r.product_id,
            r.reference, r.qty > 0)
), judged AS (
    SELECT t.*, m.quantity AS stands, COALESCE(t.problem, CASE
            WHEN t.qty = 0 THEN 'quantity not above zero'
            WHEN m.quantity <> t.whole_quantity THEN 'fill-up stands already'
        END) AS verdict
    FROM totals t
    LEFT JOIN LATERAL (
        SELECT sum(n.quantity) AS quantity FROM settlements_consignmentmovement n
        WHERE n.store_id = t.store_id AND n.product_id = t.product_id
          AND n.selling_company_id = t.company_id AND n.reference = t.reference
          AND n.kind = CASE WHEN t.qty > 0 THEN 'fill_up' ELSE 'pick_up' END
          AND n.reversal_of_id IS NULL
          AND NOT EXISTS (SELECT 1 FROM settlements_consignmentmovement o
              WHERE o.reversal_of_id = n.id)
    ) AS m ON true
)
SELECT line_no, company_id, account_id, store_id, product_id, day, quantity, reference,
    NULL::numeric AS amount, NULL::text AS currency, verdict AS reason, {_DETAIL},
    CASE WHEN verdict IS NOT NULL THEN NULL WHEN stands IS NOT NULL THEN 'n' ELSE 'c' END AS action
FROM judged
"""
# Picked up may be more than lies there in the books: the file says what happened.
MOVE = """
INSERT INTO settlements_consignmentmovement (selling_company_id, account_id, store_id, product_id,
    kind, quantity, moved_on, reference, is_below_zero_allowed, batch_id, created_by_id)
SELECT company_id, account_id, store_id, product_id,
    CASE WHEN quantity > 0 THEN 'fill_up' ELSE 'pick_up' END, quantity, day, reference, true,
    %(batch)s, %(user)s::bigint
FROM import_rows WHERE action = 'c' ORDER BY line_no
"""
