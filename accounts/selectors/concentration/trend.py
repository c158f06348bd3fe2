"""How concentration moved: rolling 12 months at the end of each of the last complete months."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.analytics.concentration import FORMULA_VERSION, concentration
from accounts.models import ConcentrationSnapshot
from accounts.selectors.concentration.periods import trend as trend_periods
from accounts.selectors.concentration.query import ConcentrationQuery
from accounts.selectors.concentration.totals import totals_at
from kam.core.dates import Period

TREND = "trend|"
"""Begins the scope key of stored points: they keep figures and no rows."""
_MEASURES = ("hhi", "effective", "cr1", "cr5", "net_total")


@dataclass(frozen=True, kw_only=True)
class TrendPoint:
    """Figures of the 12 months of `period`; a figure that could not be computed is None.

    `net_total` is all net revenue, unassigned and negative included.
    """

    period: Period
    customers: int
    hhi: Decimal | None
    effective: Decimal | None
    cr1: Decimal | None
    cr5: Decimal | None
    net_total: Decimal | None

    @property
    def month(self) -> date:
        """The month that the 12 months end with, by its first day."""
        return self.period.last_day.replace(day=1)


def stored_trend(query: ConcentrationQuery, as_of: date) -> list[TrendPoint]:
    """Return the points that the job keeps of the query's scope, oldest first, in one query."""
    periods = trend_periods(as_of)
    rows = (
        ConcentrationSnapshot.objects.filter(
            scope_key=TREND + query.scope_key,
            formula_version=FORMULA_VERSION,
            period__in=[(period.start, period.end) for period in periods],
        )
        .order_by("period", "-watermark")
        .distinct("period")
        .values_list("period", "figures")
    )
    return [_point(Period(span.lower, span.upper), figures) for span, figures in rows]


def live_trend(query: ConcentrationQuery, as_of: date) -> list[TrendPoint]:
    """Compute the points of the whole company now; see `stored_trend`.

    Months before the first revenue of the scope have no point. Raises MissingRatesError.
    """
    readings = totals_at(query, trend_periods(as_of))
    points = [
        _point(
            one.period,
            concentration(one.pairs, unassigned=one.unassigned, depth=0).figures(),
        )
        for one in readings
    ]
    first = next((n for n, one in enumerate(readings) if not one.is_empty), len(points))
    return points[first:]


def _point(period: Period, figures: dict[str, Any]) -> TrendPoint:
    values = {name: figures[name] for name in _MEASURES}
    return TrendPoint(
        period=period,
        customers=figures["customers"],
        **{name: None if text is None else Decimal(text) for name, text in values.items()},
    )
