"""Forms of ratings, lines, notes, decision steps and dates: shape of input only."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.choices import (
    CalendarKind,
    Function,
    Influence,
    RatingBasis,
    RelationshipLevel,
    StakeholderLinkKind,
    Support,
)
from accounts.forms.people import PositionChoice, bosses
from accounts.models import Account, Position, ProductCategory
from kam.identity.models import User

NOT_SAID = ("", _("Not said"))


def _scale(label: Any, choices: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, choices=[NOT_SAID, *choices], required=False, coerce=int, empty_value=None
    )


class RateForm(forms.Form):
    """What one thinks of somebody, today or on an earlier day."""

    influence = _scale(_("Influence"), Influence.choices)
    support = _scale(_("Support"), Support.choices)
    level_current = _scale(_("Relationship today"), RelationshipLevel.choices)
    level_desired = _scale(_("Relationship aimed at"), RelationshipLevel.choices)
    basis = forms.ChoiceField(
        label=_("This is"),
        choices=RatingBasis.choices,
        initial=RatingBasis.ASSUMED,
        widget=forms.RadioSelect,
    )
    evidence = forms.CharField(
        label=_("Evidence"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What shows it: what was said or done, where and when."),
    )
    team_member = forms.ModelChoiceField(
        label=_("Whose relationship"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("My own"),
    )
    rated_on = forms.DateField(label=_("As of"), required=False, help_text=_("Empty: today."))
    more = ("team_member", "rated_on")
    KINDS = ("influence", "support", "level_current", "level_desired")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True).exclude(pk=user.pk)
        if not user.sees_everything():
            people = people.filter(pk__in=user.scope_user_ids())
        field = cast("forms.ModelChoiceField[User]", self.fields["team_member"])
        field.queryset = people.order_by("full_name", "pk")

    def clean(self) -> dict[str, Any]:
        """Something must be said; what is confirmed has evidence."""
        values = super().clean() or self.cleaned_data
        if all(values.get(kind) is None for kind in self.KINDS):
            raise forms.ValidationError(_("Choose a value for one of the four."))
        if values.get("basis") == RatingBasis.CONFIRMED and not values.get("evidence", "").strip():
            self.add_error("evidence", _("What is confirmed needs evidence: say what shows it."))
        return values

    def values(self) -> dict[str, int]:
        """What was said, by kind."""
        return {k: v for k in self.KINDS if (v := self.cleaned_data[k]) is not None}


class GridForm(forms.Form):
    """Where a card was put."""

    influence = forms.IntegerField()
    support = forms.IntegerField()


class LineForm(forms.Form):
    """An informal line from somebody to somebody else."""

    kind = forms.ChoiceField(
        label=_("Line between people"),
        choices=StakeholderLinkKind.choices,
        widget=forms.RadioSelect,
        initial=StakeholderLinkKind.INFLUENCE,
    )
    to_position = PositionChoice(label=_("To"), queryset=Position.objects.none())
    strength = forms.TypedChoiceField(
        label=_("Strength"),
        coerce=int,
        initial=2,
        choices=[(1, _("Weak")), (2, _("Medium")), (3, _("Strong"))],
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, position: Position, user: User, as_of: date,
                 **kwargs: Any) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        rows = bosses(position.account, as_of=as_of, user=user).exclude(pk=position.pk)
        cast("PositionChoice", self.fields["to_position"]).queryset = rows


class NoteForm(forms.Form):
    """A note for the account's team alone."""

    text = forms.CharField(
        label=_("Note"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Only the account's team can read it: who leads it, their directors, "
                    "and who stands in for them."),
    )  # fmt: skip


class StepForm(forms.Form):
    """A step of how the account decides."""

    name = forms.CharField(label=_("What is decided"), max_length=200)
    category = forms.ModelChoiceField(
        label=_("Category"),
        queryset=ProductCategory.objects.all(),
        required=False,
        empty_label=_("All categories"),
    )
    number = forms.IntegerField(
        label=_("Step"),
        min_value=1,
        max_value=99,
        required=False,
        help_text=_("Empty: after the last."),
    )
    place = forms.CharField(
        label=_("Where"),
        max_length=200,
        required=False,
        help_text=_("Such as: category committee at the head office."),
    )
    position = PositionChoice(
        label=_("Who decides"),
        queryset=Position.objects.none(),
        required=False,
        empty_label=_("Not known"),
    )
    note = forms.CharField(label=_("Note"), max_length=500, required=False)

    def __init__(self, *args: Any, account: Account, user: User, as_of: date,
                 **kwargs: Any) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        rows = bosses(account, as_of=as_of, user=user)
        cast("PositionChoice", self.fields["position"]).queryset = rows


class DateForm(forms.Form):
    """A date of the customer's own calendar."""

    kind = forms.ChoiceField(label=_("Kind"), choices=CalendarKind.choices)
    starts_on = forms.DateField(label=_("First day"))
    ends_on = forms.DateField(label=_("Last day"), required=False)
    title = forms.CharField(label=_("What it is about"), max_length=200, required=False)
    category = forms.ModelChoiceField(
        label=_("Category"),
        queryset=ProductCategory.objects.all(),
        required=False,
        empty_label=_("All categories"),
    )
    remind_days = forms.IntegerField(
        label=_("Remind days ahead"),
        min_value=0,
        max_value=365,
        required=False,
        help_text=_("Empty: no reminder."),
    )


class RelationshipSettingsForm(forms.Form):
    """What coverage needs, and how ratings are given."""

    required_functions = forms.MultipleChoiceField(
        label=_("Required functions"),
        choices=Function.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("In each of these every account needs somebody whom we know."),
    )
    has_blind_first_rating = forms.BooleanField(
        label=_("Who has not rated somebody yet does not see how colleagues did"), required=False
    )
    half_life_days = forms.IntegerField(
        label=_("Half-life of a contact, days"),
        min_value=1,
        max_value=1000,
        help_text=_("After so many days a contact counts half."),
    )
    window_days = forms.IntegerField(
        label=_("Recent contact, days"),
        min_value=1,
        max_value=1000,
        help_text=_("A function without contact for longer is a gap."),
    )
    strong_from = forms.IntegerField(
        label=_("Strong from"),
        min_value=0,
        max_value=100,
        help_text=_("From this strength on somebody's influence counts as covered."),
    )
