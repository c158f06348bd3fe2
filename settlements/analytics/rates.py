"""Rates in half-open bands: what a turnover, a purchase or a number of units comes to.

A band holds its lower bound and not its upper one, so bands meet without a gap and 100.00 is in
one band only. Incremental: each slice at its own rate. Retroactive: the whole at the rate that is
reached, so the amount jumps at a bound. A negative amount, a period of returns, is at the rate of
the first band in both, so that it gives back what the first sales brought.

Nothing here is rounded: who books an amount rounds it once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from kam.core.exact import EXACT, exact_sum
from settlements.analytics.problems import CalculationError, Problem

ZERO, WHOLE = Decimal(0), Decimal(100)


class BandsError(CalculationError):
    """Bands that do not cover every amount from zero on exactly once; the first problem's code."""


class Scheme(StrEnum):
    """How rates apply to an amount."""

    PERCENT = "percent"
    """One rate for everything."""
    TIERED_INCREMENTAL = "tiered_incremental"
    TIERED_RETROACTIVE = "tiered_retroactive"


class RateUnit(StrEnum):
    """What a rate is counted in: hundredths of an amount, or money for each unit."""

    PERCENT = "percent"
    PER_UNIT = "per_unit"


@dataclass(frozen=True, slots=True)
class Band:
    """A rate from `lower` on and below `upper` (None: no end); 22 means 22 %."""

    lower: Decimal
    upper: Decimal | None
    rate: Decimal

    def holds(self, amount: Decimal) -> bool:
        """Whether the amount is in the half-open band."""
        return self.lower <= amount and (self.upper is None or amount < self.upper)


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of an amount at one rate: what a recomputable line shows."""

    band: Band
    basis: Decimal
    amount: Decimal


# Checks


def check_bands(
    bands: Sequence[Band],
    *,
    scheme: Scheme | None = None,
    rate_unit: RateUnit = RateUnit.PERCENT,
) -> list[Problem]:
    """Return everything that keeps bands from covering [0, ∞) once; rows as they were given.

    Codes: `no_bands`, `not_a_number`, `empty_band` (upper ≤ lower), `not_from_zero`, `gap` and
    `overlap` (with `start`, `end`; row of the later band), `not_open_ended`, `rate_negative`,
    `rate_above_100` (percentages), `one_rate_only` (several bands under `percent`).
    """
    if not bands:
        return [Problem("no_bands")]
    if wrong := [
        Problem("not_a_number", row=row) for row, one in enumerate(bands) if not _finite(one)
    ]:
        return wrong
    found = [problem for row, one in enumerate(bands) for problem in _band(one, row, rate_unit)]
    found += _coverage(bands)
    if scheme is Scheme.PERCENT and len(bands) > 1:
        found.append(Problem("one_rate_only"))
    return found


def _finite(band: Band) -> bool:
    return all(n.is_finite() for n in (band.lower, band.upper or ZERO, band.rate))


def _band(band: Band, row: int, rate_unit: RateUnit) -> list[Problem]:
    found = []
    if band.upper is not None and band.upper <= band.lower:
        found.append(Problem("empty_band", {"lower": band.lower, "upper": band.upper}, row))
    if band.rate < 0:
        found.append(Problem("rate_negative", {"rate": band.rate}, row))
    if rate_unit is RateUnit.PERCENT and band.rate > WHOLE:
        found.append(Problem("rate_above_100", {"rate": band.rate}, row))
    return found


def _coverage(bands: Sequence[Band]) -> list[Problem]:
    """Return where sorted bands do not start at zero, do not meet, or end."""
    order = sorted(range(len(bands)), key=lambda row: (bands[row].lower, row))
    first, found = bands[order[0]], list[Problem]()
    if first.lower != 0:
        found.append(Problem("not_from_zero", {"lower": first.lower}, order[0]))
    reach = first.upper
    for row in order[1:]:
        band = bands[row]
        if reach is None or band.lower < reach:
            end = band.upper if reach is None else _lower_end(reach, band.upper)
            found.append(Problem("overlap", {"start": band.lower, "end": end}, row))
        elif band.lower > reach:
            found.append(Problem("gap", {"start": reach, "end": band.lower}, row))
        reach = None if reach is None or band.upper is None else max(reach, band.upper)
    if reach is not None:
        found.append(Problem("not_open_ended", {"upper": reach}, order[-1]))
    return found


def _lower_end(reach: Decimal, upper: Decimal | None) -> Decimal:
    return reach if upper is None else min(reach, upper)


@lru_cache(maxsize=4096)
def _checked(bands: tuple[Band, ...]) -> tuple[Band, ...]:
    for problem in check_bands(bands, rate_unit=RateUnit.PER_UNIT):
        raise BandsError.of(problem)
    return tuple(sorted(bands, key=lambda band: band.lower))


def ordered(bands: Sequence[Band]) -> tuple[Band, ...]:
    """Return the bands lowest first; raise BandsError where they do not cover [0, ∞) once."""
    return _checked(tuple(bands))


# Amounts


def band_of(amount: Decimal, bands: Sequence[Band]) -> Band:
    """Return the band that an amount is in; the first for a negative one."""
    rising = ordered(bands)
    return next((band for band in rising if band.holds(amount)), rising[0])


def at_rate(amount: Decimal, rate: Decimal, rate_unit: RateUnit = RateUnit.PERCENT) -> Decimal:
    """Return the exact amount at a rate."""
    product = EXACT.multiply(amount, rate)
    return product if rate_unit is RateUnit.PER_UNIT else product.scaleb(-2, context=EXACT)


def incremental(
    amount: Decimal, bands: Sequence[Band], rate_unit: RateUnit = RateUnit.PERCENT
) -> Decimal:
    """Return what an amount comes to with each slice at its own rate; not rounded.

    A net negative amount is at the rate of the first band: the deduction is given back.
    """
    return applied(amount, bands, Scheme.TIERED_INCREMENTAL, rate_unit)


def retroactive(
    amount: Decimal, bands: Sequence[Band], rate_unit: RateUnit = RateUnit.PERCENT
) -> Decimal:
    """Return what an amount comes to with the whole at the rate reached; not rounded.

    A net negative amount is at the rate of the first band: the deduction is given back.
    """
    return applied(amount, bands, Scheme.TIERED_RETROACTIVE, rate_unit)


def applied(
    amount: Decimal,
    bands: Sequence[Band],
    scheme: Scheme,
    rate_unit: RateUnit = RateUnit.PERCENT,
) -> Decimal:
    """Return what an amount comes to under a scheme, not rounded: the sum of its slices."""
    return exact_sum(one.amount for one in slices(amount, bands, scheme, rate_unit))


def slices(
    amount: Decimal,
    bands: Sequence[Band],
    scheme: Scheme = Scheme.TIERED_INCREMENTAL,
    rate_unit: RateUnit = RateUnit.PERCENT,
) -> list[Slice]:
    """Return an amount's parts by band, lowest first; their bases add up to it. Zero has none.

    Retroactive (and one rate for everything) gives a single slice; so does a negative amount.
    """
    if scheme is not Scheme.TIERED_INCREMENTAL or amount < 0:
        bases = [(band_of(amount, bands), amount)]
    else:
        bases = [(band, _inside(amount, band)) for band in ordered(bands)]
    return [Slice(one, part, at_rate(part, one.rate, rate_unit)) for one, part in bases if part]


def _inside(amount: Decimal, band: Band) -> Decimal:
    """Return how much of an amount of zero or more lies in a band."""
    end = amount if band.upper is None else min(amount, band.upper)
    return max(EXACT.subtract(end, band.lower), ZERO)


# Distance


@dataclass(frozen=True, slots=True)
class Distance:
    """How far an amount is from the bounds of its band, and what crossing them is worth.

    Up: at `to_next` more it comes to `pays_there`, `gain` more than now, of which `jump` at the
    bound itself (zero for incremental). None in the last band. Down: it stands `above_last` past
    its band's lower bound; at any less it would come to no more than `pays_below` — the value just
    below the bound — which is `loss` less than now, `fall` of it at the bound. None in the first.
    Where rates fall, gain, jump, loss and fall may be negative.
    """

    rate: Decimal
    pays_now: Decimal
    to_next: Decimal | None = None
    next_rate: Decimal | None = None
    pays_there: Decimal | None = None
    gain: Decimal | None = None
    jump: Decimal | None = None
    above_last: Decimal | None = None
    previous_rate: Decimal | None = None
    pays_below: Decimal | None = None
    loss: Decimal | None = None
    fall: Decimal | None = None


def distance(
    amount: Decimal,
    bands: Sequence[Band],
    scheme: Scheme,
    rate_unit: RateUnit = RateUnit.PERCENT,
) -> Distance:
    """Return how far an amount is from the next band and from falling back; not rounded.

    A negative amount is in the first band, as far from the next as it takes to get there.
    """
    rising = ordered(bands)
    place = rising.index(band_of(amount, rising))
    now = applied(amount, rising, scheme, rate_unit)
    up = _bound(rising, place + 1, scheme, rate_unit)
    down = _bound(rising, place, scheme, rate_unit)
    found = Distance(rising[place].rate, now)
    if up:
        found = replace(
            found,
            to_next=EXACT.subtract(up.at, amount),
            next_rate=up.rate,
            pays_there=up.value,
            gain=EXACT.subtract(up.value, now),
            jump=EXACT.subtract(up.value, up.below),
        )
    if down:
        found = replace(
            found,
            above_last=EXACT.subtract(amount, down.at),
            previous_rate=down.previous_rate,
            pays_below=down.below,
            loss=EXACT.subtract(now, down.below),
            fall=EXACT.subtract(down.value, down.below),
        )
    return found


@dataclass(frozen=True, slots=True)
class _Bound:
    """A bound between two bands: what an amount on it comes to, and one just below it."""

    at: Decimal
    rate: Decimal
    previous_rate: Decimal
    value: Decimal
    below: Decimal


def _bound(
    rising: Sequence[Band], place: int, scheme: Scheme, rate_unit: RateUnit
) -> _Bound | None:
    """Return the bound where the band in a place begins; None for the first and past the last."""
    if not 0 < place < len(rising):
        return None
    band, previous = rising[place], rising[place - 1]
    value = applied(band.lower, rising, scheme, rate_unit)
    if scheme is Scheme.TIERED_INCREMENTAL:
        below = value
    else:
        below = at_rate(band.lower, previous.rate, rate_unit)
    return _Bound(band.lower, band.rate, previous.rate, value, below)
