"""What would leaving cost a customer, and what of a programme is price alone. No Django here."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

FORMULA_VERSION = "exit-barrier-1"
WHOLE = Decimal(100)
TOP_RATING = 5
_PLACES = Decimal("0.0001")
_PRECISION = 40
NONE = Decimal(0)
LOW, HIGH = Decimal(34), Decimal(67)


@dataclass(frozen=True, slots=True)
class Held[K: Hashable]:
    """An element that a customer has: how hard it would be to get it elsewhere, 0 to 5.

    None where nobody rated it.
    """

    key: K
    rating: int | None


@dataclass(frozen=True, slots=True)
class Brought[K: Hashable]:
    """What one element brings to the score; the parts sum to the whole."""

    key: K
    rating: int | None
    points: Decimal | None


@dataclass(frozen=True, slots=True)
class ExitBarrier[K: Hashable]:
    """The score 0 to 100 with the list behind it; no score where nothing is rated.

    `confidence` is rated elements ÷ all elements.
    """

    score: Decimal | None
    confidence: Decimal | None
    parts: Sequence[Brought[K]]


def exit_barrier[K: Hashable](elements: Sequence[Held[K]]) -> ExitBarrier[K]:
    """Return how much holds a customer back, from the rated switching cost of what it has.

    Formula: a rating r of 0 to 5 holds back r ÷ 10 of those who would leave, so a 5 keeps half;
    each element works on what the others leave:

        score = 100 · (1 − Π (1 − rᵢ ÷ 10))        over the rated elements

    One 5 gives 50, two give 75, five 96.9; 100 is only approached. So more elements, or a higher
    rating, never lower the score, and an element that nobody rated changes nothing but the
    confidence. The score is shared among the elements by ln(1 − rᵢ ÷ 10), so that equal ratings
    bring equal points, to the last decimal, and the points sum to the score.
    """
    if not elements:
        return ExitBarrier(None, None, ())
    rated = [one.rating for one in elements if one.rating is not None]
    confidence = (Decimal(len(rated)) / len(elements)).quantize(_PLACES)
    if not rated:
        empty = [Brought(one.key, None, None) for one in elements]
        return ExitBarrier(None, confidence, empty)
    score = _score(rated)
    points = iter(_shared(score, rated))
    parts = [
        Brought(one.key, one.rating, None if one.rating is None else next(points))
        for one in elements
    ]
    return ExitBarrier(score, confidence, sorted(parts, key=_weight, reverse=True))


def _weight(part: Brought[Hashable]) -> int:
    return -1 if part.rating is None else part.rating


def _stays(rating: int) -> Decimal:
    if not 0 <= rating <= TOP_RATING:
        raise ValueError(f"a rating is 0 to {TOP_RATING}, not {rating}")
    return 1 - Decimal(rating) / (2 * TOP_RATING)


def _score(ratings: Sequence[int]) -> Decimal:
    with localcontext(prec=_PRECISION):
        free = Decimal(1)
        for rating in ratings:
            free *= _stays(rating)
        return (WHOLE * (1 - free)).quantize(_PLACES)


def _shared(score: Decimal, ratings: Sequence[int]) -> list[Decimal]:
    """Share the score exactly: what rounding leaves goes to the first of the highest."""
    with localcontext(prec=_PRECISION):
        weights = [-_stays(rating).ln() for rating in ratings]
        total = sum(weights, NONE)
        if not total:
            return [NONE for _rating in ratings]
        shares = [(score * weight / total).quantize(_PLACES) for weight in weights]
    first = max(range(len(ratings)), key=lambda place: (ratings[place], -place))
    shares[first] += score - sum(shares, NONE)
    return shares


@dataclass(frozen=True, slots=True)
class Given:
    """What one element costs us and is worth to them in a year, in one currency."""

    is_price: bool
    cost: Decimal | None
    saving: Decimal | None
    worth: Decimal | None


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of what is known; None where nothing is. Missing amounts are counted, not zero."""

    cost: Decimal | None
    saving: Decimal | None
    worth: Decimal | None
    price_of_cost: Decimal | None
    price_of_worth: Decimal | None
    unknown: Mapping[str, int]

    @property
    def net_cost(self) -> Decimal | None:
        """Cost less saving, as far as either is known."""
        if self.cost is None and self.saving is None:
            return None
        return (self.cost or NONE) - (self.saving or NONE)


def totals(rows: Sequence[Given]) -> Totals:
    """Add up a programme, and say which part of its cost and of its worth is price alone.

    A share leaves out what is unknown, and is None where the known sum is zero.
    """
    return Totals(
        cost=_sum([row.cost for row in rows]),
        saving=_sum([row.saving for row in rows]),
        worth=_sum([row.worth for row in rows]),
        price_of_cost=_share([(row.cost, row.is_price) for row in rows]),
        price_of_worth=_share([(row.worth, row.is_price) for row in rows]),
        unknown={
            name: sum(getattr(row, name) is None for row in rows)
            for name in ("cost", "saving", "worth")
        },
    )


def _sum(amounts: Sequence[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, NONE) if known else None


def _share(rows: Sequence[tuple[Decimal | None, bool]]) -> Decimal | None:
    known = [(amount, is_price) for amount, is_price in rows if amount is not None]
    whole = sum((amount for amount, _is_price in known), NONE)
    if not whole:
        return None
    part = sum((amount for amount, is_price in known if is_price), NONE)
    return (part / whole).quantize(_PLACES)


# Our dependence on a customer, by its share of our revenue: borrowed conventions.
NOTABLE_SHARE, MAJOR_SHARE = Decimal("0.05"), Decimal("0.10")


def their_level(score: Decimal | None) -> int | None:
    """Return how much they depend on us: 0 little, 1 some, 2 much; None without a score."""
    return None if score is None else (score >= LOW) + (score >= HIGH)


def our_level(share: Decimal | None) -> int | None:
    """Return how much we depend on them: 0 below 5 % of our revenue, 1 below 10 %, 2 from there."""
    return None if share is None else (share >= NOTABLE_SHARE) + (share >= MAJOR_SHARE)


def balance(score: Decimal | None, share: Decimal | None) -> int | None:
    """Return who depends more: −1 we on them, 0 about equal, 1 they on us; None if unknown."""
    theirs, ours = their_level(score), our_level(share)
    if theirs is None or ours is None:
        return None
    return (theirs > ours) - (theirs < ours)
