"""Consigned goods: the identity of stock, who bears its shrink, and the sell-through statement.

All quantities of one store and product in one unit. What is sold is net of what consumers brought
back where a function says so; goods that lie at the retailer stay ours until they are sold.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Context, Decimal
from enum import StrEnum

from kam.core.exact import EXACT, exact_sum
from settlements.analytics.problems import CalculationError
from settlements.analytics.statement import LineKind, Statement, StatementLine, line, statement

ZERO = Decimal(0)
_DOWN = Context(prec=1000, rounding=ROUND_FLOOR)


@dataclass(frozen=True, kw_only=True)
class StockPeriod:
    """What moved at one store, of one product, in one period; quantities as they are spoken of.

    `fill_up` came from us, `sold` went to consumers, `returned` was brought back by them,
    `picked_up` came back to us unsold, `shrink` is missing: all zero or above. `transferred`
    (in +, out −) and `adjusted` (found +, corrected −) are signed. Raises CalculationError
    `negative_quantity` with the name of the movement.
    """

    opening: Decimal = ZERO
    fill_up: Decimal = ZERO
    sold: Decimal = ZERO
    returned: Decimal = ZERO
    picked_up: Decimal = ZERO
    transferred: Decimal = ZERO
    adjusted: Decimal = ZERO
    shrink: Decimal = ZERO

    def __post_init__(self) -> None:
        """Refuse a movement with the wrong sign."""
        for name in ("fill_up", "sold", "returned", "picked_up", "shrink"):
            if getattr(self, name) < 0:
                raise CalculationError("negative_quantity", movement=name)

    @property
    def sold_net(self) -> Decimal:
        """What consumers bought and kept; below zero where they brought back more."""
        return EXACT.subtract(self.sold, self.returned)

    @property
    def expected_book(self) -> Decimal:
        """What should lie there before anything is counted: all movements but the shrink."""
        return exact_sum(
            [
                self.opening,
                self.fill_up,
                -self.sold,
                self.returned,
                -self.picked_up,
                self.transferred,
                self.adjusted,
            ]
        )

    @property
    def closing(self) -> Decimal:
        """opening + fill-up − sold + returned − picked up ± transfer ± adjustment − shrink."""
        return EXACT.subtract(self.expected_book, self.shrink)

    @property
    def is_negative(self) -> bool:
        """Whether more left than ever came: to be flagged, never hidden."""
        return self.closing < 0


@dataclass(frozen=True, slots=True)
class CountResult:
    """What a count says against the book: one of the two is zero."""

    shrink: Decimal
    found: Decimal


def shrink_from_count(book: Decimal, counted: Decimal) -> CountResult:
    """Return what is missing against the book, or what a count above the book found.

    Goods found are a positive adjustment, never a negative shrink. Raises CalculationError
    `negative_count`.
    """
    if counted < 0:
        raise CalculationError("negative_count", counted=counted)
    missing = EXACT.subtract(book, counted)
    return CountResult(max(missing, ZERO), max(-missing, ZERO))


class Bearer(StrEnum):
    """Who bears goods that are missing; a field of the contract, never read off the method."""

    SUPPLIER = "supplier"
    RETAILER = "retailer"
    SHARED = "shared"


@dataclass(frozen=True, slots=True)
class ShrinkRule:
    """Who bears shrink. Shared: ours up to a percentage of units sold, the retailer's beyond it.

    Of a supplier's or a retailer's shrink the tolerance says nothing. Raises CalculationError
    `tolerance_missing` (shared without one) or `tolerance_negative`.
    """

    bearer: Bearer
    tolerance_percent: Decimal | None = None

    def __post_init__(self) -> None:
        """Refuse a shared rule that cannot be computed."""
        if self.bearer is Bearer.SHARED and self.tolerance_percent is None:
            raise CalculationError("tolerance_missing")
        if self.tolerance_percent is not None and self.tolerance_percent < 0:
            raise CalculationError("tolerance_negative", percent=self.tolerance_percent)


@dataclass(frozen=True, slots=True)
class ShrinkShares:
    """Shrink divided: what we bear and what is billed to the retailer; together the whole."""

    ours: Decimal
    theirs: Decimal


def billable_shrink(
    shrink: Decimal, sold: Decimal, rule: ShrinkRule, *, unit_places: int = 0
) -> ShrinkShares:
    """Divide shrink between us and the retailer by the contract's rule.

    The allowance is a percentage of units sold (net of consumer returns), rounded down to the
    decimals of the unit; without sales there is none. Raises CalculationError
    `negative_quantity`.
    """
    if shrink < 0:
        raise CalculationError("negative_quantity", movement="shrink")
    if rule.bearer is Bearer.SUPPLIER:
        return ShrinkShares(shrink, ZERO)
    if rule.bearer is Bearer.RETAILER:
        return ShrinkShares(ZERO, shrink)
    ours = min(shrink, allowance(sold, rule.tolerance_percent or ZERO, unit_places=unit_places))
    return ShrinkShares(ours, EXACT.subtract(shrink, ours))


def allowance(sold: Decimal, percent: Decimal, *, unit_places: int = 0) -> Decimal:
    """Return the percentage of units sold, rounded down to the decimals of the unit."""
    exact = EXACT.scaleb(EXACT.multiply(max(sold, ZERO), percent), -2)
    return exact.quantize(Decimal(1).scaleb(-unit_places), context=_DOWN)


@dataclass(frozen=True, kw_only=True)
class Sold:
    """A product's sell-through: sold and brought back, at the supply price, with its tax rate."""

    product: Hashable
    quantity_sold: Decimal
    quantity_returned: Decimal = ZERO
    price: Decimal
    tax_rate: Decimal


@dataclass(frozen=True, kw_only=True)
class BilledShrink:
    """A product's shrink that the retailer pays, at the supply price."""

    product: Hashable
    quantity: Decimal
    price: Decimal
    tax_rate: Decimal


def consignment_statement(
    sold: Sequence[Sold],
    shrink: Sequence[BilledShrink] = (),
    *,
    places: int,
    is_tax_inclusive: bool = False,
) -> Statement:
    """Return the sell-through statement: sales, returns, billed shrink; tax once per rate.

    Includes what consumers bought and brought back, and the shrink that the retailer bears.
    Excludes fill-up, pick-up and transfer: they bill nothing. Returns above sales make a negative
    amount. `is_tax_inclusive` says that prices hold the tax. Raises CalculationError.
    """
    rows = [row for one in sold for row in _sold_lines(one)]
    rows += [_shrink_line(one) for one in shrink if one.quantity]
    return statement(rows, places=places, is_tax_inclusive=is_tax_inclusive)


def _sold_lines(one: Sold) -> list[StatementLine]:
    for name, quantity in (("sold", one.quantity_sold), ("returned", one.quantity_returned)):
        if quantity < 0:
            raise CalculationError("negative_quantity", movement=name, product=one.product)
    _check_price(one.price, one.product)
    kinds = ((LineKind.GROSS, one.quantity_sold), (LineKind.RETURN, -one.quantity_returned))
    return [
        line(kind, quantity, one.price, tax_rate=one.tax_rate, subject=one.product)
        for kind, quantity in kinds
        if quantity
    ]


def _shrink_line(one: BilledShrink) -> StatementLine:
    if one.quantity < 0:
        raise CalculationError("negative_quantity", movement="shrink", product=one.product)
    _check_price(one.price, one.product)
    return line(
        LineKind.SHRINK, one.quantity, one.price, tax_rate=one.tax_rate, subject=one.product
    )


def _check_price(price: Decimal, product: Hashable) -> None:
    if price < 0:
        raise CalculationError("negative_price", product=product, price=price)
