"""Rates in bands as they are typed: from an amount on, below another, at a rate."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from kam.core.forms import Versioned, tell_rows, version_of
from kam.core.problems import Blocker, RefusedError, tell_stale
from settlements.forms.terms.fields import ALL_READ, number_field, plain
from settlements.models import RateSchedule
from settlements.services.terms import checks
from settlements.services.terms.drafts import BandDraft, ScheduleDraft

BLANK = 3


class ScheduleForm(Versioned):
    """The name of the bands."""

    name = forms.CharField(label=gettext_lazy("Name of the bands"), max_length=100)


class BandForm(forms.Form):
    """One band; an empty row is left out."""

    lower = number_field(label=gettext_lazy("From"))
    upper = number_field(label=pgettext_lazy("amount", "Below"))
    rate = number_field(label=pgettext_lazy("agreement", "Rate"))

    @property
    def is_used(self) -> bool:
        """Whether anything was typed."""
        return any(value is not None for value in self.cleaned_data.values())

    def clean(self) -> dict[str, Any]:
        """A band begins somewhere and has a rate."""
        values = super().clean() or self.cleaned_data
        if any(value is not None for value in values.values()) and not self.errors:
            for name in ("lower", "rate"):
                if values.get(name) is None:
                    self.add_error(name, _("This is needed."))
        return values

    def draft(self) -> BandDraft:
        """What was written down."""
        values = self.cleaned_data
        return BandDraft(lower=values["lower"], upper=values["upper"], rate=values["rate"])


BandSet = forms.formset_factory(BandForm, extra=BLANK, max_num=50, validate_max=True)


class BandsEditor:
    """A schedule with its bands, and what is wrong with them."""

    def __init__(self, data: Any = None, *, schedule: RateSchedule | None, prefix: str) -> None:
        start = (
            {"name": schedule.name, "version": version_of(schedule.updated_at)} if schedule else {}
        )
        self.head = ScheduleForm(data, prefix=prefix, initial=start)
        self.rows = BandSet(
            data,
            prefix=f"{prefix}-bands",
            initial=_starting(schedule) if schedule else _FIRST,
            form_kwargs=ALL_READ,
        )
        self.problems: list[str] = []

    def is_valid(self) -> bool:
        """Whether everything can be read and the bands cover every amount once."""
        if all([self.head.is_valid(), self.rows.is_valid()]):
            for problem in checks.schedule_problems(self.draft()):
                self.note(problem)
        return not self.has_errors

    @property
    def has_errors(self) -> bool:
        """Whether anything is wrong."""
        forms_ = [self.head, *self.rows.forms]
        return bool(self.problems or any(form.errors for form in forms_))

    @property
    def used(self) -> list[BandForm]:
        """The rows with a band."""
        return [form for form in self.rows.forms if form.is_used]

    def note(self, problem: Blocker | RefusedError) -> None:
        """Show a problem at its row, else above the rows."""
        match problem.field.split("."):
            case ["bands", row, name] if name in BandForm.base_fields:
                self.used[int(row)].add_error(name, str(problem.message))
            case ["name"]:
                self.head.add_error("name", str(problem.message))
            case _:
                self.problems.append(str(problem.message))
                tell_stale(self, problem)

    def tell_now(self) -> None:
        """Say in every row what stands there now."""
        self.head.tell_now()
        self.rows = tell_rows(self.rows)

    def draft(self) -> ScheduleDraft:
        """What was written down."""
        return ScheduleDraft(
            name=self.head.cleaned_data["name"], bands=[form.draft() for form in self.used]
        )


_FIRST = [{"lower": Decimal(0)}]


def _starting(schedule: RateSchedule) -> list[dict[str, Any]]:
    rows = sorted(schedule.bands.all(), key=lambda one: one.band.lower)
    return [
        {"lower": plain(one.band.lower), "upper": plain(one.band.upper), "rate": plain(one.rate)}
        for one in rows
    ]
