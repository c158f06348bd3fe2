"""What is asked: whole months, what counts as one customer, and whose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from accounts.choices import ConcentrationLevel, CostKind
from accounts.selectors.concentration.periods import TWELVE_MONTHS, named_period, presets
from kam.core.dates import Period, add_months, month_start
from kam.core.exact import EXACT, exact_sum, ratio

__all__ = ["TWELVE_MONTHS", "Costing", "ProfitQuery", "added", "named_period", "presets", "whole"]
ZERO = Decimal(0)
SERVE = tuple(kind for kind in CostKind if kind is not CostKind.TRADE_TERMS)
"""Kinds that are cost to serve; trade terms stand before them."""


def whole(period: Period) -> Period:
    """Return the whole months of a period: costs are spread by month.

    A month that has only begun is left out at the end, unless nothing else were left.
    """
    start, end = month_start(period.start), month_start(period.end)
    return Period(start, end if end > start else add_months(start, 1))


@dataclass(frozen=True, kw_only=True)
class ProfitQuery:
    """Profit of whole months by customer: group on each fact's own date, or account as invoiced.

    `country` is that of the selling account today, `tier` the code of the tier that holds for the
    customer on `as_of`.
    """

    period: Period
    as_of: date
    level: str = ConcentrationLevel.GROUP
    country: str = ""
    tier: str = ""

    def __post_init__(self) -> None:
        """Refuse a level that does not exist and parts of months."""
        if self.level not in ConcentrationLevel.values:
            raise ValueError(f"Unknown level: {self.level}")
        if not self.period.is_whole_months:
            raise ValueError("Profit is known by whole months.")

    @property
    def is_narrowed(self) -> bool:
        """Whether it looks at a part of the customers."""
        return bool(self.country or self.tier)

    def a_year_earlier(self) -> ProfitQuery:
        """The same question about the year before."""
        return replace(self, period=self.period.same_period_last_year())


@dataclass(frozen=True, kw_only=True, slots=True)
class Costing:
    """Revenue and costs of one customer, or of several together, in base currency.

    `costed` is the revenue of which the cost of goods is known; margins are over it alone.
    `costs` has the kinds that somebody keeps: what is not in it is not known, which is not zero.
    `allocated` is the part of cost to serve and terms that was spread by a rule. `unrated`
    counts cost entries without an exchange rate, `unpriced` volumes without an activity rate,
    `unconverted` revenue entries without an exchange rate, `undivided` parts of company costs
    that nobody can tell since revenue of their month, whosever it is, has no exchange rate.
    """

    revenue: Decimal = ZERO
    costed: Decimal = ZERO
    goods: Decimal = ZERO
    costs: Mapping[str, Decimal]
    allocated: Decimal = ZERO
    unrated: int = 0
    unpriced: int = 0
    unconverted: int = 0
    undivided: int = 0

    @property
    def gaps(self) -> int:
        """How many rows lack a rate: while there is one, net profit is not known."""
        return self.unrated + self.unpriced + self.unconverted + self.undivided

    @property
    def is_known(self) -> bool:
        """Whether there is a net profit: cost of goods known at all, and no rate missing."""
        has_goods = bool(self.costed) or not self.revenue
        return has_goods and not self.gaps

    @property
    def gross(self) -> Decimal:
        """Costed revenue less cost of goods."""
        return EXACT.subtract(self.costed, self.goods)

    @property
    def uncosted(self) -> Decimal:
        """Revenue of which the cost of goods is not known: in no profit."""
        return EXACT.subtract(self.revenue, self.costed)

    @property
    def terms(self) -> Decimal:
        """Trade terms."""
        return self.costs.get(CostKind.TRADE_TERMS, ZERO)

    @property
    def serve(self) -> Decimal:
        """Cost to serve: all kinds but trade terms."""
        return exact_sum(self.costs[kind] for kind in SERVE if kind in self.costs)

    @property
    def has_serve(self) -> bool:
        """Whether any cost to serve is kept."""
        return any(kind in self.costs for kind in SERVE)

    @property
    def profit(self) -> Decimal:
        """Net profit; says something only where `is_known`."""
        return EXACT.subtract(EXACT.subtract(self.gross, self.terms), self.serve)

    @property
    def net(self) -> Decimal | None:
        """Net profit, None where it is not known."""
        return self.profit if self.is_known else None

    @property
    def margin(self) -> Decimal | None:
        """Net profit ÷ costed revenue."""
        return ratio(self.profit, self.costed) if self.is_known else None

    @property
    def coverage(self) -> Decimal | None:
        """Costed revenue ÷ revenue."""
        return ratio(self.costed, self.revenue)

    @property
    def serve_share(self) -> Decimal | None:
        """Cost to serve ÷ revenue; None where nobody keeps it, or any rate is missing."""
        if not self.has_serve or self.gaps:
            return None
        return ratio(self.serve, self.revenue)


def added(parts: list[Costing]) -> Costing:
    """Return several costings as one."""
    kinds = {kind for one in parts for kind in one.costs}
    return Costing(
        revenue=exact_sum(one.revenue for one in parts),
        costed=exact_sum(one.costed for one in parts),
        goods=exact_sum(one.goods for one in parts),
        costs={
            kind: exact_sum(one.costs[kind] for one in parts if kind in one.costs) for kind in kinds
        },
        allocated=exact_sum(one.allocated for one in parts),
        unrated=sum(one.unrated for one in parts),
        unpriced=sum(one.unpriced for one in parts),
        unconverted=sum(one.unconverted for one in parts),
        undivided=sum(one.undivided for one in parts),
    )
