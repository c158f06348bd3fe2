"""The overdue job's statements: each looks at everything at once."""

from __future__ import annotations

from settlements.analytics.ageing import Bands
from settlements.selectors.ageing_sql import place_sql

# What is open on the day, read once. Merged payers stand under their survivor.
OPEN = """
CREATE TEMP TABLE overdue_open ON COMMIT DROP AS
SELECT o.id, COALESCE(a.merged_into_id, o.party_id) AS party_id, o.account_id, o.currency_id,
    o.side, o.kind, o.open_amount, o.due_date, o.posting_date
FROM settlements_open_items(%(as_of)s) o JOIN accounts_account a ON a.id = o.party_id
"""
# The day on which an item was last settled in full, from the running sum of its allocations.
_SETTLED = """
    SELECT running.item_id, min(running.effective_date) FILTER (
        WHERE running.effective_date > COALESCE(running.last_short, '-infinity'::date)) AS on_day
    FROM (
        SELECT sums.*, max(effective_date) FILTER (WHERE total < amount)
            OVER (PARTITION BY item_id) AS last_short
        FROM (
            SELECT a.debit_item_id AS item_id, a.effective_date, i.amount,
                sum(sum(a.amount)) OVER (
                    PARTITION BY a.debit_item_id ORDER BY a.effective_date) AS total
            FROM settlements_allocation a JOIN settlements_ledgeritem i ON i.id = a.debit_item_id
            WHERE a.effective_date <= %(as_of)s AND a.debit_item_id IN ({items})
            GROUP BY a.debit_item_id, a.effective_date, i.amount
        ) AS sums
    ) AS running GROUP BY running.item_id
"""
_GONE = """
SELECT s.item_id FROM settlements_overduespell s WHERE s.cured_on IS NULL
  AND NOT EXISTS (SELECT 1 FROM overdue_open o
                  WHERE o.id = s.item_id AND o.side = 1 AND o.due_date < %(as_of)s)
"""
CURE = f"""
WITH settled AS ({_SETTLED.format(items=_GONE)})
UPDATE settlements_overduespell s
SET cured_on = greatest(settled.on_day, s.overdue_since), cure_noted_on = %(as_of)s
FROM settled WHERE settled.item_id = s.item_id AND s.cured_on IS NULL
"""
# Overdue from the day after the due date; an item that was settled and is open again, from then.
FLAG = """
WITH fresh AS (
    SELECT o.* FROM overdue_open o
    LEFT JOIN settlements_overduespell s ON s.item_id = o.id AND s.cured_on IS NULL
    WHERE o.side = 1 AND o.due_date < %(as_of)s AND s.id IS NULL
), opened_again AS (
    SELECT sums.item_id, max(sums.effective_date) AS on_day FROM (
        SELECT a.debit_item_id AS item_id, a.effective_date, i.amount,
            sum(sum(a.amount)) OVER by_day AS total,
            sum(sum(a.amount)) OVER by_day - sum(a.amount) AS former
        FROM settlements_allocation a JOIN settlements_ledgeritem i ON i.id = a.debit_item_id
        WHERE a.effective_date <= %(as_of)s AND a.debit_item_id IN (
            SELECT f.id FROM fresh f JOIN settlements_allocation t
                ON t.debit_item_id = f.id AND t.amount < 0)
        GROUP BY a.debit_item_id, a.effective_date, i.amount
        WINDOW by_day AS (PARTITION BY a.debit_item_id ORDER BY a.effective_date)
    ) AS sums WHERE sums.former = sums.amount AND sums.total < sums.amount GROUP BY 1
)
INSERT INTO settlements_overduespell (item_id, party_id, overdue_since, noted_on)
SELECT f.id, f.party_id, greatest(f.due_date + 1, f.posting_date, g.on_day), %(as_of)s
FROM fresh f LEFT JOIN opened_again g ON g.item_id = f.id
ORDER BY f.id
ON CONFLICT (item_id, overdue_since) DO UPDATE SET cured_on = NULL, cure_noted_on = NULL
"""
# Days without a run: what fell due and was settled late in between had a spell too.
_MISSED = """
SELECT i.id FROM settlements_ledgeritem i
WHERE i.side = 1 AND i.due_date >= %(last)s AND i.due_date < %(as_of)s AND i.allocated > 0
  AND i.posting_date <= %(as_of)s AND NOT EXISTS (SELECT 1 FROM overdue_open o WHERE o.id = i.id)
"""
PASS = f"""
WITH settled AS ({_SETTLED.format(items=_MISSED)})
INSERT INTO settlements_overduespell (item_id, party_id, overdue_since, noted_on, cured_on,
    cure_noted_on)
SELECT i.id, COALESCE(p.merged_into_id, p.id), greatest(i.due_date + 1, i.posting_date),
    %(as_of)s, settled.on_day, %(as_of)s
FROM settled JOIN settlements_ledgeritem i ON i.id = settled.item_id
JOIN accounts_account p ON p.id = i.party_id
WHERE settled.on_day > greatest(i.due_date + 1, i.posting_date)
ORDER BY i.id
ON CONFLICT (item_id, overdue_since) DO NOTHING
"""
_BANDS = Bands()
_BUCKETS = ", ".join(
    f"COALESCE(sum(open_amount) FILTER (WHERE side = 1 AND place = {place}), 0)"
    for place in range(len(_BANDS.names))
)
_SUMS = f"""
    SELECT party_id, currency_id, ARRAY[{_BUCKETS}] AS buckets,
        COALESCE(sum(open_amount) FILTER (WHERE side = 1), 0) AS open,
        COALESCE(sum(open_amount) FILTER (WHERE side = 1 AND due_date < %(as_of)s), 0) AS overdue,
        count(*) FILTER (WHERE side = 1) AS open_items,
        count(*) FILTER (WHERE side = 1 AND due_date < %(as_of)s) AS overdue_items,
        min(due_date) FILTER (WHERE side = 1 AND due_date < %(as_of)s) AS oldest_due_on,
        COALESCE(sum(open_amount) FILTER (WHERE side = -1 AND kind = 'receipt'), 0) AS unapplied,
        COALESCE(sum(open_amount) FILTER (WHERE side = -1 AND kind <> 'receipt'), 0)
            AS open_credits
    FROM (SELECT *, {place_sql(_BANDS, "due_date")} AS place FROM overdue_open) AS placed
    GROUP BY party_id, currency_id
"""
_FIGURES = """as_of, buckets, open, overdue, open_items, overdue_items, oldest_due_on, oldest_days,
    unapplied, open_credits"""
_NEW = ", ".join(f"EXCLUDED.{name.strip()}" for name in _FIGURES.split(","))
_OLD = ", ".join(f"p.{name.strip()}" for name in _FIGURES.split(","))
POSITIONS = f"""
WITH sums AS ({_SUMS})
INSERT INTO settlements_position AS p (party_id, currency_id, {_FIGURES}, computed_at)
SELECT party_id, currency_id, %(as_of)s, buckets, open, overdue, open_items, overdue_items,
    oldest_due_on, COALESCE(%(as_of)s - oldest_due_on, 0), unapplied, open_credits, now()
FROM sums ORDER BY party_id, currency_id
ON CONFLICT (party_id, currency_id) DO UPDATE SET ({_FIGURES}, computed_at) = ROW({_NEW}, now())
WHERE ROW({_OLD}) IS DISTINCT FROM ROW({_NEW})
"""
NO_POSITIONS = """
DELETE FROM settlements_position p WHERE NOT EXISTS (
    SELECT 1 FROM overdue_open o WHERE o.party_id = p.party_id AND o.currency_id = p.currency_id)
"""
# Whoever must act: the payer's lead where there is one, and the controller of the nearest node
# that has one, else nobody in particular. Work that somebody called done stays so until something
# else falls overdue or two weeks pass.
WORK = """
WITH due AS (
    SELECT p.*, a.current_lead_id, a.path FROM settlements_position p
    JOIN accounts_account a ON a.id = p.party_id WHERE p.overdue > 0
), controllers AS (
    SELECT DISTINCT ON (due.party_id) due.party_id, c.user_id
    FROM (SELECT DISTINCT party_id, path FROM due
          WHERE EXISTS (SELECT 1 FROM settlements_controllerassignment)) AS due
    CROSS JOIN LATERAL unnest(due.path) WITH ORDINALITY AS step(id, place)
    JOIN settlements_controllerassignment c ON c.account_id = step.id AND c.valid @> %(as_of)s
    JOIN identity_user u ON u.id = c.user_id AND u.is_active
    ORDER BY due.party_id, step.place DESC
), wanted AS (
    SELECT party_id, currency_id, 'lead' AS role, current_lead_id AS user_id, overdue,
        overdue_items, oldest_due_on FROM due WHERE current_lead_id IS NOT NULL
    UNION ALL
    SELECT due.party_id, currency_id, 'controller', c.user_id, overdue, overdue_items,
        oldest_due_on FROM due LEFT JOIN controllers c ON c.party_id = due.party_id
), contacts AS (
    SELECT party_id, max(last_contact_on) AS on_day FROM settlements_workitem
    WHERE last_contact_on IS NOT NULL GROUP BY 1
), called_done AS (
    SELECT party_id, currency_id, role, max(closed_on) AS closed_on FROM settlements_workitem
    WHERE state = 'done' AND outcome <> 'cured' AND closed_on > %(as_of)s - 14 GROUP BY 1, 2, 3
)
INSERT INTO settlements_workitem AS w (party_id, currency_id, role, user_id, amount, overdue_items,
    oldest_due_on, opened_on, state, next_step, outcome, note, is_taken, last_contact_on)
SELECT n.party_id, n.currency_id, n.role, n.user_id, n.overdue, n.overdue_items, n.oldest_due_on,
    %(as_of)s, 'open', '', '', '', false, c.on_day
FROM wanted n LEFT JOIN called_done d USING (party_id, currency_id, role)
LEFT JOIN contacts c ON c.party_id = n.party_id
WHERE d.closed_on IS NULL OR EXISTS (
    SELECT 1 FROM settlements_overduespell s
    WHERE s.party_id = n.party_id AND s.cured_on IS NULL AND s.noted_on > d.closed_on)
ORDER BY n.party_id, n.currency_id, n.role
ON CONFLICT (party_id, currency_id, role) WHERE NOT state = 'done' DO UPDATE SET
    user_id = CASE WHEN w.is_taken THEN w.user_id ELSE EXCLUDED.user_id END,
    amount = EXCLUDED.amount,
    overdue_items = EXCLUDED.overdue_items, oldest_due_on = EXCLUDED.oldest_due_on,
    state = CASE WHEN w.snoozed_until <= %(as_of)s THEN 'open' ELSE w.state END,
    snoozed_until = CASE WHEN w.snoozed_until <= %(as_of)s THEN NULL ELSE w.snoozed_until END
WHERE (w.amount, w.overdue_items, w.oldest_due_on) IS DISTINCT FROM
      (EXCLUDED.amount, EXCLUDED.overdue_items, EXCLUDED.oldest_due_on)
   OR NOT w.is_taken AND w.user_id IS DISTINCT FROM EXCLUDED.user_id
   OR w.snoozed_until <= %(as_of)s
"""
NO_WORK = """
UPDATE settlements_workitem w SET state = 'done', outcome = 'cured', closed_on = %(as_of)s,
    snoozed_until = NULL
WHERE w.state <> 'done' AND NOT EXISTS (
    SELECT 1 FROM settlements_position p
    WHERE p.party_id = w.party_id AND p.currency_id = w.currency_id AND p.overdue > 0)
"""
# What is in the ledger, told by the last numbers that its rows took. It says all only while no
# other transaction is under way, which may hold rows with lower numbers.
MARK = """
SELECT concat_ws(':', i.last_value, a.last_value, m.last_value)
FROM settlements_ledgeritem_id_seq i CROSS JOIN settlements_allocation_id_seq a
CROSS JOIN settlements_accountmove_id_seq m
"""
CALM = """
SELECT count(*) = 0 FROM pg_snapshot_xip(pg_current_snapshot()) AS running(xid)
WHERE xid IS DISTINCT FROM pg_current_xact_id_if_assigned()
"""
RUNNING = "SELECT count(*) FROM settlements_overduespell WHERE cured_on IS NULL"
THEN = """
SELECT count(*) FROM settlements_overduespell
WHERE overdue_since <= %(as_of)s AND (cured_on IS NULL OR cured_on > %(as_of)s)
"""
NOTE_RUN = """
INSERT INTO settlements_overduerun AS r (as_of, flagged, cured, passed, ledger_mark, ran_at)
VALUES (%(as_of)s, %(flagged)s, %(cured)s, %(passed)s, %(mark)s, now())
ON CONFLICT (as_of) DO UPDATE SET flagged = r.flagged + EXCLUDED.flagged,
    cured = r.cured + EXCLUDED.cured, passed = r.passed + EXCLUDED.passed,
    ledger_mark = EXCLUDED.ledger_mark
WHERE EXCLUDED.flagged + EXCLUDED.cured + EXCLUDED.passed > 0
   OR r.ledger_mark <> EXCLUDED.ledger_mark
"""
