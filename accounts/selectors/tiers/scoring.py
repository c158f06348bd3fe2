"""Scores all accounts of a model at a day by a handful of set-based statements.

What they work out stands in temporary tables until the transaction ends; `tier_result` holds a
row per account that has a score. The definitions are those of `accounts.analytics.tiering`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from accounts.analytics import tiering
from accounts.choices import TierDirection, TierLevel, TierMethod
from accounts.models import Tier, TierCriterion, TierModel
from accounts.selectors.accounts import windows
from accounts.selectors.below import BELOW, MONTHS
from accounts.selectors.profitability.facts import AS_MONTHS, AVERAGES, COSTED, GOODS, SPENT
from accounts.selectors.tiers.measures import measures
from kam.core.selectors.rates import base_currency

type Report = Callable[[int, int], None]

EVER = date(1900, 1, 1)
TABLES = (
    "tier_scored",
    "tier_revenue",
    "tier_spent",
    "tier_points",
    "tier_pattern",
    "tier_weight",
    "tier_result",
)
_SCORED = """
SELECT a.id AS account_id FROM accounts_account a
WHERE a.merged_into_id IS NULL AND a.status <> 'closed'
"""
_ROOTS = """
AND NOT EXISTS (
    SELECT 1 FROM accounts_parentlink l WHERE l.account_id = a.id AND l.valid @> %(as_of)s::date
)
"""
# Revenue of accounts with all that stood below them on each entry's date, once for all measures.
REVENUE = f"""
{BELOW}{MONTHS}, {AVERAGES}, {AS_MONTHS}
SELECT m.root_id AS account_id,
    COALESCE(sum(m.base_amount) FILTER (WHERE w.bit IS NOT NULL), 0) AS net,
    COALESCE(sum(m.unconverted) FILTER (WHERE w.bit IS NOT NULL), 0) AS unconverted,
    COALESCE(sum({COSTED} - {GOODS}) FILTER (WHERE w.bit IS NOT NULL), 0) AS profit,
    COALESCE(bool_and(m.costed_amount = m.net_amount) FILTER (WHERE w.bit IS NOT NULL), false)
        AS is_costed,
    min(m.month) FILTER (WHERE m.base_amount > 0) AS first_month,
    max(m.month) FILTER (WHERE m.base_amount > 0) AS last_month,
    bit_count(COALESCE(bit_or(w.bit) FILTER (WHERE m.base_amount > 0), 0)::bit(12))
        AS active_months
FROM as_months m
LEFT JOIN averages v ON v.month = m.month AND v.currency_id = m.currency_id
LEFT JOIN (
    SELECT month, (1 << (place - 1)::integer) AS bit
    FROM unnest(%(months)s::date[]) WITH ORDINALITY AS listed(month, place)
) AS w ON w.month = m.month
GROUP BY m.root_id
"""
_NO_REVENUE = """
SELECT NULL::bigint AS account_id, 0::numeric AS net, 0::numeric AS unconverted,
    0::numeric AS profit, false AS is_costed, NULL::date AS first_month, NULL::date AS last_month,
    0::bigint AS active_months LIMIT 0
"""
_NO_COSTS = """
SELECT NULL::bigint AS account_id, 0::numeric AS cost, 0::numeric AS serve, 0::bigint AS gaps
LIMIT 0
"""
_POINTS = """
INSERT INTO tier_points
SELECT account_id, %(criterion)s, %(place)s, value, {points}
FROM (
    SELECT measured.account_id, round(measured.value, 6) AS value
    FROM ({sql}) AS measured JOIN tier_scored USING (account_id)
    WHERE measured.value IS NOT NULL
) AS known
"""
_PERCENTILE = """
CASE WHEN count(*) OVER () = 1 THEN 50 ELSE round(
    50.0 * (2 * (rank() OVER (ORDER BY value) - 1) + count(*) OVER (PARTITION BY value) - 1)
    / (count(*) OVER () - 1), 4
) END
"""
_MINMAX = """
CASE WHEN {high} = {low} THEN 50 ELSE round(
    100 * (least(greatest(value, {low}), {high}) - {low}) / ({high} - {low}), 4
) END
"""
_PATTERN = """
CREATE TEMP TABLE tier_pattern ON COMMIT DROP AS
SELECT account_id, bit_or(1::bigint << place) AS pattern
FROM tier_points WHERE place = ANY(%(counting)s::integer[]) GROUP BY account_id
"""
_WEIGHT = """
CREATE TEMP TABLE tier_weight ON COMMIT DROP AS
SELECT * FROM unnest(
    %(patterns)s::bigint[], %(places)s::integer[], %(weights)s::numeric[], %(known)s::numeric[]
) AS weight(pattern, place, weight, confidence)
"""
_RESULT = """
CREATE TEMP TABLE tier_result ON COMMIT DROP AS
WITH brought AS (
    SELECT p.account_id, p.criterion_id, p.value, p.points, w.weight, w.confidence,
        round(w.weight * p.points * 0.01, 4) AS brought
    FROM tier_points p
    JOIN tier_pattern t ON t.account_id = p.account_id
    LEFT JOIN tier_weight w ON w.pattern = t.pattern AND w.place = p.place
), scores AS (
    SELECT account_id, sum(brought) AS score, max(confidence) AS confidence,
        to_jsonb(array_agg(ARRAY[criterion_id, value, points, weight, brought])) AS explanation
    FROM brought GROUP BY account_id
), ladder AS (
    SELECT id, code, threshold, lag(threshold) OVER (ORDER BY rank) AS until
    FROM accounts_tier WHERE model_id = %(model)s
)
SELECT s.*, former.code AS former_code,
    CASE WHEN own.id IS NULL
            OR (own.until IS NOT NULL AND s.score >= own.until + %(margin)s)
            OR (s.score < own.threshold AND s.score <= own.threshold - %(margin)s)
        THEN raw.id ELSE own.id END AS tier_id
FROM scores s
JOIN ladder raw ON s.score >= raw.threshold AND (raw.until IS NULL OR s.score < raw.until)
LEFT JOIN (
    SELECT a.account_id, t.code FROM accounts_tierassignment a
    JOIN accounts_tier t ON t.id = a.tier_id
    WHERE a.valid @> (%(as_of)s::date - 1)
) AS former ON former.account_id = s.account_id
LEFT JOIN ladder own ON own.code = former.code
"""


def compute(model: TierModel, *, as_of: date, report: Report = lambda done, total: None) -> int:
    """Work out score and tier of every account of a model at a day into `tier_result`.

    Inside a transaction. The tier of the day before decides where hysteresis holds, so that any
    number of runs on one day agree. Accounts of which nothing that counts is known have no row.
    Answers how many have one. `report(done, total)` is told after each criterion.
    """
    criteria = list(model.criteria.all())
    span = windows(as_of).latest
    parameters: dict[str, Any] = {"as_of": as_of, "start": span.start, "end": span.end}
    steps = len(criteria) + 2
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
        _prepare(cursor, model, criteria, parameters)
        report(1, steps)
        for done, criterion in enumerate(criteria, 2):
            _measure(cursor, criterion, parameters)
            report(done, steps)
        cursor.execute("ANALYZE tier_points")
        _weigh(cursor, criteria)
        cursor.execute(_RESULT, {**parameters, "model": model.pk, "margin": model.margin})
        cursor.execute("ANALYZE tier_result")
        cursor.execute("SELECT count(*) FROM tier_result")
        count = int(cursor.fetchone()[0])
    report(steps, steps)
    return count


def _prepare(
    cursor: Any, model: TierModel, criteria: list[TierCriterion], parameters: dict[str, Any]
) -> None:
    """Who is scored, their revenue and costs if criteria ask for them, and room for points."""
    scored = scored_query(model.level)
    cursor.execute(f"CREATE TEMP TABLE tier_scored ON COMMIT DROP AS {scored}", parameters)
    cursor.execute("ANALYZE tier_scored")
    cursor.execute(
        "CREATE TEMP TABLE tier_points (account_id bigint, criterion_id bigint, place integer,"
        " value numeric, points numeric) ON COMMIT DROP"
    )
    used = [measures.get(one.measure) for one in criteria]
    wanted = any(one is not None and one.revenue for one in used)
    sql, values = revenue_query(parameters) if wanted else (_NO_REVENUE, {})
    cursor.execute(f"CREATE TEMP TABLE tier_revenue ON COMMIT DROP AS {sql}", values)
    cursor.execute("ANALYZE tier_revenue")
    sql = SPENT if any(one is not None and one.costs for one in used) else _NO_COSTS
    cursor.execute(f"CREATE TEMP TABLE tier_spent ON COMMIT DROP AS {sql}", parameters)
    cursor.execute("ANALYZE tier_spent")


def scored_query(level: str) -> str:
    """Return the query of the accounts that are scored at a level on `%(as_of)s`."""
    return _SCORED + (_ROOTS if level == TierLevel.GROUP else "")


def revenue_query(parameters: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the one aggregate over revenue that all revenue measures read, and its parameters."""
    span = windows(parameters["as_of"]).latest
    sql = REVENUE.replace(
        "WHERE %(everyone)s OR id = ANY(%(ids)s::bigint[])",
        "WHERE id IN (SELECT account_id FROM tier_scored)",
    )
    months = [month.start for month in span.months()]
    base = base_currency()
    return sql, {"start": EVER, "end": span.end, "months": months, "base": base}


def _measure(cursor: Any, criterion: TierCriterion, parameters: dict[str, Any]) -> None:
    """Value and points of every account by one criterion."""
    measure = measures.get(criterion.measure)
    if measure is None or not measure.sql:
        return
    points, caps = _points_sql(criterion)
    cursor.execute(
        _POINTS.format(points=points, sql=measure.sql),
        {**parameters, **caps, "criterion": criterion.pk, "place": criterion.place},
    )


def _points_sql(criterion: TierCriterion) -> tuple[str, dict[str, Any]]:
    if criterion.method == TierMethod.BANDS:
        return _bands_sql(criterion.bands)
    caps = {"low": criterion.low, "high": criterion.high}
    if criterion.method == TierMethod.PERCENTILE:
        sql = _PERCENTILE
    elif criterion.low is None:
        sql = _MINMAX.format(low="min(value) OVER ()", high="max(value) OVER ()")
    else:
        sql = _MINMAX.format(low="%(low)s::numeric", high="%(high)s::numeric")
    return (f"100 - ({sql})" if criterion.direction == TierDirection.LOWER else sql), caps


def _bands_sql(bands: list[list[Any]]) -> tuple[str, dict[str, Any]]:
    """The points of the last band reached; below the first counts as the first."""
    names = {
        f"{kind}{n}": Decimal(str(line[k]))
        for n, line in enumerate(bands)
        for k, kind in enumerate(("from", "gives"))
    }
    cases = " ".join(
        f"WHEN value >= %(from{n})s::numeric THEN %(gives{n})s::numeric"
        for n in reversed(range(len(bands)))
    )
    return f"CASE {cases} ELSE %(gives0)s::numeric END", names


def _weigh(cursor: Any, criteria: list[TierCriterion]) -> None:
    """The rescaled weights of every pattern of known criteria that there is: they are few."""
    weights = {one.place: one.weight for one in criteria if as_plain(one).counts}
    cursor.execute(_PATTERN, {"counting": list(weights)})
    cursor.execute("ANALYZE tier_pattern")
    cursor.execute("SELECT DISTINCT pattern FROM tier_pattern ORDER BY 1")
    rows = []
    for (pattern,) in cursor.fetchall():
        present = {place: weight for place, weight in weights.items() if pattern >> place & 1}
        known = tiering.confidence(weights, present)
        rows += [(pattern, *one, known) for one in tiering.rescaled(present).items()]
    columns = ("patterns", "places", "weights", "known")
    values = {name: [row[n] for row in rows] for n, name in enumerate(columns)}
    cursor.execute(_WEIGHT, values)
    cursor.execute("ANALYZE tier_weight")


def as_plain(criterion: TierCriterion) -> tiering.Criterion:
    """Return the criterion as the mathematics knows it."""
    return tiering.Criterion(
        key=criterion.place,
        weight=criterion.weight,
        direction=tiering.Direction(criterion.direction),
        method=tiering.Method(criterion.method),
        low=criterion.low,
        high=criterion.high,
        bands=[(Decimal(str(start)), Decimal(str(given))) for start, given in criterion.bands],
    )


def ladder(tiers: list[Tier]) -> list[tiering.Rung]:
    """Return the tiers as the mathematics knows them, the highest first."""
    ordered = sorted(tiers, key=lambda tier: tier.rank)
    return [tiering.Rung(tier.code, tier.threshold) for tier in ordered]
