"""SQL of wallets and of the sales they are compared with: one definition for boards and tiers.

Of a cell (account × category) the last estimate of the period counts: by its date, then by its
number. Amounts are in base currency at the rate of the estimate's date, NULL without one. Sales
are those of the account and of what stood below it on each entry's date, in the period that
`analytics.wallet.compared_with` names. Parameter: `as_of`; estimates of later days are not seen.
"""

# The period given, said so that the planner sees how many estimates have it: of `=` it expects
# one row, and then takes days over the thousands that there are.
GIVEN = "w.period <@ daterange(%(start)s, %(end)s) AND w.period @> daterange(%(start)s, %(end)s)"
LAST_BEGUN = "lower(w.period) <= %(as_of)s"
EVERYWHERE = "true"
BELOW_NODE = "node.path @> ARRAY[%(node)s]::bigint[]"
LED_BY = "node.lead_chain && %(leads)s::bigint[]"

# `chosen` says which periods count: one that is given, or of each cell the last that has begun.
# Entries of a node are read once for all its categories.
ESTIMATES = """
latest AS (
    SELECT DISTINCT ON (w.account_id, w.category_id)
        w.*, node.path, node.name, c.name AS category_name, rival.name AS supplied_by,
        lower(w.period) AS first, upper(w.period) AS until
    FROM accounts_walletestimate w
    JOIN accounts_account node ON node.id = w.account_id AND node.merged_into_id IS NULL
    JOIN accounts_productcategory c ON c.id = w.category_id
    LEFT JOIN accounts_competitor rival ON rival.id = w.competitor_id
    WHERE w.estimated_on <= %(as_of)s AND {chosen} AND {scope}
    ORDER BY w.account_id, w.category_id, upper(w.period) DESC, lower(w.period) DESC,
        w.estimated_on DESC, w.id DESC
), windowed AS (
    SELECT l.*, round(l.amount * rate.rate, 4) AS wallet, span.starts, span.ends
    FROM latest l
    CROSS JOIN (SELECT base_currency_id AS code FROM core_organisation WHERE id = 1) AS base
    LEFT JOIN LATERAL (
        SELECT 1::numeric AS rate WHERE l.currency_id = base.code
        UNION ALL
        (SELECT r.rate FROM core_exchangerate r
         WHERE r.currency_id = l.currency_id AND r.base_id = base.code
           AND r.valid_on <= l.estimated_on
         ORDER BY r.valid_on DESC LIMIT 1)
    ) AS rate ON true
    CROSS JOIN LATERAL (
        SELECT CASE
                WHEN l.until <= %(as_of)s::date + 1 THEN l.until
                WHEN date_part('day', l.first) = 1 AND date_part('day', l.until) = 1
                    THEN date_trunc('month', %(as_of)s::date + 1)::date
                ELSE %(as_of)s::date + 1 END AS ends
    ) AS last
    CROSS JOIN LATERAL (
        SELECT last.ends, CASE
            WHEN last.ends = l.until THEN l.first
            WHEN date_part('day', l.first) = 1 AND date_part('day', l.until) = 1
                THEN (last.ends - age(l.until, l.first))::date
            ELSE last.ends - (l.until - l.first) END AS starts
    ) AS span
), below(root_id, account_id, valid, starts, ends) AS (
    SELECT DISTINCT account_id, account_id, daterange(NULL, NULL), starts, ends FROM windowed
    UNION ALL
    SELECT below.root_id, l.account_id, below.valid * l.valid, below.starts, below.ends
    FROM below JOIN accounts_parentlink l
        ON l.parent_id = below.account_id AND l.valid && below.valid
), sold AS MATERIALIZED (
    SELECT below.root_id AS account_id, below.starts, below.ends, e.category_id,
        sum(e.base_amount) AS current, count(*) - count(e.base_amount) AS unconverted
    FROM below JOIN accounts_revenueentry e ON e.account_id = below.account_id
        AND e.booked_on >= below.starts AND e.booked_on < below.ends
        AND below.valid @> e.booked_on
    GROUP BY below.root_id, below.starts, below.ends, e.category_id
), cells AS (
    SELECT w.*, CASE WHEN COALESCE(s.unconverted, 0) = 0 THEN COALESCE(s.current, 0) END
        AS current
    FROM windowed w LEFT JOIN sold s USING (account_id, starts, ends, category_id)
)
"""

# What the tiers' criterion reads: of each scored account the whitespace of its estimates, in each
# category those that stand highest. A cell that is not computable brings nothing.
GROWTH_POTENTIAL = f"""
WITH RECURSIVE {ESTIMATES.format(chosen=LAST_BEGUN, scope=EVERYWHERE)}
SELECT s.account_id, sum(c.wallet - c.current) AS value
FROM cells c
CROSS JOIN LATERAL unnest(c.path) WITH ORDINALITY AS step(id, place)
JOIN tier_scored s ON s.account_id = step.id
WHERE c.current >= 0 AND c.current <= c.wallet AND NOT EXISTS (
    SELECT 1 FROM latest higher
    WHERE higher.category_id = c.category_id AND higher.account_id <> c.account_id
      AND higher.account_id = ANY(c.path[step.place:])
)
GROUP BY 1
"""
