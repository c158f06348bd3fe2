"""Business calendars: which days are worked, and where a day off moves to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from settlements.analytics.problems import CalculationError

LONGEST_ROLL = 366
"""Days within which a calendar must have a working day."""


class CalendarError(CalculationError):
    """A calendar without a working day within a year (`no_working_day`)."""


class Roll(StrEnum):
    """Where a day without work moves to."""

    FOLLOWING = "following"
    PRECEDING = "preceding"
    MODIFIED_FOLLOWING = "modified_following"
    """The next working day, or the one before where the next is in another month."""


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """A business calendar: days off, and days of the weekend on which work is done.

    A day that is named as both is off. `weekend` are weekdays, Monday is 0.
    """

    holidays: frozenset[date] = frozenset()
    working_weekends: frozenset[date] = frozenset()
    weekend: frozenset[int] = frozenset({5, 6})

    def is_working(self, day: date) -> bool:
        """Whether work is done, and paid, on the day."""
        if day in self.holidays:
            return False
        return day.weekday() not in self.weekend or day in self.working_weekends


PLAIN_WEEK = WorkingDays()
"""Monday to Friday, no holidays."""


def roll_day(day: date, roll: Roll, calendar: WorkingDays, *, floor: date | None = None) -> date:
    """Return the working day that a day moves to, never before `floor`; a working day stays.

    `modified_following` leaves the month only where it has no working day left that is allowed.
    Raises CalendarError.
    """
    after = _working(day, 1, calendar)
    if roll is Roll.FOLLOWING or after == day:
        return after
    if roll is Roll.MODIFIED_FOLLOWING and _same_month(after, day):
        return after
    before = _working(day, -1, calendar)
    if floor is not None and before < floor:
        return after
    left_month = roll is Roll.MODIFIED_FOLLOWING and not _same_month(before, day)
    return after if left_month else before


def _working(day: date, step: int, calendar: WorkingDays) -> date:
    for distance in range(LONGEST_ROLL + 1):
        found = day + timedelta(days=step * distance)
        if calendar.is_working(found):
            return found
    raise CalendarError("no_working_day", day=day)


def _same_month(one: date, other: date) -> bool:
    return (one.year, one.month) == (other.year, other.month)
