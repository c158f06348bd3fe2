"""Forms of notes and what they become: shape of input only."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.choices import CompetitorMoveKind, PromiseSide
from accounts.forms.people import PositionChoice
from accounts.models import Competitor, Position, ProductCategory
from interactions.choices import NoteKind, Sentiment
from kam.core.forms import CurrencyChoiceField
from kam.core.models import Currency
from kam.core.number_fields import NumberField


class NoteForm(forms.Form):
    """One note."""

    kind = forms.ChoiceField(label=_("Kind"), choices=NoteKind.choices)
    text = forms.CharField(
        label=_("What was heard"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    position = PositionChoice(
        label=_("Said by"), queryset=Position.objects.none(), required=False,
        empty_label=_("Nobody in particular"),
    )  # fmt: skip

    def __init__(self, *args: Any, people: QuerySet[Position], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("PositionChoice", self.fields["position"]).queryset = people


class NotePromiseForm(forms.Form):
    """Whose promise it is, and until when."""

    side = forms.ChoiceField(
        label=_("Who promised"), choices=PromiseSide.choices, initial=PromiseSide.OURS,
        widget=forms.RadioSelect,
    )  # fmt: skip
    due_on = forms.DateField(label=_("Due"))
    position = PositionChoice(
        label=_("Their person"), queryset=Position.objects.none(), required=False,
        empty_label=_("The account as a whole"),
    )  # fmt: skip

    def __init__(self, *args: Any, people: QuerySet[Position], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("PositionChoice", self.fields["position"]).queryset = people


class MoveForm(forms.Form):
    """Which competitor did what kind of thing."""

    competitor = forms.ModelChoiceField(label=_("Competitor"), queryset=Competitor.objects.none())
    kind = forms.ChoiceField(
        label=_("What kind of move"), choices=CompetitorMoveKind.choices,
        initial=CompetitorMoveKind.OTHER,
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[Competitor]", self.fields["competitor"])
        field.queryset = known_competitors()


class PriceForm(forms.Form):
    """A price of a competitor, or terms."""

    competitor = forms.ModelChoiceField(label=_("Competitor"), queryset=Competitor.objects.none())
    category = forms.ModelChoiceField(
        label=_("Category"), queryset=ProductCategory.objects.order_by("name"), required=False
    )
    product = forms.CharField(label=_("Product"), max_length=200, required=False)
    price = NumberField(
        label=_("Price"), max_digits=18, decimal_places=4, required=False, min_value=0
    )
    currency = CurrencyChoiceField(Currency.objects.all(), label=_("Currency"), required=False)
    unit = forms.CharField(label=_("Unit"), max_length=30, required=False)
    terms = forms.CharField(label=_("Terms"), max_length=500, required=False)
    seen_where = forms.CharField(label=_("Where"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[Competitor]", self.fields["competitor"])
        field.queryset = known_competitors()


class SupportForm(forms.Form):
    """How far somebody is with us, and what shows it."""

    value = forms.TypedChoiceField(
        label=_("Support"), choices=Sentiment.choices, coerce=int, widget=forms.RadioSelect
    )
    evidence = forms.CharField(
        label=_("Evidence"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


def known_competitors() -> QuerySet[Competitor]:
    """Competitors that were not merged into others."""
    return Competitor.objects.filter(merged_into=None).order_by("name_key", "pk")
