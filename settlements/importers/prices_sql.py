"""Statements that turn staged rows of prices, units and codes into rows to write.

All four kinds are dated rows: those alike (the same key) never share a day. A row of the file
with the first day of one that stands is that one, so that what was exported can be corrected and
imported again.
"""

from __future__ import annotations

SCIENTIFIC = "~* '^[0-9]([.,][0-9]+)?e[+]?[0-9]+$'"
"""What a spreadsheet makes of a long number: digits are lost."""

BASE_WORD = "lower(COALESCE(NULLIF(p.unit, ''), 'piece'))"
UNIT = f"""CASE WHEN s.unit IS NULL OR lower(s.unit) = {BASE_WORD} THEN '' ELSE COALESCE((
        SELECT u.code FROM settlements_productunit u
        WHERE u.product_id = i.product_id AND lower(u.code) = lower(s.unit) LIMIT 1), s.unit) END"""

PERIOD = """daterange(COALESCE(s.valid_from, %(as_of)s::date), CASE
        WHEN s.valid_until <= COALESCE(s.valid_from, %(as_of)s::date) THEN NULL
        ELSE s.valid_until END)"""
NO_PERIOD = "s.valid_until <= COALESCE(s.valid_from, %(as_of)s::date)"

PRODUCT_PROBLEM = f"""
            WHEN i.product_id IS NULL AND s.product {SCIENTIFIC} THEN 'scientific notation'
            WHEN i.product_id IS NULL AND EXISTS (SELECT 1 FROM accounts_product z
                WHERE s.product ~ '^[0-9]+$' AND z.code ~ '^0[0-9]+$'
                  AND ltrim(z.code, '0') = s.product) THEN 'leading zeros lost'
            WHEN i.product_id IS NULL THEN 'unknown product'"""
ACCOUNT_PROBLEM = """
            WHEN a.ambiguous THEN 'ambiguous account'
            WHEN s.account IS NOT NULL AND a.account_id IS NULL THEN 'unknown account'"""

GTIN = "replace(replace(COALESCE(s.gtin, ''), ' ', ''), '-', '')"
SHORTEST = f"""CASE WHEN length({GTIN}) < 8 THEN {GTIN}
        WHEN lpad({GTIN}, 14, '0') LIKE '000000%%' THEN right({GTIN}, 8)
        WHEN lpad({GTIN}, 14, '0') LIKE '0%%' THEN right(lpad({GTIN}, 14, '0'), 13)
        ELSE {GTIN} END"""
GTIN_PROBLEM = f"""
            WHEN {GTIN} {SCIENTIFIC} THEN 'scientific notation'
            WHEN {GTIN} !~ '^[0-9]*$' THEN 'not a gtin'
            WHEN length({GTIN}) NOT IN (0, 8, 12, 13, 14) THEN 'gtin length'
            WHEN NOT settlements_gtin_valid({SHORTEST}) THEN 'gtin check digit'"""

# The rows with everything they name resolved: `import_found` has line_no, problem, detail, valid,
# the key's columns and the content's.
FOUND = """
CREATE TEMP TABLE import_found ON COMMIT DROP AS
SELECT s.line_no, {columns}, {period} AS valid,
    COALESCE(s.reason, CASE WHEN {no_period} THEN 'ends before it begins' {problems} END)
        AS problem, COALESCE(s.detail, {detail}) AS detail
FROM import_stage s
LEFT JOIN import_products i ON i.value = s.product
LEFT JOIN accounts_product p ON p.id = i.product_id {joins}
"""

# What is wrong is told by the cell that is, not by the product of the row.
NAMED = """
UPDATE import_found f SET detail = left(to_jsonb(s) ->> CASE
        WHEN f.problem LIKE '%%account' THEN 'account' WHEN f.problem = 'unknown currency'
        THEN 'currency' WHEN f.problem = 'not a factor' THEN 'holds'
        WHEN to_jsonb(s) ->> 'price' LIKE '-%%' THEN 'price' ELSE 'from_quantity' END, 200)
FROM import_stage s
WHERE s.line_no = f.line_no AND f.problem IN ('unknown account', 'ambiguous account',
    'unknown currency', 'not a factor', 'negative amount')
"""

ACCOUNTS = "LEFT JOIN import_accounts a ON a.value = s.account"
CURRENCY = "LEFT JOIN core_currency x ON x.code = COALESCE(upper(s.currency), {otherwise})"

UNIT_PROBLEM = """
UPDATE import_found f SET problem = 'unknown unit', detail = f.unit
WHERE f.problem IS NULL AND f.unit <> '' AND NOT COALESCE((
    SELECT range_agg(u.valid) @> f.valid FROM settlements_productunit u
    WHERE u.product_id = f.product_id AND u.code = f.unit
      AND (u.account_id IS NULL {whose})), false)
"""
OF_ACCOUNT = """OR u.account_id IN (
        SELECT unnest(a.path) FROM accounts_account a WHERE a.id = f.account_id)"""

# In the file: the same first day with other content, and another first day on shared days.
IN_FILE = """
UPDATE import_found f SET problem = found.problem, detail = found.detail
FROM (
    SELECT f.line_no, CASE WHEN bool_or(lower(o.valid) = lower(f.valid))
            THEN 'same key, other content' ELSE 'overlap in file' END AS problem,
        min(o.line_no)::text AS detail
    FROM import_found f JOIN import_found o ON {same} AND o.line_no <> f.line_no
        AND o.valid && f.valid AND o.problem IS NULL
        AND (lower(o.valid) <> lower(f.valid) OR {differs})
    WHERE f.problem IS NULL GROUP BY 1
) AS found
WHERE found.line_no = f.line_no
"""
# With what stands, as the file leaves it: a row that the file names again is judged by the file.
STANDING = """
UPDATE import_found f SET problem = 'overlap with what stands', detail = found.period
FROM (
    SELECT f.line_no, concat(min(lower(t.valid)), ' – ', CASE WHEN NOT bool_or(upper_inf(t.valid))
        THEN max(upper(t.valid)) - 1 END) AS period
    FROM import_found f JOIN {table} t ON {alike} AND t.valid && f.valid
        AND lower(t.valid) <> lower(f.valid)
    WHERE f.problem IS NULL AND NOT EXISTS (
        SELECT 1 FROM import_found o WHERE {same} AND o.problem IS NULL
          AND lower(o.valid) = lower(t.valid))
    GROUP BY 1
) AS found
WHERE found.line_no = f.line_no
"""
ROWS = """
CREATE TEMP TABLE import_rows ON COMMIT DROP AS
SELECT f.*, f.problem AS reason, t.id AS row_id, {money},
    CASE WHEN f.problem IS NOT NULL THEN NULL
        WHEN row_number() OVER (PARTITION BY {key}, lower(f.valid), f.problem
            ORDER BY f.line_no) > 1 THEN 'n'
        WHEN t.id IS NULL THEN 'c' WHEN {changed} THEN 'u' ELSE 'n' END AS action
FROM import_found f LEFT JOIN {table} t ON {alike} AND lower(t.valid) = lower(f.valid)
"""
UPDATE = """
UPDATE {table} t SET valid = r.valid, {assignments}, updated_at = now()
FROM import_rows r WHERE r.action = 'u' AND r.row_id = t.id
"""
INSERT = """
WITH made AS (
    INSERT INTO {table} ({columns}, valid, created_at, updated_at)
    SELECT {values}, r.valid, now(), now() FROM import_rows r WHERE r.action = 'c'
    ORDER BY r.line_no RETURNING id
) SELECT array_agg(id) FROM made
"""

# Prices of accounts: rows of the file with one key and first day are the breaks of one price.
BREAKS = """
UPDATE import_found f SET problem = found.problem, detail = found.detail
FROM (
    SELECT f.line_no, CASE
        WHEN count(*) OVER (PARTITION BY f.account_id, f.product_id, f.unit, f.currency_id,
            lower(f.valid), f.from_quantity) > 1 THEN 'same quantity twice'
        WHEN min(COALESCE(upper(f.valid), 'infinity')) OVER price
            <> max(COALESCE(upper(f.valid), 'infinity')) OVER price
            THEN 'other end in the same price'
        WHEN f.to_quantity > lead(f.from_quantity) OVER steps THEN 'breaks overlap'
        WHEN f.to_quantity IS NOT NULL AND f.to_quantity IS DISTINCT FROM lead(f.from_quantity)
            OVER steps THEN 'gap between breaks'
        END AS problem, trim_scale(COALESCE(f.to_quantity, f.from_quantity))::text AS detail
    FROM import_found f WHERE f.problem IS NULL
    WINDOW price AS (PARTITION BY f.account_id, f.product_id, f.unit, f.currency_id,
            lower(f.valid)),
        steps AS (PARTITION BY f.account_id, f.product_id, f.unit, f.currency_id, lower(f.valid)
            ORDER BY f.from_quantity)
) AS found
WHERE found.line_no = f.line_no AND found.problem IS NOT NULL
"""
WHOLE = """
UPDATE import_found f SET problem = 'part of a rejected price'
WHERE f.problem IS NULL AND EXISTS (
    SELECT 1 FROM import_found o WHERE o.problem IS NOT NULL AND o.account_id = f.account_id
      AND o.product_id = f.product_id AND o.unit = f.unit AND o.currency_id = f.currency_id
      AND lower(o.valid) = lower(f.valid))
"""
PRICE_ROWS = """
CREATE TEMP TABLE import_rows ON COMMIT DROP AS
WITH standing AS (
    SELECT t.id, t.valid, array_agg(ROW(b.from_quantity, b.amount)::text
        ORDER BY b.from_quantity) AS steps
    FROM settlements_accountprice t JOIN settlements_pricebreak b ON b.price_id = t.id
    WHERE t.product_id IN (SELECT product_id FROM import_found) GROUP BY t.id
), wanted AS (
    SELECT min(line_no) AS first_line, account_id, product_id, unit, currency_id,
        lower(valid) AS start, array_agg(ROW(from_quantity, amount)::text
            ORDER BY from_quantity) AS steps
    FROM import_found WHERE problem IS NULL GROUP BY 2, 3, 4, 5, 6
)
SELECT f.line_no, f.problem AS reason, f.detail, f.amount, f.currency_id AS currency,
    f.account_id, f.product_id, f.unit, f.currency_id, f.valid, f.from_quantity, f.reason_text,
    t.id AS price_id, w.first_line,
    CASE WHEN f.problem IS NOT NULL THEN NULL WHEN t.id IS NULL THEN 'c'
        WHEN s.steps <> w.steps OR s.valid <> f.valid THEN 'u' ELSE 'n' END AS action
FROM import_found f
LEFT JOIN wanted w ON f.problem IS NULL AND w.account_id = f.account_id
    AND w.product_id = f.product_id AND w.unit = f.unit AND w.currency_id = f.currency_id
    AND w.start = lower(f.valid)
LEFT JOIN settlements_accountprice t ON t.account_id = f.account_id
    AND t.product_id = f.product_id AND t.unit = f.unit AND t.currency_id = f.currency_id
    AND lower(t.valid) = lower(f.valid)
LEFT JOIN standing s ON s.id = t.id
"""
PRICE_UPDATE = """
UPDATE settlements_accountprice t SET valid = r.valid, reason = r.reason_text, updated_at = now()
FROM import_rows r WHERE r.action = 'u' AND r.price_id = t.id AND r.line_no = r.first_line
"""
DROP_BREAKS = """
DELETE FROM settlements_pricebreak WHERE price_id IN (
    SELECT price_id FROM import_rows WHERE action = 'u')
"""
PRICE_INSERT = """
WITH made AS (
    INSERT INTO settlements_accountprice (account_id, product_id, unit, currency_id, valid, reason,
        created_at, updated_at)
    SELECT account_id, product_id, unit, currency_id, valid, reason_text, now(), now()
    FROM import_rows WHERE action = 'c' AND line_no = first_line ORDER BY line_no
    RETURNING id, account_id, product_id, unit, currency_id, valid
)
UPDATE import_rows r SET price_id = made.id FROM made
WHERE r.action = 'c' AND made.account_id = r.account_id AND made.product_id = r.product_id
  AND made.unit = r.unit AND made.currency_id = r.currency_id AND made.valid = r.valid
"""
BREAK_INSERT = """
INSERT INTO settlements_pricebreak (price_id, from_quantity, amount, created_at, updated_at)
SELECT price_id, from_quantity, amount, now(), now() FROM import_rows
WHERE action IN ('c', 'u') ORDER BY line_no
"""
