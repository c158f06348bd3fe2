"""Days as people type them into forms of receivables."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kam.core.forms import LastDay
from settlements.choices import FIRST_DAY, LAST_DAY


class DayField(forms.DateField):
    """A day of business: a slip such as the year 226 would stand in the ledger for good."""

    def clean(self, value: Any) -> Any:
        """The day; refuses those that no ledger has."""
        day = super().clean(value)
        if day is not None and not FIRST_DAY <= day < LAST_DAY:
            raise ValidationError(_("Choose a day from 1900 on and before 2200."), "out_of_range")
        return day


class LastDayField(LastDay, DayField):
    """The last day of a period of business; gives the day after it."""
