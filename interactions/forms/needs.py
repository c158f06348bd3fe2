"""Forms of the needs register: shape of input only."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.people import PositionChoice
from accounts.forms.team import colleagues, partners
from accounts.models import Account, Opportunity, Position, ProgrammeItem, Task
from interactions.choices import NeedImportance, NeedKind
from interactions.services.needs import NeedFacts, Reply
from kam.identity.models import User


class NeedForm(forms.Form):
    """What they need, who says so, and how much it matters."""

    text = forms.CharField(
        label=_("What they need"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    kind = forms.ChoiceField(
        label=_("Kind"), choices=NeedKind.choices, initial=NeedKind.NEED, widget=forms.RadioSelect
    )
    importance = forms.TypedChoiceField(
        label=_("Importance"), choices=NeedImportance.choices, coerce=int,
        initial=NeedImportance.MEDIUM,
    )  # fmt: skip
    voiced_by = PositionChoice(
        label=_("Voiced by"), queryset=Position.objects.none(), required=False,
        empty_label=_("Nobody in particular"),
    )  # fmt: skip
    voiced_on = forms.DateField(label=_("Voiced on"))

    def __init__(self, *args: Any, account: Account, user: User, as_of: date, is_new: bool,
                 **kwargs: Any) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        people = partners(account, user=user, as_of=as_of)
        if voiced_by := self.initial.get("voiced_by"):
            people = Position.objects.filter(pk=voiced_by) | people
        cast("PositionChoice", self.fields["voiced_by"]).queryset = people
        self.fields["voiced_on"].initial = as_of
        if not is_new:
            del self.fields["voiced_on"]

    def facts(self) -> NeedFacts:
        """What the service wants to know."""
        names = ("text", "kind", "importance", "voiced_by")
        return NeedFacts(**{name: self.cleaned_data[name] for name in names})


class AnswerForm(forms.Form):
    """Our answer: something that exists already, or words."""

    programme_item = forms.ModelChoiceField(
        label=_("Something of their programme"), queryset=ProgrammeItem.objects.none(),
        required=False, empty_label=_("None"),
    )  # fmt: skip
    opportunity = forms.ModelChoiceField(
        label=_("An opportunity"), queryset=Opportunity.objects.none(), required=False,
        empty_label=_("None"),
    )  # fmt: skip
    task = forms.ModelChoiceField(
        label=_("A follow-up"), queryset=Task.objects.none(), required=False,
        empty_label=_("None"),
    )  # fmt: skip
    words = forms.CharField(
        label=_("In words"), max_length=1000, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(self, *args: Any, account: Account, user: User, as_of: date,
                 **kwargs: Any) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        group = account.current_group_id
        items = ProgrammeItem.objects.visible_to(user).filter(valid__contains=as_of)
        chances = Opportunity.objects.visible_to(user)
        tasks = Task.objects.visible_to(user).filter(done_on=None)
        shown = {"programme_item": items.select_related("element"), "opportunity": chances,
                 "task": tasks}  # fmt: skip
        for name, rows in shown.items():
            field = cast("forms.ModelChoiceField[Any]", self.fields[name])
            field.queryset = rows.filter(account__current_group=group)
            field.label_from_instance = _label  # type: ignore[assignment]

    def clean(self) -> dict[str, Any]:
        """One answer at a time."""
        values = super().clean() or self.cleaned_data
        named = [n for n in ("programme_item", "opportunity", "task") if values.get(n)]
        if len(named) > 1:
            self.add_error(named[1], _("One answer at a time."))
        return values

    def reply(self) -> Reply:
        """What the service wants to know."""
        return Reply(**self.cleaned_data)


class CloseForm(forms.Form):
    """Why a need is closed."""

    why = forms.CharField(label=_("Why is it closed?"), max_length=500)


class NeedTaskForm(forms.Form):
    """Who follows a need up, and until when."""

    title = forms.CharField(label=_("What is to be done"), max_length=300)
    owner = forms.ModelChoiceField(label=_("Who"), queryset=User.objects.none())
    due_on = forms.DateField(label=_("Due on"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[User]", self.fields["owner"]).queryset = colleagues()


def _label(row: Any) -> str:
    if isinstance(row, ProgrammeItem):
        return f"{row.element.title} {row.detail}".strip()
    return str(row)
