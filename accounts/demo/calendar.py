"""The demo's calendar: three full years and the current one up to the as-of date."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

FULL_YEARS = 3
LATE_FEED_DAYS = 9


@dataclass(frozen=True, slots=True)
class Story:
    """A moment told by the demo's own year (1 is the first) and month."""

    year: int
    month: int
    day: int = 1


@dataclass(frozen=True, slots=True)
class Calendar:
    """Everything before `as_of` has happened; `first` is 1 January three years before."""

    as_of: date

    @property
    def first(self) -> date:
        return date(self.as_of.year - FULL_YEARS, 1, 1)

    def day(self, story: Story) -> date:
        return date(self.first.year + story.year - 1, story.month, story.day)

    def months(self) -> list[date]:
        """Return the first days of all months up to the one of the last day sold."""
        last = self.as_of - timedelta(days=1)
        return [month for month in months_from(self.first, FULL_YEARS + 1) if month <= last]


def months_from(first: date, years: int) -> Iterator[date]:
    return (date(first.year + n // 12, n % 12 + 1, 1) for n in range(12 * years))


def next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def weekdays_in(month: date, weekday: int) -> list[date]:
    """Return the month's days that fall on `weekday` (0 is Monday)."""
    first = month + timedelta(days=(weekday - month.weekday()) % 7)
    days = [first + timedelta(weeks=week) for week in range(5)]
    return [day for day in days if day.month == month.month]


def off_holidays(day: date) -> date:
    """Move a delivery off New Year's Day and Christmas to the next day but one or two."""
    if (day.month, day.day) in {(1, 1), (12, 25), (12, 26)}:
        return day + timedelta(days=2)
    return day
