"""Fields of loss scenarios: a day of the ledger, and what is gone by month."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kam.core.money import AmountError, Separator, parse_decimal

HUNDRED = Decimal(100)
BETWEEN = re.compile(r"[\s;%]+|,\s+")
"""What parts two months where more than commas does."""


class LedgerDay(forms.DateField):
    """A day whose books there are: after today, months to come would count as months that
    brought nothing."""

    def clean(self, value: Any) -> date | None:
        """Return the day; refuses one that is still to come."""
        day: date | None = super().clean(value)
        if day is not None and day > timezone.localdate():
            raise forms.ValidationError(_("This day is still to come."))
        return day


class RunOffField(forms.CharField):
    """Percentages by month, `50, 100`; read as fractions."""

    def clean(self, value: Any) -> list[Decimal]:
        """Read numbers between commas, semicolons or spaces. Where more than commas parts the
        months, a comma within a number is that of its decimals."""
        text = super().clean(value).strip()
        parts = BETWEEN.split(text) if BETWEEN.search(text) else text.split(",")
        try:
            return [_share(part.strip(",")) for part in parts if part.strip(",")]
        except AmountError:
            raise forms.ValidationError(
                _("Write percentages by month with commas between, as 25, 50, 100.")
            ) from None


def _share(text: str) -> Decimal:
    sign: Separator = "," if "," in text else "."
    return parse_decimal(text, sign) / HUNDRED


def run_off_text(parts: Sequence[str]) -> str:
    """Return percentages as the field reads them again, whatever sign their decimals have."""
    unit = " %" if any("," in part for part in parts) else ""
    return ", ".join(f"{part}{unit}" for part in parts)
