"""Statements that turn staged rows of sales reports into reports with their lines."""

from __future__ import annotations

from settlements.selectors.prices import CODE_MATCHES

# Rows that add up others, as portals and spreadsheets put them between and below the data: a word
# where a name or a code should be. What is really called so is no sum, and is found by it.
_WORDS = (
    "sub-?total|grand total|total general|totals?|sum|summe|zwischensumme|gesamt(summe)?"
    "|yhteensä|välisumma|小计|合计|总计|tổng cộng|cộng|tổng"
)


def _adds_up(*columns: str) -> str:
    """Whether one of the columns says that the row is a sum."""
    words = (rf"btrim(s.{one}) ~* '^({_WORDS})(\M|$|[: ])'" for one in columns)
    return f"COALESCE({' OR '.join(words)}, false)"


PLACED = f"""
CREATE TEMP TABLE import_placed ON COMMIT DROP AS
SELECT s.line_no, s.reason, s.detail,
    {_adds_up("report_no", "store_gln", "gtin")}
        OR a.account_id IS NULL AND {_adds_up("retailer_code")} AS is_sum,
    {_adds_up("store_code")} AS is_sum_by_store, {_adds_up("retailer_sku")} AS is_sum_by_code,
    s.retailer_code, s.report_no, s.function, s.period_start, s.period_end, s.store_gln,
    s.store_code, btrim(s.gtin) AS gtin, btrim(s.retailer_sku) AS sku, s.category, s.unit,
    s.business_date, s.qty_sold, s.qty_returned, s.gross_amount_incl_tax AS gross,
    s.coupon_amount AS coupon, COALESCE(regexp_replace(upper(btrim(s.payment_medium)), '\\s+', ' ',
        'g'), '') AS medium,
    CASE WHEN s.tax_rate > 0 AND s.tax_rate < 1 THEN s.tax_rate * 100 ELSE s.tax_rate END
        AS tax_rate,
    s.promo_id, s.selling_company, upper(s.currency) AS currency, a.account_id, a.ambiguous,
    COALESCE(s.business_date, s.period_end) AS day
FROM import_stage s LEFT JOIN import_accounts a ON a.value = s.retailer_code
"""
# A store is below the account that reports: by an identifier, else by its exact name. Without
# one the account itself sold.
STORES = """
CREATE TEMP TABLE import_stores ON COMMIT DROP AS
SELECT w.account_id, w.gln, w.code,
    CASE WHEN w.gln = '' AND w.code = '' THEN w.account_id ELSE f.id END AS store_id,
    COALESCE(f.found, 0) > 1 AS ambiguous,
    COALESCE(f.found, 0) = 0 AND EXISTS (
        SELECT 1 FROM accounts_account c JOIN accounts_accountidentifier i ON i.account_id = c.id
        WHERE c.path @> ARRAY[w.account_id]
          AND ltrim(i.value, '0') IN (NULLIF(ltrim(w.code, '0'), ''), NULLIF(ltrim(w.gln, '0'), ''))
    ) AS by_zeros
FROM (
    SELECT DISTINCT account_id, COALESCE(store_gln, '') AS gln, COALESCE(store_code, '') AS code
    FROM import_placed WHERE account_id IS NOT NULL
) AS w
LEFT JOIN LATERAL (
    SELECT min(id) AS id, count(*) AS found FROM (
        SELECT c.id FROM accounts_accountidentifier i JOIN accounts_account c ON c.id = i.account_id
        WHERE i.value IN (NULLIF(w.gln, ''), NULLIF(w.code, '')) AND c.path @> ARRAY[w.account_id]
          AND c.merged_into_id IS NULL
        UNION
        SELECT c.id FROM accounts_account c WHERE c.name = NULLIF(w.code, '')
          AND c.path @> ARRAY[w.account_id] AND c.merged_into_id IS NULL
    ) AS places
) AS f ON true
"""
WANTED = """
CREATE TEMP TABLE import_wanted ON COMMIT DROP AS
SELECT DISTINCT account_id, code, day FROM (
    SELECT account_id, sku AS code, day FROM import_placed
    UNION ALL SELECT account_id, gtin, day FROM import_placed
) AS codes WHERE account_id IS NOT NULL AND code <> '' AND day IS NOT NULL
"""
CODES = f"""
CREATE TEMP TABLE import_codes ON COMMIT DROP AS
{CODE_MATCHES.format(wanted="import_wanted").replace("%%", "%")}
"""
# A code that is here with other leading zeros: a spreadsheet took them.
ZEROS = """
CREATE TEMP TABLE import_zeros ON COMMIT DROP AS
SELECT DISTINCT w.code FROM import_wanted w
WHERE NOT EXISTS (SELECT 1 FROM import_codes c WHERE c.code = w.code)
  AND (EXISTS (SELECT 1 FROM settlements_accountproductcode c JOIN accounts_account a
               ON a.id = w.account_id WHERE c.account_id = ANY(a.path)
               AND ltrim(upper(c.code), '0') = ltrim(upper(w.code), '0'))
    OR EXISTS (SELECT 1 FROM accounts_product p WHERE ltrim(p.code, '0') = ltrim(w.code, '0')))
"""
# The unit of the file, else that of the code; quantities become base units, exactly or not at all.
RESOLVED = """
CREATE TEMP TABLE import_resolved ON COMMIT DROP AS
WITH coded AS (
    SELECT p.*, t.store_id, t.ambiguous AS store_ambiguous, t.by_zeros AS store_by_zeros,
        p.is_sum OR p.is_sum_by_store AND t.store_id IS NULL
            OR p.is_sum_by_code AND k.product_id IS NULL AS adds_up,
        COALESCE(k.product_id, g.product_id) AS product_id,
        k.product_id <> g.product_id AS codes_differ,
        COALESCE(NULLIF(p.unit, ''), k.unit, g.unit, '') AS unit_code,
        CASE WHEN p.selling_company IS NULL THEN %(company)s::bigint ELSE co.id END AS company_id
    FROM import_placed p
    LEFT JOIN import_stores t ON t.account_id = p.account_id
        AND t.gln = COALESCE(p.store_gln, '') AND t.code = COALESCE(p.store_code, '')
    LEFT JOIN import_codes k ON k.account_id = p.account_id AND k.code = p.sku AND k.day = p.day
    LEFT JOIN import_codes g ON g.account_id = p.account_id AND g.code = p.gtin AND g.day = p.day
    LEFT JOIN core_sellingcompany co ON co.code = p.selling_company
), united AS (
    SELECT c.*, CASE WHEN c.product_id IS NULL THEN cat.category_id END AS category_id,
        c.unit_code = '' OR upper(c.unit_code) = upper(COALESCE(NULLIF(pr.unit, ''), 'piece'))
            AS is_base,
        u.numerator, u.denominator
    FROM coded c
    LEFT JOIN accounts_product pr ON pr.id = c.product_id
    LEFT JOIN import_categories cat ON cat.value = c.category
    LEFT JOIN LATERAL (
        SELECT n.numerator, n.denominator FROM settlements_productunit n
        JOIN accounts_account a ON a.id = c.account_id
        WHERE n.product_id = c.product_id AND upper(n.code) = upper(c.unit_code)
          AND n.valid @> c.day AND (n.account_id IS NULL OR n.account_id = ANY(a.path))
        ORDER BY COALESCE(array_position(a.path, n.account_id), 0) DESC LIMIT 1
    ) AS u ON c.product_id IS NOT NULL AND c.unit_code <> ''
)
SELECT *, CASE WHEN is_base THEN 1 ELSE COALESCE(numerator, 1)::numeric END AS num,
    CASE WHEN is_base THEN 1 ELSE COALESCE(denominator, 1)::numeric END AS den,
    product_id IS NOT NULL AND NOT is_base AND numerator IS NULL AS unit_unknown,
    dense_rank() OVER (ORDER BY account_id, report_no, function) AS grp
FROM united
"""
# Sums without a word: of a store what its lines with goods or days come to, of all what all others
# do. Two lines at least, so that twins stay. Of pieces a line without goods is refused anyway.
NAMELESS = """
WITH told AS (
    SELECT line_no, grp, store_id, gross,
        COALESCE(NULLIF(store_gln, ''), NULLIF(store_code, '')) IS NOT NULL AS has_store,
        business_date IS NOT NULL OR medium <> ''
            OR COALESCE(NULLIF(gtin, ''), NULLIF(sku, ''), category) IS NOT NULL AS has_detail
    FROM import_resolved WHERE NOT adds_up AND gross IS NOT NULL
), stores AS (
    SELECT grp, store_id, sum(gross) AS gross FROM told WHERE has_detail
    GROUP BY 1, 2 HAVING count(*) > 1
), parts AS (
    SELECT t.*, has_store AND NOT has_detail AND t.gross = s.gross AS is_sum
    FROM told t LEFT JOIN stores s ON s.grp = t.grp AND s.store_id = t.store_id
), wholes AS (
    SELECT grp, sum(gross) AS gross FROM parts
    WHERE is_sum IS NOT TRUE AND (has_store OR has_detail) GROUP BY 1 HAVING count(*) > 1
)
UPDATE import_resolved r SET adds_up = true FROM parts p LEFT JOIN wholes w ON w.grp = p.grp
WHERE p.line_no = r.line_no AND r.gross <> 0
  AND (p.is_sum OR NOT p.has_store AND NOT p.has_detail AND p.gross = w.gross)
"""
_GTIN = "(s.gtin ~ '^[0-9]{8}$' OR s.gtin ~ '^[0-9]{12,14}$')"
JUDGED = f"""
CREATE TEMP TABLE import_judged ON COMMIT DROP AS
SELECT s.*, round(COALESCE(s.qty_sold, 0) * s.num / s.den, 4) AS sold,
    round(COALESCE(s.qty_returned, 0) * s.num / s.den, 4) AS returned,
    CASE WHEN NOT s.adds_up THEN COALESCE(s.reason, CASE
        WHEN s.ambiguous THEN 'ambiguous account'
        WHEN s.account_id IS NULL THEN 'unknown account'
        WHEN s.selling_company IS NOT NULL AND s.company_id IS NULL
            THEN 'unknown selling company'
        WHEN s.company_id IS NULL THEN 'which selling company'
        WHEN c.code IS NULL THEN 'unknown currency'
        WHEN s.period_end < s.period_start THEN 'period ends before it begins'
        WHEN s.function = 'cancel' THEN NULL
        WHEN s.business_date NOT BETWEEN s.period_start AND s.period_end
            THEN 'day outside the period'
        WHEN s.store_ambiguous THEN 'several stores'
        WHEN s.store_id IS NULL AND s.store_by_zeros THEN 'store differs by zeros'
        WHEN s.store_id IS NULL THEN 'unknown store'
        WHEN s.gtin ~* '^[0-9]([.,][0-9]+)?e[+]?[0-9]+$' THEN 'gtin in scientific notation'
        WHEN s.gtin <> '' AND s.product_id IS NULL AND NOT {_GTIN}
            THEN 'gtin without its digits'
        WHEN s.gtin <> '' AND s.product_id IS NULL AND NOT settlements_gtin_valid(s.gtin)
            THEN 'gtin check digit'
        WHEN s.codes_differ THEN 'codes of two products'
        WHEN s.product_id IS NULL AND COALESCE(s.sku, s.gtin) IN (SELECT code FROM import_zeros)
            THEN 'code differs by zeros'
        WHEN s.product_id IS NULL AND COALESCE(NULLIF(s.sku, ''), NULLIF(s.gtin, '')) IS NOT NULL
            THEN 'unknown product'
        WHEN %(kind)s = 'sell_through' AND s.product_id IS NULL THEN 'without product'
        WHEN s.category IS NOT NULL AND s.category_id IS NULL AND s.product_id IS NULL
            THEN 'unknown category'
        WHEN %(kind)s = 'turnover' AND s.gross IS NULL THEN 'without amount'
        WHEN %(kind)s = 'sell_through' AND s.qty_sold IS NULL AND s.qty_returned IS NULL
            THEN 'without quantity'
        WHEN s.qty_sold < 0 OR s.qty_returned < 0 THEN 'quantity below zero'
        WHEN s.unit_unknown THEN 'unknown unit'
        WHEN round(s.qty_sold * s.num / s.den, 4) * s.den <> s.qty_sold * s.num
            OR round(s.qty_returned * s.num / s.den, 4) * s.den <> s.qty_returned * s.num
            THEN 'quantity in parts'
        WHEN GREATEST(s.qty_sold, s.qty_returned) >= 1e12 OR abs(s.gross) >= 1e14
            THEN 'amount too large'
        WHEN s.gross <> round(s.gross, 4) THEN 'too many decimals'
        WHEN s.gross < 0 AND s.qty_sold > 0 AND COALESCE(s.qty_returned, 0) = 0
            OR s.gross > 0 AND s.qty_returned > 0 AND COALESCE(s.qty_sold, 0) = 0
            THEN 'sign of the amount'
        WHEN s.coupon <> 0 AND s.gross IS NULL THEN 'coupons without amount'
        WHEN s.coupon * s.gross < 0 OR s.coupon <> 0 AND s.gross = 0 THEN 'sign of the coupons'
        WHEN abs(s.coupon) >= 1e14 THEN 'amount too large'
        WHEN s.coupon <> round(s.coupon, 4) THEN 'too many decimals'
        WHEN s.tax_rate NOT BETWEEN 0 AND 100 THEN 'tax rate'
    END) END AS problem
FROM import_resolved s LEFT JOIN core_currency c ON c.code = s.currency
"""
# What makes a report known again: its lines whatever their order.
_CONTENT = """sum(hashtextextended(concat_ws('|', {store}, {product}, {category}, {day},
    trim_scale({sold}), trim_scale({returned}), trim_scale({gross}), trim_scale({tax}),
    COALESCE({promotion}, ''), COALESCE(trim_scale({coupon})::text, '-'), {medium}), 0)::numeric)"""
_OF_FILE = _CONTENT.format(
    store="store_id", product="COALESCE(product_id, 0)", category="COALESCE(category_id, 0)",
    day="COALESCE(business_date::text, '-')", sold="sold", returned="returned", gross="gross",
    tax="tax_rate", promotion="promo_id", coupon="coupon", medium="medium",
)  # fmt: skip
_OF_LINES = _CONTENT.format(
    store="l.store_id", product="COALESCE(l.product_id, 0)",
    category="COALESCE(l.category_id, 0)", day="COALESCE(l.sold_on::text, '-')",
    sold="l.quantity_sold", returned="l.quantity_returned", gross="l.gross_amount",
    tax="l.tax_rate", promotion="l.promotion", coupon="l.coupon_amount",
    medium="l.payment_medium",
)  # fmt: skip
GROUPS = f"""
CREATE TEMP TABLE import_groups ON COMMIT DROP AS
WITH heads AS (
    SELECT grp, min(account_id) AS account_id, min(report_no) AS number, min(function) AS function,
        min(period_start) AS period_start, min(period_end) AS period_end,
        min(company_id) AS company_id, min(currency) AS currency, min(line_no) AS first_line,
        min(currency) <> max(currency) AS several_currencies,
        min(period_start) <> max(period_start) OR min(period_end) <> max(period_end)
            AS several_periods,
        min(company_id) <> max(company_id) AS several_companies,
        bool_or(problem IS NOT NULL) AS has_problem,
        count(*) FILTER (WHERE function <> 'cancel') AS lines,
        CASE WHEN min(function) = 'cancel' THEN NULL ELSE {_OF_FILE} END AS content
    FROM import_judged WHERE NOT adds_up
      AND account_id IS NOT NULL AND report_no IS NOT NULL GROUP BY grp
), standing AS (
    SELECT r.account_id, r.their_number, max(r.version) AS version,
        max(r.id) FILTER (WHERE r.function IN ('original', 'replace') AND r.state = 'accepted')
            AS accepted_id,
        max(r.id) FILTER (WHERE r.function IN ('original', 'replace')
            AND r.state IN ('received', 'validated')) AS waiting_id,
        max(r.id) FILTER (WHERE r.function IN ('original', 'replace')
            AND r.state <> 'rejected') AS base_id,
        (array_agg(r.state ORDER BY r.version DESC) FILTER (
            WHERE r.function IN ('original', 'replace') AND r.state <> 'rejected'))[1] AS base_state
    FROM settlements_salesreport r
    WHERE r.kind = %(kind)s AND (r.account_id, r.their_number) IN (
        SELECT account_id, number FROM heads)
    GROUP BY 1, 2
), alike AS (
    SELECT h.grp, bool_or(l.content IS NOT DISTINCT FROM h.content
        AND l.lines = h.lines) AS same
    FROM heads h JOIN settlements_salesreport r ON r.account_id = h.account_id
        AND r.their_number = h.number AND r.kind = %(kind)s AND r.function = h.function
        AND r.state <> 'rejected' AND r.currency_id = h.currency
        AND r.selling_company_id = h.company_id
        AND r.period = daterange(h.period_start, h.period_end, '[]')
        AND r.version = (SELECT max(n.version) FROM settlements_salesreport n
            WHERE n.account_id = r.account_id AND n.kind = r.kind
              AND n.their_number = r.their_number AND n.function = r.function
              AND n.state <> 'rejected')
    CROSS JOIN LATERAL (
        SELECT {_OF_LINES} AS content, count(*) AS lines
        FROM settlements_salesreportline l WHERE l.report_id = r.id
    ) AS l
    GROUP BY h.grp
), ordered AS (
    SELECT h.*, COALESCE(s.version, 0) AS version,
        COALESCE(s.accepted_id, s.waiting_id, s.base_id) AS base_id, s.base_state,
        COALESCE(a.same, false) AS same,
        bool_or(h.function IN ('original', 'replace') AND NOT h.has_problem) OVER earlier
            AS base_in_file
    FROM heads h
    LEFT JOIN standing s ON s.account_id = h.account_id AND s.their_number = h.number
    LEFT JOIN alike a ON a.grp = h.grp
    WINDOW earlier AS (PARTITION BY h.account_id, h.number ORDER BY h.first_line
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)
SELECT o.*, CASE
        WHEN same THEN NULL
        WHEN several_currencies THEN 'several currencies'
        WHEN several_periods THEN 'several periods'
        WHEN several_companies THEN 'several selling companies'
        WHEN function = 'original' AND (base_state <> 'cancelled' OR base_in_file)
            THEN 'report stands already'
        WHEN function <> 'original' AND base_id IS NULL AND NOT COALESCE(base_in_file, false)
            THEN 'nothing to replace'
    END AS problem
FROM ordered o
"""
ROWS = """
CREATE TEMP TABLE import_rows ON COMMIT DROP AS
WITH whole AS (
    SELECT j.*, g.same,
        CASE WHEN NOT j.adds_up THEN COALESCE(j.problem, g.problem) END AS verdict,
        NOT j.adds_up AND COALESCE(bool_or(COALESCE(j.problem, g.problem) IS NOT NULL)
            FILTER (WHERE NOT j.adds_up) OVER (PARTITION BY j.grp), false) AS spoilt
    FROM import_judged j LEFT JOIN import_groups g ON g.grp = j.grp
        AND NOT j.adds_up
)
SELECT line_no, grp, account_id, store_id, product_id, category_id, business_date, sold, returned,
    CASE WHEN NOT adds_up THEN gross END AS amount, coupon, medium, currency, tax_rate, promo_id,
    sku, gtin, unit_code, num, den, period_start,
    period_end, function,
    adds_up, COALESCE(verdict, CASE WHEN spoilt THEN 'part of a rejected report' END) AS reason,
    CASE WHEN NOT adds_up THEN COALESCE(detail, left(CASE
        WHEN verdict IN ('unknown account', 'ambiguous account') THEN retailer_code
        WHEN verdict IN ('unknown store', 'several stores', 'store differs by zeros')
            THEN concat_ws(' ', store_gln, store_code)
        WHEN verdict IN ('gtin in scientific notation', 'gtin without its digits',
            'gtin check digit') THEN gtin
        WHEN verdict IN ('unknown product', 'code differs by zeros', 'codes of two products')
            THEN concat_ws(' ', sku, gtin)
        WHEN verdict = 'unknown category' THEN category
        WHEN verdict = 'unknown unit' THEN unit_code
        WHEN verdict = 'unknown currency' THEN currency
        WHEN verdict = 'unknown selling company' THEN selling_company
        WHEN verdict = 'day outside the period' THEN business_date::text
        WHEN verdict = 'quantity below zero' THEN concat_ws(' ', qty_sold, qty_returned)
        WHEN verdict IN ('report stands already', 'nothing to replace') THEN report_no
    END, 200)) END AS detail,
    CASE WHEN verdict IS NOT NULL OR spoilt THEN NULL WHEN same OR adds_up THEN 'n' ELSE 'c'
        END AS action
FROM whole
"""
NUMBERED = """
CREATE TEMP TABLE import_reports ON COMMIT DROP AS
SELECT nextval(pg_get_serial_sequence('settlements_salesreport', 'id')) AS report_id, o.*
FROM (
    SELECT g.*, g.version + row_number() OVER (
        PARTITION BY g.account_id, g.number ORDER BY g.first_line) AS new_version
    FROM import_groups g
    WHERE EXISTS (SELECT 1 FROM import_rows r WHERE r.grp = g.grp AND r.action = 'c')
    ORDER BY g.first_line OFFSET 0
) AS o
"""
POST_REPORTS = """
INSERT INTO settlements_salesreport (id, account_id, selling_company_id, kind, their_number,
    version, function, supersedes_id, period, state, currency_id, line_count, quantity_sold,
    quantity_returned, note, batch_id, created_by_id, created_at, updated_at)
SELECT r.report_id, r.account_id, r.company_id, %(kind)s, r.number, r.new_version, r.function,
    CASE WHEN r.function <> 'original' THEN COALESCE((
        SELECT b.report_id FROM import_reports b WHERE b.account_id = r.account_id
          AND b.number = r.number AND b.new_version < r.new_version
          AND b.function IN ('original', 'replace') ORDER BY b.new_version DESC LIMIT 1),
        r.base_id) END,
    daterange(r.period_start, r.period_end, '[]'), 'received', r.currency, 0, 0, 0, '',
    %(batch)s, %(user)s::bigint, now(), now()
FROM import_reports r ORDER BY r.report_id
"""
POST_LINES = """
INSERT INTO settlements_salesreportline (report_id, line, store_id, product_id, category_id,
    sold_on, quantity_sold, quantity_returned, gross_amount, coupon_amount, payment_medium,
    tax_rate, currency_id, promotion, their_code, unit, unit_factor)
SELECT p.report_id, row_number() OVER (PARTITION BY p.report_id ORDER BY r.line_no), r.store_id,
    r.product_id, r.category_id, r.business_date, r.sold, r.returned, r.amount, r.coupon, r.medium,
    round(r.tax_rate, 2), r.currency, left(COALESCE(r.promo_id, ''), 60),
    left(COALESCE(NULLIF(r.sku, ''), r.gtin, ''), 60), left(r.unit_code, 30),
    round(r.num / r.den, 6)
FROM import_rows r JOIN import_reports p ON p.grp = r.grp
WHERE r.action = 'c' AND r.function <> 'cancel'
"""
CHECKED = """
UPDATE settlements_salesreport r SET state = 'validated', line_count = s.lines,
    quantity_sold = s.sold, quantity_returned = s.returned, gross_amount = s.amount,
    updated_at = now()
FROM (
    SELECT p.report_id, count(l.id) AS lines, COALESCE(sum(l.quantity_sold), 0) AS sold,
        COALESCE(sum(l.quantity_returned), 0) AS returned, sum(l.gross_amount) AS amount
    FROM import_reports p LEFT JOIN settlements_salesreportline l ON l.report_id = p.report_id
    GROUP BY 1
) AS s WHERE s.report_id = r.id
"""
DECIDED_SINCE = """
SELECT count(*) FROM settlements_salesreport
WHERE batch_id = %(batch)s AND state IN ('accepted', 'superseded', 'cancelled')
"""
FOLLOWED = """
SELECT count(*) FROM settlements_salesreport f JOIN settlements_salesreport r
    ON r.id = f.supersedes_id
WHERE r.batch_id = %(batch)s AND f.batch_id IS DISTINCT FROM %(batch)s
"""
REMOVE = (
    (
        "UPDATE settlements_salesreport SET state = 'rejected', decided_at = now() "
        "WHERE batch_id = %(batch)s AND state <> 'rejected'"
    ),
    (
        "DELETE FROM settlements_salesreportline WHERE report_id IN ("
        "SELECT id FROM settlements_salesreport WHERE batch_id = %(batch)s)"
    ),
    "DELETE FROM settlements_salesreport WHERE batch_id = %(batch)s",
)
