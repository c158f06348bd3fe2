"""What the overdue run keeps for boards: positions by account, balances of month ends."""

from __future__ import annotations

from settlements.analytics.ageing import Bands
from settlements.selectors.ageing_sql import place_sql

_BANDS = Bands()
_BUCKETS = ", ".join(
    f"COALESCE(sum(open_amount) FILTER (WHERE side = 1 AND place = {place}), 0)"
    for place in range(len(_BANDS.names))
)
_FIGURES = "buckets, open, overdue, open_items, overdue_items, unapplied, open_credits"
_NEW = ", ".join(f"EXCLUDED.{name.strip()}" for name in _FIGURES.split(","))
_OLD = ", ".join(f"p.{name.strip()}" for name in _FIGURES.split(","))
POSITIONS = f"""
INSERT INTO settlements_accountposition AS p (account_id, currency_id, {_FIGURES})
SELECT account_id, currency_id, ARRAY[{_BUCKETS}],
    COALESCE(sum(open_amount) FILTER (WHERE side = 1), 0),
    COALESCE(sum(open_amount) FILTER (WHERE side = 1 AND due_date < %(as_of)s), 0),
    count(*) FILTER (WHERE side = 1),
    count(*) FILTER (WHERE side = 1 AND due_date < %(as_of)s),
    COALESCE(sum(open_amount) FILTER (WHERE side = -1 AND kind = 'receipt'), 0),
    COALESCE(sum(open_amount) FILTER (WHERE side = -1 AND kind <> 'receipt'), 0)
FROM (SELECT *, {place_sql(_BANDS, "due_date")} AS place FROM overdue_open) AS placed
GROUP BY account_id, currency_id ORDER BY account_id, currency_id
ON CONFLICT (account_id, currency_id) DO UPDATE SET ({_FIGURES}) = ROW({_NEW})
WHERE ROW({_OLD}) IS DISTINCT FROM ROW({_NEW})
"""
NO_POSITIONS = """
DELETE FROM settlements_accountposition p WHERE NOT EXISTS (
    SELECT 1 FROM overdue_open o
    WHERE o.account_id = p.account_id AND o.currency_id = p.currency_id)
"""
# Each change of a balance falls to the first of the days that it counts for; balances are running
# sums of that. Sales are those of `selectors.collection.dso_trend`. The last of the days is the
# run's own, on which every account with a ledger has a row, so that currencies are known.
BALANCES = """
CREATE TEMP TABLE fresh_balance ON COMMIT DROP AS
WITH ends AS MATERIALIZED (
    SELECT day, place FROM unnest(%(ends)s::date[]) WITH ORDINALITY AS given(day, place)
), moved AS (
    SELECT i.account_id, i.currency_id, sum(i.amount) AS amount,
        width_bucket(i.posting_date - 1, %(ends)s::date[]) + 1 AS place
    FROM settlements_ledgeritem i
    WHERE i.side = 1 AND i.posting_date <= %(as_of)s GROUP BY 1, 2, 4
    UNION ALL
    SELECT d.account_id, a.currency_id, -sum(a.amount),
        width_bucket(a.effective_date - 1, %(ends)s::date[]) + 1
    FROM settlements_allocation a JOIN settlements_ledgeritem d ON d.id = a.debit_item_id
    WHERE a.effective_date <= %(as_of)s GROUP BY 1, 2, 4
), changes AS (
    SELECT account_id, currency_id, place, sum(amount) AS amount FROM moved GROUP BY 1, 2, 3
), days_sold AS (
    SELECT i.account_id, i.currency_id, i.document_date AS day, sum(i.side * i.amount) AS amount
    FROM settlements_ledgeritem i
    WHERE i.kind IN ('invoice', 'debit_note', 'credit_note') AND i.posting_date <= %(as_of)s
      AND i.document_date <= %(as_of)s GROUP BY 1, 2, 3
), sold AS (
    SELECT s.account_id, s.currency_id, e.place, sum(s.amount) AS amount
    FROM days_sold s JOIN ends e ON s.day <= e.day AND s.day > e.day - %(days)s GROUP BY 1, 2, 3
), known AS (
    SELECT account_id, currency_id FROM changes UNION
    SELECT account_id, currency_id FROM days_sold
), running AS (
    SELECT k.account_id, k.currency_id, e.day, COALESCE(s.amount, 0) AS sold,
        sum(COALESCE(c.amount, 0)) OVER (
            PARTITION BY k.account_id, k.currency_id ORDER BY e.place) AS open
    FROM known k CROSS JOIN ends e
    LEFT JOIN changes c ON c.account_id = k.account_id AND c.currency_id = k.currency_id
        AND c.place = e.place
    LEFT JOIN sold s ON s.account_id = k.account_id AND s.currency_id = k.currency_id
        AND s.place = e.place
), kept AS (
    SELECT * FROM running WHERE day = %(as_of)s OR open <> 0 OR sold <> 0
)
SELECT account_id, day, currency_id, open, sold FROM kept
UNION ALL
SELECT NULL, day, currency_id, sum(open), sum(sold) FROM kept GROUP BY day, currency_id
"""
_SAME = """COALESCE(f.account_id, 0) = COALESCE(b.account_id, 0) AND f.day = b.day
    AND f.currency_id = b.currency_id AND f.open = b.open AND f.sold = b.sold"""
NO_BALANCES = f"""
DELETE FROM settlements_openbalance b
WHERE NOT EXISTS (SELECT 1 FROM fresh_balance f WHERE {_SAME})
"""
NEW_BALANCES = f"""
INSERT INTO settlements_openbalance (account_id, day, currency_id, open, sold)
SELECT f.account_id, f.day, f.currency_id, f.open, f.sold FROM fresh_balance f
WHERE NOT EXISTS (SELECT 1 FROM settlements_openbalance b WHERE {_SAME})
ORDER BY f.account_id, f.day
"""
