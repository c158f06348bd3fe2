"""What papers of a credit application are; the files come beside it."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from settlements.choices.credit import ApplicationFileKind


class FilesForm(forms.Form):
    """One kind and title for the files that are sent together."""

    kind = forms.ChoiceField(label=_("What it is"), choices=ApplicationFileKind.choices)
    title = forms.CharField(
        label=pgettext_lazy("of a thing", "Title"), max_length=200, required=False
    )
