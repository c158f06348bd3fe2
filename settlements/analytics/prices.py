"""Prices: volume breaks, the waterfall from list to net-net price, margins, the floor.

Conditions are on the invoice (the price falls before it is billed) or off it (paid back later),
and sales-linked (they grow with what is sold) or not. Per-unit amounts keep 4 decimals.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from kam.core.exact import EXACT, exact_sum, ratio, rounded
from kam.core.money import LINE_PLACES, quantise
from settlements.analytics.problems import CalculationError, Problem

ZERO, WHOLE = Decimal(0), Decimal(100)


class PriceError(CalculationError):
    """A condition or price that cannot be computed; the first problem's code."""


# Volume breaks


@dataclass(frozen=True, slots=True)
class PriceBreak:
    """The price of one unit from a quantity on."""

    from_quantity: Decimal
    price: Decimal


def check_breaks(breaks: Sequence[PriceBreak]) -> list[Problem]:
    """Return everything that is wrong with volume breaks, rows as given.

    Codes: `no_breaks`, `not_a_number`, `quantity_negative`, `price_negative`, `same_quantity` (row
    of the later one). A higher price for more is unusual, not wrong.
    """
    if not breaks:
        return [Problem("no_breaks")]
    found, seen = list[Problem](), set[Decimal]()
    for row, one in enumerate(breaks):
        if not (one.from_quantity.is_finite() and one.price.is_finite()):
            found.append(Problem("not_a_number", row=row))
            continue
        if one.from_quantity < 0:
            found.append(Problem("quantity_negative", {"quantity": one.from_quantity}, row))
        if one.price < 0:
            found.append(Problem("price_negative", {"price": one.price}, row))
        if one.from_quantity in seen:
            found.append(Problem("same_quantity", {"quantity": one.from_quantity}, row))
        seen.add(one.from_quantity)
    return found


def price_for(quantity: Decimal, breaks: Sequence[PriceBreak]) -> Decimal | None:
    """Return the price of one unit when that many are bought: of the highest break reached.

    None below the lowest break: there is no price for so few. A negative quantity, a return, has
    the price of as many bought; where it is known what was paid, that is the better answer.
    """
    reached = [one for one in breaks if one.from_quantity <= abs(quantity)]
    return max(reached, key=lambda one: one.from_quantity).price if reached else None


# The waterfall


class ConditionKind(StrEnum):
    """What a condition's value is."""

    PERCENT = "percent"
    """Of the list price on the invoice, of the invoice price off it."""
    PER_UNIT = "per_unit"
    FIXED = "fixed"
    """A lump sum, spread over a quantity."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A discount, rebate or fee that lowers the price; `quantity` is for fixed ones."""

    name: str
    kind: ConditionKind
    value: Decimal
    on_invoice: bool
    sales_linked: bool = True
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What a condition takes off the price of one unit."""

    condition: Condition
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Waterfall:
    """From the list price to the net-net price of one unit; the steps add up to the difference."""

    list_price: Decimal
    on_invoice: Decimal
    invoice_price: Decimal
    off_invoice: Decimal
    net_net: Decimal
    steps: tuple[Step, ...] = ()

    @property
    def sales_linked(self) -> Decimal:
        """How much of what is taken off grows with sales."""
        return exact_sum(step.amount for step in self.steps if step.condition.sales_linked)

    @property
    def not_sales_linked(self) -> Decimal:
        """How much of what is taken off does not: listing, display and other fees."""
        return exact_sum(step.amount for step in self.steps if not step.condition.sales_linked)


def check_conditions(conditions: Sequence[Condition]) -> list[Problem]:
    """Return everything that is wrong with conditions, rows from 0.

    Codes: `not_a_number`, `value_negative`, `percent_above_100`, `quantity_missing` (a fixed one
    needs a quantity above zero to be spread over).
    """
    found = list[Problem]()
    for row, one in enumerate(conditions):
        if not one.value.is_finite():
            found.append(Problem("not_a_number", {"name": one.name}, row))
        elif one.value < 0:
            found.append(Problem("value_negative", {"name": one.name}, row))
        elif one.kind is ConditionKind.PERCENT and one.value > WHOLE:
            found.append(Problem("percent_above_100", {"name": one.name}, row))
        if one.kind is ConditionKind.FIXED and not _is_spread(one.quantity):
            found.append(Problem("quantity_missing", {"name": one.name}, row))
    return found


def _is_spread(quantity: Decimal | None) -> bool:
    return quantity is not None and quantity.is_finite() and quantity > 0


def waterfall(
    list_price: Decimal,
    conditions: Sequence[Condition],
    *,
    cascading: bool = False,
    places: int = LINE_PLACES,
) -> Waterfall:
    """Return the price of one unit from list to invoice to net-net.

    Percentages on the invoice are of the list price or, `cascading`, each of what the ones before
    left (10 and 5 % are 14.5 %); off the invoice they are of the invoice price. Each step is
    rounded half away from zero to `places` decimals and prices follow from the steps, so it adds
    up. More may be taken off than there is: then the net-net price is negative, which is worth
    seeing. Raises PriceError for what `check_conditions` refuses and a negative list price
    (`price_negative`).
    """
    if not list_price.is_finite() or list_price < 0:
        raise PriceError("price_negative", price=list_price)
    for problem in check_conditions(conditions):
        raise PriceError.of(problem)
    invoice_price, steps = list_price, list[Step]()
    for one in (one for one in conditions if one.on_invoice):
        amount = _taken(one, invoice_price if cascading else list_price, places)
        steps.append(Step(one, amount))
        invoice_price = EXACT.subtract(invoice_price, amount)
    off = [
        Step(one, _taken(one, invoice_price, places)) for one in conditions if not one.on_invoice
    ]
    paid_back = _sum(off)
    return Waterfall(
        list_price=list_price,
        on_invoice=_sum(steps),
        invoice_price=invoice_price,
        off_invoice=paid_back,
        net_net=EXACT.subtract(invoice_price, paid_back),
        steps=(*steps, *off),
    )


def _sum(steps: Iterable[Step]) -> Decimal:
    return exact_sum(step.amount for step in steps)


def _taken(condition: Condition, price: Decimal, places: int) -> Decimal:
    if condition.kind is ConditionKind.PERCENT:
        base = max(price, ZERO)  # of less than nothing nothing is taken
        return quantise(EXACT.multiply(base, condition.value).scaleb(-2, context=EXACT), places)
    if condition.kind is ConditionKind.FIXED and condition.quantity is not None:
        return rounded(Fraction(condition.value) / Fraction(condition.quantity), places)
    return quantise(condition.value, places)


# Margins


@dataclass(frozen=True, slots=True)
class Margin:
    """A price less its cost; `percent` is of the price, None where the price is not above zero."""

    amount: Decimal
    percent: Decimal | None


def margin(price: Decimal, cost: Decimal, *, places: int = 2) -> Margin:
    """Return the margin of a price; the percentage rounded half away from zero to `places`."""
    amount = EXACT.subtract(price, cost)
    return Margin(amount, ratio(amount.scaleb(2, context=EXACT), price, places))


@dataclass(frozen=True, slots=True)
class RetailMargins:
    """What a retailer makes of one unit: front (on the shelf), back (after the invoice), both.

    Percentages are of the retail price.
    """

    front: Margin
    back: Margin
    total: Margin


def retail_margins(retail_price: Decimal, prices: Waterfall, *, places: int = 2) -> RetailMargins:
    """Return a retailer's margins at a retail price without tax, from our waterfall."""
    back = ratio(prices.off_invoice.scaleb(2, context=EXACT), retail_price, places)
    return RetailMargins(
        front=margin(retail_price, prices.invoice_price, places=places),
        back=Margin(prices.off_invoice, back),
        total=margin(retail_price, prices.net_net, places=places),
    )


def below_floor(net_net: Decimal, floor: Decimal | None) -> bool:
    """Whether a net-net price is under the lowest that is allowed; none is set: never."""
    return floor is not None and net_net < floor
