"""The stat cards of the board of profit."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.selectors.profitability.reading import Profit
from accounts.views.profitability.links import costs_url, revenue_url
from accounts.views.profitability.words import NEAR_TEXT
from kam.core import formats
from kam.core.exact import EXACT, ratio
from kam.core.stats import Stat


def stats(profit: Profit, before: Profit | None) -> list[Stat]:
    """Revenue, net profit, net margin, cost to serve, the peak, and how many earn or lose."""
    return [
        _revenue(profit, before),
        _net(profit, before),
        _margin(profit, before),
        _serve(profit, before),
        _peak(profit),
        _counts(profit),
    ]


def _shared(profit: Profit) -> dict[str, Any]:
    return {"as_of": profit.query.period.last_day}


def _revenue(profit: Profit, before: Profit | None) -> Stat:
    now = profit.total.revenue
    return Stat(
        name="revenue",
        title=_("Net revenue"),
        value=now,
        kind="money",
        unit=profit.currency,
        delta=_growth(now, before.total.revenue if before else None),
        reference=_("vs last year"),
        good="up",
        what=_("Of customers whose net profit is known; unassigned revenue stands apart."),
        url=revenue_url(profit.query),
        **_shared(profit),
    )


def _net(profit: Profit, before: Profit | None) -> Stat:
    now = profit.total.profit
    return Stat(
        name="net-profit",
        title=_("Net profit"),
        value=now,
        kind="money",
        unit=profit.currency,
        delta=_growth(now, before.total.profit if before else None),
        reference=_("vs last year"),
        good="up",
        what=_("Net revenue less cost of goods, trade terms and cost to serve."),
        url="#table-profit",
        url_text=_("Show the customers"),
        **_shared(profit),
    )


def _margin(profit: Profit, before: Profit | None) -> Stat:
    coverage = profit.total.coverage
    return Stat(
        name="margin",
        title=_("Net margin"),
        value=profit.total.margin,
        kind="percent",
        delta=_points(profit.total.margin, before.total.margin if before else None),
        delta_kind="number",
        reference=_("points vs last year"),
        good="up",
        what=_("Net profit ÷ net revenue of which the cost of goods is known: %(share)s of it all.")
        % {"share": "–" if coverage is None else formats.percent(coverage)},
        unknown=_("There is no revenue of which the cost of goods is known."),
        **_shared(profit),
    )


def _serve(profit: Profit, before: Profit | None) -> Stat:
    now = profit.total.serve_share
    spread = formats.compact(profit.total.allocated)
    return Stat(
        name="serve",
        title=_("Cost to serve"),
        value=now,
        kind="percent",
        delta=_points(now, before.total.serve_share if before else None),
        delta_kind="number",
        reference=_("points vs last year"),
        good="down",
        what=_("Share of net revenue. Spread by a rule: %(amount)s %(currency)s of all costs.")
        % {"amount": spread, "currency": profit.currency},
        url=costs_url(profit.query),
        unknown=_("No costs to serve are kept for this period."),
        **_shared(profit),
    )


def _peak(profit: Profit) -> Stat:
    whale = profit.whale
    there = ngettext("at %(count)s customer", "at %(count)s customers", whale.peak_from)
    return Stat(
        name="peak",
        title=_("Peak of the curve"),
        value=whale.peak_share,
        kind="percent",
        places=0,
        reference=there % {"count": formats.number(whale.peak_from, 0)},
        what=_("What all customers that earn make together ÷ total net profit."),
        unknown=_("All customers together make no profit: amounts say more than percentages."),
        **_shared(profit),
    )


def _counts(profit: Profit) -> Stat:
    whale = profit.whale
    return Stat(
        name="counts",
        title=_("Making a loss"),
        value=whale.losing,
        places=0,
        reference=_("%(making)s earn, %(near)s near break-even")
        % {
            "making": formats.number(whale.making, 0),
            "near": formats.number(whale.near, 0),
        },
        what=str(NEAR_TEXT),
        **_shared(profit),
    )


def _growth(now: Decimal, before: Decimal | None) -> Decimal | None:
    if before is None or before <= 0:
        return None
    return ratio(EXACT.subtract(now, before), before)


def _points(now: Decimal | None, before: Decimal | None) -> Decimal | None:
    """A change of a share in percentage points."""
    if now is None or before is None:
        return None
    return round(EXACT.subtract(now, before) * 100, 1)


def sums(profit: Profit) -> Sequence[tuple[str, Decimal]]:
    """How the total comes about, from revenue down to net profit."""
    total = profit.total
    lines = [(_("Net revenue"), total.revenue)]
    if total.uncosted:
        lines.append((_("Revenue without a known cost of goods"), -total.uncosted))
    lines.append((_("Cost of goods"), -total.goods))
    if "trade_terms" in total.costs:
        lines.append((_("Trade terms"), -total.terms))
    if total.has_serve:
        lines.append((_("Cost to serve"), -total.serve))
    return [*lines, (_("Net profit"), total.profit)]
