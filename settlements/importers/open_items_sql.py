"""Statements that turn staged open items into rows to post."""

from __future__ import annotations

from settlements.selectors.ledger import PARTY_SQL

# For the planner it is enough to know about how many rows there are, and how many alike: looking at
# a small sample takes a tenth of the time.
ROUGHLY = "SET LOCAL default_statistics_target = 10"
# What a row without a key of its own is known by: everything but how far it is settled.
_CONTENT = """md5(ROW(account, selling_company, document_type, document_date, due_date, amount,
    currency, reference)::text)"""
_WHOLE = """ROW(r.account, r.selling_company, r.document_type, r.document_date, r.due_date,
            r.amount, r.currency, r.settled_on, r.settled_amount)::text"""
# `stem` is the key without the count of rows that are alike.
KEYED = f"""
CREATE TEMP TABLE import_keyed ON COMMIT DROP AS
WITH stems AS (
    SELECT line_no, reason, source_key IS NOT NULL AS keyed,
        COALESCE(source_key, {_CONTENT}) AS stem
    FROM import_stage
), repeated AS (
    SELECT stem FROM stems WHERE reason IS NULL GROUP BY stem HAVING count(*) > 1
), counted AS (
    SELECT s.line_no, row_number() OVER by_line AS occurrence,
        min({_WHOLE}) OVER same <> max({_WHOLE}) OVER same AS differs
    FROM stems s JOIN repeated USING (stem) JOIN import_stage r ON r.line_no = s.line_no
    WHERE s.reason IS NULL
    WINDOW same AS (PARTITION BY s.stem), by_line AS (PARTITION BY s.stem ORDER BY s.line_no)
)
SELECT s.line_no,
    CASE WHEN s.keyed OR COALESCE(c.occurrence, 1) = 1 THEN s.stem
        ELSE s.stem || '-' || c.occurrence END AS key,
    s.keyed AND COALESCE(c.differs, false) AS differs,
    s.keyed AND COALESCE(c.occurrence, 1) > 1 AS again
FROM stems s LEFT JOIN counted c USING (line_no)
"""
# The document that stands under a key. One that was reversed gave way to a later one, whose key
# carries a number after a tilde.
STANDING = """
CREATE TEMP TABLE import_standing ON COMMIT DROP AS
SELECT d.source_key AS key, CASE WHEN gone.id IS NULL THEN d.id ELSE later.id END AS document_id,
    CASE WHEN gone.id IS NULL THEN 0 ELSE COALESCE(later.tries, 0) + 1 END AS tries
FROM settlements_document d
LEFT JOIN settlements_document gone ON gone.reverses_id = d.id
LEFT JOIN LATERAL (
    SELECT max(n.id) FILTER (WHERE NOT EXISTS (
            SELECT 1 FROM settlements_document r WHERE r.reverses_id = n.id)) AS id,
        count(*) AS tries
    FROM settlements_document n WHERE n.source_id = %(source)s
      AND n.source_key > d.source_key || '~' AND n.source_key < d.source_key || '~~'
) AS later ON gone.id IS NOT NULL
WHERE d.source_id = %(source)s AND d.source_key IN (SELECT key FROM import_keyed)
"""
# What the source's settled rows have posted so far; undone imports do not count, but their keys
# are used up.
SETTLED = """
CREATE TEMP TABLE import_settled ON COMMIT DROP AS
WITH moves AS (
    SELECT i.id AS item_id, a.amount, a.effective_date, o.document_id
    FROM import_standing s JOIN settlements_ledgeritem i ON i.document_id = s.document_id
    JOIN settlements_allocation a ON a.debit_item_id = i.id
    JOIN settlements_ledgeritem o ON o.id = a.credit_item_id WHERE i.side = 1
    UNION ALL
    SELECT i.id, a.amount, a.effective_date, o.document_id
    FROM import_standing s JOIN settlements_ledgeritem i ON i.document_id = s.document_id
    JOIN settlements_allocation a ON a.credit_item_id = i.id
    JOIN settlements_ledgeritem o ON o.id = a.debit_item_id WHERE i.side = -1
)
SELECT m.item_id, count(DISTINCT d.id) AS receipts,
    COALESCE(sum(m.amount) FILTER (WHERE b.state <> 'undone'), 0) AS amount,
    max(m.effective_date) FILTER (WHERE b.state <> 'undone' AND m.amount > 0) AS last_on,
    COALESCE(bool_or(m.amount < 0) FILTER (WHERE b.state <> 'undone'), false) AS taken_back
FROM moves m JOIN settlements_document d ON d.id = m.document_id
JOIN imports_importbatch b ON b.id = d.batch_id
WHERE d.source_id = %(source)s AND starts_with(d.source_key, 'settled:') GROUP BY 1
"""
CLOSED = """
CREATE TEMP TABLE import_closed ON COMMIT DROP AS
SELECT c.id AS company_id, days.day FROM core_sellingcompany c CROSS JOIN (
    SELECT document_date AS day FROM import_stage WHERE document_date IS NOT NULL
    UNION SELECT settled_on FROM import_stage WHERE settled_on IS NOT NULL
) AS days
WHERE EXISTS (SELECT 1 FROM settlements_accountingperiod WHERE closed_at IS NOT NULL)
  AND settlements_is_closed(c.id, days.day)
"""
KEY_TABLES = (
    ("import_keyed", KEYED),
    ("import_standing", STANDING),
    ("import_settled", SETTLED),
    ("import_closed", CLOSED),
)
_CHANGED = """CASE
            WHEN COALESCE(m.merged_into_id, m.id) IS DISTINCT FROM v.account_id
                THEN 'account changed'
            WHEN d.kind <> v.kind THEN 'type changed'
            WHEN d.currency_id <> v.currency THEN 'currency changed'
            WHEN d.total <> v.total THEN 'amount changed'
            WHEN d.document_date <> v.document_date THEN 'date changed'
            WHEN i.due_date IS DISTINCT FROM v.due_date THEN 'due date changed'
            WHEN d.selling_company_id <> v.company_id THEN 'which selling company'
            WHEN v.settled_on IS NULL THEN NULL
            WHEN s.taken_back THEN 'settlement taken back'
            WHEN s.amount > v.settled OR s.last_on > v.settled_on
                OR s.amount = v.settled AND s.last_on <> v.settled_on THEN 'settlement changed'
            WHEN i.allocated < v.settled AND v.settled - COALESCE(s.amount, 0)
                > i.amount - i.allocated THEN 'more than is open'
        END"""
# Each row with its account, currency and company, and the document that stands under its key.
_VALUED = """
    SELECT s.line_no, s.reason, s.detail, s.account, s.document_date, s.reference,
        k.key, k.differs, k.again,
        COALESCE(s.document_type, 'invoice') AS kind,
        CASE WHEN s.document_type IN ('credit_note', 'claim', 'receipt') THEN -1 ELSE 1 END AS side,
        CASE WHEN s.document_type IN ('credit_note', 'claim', 'receipt') THEN NULL
            ELSE s.due_date END
            AS due_date,
        s.amount AS total, COALESCE(upper(s.currency), a.currency_id, %(base)s) AS currency,
        s.settled_on, CASE WHEN s.settled_on IS NULL THEN s.settled_amount
            ELSE COALESCE(s.settled_amount, s.amount) END AS settled,
        a.account_id, a.ambiguous, s.selling_company,
        CASE WHEN s.selling_company IS NULL THEN %(company)s::bigint ELSE c.id END AS company_id,
        t.document_id, COALESCE(t.tries, 0) AS tries,
        CASE WHEN s.source_key IS NOT NULL THEN s.source_key ELSE COALESCE(s.reference, k.key) END
            AS said_number, s.source_key IS NOT NULL AS keyed
    FROM import_stage s
    JOIN import_keyed k ON k.line_no = s.line_no
    LEFT JOIN import_accounts a ON a.value = s.account
    LEFT JOIN core_sellingcompany c ON c.code = s.selling_company
    LEFT JOIN import_standing t ON t.key = k.key
"""
# A number of 60 characters at most that no other row of the file has: without a key of its own a
# reference that stands twice gets a piece of the row's key.
_NUMBERED = """
    SELECT v.*, CASE WHEN v.document_id IS NOT NULL OR v.reason IS NOT NULL THEN NULL ELSE
        CASE WHEN length(v.said_number) > 50
            THEN left(v.said_number, 40) || '-' || left(md5(v.said_number), 8)
            WHEN t.said_number IS NOT NULL THEN v.said_number || '-' || left(md5(v.key), 8)
            ELSE v.said_number END || CASE WHEN v.tries > 0 THEN '~' || v.tries ELSE '' END
        END AS number
    FROM valued v LEFT JOIN (
        SELECT said_number FROM valued WHERE document_id IS NULL AND NOT keyed
        GROUP BY 1 HAVING count(*) > 1
    ) AS t ON t.said_number = v.said_number AND NOT v.keyed
"""
# Among documents that stand: the same number, and one that differs by leading zeros only.
_NUMBERS_TAKEN = """
    LEFT JOIN settlements_document taken ON taken.selling_company_id = v.company_id
        AND taken.kind = v.kind AND taken.number = v.number
    LEFT JOIN LATERAL (
        SELECT z.number FROM settlements_document z
        WHERE z.account_id = v.account_id AND z.document_date = v.document_date
          AND z.kind = v.kind AND z.total = v.total AND z.number <> v.number
          AND ltrim(z.number, '0') = ltrim(v.number, '0') AND z.reverses_id IS NULL
          AND NOT EXISTS (SELECT 1 FROM settlements_document r WHERE r.reverses_id = z.id)
        LIMIT 1
    ) AS zeros ON %(others)s AND v.number IS NOT NULL
"""
# Without their OFFSET the verdicts would be worked out anew wherever they are named.
ROWS = f"""
CREATE TEMP TABLE import_rows ON COMMIT DROP AS
WITH valued AS MATERIALIZED ({_VALUED}), judged AS (
    SELECT v.*, i.id AS item_id, i.party_id, COALESCE(s.receipts, 0) AS receipts,
        d.total AS was_total, d.document_date AS was_date, i.due_date AS was_due,
        zeros.number AS padded, i.allocated,
        -- What is still to be posted: nothing where what is allocated by hand covers it.
        CASE WHEN v.settled_on IS NULL THEN NULL WHEN v.document_id IS NULL THEN v.settled
            WHEN i.allocated >= v.settled THEN NULL
            ELSE v.settled - COALESCE(s.amount, 0) END AS to_settle,
        COALESCE(v.reason, CASE
            WHEN v.total <= 0 OR v.settled <= 0 THEN 'amount not above zero'
            WHEN v.total >= 1e14 THEN 'amount too large'
            WHEN c.code IS NULL THEN 'unknown currency'
            WHEN v.total <> round(v.total, c.decimals) OR v.settled <> round(v.settled, c.decimals)
                THEN 'too many decimals'
            WHEN v.due_date < v.document_date THEN 'due before document date'
            WHEN v.settled_on < v.document_date THEN 'settled before document date'
            WHEN v.settled_on IS NULL AND v.settled IS NOT NULL THEN 'settled amount without date'
            WHEN v.settled > v.total THEN 'settled above amount'
            WHEN v.ambiguous THEN 'ambiguous account'
            WHEN v.account_id IS NULL AND NOT %(create)s THEN 'unknown account'
            WHEN v.selling_company IS NOT NULL AND v.company_id IS NULL
                THEN 'unknown selling company'
            WHEN v.company_id IS NULL AND NOT %(first)s THEN 'which selling company'
            WHEN v.differs THEN 'same key, other content'
            WHEN v.document_id IS NOT NULL THEN {_CHANGED}
            WHEN taken.id IS NOT NULL THEN 'number taken'
            WHEN zeros.number IS NOT NULL THEN 'number differs by zeros'
        END) AS problem
    FROM ({_NUMBERED}) AS v {_NUMBERS_TAKEN}
    LEFT JOIN settlements_document d ON d.id = v.document_id
    LEFT JOIN accounts_account m ON m.id = d.account_id
    LEFT JOIN settlements_ledgeritem i ON i.document_id = d.id
    LEFT JOIN import_settled s ON s.item_id = i.id
    LEFT JOIN core_currency c ON c.code = v.currency
    OFFSET 0
), closed AS (
    SELECT j.*, CASE WHEN j.problem IS NOT NULL THEN j.problem
        WHEN (j.document_id IS NULL AND (j.company_id, j.document_date) IN (
                SELECT company_id, day FROM import_closed))
            OR (j.to_settle IS NOT NULL AND (j.company_id, j.settled_on) IN (
                SELECT company_id, day FROM import_closed)) THEN 'closed period'
        END AS verdict
    FROM judged j OFFSET 0
)
SELECT line_no, key || CASE WHEN tries > 0 THEN '~' || tries ELSE '' END AS key, again,
    number, account, account_id, company_id, kind, side, currency, document_date, due_date, total,
    COALESCE(reference, '') AS reference, settled_on, settled, to_settle, document_id, item_id,
    party_id, receipts, allocated, side * total AS amount, verdict AS reason,
    COALESCE(detail, left(CASE verdict
        WHEN 'unknown account' THEN account WHEN 'ambiguous account' THEN account
        WHEN 'unknown currency' THEN currency
        WHEN 'unknown selling company' THEN selling_company
        WHEN 'same key, other content' THEN key WHEN 'number taken' THEN number
        WHEN 'number differs by zeros' THEN padded
        WHEN 'amount not above zero' THEN total::text WHEN 'too many decimals' THEN total::text
        WHEN 'amount changed' THEN trim_scale(was_total) || ' → ' || trim_scale(total)
        WHEN 'date changed' THEN was_date || ' → ' || document_date
        WHEN 'due date changed' THEN COALESCE(was_due::text, '–') || ' → '
            || COALESCE(due_date::text, '–')
        WHEN 'closed period' THEN CASE WHEN document_id IS NULL THEN document_date
            ELSE settled_on END::text
        WHEN 'due before document date' THEN due_date::text
        WHEN 'settled before document date' THEN settled_on::text
        END, 200)) AS detail,
    CASE WHEN verdict IS NOT NULL THEN NULL WHEN again THEN 'n' WHEN document_id IS NULL THEN 'c'
        WHEN to_settle IS NOT NULL THEN 'u' ELSE 'n' END AS action
FROM closed
"""
PARTIES = f"""
CREATE TEMP TABLE import_parties ON COMMIT DROP AS
{PARTY_SQL} WHERE a.id IN (SELECT account_id FROM import_accounts)
"""
DOCUMENT_ID = "nextval('settlements_document_id_seq'::regclass)"
ITEM_ID = "nextval('settlements_ledgeritem_id_seq'::regclass)"
POSTS = f"""
CREATE TEMP TABLE import_posts ON COMMIT DROP AS
SELECT {DOCUMENT_ID} AS document_id, {ITEM_ID} AS item_id, o.* FROM (
    SELECT r.line_no, r.key, r.number, r.kind, r.side, p.account_id, p.party_id,
        COALESCE(r.company_id, %(company)s::bigint) AS company_id, r.currency, r.document_date,
        r.due_date, r.total, r.reference, r.settled_on, r.to_settle
    FROM import_rows r JOIN import_accounts a ON a.value = r.account
    JOIN import_parties p ON p.account_id = a.account_id
    WHERE r.action = 'c' ORDER BY r.key OFFSET 0
) AS o
"""
# A debit is settled by a receipt; a credit by a refund. What is posted above stands in order.
SETTLEMENTS = f"""
CREATE TEMP TABLE import_settlements ON COMMIT DROP AS
SELECT {DOCUMENT_ID} AS document_id, {ITEM_ID} AS item_id, o.* FROM (
    SELECT item_id AS settles_id, side, party_id, account_id, company_id, currency, settled_on,
        to_settle AS total, 'settled:' || key AS key, number || '/1' AS number,
        left(number, 140) AS reference
    FROM import_posts WHERE to_settle IS NOT NULL
    UNION ALL
    (SELECT r.item_id, r.side, r.party_id, d.account_id, d.selling_company_id, r.currency,
        r.settled_on, r.to_settle,
        'settled:' || r.key || CASE WHEN r.receipts > 0 THEN ':' || r.receipts + 1 ELSE '' END,
        d.number || '/' || r.receipts + 1, left(d.number, 140)
    FROM import_rows r JOIN settlements_document d ON d.id = r.document_id
    WHERE r.action = 'u' AND r.to_settle IS NOT NULL ORDER BY r.key)
) AS o
"""
_DOCUMENT = """
INSERT INTO settlements_document (id, kind, number, selling_company_id, party_id, account_id,
    currency_id, document_date, posting_date, total, reference, source_id, source_key, batch_id)
"""
_ITEM = """
INSERT INTO settlements_ledgeritem (id, document_id, sequence, kind, selling_company_id, party_id,
    account_id, currency_id, side, amount, document_date, posting_date, due_date)
"""
_POSTED_DOCUMENTS = """
SELECT document_id, kind, number, company_id, party_id, account_id, currency, document_date,
    document_date, total, reference, %(source)s, key, %(batch)s FROM import_posts
"""
_SETTLING_DOCUMENTS = """
SELECT document_id, CASE side WHEN 1 THEN 'receipt' ELSE 'refund' END, number, company_id,
    party_id, account_id, currency, settled_on, settled_on, total, reference, %(source)s, key,
    %(batch)s FROM import_settlements
"""
_POSTED_ITEMS = """
SELECT item_id, document_id, 1, kind, company_id, party_id, account_id, currency, side, total,
    document_date, document_date, due_date FROM import_posts
"""
_SETTLING_ITEMS = """
SELECT item_id, document_id, 1, CASE side WHEN 1 THEN 'receipt' ELSE 'refund' END, company_id,
    party_id, account_id, currency, -side, total, settled_on, settled_on, NULL
FROM import_settlements
"""
POST_DOCUMENTS = f"{_DOCUMENT} {_POSTED_DOCUMENTS}"
POST_ITEMS = f"{_ITEM} {_POSTED_ITEMS}"
POST_ALL_DOCUMENTS = f"{POST_DOCUMENTS} UNION ALL {_SETTLING_DOCUMENTS}"
POST_ALL_ITEMS = f"{POST_ITEMS} UNION ALL {_SETTLING_ITEMS}"
# The sums are looked at while nothing is allocated yet and every row stands once.
COMPLETE = """
SET CONSTRAINTS documents_complete IMMEDIATE; SET CONSTRAINTS documents_complete DEFERRED
"""
ALLOCATE = """
INSERT INTO settlements_allocation (debit_item_id, credit_item_id, party_id, currency_id, amount,
    effective_date)
SELECT CASE side WHEN 1 THEN settles_id ELSE item_id END,
    CASE side WHEN 1 THEN item_id ELSE settles_id END, party_id, currency, total, settled_on
FROM import_settlements
"""
# Of what joins and filters read, so that the planner does not take the ledger for what it was.
ANALYZE = """ANALYZE settlements_document (id, source_id, source_key, batch_id),
    settlements_ledgeritem (id, document_id, party_id, account_id, allocated),
    settlements_allocation (debit_item_id, credit_item_id)"""
# Open here, of this source, and not in the file.
MISSING = """
CREATE TEMP TABLE import_missing ON COMMIT DROP AS
SELECT d.id AS document_id, d.party_id, d.currency_id, i.amount - i.allocated AS open_amount
FROM settlements_document d JOIN settlements_ledgeritem i ON i.document_id = d.id
WHERE d.source_id = %(source)s AND i.allocated < i.amount AND d.reverses_id IS NULL
  AND NOT starts_with(d.source_key, 'settled:')
  AND EXISTS (SELECT 1 FROM imports_importbatch b WHERE b.id = d.batch_id AND b.kind = %(kind)s)
  AND NOT EXISTS (SELECT 1 FROM import_rows r WHERE r.document_id = d.id)
"""
OPEN_OF_SOURCE = """
SELECT count(*) FROM settlements_document d
JOIN settlements_ledgeritem i ON i.document_id = d.id
WHERE d.source_id = %(source)s AND i.allocated < i.amount AND d.reverses_id IS NULL
  AND NOT starts_with(d.source_key, 'settled:')
  AND EXISTS (SELECT 1 FROM imports_importbatch b WHERE b.id = d.batch_id AND b.kind = %(kind)s)
"""
# An item that waits for review already, or that somebody left as it is, is not listed twice.
KEEP_MISSING = """
INSERT INTO settlements_extractgap (batch_id, document_id, party_id, currency_id, open_amount,
    outcome)
SELECT %(batch)s, document_id, party_id, currency_id, open_amount, '' FROM import_missing m
WHERE NOT EXISTS (SELECT 1 FROM settlements_extractgap g
    WHERE g.document_id = m.document_id AND g.outcome IN ('', 'ignored'))
"""
ANSWER_MISSING = """
UPDATE settlements_extractgap g SET outcome = 'came_back', reviewed_at = now(),
    answered_by_id = %(batch)s
FROM import_rows r WHERE r.document_id = g.document_id AND g.outcome = '' AND r.reason IS NULL
"""
