"""How complete a plan is: which of its sections are filled, fresh and owned. Not its progress."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

FRESH_MONTHS = 6
"""A section that nobody looked at for longer is stale."""

type Lack = Literal["empty", "stale", "ownerless"]


@dataclass(frozen=True, slots=True)
class SectionFacts:
    """What is known of one section.

    `seen_on` is the last day on which somebody wrote or looked at it; `is_live` sections show
    what the system knows: they are nobody's work and do not count.
    """

    kind: str
    is_required: bool
    is_filled: bool
    seen_on: date | None
    is_owned: bool
    is_live: bool = False


@dataclass(frozen=True, slots=True)
class Completeness:
    """Counts over the sections that count: those required, and those that say something.

    `fresh` and `owned` are of those filled. `percent` is the mean of the three shares, each of
    all that count, to one place: a plan that says nothing is at zero; None where none counts.
    `lacks` are section and what it lacks, in the order of the sections.
    """

    counted: int
    filled: int
    fresh: int
    owned: int
    percent: Decimal | None
    lacks: Sequence[tuple[str, Lack]]

    @property
    def is_complete(self) -> bool:
        """Whether nothing lacks."""
        return not self.lacks


def fresh_from(as_of: date) -> date:
    """Return the first day that is not stale: as many months back, the month's last day where it
    has no such day."""
    month = as_of.year * 12 + as_of.month - 1 - FRESH_MONTHS
    first = date(month // 12, month % 12 + 1, 1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return first.replace(day=min(as_of.day, (following - first).days))


def completeness(sections: Iterable[SectionFacts], *, as_of: date) -> Completeness:
    """Return how complete a plan is on a day.

    A section that is not required and says nothing is left out, and so is a live one. What is
    empty is neither fresh nor owned; whether it has a keeper is told all the same.
    """
    since = fresh_from(as_of)
    counted = [one for one in sections if not one.is_live and (one.is_required or one.is_filled)]
    lacks = [(one, lack) for one in counted for lack in _lacks(one, since)]
    filled = sum(1 for one in counted if one.is_filled)
    stale, ownerless = (
        sum(1 for one, lack in lacks if one.is_filled and lack == name)
        for name in ("stale", "ownerless")
    )
    return Completeness(
        counted=len(counted),
        filled=filled,
        fresh=filled - stale,
        owned=filled - ownerless,
        percent=_percent(3 * filled - stale - ownerless, 3 * len(counted)),
        lacks=[(one.kind, lack) for one, lack in lacks],
    )


def _lacks(one: SectionFacts, since: date) -> list[Lack]:
    found: list[Lack] = []
    if not one.is_filled:
        found.append("empty")
    elif one.seen_on is None or one.seen_on < since:
        found.append("stale")
    if not one.is_owned:
        found.append("ownerless")
    return found


def _percent(part: int, whole: int) -> Decimal | None:
    if not whole:
        return None
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
