"""Writes snapshots of revenue concentration: the same inputs give the same row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import QuerySet, Subquery
from django.db.models.functions import Coalesce
from psycopg.types.json import Jsonb

from accounts.analytics.concentration import FORMULA_VERSION
from accounts.choices import ConcentrationLevel
from accounts.models import ConcentrationAlert, ConcentrationSnapshot, RevenueWatermark
from accounts.selectors.concentration import periods
from accounts.selectors.concentration.cells import Basis
from accounts.selectors.concentration.query import ConcentrationQuery, has_revenue
from accounts.selectors.concentration.reading import (
    Reading,
    comparison_json,
    live,
)
from accounts.selectors.concentration.totals import customer_totals
from accounts.selectors.concentration.trend import TREND
from accounts.services import thresholds
from kam.core.dates import Period


@dataclass(frozen=True, kw_only=True)
class Written:
    """A snapshot of a standard scope and whether it had to be computed."""

    snapshot: ConcentrationSnapshot
    is_new: bool


def compute_snapshot(*, query: ConcentrationQuery, basis: Basis = Basis.AUTO) -> Written:
    """Write the snapshot of a query, or answer the one that stands for the same inputs.

    The inputs are scope, period, formula and the watermark of revenue and tree. Safe twice and
    at once: the second of two simultaneous computations keeps the first one's row. Raises
    MissingRatesError, and ValueError for a query that asks for a currency: its rates are no part
    of the watermark.
    """
    if query.currency:
        raise ValueError("A snapshot is in the currency that its data has.")
    if (standing := _current(query.scope_key, query.period)) is not None:
        return Written(snapshot=standing, is_new=False)
    return _keep(_row(live(query, basis=basis)))


def compute_trend_point(*, query: ConcentrationQuery) -> Written:
    """Write the figures alone of a query, for the chart over time. See `compute_snapshot`."""
    key = TREND + query.scope_key
    if (standing := _current(key, query.period)) is not None:
        return Written(snapshot=standing, is_new=False)
    reading = Reading(query=query, now=customer_totals(query), before=None)
    point = _row(reading)
    point.scope_key, point.keys, point.amounts = key, [], []
    return _keep(point)


def recompute(
    *, as_of: date, report: Callable[[int, int], None] = lambda done, total: None
) -> list[Written]:
    """Bring snapshots of the standard scopes up to date, then the trend, alerts and tidiness.

    Standard are groups and accounts, each over the last 12 complete months, the calendar year up
    to the day, and the year before. `report(done, total)` is told after each piece of work.
    Without any revenue there is nothing to keep. Safe twice and at once. Raises
    MissingRatesError.
    """
    if not has_revenue():
        return []
    levels = [ConcentrationLevel.GROUP, ConcentrationLevel.ACCOUNT]
    queries = [
        ConcentrationQuery(period=period, level=level)
        for level in levels
        for period in periods.standard(as_of)
    ]
    points = [
        ConcentrationQuery(period=period, level=level)
        for level in levels
        for period in periods.trend(as_of)
    ]
    total = len(queries) + len(points)
    written = []
    for done, query in enumerate(queries, 1):
        written.append(compute_snapshot(query=query))
        report(done, total)
    for done, query in enumerate(points, len(queries) + 1):
        compute_trend_point(query=query)
        report(done, total)
    thresholds.judge(snapshot=written[0].snapshot)
    remove_superseded()
    return written


@transaction.atomic
def remove_superseded() -> int:
    """Remove snapshots that a later one of the same scope and period replaced.

    One a day stays for each scope and period, and whatever an alert points to. Answers how many
    went; safe to run beside itself.
    """
    cited = ConcentrationAlert.objects.values_list("opened_by", "closed_by")
    kept = {pk for pair in cited for pk in pair if pk}
    rows = ConcentrationSnapshot.objects.order_by("scope_key", "period", "watermark", "pk")
    gone = set(_superseded(rows.values_list("pk", "scope_key", "period", "computed_at")))
    removed, _ = ConcentrationSnapshot.objects.filter(pk__in=gone - kept).delete()
    return removed


def _superseded(rows: Any) -> Iterator[int]:
    """Keys of rows that are followed by one of the same scope and period (and, where they have
    rows of their own, of the same day)."""
    former: tuple[Any, ...] | None = None
    for pk, key, period, at in rows:
        this = (key, period, None if key.startswith(TREND) else at.date())
        if former is not None and former[1] == this:
            yield former[0]
        former = (pk, this)


def _current(key: str, period: Period) -> ConcentrationSnapshot | None:
    """The row of the inputs as they are now."""
    version = Coalesce(Subquery(RevenueWatermark.objects.values("version")[:1]), 0)
    return _of_formula(key, period).filter(watermark=version).first()


def _of_formula(key: str, period: Period) -> QuerySet[ConcentrationSnapshot]:
    return ConcentrationSnapshot.objects.filter(
        scope_key=key, period=(period.start, period.end), formula_version=FORMULA_VERSION
    )


def _row(reading: Reading) -> ConcentrationSnapshot:
    figures: dict[str, Any] = {**reading.figures.figures()}
    if reading.before is not None:
        figures["before"] = comparison_json(reading.before)
    return ConcentrationSnapshot(
        scope=reading.query.scope,
        scope_key=reading.query.scope_key,
        period=DateRange(reading.query.period.start, reading.query.period.end),
        currency_id=reading.now.currency,
        formula_version=FORMULA_VERSION,
        watermark=reading.now.watermark,
        figures=figures,
        keys=list(reading.now.keys),
        amounts=list(reading.now.amounts),
        unassigned=reading.now.unassigned,
    )


# A snapshot can be computed again, so its own commit need not wait for the disk; the next one
# that does (the job's outcome) takes it along.
_KEEP = """
WITH hurry AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
INSERT INTO accounts_concentrationsnapshot (scope, scope_key, period, currency_id,
    formula_version, watermark, figures, keys, amounts, unassigned, computed_at)
SELECT %(scope)s, %(scope_key)s, daterange(%(start)s, %(end)s), %(currency)s,
    %(formula)s, %(watermark)s, %(figures)s, %(keys)s::bigint[], %(amounts)s::numeric[],
    %(unassigned)s, now()
FROM hurry
ON CONFLICT (scope_key, period, formula_version, watermark) DO NOTHING
RETURNING id, computed_at
"""


def _array(items: Iterable[str]) -> str:
    """An array as PostgreSQL reads it: quicker than adapting ten thousand values one by one."""
    return "{" + ",".join(items) + "}"


def _keep(row: ConcentrationSnapshot) -> Written:
    """Write the row unless it stands already; a later one may remove either at any time.

    One plain statement: ten thousand amounts through the ORM take longer than their sum.
    """
    start, end = row.period.lower, row.period.upper
    parameters = {
        "scope": Jsonb(row.scope),
        "scope_key": row.scope_key,
        "start": start,
        "end": end,
        "currency": row.currency_id,
        "formula": row.formula_version,
        "watermark": row.watermark,
        "figures": Jsonb(row.figures),
        "keys": _array(map(str, row.keys)),
        "amounts": _array(f"{amount:f}" for amount in row.amounts),
        "unassigned": row.unassigned,
    }
    same = _of_formula(row.scope_key, Period(start, end)).filter(watermark=row.watermark)
    for _attempt in range(3):
        with connection.cursor() as cursor:
            cursor.execute(_KEEP, parameters)
            kept = cursor.fetchone() or same.values_list("pk", "computed_at").first()
        if kept is not None:
            row.pk, row.computed_at = kept
            return Written(snapshot=row, is_new=True)
    raise LookupError("Another computation keeps removing this snapshot.")
