"""SQL for revenue of accounts with all that stood below them on each entry's date.

Parameters: `ids` and `everyone` say whose, `start` and `end` bound the months.
"""

BELOW = """
WITH RECURSIVE below(root_id, account_id, valid) AS (
    SELECT id, id, daterange(NULL, NULL) FROM accounts_account
    WHERE %(everyone)s OR id = ANY(%(ids)s::bigint[])
    UNION ALL
    SELECT below.root_id, l.account_id, below.valid * l.valid
    FROM below JOIN accounts_parentlink l
        ON l.parent_id = below.account_id AND l.valid && below.valid
)
"""
# Whole months come from the roll-up; of a month in which an account came or went its entries,
# added up as the roll-up does: by account, month and currency. Each such month is read by itself,
# however many accounts moved: a join over all entries would read those of everybody.
MONTHS = """
, pieces AS (
    SELECT below.root_id, m.month, m.currency_id, m.entries, m.base_amount AS amount,
        m.unconverted, m.net_amount AS net, m.cost, m.costed_amount AS costed
    FROM below JOIN accounts_revenuemonth m ON m.account_id = below.account_id
    WHERE m.month >= %(start)s AND m.month < %(end)s AND m.entries > 0
      AND (lower_inf(below.valid) AND upper_inf(below.valid)
        OR below.valid @> daterange(m.month, (m.month + interval '1 month')::date))
    UNION ALL
    SELECT below.root_id, broken.month, booked.currency_id, sum(booked.entries)::integer,
        sum(booked.amount), sum(booked.unconverted)::integer, sum(booked.net),
        sum(booked.cost), sum(booked.costed)
    FROM below
    CROSS JOIN LATERAL (
        SELECT DISTINCT date_trunc('month', day)::date AS month
        FROM unnest(ARRAY[lower(below.valid), upper(below.valid)]) AS bound(day)
        WHERE day > date_trunc('month', day) AND day > %(start)s AND day < %(end)s
    ) AS broken
    CROSS JOIN LATERAL (
        SELECT e.currency_id, count(*) AS entries, COALESCE(sum(e.base_amount), 0) AS amount,
            count(*) - count(e.base_amount) AS unconverted, sum(e.net_amount) AS net,
            COALESCE(sum(e.cost), 0) AS cost,
            COALESCE(sum(e.net_amount) FILTER (WHERE e.cost IS NOT NULL), 0) AS costed
        FROM accounts_revenueentry e
        WHERE e.account_id = below.account_id
          AND e.booked_on >= greatest(broken.month, lower(below.valid))
          AND e.booked_on < least((broken.month + interval '1 month')::date, upper(below.valid))
        GROUP BY e.currency_id
    ) AS booked
    WHERE NOT (lower_inf(below.valid) AND upper_inf(below.valid))
    GROUP BY below.root_id, below.account_id, broken.month, booked.currency_id
)
"""
ENTRIES = """
FROM below JOIN accounts_revenueentry e ON e.account_id = below.account_id
    AND e.booked_on >= %(start)s AND e.booked_on < %(end)s
    AND below.valid @> e.booked_on
"""
