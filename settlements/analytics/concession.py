"""Turnover deduction: commission with a minimum guarantee, its true-up, the statement with claims.

Turnover, thresholds of bands and guarantees are on one base, as the contract says: with tax or
without, before or after coupons. Gross, deduction and net are all kept. Fees are claims of their
own beside the statement, never netted into it; they meet it only as cash.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from kam.core.exact import EXACT, exact_sum, rounded
from kam.core.money import quantise
from settlements.analytics.problems import CalculationError, Problem
from settlements.analytics.rates import Band, Scheme, applied, at_rate, ordered

ZERO = Decimal(0)


class GuaranteeBasis(StrEnum):
    """What is guaranteed: sales (the floor is their deduction) or the commission itself."""

    SALES = "sales"
    COMMISSION = "commission"


class TestPeriod(StrEnum):
    """Over which months together a guarantee is tested."""

    __test__ = False

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    CUMULATIVE = "cumulative"


class Proration(StrEnum):
    """What a part month (opening, refit, closure) guarantees."""

    NONE = "none"
    TRADING_DAYS = "trading_days"


@dataclass(frozen=True, kw_only=True)
class Guarantee:
    """A floor under sales or commission: `amount` for so many `amount_months` (1: a month).

    `excess_rate` (percent) applies to turnover above guaranteed sales in place of the scheme's.
    A test period longer than a month is settled by its true-up; `is_taken_monthly` says that the
    floor is nevertheless taken month by month meanwhile. Raises CalculationError of the first of
    `check_guarantee`'s problems.
    """

    basis: GuaranteeBasis
    amount: Decimal
    test_period: TestPeriod
    excess_rate: Decimal | None = None
    proration: Proration = Proration.NONE
    amount_months: int = 1
    is_taken_monthly: bool = False

    def __post_init__(self) -> None:
        """Refuse a guarantee that cannot be computed."""
        for problem in check_guarantee(self):
            raise CalculationError(problem.code, **problem.params)

    @property
    def is_tested_monthly(self) -> bool:
        """Whether a month's statement takes the floor."""
        return self.test_period is TestPeriod.MONTH or self.is_taken_monthly


def check_guarantee(guarantee: Guarantee) -> list[Problem]:
    """Return what keeps a guarantee from being computed.

    Codes: `guarantee_negative`, `amount_months_below_one`, `excess_rate_out_of_range`,
    `excess_needs_sales` (a floor on commission does not say from which turnover on).
    """
    found = []
    if guarantee.amount < 0:
        found.append(Problem("guarantee_negative", {"amount": guarantee.amount}))
    if guarantee.amount_months < 1:
        found.append(Problem("amount_months_below_one", {"months": guarantee.amount_months}))
    if guarantee.excess_rate is not None:
        if not 0 <= guarantee.excess_rate <= 100:
            found.append(Problem("excess_rate_out_of_range", {"rate": guarantee.excess_rate}))
        if guarantee.basis is not GuaranteeBasis.SALES:
            found.append(Problem("excess_needs_sales"))
    return found


@dataclass(frozen=True, slots=True)
class Terms:
    """How a deduction is computed: scheme, bands (one for a plain percentage), negative rate.

    `negative_rate` (percent) gives the deduction of a negative turnover back; None says the rate
    of the first band.
    """

    scheme: Scheme
    bands: tuple[Band, ...]
    negative_rate: Decimal | None = None

    @classmethod
    def percent(cls, rate: Decimal, *, negative_rate: Decimal | None = None) -> Terms:
        """Return the terms of one rate for everything."""
        return cls(Scheme.PERCENT, (Band(ZERO, None, rate),), negative_rate)


def deduction(turnover: Decimal, terms: Terms) -> Decimal:
    """Return the deduction from a turnover, not rounded; of a negative one negative.

    Raises BandsError where bands do not cover every turnover once.
    """
    if turnover < 0 and terms.negative_rate is not None:
        ordered(terms.bands)
        return at_rate(turnover, terms.negative_rate)
    return applied(turnover, terms.bands, terms.scheme)


@dataclass(frozen=True, slots=True)
class Apart:
    """Turnover at rates of its own, outside of the scheme, and what is deducted of it.

    Both count towards a guarantee: the one of guaranteed sales, the other of guaranteed commission.
    """

    turnover: Decimal = ZERO
    deduction: Decimal = ZERO


NOTHING_APART = Apart()


@dataclass(frozen=True, slots=True)
class Commission:
    """What is deducted: `computed` from turnover, the `floor` (None: none tested), `taken`.

    `top_up` is what the guarantee adds: taken − computed, never below zero.
    """

    computed: Decimal
    floor: Decimal | None
    taken: Decimal
    top_up: Decimal


def commission(
    turnover: Decimal,
    terms: Terms,
    guarantee: Guarantee | None = None,
    *,
    apart: Apart = NOTHING_APART,
    trading_days: int | None = None,
    calendar_days: int | None = None,
    places: int,
) -> Commission:
    """Return the commission of one month, rounded once to `places`.

    `turnover` is what goes by the terms; what is `apart` fills the guarantee first, and the floor
    is what is left of it. A guarantee that is not tested monthly changes nothing but the excess
    rate here; its true-up does. A prorated guarantee needs both counts of days: the guaranteed
    amount is taken times trading ÷ calendar days. Raises CalculationError, `days_missing` or
    `days_out_of_range`.
    """
    if guarantee is None:
        return _commission(Fraction(deduction(turnover, terms)), None, places)
    month = Month(turnover, trading_days=trading_days, calendar_days=calendar_days, apart=apart)
    amount = _guaranteed(guarantee, month)
    computed = _computed([turnover], [amount], terms, guarantee)
    floor = _floor(amount, terms, guarantee) if guarantee.is_tested_monthly else None
    return _commission(computed, floor, places)


def _commission(computed: Fraction, floor: Fraction | None, places: int) -> Commission:
    ours = rounded(computed, places)
    least = None if floor is None else rounded(floor, places)
    taken = ours if least is None else max(ours, least)
    return Commission(ours, least, taken, EXACT.subtract(taken, ours))


@dataclass(frozen=True, slots=True)
class Month:
    """A month as it was settled: turnover, commission taken with its top-up, days if prorated.

    What is `apart` is neither in the turnover nor in the commission. `months` are as many as it
    stands for: 3 of a quarter settled at once, a part of one of a week.
    """

    turnover: Decimal
    commission_taken: Decimal = ZERO
    top_up: Decimal = ZERO
    trading_days: int | None = None
    calendar_days: int | None = None
    apart: Apart = NOTHING_APART
    months: Fraction = Fraction(1)


def _guaranteed(guarantee: Guarantee, month: Month) -> Fraction:
    """Return the guaranteed sales or commission of a month less what is apart, exactly.

    Below zero where that is more: a negative turnover at the terms may use the rest.
    """
    amount = Fraction(guarantee.amount) / guarantee.amount_months * month.months
    is_sales = guarantee.basis is GuaranteeBasis.SALES
    brought = Fraction(month.apart.turnover if is_sales else month.apart.deduction)
    return amount * _share_of_month(guarantee, month) - brought


def _share_of_month(guarantee: Guarantee, month: Month) -> Fraction:
    if guarantee.proration is Proration.NONE:
        return Fraction(1)
    trading, calendar = month.trading_days, month.calendar_days
    if trading is None or calendar is None:
        raise CalculationError("days_missing")
    if calendar < 1 or not 0 <= trading <= calendar:
        raise CalculationError("days_out_of_range", trading=trading, calendar=calendar)
    return Fraction(trading, calendar)


def _floor(amount: Fraction, terms: Terms, guarantee: Guarantee) -> Fraction:
    """Return the commission that a guaranteed amount of one month comes to."""
    if guarantee.basis is GuaranteeBasis.COMMISSION:
        return amount
    return Fraction(deduction(_decimal(amount), terms))


def _decimal(amount: Fraction) -> Decimal:
    """Return guaranteed sales as a number that bands can hold, to twelve decimals."""
    return rounded(amount)


def _computed(
    turnovers: Sequence[Decimal], amounts: Sequence[Fraction], terms: Terms, guarantee: Guarantee
) -> Fraction:
    """Return the commission of months together before the floor.

    Bands are those of a month. Turnover above all guaranteed sales is at the excess rate.
    """
    amounts = [max(one, Fraction(0)) for one in amounts]
    above = Fraction(exact_sum(turnovers)) - sum(amounts)
    if guarantee.excess_rate is None or above <= 0:
        return sum((Fraction(deduction(one, terms)) for one in turnovers), Fraction(0))
    floors = sum((_floor(one, terms, guarantee) for one in amounts), Fraction(0))
    return floors + above * Fraction(guarantee.excess_rate) / 100


@dataclass(frozen=True, kw_only=True)
class TrueUp:
    """What a test period comes to against what its months took.

    `amount` = owed − taken: below zero the retailer refunds it, above zero it takes it. It is a
    statement of its own; the months stay as they are.
    """

    computed: Decimal
    floor: Decimal
    owed: Decimal
    taken: Decimal
    top_up_taken: Decimal

    @property
    def amount(self) -> Decimal:
        """What is still to be taken; negative: to be refunded."""
        return EXACT.subtract(self.owed, self.taken)

    @property
    def refund(self) -> Decimal:
        """What the retailer gives back; zero where it takes more."""
        return max(-self.amount, ZERO)

    @property
    def top_up(self) -> Decimal:
        """What the guarantee adds over the whole period."""
        return EXACT.subtract(self.owed, self.computed)


def true_up(monthly: Sequence[Month], guarantee: Guarantee, terms: Terms, *, places: int) -> TrueUp:
    """Return the true-up of a test period from its months, rounded once to `places`.

    Turnovers and guaranteed amounts are added up over the months, then the floor is tested; tiers
    stay those of each month. So it never takes more than the same guarantee tested monthly.
    Raises CalculationError, `no_months` for an empty period.
    """
    if not monthly:
        raise CalculationError("no_months")
    amounts = [_guaranteed(guarantee, month) for month in monthly]
    computed = _computed([month.turnover for month in monthly], amounts, terms, guarantee)
    floor = sum((_floor(amount, terms, guarantee) for amount in amounts), Fraction(0))
    whole = _commission(computed, floor, places)
    return TrueUp(
        computed=whole.computed,
        floor=whole.floor or ZERO,
        owed=whole.taken,
        taken=exact_sum(month.commission_taken for month in monthly),
        top_up_taken=exact_sum(month.top_up for month in monthly),
    )


def payable(turnover: Decimal, commission_taken: Decimal) -> Decimal:
    """Return turnover − commission, which a guarantee may make negative."""
    return EXACT.subtract(turnover, commission_taken)


class NegativeHandling(StrEnum):
    """What happens to a negative payable."""

    CARRY_FORWARD = "carry_forward"
    BILL = "bill"


@dataclass(frozen=True, slots=True)
class Carried:
    """A payable after what was brought forward: one of the three is not zero, or all are.

    `due` the retailer pays; `carried_forward` (zero or below) goes into the next statement;
    `billed` (zero or above) the supplier pays.
    """

    due: Decimal
    carried_forward: Decimal
    billed: Decimal


def carry(amount: Decimal, brought_forward: Decimal, handling: NegativeHandling) -> Carried:
    """Settle a payable with what the statement before carried forward (zero or below).

    Raises CalculationError `brought_forward_positive`: only what is owed to the retailer is
    carried.
    """
    if brought_forward > 0:
        raise CalculationError("brought_forward_positive", amount=brought_forward)
    total = EXACT.add(amount, brought_forward)
    if total >= 0:
        return Carried(total, ZERO, ZERO)
    if handling is NegativeHandling.BILL:
        return Carried(ZERO, ZERO, -total)
    return Carried(ZERO, total, ZERO)


# Claims


@dataclass(frozen=True, slots=True)
class Fee:
    """A charge of the retailer: a percentage of a basis, or a fixed amount with neither."""

    subject: Hashable
    basis: Decimal | None = None
    rate: Decimal | None = None
    fixed: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A fee computed: a claim of its own, positive, to be set off against a receivable."""

    subject: Hashable
    basis: Decimal | None
    rate: Decimal | None
    amount: Decimal


def claims(fees: Iterable[Fee], *, places: int) -> tuple[Claim, ...]:
    """Return fees as claims, each rounded once. Raises CalculationError `fee_unclear`."""
    return tuple(Claim(fee.subject, fee.basis, fee.rate, _fee(fee, places)) for fee in fees)


def _fee(fee: Fee, places: int) -> Decimal:
    if fee.fixed is not None and fee.basis is None and fee.rate is None:
        return quantise(fee.fixed, places)
    if fee.fixed is None and fee.basis is not None and fee.rate is not None:
        return quantise(at_rate(fee.basis, fee.rate), places)
    raise CalculationError("fee_unclear", subject=fee.subject)
