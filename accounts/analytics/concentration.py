"""Revenue concentration: how much of the revenue hangs on how few customers.

A customer here is whatever the caller grouped by (group, banner, region, category). Shares are
of the customers with *positive* net revenue; customers at zero or below are left out of the
shares, listed apart, and together with the unassigned revenue they reconcile to the net total:
`net_total = total + total_left_out + unassigned`, exactly.

Exactness: amounts are `Decimal` and are summed without rounding; shares, HHI and Gini are exact
`Fraction`s of integers (`Shares`), and every decision (the 80 % point, the 10 % list, a band) is
taken on them. Only the figures that are shown and stored are rounded, to 12 decimals half up.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction
from functools import cached_property
from itertools import accumulate, takewhile
from operator import itemgetter

from accounts.analytics.keys import Key
from kam.core.exact import EXACT, exact_sum, quotient, ratio, rounded

FORMULA_VERSION = "concentration-1"

MAJOR_FROM = Decimal("0.10")
"""10 % or more of net revenue is a major customer: ASC 280-10-50-42, IFRS 8.34."""
WATCH_FROM = Decimal("0.08")
"""From here up to the 10 % line a customer is on the watch list."""
PARETO = Fraction(4, 5)
HHI_SCALE = 10_000

FIGURES = (
    *("customers", "left_out", "total", "total_left_out", "unassigned", "net_total"),
    *("major_base", "cr1", "cr3", "cr5", "cr10", "top20pct", "to_80pct", "hhi", "effective"),
    *("normalised_hhi", "gini", "at_least_10pct"),
)


class Level(IntEnum):
    """How concentrated, by the borrowed bands; a higher number is more concentrated."""

    LOW = 0
    MODERATE = 1
    HIGH = 2
    VERY_HIGH = 3


@dataclass(frozen=True, slots=True)
class Bands:
    """Lower edges (inclusive) of the levels, for HHI × 10,000 and for one customer's share.

    They are conventions borrowed from merger review and from lenders, not a law of this
    business; a page that uses them shows `label`.
    """

    hhi: tuple[Decimal, Decimal, Decimal] = (Decimal(1000), Decimal(1800), Decimal(2500))
    single: tuple[Decimal, Decimal, Decimal] = (Decimal("0.20"), Decimal("0.30"), Decimal("0.50"))
    label: str = "borrowed conventions"

    def __post_init__(self) -> None:
        """Refuse bands that do not ascend."""
        for edges in (self.hhi, self.single):
            if not edges[0] < edges[1] < edges[2]:
                raise ValueError("The edges of the bands must ascend.")

    def hhi_level(self, hhi: Fraction) -> Level:
        """Return the level of an exact HHI between 0 and 1."""
        return _level(hhi * HHI_SCALE, self.hhi)

    def single_level(self, share: Fraction) -> Level:
        """Return the level of one customer's exact share between 0 and 1."""
        return _level(share, self.single)


DEFAULT_BANDS = Bands()


@dataclass(frozen=True)
class Shares:
    """Exact measures of positive amounts held as integers, largest first."""

    values: tuple[int, ...]
    running: tuple[int, ...]

    @classmethod
    def of(cls, amounts: Sequence[Decimal]) -> "Shares":
        """Scale positive amounts to integers of their finest decimal place, largest first."""
        if any(amount <= 0 for amount in amounts):
            raise ValueError("Shares are of positive amounts only.")
        values = tuple(sorted(_scaled(amounts), reverse=True))
        return cls(values, tuple(accumulate(values)))

    def without(self, rank: int) -> "Shares":
        """Return the measures when the customer at this rank (from 1) is lost: cheap, no rows."""
        if not 1 <= rank <= len(self):
            raise ValueError("There is no customer at this rank.")
        values = self.values[: rank - 1] + self.values[rank:]
        return Shares(values, tuple(accumulate(values)))

    def __len__(self) -> int:
        """Return the number of customers."""
        return len(self.values)

    @property
    def total(self) -> int:
        """Return the sum in scaled units; 0 without customers."""
        return self.running[-1] if self.running else 0

    def cr(self, count: int) -> Fraction | None:
        """Return the share of the `count` largest; with fewer customers, all of them."""
        if count < 1:
            raise ValueError("A concentration ratio is of at least one customer.")
        if not self.running:
            return None
        return Fraction(self.running[min(count, len(self)) - 1], self.total)

    def count_to_reach(self, share: Fraction) -> int | None:
        """Return how many of the largest are needed to hold at least this share."""
        if not self.running or share > 1:
            return None
        needed = -(-self.total * share.numerator // share.denominator)
        return bisect_left(self.running, needed) + 1

    @cached_property
    def hhi(self) -> Fraction | None:
        """Return Σ sᵢ², from 1/n (all equal) to 1 (one customer)."""
        if not self.values:
            return None
        return Fraction(sum(value * value for value in self.values), self.total**2)

    @property
    def normalised_hhi(self) -> Fraction | None:
        """Return (HHI − 1/n) ÷ (1 − 1/n), from 0 to 1; a single customer has none."""
        hhi, count = self.hhi, len(self)
        if hhi is None or count < 2:
            return None
        return (hhi - Fraction(1, count)) / (1 - Fraction(1, count))

    @property
    def gini(self) -> Fraction | None:
        """Return 2·Σ i·x₍ᵢ₎ ÷ (n·Σx) − (n+1)/n with x ascending, from 0 up to below 1.

        It measures inequality, not dependence: two equal customers have Gini 0, HHI 5,000.
        """
        count = len(self)
        if not count:
            return None
        weighted = sum(rank * value for rank, value in enumerate(reversed(self.values), 1))
        return Fraction(2 * weighted, count * self.total) - Fraction(count + 1, count)


@dataclass(frozen=True, slots=True)
class Ranked[K: Key]:
    """One customer in the ranking, and so one point of the Pareto curve.

    `share` and `cumulative` are of all positive customers. `share_of_net` is of the whole net
    revenue, the denominator of the 10 % rule, and None when that is not positive.
    """

    rank: int
    key: K
    amount: Decimal
    share: Decimal
    cumulative_amount: Decimal
    cumulative: Decimal
    share_of_net: Decimal | None


@dataclass(frozen=True, slots=True)
class Concentration[K: Key]:
    """Concentration of one scope and period; ratios are 0 to 1, HHI is × 10,000.

    A ratio that cannot be computed is None, never 0: all of them without a positive customer,
    `normalised_hhi` with a single one, the 10 % list when net revenue is not positive.
    """

    formula_version: str
    customers: int
    left_out: int
    total: Decimal
    total_left_out: Decimal
    unassigned: Decimal
    net_total: Decimal
    major_base: Decimal
    top20pct: Decimal | None
    to_80pct: int | None
    hhi: Decimal | None
    effective: Decimal | None
    normalised_hhi: Decimal | None
    gini: Decimal | None
    ranked: tuple[Ranked[K], ...]
    left_out_rows: tuple[tuple[K, Decimal], ...]
    exact: Shares

    def cr(self, count: int) -> Decimal | None:
        """Return the share of the `count` largest; with fewer customers, all of them."""
        return _maybe(self.exact.cr(count))

    @property
    def cr1(self) -> Decimal | None:
        """Return the share of the largest customer."""
        return self.cr(1)

    @property
    def cr3(self) -> Decimal | None:
        """Return the share of the three largest customers."""
        return self.cr(3)

    @property
    def cr5(self) -> Decimal | None:
        """Return the share of the five largest customers."""
        return self.cr(5)

    @property
    def cr10(self) -> Decimal | None:
        """Return the share of the ten largest customers."""
        return self.cr(10)

    @property
    def major(self) -> tuple[Ranked[K], ...]:
        """Return customers at 10 % *or more* of `major_base`, compared exactly."""
        return tuple(self._reaching(MAJOR_FROM))

    @property
    def watch(self) -> tuple[Ranked[K], ...]:
        """Return customers from 8 % up to, not including, 10 % of `major_base`."""
        return tuple(self._reaching(WATCH_FROM))[len(self.major) :]

    @property
    def at_least_10pct(self) -> int | None:
        """Return the length of the 10 % list, None when net revenue is not positive."""
        return len(self.major) if self.major_base > 0 else None

    def figures(self) -> dict[str, int | str | None]:
        """Return the figures for storing as JSON: counts as numbers, decimals as text."""
        values = {name: getattr(self, name) for name in FIGURES}
        return {
            name: f"{value:f}" if isinstance(value, Decimal) else value
            for name, value in values.items()
        }

    def hhi_level(self, bands: Bands = DEFAULT_BANDS) -> Level | None:
        """Return the borrowed level of the exact HHI."""
        hhi = self.exact.hhi
        return None if hhi is None else bands.hhi_level(hhi)

    def single_level(self, bands: Bands = DEFAULT_BANDS) -> Level | None:
        """Return the borrowed level of the largest customer's exact share."""
        share = self.exact.cr(1)
        return None if share is None else bands.single_level(share)

    def without(self, key: K) -> "Concentration[K]":
        """Return the concentration of what is left when this customer is lost, all else equal.

        It ranks everybody again; for a column of figures `exact.without(rank)` is enough. Raises
        KeyError for an unknown customer, ValueError where not everybody was ranked.
        """
        if len(self.ranked) != self.customers:
            raise ValueError("Rank everybody (no `depth`) to leave one out.")
        rows = [*((row.key, row.amount) for row in self.ranked), *self.left_out_rows]
        lost = [amount for one, amount in rows if one == key]
        if not lost:
            raise KeyError(key)
        return concentration(
            (row for row in rows if row[0] != key),
            unassigned=self.unassigned,
            company_total=EXACT.subtract(self.major_base, lost[0]),
        )

    def _reaching(self, threshold: Decimal) -> Iterator[Ranked[K]]:
        if self.major_base <= 0:
            return
        line = EXACT.multiply(threshold, self.major_base)
        for row in self.ranked:
            if row.amount < line:
                return
            yield row


def concentration[K: Key](
    totals: Iterable[tuple[K, Decimal]],
    *,
    unassigned: Decimal = Decimal(0),
    company_total: Decimal | None = None,
    depth: int | None = None,
) -> Concentration[K]:
    """Return the concentration of net revenue per customer, one total for each key.

    `unassigned` is revenue without a customer: in the net total, in no share. `company_total` is
    the company's whole net revenue, unassigned and negative included, given when the totals are a
    slice of it (a region, a category); without it the net total of the slice is the denominator
    of the 10 % list. Order is stable: amount descending, then key. `depth` spares ranking
    everybody where only figures are wanted: `ranked` then holds that many, and everybody who is
    on the 10 % list or its watch band. Raises ValueError for a key given twice or an amount that
    is not a number.
    """
    entries = _checked(totals, (unassigned, company_total or Decimal(0)))
    entries.sort(key=itemgetter(0))
    kept = sorted((one for one in entries if one[1] > 0), key=itemgetter(1), reverse=True)
    left = sorted((one for one in entries if one[1] <= 0), key=itemgetter(1))
    total, total_left_out = (exact_sum(amount for _, amount in part) for part in (kept, left))
    net_total = exact_sum((total, total_left_out, unassigned))
    base = net_total if company_total is None else company_total
    shares = Shares.of([amount for _, amount in kept])
    return Concentration(
        formula_version=FORMULA_VERSION,
        customers=len(kept),
        left_out=len(left),
        total=total,
        total_left_out=total_left_out,
        unassigned=unassigned,
        net_total=net_total,
        major_base=base,
        top20pct=_top_fifth(shares),
        to_80pct=shares.count_to_reach(PARETO),
        hhi=_maybe(shares.hhi, scale=HHI_SCALE),
        effective=None if shares.hhi is None else rounded(1 / shares.hhi),
        normalised_hhi=_maybe(shares.normalised_hhi),
        gini=_maybe(shares.gini),
        ranked=tuple(_ranked(kept[: _deep_enough(kept, base, depth)], shares, base)),
        left_out_rows=tuple(left),
        exact=shares,
    )


def _checked[K: Key](
    totals: Iterable[tuple[K, Decimal]], others: tuple[Decimal, ...]
) -> list[tuple[K, Decimal]]:
    entries = list(totals)
    if len({key for key, _ in entries}) != len(entries):
        raise ValueError("Each customer may appear only once.")
    if not all(amount.is_finite() for amount in (*others, *(one[1] for one in entries))):
        raise ValueError("Every amount must be a finite number.")
    return entries


def _ranked[K: Key](
    kept: Sequence[tuple[K, Decimal]], shares: Shares, base: Decimal
) -> Iterator[Ranked[K]]:
    running = accumulate((amount for _, amount in kept), EXACT.add)
    for rank, ((key, amount), sofar) in enumerate(zip(kept, running, strict=True), 1):
        yield Ranked(
            rank=rank,
            key=key,
            amount=amount,
            share=quotient(shares.values[rank - 1], shares.total),
            cumulative_amount=sofar,
            cumulative=quotient(shares.running[rank - 1], shares.total),
            share_of_net=ratio(amount, base),
        )


def _deep_enough[K: Key](
    kept: Sequence[tuple[K, Decimal]], base: Decimal, depth: int | None
) -> int | None:
    if depth is None or base <= 0:
        return depth
    line = EXACT.multiply(WATCH_FROM, base)
    return max(depth, sum(1 for _ in takewhile(lambda one: one[1] >= line, kept)))


def _top_fifth(shares: Shares) -> Decimal | None:
    """Return the share of the first ceil(n/5) customers, counted in integers."""
    return _maybe(shares.cr(-(-len(shares) // 5))) if len(shares) else None


def _scaled(amounts: Sequence[Decimal]) -> Iterator[int]:
    """Whole numbers of the finest place among them, which is that of their exact sum."""
    places = max(-int(exact_sum(amounts).as_tuple().exponent), 0)
    for amount in amounts:
        yield int(amount.scaleb(places, EXACT))


def _level(value: Fraction, edges: tuple[Decimal, Decimal, Decimal]) -> Level:
    return Level(sum(value >= Fraction(edge) for edge in edges))


def _maybe(value: Fraction | None, *, scale: int = 1) -> Decimal | None:
    return None if value is None else rounded(value * scale)
