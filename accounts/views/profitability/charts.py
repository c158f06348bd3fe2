"""The charts of the board of profit."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.analytics.profitability import Customer, Whale, revenue_curve, state, thinned
from accounts.selectors.concentration.naming import NameBook
from accounts.selectors.profitability.query import Costing
from accounts.selectors.profitability.reading import Profit
from accounts.views.profitability.links import account_url
from accounts.views.profitability.words import NEAR_TEXT, STATES, curve_title
from kam.core import charts, formats, plots
from kam.core.exact import ratio

DRAWN = 300
"""Points of a curve that are drawn; the table behind it has every customer."""
SPOTS = 400
SPAN = (Decimal(-1), Decimal(1))
"""Margins beyond are drawn at the edge, or a few small losses would flatten all others."""
HUES = {"making": 1, "near": 3, "losing": 4}


def whale_chart(profit: Profit, names: NameBook) -> charts.Chart:
    """The whale curve with the Pareto of revenue beside it, the best customers first."""
    whale = profit.whale
    curve = revenue_curve(one.revenue for one in profit.known.values())
    in_percent = whale.has_shares and bool(curve)
    places = [0, *(place + 1 for place in thinned(len(whale.points), DRAWN))]
    earned = [Decimal(0), *(point.cumulative for point in whale.points)]
    bought = [Decimal(0), *_filled(curve, len(whale.points))]
    if in_percent:
        earned = [ratio(one, whale.total) or Decimal(0) for one in earned]
        bought = [ratio(one, curve[-1]) or Decimal(0) for one in bought]
    chart = charts.line(
        name="whale",
        title=curve_title(whale, profit.currency),
        subtitle=_("Customers added up, each curve from its best: by net profit and by revenue"),
        labels=[_place(place, len(whale.points)) for place in places],
        label_title=_("Customers"),
        series=[
            charts.Series(name=_("Net profit"), values=[earned[place] for place in places], hue=1),
            charts.Series(
                name=_("Net revenue"),
                values=[bought[place] for place in places],
                hue=3,
                dashed=True,
            ),
        ],
        value_format="percent" if in_percent else "money",
        unit="" if in_percent else profit.currency,
        bands=[(_("All profit"), 1.0)] if in_percent else [],
        as_of=profit.query.period.last_day,
        height="tall",
    )
    columns, rows = _behind(profit, names, bought, in_percent=in_percent)
    return replace(chart, columns=columns, rows=rows)


def _filled(curve: list[Decimal], count: int) -> list[Decimal]:
    """The curve drawn out to all customers: those without revenue add nothing."""
    last = curve[-1] if curve else Decimal(0)
    return curve[:count] + [last] * (count - len(curve))


def _place(place: int, count: int) -> str:
    return formats.percent(Decimal(place) / count, 0) if count else ""


def _behind(
    profit: Profit, names: NameBook, bought: list[Decimal], *, in_percent: bool
) -> tuple[list[Any], list[Any]]:
    """The table behind the curve: every customer from the most profitable down."""
    whale: Whale[int] = profit.whale
    found = names.look_up([point.key for point in whale.points])
    kind: charts.Format = "percent" if in_percent else "money"
    unit = "" if in_percent else profit.currency
    columns = [
        charts.column(0, _("Rank"), "number", places=0),
        charts.column(1, _("Customer")),
        charts.column(2, _("Net profit"), "money", unit=profit.currency),
        charts.column(3, _("Net profit, cumulative"), kind, unit=unit),
        charts.column(4, _("Net revenue from the largest, cumulative"), kind, unit=unit),
    ]
    rows = [
        (
            point.rank,
            str(found[point.key].name),
            point.profit,
            ratio(point.cumulative, whale.total) if in_percent else point.cumulative,
            bought[point.rank],
        )
        for point in whale.points
    ]
    return columns, rows


def effort_chart(profit: Profit, names: NameBook) -> charts.Chart | None:
    """Cost to serve ÷ revenue against net margin; None where no cost to serve is kept."""
    keyed = [
        (key, one, one.serve_share, one.margin)
        for key, one in profit.known.items()
        if one.serve_share is not None and one.margin is not None
    ]
    if not keyed:
        return None
    keyed.sort(key=lambda row: -row[1].revenue)
    shown = keyed[:SPOTS]
    found = names.look_up([key for key, *_rest in shown])
    largest = shown[0][1].revenue or Decimal(1)
    spots = [
        plots.Spot(
            name=str(found[key].name),
            x=share or Decimal(0),
            y=margin or Decimal(0),
            weight=float(max(one.revenue, Decimal(0)) / largest) ** 0.5,
            url=account_url(key) if found[key].is_visible else "",
            group=str(STATES[_state(key, one)]),
            hue=HUES[_state(key, one)],
        )
        for key, one, share, margin in shown
    ]
    losing = sum(1 for key, one, *_rest in keyed if _state(key, one) == "losing")
    title = ngettext(
        "Effort against return: %(count)s of %(all)s customers makes a loss",
        "Effort against return: %(count)s of %(all)s customers make a loss",
        losing,
    )
    chart = plots.scatter(
        name="effort",
        title=title % {"count": formats.number(losing, 0), "all": formats.number(len(keyed), 0)},
        subtitle=_("Larger points have more revenue; open one by clicking it"),
        spots=[replace(spot, x=_within(spot.x), y=_within(spot.y)) for spot in spots],
        item_title=_("Customer"),
        x_title=_("Cost to serve ÷ net revenue"),
        y_title=_("Net margin"),
        bands=[(_("Break-even"), 0.0)],
        note=NEAR_TEXT,
        as_of=profit.query.period.last_day,
        height="tall",
    )
    return replace(chart, rows=[(spot.name, spot.x, spot.y) for spot in spots])


def _state(key: int, one: Costing) -> str:
    return state(Customer(key, one.revenue, one.profit))


def _within(value: Decimal) -> Decimal:
    return min(max(value, SPAN[0]), SPAN[1])
