"""Calendars of working days that payment terms roll by, kept whole at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kam.core.problems import RefusedError, explained
from settlements.models import BusinessCalendar, CalendarDay

MOST_DAYS = 5000


@dataclass(frozen=True, kw_only=True)
class DayDraft:
    """A day off, or a working day at a weekend; `is_confirmed` where a notice says so."""

    day: date
    is_working: bool = False
    is_confirmed: bool = False
    name: str = ""


@explained()
@transaction.atomic
def save_calendar(
    *,
    code: str,
    name: str,
    days: Sequence[DayDraft],
    calendar: BusinessCalendar | None = None,
) -> BusinessCalendar:
    """Write a calendar with all its days, anew or over one that stands.

    Due dates of posted items stay as they are: only what is computed from now on follows. Raises
    RefusedError without a name, for a code that is taken, and for a day that is named twice.
    """
    if not name.strip():
        raise RefusedError(_("A calendar needs a name."), field="name", code="no_name")
    if len(days) > MOST_DAYS:
        words = _("A calendar has at most 5,000 days.")
        raise RefusedError(words, field="days", code="too_many_days")
    row = BusinessCalendar()
    if calendar is not None:
        rows = BusinessCalendar.objects.select_for_update(no_key=True, of=("self",))
        row = rows.get(pk=calendar.pk)
    row.code, row.name = code, " ".join(name.split())
    row.save()
    row.days.all().delete()
    CalendarDay.objects.bulk_create(CalendarDay(calendar=row, **vars(one)) for one in days)
    return row
