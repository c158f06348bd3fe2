"""The tables of the board of profit: customers by rank, those under their floor, the unknown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.analytics.profitability import Customer, Pull, pulls, state
from accounts.choices import ConcentrationLevel, CostKind
from accounts.selectors.concentration.naming import NameBook
from accounts.selectors.profitability.account import is_below
from accounts.selectors.profitability.query import SERVE, Costing
from accounts.selectors.profitability.reading import GOODS_KEY, Profit
from accounts.selectors.profitability.tiers import HeldTier
from accounts.views.concentration.tables import Names
from accounts.views.profitability.links import account_url, costs_url, revenue_url
from accounts.views.profitability.words import STATES, gaps_of, pulled_down_by
from kam.core.badges import Tier
from kam.core.exact import EXACT
from kam.core.formats import Text
from kam.core.tables import Column, Empty, Table

PAGE = 15
NOT_KEPT = _("Nobody keeps this cost in the period: it is not known, which is not zero.")


@dataclass(frozen=True, slots=True)
class Line:
    """A customer of the ranking with its costing, its tier and its profit a year before."""

    key: int
    rank: int
    costing: Costing
    before: Decimal | None
    tier: HeldTier | None
    pulls: Sequence[Pull[str]] = ()

    @property
    def pk(self) -> int:
        """What a row is selected by."""
        return self.key

    @property
    def state(self) -> str:
        """Whether it makes profit, breaks even or loses."""
        return state(Customer(self.key, self.costing.revenue, self.costing.profit))

    @property
    def change(self) -> Decimal | None:
        """Net profit against the year before, as an amount."""
        return None if self.before is None else EXACT.subtract(self.costing.profit, self.before)

    @property
    def short(self) -> Decimal | None:
        """How far the net margin is under the floor, as a fraction."""
        floor, margin = (self.tier.floor if self.tier else None), self.costing.margin
        return None if floor is None or margin is None else EXACT.subtract(floor, margin)


def lines_of(profit: Profit, before: Profit | None) -> list[Line]:
    """Customers with a known profit, the best first."""
    earlier = {key: one.profit for key, one in before.known.items()} if before else {}
    return [
        Line(
            key=point.key,
            rank=point.rank,
            costing=profit.known[point.key],
            before=earlier.get(point.key),
            tier=profit.tiers.get(point.key),
        )
        for point in profit.whale.points
    ]


def customer_table(
    request: HttpRequest, profit: Profit, lines: Sequence[Line], names: NameBook
) -> Table:
    """Customers by net profit, with what it is made of."""
    book = Names(names, [line.key for line in lines])
    table = Table(
        request,
        lines,
        [*_who(profit, book), *_result(profit), *_made_of(profit, book), *_kinds(profit, book)],
        name="profit",
        caption=_("Customers by net profit"),
        row_url=lambda line: account_url(line.key) if book(line.key).is_visible else "",
        empty=Empty(
            _("No profit in this period"),
            _("Choose another period, or take filters out."),
            icon="coins",
        ),
        page_size=PAGE,
        push_url=False,
    )
    book.prime([line.key for line in table.page.rows])
    return table


def _who(profit: Profit, book: Names) -> list[Column]:
    by_group = profit.query.level == ConcentrationLevel.GROUP
    return [
        Column(name="rank", title=_("Rank"), kind="number", places=0, sort=True),
        Column(
            name="name",
            title=_("Group") if by_group else _("Account"),
            value=lambda line: book(line.key).name,
            link=lambda line: account_url(line.key) if book(line.key).is_visible else "",
        ),
        Column(
            name="tier",
            title=_("Tier"),
            kind="badge",
            value=lambda line: tier_badge(line.tier),
            unknown=_("No tier yet"),
        ),
        Column(name="state", title=_("Result"), kind="badge", value=lambda x: STATES[x.state]),
    ]


def tier_badge(tier: HeldTier | None) -> Tier | None:
    """A tier as it stands beside a name."""
    return Tier(tier.title, tier.rank) if tier else None


def _made_of(profit: Profit, book: Names) -> list[Column]:
    def rows(line: Line, url: Any, **more: Any) -> str:
        return url(profit.query, line.key, **more) if book(line.key).is_visible else ""

    return [
        _money(
            profit, "revenue", _("Net revenue"), lambda line: line.costing.revenue,
            link=lambda line: rows(line, revenue_url),
        ),
        _money(
            profit, "goods", _("Cost of goods"), lambda line: line.costing.goods, default=False
        ),
        _money(
            profit, "terms", _("Trade terms"),
            lambda line: line.costing.costs.get(CostKind.TRADE_TERMS),
            link=lambda line: rows(line, costs_url, kind=CostKind.TRADE_TERMS),
            unknown=NOT_KEPT,
        ),
        _money(
            profit, "serve", _("Cost to serve"),
            lambda line: line.costing.serve if line.costing.has_serve else None,
            link=lambda line: rows(line, costs_url),
            unknown=NOT_KEPT,
        ),
    ]  # fmt: skip


def _kinds(profit: Profit, book: Names) -> Iterator[Column]:
    for kind in SERVE:
        yield _money(
            profit,
            kind.value,
            kind.label,
            lambda line, kind=kind: line.costing.costs.get(kind),
            link=lambda line, kind=kind: (
                costs_url(profit.query, line.key, kind=kind) if book(line.key).is_visible else ""
            ),
            unknown=NOT_KEPT,
            default=False,
        )
    yield _money(
        profit,
        "allocated",
        _("Of it spread by a rule"),
        lambda line: line.costing.allocated,
        default=False,
        help=_("The part of its costs that comes from pools of the company, not from own rows."),
    )


def _result(profit: Profit) -> list[Column]:
    return [
        Column(
            name="profit",
            title=_("Net profit"),
            kind="money",
            unit=profit.currency,
            compact=True,
            value=lambda line: line.costing.profit,
            sort=True,
        ),
        Column(
            name="margin",
            title=_("Net margin"),
            kind="percent",
            value=lambda line: line.costing.margin,
            sort=True,
            unknown=_("There is no revenue of which the cost of goods is known."),
            help=_("Net profit ÷ revenue of which the cost of goods is known."),
        ),
        Column(
            name="change",
            title=pgettext_lazy("growth", "Change"),
            kind="money",
            unit=profit.currency,
            compact=True,
            signed=True,
            sort=True,
            unknown=_("No net profit in the year before."),
            help=_("Net profit against the same period a year earlier."),
        ),
        Column(
            name="coverage",
            title=_("Cost of goods known for"),
            kind="percent",
            places=0,
            value=lambda line: line.costing.coverage,
            sort=True,
            default=False,
            help=_("Share of net revenue of which the cost of goods is known."),
        ),
    ]


def _money(profit: Profit, name: str, title: Text, value: Any, **more: Any) -> Column:
    return Column(
        name=name,
        title=title,
        kind="money",
        unit=profit.currency,
        compact=True,
        sort=True,
        value=value,
        **more,
    )


def below_floor(profit: Profit, lines: Sequence[Line]) -> list[Line]:
    """Customers under the contribution floor of their tier, the farthest below first."""
    found = [
        Line(line.key, line.rank, line.costing, line.before, line.tier, _pulls(profit, line))
        for line in lines
        if is_below(line.costing, line.tier)
    ]
    return sorted(found, key=lambda line: -(line.short or 0))


def _pulls(profit: Profit, line: Line) -> list[Pull[str]]:
    costs = {GOODS_KEY: line.costing.goods, **line.costing.costs}
    return pulls(costs, line.costing.revenue, profit.usual)


def floor_table(
    request: HttpRequest, profit: Profit, lines: Sequence[Line], names: NameBook
) -> Table:
    """Who is under the floor of the tier, and what pulls down most against the other customers."""
    book = Names(names, [line.key for line in lines])
    table = Table(
        request,
        lines,
        [
            *_who(profit, book)[1:3],
            Column(
                name="floor",
                title=_("Floor"),
                kind="percent",
                value=lambda line: line.tier.floor if line.tier else None,
            ),
            Column(
                name="margin",
                title=_("Net margin"),
                kind="percent",
                value=lambda line: line.costing.margin,
                sort=True,
            ),
            _pull_column(profit, "first", _("What pulls it down most"), 0),
            _pull_column(profit, "second", _("And then"), 1),
        ],
        name="floor",
        caption=_("Under the floor of their tier"),
        prefix="f-",
        row_url=lambda line: account_url(line.key) if book(line.key).is_visible else "",
        page_size=PAGE,
        push_url=False,
    )
    book.prime([line.key for line in table.page.rows])
    return table


def _pull_column(profit: Profit, name: str, title: Text, place: int) -> Column:
    """A cost above the usual share, with the way to its rows."""
    return Column(
        name=name,
        title=title,
        value=lambda line: pulled_down_by(line.pulls[place]) if len(line.pulls) > place else None,
        unknown=_("No other cost is above the usual share."),
        link=lambda line: _pull_url(profit, line, place),
    )


def _pull_url(profit: Profit, line: Line, place: int) -> str:
    """The rows of a cost that pulls."""
    if len(line.pulls) <= place:
        return ""
    kind = line.pulls[place].key
    if kind == GOODS_KEY:
        return revenue_url(profit.query, line.key)
    return costs_url(profit.query, line.key, kind=kind)


def unknown_table(request: HttpRequest, profit: Profit, names: NameBook) -> Table:
    """Customers whose net profit is not known, with the reason."""
    lines = [Line(key, 0, one, None, None) for key, one in profit.unknown.items()]
    lines.sort(key=lambda line: -line.costing.revenue)
    book = Names(names, [line.key for line in lines])
    table = Table(
        request,
        lines,
        [
            _who(profit, book)[1],
            _made_of(profit, book)[0],
            Column(name="why", title=_("Why"), value=lambda line: gaps_of(line.costing)),
        ],
        name="unknown",
        caption=_("Customers whose net profit is not known"),
        prefix="u-",
        page_size=PAGE,
        push_url=False,
    )
    book.prime([line.key for line in table.page.rows])
    return table
