"""A settlement statement assembled: goods, deduction, fees, tax and what is carried.

The rules are those of `consignment`, `concession` and `statement`; here they meet. Amounts of a
turnover are on the base of tax of the term. With several tax rates in one turnover the deduction,
computed once from the whole, is divided among them by their turnover.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from kam.core.exact import EXACT, exact_sum, rounded
from kam.core.money import LINE_PLACES, quantise
from settlements.analytics.concession import (
    Commission,
    Guarantee,
    Month,
    Terms,
    carry,
    commission,
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
    """Return the statement of a turnover: gross, returns, deduction, top-up, fees, tax."""
    lines = [one for each in goods for one in _turnover_lines(each, rules.is_tax_inclusive)]
    basis = exact_sum(one.amount for one in lines)
    taken = _commission(basis, rules)
    if taken is not None:
        lines += _deduction_lines(lines, basis, taken, rules.places)
    return _finished(lines, basis, taken, charges, rules, brought_forward)


def _turnover_lines(goods: Goods, is_tax_inclusive: bool) -> list[Line]:
    parts = (
        (LineKind.GROSS, goods.sold, goods.sales),
        (LineKind.RETURN, -goods.returned, goods.returns),
    )
    return [
        Line(
            kind=kind.value,
            quantity=quantity or None,
            basis=amount,
            amount=amount,
            tax_rate=goods.tax_rate,
            product_id=goods.product_id,
            category_id=goods.category_id,
        )
        for kind, quantity, told in parts
        if told or quantity
        for amount in [on_base(told, goods.tax_rate, is_tax_inclusive=is_tax_inclusive)]
    ]


def on_base(amount: Decimal, tax_rate: Decimal, *, is_tax_inclusive: bool) -> Decimal:
    """Return an amount with tax as the term counts it, to the decimals of a line."""
    if is_tax_inclusive:
        return quantise(amount, LINE_PLACES)
    return rounded(Fraction(amount) * 100 / (100 + Fraction(tax_rate)), LINE_PLACES)


def _commission(basis: Decimal, rules: Rules) -> Commission | None:
    if rules.terms is None:
        return None
    trading, calendar = rules.days or (None, None)
    return commission(
        basis,
        rules.terms,
        rules.guarantee,
        trading_days=trading,
        calendar_days=calendar,
        places=rules.places,
    )


def _deduction_lines(
    lines: Sequence[Line], basis: Decimal, taken: Commission, places: int
) -> list[Line]:
    shares = _by_rate(lines)
    found = []
    kinds = (
        (LineKind.COMMISSION, basis, -taken.computed),
        (LineKind.GUARANTEE_TOP_UP, taken.floor or ZERO, -taken.top_up),
    )
    for kind, of, amount in kinds:
        for rate, part in _divided(amount, shares, places):
            found.append(
                Line(
                    kind=kind.value,
                    basis=of if len(shares) < 2 else shares[rate],
                    amount=part,
                    tax_rate=rate,
                )
            )
    return found


def _by_rate(lines: Iterable[Line]) -> dict[Decimal, Decimal]:
    shares: dict[Decimal, Decimal] = {}
    for one in lines:
        rate = one.tax_rate or ZERO
        shares[rate] = EXACT.add(shares.get(rate, ZERO), one.amount)
    return dict(sorted(shares.items()))


def _divided(
    amount: Decimal, shares: dict[Decimal, Decimal], places: int
) -> list[tuple[Decimal, Decimal]]:
    """Divide an amount by shares; the last one takes what rounding leaves."""
    if not amount:
        return []
    rates, whole = list(shares) or [ZERO], exact_sum(shares.values())
    left, found = amount, []
    for rate in rates[:-1]:
        part = (
            rounded(Fraction(amount) * Fraction(shares[rate]) / Fraction(whole), places)
            if (whole)
            else ZERO
        )
        found.append((rate, part))
        left = EXACT.subtract(left, part)
    return [(rate, part) for rate, part in [*found, (rates[-1], left)] if part]


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
    shares = _by_rate(lines)
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
