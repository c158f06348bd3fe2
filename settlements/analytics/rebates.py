"""Rebates: what is earned, what to accrue while the period runs, and claims against them.

The basis is net of returns, so returns give rebates back, and a net negative basis gives a
negative rebate at the first band's rate. Bands and schemes are those of `rates`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from kam.core.exact import EXACT, rounded
from kam.core.money import quantise
from settlements.analytics.problems import CalculationError
from settlements.analytics.rates import Band, RateUnit, Scheme, applied, at_rate, band_of

ZERO = Decimal(0)


class RebateError(CalculationError):
    """A rebate that cannot be computed from what is given."""


class Conditionality(StrEnum):
    """What a rebate depends on."""

    UNCONDITIONAL = "unconditional"
    TARGET = "target"
    """Nothing until the target is reached, then on the whole basis."""
    GROWTH = "growth"
    """On what the basis is above the baseline; the bands are amounts of growth."""


_GROWTH = Conditionality.GROWTH


@dataclass(frozen=True, slots=True)
class Accrual:
    """A rebate to date. `catch_up` is what this accrual adds to those before; it may be negative.

    `earned_to_date` is what is owed if the period ended now, `accrue_to_date` what is expected to
    be owed for it in the end: at `expected_rate`, the rate of the band expected to be reached.
    """

    earned_to_date: Decimal
    expected_rate: Decimal
    accrue_to_date: Decimal
    catch_up: Decimal


@dataclass(frozen=True, slots=True)
class _Rule:
    bands: Sequence[Band]
    scheme: Scheme
    conditionality: Conditionality
    target: Decimal | None
    baseline: Decimal | None
    rate_unit: RateUnit

    def measured(self, amount: Decimal) -> Decimal:
        """Return the part of a basis that the bands are about; raise RebateError."""
        if self.conditionality is Conditionality.TARGET:
            if self.target is None:
                raise RebateError("target_missing")
            return amount if amount >= self.target else ZERO
        if self.conditionality is Conditionality.GROWTH:
            if self.baseline is None:
                raise RebateError("baseline_missing")
            return max(EXACT.subtract(amount, self.baseline), ZERO)
        return amount

    def of(self, measured: Decimal) -> Decimal:
        """Return the rebate on the part that counts."""
        return applied(measured, self.bands, self.scheme, self.rate_unit)


def earned(
    amount: Decimal,
    bands: Sequence[Band],
    scheme: Scheme,
    *,
    conditionality: Conditionality = Conditionality.UNCONDITIONAL,
    target: Decimal | None = None,
    baseline: Decimal | None = None,
    rate_unit: RateUnit = RateUnit.PERCENT,
) -> Decimal:
    """Return the rebate on a net basis of a whole period; not rounded.

    A missed target earns nothing; neither does a basis at or below the baseline: there is no
    negative growth rebate. Raises RebateError `target_missing`, `baseline_missing`; BandsError.
    """
    rule = _Rule(bands, scheme, conditionality, target, baseline, rate_unit)
    return rule.of(rule.measured(amount))


def accrue(
    cumulative_basis: Decimal,
    bands: Sequence[Band],
    scheme: Scheme,
    *,
    expected_total: Decimal | None,
    accrued_before: Decimal,
    places: int,
    conditionality: Conditionality = Conditionality.UNCONDITIONAL,
    target: Decimal | None = None,
    baseline: Decimal | None = None,
    rate_unit: RateUnit = RateUnit.PERCENT,
) -> Accrual:
    """Return the accrual of a rebate as variable consideration, with cumulative catch-up.

    `cumulative_basis` is the period's net basis so far, `expected_total` that of the whole period
    as expected now (None: no expectation, what is earned is accrued). What was sold so far is
    accrued at the rate of the band that the expected total reaches (retroactive), or slice by
    slice (incremental); nothing where the target is expected to be missed; a growth rebate by the
    share of the expected total that is sold. An expectation below what is sold is out of date:
    then what is sold is the expectation. Amounts are rounded once, half away from zero, to
    `places` decimals. Errors are those of `earned`.
    """
    rule = _Rule(bands, scheme, conditionality, target, baseline, rate_unit)
    so_far = rule.of(rule.measured(cumulative_basis))
    if expected_total is None:
        expected, exact = cumulative_basis, Fraction(so_far)
    else:
        expected = max(expected_total, cumulative_basis)
        exact = _expected(rule, cumulative_basis, expected)
    to_date = rounded(exact, places)
    return Accrual(
        earned_to_date=quantise(so_far, places),
        expected_rate=_rate(rule, cumulative_basis, expected),
        accrue_to_date=to_date,
        catch_up=EXACT.subtract(to_date, accrued_before),
    )


def _rate(rule: _Rule, basis: Decimal, expected: Decimal) -> Decimal:
    """Return the rate that is expected; zero where a condition is expected to be missed."""
    counted = rule.measured(expected)
    if rule.conditionality is not Conditionality.UNCONDITIONAL and not counted:
        return ZERO
    if rule.scheme is Scheme.TIERED_INCREMENTAL and rule.conditionality is not _GROWTH:
        counted = basis  # what was sold is not repriced
    return band_of(counted, rule.bands).rate


def _expected(rule: _Rule, basis: Decimal, expected: Decimal) -> Fraction:
    """Return the part of the rebate expected for the whole period that belongs to sales so far."""
    if rule.conditionality is _GROWTH:
        whole = Fraction(rule.of(rule.measured(expected)))
        return whole * Fraction(basis) / Fraction(expected) if whole and basis > 0 else Fraction(0)
    counted = rule.measured(expected)
    if not counted and rule.conditionality is Conditionality.TARGET:
        return Fraction(0)
    if rule.scheme is Scheme.TIERED_INCREMENTAL or basis < 0:
        return Fraction(rule.of(basis))
    return Fraction(at_rate(basis, band_of(counted, rule.bands).rate, rule.rate_unit))


def prorate(amount: Decimal, covered_days: int, all_days: int, *, places: int) -> Decimal:
    """Return an amount × covered days ÷ all days, rounded half away from zero.

    For a target, guarantee or fee of a period of which only some days count. Raises RebateError
    `prorate_days` where the days are no part of the whole.
    """
    if all_days <= 0 or not 0 <= covered_days <= all_days:
        raise RebateError("prorate_days", covered_days=covered_days, all_days=all_days)
    return rounded(Fraction(amount) * covered_days / all_days, places)


@dataclass(frozen=True, slots=True)
class ClaimCheck:
    """A promotion claimed by quantity against what is verified; `difference` is to be disputed."""

    claimed: Decimal
    valid: Decimal
    difference: Decimal


def check_claim(rate: Decimal, claimed: Decimal, verified: Decimal, *, places: int) -> ClaimCheck:
    """Return a claim at an agreed rate per unit, and how much of it the verified units bear out.

    No more is valid than was claimed. Each amount is rounded half away from zero. Raises
    RebateError `negative_claim`.
    """
    if min(rate, claimed, verified) < 0:
        raise RebateError("negative_claim", rate=rate, claimed=claimed, verified=verified)
    asked = quantise(EXACT.multiply(rate, claimed), places)
    valid = quantise(EXACT.multiply(rate, min(claimed, verified)), places)
    return ClaimCheck(asked, valid, EXACT.subtract(asked, valid))
