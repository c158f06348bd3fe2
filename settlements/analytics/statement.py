"""A settlement statement in numbers: its lines, the tax by rate, the rounding, what is payable.

Line amounts keep 4 decimals. Each tax rate's base is rounded once to the decimals of the currency
and its tax is computed once from it; what the rounding of bases adds is a line of its own. So
lines, taxes and rounding always add up to `payable`, to the last minor unit.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from kam.core.exact import EXACT, exact_sum, rounded
from kam.core.money import LINE_PLACES, quantise
from settlements.analytics.problems import CalculationError

ZERO = Decimal(0)


class LineKind(StrEnum):
    """What a line of a statement is."""

    GROSS = "gross"
    RETURN = "return"
    COUPON = "coupon"
    COMMISSION = "commission"
    GUARANTEE_TOP_UP = "guarantee_top_up"
    PROMO = "promo"
    FEE = "fee"
    REBATE = "rebate"
    SHRINK = "shrink"
    TAX = "tax"
    ROUNDING = "rounding"


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A line: basis × rate = amount, signed as it changes what is payable to the supplier.

    Of goods the basis is a quantity and the rate a price; of deductions, fees and tax the basis
    is money and the rate a percentage (None: the amount is fixed). `subject` is the product or
    fee; `tax_rate` the tax, in percent, that the amount falls under (None: outside of tax).
    """

    kind: LineKind
    basis: Decimal
    rate: Decimal | None
    amount: Decimal
    tax_rate: Decimal | None = None
    subject: Hashable = None


@dataclass(frozen=True, slots=True)
class TaxAmount:
    """The tax at one rate (percent): `base` without tax, both to the decimals of the currency."""

    rate: Decimal
    base: Decimal
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Statement:
    """Lines with their tax. `net` is without tax; `payable` = net + tax, negative if we owe.

    `is_tax_inclusive` says that the lines hold the tax already: then it is taken out of them and
    they, with the rounding, add up to `payable` by themselves.
    """

    lines: tuple[StatementLine, ...]
    taxes: tuple[TaxAmount, ...]
    rounding: Decimal
    is_tax_inclusive: bool

    @property
    def net(self) -> Decimal:
        """What is payable without tax."""
        return exact_sum(tax.base for tax in self.taxes)

    @property
    def tax(self) -> Decimal:
        """The tax of all rates."""
        return exact_sum(tax.amount for tax in self.taxes)

    @property
    def payable(self) -> Decimal:
        """What is payable with tax."""
        return exact_sum([self.net, self.tax])

    @property
    def all_lines(self) -> tuple[StatementLine, ...]:
        """The lines as they are printed: with tax (where it is on top) and rounding."""
        lines = list(self.lines)
        if not self.is_tax_inclusive:
            lines += [
                StatementLine(LineKind.TAX, tax.base, tax.rate, tax.amount, tax.rate)
                for tax in self.taxes
            ]
        if self.rounding:
            lines.append(StatementLine(LineKind.ROUNDING, ZERO, None, self.rounding))
        return tuple(lines)

    def total(self, kind: LineKind) -> Decimal:
        """Return the sum of the lines of a kind."""
        return exact_sum(line.amount for line in self.lines if line.kind is kind)


def line(
    kind: LineKind,
    basis: Decimal,
    rate: Decimal,
    *,
    tax_rate: Decimal | None = None,
    subject: Hashable = None,
    is_percent: bool = False,
) -> StatementLine:
    """Return a line whose amount is basis × rate, rounded once to the decimals of a line."""
    amount = line_amount(basis, rate, is_percent=is_percent)
    return StatementLine(kind, basis, rate, amount, tax_rate, subject)


def line_amount(basis: Decimal, rate: Decimal, *, is_percent: bool = False) -> Decimal:
    """Return basis × rate, rounded once to the decimals of a line."""
    exact = EXACT.multiply(basis, rate)
    return quantise(EXACT.scaleb(exact, -2) if is_percent else exact, LINE_PLACES)


def statement(
    lines: Iterable[StatementLine], *, places: int, is_tax_inclusive: bool = False
) -> Statement:
    """Return the statement of lines; each must say its tax rate (0 where there is no tax).

    Raises CalculationError `tax_rate_missing` or `tax_rate_negative`.
    """
    rows = tuple(lines)
    taxes, rounding = taxed(
        ((tax_rate_of(row.tax_rate, row.kind, row.subject), row.amount) for row in rows),
        places=places,
        is_tax_inclusive=is_tax_inclusive,
    )
    return Statement(lines=rows, taxes=taxes, rounding=rounding, is_tax_inclusive=is_tax_inclusive)


def taxed(
    amounts: Iterable[tuple[Decimal, Decimal]], *, places: int, is_tax_inclusive: bool
) -> tuple[tuple[TaxAmount, ...], Decimal]:
    """Return the taxes of (tax rate, amount), and what rounding their bases adds."""
    sums: dict[Decimal, Decimal] = {}
    for rate, amount in amounts:
        sums[rate] = EXACT.add(sums.get(rate, ZERO), amount)
    bases = {rate: quantise(sums[rate], places) for rate in sorted(sums)}
    build = tax_within if is_tax_inclusive else tax_on_top
    return (
        tuple(build(base, rate, places=places) for rate, base in bases.items()),
        exact_sum([*bases.values(), *(-amount for amount in sums.values())]),
    )


def tax_rate_of(rate: Decimal | None, kind: str, subject: Hashable = None) -> Decimal:
    """Return the tax rate of a line. Raises as `statement` does."""
    if rate is None:
        raise CalculationError("tax_rate_missing", kind=str(kind), subject=subject)
    if rate < 0:
        raise CalculationError("tax_rate_negative", rate=rate)
    return rate


def tax_on_top(net: Decimal, rate: Decimal, *, places: int) -> TaxAmount:
    """Return the tax at a rate (percent) on an amount without tax."""
    return TaxAmount(rate, net, rounded(Fraction(net) * Fraction(rate) / 100, places))


def tax_within(gross: Decimal, rate: Decimal, *, places: int) -> TaxAmount:
    """Take the tax at a rate (percent) out of an amount that holds it; base + tax = the amount."""
    base = rounded(Fraction(gross) * 100 / (100 + Fraction(rate)), places)
    return TaxAmount(rate, base, EXACT.subtract(gross, base))
