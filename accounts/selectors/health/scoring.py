"""Measures the health of all scored accounts on a day by a handful of set-based statements.

What they work out stands in temporary tables until the transaction ends; `health_result` holds a
row per account of which something is measured, or which a cap holds down. The definitions are
those of `accounts.analytics.health`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Max

from accounts.analytics import tiering
from accounts.analytics.health import Level, is_enough
from accounts.choices import TierLevel
from accounts.models import GroupMonth
from accounts.selectors.accounts import MONTHS, windows
from accounts.selectors.health.rules import Limited, Rules, Weighed
from accounts.selectors.tiers.models import model_in_force
from accounts.selectors.tiers.scoring import scored_query
from kam.core.dates import add_months

type Report = Callable[[int, int], None]

TABLES = (
    "health_scored",
    "health_below",
    "health_reading",
    "health_hit",
    "health_pattern",
    "health_weight",
    "health_result",
)
_BELOW = """
CREATE TEMP TABLE health_below ON COMMIT DROP AS
WITH RECURSIVE below(account_id, node_id) AS (
    SELECT account_id, account_id FROM health_scored
    UNION
    SELECT below.account_id, l.account_id FROM below JOIN accounts_parentlink l
        ON l.parent_id = below.node_id AND l.valid @> %(as_of)s::date
)
SELECT account_id, node_id FROM below
UNION
SELECT below.account_id, a.id FROM below JOIN accounts_account a ON a.merged_into_id = below.node_id
"""
_READING = """
INSERT INTO health_reading
SELECT account_id, %(key)s, %(place)s, round(least(greatest(value, 0), 100), 0), measured_on,
    detail, %(as_of)s::date - measured_on <= %(valid_days)s
FROM ({sql}) AS measured JOIN health_scored USING (account_id)
WHERE value IS NOT NULL AND measured_on <= %(as_of)s
"""
_HIT = """
INSERT INTO health_hit
SELECT account_id, %(key)s, %(place)s, %(limit)s::numeric, detail
FROM ({sql}) AS held JOIN health_scored USING (account_id)
"""
_PATTERN = """
CREATE TEMP TABLE health_pattern ON COMMIT DROP AS
SELECT account_id, bit_or(1::bigint << place) AS pattern
FROM health_reading WHERE is_fresh GROUP BY account_id
"""
_WEIGHT = """
CREATE TEMP TABLE health_weight ON COMMIT DROP AS
SELECT * FROM unnest(
    %(patterns)s::bigint[], %(places)s::integer[], %(shares)s::numeric[], %(known)s::numeric[],
    %(enough)s::boolean[]
) AS weight(pattern, place, share, confidence, is_enough)
"""
_RESULT = """
CREATE TEMP TABLE health_result ON COMMIT DROP AS
WITH brought AS (
    SELECT r.account_id, r.key, r.place, r.value, r.is_fresh, r.measured_on, r.detail,
        w.share, round(w.share * r.value * 0.01, 4) AS brought, w.confidence, w.is_enough
    FROM health_reading r
    LEFT JOIN health_pattern t ON t.account_id = r.account_id
    LEFT JOIN health_weight w ON w.pattern = t.pattern AND w.place = r.place AND r.is_fresh
), scores AS (
    SELECT account_id, sum(brought) AS uncapped, COALESCE(max(confidence), 0) AS confidence,
        COALESCE(bool_or(is_enough), false) AS is_enough,
        jsonb_agg(jsonb_build_array(key, value, share, brought, is_fresh) ORDER BY place) AS parts,
        jsonb_object_agg(key, detail || jsonb_build_object('measured_on', measured_on)) AS details
    FROM brought GROUP BY account_id
), held AS (
    SELECT account_id, min(max_score) AS max_score,
        jsonb_agg(jsonb_build_array(key, max_score) ORDER BY place) AS caps,
        jsonb_object_agg(key, detail) AS details
    FROM health_hit GROUP BY account_id
), joined AS (
    SELECT account_id, uncapped, least(uncapped, CASE WHEN uncapped IS NOT NULL
            THEN max_score END) AS score,
        COALESCE(confidence, 0) AS confidence, COALESCE(is_enough, false) AS is_enough,
        COALESCE(parts, '[]') AS parts, COALESCE(caps, '[]') AS caps,
        COALESCE(scores.details, '{}') || COALESCE(held.details, '{}') AS details
    FROM scores FULL JOIN held USING (account_id)
)
SELECT joined.*, CASE
    WHEN score IS NULL OR NOT is_enough THEN %(insufficient)s
    WHEN score >= %(good_from)s THEN %(good)s
    WHEN score >= %(watch_from)s THEN %(watch)s
    ELSE %(poor)s END AS level
FROM joined
"""


def compute(rules: Rules, *, as_of: date, report: Report = lambda done, total: None) -> int:
    """Work out the health of every scored account on a day into `health_result`.

    Inside a transaction. Scored are the accounts that tiers are computed for: groups, unless the
    tier model in force says every account. Answers how many have a row.
    """
    limits = [one for one in rules.limits if one.limit is not None]
    steps = len(rules.counting) + len(limits) + 2
    parameters = _parameters(as_of)
    with connection.cursor() as cursor:
        _prepare(cursor, parameters)
        report(1, steps)
        for place, weighed in enumerate(rules.counting):
            _measure(cursor, place, weighed, parameters)
            report(place + 2, steps)
        for place, limited in enumerate(limits):
            _hold(cursor, place, limited, parameters)
            report(len(rules.counting) + place + 2, steps)
        _weigh(cursor, rules)
        cursor.execute(_RESULT, {**_level_parameters(rules), **parameters})
        cursor.execute("ANALYZE health_result")
        cursor.execute("SELECT count(*) FROM health_result")
        count = int(cursor.fetchone()[0])
    report(steps, steps)
    return count


def _parameters(as_of: date) -> dict[str, Any]:
    """The day, and the months to compare: they end with the last one of which there are sales.

    When a feed stops the trend stays what it was, and becomes stale, rather than falling.
    """
    until = windows(as_of).latest.end
    last = GroupMonth.objects.filter(month__lt=until, entries__gt=0).aggregate(last=Max("month"))
    if (month := last["last"]) is None:
        return {"as_of": as_of, "before": None, "start": None, "end": None}
    end = add_months(month, 1)
    return {
        "as_of": as_of,
        "before": add_months(end, -2 * MONTHS),
        "start": add_months(end, -MONTHS),
        "end": end,
    }


def _level_parameters(rules: Rules) -> dict[str, Any]:
    words = {level.value: level.value for level in Level}
    levels = rules.thresholds
    return {**words, "good_from": levels.good_from, "watch_from": levels.watch_from}


def _prepare(cursor: Any, parameters: dict[str, Any]) -> None:
    """Who is scored, what stands below them, and room for what is measured."""
    for table in TABLES:
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
    model = model_in_force(parameters["as_of"])
    scored = scored_query(model.level if model else TierLevel.GROUP)
    cursor.execute(f"CREATE TEMP TABLE health_scored ON COMMIT DROP AS {scored}", parameters)
    cursor.execute("ANALYZE health_scored")
    cursor.execute(_BELOW, parameters)
    cursor.execute("CREATE INDEX ON health_below (node_id)")
    cursor.execute("ANALYZE health_below")
    cursor.execute(
        "CREATE TEMP TABLE health_reading (account_id bigint, key text, place integer,"
        " value numeric, measured_on date, detail jsonb, is_fresh boolean) ON COMMIT DROP"
    )
    cursor.execute(
        "CREATE TEMP TABLE health_hit (account_id bigint, key text, place integer,"
        " max_score numeric, detail jsonb) ON COMMIT DROP"
    )


def _measure(cursor: Any, place: int, weighed: Weighed, parameters: dict[str, Any]) -> None:
    """Points of every account by one measure, rounded to whole ones."""
    cursor.execute(
        _READING.format(sql=weighed.measure.sql),
        {**parameters, "key": weighed.measure.key, "place": place, "valid_days": weighed.days},
    )


def _hold(cursor: Any, place: int, limited: Limited, parameters: dict[str, Any]) -> None:
    """Every account that one cap holds down."""
    cursor.execute(
        _HIT.format(sql=limited.cap.sql),
        {**parameters, "key": limited.cap.key, "place": place, "limit": limited.limit},
    )


def _weigh(cursor: Any, rules: Rules) -> None:
    """The rescaled weights of every pattern of fresh measures that there is: they are few."""
    cursor.execute("ANALYZE health_reading")
    weights: dict[int, Decimal] = {n: one.weight for n, one in enumerate(rules.counting)}
    cursor.execute(_PATTERN)
    cursor.execute("ANALYZE health_pattern")
    cursor.execute("SELECT DISTINCT pattern FROM health_pattern ORDER BY 1")
    rows = []
    for (pattern,) in cursor.fetchall():
        fresh = {place: weight for place, weight in weights.items() if pattern >> place & 1}
        known = tiering.confidence(weights, fresh)
        enough = is_enough(weights, fresh, rules.thresholds)
        rows += [(pattern, *one, known, enough) for one in tiering.rescaled(fresh).items()]
    columns = ("patterns", "places", "shares", "known", "enough")
    cursor.execute(_WEIGHT, {name: [row[n] for row in rows] for n, name in enumerate(columns)})
    cursor.execute("ANALYZE health_weight")
