"""Profit by customer: the whale curve, its counts, and the Pareto of revenue beside it. No Django.

The best customers come first; the curve is their profit added up. It rises above the total while
customers earn, stays level while they break even and falls where they lose. Sums are exact.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kam.core.exact import EXACT, exact_sum, ratio

ZERO = Decimal(0)
NEAR = Decimal("0.02")
"""Within so much of its net revenue, either way, a customer is near break-even."""
TOP = 5
"""The top 20 percent: one of so many, rounded up."""


@dataclass(frozen=True, slots=True)
class Customer[K]:
    """A customer's net revenue and net profit in a period."""

    key: K
    revenue: Decimal
    profit: Decimal

    @property
    def margin(self) -> Decimal | None:
        """Net profit ÷ net revenue; None where there is no positive revenue."""
        return ratio(self.profit, self.revenue)


@dataclass(frozen=True, slots=True)
class Point[K]:
    """A place on the curve: the customer, and the profit of all up to it."""

    key: K
    rank: int
    profit: Decimal
    cumulative: Decimal


@dataclass(frozen=True, kw_only=True)
class Whale[K]:
    """The whale curve of customers, the most profitable first.

    `peak` is the highest point; it is reached at `peak_from` customers and holds until
    `peak_until` (customers that earn nothing do not move it). Shares are None where the total is
    zero or below: amounts say more then. `making`, `near` and `losing` add up to all customers.
    """

    points: tuple[Point[K], ...]
    total: Decimal
    revenue: Decimal
    peak: Decimal
    peak_from: int
    peak_until: int
    making: int
    near: int
    losing: int
    top: int
    top_profit: Decimal
    top_revenue: Decimal

    @property
    def has_shares(self) -> bool:
        """Whether percentages of the total say anything."""
        return self.total > 0

    @property
    def peak_share(self) -> Decimal | None:
        """The peak ÷ total profit."""
        return ratio(self.peak, self.total)

    @property
    def top_profit_share(self) -> Decimal | None:
        """What the most profitable 20 percent of customers earn ÷ total profit."""
        return ratio(self.top_profit, self.total)

    @property
    def top_revenue_share(self) -> Decimal | None:
        """What the largest 20 percent of customers by revenue bring ÷ their revenue together."""
        return ratio(self.top_revenue, self.revenue)

    @property
    def lost(self) -> Decimal:
        """What customers behind the peak take away again, as a positive amount."""
        return EXACT.subtract(self.peak, self.total)


def whale[K](customers: Iterable[Customer[K]], *, near: Decimal = NEAR) -> Whale[K]:
    """Return the whale curve of customers and what is read from it.

    Equal profits stand in the order given, so that the same input gives the same curve.
    """
    ranked = sorted(customers, key=lambda one: -one.profit)
    points = tuple(_points(ranked))
    peak = max((point.cumulative for point in points), default=ZERO)
    at_peak = [point.rank for point in points if point.cumulative == peak]
    states = [state(one, near=near) for one in ranked]
    top = -(-len(ranked) // TOP)
    revenues = sorted((one.revenue for one in ranked if one.revenue > 0), reverse=True)
    return Whale(
        points=points,
        total=points[-1].cumulative if points else ZERO,
        revenue=exact_sum(revenues),
        peak=max(peak, ZERO),
        peak_from=min(at_peak) if peak > 0 else 0,
        peak_until=max(at_peak) if peak > 0 else 0,
        making=states.count("making"),
        near=states.count("near"),
        losing=states.count("losing"),
        top=top,
        top_profit=exact_sum(one.profit for one in ranked[:top]),
        top_revenue=exact_sum(revenues[:top]),
    )


def _points[K](ranked: Sequence[Customer[K]]) -> Iterable[Point[K]]:
    cumulative = ZERO
    for rank, one in enumerate(ranked, 1):
        cumulative = EXACT.add(cumulative, one.profit)
        yield Point(one.key, rank, one.profit, cumulative)


def state[K](customer: Customer[K], *, near: Decimal = NEAR) -> str:
    """Say whether a customer is `making` profit, `near` break-even or `losing`."""
    band = EXACT.multiply(near, max(customer.revenue, ZERO))
    if abs(customer.profit) <= band or not customer.profit:
        return "near"
    return "making" if customer.profit > 0 else "losing"


def revenue_curve(revenues: Iterable[Decimal]) -> list[Decimal]:
    """Return positive revenues added up, the largest first: the Pareto curve in amounts."""
    curve, cumulative = [], ZERO
    for amount in sorted((one for one in revenues if one > 0), reverse=True):
        cumulative = EXACT.add(cumulative, amount)
        curve.append(cumulative)
    return curve


def thinned(count: int, limit: int) -> list[int]:
    """Return at most `limit` places of `count`, spread evenly, the first and last among them."""
    if count <= limit:
        return list(range(count))
    return sorted({round(place * (count - 1) / (limit - 1)) for place in range(limit)})


@dataclass(frozen=True, slots=True)
class Pull[K]:
    """A cost that weighs more on a customer than on the others: what the difference takes."""

    key: K
    share: Decimal
    usual: Decimal
    amount: Decimal


def pulls[K](
    costs: Mapping[K, Decimal], revenue: Decimal, usual: Mapping[K, Decimal]
) -> list[Pull[K]]:
    """Return which costs pull a customer down most against the usual share of revenue.

    `usual` says what each cost takes of revenue elsewhere. Only costs above it are named, the
    dearest first; without positive revenue no share says anything.
    """
    found = []
    for key, cost in costs.items():
        share = ratio(cost, revenue)
        if share is None:
            continue
        common = usual.get(key, ZERO)
        if share > common:
            found.append(Pull(key, share, common, (share - common) * revenue))
    return sorted(found, key=lambda one: -one.amount)
