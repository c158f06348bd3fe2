"""Periods of the calendar: half-open, explicit, without a clock.

A period holds its start and does not hold its end, so neighbours meet without a gap or a day
counted twice. Month arithmetic keeps the day where it can and else takes the month's last day.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self

ONE_DAY = timedelta(days=1)
MONTHS_PER_YEAR = 12


def last_day(valid: Any) -> date | None:
    """Return the last day of a half-open range of days; None where it has no end."""
    end: date | None = valid.upper
    return None if end is None else end - ONE_DAY


class PeriodError(ValueError):
    """A period that cannot be: it ends before it starts, or the text is not one."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Days from `start` (included) to `end` (excluded); at least one day."""

    start: date
    end: date

    def __post_init__(self) -> None:
        """Refuse an empty or reversed period."""
        if self.start >= self.end:
            raise PeriodError("A period must end after it starts.")

    @classmethod
    def month(cls, year: int, month: int) -> Self:
        """Return a calendar month."""
        return cls._months(date(year, month, 1), 1)

    @classmethod
    def quarter(cls, year: int, quarter: int) -> Self:
        """Return a calendar quarter, 1 to 4."""
        if quarter not in range(1, 5):
            raise PeriodError("A quarter is 1, 2, 3 or 4.")
        return cls._months(date(year, 3 * quarter - 2, 1), 3)

    @classmethod
    def year(cls, year: int) -> Self:
        """Return a calendar year."""
        return cls._months(date(year, 1, 1), MONTHS_PER_YEAR)

    @classmethod
    def fiscal_year(cls, year: int, start_month: int) -> Self:
        """Return the fiscal year named after the calendar year in which it ends.

        2026 with start month 4 is April 2025 to March 2026; with start month 1 it is 2026.
        """
        first = date(year, start_month, 1)
        return cls._months(
            first if start_month == 1 else add_months(first, -MONTHS_PER_YEAR), MONTHS_PER_YEAR
        )

    @classmethod
    def fiscal_year_of(cls, day: date, start_month: int) -> Self:
        """Return the fiscal year that holds this day."""
        begun = start_month > 1 and day.month >= start_month
        return cls.fiscal_year(day.year + begun, start_month)

    @classmethod
    def rolling(cls, as_of: date, months: int = MONTHS_PER_YEAR) -> Self:
        """Return the months up to and including the day: 12 to 15 June start on 16 June."""
        end = as_of + ONE_DAY
        return cls(_shift_boundary(end, -months), end)

    @classmethod
    def whole_months(cls, as_of: date, months: int = MONTHS_PER_YEAR) -> Self:
        """Return the last complete calendar months; a month's last day completes it."""
        end = month_start(as_of + ONE_DAY)
        return cls(add_months(end, -months), end)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `2026`, `2026-03`, `2026-Q1`, or `2026-01-01/2026-04-01` with the end excluded.

        Raises PeriodError for anything else.
        """
        try:
            return cls._parse(text.strip())
        except (ValueError, OverflowError) as error:
            raise PeriodError(
                "Write a period as 2026, 2026-03, 2026-Q1 or 2026-01-01/2026-04-01."
            ) from error

    @classmethod
    def _parse(cls, text: str) -> Self:
        if re.fullmatch(r"[0-9]{4}", text):
            return cls.year(int(text))
        if match := re.fullmatch(r"([0-9]{4})-([0-9]{2})", text):
            return cls.month(int(match[1]), int(match[2]))
        if match := re.fullmatch(r"([0-9]{4})-?[Qq]([1-4])", text):
            return cls.quarter(int(match[1]), int(match[2]))
        start, end = text.split("/")
        return cls(date.fromisoformat(start), date.fromisoformat(end))

    @classmethod
    def _months(cls, start: date, count: int) -> Self:
        try:
            return cls(start, add_months(start, count))
        except ValueError as error:
            raise PeriodError("The calendar ends with the year 9999.") from error

    def __contains__(self, day: date) -> bool:
        """Tell whether the day is inside: the start is, the end is not."""
        return self.start <= day < self.end

    def __str__(self) -> str:
        """Return the shortest text that `parse` reads back."""
        year, quarter = f"{self.start.year:04}", (self.start.month + 2) // 3
        for text in (year, f"{year}-Q{quarter}", f"{year}-{self.start.month:02}"):
            if self._is(text):
                return text
        return f"{self.start}/{self.end}"

    def _is(self, text: str) -> bool:
        try:
            return type(self).parse(text) == self
        except PeriodError:
            return False

    @property
    def days(self) -> int:
        """Return the number of days."""
        return (self.end - self.start).days

    @property
    def last_day(self) -> date:
        """Return the last day that is inside, for people; computations use `end`."""
        return self.end - ONE_DAY

    @property
    def is_whole_months(self) -> bool:
        """Tell whether both ends lie on the first day of a month."""
        return self.start.day == 1 and self.end.day == 1

    def contains(self, other: "Period") -> bool:
        """Tell whether every day of the other period is inside."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: "Period") -> bool:
        """Tell whether the periods share a day."""
        return self.start < other.end and other.start < self.end

    def intersection(self, other: "Period") -> "Period | None":
        """Return the days that both hold, or None."""
        if not self.overlaps(other):
            return None
        return Period(max(self.start, other.start), min(self.end, other.end))

    def previous(self) -> "Period":
        """Return the comparable period that ends where this one starts.

        A period of a whole number of months is compared with as many months, any other with as
        many days.
        """
        months = months_between(self.start, self.end)
        if months and add_months(self.start, months) == self.end:
            return Period(add_months(self.start, -months), self.start)
        return Period(self.start - timedelta(days=self.days), self.start)

    def same_period_last_year(self) -> "Period":
        """Return the same days of the year before.

        Whole months stay whole (February keeps its 29th when it has one). Otherwise first and
        last day keep their date, and 29 February becomes the 28th.
        """
        return Period(
            add_months(self.start, -MONTHS_PER_YEAR), _shift_boundary(self.end, -MONTHS_PER_YEAR)
        )

    def months(self) -> Iterator["Period"]:
        """Yield every calendar month that the period touches, whole, in order."""
        start = month_start(self.start)
        while start < self.end:
            yield Period(start, add_months(start, 1))
            start = add_months(start, 1)

    def split(self) -> "MonthSplit":
        """Split into whole months and the ragged edges, which together are this period."""
        first = self.start if self.start.day == 1 else add_months(month_start(self.start), 1)
        last = month_start(self.end)
        if first > last:
            return MonthSplit(head=self, whole=None, tail=None)
        return MonthSplit(
            head=_period_or_none(self.start, first),
            whole=_period_or_none(first, last),
            tail=_period_or_none(last, self.end),
        )


@dataclass(frozen=True, slots=True)
class MonthSplit:
    """A period as whole months between two ragged edges; any part may be missing."""

    head: Period | None
    whole: Period | None
    tail: Period | None

    @property
    def edges(self) -> tuple[Period, ...]:
        """Return the ragged edges that exist, in order."""
        return tuple(part for part in (self.head, self.tail) if part)

    @property
    def parts(self) -> tuple[Period, ...]:
        """Return all parts that exist, in order."""
        return tuple(part for part in (self.head, self.whole, self.tail) if part)


def month_start(day: date) -> date:
    """Return the first day of the day's month."""
    return day.replace(day=1)


def add_months(day: date, months: int) -> date:
    """Return the day some months later; a day the month lacks becomes its last day."""
    years, month = divmod(day.year * MONTHS_PER_YEAR + day.month - 1 + months, MONTHS_PER_YEAR)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))


def months_between(start: date, end: date) -> int:
    """Return the difference of the calendar months, whatever the days."""
    return (end.year - start.year) * MONTHS_PER_YEAR + end.month - start.month


def _shift_boundary(end: date, months: int) -> date:
    """Move an excluded end: month starts stay month starts, else the day before it moves."""
    if end.day == 1:
        return add_months(end, months)
    return add_months(end - ONE_DAY, months) + ONE_DAY


def _period_or_none(start: date, end: date) -> Period | None:
    return Period(start, end) if start < end else None
