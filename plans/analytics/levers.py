"""Growth levers: sales to shoppers are shoppers × trips per shopper × spend per trip.

The joint change is the product of the factors, not the sum of the changes. What each lever
contributes is its share of the logarithm of the joint factor (the additive form of the log mean
Divisia index), so that the parts add up to the whole, also where levers pull apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal, localcontext
from math import prod

from kam.core.money import quantise

_WIDE = Context(prec=60, rounding=ROUND_HALF_UP)
ONE = Decimal(1)
SHARE_PLACES = 12
MOST_TIMES, MOST_SALES = Decimal(10) ** 6, Decimal(10) ** 15


class BaselineError(ValueError):
    """A baseline or target of zero or less: there is no factor."""


@dataclass(frozen=True, slots=True)
class Lever:
    """A factor of sales: what it is now, and what it may become; both above zero."""

    key: str
    baseline: Decimal
    target: Decimal

    def __post_init__(self) -> None:
        """Refuse what has no factor."""
        if self.baseline <= 0 or self.target <= 0:
            raise BaselineError("A baseline and a target are above zero.")

    @property
    def factor(self) -> Decimal:
        """Target ÷ baseline."""
        return _WIDE.divide(self.target, self.baseline)


@dataclass(frozen=True, slots=True)
class Joint:
    """What levers change together, and what each contributes; `parts` add up to `change`."""

    change: Decimal
    parts: dict[str, Decimal]


def joint(levers: Sequence[Lever], *, places: int = SHARE_PLACES) -> Joint:
    """Return the joint change as a fraction: +5 %, +3 % and +2 % are 0.103130, not 0.10.

    Parts are rounded by largest remainder, so that they add up to the rounded change exactly.
    """
    with localcontext(_WIDE):
        factors = [one.factor for one in levers]
        factor = prod(factors, start=ONE)
        change = quantise(factor - ONE, places)
        weight = _log_mean(factor)
        exact = [weight * one.ln() for one in factors]
        parts = apportion(exact, change, places)
    return Joint(change, {one.key: part for one, part in zip(levers, parts, strict=True)})


def is_too_large(levers: Sequence[Lever], sales: Decimal | None) -> bool:
    """Whether levers multiply what they start from to what no retailer sells.

    `sales` of None are the product of the levers as they are now.
    """
    with localcontext(_WIDE):
        times = prod((one.factor for one in levers), start=ONE)
        start = sales if sales is not None else prod((one.baseline for one in levers), start=ONE)
        return times > MOST_TIMES or start * max(times, ONE) > MOST_SALES


def _log_mean(factor: Decimal) -> Decimal:
    """The logarithmic mean of 1 and a factor: (factor − 1) ÷ ln factor, 1 where both are equal."""
    log = factor.ln()
    return (factor - ONE) / log if log else ONE


def apportion(exact: Sequence[Decimal], total: Decimal, places: int) -> list[Decimal]:
    """Round parts of any sign so that they add up to a rounded total: largest remainder.

    `total` has no more than `places` decimals and is what the exact parts add up to, rounded.
    """
    step = ONE.scaleb(-places)
    floors = [one.quantize(step, rounding=ROUND_FLOOR, context=_WIDE) for one in exact]
    left = int(((total - sum(floors, Decimal(0))) / step).to_integral_value())
    order = sorted(range(len(exact)), key=lambda at: (floors[at] - exact[at], at))
    for turn in range(abs(left) if exact else 0):
        at = order[turn % len(order)] if left > 0 else order[-1 - turn % len(order)]
        floors[at] += step if left > 0 else -step
    return floors


@dataclass(frozen=True, kw_only=True, slots=True)
class Assumptions:
    """What is assumed of both sides; percentages of 100, money a year; None is not known."""

    sales: Decimal | None
    margin_before: Decimal | None = None
    margin_after: Decimal | None = None
    cost_change: Decimal | None = None
    service_before: Decimal | None = None
    service_after: Decimal | None = None
    our_share: Decimal | None = None
    our_share_after: Decimal | None = None
    our_contribution: Decimal | None = None
    our_cost: Decimal | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Effect:
    """What a scenario brings a year. Money rounded to 4 decimals; None is not known.

    `their_gain` is margin gained less the change of their operating cost (where it is said);
    `our_gain` contribution gained less what it costs us.
    """

    sales_before: Decimal | None
    sales_after: Decimal | None
    margin_before: Decimal | None
    margin_after: Decimal | None
    cost_change: Decimal | None
    their_gain: Decimal | None
    service_change: Decimal | None
    revenue_before: Decimal | None
    revenue_after: Decimal | None
    our_gain: Decimal | None

    @property
    def sales_change(self) -> Decimal | None:
        """What their sales grow by."""
        return _less(self.sales_after, self.sales_before)

    @property
    def margin_change(self) -> Decimal | None:
        """What their margin grows by."""
        return _less(self.margin_after, self.margin_before)

    @property
    def revenue_change(self) -> Decimal | None:
        """What our revenue grows by."""
        return _less(self.revenue_after, self.revenue_before)


def effect(levers: Sequence[Lever], given: Assumptions) -> Effect:
    """Return what the levers bring both sides under these assumptions.

    An empty margin or share afterwards is as it is now. A service not said leaves it unknown.
    """
    with localcontext(_WIDE):
        factor = prod((one.factor for one in levers), start=ONE)
        after = None if given.sales is None else quantise(given.sales * factor)
        margins = (
            _percent(given.sales, given.margin_before),
            _percent(after, _or(given.margin_after, given.margin_before)),
        )
        revenue = (
            _percent(given.sales, given.our_share),
            _percent(after, _or(given.our_share_after, given.our_share)),
        )
        contribution = _percent(_less(revenue[1], revenue[0]), given.our_contribution)
        return Effect(
            sales_before=given.sales,
            sales_after=after,
            margin_before=margins[0],
            margin_after=margins[1],
            cost_change=given.cost_change,
            their_gain=_less(_less(margins[1], margins[0]), given.cost_change or Decimal(0)),
            service_change=_less(given.service_after, given.service_before),
            revenue_before=revenue[0],
            revenue_after=revenue[1],
            our_gain=_less(contribution, given.our_cost or Decimal(0)),
        )


def _percent(amount: Decimal | None, percent: Decimal | None) -> Decimal | None:
    return None if amount is None or percent is None else quantise(amount * percent / 100)


def _less(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one - other


def _or(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return other if one is None else one
