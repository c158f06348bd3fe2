"""Of a settlement statement what a turnover comes to: sales, returns, coupons, deduction, media.

Everything is on the term's base of tax; what the deduction, its bands and its guarantee count is
before coupons or after them, as the term says. A medium with a percentage of its own leaves the
bands and fills the guarantee first; one that does not count is in neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from kam.core.exact import EXACT, exact_sum, rounded
from kam.core.money import LINE_PLACES, quantise
from settlements.analytics.concession import NOTHING_APART, Apart, Commission, commission
from settlements.analytics.rates import at_rate
from settlements.analytics.settling_shapes import Goods, Line, Rules
from settlements.analytics.statement import LineKind

ZERO, HUNDRED = Decimal(0), Decimal(100)
Shares = dict[Decimal, Decimal]
"""Amounts by tax rate, the lowest rate first."""


@dataclass(frozen=True, kw_only=True)
class Turned:
    """A turnover in lines.

    `basis` goes by the term's percentage or bands, `counted` adds the media at percentages of their
    own; `apart` is what is deducted of these. `taken` None: nothing is deducted.
    """

    lines: list[Line]
    basis: Decimal
    counted: Decimal
    taken: Commission | None
    apart: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class _Part:
    """Goods with their amounts on the term's base."""

    goods: Goods
    sales: Decimal
    returns: Decimal
    coupons: Decimal

    def counted(self, rules: Rules) -> Decimal:
        """What the term counts of it."""
        whole = EXACT.add(self.sales, self.returns)
        return EXACT.subtract(whole, self.coupons) if rules.is_after_coupons else whole


def turned(goods: Sequence[Goods], rules: Rules) -> Turned:
    """Return the lines of a turnover up to the deduction, and what they count."""
    parts = [_part(one, rules) for one in goods]
    lines = [line for part in parts for line in _goods_lines(part)]
    if rules.media:
        lines = _joined(lines)
    if rules.our_coupons:
        lines += _coupon_lines(parts, rules)
    if rules.terms is None:
        whole = exact_sum(part.counted(rules) for part in parts)
        return Turned(lines=lines, basis=whole, counted=whole, taken=None)
    return _deducted(parts, lines, rules)


def on_base(amount: Decimal, tax_rate: Decimal, *, is_tax_inclusive: bool) -> Decimal:
    """Return an amount with tax as the term counts it, to the decimals of a line."""
    if is_tax_inclusive:
        return quantise(amount, LINE_PLACES)
    return rounded(Fraction(amount) * 100 / (100 + Fraction(tax_rate)), LINE_PLACES)


def _part(goods: Goods, rules: Rules) -> _Part:
    amounts = (
        on_base(one, goods.tax_rate, is_tax_inclusive=rules.is_tax_inclusive) if one else ZERO
        for one in (goods.sales, goods.returns, goods.coupons)
    )
    return _Part(goods, *amounts)


def _goods_lines(part: _Part) -> list[Line]:
    goods = part.goods
    kinds = (
        (LineKind.GROSS, goods.sold, part.sales),
        (LineKind.RETURN, -goods.returned, part.returns),
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
        for kind, quantity, amount in kinds
        if amount or quantity
    ]


def _joined(lines: Iterable[Line]) -> list[Line]:
    """Add up lines of the same goods that differ in how consumers paid."""
    found: dict[tuple[object, ...], Line] = {}
    for one in lines:
        key = (one.category_id, one.product_id, one.tax_rate, one.kind)
        before = found.get(key)
        if before is not None:
            amount = EXACT.add(before.amount, one.amount)
            quantity = (before.quantity or ZERO) + (one.quantity or ZERO)
            one = replace(one, basis=amount, amount=amount, quantity=quantity or None)
        found[key] = one
    return list(found.values())


def _coupon_lines(parts: Iterable[_Part], rules: Rules) -> list[Line]:
    """What we pay of the coupons, by tax rate, each rounded once."""
    shares = by_rate((part.goods.tax_rate, part.coupons) for part in parts)
    return [
        Line(
            kind=LineKind.COUPON.value,
            basis=coupons,
            rate=rules.our_coupons,
            amount=-quantise(at_rate(coupons, rules.our_coupons), rules.places),
            tax_rate=rate,
        )
        for rate, coupons in shares.items()
        if coupons
    ]


# Deduction


def _deducted(parts: Sequence[_Part], lines: list[Line], rules: Rules) -> Turned:
    by_medium: dict[str, list[_Part]] = {}
    for part in parts:
        medium = part.goods.medium if part.goods.medium in rules.media else ""
        by_medium.setdefault(medium, []).append(part)
    shares = _shares(by_medium.pop("", []), rules)
    media = [line for one in sorted(by_medium) for line in _of_medium(one, by_medium[one], rules)]
    apart = _apart(media)
    basis = exact_sum(shares.values())
    taken = _commission(basis, apart, rules)
    whole = shares or _shares(parts, rules)
    return Turned(
        lines=[*lines, *_deduction_lines(whole, basis, taken, rules.places), *media],
        basis=basis,
        counted=EXACT.add(basis, apart.turnover),
        taken=taken,
        apart=apart.deduction,
    )


def _shares(parts: Iterable[_Part], rules: Rules) -> Shares:
    return by_rate((part.goods.tax_rate, part.counted(rules)) for part in parts)


def _of_medium(medium: str, parts: Sequence[_Part], rules: Rules) -> list[Line]:
    """The deduction of a medium, rounded once; of one that does not count it is nothing."""
    percent, shares = rules.media[medium], _shares(parts, rules)
    amount = quantise(at_rate(exact_sum(shares.values()), percent or ZERO), rules.places)
    divided = dict(_divided(-amount, shares, rules.places))
    return [
        Line(
            kind=LineKind.COMMISSION.value,
            basis=of,
            rate=percent,
            amount=divided.get(rate, ZERO),
            tax_rate=rate,
            label=medium,
        )
        for rate, of in shares.items()
        if of or rate in divided
    ]


def _apart(lines: Iterable[Line]) -> Apart:
    """Return what lines of media with percentages of their own count and deduct."""
    counted = [line for line in lines if line.rate is not None]
    if not counted:
        return NOTHING_APART
    return Apart(
        exact_sum(line.basis for line in counted), -exact_sum(line.amount for line in counted)
    )


def _commission(basis: Decimal, apart: Apart, rules: Rules) -> Commission:
    assert rules.terms is not None  # noqa: S101 - `turned` asks
    trading, calendar = rules.days or (None, None)
    return commission(
        basis,
        rules.terms,
        rules.guarantee,
        apart=apart,
        trading_days=trading,
        calendar_days=calendar,
        places=rules.places,
    )


def _deduction_lines(shares: Shares, basis: Decimal, taken: Commission, places: int) -> list[Line]:
    kinds = (
        (LineKind.COMMISSION, basis, -taken.computed),
        (LineKind.GUARANTEE_TOP_UP, taken.floor or ZERO, -taken.top_up),
    )
    return [
        Line(
            kind=kind.value,
            basis=of if len(shares) < 2 else shares[rate],
            amount=part,
            tax_rate=rate,
        )
        for kind, of, amount in kinds
        for rate, part in _divided(amount, shares, places)
    ]


# Tax rates


def by_rate(amounts: Iterable[tuple[Decimal, Decimal]]) -> Shares:
    """Add up amounts by their tax rate, the lowest rate first."""
    shares: Shares = {}
    for rate, amount in amounts:
        shares[rate] = EXACT.add(shares.get(rate, ZERO), amount)
    return dict(sorted(shares.items()))


def _divided(
    amount: Decimal, shares: Mapping[Decimal, Decimal], places: int
) -> list[tuple[Decimal, Decimal]]:
    """Divide an amount by shares; the last one takes what rounding leaves."""
    if not amount:
        return []
    rates, whole = list(shares) or [ZERO], exact_sum(shares.values())
    left, found = amount, []
    for rate in rates[:-1]:
        part = (
            rounded(Fraction(amount) * Fraction(shares[rate]) / Fraction(whole), places)
            if whole
            else ZERO
        )
        found.append((rate, part))
        left = EXACT.subtract(left, part)
    return [(rate, part) for rate, part in [*found, (rates[-1], left)] if part]
