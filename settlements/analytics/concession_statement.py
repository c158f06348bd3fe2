"""The statement of a concession: gross, returns, deduction, top-up, net, tax, claims and cash."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from kam.core.exact import EXACT, exact_sum
from settlements.analytics.concession import (
    Carried,
    Claim,
    Commission,
    Fee,
    Guarantee,
    NegativeHandling,
    Terms,
    carry,
    claims,
    commission,
)
from settlements.analytics.problems import CalculationError
from settlements.analytics.statement import LineKind, Statement, StatementLine, statement

ZERO = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Turnover:
    """What consumers bought in a period, all magnitudes, on the contract's base of tax.

    `sales` are at prices before coupons and `returns` as sold before coupons, of whatever period.
    Coupons are those redeemed, less those of goods brought back, by who funds them. Raises
    CalculationError `negative_turnover_part` with the name of the part.
    """

    sales: Decimal
    returns: Decimal = ZERO
    coupons_by_retailer: Decimal = ZERO
    coupons_by_supplier: Decimal = ZERO

    def __post_init__(self) -> None:
        """Refuse sales or returns with the wrong sign."""
        for name in ("sales", "returns"):
            if getattr(self, name) < 0:
                raise CalculationError("negative_turnover_part", part=name)

    @property
    def before_coupons(self) -> Decimal:
        """Sales − returns; below zero where more came back."""
        return EXACT.subtract(self.sales, self.returns)

    @property
    def after_coupons(self) -> Decimal:
        """What consumers paid: sales − returns − all coupons."""
        coupons = exact_sum([self.coupons_by_retailer, self.coupons_by_supplier])
        return EXACT.subtract(self.before_coupons, coupons)


@dataclass(frozen=True, kw_only=True)
class Base:
    """What a deduction is taken of: with tax or without, before coupons or after them."""

    is_tax_inclusive: bool = True
    is_before_coupons: bool = True
    tax_rate: Decimal

    def of(self, turnover: Turnover) -> Decimal:
        """Return the turnover that the deduction, its bands and its guarantee apply to."""
        return turnover.before_coupons if self.is_before_coupons else turnover.after_coupons


@dataclass(frozen=True, kw_only=True)
class ConcessionStatement:
    """A concession's statement. Gross, deduction and net are all here; claims stand apart.

    `share.payable` is the supplier's share with tax: the one receivable. `cash` is what remains
    of `carried.due` after the claims; below zero the claims exceed it.
    """

    base: Decimal
    gross: Decimal
    commission: Commission
    share: Statement
    claims: tuple[Claim, ...]
    carried: Carried

    @property
    def claimed(self) -> Decimal:
        """The sum of claims."""
        return exact_sum(claim.amount for claim in self.claims)

    @property
    def cash(self) -> Decimal:
        """What is paid out when all claims are set off."""
        return EXACT.subtract(self.carried.due, self.claimed)


def concession_statement(
    turnover: Turnover,
    base: Base,
    terms: Terms,
    guarantee: Guarantee | None = None,
    *,
    fees: Iterable[Fee] = (),
    brought_forward: Decimal = ZERO,
    handling: NegativeHandling = NegativeHandling.CARRY_FORWARD,
    trading_days: int | None = None,
    calendar_days: int | None = None,
    places: int,
) -> ConcessionStatement:
    """Return the statement of one month and one tax rate.

    The share is sales − returns − coupons that we fund − commission − top-up; coupons that the
    retailer funds leave it as it is. On a base with tax the tax is taken out of the share; on one
    without it comes on top. Raises CalculationError.
    """
    basis = base.of(turnover)
    taken = commission(
        basis,
        terms,
        guarantee,
        trading_days=trading_days,
        calendar_days=calendar_days,
        places=places,
    )
    share = statement(
        _lines(turnover, basis, taken, base.tax_rate),
        places=places,
        is_tax_inclusive=base.is_tax_inclusive,
    )
    return ConcessionStatement(
        base=basis,
        gross=turnover.before_coupons,
        commission=taken,
        share=share,
        claims=claims(fees, places=places),
        carried=carry(share.payable, brought_forward, handling),
    )


def _lines(
    turnover: Turnover, basis: Decimal, taken: Commission, tax_rate: Decimal
) -> list[StatementLine]:
    rows = (
        (LineKind.GROSS, turnover.sales, turnover.sales),
        (LineKind.RETURN, turnover.returns, -turnover.returns),
        (LineKind.COUPON, turnover.coupons_by_supplier, -turnover.coupons_by_supplier),
        (LineKind.COMMISSION, basis, -taken.computed),
        (LineKind.GUARANTEE_TOP_UP, taken.floor or ZERO, -taken.top_up),
    )
    return [
        StatementLine(kind, of, None, amount, tax_rate)
        for kind, of, amount in rows
        if amount or kind is LineKind.GROSS
    ]
