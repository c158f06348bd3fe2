"""A payment term as it is typed: instalments in rows, the steps of each in their order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam.core.forms import tell_rows
from kam.core.problems import Blocker, RefusedError, tell_stale
from settlements.analytics.due_dates import BaseEvent, TermLine
from settlements.analytics.due_dates import OperationKind as StepKind
from settlements.choices.terms import LineKind, OperationKind, Roll, SettlementBasis, Weekday
from settlements.forms.terms.fields import ALL_READ, count_field, number_field, plain
from settlements.forms.terms.term import CalendarForm
from settlements.services.terms import checks
from settlements.services.terms.drafts import LineDraft, OperationDraft, TermDraft

STEPS = 4
BLANK, MOST = 1, 12
_NUMBERED = {StepKind.DAYS, StepKind.MONTHS, StepKind.DAY_OF_MONTH}
STEP_CHOICES: list[Any] = [
    ("", gettext_lazy("No step")),
    (OperationKind.DAYS.value, OperationKind.DAYS.label),
    (OperationKind.MONTHS.value, OperationKind.MONTHS.label),
    (OperationKind.END_OF_MONTH.value, OperationKind.END_OF_MONTH.label),
    (OperationKind.DAY_OF_MONTH.value, OperationKind.DAY_OF_MONTH.label),
    (
        OperationKind.NEXT_WEEKDAY.label,
        [(f"{OperationKind.NEXT_WEEKDAY.value}:{day.value}", day.label) for day in Weekday],
    ),
    (
        OperationKind.BUSINESS_DAY.label,
        [(f"{OperationKind.BUSINESS_DAY.value}:{roll.value}", roll.label) for roll in Roll],
    ),
]


class LineForm(forms.Form):
    """One instalment; a row without a part is left out."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Which part"),
        required=False,
        choices=[("", gettext_lazy("No instalment")), *LineKind.choices],
    )
    value = number_field(label=gettext_lazy("Amount or %"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place in range(1, STEPS + 1):
            self.fields[f"step_{place}"] = forms.ChoiceField(
                label=_("Step %(n)s") % {"n": place}, required=False, choices=STEP_CHOICES
            )
            self.fields[f"number_{place}"] = count_field(label=_("Number %(n)s") % {"n": place})

    @property
    def is_used(self) -> bool:
        """Whether a part was chosen."""
        return bool(self.cleaned_data.get("kind"))

    def steps(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The fields of each step."""
        return [(self[f"step_{n}"], self[f"number_{n}"]) for n in range(1, STEPS + 1)]

    def clean(self) -> dict[str, Any]:
        """A row that says something says which part it is."""
        values = super().clean() or self.cleaned_data
        if not values.get("kind") and (values.get("value") is not None or values.get("step_1")):
            self.add_error("kind", _("Say which part of the amount this is."))
        return values

    def note_step(self, place: int, words: str) -> None:
        """Show what is wrong with a step, counted among those that were chosen."""
        chosen = [n for n in range(1, STEPS + 1) if self.cleaned_data.get(f"step_{n}")]
        kind = self.cleaned_data[f"step_{chosen[place]}"]
        name = "number" if StepKind(kind.partition(":")[0]) in _NUMBERED else "step"
        self.add_error(f"{name}_{chosen[place]}", words)

    def draft(self) -> LineDraft:
        """What was written down."""
        steps = (self._step(place) for place in range(1, STEPS + 1))
        return LineDraft(
            kind=self.cleaned_data["kind"],
            value=self.cleaned_data["value"],
            operations=[one for one in steps if one is not None],
        )

    def _step(self, place: int) -> OperationDraft | None:
        kind, _colon, rest = (self.cleaned_data.get(f"step_{place}") or "").partition(":")
        if not kind:
            return None
        if kind == StepKind.BUSINESS_DAY:
            return OperationDraft(kind=kind, roll=rest)
        if kind == StepKind.NEXT_WEEKDAY:
            return OperationDraft(kind=kind, value=int(rest))
        number = self.cleaned_data.get(f"number_{place}")
        return OperationDraft(kind=kind, value=number if kind in _NUMBERED else None)


def _starting(line: LineDraft) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": line.kind, "value": plain(line.value)}
    for place, one in enumerate(line.operations, 1):
        found[f"step_{place}"] = one.kind
        if one.kind == StepKind.NEXT_WEEKDAY:
            found[f"step_{place}"] = f"{one.kind}:{one.value}"
        elif one.roll:
            found[f"step_{place}"] = f"{one.kind}:{one.roll}"
        else:
            found[f"number_{place}"] = one.value
    return found


LineSet = forms.formset_factory(LineForm, extra=BLANK, max_num=MOST, validate_max=True)


class PaymentEditor:
    """From what payment runs, and its instalments, with what is wrong with them."""

    def __init__(
        self,
        data: Any = None,
        *,
        start: TermDraft,
        prefix: str = "payment",
        version: str | None = None,
    ) -> None:
        self.is_needed = start.settlement_basis != SettlementBasis.FIXED_RENT
        initial: dict[str, Any] = {"base_event": start.base_event, "calendar": start.calendar_id}
        if version is not None:
            initial["version"] = version
        self.base = CalendarForm(data, prefix=prefix, initial=initial)
        self.lines = LineSet(
            data,
            prefix=f"{prefix}-lines",
            initial=[_starting(one) for one in start.lines],
            form_kwargs=ALL_READ,
        )
        self.problems: list[str] = []

    def is_valid(self) -> bool:
        """Whether everything can be read and computed; notes what cannot."""
        readable = [self.base.is_valid(), self.lines.is_valid()]
        if all(readable):
            for problem in checks.line_problems(self.drafts(), is_needed=self.is_needed):
                self.note(problem)
        return not self.has_errors

    @property
    def has_errors(self) -> bool:
        """Whether anything is wrong."""
        forms_ = [self.base, *self.lines.forms]
        return bool(self.problems or any(form.errors for form in forms_))

    @property
    def used(self) -> list[LineForm]:
        """The rows with a part."""
        return [form for form in self.lines.forms if form.is_used]

    def note(self, problem: Blocker | RefusedError) -> None:
        """Show a problem at its row and step, else above the rows."""
        match problem.field.split("."):
            case ["lines", row, "operations", place, _name]:
                self._at(int(row)).note_step(int(place), str(problem.message))
            case ["lines", row, name]:
                self._at(int(row)).add_error(name, str(problem.message))
            case _:
                self.problems.append(str(problem.message))
                tell_stale(self, problem)

    def tell_now(self) -> None:
        """Say in every row what stands there now."""
        self.base.tell_now()
        self.lines = tell_rows(self.lines)

    def _at(self, row: int) -> LineForm:
        return self.used[row]

    def drafts(self) -> list[LineDraft]:
        """The instalments that were written down."""
        return [form.draft() for form in self.used]

    def term_lines(self) -> list[TermLine]:
        """The same as the mathematics reads them."""
        return list(checks.term_lines(self.drafts()))

    @property
    def event(self) -> BaseEvent:
        """What payment runs from."""
        return BaseEvent(self.base.cleaned_data["base_event"])

    def draft(self, start: TermDraft) -> TermDraft:
        """The term with what was written down of its payment."""
        calendar = self.base.cleaned_data["calendar"]
        return replace(
            start,
            base_event=self.base.cleaned_data["base_event"],
            calendar_id=calendar.pk if calendar else None,
            lines=self.drafts(),
        )
