"""What is said when a version is approved, sent back or terminated."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from settlements.forms.days import DayField


class ApproveForm(forms.Form):
    """A note on the approval."""

    note = forms.CharField(
        label=_("Note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class ReturnForm(forms.Form):
    """What has to change."""

    note = forms.CharField(
        label=_("What has to change"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Whoever takes back their own version need not say why."),
    )


class TerminateForm(forms.Form):
    """From which day on a version does not hold, and why."""

    on = DayField(label=_("No longer holds from"), help_text=_("The first day without it."))
    reason = forms.CharField(
        label=_("Why it ends"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
