"""The charts of the board."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.analytics.concentration import DEFAULT_BANDS
from accounts.analytics.retention import Movement
from accounts.choices import ConcentrationLevel
from accounts.selectors.concentration.naming import NameBook
from accounts.selectors.concentration.reading import Reading
from accounts.selectors.concentration.trend import TrendPoint
from accounts.views.concentration.links import rows_url
from accounts.views.concentration.tables import MOVEMENTS
from accounts.views.concentration.words import pareto_title
from kam.core import charts, formats

BARS = 300
"""Customers drawn one by one; those behind them are one point of the curve, without a bar, which
would dwarf the others'."""


def pareto(reading: Reading, names: NameBook) -> charts.Chart:
    """Customers from the largest down with their cumulative share and the 80 % line."""
    figures = reading.figures
    rows = reading.ranked(BARS).ranked[:BARS]
    found = names.look_up([row.key for row in rows])
    items = [(str(found[row.key].name), row.amount) for row in rows]
    if others := figures.customers - len(rows):
        text = ngettext("%(count)s other", "%(count)s others", others)
        label = text % {"count": formats.number(others, 0)}
        items.append((label, figures.total - sum((row.amount for row in rows), Decimal(0))))
    by_group = reading.query.level == ConcentrationLevel.GROUP
    chart = charts.pareto(
        name="pareto",
        title=pareto_title(figures),
        items=items,
        bars=len(items),
        unit=reading.now.currency,
        item_title=_("Group") if by_group else _("Account"),
        value_title=_("Net revenue"),
        note=_("Shares are of customers with positive net revenue."),
        as_of=reading.query.period.last_day,
        rows_url=rows_url(reading.query),
        height="tall",
    )
    if others:
        chart.option["series"][0]["data"][-1] = None
    return chart


def trend(points: Sequence[TrendPoint]) -> list[charts.Chart]:
    """HHI and effective customers at the end of each month, over the 12 months until then."""
    labels = [formats.month(point.month) for point in points]
    bands = zip(
        (_("Moderate"), _("High"), _("Very high")), map(float, DEFAULT_BANDS.hhi), strict=True
    )
    top = max((point.hhi or Decimal(0) for point in points), default=Decimal(0))
    shared: dict[str, Any] = {
        "labels": labels,
        "label_title": _("12 months until"),
        "as_of": points[-1].period.last_day if points else None,
        "height": "short",
    }
    return [
        charts.line(
            name="hhi",
            title=_trend_title(points),
            series=[charts.Series(name=_("HHI"), values=[point.hhi for point in points])],
            value_format="number",
            places=0,
            bands=[band for band in bands if band[1] <= float(top) * 1.5],
            note=_("Bands are borrowed conventions; how it moves says more than where it stands."),
            **shared,
        ),
        charts.line(
            name="effective",
            title=_effective_title(points),
            series=[
                charts.Series(
                    name=_("Effective customers"), values=[point.effective for point in points]
                )
            ],
            value_format="number",
            places=1,
            note=_("As many equally large customers would be as concentrated: 1 ÷ HHI."),
            **shared,
        ),
    ]


def _trend_title(points: Sequence[TrendPoint]) -> str:
    known = [point for point in points if point.hhi is not None]
    if len(known) < 2:
        return _("HHI, too little history to see a direction")
    first, last = known[0].hhi or 0, known[-1].hhi or 0
    words = {
        "now": formats.number(last, 0),
        "then": formats.number(first, 0),
        "month": formats.month(known[0].month),
    }
    if last > first:
        return _("HHI rose to %(now)s from %(then)s in %(month)s") % words
    return _("HHI fell to %(now)s from %(then)s in %(month)s") % words


def _effective_title(points: Sequence[TrendPoint]) -> str:
    known = [point for point in points if point.effective is not None]
    if not known:
        return _("Effective customers")
    return _("As concentrated as %(count)s equal customers") % {
        "count": formats.number(known[-1].effective or 0, 1)
    }


def retention(reading: Reading) -> charts.Chart | None:
    """From last year's revenue to this year's, by what became of the customers."""
    found = reading.retention
    if found is None or not found.rows:
        return None
    shown = [one for one in Movement if found.by_movement[one].customers]
    labels = [str(MOVEMENTS[one]) for one in shown]
    series = charts.Series(
        name=pgettext("growth", "Change"), values=[found.by_movement[one].change for one in shown]
    )
    return charts.bar(
        name="retention",
        title=_retention_title(reading),
        labels=labels,
        series=[series],
        label_title=_("Movement"),
        unit=reading.now.currency,
        horizontal=True,
        height="short",
        as_of=reading.query.period.last_day,
    )


def _retention_title(reading: Reading) -> str:
    found = reading.retention
    if found is None or found.gross_retention is None:
        return _("No revenue in the year before to compare with")
    text = ngettext(
        "%(kept)s of last year's revenue was kept; %(left)s of %(all)s customer left",
        "%(kept)s of last year's revenue was kept; %(left)s of %(all)s customers left",
        found.base_customers,
    )
    return text % {
        "kept": formats.percent(found.gross_retention),
        "left": formats.number(found.by_movement[Movement.LEFT].customers, 0),
        "all": formats.number(found.base_customers, 0),
    }
