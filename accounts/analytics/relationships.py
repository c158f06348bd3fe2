"""How strong our ties to the people of an account are, and whom we forget.

Plain figures in, plain figures out. Everywhere None means "not known": what is not known is left
out and the rest rescaled, it never becomes zero. Scales: influence 1 to 5, support -2 to +2,
relationship level 0 (none) to 4 (trusted advisor). Results are shares from 0 to 1 but for
strength, which runs from 0 to 100.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

FORMULA_VERSION = "relationships-1"
HALF_LIFE = 45
RECENT_DAYS = 90
STRONG_FROM = Decimal(50)
DISAGREEMENT = 2
ATTENTION_SHARE = Decimal("0.7")
ATTENTION_FROM = 3
HIGHEST_LEVEL = 4
INFLUENCE = range(1, 6)
SUPPORT = range(-2, 3)
LEVELS = range(HIGHEST_LEVEL + 1)

WEIGHTS: Mapping[str, int] = {"recency": 30, "cadence": 25, "sentiment": 25, "level": 20}


def recency(days: int, half_life: int = HALF_LIFE) -> Decimal:
    """Return 0.5^(days / half-life): 1 today, a half after one half-life, never quite 0.

    Raises ValueError for a day in the future or a half-life that is not above zero.
    """
    if days < 0 or half_life <= 0:
        raise ValueError("days are not in the future and a half-life is above zero")
    return Decimal("0.5") ** (Decimal(days) / Decimal(half_life))


def cadence(contacts: int, expected: Decimal) -> Decimal | None:
    """Return two-way contacts against those expected in the same window, at most 1.

    None where nothing is expected: no pace can be kept or missed then.
    """
    if expected <= 0:
        return None
    return min(Decimal(1), Decimal(max(contacts, 0)) / expected)


def sentiment(support: int | None) -> Decimal | None:
    """Return support of -2 to +2 as 0 to 1."""
    return None if support is None else Decimal(support + 2) / 4


def level(current: int | None) -> Decimal | None:
    """Return a relationship level of 0 to 4 as 0 to 1."""
    return None if current is None else Decimal(current) / HIGHEST_LEVEL


@dataclass(frozen=True, slots=True)
class Strength:
    """`value` is 0 to 100; `confidence` is the weight of what is known, of all the weight."""

    value: Decimal
    confidence: Decimal


def strength(
    parts: Mapping[str, Decimal | None], weights: Mapping[str, int] = WEIGHTS
) -> Strength | None:
    """Return 100·Σ wₖxₖ / Σ wₖ over the parts that are known; None where none is.

    Parts are named as the weights and run from 0 to 1; a part without a weight does not count.
    """
    known = {name: value for name, value in parts.items() if value is not None}
    weight = sum(weights.get(name, 0) for name in known)
    if not weight:
        return None
    parts_weighed = (weights.get(name, 0) * value for name, value in known.items())
    total = sum(parts_weighed, Decimal(0))
    return Strength(100 * total / weight, Decimal(weight) / sum(weights.values()))


@dataclass(frozen=True, slots=True)
class Tie:
    """One person of an account: influence and strength, each None where it is not known."""

    influence: int | None
    strength: Decimal | None


def account_strength(ties: Iterable[Tie]) -> Decimal | None:
    """Return the influence-weighted mean strength, so that juniors do not hide a hostile buyer.

    Only people whose influence and strength are both known count; None where there are none.
    """
    known = [(t.influence, t.strength) for t in ties if t.influence and t.strength is not None]
    weight = sum(influence for influence, _ in known)
    if not weight:
        return None
    return sum((influence * value for influence, value in known), Decimal(0)) / weight


def influence_coverage(ties: Iterable[Tie], strong_from: Decimal = STRONG_FROM) -> Decimal | None:
    """Return Σ influence of people with strength at or above the threshold, of Σ influence.

    Somebody with influence whose strength is not known counts below the line only: whom we do
    not know, we do not cover. None where nobody's influence is known, or nobody's strength.
    """
    rated = [tie for tie in ties if tie.influence]
    if not rated or all(tie.strength is None for tie in rated):
        return None
    strong = [t for t in rated if t.strength is not None and t.strength >= strong_from]
    return Decimal(_influence(strong)) / _influence(rated)


def _influence(ties: Iterable[Tie]) -> int:
    return sum(tie.influence or 0 for tie in ties)


def role_coverage(filled: Collection[str], required: Collection[str]) -> Decimal | None:
    """Return how many of the required roles somebody known fills; None where none is required."""
    wanted = set(required)
    return Decimal(len(wanted & set(filled))) / len(wanted) if wanted else None


class Gap(StrEnum):
    """What a required function still lacks, or that it lacks nothing."""

    NOBODY = "nobody"
    NO_CONTACT_KNOWN = "no_contact_known"
    CONTACT_TOO_OLD = "contact_too_old"
    COVERED = "covered"


@dataclass(frozen=True, slots=True)
class FunctionState:
    """A required function: how many people we know there, days since the last two-way contact."""

    function: str
    people: int
    days_since_contact: int | None


def function_gap(state: FunctionState, within_days: int = RECENT_DAYS) -> Gap:
    """Say what a required function lacks: a known person, a known contact, a recent contact.

    A contact exactly `within_days` old is recent still.
    """
    if state.people <= 0:
        return Gap.NOBODY
    if state.days_since_contact is None:
        return Gap.NO_CONTACT_KNOWN
    return Gap.COVERED if state.days_since_contact <= within_days else Gap.CONTACT_TOO_OLD


def function_coverage(gaps: Sequence[Gap]) -> Decimal | None:
    """Return covered functions of those required.

    None where none is required, and where functions have people but no contact is known of any:
    then nothing is known about contacts, which is not the same as there being none.
    """
    manned = [gap for gap in gaps if gap is not Gap.NOBODY]
    if not gaps or (manned and all(gap is Gap.NO_CONTACT_KNOWN for gap in manned)):
        return None
    return Decimal(sum(gap is Gap.COVERED for gap in gaps)) / len(gaps)


def threads(functions: Iterable[str] | None) -> int | None:
    """Return how many functions we have live two-way contact with; None where none is known."""
    return None if functions is None else len(set(functions))


def is_single_threaded(count: int | None) -> bool:
    """Tell whether everything hangs on one thread; not knowing is not a warning."""
    return count == 1


def spread(values: Iterable[int]) -> int:
    """Return how far ratings lie apart: highest less lowest, 0 for fewer than two."""
    found = list(values)
    return max(found) - min(found) if found else 0


def disagree(values: Iterable[int], steps: int = DISAGREEMENT) -> bool:
    """Tell whether two raters are apart by so many steps or more."""
    return spread(values) >= steps


def takes_all_attention(
    counts: Mapping[str, int],
    share: Decimal = ATTENTION_SHARE,
    at_least: int = ATTENTION_FROM,
) -> str | None:
    """Name the function that takes the given share of the attention or more, if one does.

    `counts` are contacts (or known people) by function. With fewer than `at_least` of them in
    all nothing is said. Of functions with equal counts none takes all.
    """
    total = sum(counts.values())
    if total < at_least:
        return None
    name = max(counts, key=lambda one: counts[one])
    return name if Decimal(counts[name]) / total >= share else None


def largest_share(counts: Mapping[int, int]) -> tuple[int, Decimal] | None:
    """Return who of ours carries most of the contacts and which share; None without contacts."""
    total = sum(counts.values())
    if not total:
        return None
    who = max(sorted(counts), key=lambda one: counts[one])
    return who, Decimal(counts[who]) / total
