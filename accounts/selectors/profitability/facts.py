"""SQL for costs of a period of whole months: one relation of facts, whatever they come from.

A fact is (account_id, day, kind, origin, rule, amount, gap): `direct` costs are entries, `activity`
ones volumes at the rate in force on the first of the month, `allocated` ones parts of pools.
`gap` is 1 where a rate is missing; the amount is null then, never zero. For a pool that is spread
by revenue that is a rate of anybody's revenue of the month: nobody's part of it is known then.
Parts of a pool add up to it: each is the difference of two rounded running sums. Parameters:
`start` and `end`; for averages of rates `base` too.
"""

FACTS = """
bought AS (
    SELECT m.account_id, m.month, sum(m.base_amount) AS base, sum(m.entries) AS entries
    FROM accounts_revenuemonth m
    WHERE m.month >= %(start)s AND m.month < %(end)s AND m.entries > 0
        AND m.account_id IS NOT NULL
        AND m.month IN (SELECT p.month FROM accounts_costpool p)
    GROUP BY m.account_id, m.month
), pools AS (
    SELECT p.month, p.kind, p.rule, sum(p.amount) AS amount FROM accounts_costpool p
    WHERE p.month >= %(start)s AND p.month < %(end)s GROUP BY p.month, p.kind, p.rule
), weights AS (
    SELECT p.month, p.kind, p.rule, p.amount, b.account_id,
        p.rule = 'revenue' AND p.month IN (
            SELECT g.month FROM accounts_groupmonth g
            WHERE g.month >= %(start)s AND g.month < %(end)s AND g.unconverted > 0
        ) AS lacks_rate,
        CASE p.rule WHEN 'revenue' THEN b.base WHEN 'entries' THEN b.entries ELSE 1 END AS weight
    FROM pools p JOIN bought b ON b.month = p.month
    WHERE (b.account_id, p.kind, p.month) NOT IN (
        SELECT d.account_id, d.kind, d.month FROM accounts_activitydriver d
        WHERE d.month >= %(start)s AND d.month < %(end)s
            AND d.kind IN (SELECT kind FROM pools)
    )
), reached AS (
    SELECT account_id, month, kind, rule,
        round(amount * sum(weight) OVER so_far / sum(weight) OVER whole, 4) AS up_to
    FROM weights WHERE weight > 0 AND NOT lacks_rate
    WINDOW whole AS (PARTITION BY month, kind, rule),
        so_far AS (PARTITION BY month, kind, rule ORDER BY account_id)
), facts AS (
    SELECT e.account_id, e.booked_on AS day, e.kind, 'direct' AS origin, '' AS rule,
        e.base_amount AS amount, (e.base_amount IS NULL)::integer AS gap
    FROM accounts_costentry e WHERE e.booked_on >= %(start)s AND e.booked_on < %(end)s
    UNION ALL
    SELECT d.account_id, d.month, d.kind, 'activity', '',
        CASE WHEN d.volume = 0 THEN 0 ELSE round(d.volume * r.amount, 4) END,
        (d.volume > 0 AND r.id IS NULL)::integer
    FROM accounts_activitydriver d
    LEFT JOIN accounts_activityrate r ON r.kind = d.kind AND r.valid @> d.month
    WHERE d.month >= %(start)s AND d.month < %(end)s
    UNION ALL
    SELECT account_id, month, kind, 'allocated', rule,
        up_to - COALESCE(lag(up_to) OVER (
            PARTITION BY month, kind, rule ORDER BY account_id
        ), 0), 0
    FROM reached
    UNION ALL
    SELECT account_id, month, kind, 'allocated', rule, NULL, 1
    FROM weights WHERE weight > 0 AND lacks_rate
)
"""
# What a month's revenue of a currency was worth on average: costs of goods follow it. Groups with
# revenue that has no rate are left out, since what they sold is in no base amount.
AVERAGES = """
averages AS (
    SELECT g.month, g.currency_id, COALESCE(
        sum(g.base_amount) FILTER (WHERE g.unconverted = 0)
            / NULLIF(sum(g.net_amount) FILTER (WHERE g.unconverted = 0), 0),
        (SELECT x.rate FROM core_exchangerate x
         WHERE x.currency_id = g.currency_id AND x.base_id = %(base)s
            AND x.valid_on < g.month + interval '1 month'
         ORDER BY x.valid_on DESC LIMIT 1)
    ) AS rate
    FROM accounts_groupmonth g
    WHERE g.month >= %(start)s AND g.month < %(end)s AND g.currency_id <> %(base)s
    GROUP BY g.month, g.currency_id
)
"""
# The pieces of `below.MONTHS` named as the months of the roll-up.
AS_MONTHS = """
as_months AS (
    SELECT root_id, month, currency_id, amount AS base_amount, unconverted, net AS net_amount,
        cost, costed AS costed_amount
    FROM pieces
)
"""
_RATE = """
CASE WHEN v.currency_id IS NULL THEN 1
    ELSE COALESCE(v.rate, m.base_amount / NULLIF(m.net_amount, 0), 1) END
"""
# Of month totals `m`, or rows like them, with their average `v`: revenue of which the cost is
# known, and that cost.
COSTED = f"""
CASE WHEN m.costed_amount = m.net_amount THEN m.base_amount WHEN m.costed_amount = 0 THEN 0
    ELSE m.costed_amount * {_RATE} END
"""
GOODS = f"CASE WHEN m.cost = 0 THEN 0 ELSE m.cost * {_RATE} END"
# Of every account with all that stood below them on each fact's day: `cost`, `serve` (without trade
# terms) and `gaps`. From the facts upwards, so that it costs nothing where no costs are kept.
SPENT = f"""
WITH RECURSIVE {FACTS}, up(account_id, node_id, valid) AS (
    SELECT DISTINCT account_id, account_id, daterange(NULL, NULL) FROM facts
    UNION ALL
    SELECT up.account_id, l.parent_id, up.valid * l.valid
    FROM up JOIN accounts_parentlink l ON l.account_id = up.node_id AND l.valid && up.valid
)
SELECT up.node_id AS account_id, sum(f.amount) AS cost,
    sum(f.amount) FILTER (WHERE f.kind <> 'trade_terms') AS serve, sum(f.gap) AS gaps
FROM up JOIN facts f ON f.account_id = up.account_id AND up.valid @> f.day
GROUP BY up.node_id
"""
