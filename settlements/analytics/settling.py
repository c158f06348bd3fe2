"""A settlement statement assembled: goods, deduction, fees, tax and what is carried.

The rules are those of `consignment`, `concession` and `statement`; here they meet. Amounts of a
turnover are on the base of tax of the term. With several tax rates in one turnover the deduction,
computed once from the whole, is divided among them by their turnover.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from kam.core.exact import EXACT, exact_sum
from kam.core.money import quantise
from settlements.analytics.concession import (
    Commission,
    Guarantee,
    Month,
    Terms,
    carry,
    true_up,
)
from settlements.analytics.problems import CalculationError
from settlements.analytics.rates import applied
from settlements.analytics.settling_shapes import CLAIM as CLAIM
from settlements.analytics.settling_shapes import CONTAINED as CONTAINED
from settlements.analytics.settling_shapes import Charge as Charge
from settlements.analytics.settling_shapes import Computed as Computed
from settlements.analytics.settling_shapes import Goods as Goods
from settlements.analytics.settling_shapes import Line as Line
from settlements.analytics.settling_shapes import Missing as Missing
from settlements.analytics.settling_shapes import Rules as Rules
from settlements.analytics.settling_turnover import by_rate, turned
from settlements.analytics.statement import LineKind, Statement, line_amount, tax_rate_of, taxed

ZERO = Decimal(0)


ChargesOf = Callable[[Decimal], Iterable[Charge]]
"""Which charges apply, told the amount that percentages are taken of."""


# Sell-through


def sell_through(
    goods: Sequence[Goods],
    missing: Sequence[Missing],
    charges: ChargesOf,
    rules: Rules,
    brought_forward: Decimal = ZERO,
) -> Computed:
    """Return the statement of consigned goods: sales, returns, shrink they bear, fees, tax.

    Raises CalculationError `price_missing` where goods have none.
    """
    lines = [one for each in goods for one in _sold_lines(each)]
    lines += [_missing_line(one) for one in missing if one.quantity]
    basis = exact_sum(one.amount for one in lines)
    return _finished(lines, basis, None, charges, rules, brought_forward)


def _sold_lines(goods: Goods) -> list[Line]:
    if goods.price is None:
        raise CalculationError("price_missing", product=goods.product_id)
    kinds = ((LineKind.GROSS, goods.sold), (LineKind.RETURN, -goods.returned))
    return [_goods_line(kind, goods, quantity, goods.price) for kind, quantity in kinds if quantity]


def _goods_line(kind: LineKind, goods: Goods, quantity: Decimal, price: Decimal) -> Line:
    return Line(
        kind=kind.value,
        quantity=quantity,
        basis=quantity,
        rate=price,
        amount=line_amount(quantity, price),
        tax_rate=goods.tax_rate,
        product_id=goods.product_id,
        category_id=goods.category_id,
    )


def _missing_line(one: Missing) -> Line:
    return Line(
        kind=LineKind.SHRINK.value,
        quantity=one.quantity,
        basis=one.quantity,
        rate=one.price,
        amount=line_amount(one.quantity, one.price),
        tax_rate=one.tax_rate,
        product_id=one.product_id,
        category_id=one.category_id,
        store_id=one.store_id,
    )


# Turnover


def turnover(
    goods: Sequence[Goods], charges: ChargesOf, rules: Rules, brought_forward: Decimal = ZERO
) -> Computed:
    """Return the statement of a turnover: gross, returns, coupons that we pay for, deduction,
    top-up, fees, tax. Fees in percent are of all that the term counts."""
    found = turned(goods, rules)
    done = _finished(found.lines, found.counted, found.taken, charges, rules, brought_forward)
    return replace(done, basis=found.basis, deduction=EXACT.add(done.deduction, found.apart))


# True-up


def trued_up(
    months: Sequence[Month], guarantee: Guarantee, terms: Terms, tax_rate: Decimal, rules: Rules
) -> Computed:
    """Return a true-up: what the months of a test period took too much, or too little."""
    found = true_up(months, guarantee, terms, places=rules.places)
    lines = [
        Line(
            kind=LineKind.GUARANTEE_TOP_UP.value,
            basis=found.floor,
            amount=-found.amount,
            tax_rate=tax_rate,
        )
    ]
    basis = exact_sum(month.turnover for month in months)
    done = _finished(lines, basis, None, lambda _basis: (), rules, ZERO)
    return replace(done, top_up=found.amount, deduction=ZERO)


# Fees, tax, totals


def _finished(
    lines: list[Line],
    basis: Decimal,
    taken: Commission | None,
    charges: ChargesOf,
    rules: Rules,
    brought_forward: Decimal,
) -> Computed:
    asked = list(charges(basis))
    lines = lines + [
        _off(one, _main_rate(lines), rules.places) for one in asked if not one.is_claim
    ]
    whole = _taxed(lines, rules)
    claims = [_claim(one, rules.places) for one in asked if one.is_claim]
    claims = [one for one in claims if one.amount]
    return Computed(
        lines=(*lines, *_closing(whole), *claims),
        net=whole.net,
        tax=whole.tax,
        payable=whole.payable,
        claimed=-exact_sum(one.amount for one in claims),
        gross=_sum_of(lines, LineKind.GROSS),
        returns=_sum_of(lines, LineKind.RETURN),
        deduction=taken.computed if taken else ZERO,
        top_up=taken.top_up if taken else ZERO,
        basis=basis,
        carried_forward=carry(whole.payable, brought_forward, rules.handling).carried_forward,
    )


def _sum_of(lines: Iterable[Line], kind: LineKind) -> Decimal:
    return exact_sum(one.amount for one in lines if one.kind == kind.value)


def _main_rate(lines: Sequence[Line]) -> Decimal:
    """The tax rate that most of the amount is under: that of what is taken off the whole."""
    shares = by_rate((one.tax_rate or ZERO, one.amount) for one in lines)
    return max(shares, key=lambda rate: abs(shares[rate]), default=ZERO)


def _taxed(lines: Iterable[Line], rules: Rules) -> Statement:
    taxes, rounding = taxed(
        ((tax_rate_of(one.tax_rate, one.kind), one.amount) for one in lines),
        places=rules.places,
        is_tax_inclusive=rules.is_tax_inclusive,
    )
    return Statement(
        lines=(), taxes=taxes, rounding=rounding, is_tax_inclusive=rules.is_tax_inclusive
    )


def _closing(whole: Statement) -> list[Line]:
    """Return the lines of tax and rounding; tax within the amounts is told beside them."""
    part = CONTAINED if whole.is_tax_inclusive else "payable"
    found = [
        Line(
            kind=LineKind.TAX.value,
            part=part,
            basis=tax.base,
            rate=tax.rate,
            amount=tax.amount,
            tax_rate=tax.rate,
        )
        for tax in whole.taxes
        if tax.amount
    ]
    if whole.rounding:
        found.append(Line(kind=LineKind.ROUNDING.value, basis=ZERO, amount=whole.rounding))
    return found


def charged(charge: Charge, places: int) -> Decimal:
    """Return what a fee or promotion comes to, rounded once, never below zero."""
    if charge.fixed is not None:
        exact = charge.fixed
    elif charge.bands and charge.scheme is not None:
        exact = applied(charge.basis, charge.bands, charge.scheme)
    else:
        exact = EXACT.multiply(charge.basis, charge.rate or ZERO)
        exact = exact if charge.is_per_unit else EXACT.scaleb(exact, -2)
    amount = quantise(max(exact, ZERO), places)
    if charge.floor is not None:
        amount = max(amount, quantise(charge.floor, places))
    return amount if charge.cap is None else min(amount, quantise(charge.cap, places))


def _claim(charge: Charge, places: int) -> Line:
    return replace(_off(charge, None, places), part=CLAIM)


def _off(charge: Charge, tax_rate: Decimal | None, places: int) -> Line:
    return Line(
        kind=(LineKind.PROMO if charge.is_promotion else LineKind.FEE).value,
        basis=charge.basis,
        rate=charge.rate,
        amount=-charged(charge, places),
        tax_rate=tax_rate,
        condition_id=charge.condition_id,
        label=charge.label,
    )
