"""The periods that a board offers by name, as of a day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from django.utils.translation import gettext_lazy as _

from kam.core.dates import ONE_DAY, Period, add_months, month_start
from kam.core.formats import Text

TWELVE_MONTHS = "12m"
CUSTOM = "custom"


def rolling(as_of: date) -> Period:
    """Return the last 12 complete calendar months; a month's last day completes it."""
    return Period.whole_months(as_of)


def year_to_date(as_of: date) -> Period:
    """Return the calendar year up to and including the day."""
    return Period(date(as_of.year, 1, 1), as_of + ONE_DAY)


def previous_year(as_of: date) -> Period:
    """Return the calendar year before the day's."""
    return Period.year(as_of.year - 1)


def last_quarter(as_of: date) -> Period:
    """Return the last complete calendar quarter."""
    end = month_start(as_of + ONE_DAY)
    end = add_months(end, -((end.month - 1) % 3))
    return Period(add_months(end, -3), end)


def fiscal_to_date(as_of: date, start_month: int) -> Period:
    """Return the fiscal year up to and including the day."""
    return Period(Period.fiscal_year_of(as_of, start_month).start, as_of + ONE_DAY)


def last_fiscal_year(as_of: date, start_month: int) -> Period:
    """Return the fiscal year before the day's."""
    return Period.fiscal_year_of(as_of, start_month).same_period_last_year()


type _Maker = Callable[[date, int], Period]
_MAKERS: Mapping[str, tuple[Text, _Maker]] = {
    TWELVE_MONTHS: (_("12 months"), lambda as_of, start: rolling(as_of)),
    "ytd": (_("This year"), lambda as_of, start: year_to_date(as_of)),
    "last-year": (_("Last year"), lambda as_of, start: previous_year(as_of)),
    "fiscal": (_("Fiscal year"), fiscal_to_date),
    "last-fiscal": (_("Last fiscal year"), last_fiscal_year),
    "quarter": (_("Last quarter"), lambda as_of, start: last_quarter(as_of)),
}


def presets(fiscal_start: int) -> dict[str, Text]:
    """Return the names of periods; fiscal years only where they are not the calendar's."""
    return {
        key: title
        for key, (title, _maker) in _MAKERS.items()
        if fiscal_start > 1 or "fiscal" not in key
    }


def named_period(name: str, as_of: date, fiscal_start: int) -> Period:
    """Return a preset's period; an unknown name gives the last 12 complete months."""
    _title, make = _MAKERS.get(name) or _MAKERS[TWELVE_MONTHS]
    return make(as_of, fiscal_start)


def standard(as_of: date) -> list[Period]:
    """Return the periods that the nightly job keeps snapshots of."""
    return list(dict.fromkeys([rolling(as_of), year_to_date(as_of), previous_year(as_of)]))


def trend(as_of: date, months: int = 24) -> list[Period]:
    """Return the rolling 12 months that end with each of the last complete months."""
    last = rolling(as_of)
    return [
        Period(add_months(last.start, -back), add_months(last.end, -back))
        for back in range(months - 1, -1, -1)
    ]
