"""The score of `analytics.credit_score` as SQL over `inputs`, and what a snapshot explains.

The knots, weights and bounds are the mathematics' own; tests hold both equal.
"""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from settlements.analytics import credit_score as maths
from settlements.analytics.credit_score import Factor
from settlements.models import CreditScoreSnapshot

TOP = 3
_WHOLE = ("paid_items", "history_days", "breaches", "relationship_days", "term_days")
_UNKNOWN = ("promises_kept", "invalid_deductions")


def _n(value: Fraction | Decimal) -> str:
    """A number as SQL writes it, exactly."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return f"{Decimal(value.numerator) / Decimal(value.denominator):f}"


def interpolated_sql(value: str, knots: maths.Knots) -> str:
    """Return SQL for the points of a value, as `credit_score.interpolated` has them."""
    first, points = knots[0]
    steps = [
        f"WHEN {value} IS NULL THEN NULL",
        f"WHEN {value} <= {_n(first)} THEN {_n(points)}",
    ]
    for (left, low), (right, high) in pairwise(knots):
        rise, run = high - low, right - left
        steps.append(
            f"WHEN {value} <= {_n(right)} THEN {_n(low)} + ({_n(rise)}) * ({value} - {_n(left)})"
            f" / {_n(run)}"
        )
    return f"CASE {' '.join(steps)} ELSE {_n(knots[-1][1])} END::numeric"


_END = _n(maths.LATENESS_END)
_VALUES = {
    Factor.DAYS_BEYOND_TERMS: "dbt",
    Factor.PAID_ON_TIME: "on_time",
    Factor.TREND: f"(least(greatest(dbt_recent, 0), {_END}) - least(greatest(dbt, 0), {_END}))",
    Factor.WORST_DELINQUENCY: "worst",
    Factor.UTILISATION: "utilisation",
    Factor.BREACHES: "breaches",
    Factor.RELATIONSHIP: "round(relationship_days / 365.0, 4)",
    Factor.STABILITY: "volume_variation",
    Factor.EXTERNAL: "external",
}
_LEVEL = interpolated_sql("dbt_recent", maths.KNOTS[Factor.DAYS_BEYOND_TERMS])


def _points(factor: Factor) -> str:
    value = _VALUES[factor]
    if factor is not Factor.TREND:
        return interpolated_sql(value, maths.KNOTS[factor])
    given = interpolated_sql(value, maths.KNOTS[factor])
    return (
        f"CASE WHEN dbt IS NULL OR dbt_recent IS NULL THEN NULL ELSE least({given}, {_LEVEL}) END"
    )


_FACTORS = ",\n    ".join(f"{_points(one)} AS p_{one}" for one in _VALUES)
_KNOWN = " + ".join(f"((p_{one} IS NOT NULL)::int * {maths.WEIGHTS[one]})" for one in _VALUES)
_BROUGHT = " + ".join(f"COALESCE(p_{one}, 0) * {maths.WEIGHTS[one]}" for one in _VALUES)
_ROWS = ", ".join(
    f"({place}, '{one}', p_{one}, {maths.WEIGHTS[one]})" for place, one in enumerate(Factor)
    if one in _VALUES
)  # fmt: skip
_GRADES = " ".join(f"WHEN shown >= {start} THEN '{grade}'" for start, grade in maths.GRADE_FROM)
_TIMES = " ".join(f"WHEN '{grade}' THEN {times}" for grade, times in maths.LIMIT_FACTOR.items())
_INPUT_NAMES = [f.name for f in fields(maths.Inputs) if f.name not in {*_UNKNOWN, "promises"}]
_AS_TEXT = ", ".join(
    f"'{name}', {name}" if name in {*_WHOLE, "is_insolvent"} else f"'{name}', {name}::text"
    for name in _INPUT_NAMES
)

SCORED = f"""
, points AS MATERIALIZED (
    SELECT i.*, {_FACTORS} FROM inputs i
), weighed AS MATERIALIZED (
    SELECT *, {_KNOWN} AS known, {_BROUGHT} AS brought FROM points
), shown AS MATERIALIZED (
    SELECT *, is_insolvent OR COALESCE(severe_share > {maths.SEVERE_SHARE}, false) AS capped,
        CASE WHEN is_insolvent OR COALESCE(severe_share > {maths.SEVERE_SHARE}, false)
            THEN least(round(brought / NULLIF(known, 0), {maths.PLACES}), {maths.CAP})
            ELSE round(brought / NULLIF(known, 0), {maths.PLACES}) END AS shown
    FROM weighed
), graded AS MATERIALIZED (
    SELECT *, CASE WHEN capped THEN 'D'
        WHEN shown IS NULL OR paid_items < {maths.MIN_PAID_ITEMS}
            OR history_days < {maths.MIN_HISTORY_DAYS} THEN 'N'
        {_GRADES} ELSE 'D' END AS grade
    FROM shown
), scored AS (
    SELECT party_id, code, shown AS score, grade, round(known / 100, 3) AS confidence,
        COALESCE((
            SELECT array_agg(name ORDER BY lost DESC, place) FROM (
                SELECT place, name, round(weight * 100 / known, 2)
                    - round(weight * points / known, 2) AS lost
                FROM (VALUES {_ROWS}) AS f(place, name, points, weight)
                WHERE points IS NOT NULL ORDER BY lost DESC, place LIMIT {TOP}
            ) AS worst WHERE lost > 0
        ), '{{}}') AS reasons,
        CASE WHEN is_insolvent THEN 0
            WHEN grade = 'N' OR monthly_billing <= 0 OR term_days IS NULL OR dbt IS NULL THEN NULL
            ELSE div(monthly_billing * (term_days + greatest(dbt, 0))
                * CASE grade {_TIMES} END, 30) END AS suggested_limit,
        jsonb_build_object({_AS_TEXT}) AS inputs
    FROM graded
)"""


def inputs_of(snapshot: CreditScoreSnapshot) -> maths.Inputs:
    """Return what a snapshot was made from."""
    stored: dict[str, Any] = snapshot.inputs
    values: dict[str, Any] = {
        name: Decimal(value) if isinstance(value, str) else value for name, value in stored.items()
    }
    return maths.Inputs(**values)


def explained(snapshot: CreditScoreSnapshot) -> maths.Score:
    """Return the score of a snapshot factor by factor, computed anew from its inputs."""
    return maths.score(inputs_of(snapshot))
