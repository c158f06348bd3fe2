from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class DayForm(forms.Form):
    """The day on which one looks."""

    on = forms.DateField(label=_("On"), required=False)

    @classmethod
    def asked(cls, query: Any, today: date) -> tuple[DayForm, date]:
        """The form as it should be shown, and the day asked for; today where none can be read."""
        form = cls(query) if "on" in query else cls(initial={"on": today})
        day = form.cleaned_data["on"] if form.is_bound and form.is_valid() else None
        return form, day or today
