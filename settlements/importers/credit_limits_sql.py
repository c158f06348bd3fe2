"""Statements that turn staged rows of credit limits into limits to write.

A row begins on its first day and ends what held until then, as a limit set by hand does. A row
without an amount sets none: it only ends. Rows of one account and currency follow each other.
"""

from __future__ import annotations

MOST = "CREATE TEMP TABLE import_most (code varchar, most numeric) ON COMMIT DROP"
FOUND = """
CREATE TEMP TABLE import_found ON COMMIT DROP AS
SELECT s.line_no, s.reason, s.detail, s.account, s.currency, s.amount AS typed, a.account_id,
    a.ambiguous, k.code, k.decimals, COALESCE(s.from_day, %(as_of)s::date) AS starts, s.until,
    s.reason_text, s.term_days, s.review_on, m.code IS NOT NULL AS has_most, m.most,
    md5(ROW(s.amount, s.until, s.reason_text, s.term_days, s.review_on)::text) AS content
FROM import_stage s
LEFT JOIN import_accounts a ON a.value = s.account
LEFT JOIN core_currency k ON k.code = upper(s.currency)
LEFT JOIN import_most m ON m.code = upper(s.currency)
"""
# A row that stands as it is named is known again; another content of the same day is not.
JUDGED = """
CREATE TEMP TABLE import_judged ON COMMIT DROP AS
WITH compared AS (
    SELECT f.*, t.id IS NOT NULL AND t.amount = f.typed
            AND upper(t.valid) IS NOT DISTINCT FROM f.until AS stands,
        t.id IS NOT NULL AS same_day,
        EXISTS (SELECT 1 FROM settlements_creditlimit l WHERE l.party_id = f.account_id
            AND l.currency_id = f.code AND l.revoked_on IS NULL
            AND lower(l.valid) > f.starts) AS is_earlier
    FROM import_found f
    LEFT JOIN settlements_creditlimit t ON t.party_id = f.account_id AND t.currency_id = f.code
        AND t.revoked_on IS NULL AND lower(t.valid) = f.starts
), alone AS (
    SELECT c.*, COALESCE(reason, CASE
        WHEN ambiguous THEN 'ambiguous account'
        WHEN account_id IS NULL THEN 'unknown account'
        WHEN c.code IS NULL THEN 'unknown currency'
        WHEN typed < 0 THEN 'limit below zero'
        WHEN typed >= 1e15 THEN 'amount too large'
        WHEN typed <> round(typed, decimals) THEN 'too many decimals'
        WHEN until <= starts THEN 'limit ends early'
        WHEN term_days <> trunc(term_days) OR term_days NOT BETWEEN 0 AND 3650 THEN 'limit days'
        WHEN stands THEN NULL
        WHEN same_day THEN 'limit of the same day'
        WHEN is_earlier THEN 'limit of a later day'
        WHEN has_most AND typed > 0 AND most IS NULL THEN 'limit without a rate'
        WHEN has_most AND typed > most THEN 'limit above yours'
    END) AS own_problem
    FROM compared c
)
SELECT a.*, row_number() OVER (same ORDER BY line_no) > 1 AS again, COALESCE(own_problem, CASE
        WHEN min(content) OVER same <> max(content) OVER same THEN 'same key, other content'
    END) AS problem
FROM alone a
WINDOW same AS (PARTITION BY account_id, code, starts, own_problem IS NULL)
"""
DATED = """
CREATE TEMP TABLE import_dated ON COMMIT DROP AS
SELECT j.*, j.problem IS NULL AND NOT j.again AND NOT j.stands AS is_new FROM import_judged j
"""
# Within the file each row ends where the next of its account and currency begins.
_ENDS = """LEAST(d.until, (
        SELECT min(n.starts) FROM import_dated n WHERE n.is_new AND n.account_id = d.account_id
          AND n.code = d.code AND n.starts > d.starts))"""
# As the file would leave it: the sum of the limits next below a chain's, on each first day.
_ABOVE = f"""
WITH fresh AS (
    SELECT d.line_no, d.account_id, d.code, d.typed, a.path, d.starts, {_ENDS} AS ends
    FROM import_dated d JOIN accounts_account a ON a.id = d.account_id WHERE d.is_new
), own AS (
    SELECT NULL::bigint AS line_no, l.party_id, l.amount, l.currency_id, a.path, daterange(
        lower(l.valid), LEAST(upper(l.valid), (
            SELECT min(f.starts) FROM fresh f WHERE f.account_id = l.party_id
              AND f.code = l.currency_id AND f.starts >= lower(l.valid)))) AS valid
    FROM settlements_creditlimit l JOIN accounts_account a ON a.id = l.party_id
    WHERE l.revoked_on IS NULL AND (a.path[1], l.currency_id) IN (SELECT path[1], code FROM fresh)
    UNION ALL
    SELECT line_no, account_id, typed, code, path, daterange(starts, ends) FROM fresh
    WHERE typed IS NOT NULL
), days AS (
    SELECT DISTINCT path[1] AS root, currency_id, lower(valid) AS day FROM own
    WHERE NOT isempty(valid)
), pairs AS (
    SELECT days.root, days.day, days.currency_id, chain.party_id AS chain_id, chain.amount AS most,
        chain.line_no AS chain_line, low.line_no, low.amount
    FROM days
    JOIN own chain ON chain.path[1] = days.root AND chain.currency_id = days.currency_id
        AND chain.valid @> days.day
    JOIN own low ON low.currency_id = days.currency_id AND low.valid @> days.day
        AND low.party_id <> chain.party_id AND low.path @> ARRAY[chain.party_id]
    WHERE NOT EXISTS (
        SELECT 1 FROM own mid WHERE mid.currency_id = days.currency_id AND mid.valid @> days.day
          AND mid.party_id NOT IN (chain.party_id, low.party_id)
          AND low.path @> ARRAY[mid.party_id] AND mid.path @> ARRAY[chain.party_id])
), above AS (
    SELECT root, day, chain_id, currency_id FROM pairs
    GROUP BY root, day, chain_id, currency_id, most HAVING sum(amount) > most
)"""
_REFUSE = """
UPDATE import_dated d SET problem = 'limit above the chain', is_new = false
FROM (SELECT DISTINCT line_no FROM guilty WHERE line_no IS NOT NULL) AS g
WHERE g.line_no = d.line_no
"""
# Every new row that has a part in a sum above is refused.
ABOVE_CHAIN = f"""{_ABOVE}, guilty AS (
    SELECT unnest(ARRAY[p.line_no, p.chain_line]) AS line_no
    FROM pairs p JOIN above USING (day, chain_id, currency_id)
)
{_REFUSE}
"""
# What is above already, since an account moved, holds up what touches its days, as by hand.
BESIDE_ABOVE = f"""{_ABOVE}, guilty AS (
    SELECT f.line_no FROM fresh f
    LEFT JOIN settlements_creditlimit t ON t.party_id = f.account_id AND t.currency_id = f.code
        AND t.revoked_on IS NULL AND t.valid @> f.starts
    JOIN above ON above.root = f.path[1] AND above.currency_id = f.code
    JOIN own o ON o.path[1] = above.root AND o.currency_id = f.code AND lower(o.valid) = above.day
        AND o.valid && daterange(COALESCE(lower(t.valid), f.starts), f.ends)
)
{_REFUSE}
"""
ROWS = f"""
CREATE TEMP TABLE import_rows ON COMMIT DROP AS
SELECT d.line_no, d.account_id, d.code, d.typed AS amount, d.code AS currency, d.starts,
    {_ENDS} AS ends, d.reason_text, d.term_days::int AS term_days, d.review_on, d.problem AS reason,
    COALESCE(d.detail, CASE WHEN d.problem IN ('unknown account', 'ambiguous account')
        THEN d.account WHEN d.problem = 'unknown currency' THEN d.currency END) AS detail,
    t.id AS row_id,
    CASE WHEN d.problem IS NOT NULL THEN NULL WHEN NOT d.is_new THEN 'n'
        WHEN d.typed IS NOT NULL THEN 'c' WHEN t.id IS NULL THEN 'n' ELSE 'u' END AS action
FROM import_dated d
LEFT JOIN settlements_creditlimit t ON d.is_new AND t.party_id = d.account_id
    AND t.currency_id = d.code AND t.revoked_on IS NULL AND t.valid @> d.starts
"""
SPAN = "SELECT min(starts), max(starts) FROM import_rows WHERE reason IS NULL"
END = """
UPDATE settlements_creditlimit t SET valid = daterange(lower(t.valid), r.starts),
    updated_at = now()
FROM import_rows r WHERE r.row_id = t.id AND r.action IN ('c', 'u') AND NOT EXISTS (
    SELECT 1 FROM import_rows e WHERE e.row_id = r.row_id AND e.action IN ('c', 'u')
      AND (e.starts, e.line_no) < (r.starts, r.line_no))
"""
INSERT = """
WITH made AS (
    INSERT INTO settlements_creditlimit (party_id, currency_id, amount, valid, term_days,
        review_on, reason, batch_id, revoke_reason, created_at, updated_at)
    SELECT account_id, code, amount, daterange(starts, ends), term_days, review_on, reason_text,
        %(batch)s, '', now(), now()
    FROM import_rows WHERE action = 'c' ORDER BY starts, line_no RETURNING id
) SELECT array_agg(id) FROM made
"""
UNDOING = "SELECT set_config('kam.undoing_import', %(on)s, true)"
