"""Over which days a rebate counts: the period of its cycle that holds a day."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from kam.core.dates import add_months

MONTHS = {"monthly": 1, "quarterly": 3, "half_yearly": 6, "yearly": 12}


@lru_cache(maxsize=1_000)  # thousands of terms ask for the periods of the same months
def period_of(day: date, cycle: str, fiscal_start: int = 1) -> tuple[date, date]:
    """Return the first day of the period that holds the day, and the first day after it.

    Quarters, halves and years begin with the fiscal year's month `fiscal_start`; weeks begin on
    Monday, halves of a month on the 1st and the 16th. Raises ValueError for another cycle.
    """
    if cycle == "weekly":
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=7)
    month = day.replace(day=1)
    if cycle == "half_monthly":
        middle = day.replace(day=16)
        return (month, middle) if day < middle else (middle, add_months(month, 1))
    if cycle not in MONTHS:
        raise ValueError(cycle)
    length = MONTHS[cycle]
    first = add_months(month, -((day.month - fiscal_start) % 12 % length))
    return first, add_months(first, length)
