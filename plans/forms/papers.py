"""What kind of file somebody wants."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext_lazy as _

from plans.choices.papers import PaperKind


def _own_name(code: str) -> str:
    """A language in itself."""
    name: str = get_language_info(code)["name_local"]
    return name[:1].upper() + name[1:]


class PaperForm(forms.Form):
    """Format, language, and for whom."""

    kind = forms.ChoiceField(label=_("Format"), choices=PaperKind, initial=PaperKind.PDF)
    language = forms.ChoiceField(label=_("Language"))
    is_for_customer = forms.BooleanField(
        label=_("For the customer"),
        required=False,
        help_text=_("Only what is marked as fit to be shown to the customer, without people."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["language"]
        field.choices = [(code, _own_name(code)) for code, _name in settings.LANGUAGES]
        field.initial = get_language()
