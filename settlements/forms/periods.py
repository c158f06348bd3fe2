"""Forms of accounting periods."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class CloseForm(forms.Form):
    """Closing a period; a note may say on what ground."""

    note = forms.CharField(label=_("Note"), max_length=300, required=False)


class ReopenForm(forms.Form):
    """Reopening a period always says why."""

    note = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("It stays in the period's history.")
    )
