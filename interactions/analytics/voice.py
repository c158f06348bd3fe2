"""How satisfied customers are, from ratings on whatever scale they gave.

Points run from 0 to 100. None means: nobody said, which is not 0.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

FORMULA_VERSION = "voice-1"
VALID_DAYS = 365
HUNDREDTH = Decimal("0.01")
GOOD_FROM, POOR_BELOW = Decimal(70), Decimal(50)


def points(value: Decimal, lowest: Decimal, highest: Decimal) -> Decimal:
    """Return a rating on its own scale as 0 to 100, to two places, halves away from zero.

    Raises ValueError for a scale without length and for a value off its scale.
    """
    if lowest >= highest or not lowest <= value <= highest:
        raise ValueError("a value lies on a scale whose end is above its start")
    share = (value - lowest) * 100 / (highest - lowest)
    return share.quantize(HUNDREDTH, ROUND_HALF_UP)


class Mood(StrEnum):
    """What points mean."""

    GOOD = "good"
    MIXED = "mixed"
    POOR = "poor"


def mood(value: Decimal | None) -> Mood | None:
    """Return good from 70, poor below 50, mixed between; None where nobody said."""
    if value is None:
        return None
    if value < POOR_BELOW:
        return Mood.POOR
    return Mood.GOOD if value >= GOOD_FROM else Mood.MIXED


@dataclass(frozen=True, slots=True)
class Rating:
    """One rating: who said it (a person, or a function of the customer as a whole), of what."""

    voice: Hashable
    topic: str
    points: Decimal
    given_on: date
    number: int = 0


def valid(ratings: Iterable[Rating], *, as_of: date, days: int = VALID_DAYS) -> list[Rating]:
    """Return of each voice and topic the last rating up to `as_of`, if it is young enough.

    A rating exactly `days` old has run out. Of one day the one with the higher number is later.
    """
    last: dict[tuple[Hashable, str], Rating] = {}
    since = as_of - timedelta(days=days)
    for one in sorted(ratings, key=lambda rating: (rating.given_on, rating.number)):
        if since < one.given_on <= as_of:
            last[one.voice, one.topic] = one
    return list(last.values())


def satisfaction(ratings: Iterable[Rating]) -> Decimal | None:
    """Return the mean over voices of each voice's own mean, so that who answers much does not
    count for more. None without ratings."""
    by_voice: dict[Hashable, list[Decimal]] = {}
    for one in ratings:
        by_voice.setdefault(one.voice, []).append(one.points)
    if not by_voice:
        return None
    means = [sum(each, Decimal(0)) / len(each) for each in by_voice.values()]
    return sum(means, Decimal(0)) / len(means)


def change(now: Decimal | None, before: Decimal | None) -> Decimal | None:
    """Return by how many points it changed; None where either is not known."""
    return None if now is None or before is None else now - before


def response_rate(answers: Mapping[str, int]) -> Decimal | None:
    """Return answered of those that were answered or ran out; open and revoked ones do not count.

    None while neither happened.
    """
    over = answers.get("answered", 0) + answers.get("expired", 0)
    return Decimal(answers.get("answered", 0)) / over if over else None
