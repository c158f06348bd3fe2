"""Statements over the whole ledger for DSO over time, days beyond terms and forecasts."""

from __future__ import annotations

# Gross receivables on a day are debits posted until then less what was allocated to them until
# then: allocations are never before their debit.
TREND = """
WITH ends AS (SELECT day FROM unnest(%(ends)s::date[]) AS given(day)),
posted AS (
    SELECT i.posting_date AS day, i.currency_id, sum(i.amount) AS amount
    FROM settlements_ledgeritem i WHERE i.side = 1 AND i.posting_date <= %(as_of)s
      AND (%(known_at)s::timestamptz IS NULL OR i.recorded_at <= %(known_at)s::timestamptz)
      {conditions} GROUP BY 1, 2
    UNION ALL
    SELECT a.effective_date, a.currency_id, -sum(a.amount)
    FROM settlements_allocation a JOIN settlements_ledgeritem d ON d.id = a.debit_item_id
    WHERE a.effective_date <= %(as_of)s
      AND (%(known_at)s::timestamptz IS NULL OR a.recorded_at <= %(known_at)s::timestamptz)
      {debits} GROUP BY 1, 2
), sold AS (
    SELECT i.document_date AS day, i.currency_id, sum(i.side * i.amount) AS amount
    FROM settlements_ledgeritem i
    WHERE i.kind IN ('invoice', 'debit_note', 'credit_note') AND i.posting_date <= %(as_of)s
      AND (%(known_at)s::timestamptz IS NULL OR i.recorded_at <= %(known_at)s::timestamptz)
      {conditions} GROUP BY 1, 2
), both_kinds AS (
    SELECT e.day, p.currency_id, sum(p.amount) AS gross, 0 AS sold
    FROM ends e JOIN posted p ON p.day <= e.day GROUP BY 1, 2
    UNION ALL
    SELECT e.day, s.currency_id, 0, sum(s.amount)
    FROM ends e JOIN sold s ON s.day <= e.day AND s.day > e.day - %(days)s GROUP BY 1, 2
)
SELECT day, currency_id, sum(gross), sum(sold) FROM both_kinds GROUP BY 1, 2 ORDER BY 1, 2
"""
BEYOND_TERMS = """
SELECT a.currency_id, sum(a.amount), sum(a.amount * (a.effective_date - d.due_date)),
    count(DISTINCT d.id)
FROM settlements_allocation a
JOIN settlements_ledgeritem d ON d.id = a.debit_item_id
JOIN settlements_ledgeritem c ON c.id = a.credit_item_id
WHERE a.effective_date >= %(start)s AND a.effective_date < %(end)s
  AND a.effective_date <= %(as_of)s AND d.due_date IS NOT NULL AND c.kind = 'receipt'
  AND d.kind <> 'receipt'
  AND (%(known_at)s::timestamptz IS NULL OR a.recorded_at <= %(known_at)s::timestamptz)
  {conditions} GROUP BY 1 HAVING count(*) FILTER (WHERE a.amount > 0) > 0 ORDER BY 1
"""
# A payer without a habit (nothing paid in the year before) pays when due.
EXPECTED = """
WITH habits AS (
    SELECT a.party_id, round(sum(a.amount * (a.effective_date - d.due_date))
        / nullif(sum(a.amount), 0))::integer AS days
    FROM settlements_allocation a
    JOIN settlements_ledgeritem d ON d.id = a.debit_item_id
    JOIN settlements_ledgeritem c ON c.id = a.credit_item_id
    WHERE a.effective_date <= %(as_of)s AND a.effective_date > %(as_of)s - 365
      AND d.due_date IS NOT NULL AND c.kind = 'receipt' AND d.kind <> 'receipt'
      AND (%(known_at)s::timestamptz IS NULL OR a.recorded_at <= %(known_at)s::timestamptz)
    GROUP BY 1
), open_debits AS (
    SELECT i.currency_id, i.open_amount AS amount, i.due_date,
        i.due_date + COALESCE(h.days, 0) AS expected_on
    FROM (SELECT * FROM settlements_open_items(%(as_of)s, %(known_at)s) i {conditions}) AS i
    LEFT JOIN habits h ON h.party_id = i.party_id WHERE i.side = 1
), past AS (
    SELECT i.currency_id, i.amount, i.due_date, i.posting_date,
        i.due_date + COALESCE(h.days, 0) AS expected_on
    FROM settlements_ledgeritem i LEFT JOIN habits h ON h.party_id = i.party_id
    WHERE i.side = 1 AND i.kind IN ('invoice', 'debit_note') AND i.posting_date < %(monday)s
      AND i.due_date < %(monday)s AND i.due_date >= %(first)s - 365
      AND (%(known_at)s::timestamptz IS NULL OR i.recorded_at <= %(known_at)s::timestamptz)
      {also}
), lines AS (
    SELECT 'due' AS what, date_trunc('week', greatest(due_date, %(monday)s))::date AS week,
        currency_id, amount FROM open_debits WHERE due_date IS NOT NULL
    UNION ALL
    SELECT 'expected', date_trunc('week', greatest(expected_on, %(monday)s))::date, currency_id,
        amount FROM open_debits WHERE due_date IS NOT NULL
    UNION ALL
    SELECT 'undated', NULL, currency_id, amount FROM open_debits WHERE due_date IS NULL
    UNION ALL
    SELECT 'due', date_trunc('week', due_date)::date, currency_id, amount FROM past
    WHERE due_date >= %(first)s AND posting_date < date_trunc('week', due_date)
    UNION ALL
    SELECT 'expected', date_trunc('week', expected_on)::date, currency_id, amount FROM past
    WHERE expected_on >= %(first)s AND expected_on < %(monday)s
      AND posting_date < date_trunc('week', expected_on)
    UNION ALL
    SELECT 'came', date_trunc('week', i.posting_date)::date, i.currency_id, -i.side * i.amount
    FROM settlements_ledgeritem i
    WHERE i.kind = 'receipt' AND i.posting_date >= %(first)s AND i.posting_date <= %(as_of)s
      AND (%(known_at)s::timestamptz IS NULL OR i.recorded_at <= %(known_at)s::timestamptz)
      {also}
)
SELECT what, week, currency_id, sum(amount) FROM lines GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
