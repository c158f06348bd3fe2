"""Statements over the ledger and the revenue of lost accounts, set-based at any size.

Parameters: `roots` (the accounts that are lost), `as_of`; `codes` and `rates` (what a unit of
each currency is worth in the scenario's).
"""

from settlements.models.terms import FIXED

_FIXED = ", ".join(f"'{state.value}'" for state in FIXED)

MEMBERS = """
WITH RECURSIVE members(id) AS (
    SELECT id FROM unnest(%(roots)s::bigint[]) AS given(id)
    UNION
    SELECT l.account_id FROM members m
    JOIN accounts_parentlink l ON l.parent_id = m.id AND l.valid @> %(as_of)s::date
), given AS (
    SELECT * FROM unnest(%(codes)s::text[], %(rates)s::numeric[]) AS g(code, rate)
)"""
# The nearest agreement up the tree that is in force, by selling company; the term of all goods
# speaks for it, since an open item names no goods.
_METHODS = f"""
, agreed AS MATERIALIZED (
    SELECT DISTINCT ON (a.account_id, a.selling_company_id) a.account_id, a.selling_company_id, (
        SELECT t.preset FROM settlements_settlementterm t WHERE t.version_id = v.id
        ORDER BY t.category_id IS NOT NULL, t.id LIMIT 1) AS method
    FROM settlements_tradingagreement a
    JOIN settlements_agreementversion v ON v.agreement_id = a.id AND v.valid @> %(as_of)s::date
        AND v.state IN ({_FIXED})
    ORDER BY a.account_id, a.selling_company_id, v.id DESC
), methods AS MATERIALIZED (
    SELECT DISTINCT ON (o.account_id, o.selling_company_id) o.account_id, o.selling_company_id,
        g.method
    FROM (SELECT DISTINCT account_id, selling_company_id FROM owing) AS o
    JOIN accounts_account c ON c.id = o.account_id
    CROSS JOIN LATERAL unnest(c.path) WITH ORDINALITY AS n(node, depth)
    JOIN agreed g ON g.account_id = n.node AND g.selling_company_id = o.selling_company_id
    ORDER BY o.account_id, o.selling_company_id, n.depth DESC
)"""
# A payer without a habit (nothing paid in the year before) pays when due; what should have come
# already stands in the running week. What has no due date comes after the days usual here.
_OWING = """
, opened AS MATERIALIZED (
    SELECT i.account_id, i.party_id, i.selling_company_id, i.currency_id, i.side, i.due_date,
        i.document_date, i.open_amount
    FROM settlements_open_items(%(as_of)s, NULL) i
    WHERE i.account_id IN (SELECT id FROM members)
), habits AS MATERIALIZED (
    SELECT a.party_id, round(sum(a.amount * (a.effective_date - d.due_date))
        / nullif(sum(a.amount), 0))::integer AS days
    FROM settlements_allocation a
    JOIN settlements_ledgeritem d ON d.id = a.debit_item_id
    JOIN settlements_ledgeritem c ON c.id = a.credit_item_id
    WHERE a.effective_date <= %(as_of)s AND a.effective_date > %(as_of)s - 365
      AND d.due_date IS NOT NULL AND c.kind = 'receipt' AND d.kind <> 'receipt'
      AND d.account_id IN (SELECT id FROM members)
    GROUP BY 1
), weekly AS MATERIALIZED (
    SELECT o.account_id, o.party_id, o.selling_company_id, o.currency_id, o.side,
        CASE WHEN o.side = 1 THEN (greatest(
            COALESCE(o.due_date + COALESCE(h.days, 0), o.document_date + %(usual)s::integer),
            %(monday)s) - %(monday)s::date) / 7 END AS week,
        sum(o.open_amount) AS amount
    FROM opened o LEFT JOIN habits h ON h.party_id = o.party_id
    GROUP BY 1, 2, 3, 4, 5, 6
), owing AS MATERIALIZED (
    SELECT w.account_id, w.party_id, w.selling_company_id,
        sum(round(w.amount * g.rate, 4)) AS amount
    FROM weekly w JOIN given g ON g.code = w.currency_id WHERE w.side = 1 GROUP BY 1, 2, 3
)"""
# A security covers what payers at or below its account owe, in parts as they owe it, and never
# more than that.
_COVER = """
, payers AS MATERIALIZED (
    SELECT party_id, sum(amount) AS owed FROM owing GROUP BY 1 HAVING sum(amount) > 0
), parts AS (
    SELECT p.party_id, c.kind, c.amount * g.rate * p.owed
        / sum(p.owed) OVER (PARTITION BY c.id) AS amount
    FROM payers p JOIN accounts_account a ON a.id = p.party_id
    CROSS JOIN LATERAL unnest(a.path) AS n(node)
    JOIN settlements_collateral c ON c.party_id = n.node AND c.valid @> %(as_of)s::date
    JOIN given g ON g.code = c.currency_id
), kinds AS (
    SELECT party_id, kind, sum(amount) AS amount FROM parts GROUP BY 1, 2
), covers AS MATERIALIZED (
    SELECT k.party_id, k.kind, k.amount / p.owed
        * least(1, p.owed / sum(k.amount) OVER (PARTITION BY k.party_id)) AS part
    FROM kinds k JOIN payers p ON p.party_id = k.party_id
), claims AS MATERIALIZED (
    SELECT o.party_id, COALESCE(m.method, %(no_terms)s) AS method, sum(o.amount) AS amount
    FROM owing o LEFT JOIN methods m ON m.account_id = o.account_id
        AND m.selling_company_id = o.selling_company_id
    GROUP BY 1, 2
), secured AS (
    SELECT c.method, v.kind, round(sum(c.amount * v.part), 4) AS amount
    FROM claims c JOIN covers v ON v.party_id = c.party_id GROUP BY 1, 2
)"""
LEDGER = f"""{MEMBERS}{_OWING}{_METHODS}{_COVER}
SELECT 'claim', method, '', NULL::integer, sum(amount) FROM claims GROUP BY 2
UNION ALL
SELECT 'secured', method, kind, NULL, amount FROM secured
UNION ALL
SELECT 'week', '', '', w.week, sum(round(w.amount * g.rate, 4))
FROM weekly w JOIN given g ON g.code = w.currency_id WHERE w.side = 1 GROUP BY w.week
UNION ALL
SELECT 'credit', '', '', NULL, sum(round(w.amount * g.rate, 4))
FROM weekly w JOIN given g ON g.code = w.currency_id WHERE w.side <> 1
UNION ALL
SELECT 'missing', w.currency_id, '', NULL, NULL FROM weekly w
WHERE w.currency_id NOT IN (SELECT code FROM given) GROUP BY 2
"""
# Weighted by what was paid, of receipts of the last year, from the date of the document.
PAYING = f"""{MEMBERS}
SELECT round(sum(a.amount * g.rate * (a.effective_date - d.document_date))
    / nullif(sum(a.amount * g.rate), 0))
FROM settlements_allocation a
JOIN settlements_ledgeritem d ON d.id = a.debit_item_id
JOIN settlements_ledgeritem c ON c.id = a.credit_item_id
JOIN given g ON g.code = a.currency_id
WHERE a.effective_date <= %(as_of)s AND a.effective_date > %(as_of)s - 365
  AND c.kind = 'receipt' AND d.kind <> 'receipt' AND d.account_id IN (SELECT id FROM members)
"""
RECEIVED = f"""{MEMBERS}
SELECT i.currency_id, sum(-i.side * i.amount) FROM settlements_ledgeritem i
WHERE i.kind = 'receipt' AND i.account_id IN (SELECT id FROM members)
  AND i.posting_date > %(as_of)s - %(days)s::integer AND i.posting_date <= %(as_of)s
GROUP BY 1
"""
SIZE = f"""{MEMBERS}
SELECT (SELECT count(*) FROM members), (
    SELECT count(*) FROM (
        SELECT 1 FROM settlements_ledgeritem i
        WHERE i.account_id IN (SELECT id FROM members) AND i.allocated < i.amount
        LIMIT %(enough)s) AS counted)
"""
# The last accrual of each period that nobody settled: what falls due whoever leaves. A period is
# known by its first day, because the end of a version may cut it.
REBATES = f"""{MEMBERS}
SELECT x.currency_id, sum(x.accrued) FROM (
    SELECT DISTINCT ON (b.condition_id, lower(b.period)) b.currency_id, b.accrued
    FROM settlements_rebateaccrual b
    JOIN settlements_tradecondition c ON c.id = b.condition_id
    JOIN settlements_agreementversion v ON v.id = c.version_id
    JOIN settlements_tradingagreement a ON a.id = v.agreement_id
    WHERE b.through <= %(as_of)s AND a.account_id IN (SELECT id FROM members)
      AND NOT EXISTS (
        SELECT 1 FROM settlements_rebatesettlement s WHERE s.condition_id = b.condition_id
          AND s.period && b.period AND s.settled_on <= %(as_of)s)
    ORDER BY b.condition_id, lower(b.period), b.through DESC, b.id DESC) AS x
GROUP BY 1
"""
NOTICE = f"""{MEMBERS}
SELECT max(v.notice_days) FROM settlements_tradingagreement a
JOIN settlements_agreementversion v ON v.agreement_id = a.id AND v.valid @> %(as_of)s::date
    AND v.state IN ({_FIXED})
WHERE a.account_id IN (
    SELECT id FROM members UNION
    SELECT unnest(r.path) FROM accounts_account r WHERE r.id = ANY(%(roots)s::bigint[]))
"""
