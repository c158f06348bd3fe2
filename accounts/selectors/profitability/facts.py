"""SQL for costs of a period of whole months: one relation of facts, whatever they come from.

A fact is (account_id, day, kind, origin, rule, amount, gap): `direct` costs are entries, `activity`
ones volumes at the rate in force on the first of the month, `allocated` ones parts of pools (see
`parts`). `gap` is 1 where a rate is missing; the amount is null then, never zero. Of every account
the parts of a month and kind are one fact without a rule. Parameters: `start` and `end`; for
averages of rates `base` too.
"""

from accounts.selectors.profitability.parts import PARTS_OF_ALL, PARTS_OF_ASKED, POOLS

_OWN = """
    SELECT e.account_id, e.booked_on AS day, e.kind, 'direct' AS origin, '' AS rule,
        e.base_amount AS amount, (e.base_amount IS NULL)::integer AS gap
    FROM {asked} accounts_costentry e WHERE {of_entry}
        e.booked_on >= %(start)s AND e.booked_on < %(end)s
    UNION ALL
    SELECT d.account_id, d.month, d.kind, 'activity', '',
        CASE WHEN d.volume = 0 THEN 0 ELSE round(d.volume * r.amount, 4) END,
        (d.volume > 0 AND r.id IS NULL)::integer
    FROM {asked} accounts_activitydriver d
    LEFT JOIN accounts_activityrate r ON r.kind = d.kind AND r.valid @> d.month
    WHERE {of_driver} d.month >= %(start)s AND d.month < %(end)s
"""
# Of every account.
FACTS = f"""
{POOLS}, {PARTS_OF_ALL}, facts AS (
    {_OWN.format(asked="", of_entry="", of_driver="")}
    UNION ALL
    SELECT account_id, month, kind, 'allocated', '',
        CASE WHEN num_nonnulls(by_revenue, by_entries, evenly) > 0
            THEN COALESCE(by_revenue, 0) + COALESCE(by_entries, 0) + COALESCE(evenly, 0) END, gap
    FROM parts WHERE num_nonnulls(by_revenue, by_entries, evenly) > 0 OR gap > 0
)
"""
_ASKED = "asked CROSS JOIN"
# Of the accounts of `below`, which stands before it; parts of a pool by rule.
FACTS_BELOW = f"""
asked AS MATERIALIZED (SELECT DISTINCT account_id FROM below), {POOLS}, {PARTS_OF_ASKED}, facts AS (
    {
    _OWN.format(
        asked=_ASKED,
        of_entry="e.account_id = asked.account_id AND",
        of_driver="d.account_id = asked.account_id AND",
    )
}
    UNION ALL
    SELECT account_id, month, kind, 'allocated', rule, amount, gap FROM parts
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
