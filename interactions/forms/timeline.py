from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import Person

MOST_PEOPLE = 200


class TimelineForm(forms.Form):
    """How a timeline is narrowed."""

    q = forms.CharField(label=_("Search what was said"), required=False, max_length=300)
    since = forms.DateField(label=_("From"), required=False)
    until = forms.DateField(label=_("To"), required=False)
    person = forms.ModelChoiceField(
        Person.objects.none(), label=_("Person"), required=False, empty_label=_("Everybody")
    )
    below = forms.TypedChoiceField(
        label=_("Accounts"),
        required=False,
        choices=[("", _("With all below")), ("no", _("This account alone"))],
        empty_value="",
    )

    def __init__(
        self, query: QueryDict, *, people: QuerySet[Person] | None = None, has_below: bool = False
    ) -> None:
        super().__init__(query)
        if people is None:
            del self.fields["person"]
        else:
            self._offer(people)
        if not has_below:
            del self.fields["below"]
        for field in self.fields.values():
            is_choice = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if is_choice else "form-control"

    def _offer(self, people: QuerySet[Person]) -> None:
        field: Any = self.fields["person"]
        field.queryset = people
        named = [(one.pk, one.name) for one in people[:MOST_PEOPLE]]
        field.widget.choices = [("", field.empty_label), *named]

    def value(self, name: str) -> Any:
        """What was asked in a field; None where nothing that can be read was."""
        self.is_valid()
        return self.cleaned_data.get(name) or None
