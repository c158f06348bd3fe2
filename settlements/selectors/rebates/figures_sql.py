"""One statement that accrues every rebate: bases, bands, expectations, what was accrued before.

It says in SQL what `analytics.rebate_outlook` says in Python; a test holds them against each
other. Parameters: `through` (the day accrued up to), `fiscal` (the month in which our year
begins), `only` (ids of conditions, null: all).

Measured over: the period of the condition's cycle, cut to the days on which the version is in
force and the condition holds; bounds and targets are not reduced for a part. A run looks at the
period that holds its day, at the one before and at every one with accruals, until it is settled.

Basis: net purchases are revenue entries (returns below zero) in the agreement's currency, units
their quantities whatever the currency, net sell-through the turnover of accepted sales reports
without the tax their lines name. Of the agreement's account and everything below it today, or of
all accounts that are of its group today; of the condition's category, or all goods.
"""

from __future__ import annotations

from settlements.choices.reports import ReportState
from settlements.choices.terms import (
    Calculation,
    Conditionality,
    ConditionCycle,
    ConditionKind,
    Deduction,
    MeasuredAt,
    RebateBasis,
)
from settlements.querysets.terms import APPROVED

_STATES = ", ".join(f"'{state}'" for state in APPROVED)
_UNITS = f"c.basis = '{RebateBasis.UNITS}'"
_PERCENTS = f"'{Calculation.PERCENT_OF_PURCHASES}', '{Calculation.PERCENT_OF_TURNOVER}'"

COMPUTABLE = f"""(
    c.calculation = '{Calculation.SCHEDULE}'
    OR c.calculation IN ({_PERCENTS}) AND NOT {_UNITS}
    OR c.calculation = '{Calculation.PER_UNIT}' AND {_UNITS})"""
"""Which rebates have a rate on their basis; fixed sums and sums per store or product have none."""

CONDITIONS = f"""
conditions AS MATERIALIZED (
    SELECT c.id, c.cycle, c.schedule_id, c.value, c.conditionality, c.basis, c.category_id,
        c.floor, c.cap, g.currency_id, currency.decimals, {_UNITS} AS per_unit,
        c.basis = '{RebateBasis.NET_SELL_THROUGH}' AS sold,
        c.scheme = '{Deduction.TIERED_INCREMENTAL}' AS incremental,
        CASE WHEN c.conditionality = '{Conditionality.TARGET}' THEN c.target END AS target,
        CASE WHEN c.conditionality = '{Conditionality.GROWTH}' THEN c.target ELSE 0 END AS base,
        c.measured_at = '{MeasuredAt.GROUP}' AS of_group,
        CASE WHEN c.measured_at = '{MeasuredAt.GROUP}' THEN COALESCE(a.current_group_id, a.id)
            ELSE a.id END AS node,
        v.valid * COALESCE(c.valid, '(,)'::daterange) AS valid
    FROM settlements_tradecondition c
    JOIN settlements_agreementversion v ON v.id = c.version_id AND v.state IN ({_STATES})
    JOIN settlements_tradingagreement g ON g.id = v.agreement_id
    JOIN accounts_account a ON a.id = g.account_id
    JOIN core_currency currency ON currency.code = g.currency_id
    WHERE c.kind = '{ConditionKind.REBATE}' AND {COMPUTABLE}
      AND (%(only)s::bigint[] IS NULL OR c.id = ANY(%(only)s))
)"""


def period_sql(day: str, cycle: str) -> str:
    """The period of a cycle that holds a day; see `analytics.rebate_periods`."""
    length = (
        f"CASE {cycle} WHEN '{ConditionCycle.MONTHLY}' THEN 1"
        f" WHEN '{ConditionCycle.QUARTERLY}' THEN 3 WHEN '{ConditionCycle.HALF_YEARLY}' THEN 6"
        " ELSE 12 END"
    )
    month = f"date_trunc('month', {day}::timestamp)"
    ahead = f"((extract(month FROM {day})::int - %(fiscal)s + 12) %% 12) %% ({length})"
    first = f"({month} - make_interval(months => {ahead}))"
    week = f"({day} - (extract(isodow FROM {day})::int - 1))"
    middle = f"({month}::date + 15)"
    return f"""CASE {cycle}
    WHEN '{ConditionCycle.WEEKLY}' THEN daterange({week}, {week} + 7)
    WHEN '{ConditionCycle.HALF_MONTHLY}' THEN CASE WHEN extract(day FROM {day}) < 16
        THEN daterange({month}::date, {middle})
        ELSE daterange({middle}, ({month} + interval '1 month')::date) END
    ELSE daterange({first}::date, ({first} + make_interval(months => {length}))::date) END"""


PERIODS = f"""
days AS (
    SELECT c.id, day FROM conditions c
    CROSS JOIN LATERAL (
        SELECT {period_sql("%(through)s::date", "c.cycle")} AS period) AS present
    CROSS JOIN LATERAL (VALUES (%(through)s::date), (lower(present.period) - 1)) AS d(day)
    UNION
    SELECT a.condition_id, lower(a.period) FROM settlements_rebateaccrual a
    WHERE (%(only)s::bigint[] IS NULL OR a.condition_id = ANY(%(only)s))
),
spans AS MATERIALIZED (
    SELECT row_number() OVER () AS span, dense_rank() OVER (
            ORDER BY node, of_group, category_id, currency_id, per_unit, sold, period
        ) AS scope, found.* FROM (
        SELECT DISTINCT c.*, {period_sql("d.day", "c.cycle")} * c.valid AS period
        FROM days d JOIN conditions c USING (id)
    ) AS found
    WHERE NOT isempty(period) AND lower(period) <= %(through)s
      AND NOT EXISTS (SELECT 1 FROM settlements_rebatesettlement s
                      WHERE s.condition_id = found.id AND s.period && found.period)
)"""

# What several rebates count is counted once; which accounts count for a node, by path or group.
_MEMBERS = """
scopes AS MATERIALIZED (
    SELECT DISTINCT scope, node, of_group, category_id, currency_id, per_unit, sold, period
    FROM spans
),
members AS MATERIALIZED (
    SELECT a.id AS account_id, node, false AS of_group
    FROM accounts_account a CROSS JOIN LATERAL unnest(a.path) AS node
    WHERE node IN (SELECT node FROM scopes WHERE NOT of_group)
    UNION ALL
    SELECT a.id, COALESCE(a.current_group_id, a.id), true FROM accounts_account a
    WHERE COALESCE(a.current_group_id, a.id) IN (SELECT node FROM scopes WHERE of_group)
)"""

# Entries are summed once, by account and goods between the days on which some period begins or
# ends: every period is made of whole such parts, and what several rebates count is read once.
_PARTS = """
cuts AS MATERIALIZED (
    SELECT array_agg(day ORDER BY day) AS days FROM (
        SELECT lower(period) AS day FROM scopes WHERE NOT sold
        UNION SELECT LEAST(upper(period), %(through)s::date + 1) FROM scopes WHERE NOT sold
    ) AS d
),
bought AS MATERIALIZED (
    SELECT e.account_id, e.currency_id, e.category_id, width_bucket(e.booked_on, c.days) AS part,
        sum(e.net_amount) AS net, sum(e.quantity) AS quantity
    FROM cuts c CROSS JOIN (
        SELECT DISTINCT m.account_id FROM members m
        JOIN scopes s ON s.node = m.node AND s.of_group = m.of_group AND NOT s.sold
    ) AS m
    JOIN accounts_revenueentry e ON e.account_id = m.account_id
        AND e.booked_on >= c.days[1] AND e.booked_on < c.days[cardinality(c.days)]
    GROUP BY 1, 2, 3, 4
)"""

_PURCHASES = """
    SELECT s.scope, sum(CASE WHEN s.per_unit THEN e.quantity ELSE e.net END) AS amount
    FROM (
        SELECT s.*, array_position(c.days, lower(s.period)) AS first,
            array_position(c.days, LEAST(upper(s.period), %(through)s::date + 1)) AS after
        FROM scopes s CROSS JOIN cuts c WHERE NOT s.sold
    ) AS s
    JOIN members m ON m.node = s.node AND m.of_group = s.of_group
    JOIN bought e ON e.account_id = m.account_id AND e.part >= s.first AND e.part < s.after
        AND (s.per_unit OR e.currency_id = s.currency_id)
        AND (s.category_id IS NULL OR e.category_id = s.category_id)
    GROUP BY s.scope"""

_SOLD = f"""
    SELECT s.scope, sum(round(l.gross_amount * 100 / (100 + COALESCE(l.tax_rate, 0)), 4)) AS amount
    FROM scopes s
    JOIN members m ON m.node = s.node AND m.of_group = s.of_group
    JOIN settlements_salesreportline l ON l.store_id = m.account_id
        AND l.currency_id = s.currency_id
        AND (s.category_id IS NULL OR l.category_id = s.category_id)
    JOIN settlements_salesreport r ON r.id = l.report_id AND r.state = '{ReportState.ACCEPTED}'
        AND COALESCE(l.sold_on, upper(r.period) - 1) >= lower(s.period)
        AND COALESCE(l.sold_on, upper(r.period) - 1)
            < LEAST(upper(s.period), %(through)s::date + 1)
    WHERE s.sold
    GROUP BY s.scope"""

BASES = f"""{_MEMBERS},{_PARTS},
bases AS MATERIALIZED ({_PURCHASES}
    UNION ALL {_SOLD}
)"""

# What was accrued last and what is expected, by the first day of the period, which never moves.
FIGURES = """
figures AS MATERIALIZED (
    SELECT s.*, COALESCE(b.amount, 0) AS basis_amount, x.total AS expected_total,
        COALESCE(before.accrued, 0) AS accrued_before,
        GREATEST(COALESCE(x.total, b.amount, 0), COALESCE(b.amount, 0)) AS expected
    FROM spans s
    LEFT JOIN bases b USING (scope)
    LEFT JOIN (
        SELECT DISTINCT ON (condition_id, lower(period)) condition_id, lower(period) AS since,
            accrued
        FROM settlements_rebateaccrual
        WHERE (%(only)s::bigint[] IS NULL OR condition_id = ANY(%(only)s))
        ORDER BY condition_id, lower(period), id DESC
    ) AS before ON before.condition_id = s.id AND before.since = lower(s.period)
    LEFT JOIN (
        SELECT DISTINCT ON (condition_id, lower(period)) condition_id, lower(period) AS since,
            total
        FROM settlements_rebateexpectation
        WHERE expected_on <= %(through)s
          AND (%(only)s::bigint[] IS NULL OR condition_id = ANY(%(only)s))
        ORDER BY condition_id, lower(period), expected_on DESC, id DESC
    ) AS x ON x.condition_id = s.id AND x.since = lower(s.period)
        AND upper(s.period) > %(through)s::date + 1  -- what is over is no longer expected
    WHERE upper(s.period) > %(through)s OR b.amount IS NOT NULL OR before.accrued IS NOT NULL
),
measured AS MATERIALIZED (
    SELECT f.*,
        (f.target IS NOT NULL AND basis_amount < f.target
            OR f.conditionality = 'growth' AND basis_amount <= base) AS missed,
        (f.target IS NOT NULL AND expected < f.target
            OR f.conditionality = 'growth' AND expected <= base) AS will_miss,
        CASE WHEN f.target IS NOT NULL AND basis_amount < f.target THEN 0
            WHEN f.conditionality = 'growth' THEN GREATEST(basis_amount - base, 0)
            ELSE basis_amount END AS counted,
        CASE WHEN f.target IS NOT NULL AND expected < f.target THEN 0
            WHEN f.conditionality = 'growth' THEN GREATEST(expected - base, 0)
            ELSE expected END AS will_count
    FROM figures f
),
nexts AS (
    SELECT m.span, min(lower(b.band)) AS next_at
    FROM measured m JOIN settlements_rateband b ON b.schedule_id = m.schedule_id
    WHERE lower(b.band) > CASE WHEN m.conditionality = 'growth' THEN m.counted
        ELSE GREATEST(m.basis_amount, 0) END
    GROUP BY m.span
),
bounds AS MATERIALIZED (
    SELECT m.*, CASE WHEN m.target IS NOT NULL AND m.missed THEN m.target
        ELSE n.next_at END AS next_at
    FROM measured m LEFT JOIN nexts n USING (span)
)"""


def _at_rate(amount: str) -> str:
    """The rate of the band that an amount is in; the first band's for less than zero."""
    return f"max(b.rate) FILTER (WHERE b.band @> GREATEST({amount}, 0))"


def _sliced(amount: str) -> str:
    """The sum of slices, each at its own rate, of an amount of zero or more."""
    inside = f"LEAST({amount}, COALESCE(upper(b.band), {amount})) - lower(b.band)"
    return f"sum(GREATEST({inside}, 0) * b.rate)"


_POINTS = (
    ("now", "d.counted"),
    ("plain", "d.basis_amount"),
    ("end", "d.will_count"),
    ("next", "d.next_at"),
)

RATED = f"""
rated AS (
    SELECT d.span, {", ".join(f"{_at_rate(at)} AS rate_{name}" for name, at in _POINTS)},
        {", ".join(f"{_sliced(at)} AS sliced_{name}" for name, at in _POINTS)}
    FROM bounds d JOIN settlements_rateband b ON b.schedule_id = d.schedule_id
    GROUP BY d.span
),
priced AS (
    SELECT d.*, upper(d.period) > %(through)s::date + 1 AS goes_on,
        {", ".join(f"COALESCE(r.rate_{name}, d.value) AS rate_{name}" for name, _at in _POINTS)},
        {
    ", ".join(
        f"CASE WHEN d.incremental AND {at} >= 0 THEN r.sliced_{name}"
        f" ELSE {at} * COALESCE(r.rate_{name}, d.value) END"
        f" * CASE WHEN d.per_unit THEN 1 ELSE 0.01 END AS pays_{name}"
        for name, at in _POINTS
    )
}
    FROM bounds d LEFT JOIN rated r USING (span)
)"""


def _bounded(amount: str, missed: str) -> str:
    """An amount between the least and the most that were agreed, rounded once."""
    inside = f"LEAST(GREATEST({amount}, d.floor), d.cap)"
    return f"round(CASE WHEN {missed} THEN {amount} ELSE {inside} END, d.decimals)"


# Divided exactly: the quotient of whole numbers, half a unit of the last place added.
_SHARE = """CASE WHEN d.pays_end <> 0 AND d.basis_amount > 0 THEN
    div(2 * d.pays_end * d.basis_amount * power(10::numeric, d.decimals)
        + d.expected, 2 * d.expected) / power(10::numeric, d.decimals)
    ELSE 0 END"""

_EXPECTED = f"""CASE
    WHEN d.expected_total IS NULL THEN d.pays_now
    WHEN d.conditionality = 'growth' THEN {_SHARE}
    WHEN d.target IS NOT NULL AND d.will_count = 0 THEN 0
    WHEN d.incremental OR d.basis_amount < 0 THEN d.pays_plain
    ELSE d.basis_amount * d.rate_end * CASE WHEN d.per_unit THEN 1 ELSE 0.01 END END"""

# Where bands say "retroactive" the bound's own rate is on all of it; a growth rebate counts from
# its base, so its next bound is that much further.
COMPUTED = f"""
computed AS (
    SELECT d.id AS condition_id, d.period, d.basis_amount, d.expected_total,
        {_bounded("d.pays_now", "d.missed")} AS earned_to_date,
        {_bounded(f"({_EXPECTED})", "d.will_miss")} AS accrued,
        d.accrued_before,
        CASE WHEN d.conditionality <> 'unconditional' AND d.will_count = 0 THEN 0
            WHEN d.incremental AND d.conditionality <> 'growth' THEN d.rate_plain
            ELSE d.rate_end END AS rate,
        CASE WHEN d.goes_on THEN d.next_at + d.base - d.basis_amount END AS to_next,
        CASE WHEN d.goes_on AND d.next_at IS NOT NULL THEN {_bounded("d.pays_next", "false")}
            - {_bounded("d.pays_now", "d.missed")} END AS gain,
        d.currency_id
    FROM priced d
)"""

WITH = ",".join(["WITH" + CONDITIONS, PERIODS, BASES, FIGURES, RATED, COMPUTED])

READ = f"""{WITH}
SELECT condition_id, period, basis_amount, expected_total, earned_to_date, accrued,
    accrued_before, rate, to_next, gain, currency_id
FROM computed ORDER BY condition_id, period"""

WRITE = f"""{WITH}
INSERT INTO settlements_rebateaccrual (condition_id, run_id, period, through, basis_amount,
    expected_total, earned_to_date, accrued, catch_up, rate, to_next, gain, currency_id,
    created_by_id)
SELECT condition_id, %(run)s, period, %(through)s, basis_amount, expected_total, earned_to_date,
    accrued, accrued - accrued_before, rate, to_next, gain, currency_id, %(user)s
FROM computed"""

LEFT_OUT = f"""
SELECT count(*) FROM settlements_tradecondition c
JOIN settlements_agreementversion v ON v.id = c.version_id AND v.state IN ({_STATES})
WHERE c.kind = '{ConditionKind.REBATE}' AND NOT {COMPUTABLE}
  AND v.valid * COALESCE(c.valid, '(,)'::daterange) @> %(through)s::date"""
