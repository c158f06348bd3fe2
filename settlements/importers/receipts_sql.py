"""Statements that turn staged receipts into rows to post."""

from __future__ import annotations

from settlements.importers.open_items_sql import DOCUMENT_ID, ITEM_ID
from settlements.selectors.ledger import PARTY_SQL

PARTIES = f"""
CREATE TEMP TABLE import_payers ON COMMIT DROP AS
{PARTY_SQL} WHERE a.id IN (SELECT account_id FROM import_accounts)
"""
# Without a key of its own each row is a receipt, known by its content.
_CONTENT = """md5(ROW(account, selling_company, received_on, amount, currency, reference, document,
    allocated_amount)::text)"""
_HEAD = "md5(ROW(account, selling_company, received_on, amount, currency)::text)"
KEYED = f"""
CREATE TEMP TABLE import_keyed ON COMMIT DROP AS
WITH stems AS (
    SELECT line_no, source_key IS NOT NULL AS keyed, COALESCE(source_key, {_CONTENT}) AS stem,
        {_HEAD} AS head FROM import_stage
)
SELECT line_no, keyed, CASE WHEN keyed OR row_number() OVER by_line = 1 THEN stem
        ELSE stem || '-' || row_number() OVER by_line END AS key,
    keyed AND min(head) OVER same <> max(head) OVER same AS differs
FROM stems
WINDOW same AS (PARTITION BY stem), by_line AS (PARTITION BY stem ORDER BY line_no)
"""
CLOSED = """
CREATE TEMP TABLE import_closed ON COMMIT DROP AS
SELECT c.id AS company_id, days.day FROM core_sellingcompany c CROSS JOIN (
    SELECT DISTINCT received_on AS day FROM import_stage WHERE received_on IS NOT NULL
) AS days
WHERE EXISTS (SELECT 1 FROM settlements_accountingperiod WHERE closed_at IS NOT NULL)
  AND settlements_is_closed(c.id, days.day)
"""
VALUED = """
CREATE TEMP TABLE import_valued ON COMMIT DROP AS
SELECT s.line_no, s.reason, s.detail, s.account, s.received_on, s.amount AS total,
    COALESCE(s.reference, '') AS reference, s.document, s.allocated_amount, k.key, k.differs,
    row_number() OVER (PARTITION BY k.key ORDER BY s.line_no) = 1 AS first,
    count(*) OVER (PARTITION BY k.key) AS parts,
    CASE WHEN length(k.key) > 50 THEN left(k.key, 40) || '-' || left(md5(k.key), 8)
        WHEN k.keyed OR s.reference IS NULL THEN k.key
        ELSE left(s.reference, 40) || '-' || left(md5(k.key), 8) END
        || CASE WHEN t.tries > 0 THEN '~' || t.tries ELSE '' END AS number,
    COALESCE(upper(s.currency), a.currency_id, %(base)s) AS currency,
    a.account_id, a.ambiguous, p.party_id, s.selling_company,
    CASE WHEN s.selling_company IS NULL THEN %(company)s::bigint ELSE c.id END AS company_id,
    t.document_id AS receipt_id, COALESCE(t.tries, 0) AS tries
FROM import_stage s
JOIN import_keyed k ON k.line_no = s.line_no
LEFT JOIN import_accounts a ON a.value = s.account
LEFT JOIN import_payers p ON p.account_id = a.account_id
LEFT JOIN core_sellingcompany c ON c.code = s.selling_company
LEFT JOIN import_standing t ON t.key = k.key
"""
# The debit that a row pays: of the payer and the receipt's currency first, then the oldest.
DOCUMENTS = """
CREATE TEMP TABLE import_paid ON COMMIT DROP AS
SELECT DISTINCT ON (v.line_no) v.line_no, i.id AS item_id, i.party_id, i.currency_id,
    i.posting_date, i.amount - i.allocated AS open,
    COALESCE(v.allocated_amount, CASE WHEN v.parts = 1 THEN least(v.total, i.amount - i.allocated)
        ELSE i.amount - i.allocated END) AS pays
FROM import_valued v
JOIN settlements_document d ON d.number = v.document AND d.selling_company_id = v.company_id
    AND d.kind IN ('invoice', 'debit_note', 'opening')
JOIN settlements_ledgeritem i ON i.document_id = d.id AND i.side = 1
WHERE v.receipt_id IS NULL AND d.reverses_id IS NULL
ORDER BY v.line_no, i.party_id = v.party_id DESC, i.currency_id = v.currency DESC,
    i.allocated < i.amount DESC, i.due_date, i.id
"""
ROWS = """
CREATE TEMP TABLE import_rows ON COMMIT DROP AS
WITH judged AS (
    SELECT v.*, p.item_id, p.pays, COALESCE(v.reason, CASE
            WHEN v.total <= 0 OR v.allocated_amount <= 0 THEN 'amount not above zero'
            WHEN v.total >= 1e14 THEN 'amount too large'
            WHEN c.code IS NULL THEN 'unknown currency'
            WHEN v.total <> round(v.total, c.decimals)
                OR v.allocated_amount <> round(v.allocated_amount, c.decimals)
                THEN 'too many decimals'
            WHEN v.ambiguous THEN 'ambiguous account'
            WHEN v.account_id IS NULL THEN 'unknown account'
            WHEN v.selling_company IS NOT NULL AND v.company_id IS NULL
                THEN 'unknown selling company'
            WHEN v.company_id IS NULL THEN 'which selling company'
            WHEN v.differs THEN 'same key, other content'
            WHEN v.receipt_id IS NOT NULL THEN CASE WHEN r.party_id <> v.party_id
                    OR r.total <> v.total OR r.currency_id <> v.currency
                    OR r.posting_date <> v.received_on THEN 'receipt changed' END
            WHEN (v.company_id, v.received_on) IN (SELECT company_id, day FROM import_closed)
                THEN 'closed period'
            WHEN taken.id IS NOT NULL THEN 'number taken'
            WHEN v.document IS NULL AND v.allocated_amount IS NOT NULL
                THEN 'paid amount without document'
            WHEN v.document IS NULL THEN NULL
            WHEN p.item_id IS NULL THEN 'unknown document'
            WHEN p.party_id <> v.party_id THEN 'document of another payer'
            WHEN p.currency_id <> v.currency THEN 'currency changed'
            WHEN v.received_on < p.posting_date THEN 'paid before document date'
            WHEN p.pays > p.open OR p.open <= 0 THEN 'more than is open'
        END) AS problem
    FROM import_valued v
    LEFT JOIN import_paid p ON p.line_no = v.line_no
    LEFT JOIN settlements_document r ON r.id = v.receipt_id
    LEFT JOIN settlements_document taken ON v.receipt_id IS NULL AND taken.kind = 'receipt'
        AND taken.selling_company_id = v.company_id AND taken.number = v.number
    LEFT JOIN core_currency c ON c.code = v.currency
), added AS (
    SELECT j.*, CASE
            WHEN j.problem IS NOT NULL THEN j.problem
            WHEN sum(j.pays) OVER (PARTITION BY j.key) > j.total THEN 'allocated above amount'
            WHEN sum(j.pays) FILTER (WHERE j.problem IS NULL) OVER (
                PARTITION BY j.item_id ORDER BY j.line_no) > p.open THEN 'more than is open'
        END AS verdict
    FROM judged j LEFT JOIN import_paid p ON p.line_no = j.line_no
), whole AS (
    SELECT a.*, bool_or(a.verdict IS NOT NULL) OVER (PARTITION BY a.key) AS spoilt FROM added a
)
SELECT line_no, key || CASE WHEN tries > 0 THEN '~' || tries ELSE '' END AS key, first, number,
    account_id, party_id, company_id, currency, received_on, total, reference, item_id, pays,
    CASE WHEN first THEN total END AS amount,
    COALESCE(verdict, CASE WHEN spoilt THEN 'part of a rejected receipt' END) AS reason,
    COALESCE(detail, left(CASE verdict WHEN 'unknown account' THEN account
        WHEN 'ambiguous account' THEN account WHEN 'unknown currency' THEN currency
        WHEN 'unknown selling company' THEN selling_company
        WHEN 'unknown document' THEN document WHEN 'document of another payer' THEN document
        WHEN 'more than is open' THEN document WHEN 'number taken' THEN number
        WHEN 'same key, other content' THEN key WHEN 'closed period' THEN received_on::text
        END, 200)) AS detail,
    CASE WHEN spoilt THEN NULL WHEN receipt_id IS NULL THEN 'c' ELSE 'n' END AS action
FROM whole
"""
UNAPPLIED = """
SELECT currency, sum(amount) FROM (
    SELECT currency, COALESCE(sum(amount), 0) - COALESCE(sum(pays), 0) AS amount
    FROM import_rows WHERE action = 'c' GROUP BY key, currency
) AS receipts GROUP BY 1 HAVING sum(amount) > 0 ORDER BY 1
"""
POSTS = f"""
CREATE TEMP TABLE import_posts ON COMMIT DROP AS
SELECT {DOCUMENT_ID} AS document_id, {ITEM_ID} AS item_id, o.* FROM (
    SELECT r.key, r.number, 'receipt' AS kind, -1 AS side, r.account_id, r.party_id, r.company_id,
        r.currency, r.received_on AS document_date, NULL::date AS due_date, r.total, r.reference
    FROM import_rows r WHERE r.action = 'c' AND r.first ORDER BY r.key OFFSET 0
) AS o
"""
ALLOCATE = """
INSERT INTO settlements_allocation (debit_item_id, credit_item_id, party_id, currency_id, amount,
    effective_date)
SELECT r.item_id, p.item_id, r.party_id, r.currency, r.pays, r.received_on
FROM import_rows r JOIN import_posts p ON p.key = r.key
WHERE r.action = 'c' AND r.item_id IS NOT NULL
"""
