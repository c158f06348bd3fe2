"""Forms of programmes: shape of input only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import ProgrammeElement
from kam.core.forms import CurrencyChoiceField, LastDay
from kam.core.models import Currency
from kam.core.number_fields import NumberField

SWITCHING = [
    (0, _("0, none: they have it elsewhere tomorrow")),
    (1, _("1, very low")),
    (2, _("2, low")),
    (3, _("3, medium: some months of work")),
    (4, _("4, high")),
    (5, _("5, very high: a year or more, or not at all")),
]


if TYPE_CHECKING:  # Django's own class cannot be subscripted at run time
    ElementField = forms.ModelChoiceField[ProgrammeElement]
else:
    ElementField = forms.ModelChoiceField


class ElementChoice(ElementField):
    """Elements by name in the reader's language."""

    def label_from_instance(self, obj: Any) -> str:
        """The name, and whether it is price alone."""
        if obj.is_price:
            return str(_("%(name)s (price only)")) % {"name": obj.title}
        return str(obj.title)


def _amount(label: Any, help_text: Any) -> forms.DecimalField:
    return NumberField(
        label=label,
        max_digits=18,
        decimal_places=4,
        min_value=0,
        required=False,
        help_text=help_text,
    )


class ItemForm(forms.Form):
    """What an account gets, what it costs, saves and is worth, and how it holds them."""

    element = ElementChoice(label=_("Element"), queryset=ProgrammeElement.objects.none())
    detail = forms.CharField(
        label=_("What exactly"),
        max_length=500,
        required=False,
        help_text=_("Such as: two percent on everything above 400,000 a year."),
    )
    currency = CurrencyChoiceField(Currency.objects.all(), label=_("Currency"))
    cost = _amount(_("Cost for us a year"), _("Empty: not known, which is not zero."))
    saving = _amount(_("Saving for us a year"), _("What it spares us, such as orders."))
    worth = _amount(_("Worth to them a year"), _("What they would have to pay or do themselves."))
    is_confirmed = forms.BooleanField(label=_("They confirmed its worth"), required=False)
    worth_evidence = forms.CharField(
        label=_("Evidence of its worth"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    switching = forms.TypedChoiceField(
        label=_("Switching cost"),
        choices=[("", _("Not rated")), *SWITCHING],
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("How hard would it be for them to get this from somebody else?"),
    )
    switching_evidence = forms.CharField(
        label=_("Evidence of the switching cost"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    since = forms.DateField(
        label=_("Since"), required=False, help_text=_("Empty: we do not know since when.")
    )
    until = LastDay(label=_("Last day"), required=False, help_text=_("Empty: open."))
    more = ("since", "until")

    def __init__(self, *args: Any, element: ProgrammeElement | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = ProgrammeElement.objects.filter(is_active=True)
        if element is not None:
            rows = rows | ProgrammeElement.objects.filter(pk=element.pk)
        self.fields["element"].queryset = rows.order_by("place", "pk")  # type: ignore[attr-defined]

    def facts(self) -> dict[str, Any]:
        """What the service wants to know."""
        return {name: value for name, value in self.cleaned_data.items() if name != "element"}


class ItemEndForm(forms.Form):
    """From when on an account no longer gets something."""

    on = forms.DateField(label=_("The first day without it"), required=False,
                         help_text=_("Empty: today."))  # fmt: skip


class ElementForm(forms.Form):
    """An element of the catalogue."""

    name = forms.CharField(label=_("Name"), max_length=100)
    what = forms.CharField(
        label=_("What it is"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    is_price = forms.BooleanField(
        label=_("Price only"),
        required=False,
        help_text=_("A discount or rebate: any competitor can match it."),
    )
    is_active = forms.BooleanField(label=_("Offered"), required=False, initial=True)
    place = forms.IntegerField(
        label=_("Place in the list"), min_value=0, max_value=999, initial=100
    )
