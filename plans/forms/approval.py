"""Forms of a plan's way: why, a comment, what to compare."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kam.core import formats
from plans.models import PlanSnapshot

LIVE = "live"


class WordsForm(forms.Form):
    """What is said with a step of a plan."""

    text = forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, label: Any, is_needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = label
        self.fields["text"].required = is_needed

    @property
    def words(self) -> str:
        """What is said, once the form is valid."""
        return str(self.cleaned_data.get("text", ""))

    @property
    def read(self) -> str:
        """The hash of the document that the page was drawn from."""
        return str(self.data.get("document_hash", ""))


class CommentForm(forms.Form):
    """A comment on a section."""

    text = forms.CharField(
        label=_("Comment"), max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )


class FreezeForm(forms.Form):
    """What a snapshot is for."""

    note = forms.CharField(label=_("What it is for"), max_length=300, required=False)


class CompareForm(forms.Form):
    """Two states of a plan: snapshots, or as it stands now."""

    before = forms.ChoiceField(label=_("From"))
    after = forms.ChoiceField(label=_("To"))

    def __init__(self, *args: Any, snapshots: Sequence[PlanSnapshot], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: list[tuple[str, Any]] = [(LIVE, _("As it stands now"))]
        choices += [(str(one.number), snapshot_words(one)) for one in snapshots]
        for name in ("before", "after"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]


def snapshot_words(one: PlanSnapshot) -> str:
    """A snapshot in a list of choices: number, day and reason."""
    return f"{one.number} · {formats.date(one.as_of)} · {one.get_reason_display()}"
