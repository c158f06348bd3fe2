"""SQL for parts of company cost pools: of every account, and of a few without spreading to all.

A pool goes to the accounts that bought in its month and have no volume of its kind, by a weight:
revenue in base currency, entries, or one each; who has no weight has no part. An account's part is
the pool times the weight of all up to it (by id) over the weight of all, rounded, less the same of
all before it: so parts add up to the pool. Where a pool is spread by revenue and anybody's revenue
of the month lacks a rate, nobody's part is known: its amount is null and `gap` 1.
Parameters: `start` and `end`.
"""

BLOCK_BITS = 8
"""Accounts whose ids differ in these last bits alone are a block: 256 of them."""
POOLS = """
pools AS MATERIALIZED (
    SELECT p.month, p.kind, p.rule, sum(p.amount) AS amount FROM accounts_costpool p
    WHERE p.month >= %(start)s AND p.month < %(end)s GROUP BY p.month, p.kind, p.rule
), pooled AS MATERIALIZED (
    SELECT DISTINCT month, kind FROM pools
), lacking AS MATERIALIZED (
    SELECT DISTINCT g.month FROM accounts_groupmonth g
    WHERE g.month IN (SELECT month FROM pools WHERE rule = 'revenue') AND g.unconverted > 0
)
"""
# Who has volumes of pooled kinds.
_MEASURED = """
{name} AS MATERIALIZED (
    SELECT d.account_id, d.kind, d.month
    FROM {pooled} p JOIN accounts_activitydriver d ON d.month = p.month AND d.kind = p.kind
)
"""
MEASURED = _MEASURED.format(name="measured", pooled="pooled")
# Who takes part in pools of a month and kind, with the weights by revenue and by entries.
_TAKERS = """
    SELECT p.month, p.kind, b.account_id, greatest(b.base, 0) AS revenue, b.entries
    FROM {pooled} p JOIN (
        SELECT m.account_id, m.month, sum(m.base_amount) AS base, sum(m.entries) AS entries
        FROM {months} WHERE m.month IN (SELECT month FROM {pooled})
            AND m.entries > 0 AND m.account_id IS NOT NULL
        GROUP BY m.account_id, m.month
    ) AS b ON b.month = p.month
    WHERE NOT EXISTS (
        SELECT 1 FROM {measured} d WHERE d.account_id = b.account_id
            AND d.kind = p.kind AND d.month = p.month
    )
"""
TAKERS = _TAKERS.format(pooled="pooled", measured="measured", months="accounts_revenuemonth m")
# Parts of every account, those of one month and kind together: one pass in the order of ids.
PARTS_OF_ALL = f"""
{MEASURED}, takers AS MATERIALIZED ({TAKERS}), totals AS (
    SELECT month, kind, sum(revenue) AS revenue, sum(entries) AS entries, count(*) AS accounts
    FROM takers GROUP BY month, kind
), by_rule AS (
    SELECT t.*, p.by_entries, p.evenly, t.month IN (SELECT month FROM lacking) AS is_lacking,
        p.by_revenue
    FROM totals t JOIN (
        SELECT month, kind, max(amount) FILTER (WHERE rule = 'revenue') AS by_revenue,
            max(amount) FILTER (WHERE rule = 'entries') AS by_entries,
            max(amount) FILTER (WHERE rule = 'evenly') AS evenly
        FROM pools GROUP BY month, kind
    ) AS p ON p.month = t.month AND p.kind = t.kind
), reached AS (
    SELECT t.account_id, t.month, t.kind, t.revenue,
        CASE WHEN NOT r.is_lacking THEN
            round(r.by_revenue * sum(t.revenue) OVER so_far / NULLIF(r.revenue, 0), 4)
        END AS revenue_to,
        round(r.by_entries * sum(t.entries) OVER so_far / r.entries, 4) AS entries_to,
        round(r.evenly * row_number() OVER so_far / r.accounts, 4) AS evenly_to,
        r.is_lacking AND r.by_revenue IS NOT NULL AND t.revenue > 0 AS is_unknown
    FROM takers t JOIN by_rule r ON r.month = t.month AND r.kind = t.kind
    WINDOW so_far AS (
        PARTITION BY t.month, t.kind ORDER BY t.account_id ROWS UNBOUNDED PRECEDING
    )
), parts AS (
    SELECT account_id, month, kind, is_unknown::integer AS gap,
        CASE WHEN revenue > 0 THEN revenue_to - lag(revenue_to, 1, 0.0) OVER before END
            AS by_revenue,
        entries_to - lag(entries_to, 1, 0.0) OVER before AS by_entries,
        evenly_to - lag(evenly_to, 1, 0.0) OVER before AS evenly
    FROM reached WINDOW before AS (PARTITION BY month, kind ORDER BY account_id)
)
"""
# Weights of blocks: as they are kept where nothing has changed since, else added up here and now.
BLOCKS = f"""
kept AS MATERIALIZED (
    SELECT w.* FROM pooled p
    JOIN accounts_poolweights w ON w.month = p.month AND w.kind = p.kind
    WHERE p.month NOT IN (SELECT month FROM accounts_poolweightschange)
), unkept AS MATERIALIZED (
    SELECT month, kind FROM pooled EXCEPT SELECT month, kind FROM kept
), {_MEASURED.format(name="unkept_measured", pooled="unkept")}, blocks AS (
    SELECT k.month, k.kind, b.* FROM kept k CROSS JOIN LATERAL
        unnest(k.blocks, k.revenue, k.entries, k.accounts) AS b(block, revenue, entries, accounts)
    UNION ALL
    SELECT month, kind, account_id >> {BLOCK_BITS}, sum(revenue), sum(entries), count(*)
    FROM ({
    _TAKERS.format(pooled="unkept", measured="unkept_measured", months="accounts_revenuemonth m")
}) AS takers GROUP BY 1, 2, 3
)
"""
_NEAR = _TAKERS.format(
    pooled="pooled",
    measured="near_measured",
    months=f"""asked_blocks k JOIN accounts_revenuemonth m
        ON m.account_id >= k.block << {BLOCK_BITS} AND m.account_id < (k.block + 1) << {BLOCK_BITS}
    """,
)
# Parts of the accounts in `asked`: blocks are added up, and only their own blocks one by one.
PARTS_OF_ASKED = f"""
{BLOCKS}, asked_blocks AS MATERIALIZED (
    SELECT DISTINCT account_id >> {BLOCK_BITS} AS block FROM asked
), near_measured AS MATERIALIZED (
    SELECT d.account_id, d.kind, d.month FROM asked_blocks k JOIN accounts_activitydriver d
        ON d.account_id >= k.block << {BLOCK_BITS} AND d.account_id < (k.block + 1) << {BLOCK_BITS}
    WHERE d.month >= %(start)s AND d.month < %(end)s
), near AS (
    SELECT takers.*, account_id >> {BLOCK_BITS} AS block FROM ({_NEAR}) AS takers
), placed AS (
    SELECT *, sum(revenue) OVER so_far AS revenue_to, sum(entries) OVER so_far AS entries_to,
        row_number() OVER so_far AS accounts_to
    FROM near WINDOW so_far AS (
        PARTITION BY month, kind, block ORDER BY account_id ROWS UNBOUNDED PRECEDING
    )
), sums AS (
    SELECT month, kind, block, sum(revenue) OVER whole AS revenue,
        sum(entries) OVER whole AS entries, sum(accounts) OVER whole AS accounts,
        sum(revenue) OVER so_far - revenue AS revenue_before,
        sum(entries) OVER so_far - entries AS entries_before,
        sum(accounts) OVER so_far - accounts AS accounts_before
    FROM blocks WINDOW whole AS (PARTITION BY month, kind),
        so_far AS (PARTITION BY month, kind ORDER BY block ROWS UNBOUNDED PRECEDING)
), weights AS (
    SELECT t.account_id, p.month, p.kind, p.rule, p.amount,
        p.rule = 'revenue' AND p.month IN (SELECT month FROM lacking) AS is_lacking,
        CASE p.rule WHEN 'revenue' THEN t.revenue WHEN 'entries' THEN t.entries ELSE 1 END
            AS weight,
        CASE p.rule WHEN 'revenue' THEN s.revenue_before + t.revenue_to
            WHEN 'entries' THEN s.entries_before + t.entries_to
            ELSE s.accounts_before + t.accounts_to END AS up_to,
        CASE p.rule WHEN 'revenue' THEN s.revenue WHEN 'entries' THEN s.entries
            ELSE s.accounts END AS whole
    FROM placed t JOIN sums s ON s.month = t.month AND s.kind = t.kind AND s.block = t.block
    JOIN pools p ON p.month = t.month AND p.kind = t.kind
    WHERE t.account_id IN (SELECT account_id FROM asked)
), parts AS (
    SELECT account_id, month, kind, rule, is_lacking::integer AS gap,
        CASE WHEN NOT is_lacking THEN round(amount * up_to / whole, 4)
            - round(amount * (up_to - weight) / whole, 4) END AS amount
    FROM weights WHERE weight > 0
)
"""
