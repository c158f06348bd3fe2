"""Forms of an account's portrait: shape of input only."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class StatementForm(forms.Form):
    """What somebody has to say under a heading, and what shows it."""

    text = forms.CharField(
        label=pgettext_lazy("portrait", "Statement"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One thought; a second one is a statement of its own."),
    )
    evidence = forms.CharField(
        label=_("Evidence"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What shows it: what was said, read or done, where and when."),
    )
    is_confirmed = forms.BooleanField(label=_("This is confirmed"), required=False)
    is_confidential = forms.BooleanField(
        label=_("For the account's team only"),
        required=False,
        help_text=_("Who leads it, their directors, and who stands in for them."),
    )
    link = forms.URLField(label=_("Link"), max_length=500, required=False, assume_scheme="https")
    said_on = forms.DateField(label=_("As of"), required=False, help_text=_("Empty: today."))
    more = ("link", "said_on")

    def clean(self) -> dict[str, Any]:
        """What is confirmed has evidence."""
        values = super().clean() or self.cleaned_data
        if values.get("is_confirmed") and not values.get("evidence", "").strip():
            self.add_error("evidence", _("What is confirmed needs evidence: say what shows it."))
        return values


class ConfirmForm(forms.Form):
    """What shows that a statement holds."""

    evidence = forms.CharField(
        label=_("What confirms it"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What was said, read or done, where and when."),
    )
    link = forms.URLField(label=_("Link"), max_length=500, required=False, assume_scheme="https")


class WithdrawForm(forms.Form):
    """Why a statement no longer holds."""

    reason = forms.CharField(
        label=_("Why it no longer holds"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class PortraitSettingsForm(forms.Form):
    """How long statements count as fresh."""

    months = forms.IntegerField(
        label=_("Months until a statement is old"),
        min_value=1,
        max_value=120,
        help_text=_("Statements older than this are marked for another look."),
    )
