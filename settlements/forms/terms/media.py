"""Rules of payment media as they are typed: a percentage of its own, or not counted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam.core.forms import VersionForm, tell_rows
from kam.core.problems import Blocker, RefusedError, tell_stale
from settlements.forms.terms.fields import ALL_READ, percent_field, plain
from settlements.models.reports import MEDIUM_LENGTH
from settlements.services.terms import checks
from settlements.services.terms.drafts import MediumDraft, TermDraft

BLANK = 2
OWN, NONE = "own", "none"


class MediumForm(forms.Form):
    """One medium; an empty row is left out."""

    medium = forms.CharField(
        label=gettext_lazy("Paid by"), max_length=MEDIUM_LENGTH, required=False
    )
    rule = forms.ChoiceField(
        label=gettext_lazy("Rule"),
        choices=[
            (OWN, gettext_lazy("A percentage of its own")),
            (NONE, gettext_lazy("Does not count")),
        ],
        required=False,
    )
    percent = percent_field(label=gettext_lazy("Deduction, %"))

    @property
    def is_used(self) -> bool:
        """Whether anything was typed."""
        values = self.cleaned_data
        return bool(values.get("medium")) or values.get("percent") is not None

    def clean(self) -> dict[str, Any]:
        """A percentage stands with the medium that it is of, and where it applies."""
        values = super().clean() or self.cleaned_data
        if values.get("rule") == NONE and values.get("percent") is not None:
            self.add_error("percent", _("What does not count has no percentage."))
        return values

    def draft(self) -> MediumDraft:
        """What was written down."""
        values = self.cleaned_data
        return MediumDraft(
            medium=values["medium"],
            is_counted=values["rule"] != NONE,
            percent=values["percent"],
        )


MediumSet = forms.formset_factory(
    MediumForm, extra=BLANK, max_num=checks.MOST_MEDIA, validate_max=True
)


class MediaEditor:
    """The rules of a term's payment media, and what is wrong with them."""

    def __init__(self, data: Any = None, *, start: TermDraft, prefix: str, version: str) -> None:
        self.start = start
        self.head = VersionForm(data, prefix=prefix, initial={"version": version})
        self.rows = MediumSet(
            data,
            prefix=prefix,
            initial=[_starting(one) for one in start.media],
            form_kwargs=ALL_READ,
        )
        self.problems: list[str] = []

    def is_valid(self) -> bool:
        """Whether everything can be read and stands by itself."""
        return all([self.head.is_valid(), self.rows.is_valid()])

    @property
    def has_errors(self) -> bool:
        """Whether anything is wrong."""
        return bool(self.problems or any(form.errors for form in self.rows.forms))

    @property
    def used(self) -> list[MediumForm]:
        """The rows with a medium."""
        return [form for form in self.rows.forms if form.is_used]

    def drafts(self) -> list[MediumDraft]:
        """What was written down."""
        return [form.draft() for form in self.used]

    def note(self, problem: Blocker | RefusedError) -> None:
        """Show a problem at its row, else above the rows."""
        match problem.field.split("."):
            case ["media", row, name] if name in MediumForm.base_fields:
                self.used[int(row)].add_error(name, str(problem.message))
            case _:
                self.problems.append(str(problem.message))
                tell_stale(self, problem)

    def tell_now(self) -> None:
        """Say in every row what stands there now."""
        self.head.tell_now()
        self.rows = tell_rows(self.rows)


def _starting(one: MediumDraft) -> dict[str, Any]:
    rule = OWN if one.is_counted else NONE
    return {"medium": one.medium, "rule": rule, "percent": plain(one.percent)}
