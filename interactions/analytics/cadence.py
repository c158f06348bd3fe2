"""When the next contact is due: the last one, the pace of the tier, and days that do not count.

Days are calendar days in the organisation's time zone. They count from the one after the last
contact; days of a pause do not count. So the next contact is due on the day on which as many days
have counted as the pace has, and it is as many days overdue as have counted beyond. The pace of
today counts from the last contact, whatever held then. SQL counts the same
(`interactions_counted_days` and `interactions_next_due` in the database).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

WHOLE = ""
"""The account as a whole, whoever there."""

WEEK = 7


@dataclass(frozen=True, slots=True, order=True)
class Pause:
    """Days that do not count, from `start` up to, not including, `end`."""

    start: date
    end: date


def joined(pauses: Iterable[Pause]) -> list[Pause]:
    """Return pauses in order, those that touch or overlap as one, empty ones left out."""
    found: list[Pause] = []
    for pause in sorted(one for one in pauses if one.start < one.end):
        if found and pause.start <= found[-1].end:
            found[-1] = Pause(found[-1].start, max(found[-1].end, pause.end))
        else:
            found.append(pause)
    return found


def counted_days(after: date, until: date, pauses: Iterable[Pause] = ()) -> int:
    """Return how many days after one day up to and with another are in no pause; never below 0."""
    first, end = after + timedelta(days=1), until + timedelta(days=1)
    if end <= first:
        return 0
    paused = sum(max((min(one.end, end) - max(one.start, first)).days, 0) for one in joined(pauses))
    return (end - first).days - paused


def next_due(after: date, every: int, pauses: Iterable[Pause] = ()) -> date:
    """Return the day on which `every` days after a contact have counted.

    Raises ValueError for a pace that is not at least one day.
    """
    if every < 1:
        raise ValueError("a pace is at least one day")
    first = after + timedelta(days=1)
    due = after + timedelta(days=every)
    for pause in joined(pauses):
        if pause.end > first and pause.start <= due:
            due += pause.end - max(pause.start, first)
    return due


def overdue_days(after: date, every: int, as_of: date, pauses: Iterable[Pause] = ()) -> int:
    """Return how many days have counted beyond the pace; 0 up to the day it is due."""
    return max(counted_days(after, as_of, pauses) - every, 0)


def begins(last_on: date | None, *starts: date | None) -> date | None:
    """Return the day from which days count: the last contact, else the latest of the starts.

    Starts are those of our responsibility and of their place: who came yesterday is not late.
    """
    return last_on or max((one for one in starts if one is not None), default=None)


@dataclass(frozen=True, slots=True)
class Paces:
    """What a tier asks for: days by function, and those for the account as a whole."""

    of_functions: Mapping[str, int]
    whole: int | None = None

    def asked(self) -> dict[str, int]:
        """Return the paces that somebody must keep.

        That of the account as a whole is left out where a function is to be met as often: who
        keeps that pace keeps both.
        """
        found = dict(self.of_functions)
        often = min(found.values(), default=None)
        if self.whole is not None and (often is None or self.whole < often):
            found[WHOLE] = self.whole
        return found

    def of_person(self, function: str) -> int | None:
        """Return the pace for somebody in a function: its own, else that of the whole."""
        return self.of_functions.get(function, self.whole)


def paces(rules: Mapping[str, int], tier_days: int | None) -> Paces:
    """Return what rules by function (`WHOLE` for the account) and the tier's own days come to."""
    of_functions = {name: days for name, days in rules.items() if name != WHOLE}
    return Paces(of_functions, rules.get(WHOLE, tier_days))


def expected(after: date, until: date, every: int, pauses: Iterable[Pause] = ()) -> Decimal:
    """Return how many contacts a pace asks for in a period, in parts of one too."""
    return Decimal(counted_days(after, until, pauses)) / every


def touches_a_week(everys: Iterable[int]) -> Decimal:
    """Return how many contacts a week paces ask for together."""
    return sum((Decimal(WEEK) / every for every in everys), Decimal(0))


def per_week(count: int, weeks: int) -> Decimal:
    """Return contacts a week over some weeks."""
    return Decimal(count) / weeks
