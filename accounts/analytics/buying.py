"""How an account buys: season, rhythm, recency, and categories that fell silent.

Inputs are what the account bought (net amounts, order days); a month inside the period without
purchases is a real zero, a figure that needs more history than there is is None.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from accounts.analytics.keys import Key
from kam.core.dates import MONTHS_PER_YEAR, Period, add_months
from kam.core.exact import exact_sum, rounded

FORMULA_VERSION = "buying-1"

type SeasonIndex = dict[int, Decimal | None]

_NO_SEASON: SeasonIndex = dict.fromkeys(range(1, MONTHS_PER_YEAR + 1))


def seasonality(monthly: Mapping[date, Decimal], period: Period) -> SeasonIndex:
    """Return an index for each calendar month, 1 = the average month; they average 1.

    `monthly` maps the first day of a month to its net revenue. Only the last whole years of the
    period count, so that each calendar month weighs the same: the index is the month's revenue
    over those years ÷ a twelfth of all. All None with less than 12 whole months, or when revenue
    over them is not positive.
    """
    whole = period.split().whole
    months = list(whole.months()) if whole else []
    usable = months[len(months) % MONTHS_PER_YEAR :]
    total = exact_sum(monthly.get(month.start, Decimal(0)) for month in usable)
    if not usable or total <= 0:
        return dict(_NO_SEASON)
    return {
        number: _season_index(monthly, [m for m in usable if m.start.month == number], total)
        for number in _NO_SEASON
    }


def _season_index(
    monthly: Mapping[date, Decimal], months: Iterable[Period], total: Decimal
) -> Decimal:
    own = exact_sum(monthly.get(month.start, Decimal(0)) for month in months)
    return rounded(Fraction(own) * MONTHS_PER_YEAR / Fraction(total), places=6)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Order rhythm as of a day; several orders on one day count as one order day.

    `median_gap_days` is the median of days between neighbouring order days, None below two order
    days. `lateness` is recency ÷ median gap: 1 is on time, 2 is one order missed.
    `orders_per_month` counts from the first order day to the day itself, in months of 30.4375
    days; None below two order days.
    """

    order_days: int
    first_on: date | None
    last_on: date | None
    recency_days: int | None
    median_gap_days: Decimal | None
    orders_per_month: Decimal | None
    lateness: Decimal | None


def rhythm(ordered_on: Iterable[date], *, as_of: date) -> Rhythm:
    """Return the order rhythm up to and including a day; later orders are not seen."""
    days = sorted({day for day in ordered_on if day <= as_of})
    if not days:
        return Rhythm(0, None, None, None, None, None, None)
    recency = (as_of - days[-1]).days
    gap = _median([(later - earlier).days for earlier, later in pairwise(days)])
    span = Fraction((as_of - days[0]).days + 1) / Fraction("30.4375")
    return Rhythm(
        order_days=len(days),
        first_on=days[0],
        last_on=days[-1],
        recency_days=recency,
        median_gap_days=None if gap is None else rounded(gap, places=1),
        orders_per_month=None if gap is None else rounded(len(days) / span, places=4),
        lateness=None if gap is None else rounded(recency / gap, places=4),
    )


def _median(values: list[int]) -> Fraction | None:
    """Return the exact median: the middle value, or the mean of the middle two."""
    if not values:
        return None
    ordered, middle = sorted(values), len(values) // 2
    if len(ordered) % 2:
        return Fraction(ordered[middle])
    return Fraction(ordered[middle - 1] + ordered[middle], 2)


@dataclass(frozen=True, slots=True)
class LapseWindows:
    """The twelve months a category was bought in, and the months after in which it was not."""

    before: Period
    quiet: Period


def lapse_windows(as_of: date, quiet_months: int) -> LapseWindows:
    """Return the last `quiet_months` up to and including the day, and the 12 months before."""
    quiet = Period.rolling(as_of, quiet_months)
    return LapseWindows(Period(add_months(quiet.start, -MONTHS_PER_YEAR), quiet.start), quiet)


@dataclass(frozen=True, slots=True)
class Lapsed[K: Key]:
    """A category that fell silent: its net revenue before, and the last day it was bought."""

    key: K
    amount: Decimal
    last_on: date


def lapsed[K: Key](
    purchases: Iterable[tuple[K, date, Decimal]], windows: LapseWindows
) -> list[Lapsed[K]]:
    """Return categories with positive net revenue before and no purchase in the quiet window.

    A purchase is a positive amount: a late credit note does not keep a category alive. Ordered by
    the revenue at stake, largest first, then by key.
    """
    before: dict[K, list[tuple[date, Decimal]]] = {}
    alive: set[K] = set()
    for key, day, amount in purchases:
        if day in windows.quiet and amount > 0:
            alive.add(key)
        elif day in windows.before:
            before.setdefault(key, []).append((day, amount))
    found = [_lapse(key, rows) for key, rows in before.items() if key not in alive]
    return sorted((one for one in found if one), key=lambda one: (-one.amount, one.key))


def _lapse[K: Key](key: K, rows: list[tuple[date, Decimal]]) -> Lapsed[K] | None:
    amount = exact_sum(amount for _, amount in rows)
    if amount <= 0:
        return None
    return Lapsed(key, amount, max(day for day, one in rows if one > 0))
