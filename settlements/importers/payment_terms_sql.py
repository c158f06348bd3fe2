"""Statements that find what staged rows of payment terms name: account, company, agreement."""

from __future__ import annotations

COLUMNS = (
    "line", "account_id", "company_id", "currency", "number", "name", "terms", "start", "last",
    "problem", "detail", "agreement_id",
)  # fmt: skip
FOUND = r"""
CREATE TEMP TABLE import_found ON COMMIT DROP AS
WITH named AS (
    SELECT s.*, a.account_id, a.ambiguous, x.lead_chain,
        COALESCE(s.valid_from, %(as_of)s::date) AS starts,
        regexp_replace(COALESCE(s.number, ''), '\s+', ' ', 'g') AS its_number,
        CASE WHEN s.selling_company IS NULL THEN %(company)s::bigint ELSE c.id END AS company_id,
        CASE WHEN s.currency IS NULL THEN COALESCE(x.currency_id, %(base)s) ELSE k.code END
            AS code
    FROM import_stage s
    LEFT JOIN import_accounts a ON a.value = s.account
    LEFT JOIN accounts_account x ON x.id = a.account_id
    LEFT JOIN core_sellingcompany c ON upper(c.code) = upper(s.selling_company) AND c.is_active
    LEFT JOIN core_currency k ON k.code = upper(s.currency)
), held AS (
    SELECT n.*, g.found, g.agreement_id, t.currency_id AS agreed_currency, EXISTS (
        SELECT 1 FROM settlements_tradingagreement o WHERE n.its_number <> ''
          AND o.selling_company_id = n.company_id AND o.number = n.its_number
          AND o.account_id <> n.account_id) AS is_taken
    FROM named n
    LEFT JOIN LATERAL (
        SELECT min(o.id) AS agreement_id, count(*) AS found FROM settlements_tradingagreement o
        WHERE o.account_id = n.account_id AND o.selling_company_id = n.company_id
          AND (n.its_number = '' OR o.number = n.its_number)
    ) AS g ON true
    LEFT JOIN settlements_tradingagreement t ON t.id = g.agreement_id
)
SELECT line_no AS line, account_id, company_id, COALESCE(agreed_currency, code) AS currency,
    its_number AS number, COALESCE(name, '') AS name, terms, starts AS start, last_day AS last,
    COALESCE(reason, CASE
        WHEN ambiguous THEN 'ambiguous account'
        WHEN account_id IS NULL THEN 'unknown account'
        WHEN NOT %(has_company)s THEN 'terms no company'
        WHEN company_id IS NULL AND selling_company IS NULL THEN 'terms which company'
        WHEN company_id IS NULL THEN 'terms unknown company'
        WHEN code IS NULL THEN 'unknown currency'
        WHEN NOT %(everybody)s AND NOT lead_chain && %(users)s::bigint[]
            THEN 'terms account not yours'
        WHEN is_taken THEN 'terms number taken'
        WHEN found > 1 THEN 'terms several agreements'
        WHEN currency IS NOT NULL AND code <> agreed_currency THEN 'terms other currency'
    END) AS problem,
    COALESCE(detail, CASE WHEN account_id IS NULL OR ambiguous THEN account
        WHEN company_id IS NULL THEN selling_company WHEN code IS NULL THEN currency
        WHEN is_taken THEN its_number ELSE account END) AS detail,
    agreement_id
FROM held
"""
READ = f"SELECT {', '.join(COLUMNS)} FROM import_found ORDER BY line"
ROWS = """
CREATE TEMP TABLE import_rows ON COMMIT DROP AS
SELECT line AS line_no, NULL::text AS reason, detail, NULL::numeric AS amount,
    NULL::varchar AS currency, NULL::text AS action FROM import_found
"""
JUDGED = """
UPDATE import_rows r SET action = NULLIF(u.action, ''), reason = u.problem
FROM unnest(%(lines)s::bigint[], %(actions)s::text[], %(problems)s::text[])
    AS u(line, action, problem) WHERE u.line = r.line_no
"""
WANTED = f"""
SELECT {", ".join(f"f.{name}" for name in COLUMNS)} FROM import_found f
JOIN import_rows r ON r.line_no = f.line WHERE r.action = 'c' ORDER BY f.line
"""
