"""What a rebate comes to and how far it is from coming to more: one answer for SQL and pages.

`rebates` accrues, `rates` knows bands; here both meet a condition with its target, floor and cap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from kam.core.exact import EXACT
from kam.core.money import quantise
from settlements.analytics.rates import Band, RateUnit, Scheme, distance, ordered
from settlements.analytics.rebates import Conditionality, accrue, earned

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RebateRule:
    """A rebate as its condition says it; `target` is the baseline of a growth rebate."""

    bands: Sequence[Band]
    scheme: Scheme
    rate_unit: RateUnit = RateUnit.PERCENT
    conditionality: Conditionality = Conditionality.UNCONDITIONAL
    target: Decimal | None = None
    floor: Decimal | None = None
    cap: Decimal | None = None

    @property
    def facts(self) -> dict[str, object]:
        """What `rebates` asks for beside amounts and bands."""
        is_growth = self.conditionality is Conditionality.GROWTH
        return {
            "conditionality": self.conditionality,
            "target": None if is_growth else self.target,
            "baseline": self.target if is_growth else None,
            "rate_unit": self.rate_unit,
        }

    @property
    def baseline(self) -> Decimal:
        """What the bands begin from: the base of a growth rebate, else zero."""
        is_growth = self.conditionality is Conditionality.GROWTH
        return self.target or ZERO if is_growth else ZERO

    def misses_target(self, basis: Decimal) -> bool:
        """Whether nothing is due because the target is not reached."""
        if self.conditionality is Conditionality.TARGET:
            return basis < (self.target or ZERO)
        return self.conditionality is Conditionality.GROWTH and basis <= self.baseline

    def bounded(self, amount: Decimal, *, missed: bool) -> Decimal:
        """Return an amount between the least and the most agreed; a missed target gives neither."""
        if missed:
            return amount
        if self.floor is not None:
            amount = max(amount, self.floor)
        return amount if self.cap is None else min(amount, self.cap)

    def pays(self, basis: Decimal, places: int) -> Decimal:
        """Return the rebate on the whole basis of a period, rounded once."""
        exact = earned(basis, self.bands, self.scheme, **self.facts)  # type: ignore[arg-type]
        return quantise(self.bounded(exact, missed=self.misses_target(basis)), places)


@dataclass(frozen=True, slots=True)
class Outlook:
    """A rebate to date: what is earned, what to accrue, and the next tier up and down.

    `to_next` more basis brings `gain` more than is earned now, at `next_rate` (None: there is no
    next tier). `above_last` is how far the basis stands past its bound and `loss` what falling
    just below it would cost (None in the first band, or under a target).
    """

    earned: Decimal
    accrued: Decimal
    rate: Decimal
    to_next: Decimal | None = None
    next_rate: Decimal | None = None
    gain: Decimal | None = None
    above_last: Decimal | None = None
    loss: Decimal | None = None


def outlook(
    rule: RebateRule, basis: Decimal, *, expected_total: Decimal | None, places: int
) -> Outlook:
    """Return a rebate to date with its distances; amounts rounded once, half away from zero.

    Before a target, the next tier is the target itself. The least and the most that were agreed
    bound what is earned, accrued, gained and lost.
    """
    now = rule.pays(basis, places)
    to_date = accrue(
        basis,
        rule.bands,
        rule.scheme,
        expected_total=expected_total,
        accrued_before=ZERO,
        places=places,
        **rule.facts,  # type: ignore[arg-type]
    )
    expected = basis if expected_total is None else max(expected_total, basis)
    accrued = rule.bounded(to_date.accrue_to_date, missed=rule.misses_target(expected))
    at = _next(rule, basis)
    above, below = _down(rule, basis, places)
    return Outlook(
        earned=now,
        accrued=quantise(accrued, places),
        rate=to_date.expected_rate,
        to_next=None if at is None else EXACT.subtract(at[0], basis),
        next_rate=None if at is None else at[1],
        gain=None if at is None else EXACT.subtract(rule.pays(at[0], places), now),
        above_last=above,
        loss=None if below is None else EXACT.subtract(now, below),
    )


def _next(rule: RebateRule, basis: Decimal) -> tuple[Decimal, Decimal] | None:
    """Return the next basis at which another rate begins, and that rate."""
    if rule.conditionality is Conditionality.TARGET and rule.misses_target(basis):
        target = rule.target or ZERO
        found = next(band for band in reversed(ordered(rule.bands)) if band.lower <= target)
        return target, found.rate
    measured = max(EXACT.subtract(basis, rule.baseline), ZERO)
    above = [band for band in ordered(rule.bands) if band.lower > measured]
    return (EXACT.add(above[0].lower, rule.baseline), above[0].rate) if above else None


def _down(rule: RebateRule, basis: Decimal, places: int) -> tuple[Decimal | None, Decimal | None]:
    """Return how far the basis is past its band's bound, and what it would come to below it."""
    if rule.conditionality is not Conditionality.UNCONDITIONAL and rule.misses_target(basis):
        return None, None
    measured = EXACT.subtract(basis, rule.baseline)
    found = distance(measured, rule.bands, rule.scheme, rule.rate_unit)
    at_target = rule.conditionality is Conditionality.TARGET and (
        found.above_last is None or EXACT.subtract(basis, rule.target or ZERO) < found.above_last
    )
    if at_target:
        return EXACT.subtract(basis, rule.target or ZERO), ZERO
    if found.above_last is None or found.pays_below is None:
        return None, None
    return found.above_last, quantise(rule.bounded(found.pays_below, missed=False), places)
