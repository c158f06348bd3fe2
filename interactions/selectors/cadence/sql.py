"""SQL of cadence: which contact is due when, for accounts, functions and people, set by set.

Parameters: `as_of`, and `since` where a window is counted. Facts come from the whole log, whoever
may read what: only days and counts leave it. The definitions are those of
`interactions.analytics.cadence`.
"""

from __future__ import annotations

# A node of ours and those above it, the nearest last.
_UP = """unnest(CASE WHEN cardinality({node}.path) = 0 THEN ARRAY[{node}.id] ELSE {node}.path END)
        WITH ORDINALITY AS up(account_id, place)"""

TIER = f"""
    SELECT s.account_id AS holder_id, t.id AS tier_id, t.code, t.visit_every_days
    FROM {_UP}
    CROSS JOIN LATERAL (
        SELECT o.account_id, o.tier_id, 1 AS rank FROM accounts_tieroverride o
        WHERE o.account_id = up.account_id AND o.valid @> %(as_of)s::date
        UNION ALL
        SELECT a.account_id, a.tier_id, 0 FROM accounts_tierassignment a
        WHERE a.account_id = up.account_id AND a.valid @> %(as_of)s::date
    ) AS s
    JOIN accounts_tier t ON t.id = s.tier_id
    ORDER BY up.place DESC, s.rank DESC LIMIT 1
"""
"""The tier that holds for a node: its own or the nearest above, a decided one first."""

LED_FROM = f"""
    SELECT lower(l.valid) AS day FROM {_UP}
    JOIN accounts_leadassignment l ON l.account_id = up.account_id AND l.valid @> %(as_of)s::date
    ORDER BY up.place DESC LIMIT 1
"""
"""Since when whoever leads a node answers for it."""

TIERED_FROM = """
    SELECT min(day) AS day FROM (
        SELECT lower(a.valid) AS day FROM accounts_tierassignment a
        WHERE a.account_id = {holder} AND lower(a.valid) <= %(as_of)s
        UNION ALL
        SELECT lower(o.valid) FROM accounts_tieroverride o
        WHERE o.account_id = {holder} AND lower(o.valid) <= %(as_of)s
    ) AS spells
"""
"""Since when the account that holds the tier has had one at all."""

RULES = """
    SELECT tier_code, function, every_days::integer AS every_days
    FROM interactions_cadencepolicy WHERE valid @> %(as_of)s::date
"""
GIVEN_RULES = """
    SELECT * FROM unnest(%(codes)s::text[], %(functions)s::text[], %(everys)s::integer[])
        AS given(tier_code, function, every_days)
"""
"""Rules to be tried, in the place of those that hold."""

PAUSED = """
    SELECT range_agg(p.valid) AS days FROM interactions_cadencepause p
    WHERE (p.account_id IS NULL OR p.account_id = {node}.id OR p.account_id = ANY({node}.path))
      AND (p.function = '' OR p.function = {function})
"""

SPOKEN = """
    SELECT place.position_id, last.last_on
    FROM (SELECT DISTINCT position_id FROM ({positions}) AS named) AS place
    CROSS JOIN LATERAL (
        SELECT max(i.occurred_on) AS last_on
        FROM interactions_participant t
        JOIN interactions_interaction i ON i.id = t.interaction_id
            AND i.direction = 'two_way' AND i.occurred_on <= %(as_of)s
        WHERE t.position_id = place.position_id
    ) AS last
"""
"""The last two-way contact with whoever holds a place, NULL where there was none.

Place by place: the planner takes the places of one manager for thousands and would read the
whole log for them.
"""

NODES = """
    SELECT a.id, a.path, a.current_lead_id FROM accounts_account a
    WHERE a.merged_into_id IS NULL AND a.status <> 'closed' AND a.id IN ({scope})
      AND (EXISTS (SELECT 1 FROM accounts_leadassignment l
                   WHERE l.account_id = a.id AND l.valid @> %(as_of)s::date)
        OR EXISTS (SELECT 1 FROM accounts_tierassignment s
                   WHERE s.account_id = a.id AND s.valid @> %(as_of)s::date)
        OR EXISTS (SELECT 1 FROM accounts_tieroverride o
                   WHERE o.account_id = a.id AND o.valid @> %(as_of)s::date))
"""
"""Accounts to keep in touch with: those that have a lead or a tier of their own."""


def paces(*, scope: str, rules: str = RULES) -> str:
    """Return CTEs `nodes`, `rules`, `held` and `asked`: what is asked for at which account.

    `scope` is a subquery of account ids. The pace of an account as a whole stands in `asked` only
    where no function is to be met as often.
    """
    return f"""
nodes AS MATERIALIZED ({NODES.format(scope=scope)}),
rules AS MATERIALIZED ({rules}),
held AS MATERIALIZED (
    SELECT n.id, n.path, n.current_lead_id, tier.*
    FROM nodes n CROSS JOIN LATERAL ({TIER.format(node="n")}) AS tier
),
asked AS MATERIALIZED (
    SELECT h.*, r.function, r.every_days
    FROM held h JOIN rules r ON r.tier_code = h.code AND r.function <> ''
    UNION ALL
    SELECT h.*, '', COALESCE(r.every_days, h.visit_every_days)
    FROM held h LEFT JOIN rules r ON r.tier_code = h.code AND r.function = ''
    WHERE COALESCE(r.every_days, h.visit_every_days) > 0
      AND NOT EXISTS (
        SELECT 1 FROM rules f WHERE f.tier_code = h.code AND f.function <> ''
            AND f.every_days <= COALESCE(r.every_days, h.visit_every_days)
      )
)"""


# The last contact at each asked account: by function, with all who stand there, in the log.
_MET = f"""
standing AS MATERIALIZED (
    SELECT h.id AS node_id, p.id AS position_id, p.function
    FROM held h
    JOIN accounts_account b ON b.path @> ARRAY[h.id]
    JOIN accounts_position p ON p.account_id = b.id
        AND p.valid @> %(as_of)s::date AND p.person_id IS NOT NULL
),
spoken AS MATERIALIZED ({SPOKEN.format(positions="SELECT position_id FROM standing")}),
met AS MATERIALIZED (
    SELECT s.node_id, s.function, grouping(s.function) AS is_whole, max(k.last_on) AS last_on,
        count(*) AS people,
        (array_agg(s.position_id ORDER BY k.last_on NULLS FIRST, s.position_id))[1] AS position_id
    FROM standing s LEFT JOIN spoken k USING (position_id)
    GROUP BY GROUPING SETS ((s.node_id, s.function), (s.node_id))
),
logged AS MATERIALIZED (
    SELECT a.id AS node_id, max(last.day) AS last_on
    FROM asked a
    JOIN accounts_account b ON b.path @> ARRAY[a.id]
    CROSS JOIN LATERAL (
        SELECT max(i.occurred_on) AS day FROM interactions_interaction i
        WHERE i.account_id = b.id AND i.direction = 'two_way' AND i.occurred_on <= %(as_of)s
    ) AS last
    WHERE a.function = '' GROUP BY a.id
)"""


def touches(*, scope: str) -> str:
    """Return a query of the touches asked for: a row for each account and function ('' = whole).

    Columns: account_id, function, every_days, tier_id, lead_id, last_on, begins_on, due_on,
    overdue_days, people (how many stand there), position_id (of whom longest nothing was heard).
    """
    paused = PAUSED.format(node="a", function="a.function")
    return f"""
WITH {paces(scope=scope)},
{_MET},
known AS (
    SELECT a.id AS account_id, a.path, a.function, a.every_days, a.tier_id, a.holder_id,
        a.current_lead_id AS lead_id, COALESCE(m.people, 0) AS people, m.position_id,
        CASE WHEN a.function = '' THEN greatest(m.last_on, l.last_on) ELSE m.last_on END
            AS last_on, paused.days AS paused
    FROM asked a
    LEFT JOIN met m ON m.node_id = a.id
        AND CASE WHEN a.function = '' THEN m.is_whole = 1
            ELSE m.is_whole = 0 AND m.function = a.function END
    LEFT JOIN logged l ON l.node_id = a.id AND a.function = ''
    CROSS JOIN LATERAL ({paused}) AS paused
),
begun AS (
    SELECT k.*, COALESCE(k.last_on, (
        SELECT greatest(led.day, tiered.day) FROM (SELECT 1) AS one
        LEFT JOIN LATERAL ({LED_FROM.format(node="node")}) AS led ON true
        LEFT JOIN LATERAL ({TIERED_FROM.format(holder="k.holder_id")}) AS tiered ON true
    ), %(as_of)s::date) AS begins_on
    FROM known k CROSS JOIN LATERAL (SELECT k.account_id AS id, k.path) AS node
)
SELECT account_id, function, every_days, tier_id, lead_id, last_on, begins_on,
    interactions_next_due(begins_on, every_days, paused) AS due_on,
    greatest(interactions_counted_days(begins_on, %(as_of)s::date, paused) - every_days, 0)
        AS overdue_days,
    people, position_id
FROM begun
"""


# Of each named place: the pace of its account, and what was heard of whom stands there.
_AROUND = f"""
homes AS MATERIALIZED (
    SELECT n.id, tier.tier_id, tier.code, tier.visit_every_days,
        greatest(led.day, tiered.day) AS begins_on
    FROM (SELECT DISTINCT id, path FROM named) AS n
    LEFT JOIN LATERAL ({TIER.format(node="n")}) AS tier ON true
    LEFT JOIN LATERAL ({LED_FROM.format(node="n")}) AS led ON true
    LEFT JOIN LATERAL ({TIERED_FROM.format(holder="tier.holder_id")}) AS tiered ON true
),
spoken AS MATERIALIZED (
    SELECT t.position_id, max(i.occurred_on) AS last_on,
        count(*) FILTER (WHERE i.occurred_on >= %(since)s::date) AS recent
    FROM named n JOIN interactions_participant t USING (position_id)
    JOIN interactions_interaction i ON i.id = t.interaction_id
        AND i.direction = 'two_way' AND i.occurred_on <= %(as_of)s
    GROUP BY t.position_id
)"""


def people(*, positions: str) -> str:
    """Return a query of people by their place: the pace for them, and contacts in a window.

    `positions` is a subquery of the ids of places in force with somebody known. Columns:
    position_id, function, account_id, every_days, tier_id, last_on, begins_on, due_on,
    overdue_days, recent (contacts since `since`), expected (contacts asked for in that time, NULL
    where no pace is set or no day counts).
    """
    paused = PAUSED.format(node="n", function="n.function")
    return f"""
WITH rules AS MATERIALIZED ({RULES}),
named AS MATERIALIZED (
    SELECT p.id AS position_id, p.function, lower(p.valid) AS stands_from,
        a.id, a.path, a.current_lead_id
    FROM accounts_position p JOIN accounts_account a ON a.id = p.account_id
    WHERE p.id IN ({positions})
),
{_AROUND},
known AS (
    SELECT n.position_id, n.function, n.id AS account_id, n.current_lead_id AS lead_id,
        h.tier_id, k.last_on, COALESCE(k.recent, 0) AS recent,
        greatest(n.stands_from, h.begins_on) AS since,
        COALESCE(k.last_on, greatest(n.stands_from, h.begins_on), %(as_of)s::date) AS begins_on,
        COALESCE(own.every_days, whole.every_days, h.visit_every_days) AS every_days,
        paused.days AS paused
    FROM named n JOIN homes h USING (id)
    LEFT JOIN spoken k USING (position_id)
    LEFT JOIN rules own ON own.tier_code = h.code AND own.function = n.function
    LEFT JOIN rules whole ON whole.tier_code = h.code AND whole.function = ''
    CROSS JOIN LATERAL ({paused}) AS paused
)
SELECT position_id, function, account_id, lead_id, every_days, tier_id, last_on, begins_on,
    interactions_next_due(begins_on, every_days, paused) AS due_on,
    greatest(interactions_counted_days(begins_on, %(as_of)s::date, paused) - every_days, 0)
        AS overdue_days,
    recent,
    NULLIF(interactions_counted_days(greatest(since, %(since)s::date), %(as_of)s::date, paused), 0)
        ::numeric / NULLIF(every_days, 0) AS expected
FROM known
"""


LOG_BEGUN = """
    EXISTS (SELECT 1 FROM interactions_interaction
        WHERE direction = 'two_way' AND occurred_on <= %(as_of)s)
"""
"""Whether contacts are kept at all by a day: until then nothing is known of anybody."""
