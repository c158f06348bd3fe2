"""Forms of business reviews: shape of input only."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms.fields import AccountField, give_user
from accounts.forms.people import PositionChoice
from accounts.forms.team import colleagues, partners
from accounts.models import Account, Position
from interactions.choices import ConcernCategory, ConcernSeverity
from kam.core.forms import Versioned
from kam.identity.models import User
from plans.choices.joint import LineKind
from plans.models import AgendaItem, BusinessReview, Plan, ReviewTemplate
from plans.services.reviews.holding import Meeting, told_version

RATINGS = [(None, "–"), *((n, str(n)) for n in range(1, 6))]
MINUTES = 600


def _choice(form: forms.Form, name: str, rows: Any) -> None:
    cast("forms.ModelChoiceField[Any]", form.fields[name]).queryset = rows


def plans_for(account: Account, user: User) -> Any:
    """Open plans of an account and of those above it, that the user may read."""
    rows = Plan.objects.visible_to(user).open()
    return rows.filter(account__in=[*account.path, account.pk]).order_by("-period", "pk")


def plan_of_day(account: Account, user: User, day: date) -> Plan | None:
    """The plan to begin with: the account's own of that day, else the nearest above it."""
    found = {one.account_id: one for one in plans_for(account, user).covering(day)}
    way = [account.pk, *reversed(account.path)]
    return next((found[pk] for pk in way if pk in found), None)


class ReviewAccountForm(forms.Form):
    """With whom."""

    account = AccountField(label=_("Account"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        give_user(self, user)


class MeetingForm(forms.Form):
    """When, where and about which plan."""

    title = forms.CharField(label=pgettext_lazy("of a thing", "Title"), max_length=200)
    held_on = forms.DateField(label=_("Day"))
    stage = forms.CharField(
        label=_("Stage"),
        max_length=100,
        required=False,
        help_text=_("As: half-year, before the tender."),
    )
    place = forms.CharField(label=_("Place"), max_length=200, required=False)
    plan = forms.ModelChoiceField(
        label=_("Plan"),
        queryset=Plan.objects.none(),
        required=False,
        empty_label=_("No plan"),
        help_text=_("Its open actions stand beside the notes, and new ones go to it."),
    )
    owner = forms.ModelChoiceField(
        label=_("Held by"), queryset=User.objects.none(), empty_label="–"
    )

    def __init__(self, *args: Any, account: Account, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choice(self, "plan", plans_for(account, user))
        _choice(self, "owner", colleagues())

    def meeting(self) -> Meeting:
        """What was told, as the service takes it."""
        names = ("title", "held_on", "stage", "place", "plan", "owner")
        return Meeting(**{name: self.cleaned_data[name] for name in names})


class ReviewForm(MeetingForm):
    """A new review: with an agenda from a template, or from last time."""

    template = forms.ModelChoiceField(
        label=pgettext_lazy("business review", "Agenda"),
        queryset=ReviewTemplate.objects.none(),
        required=False,
        empty_label=_("As last time"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choice(self, "template", ReviewTemplate.objects.filter(is_active=True))


class EndingForm(Versioned):
    """What is said at the end: the summary, and what both sides thought of it."""

    summary = forms.CharField(
        label=_("Summary"),
        max_length=8000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    is_summary_shareable = forms.BooleanField(
        label=_("The summary may be shown to the customer"), required=False
    )
    our_rating = forms.TypedChoiceField(
        label=_("Our rating, 1 to 5"), choices=RATINGS, coerce=int, empty_value=None, required=False
    )
    their_rating = forms.TypedChoiceField(
        label=_("Their rating, 1 to 5"),
        choices=RATINGS,
        coerce=int,
        empty_value=None,
        required=False,
    )

    @staticmethod
    def ending(review: BusinessReview) -> dict[str, Any]:
        """What was said of it so far."""
        names = ("summary", "is_summary_shareable", "our_rating", "their_rating")
        return {name: getattr(review, name) for name in names} | {"version": told_version(review)}

    def ended(self) -> dict[str, Any]:
        """What was said at the end, as the service takes it."""
        values = {name: one for name, one in self.cleaned_data.items() if name != "version"}
        return values | {"read_as": self.read_as()}


class ReviewEditForm(EndingForm, MeetingForm):
    """All that is told of a review."""

    @classmethod
    def starting(cls, review: BusinessReview) -> dict[str, Any]:
        """What the form begins with."""
        names = ("title", "held_on", "stage", "place", "plan", "owner")
        return {name: getattr(review, name) for name in names} | cls.ending(review)


class SummaryForm(EndingForm):
    """The end of a review: it closes with a summary."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["summary"].required = True


class LineForm(forms.Form):
    """A line of the notes."""

    text = forms.CharField(label=_("What was said"), max_length=1000)
    kind = forms.ChoiceField(label=_("Kind"), choices=LineKind.choices, initial=LineKind.NOTE)
    item = forms.ModelChoiceField(
        label=_("Agenda item"),
        queryset=AgendaItem.objects.none(),
        required=False,
        empty_label=_("None"),
    )
    is_shareable = forms.BooleanField(label=_("May be shown to the customer"), required=False)

    def __init__(self, *args: Any, review: BusinessReview, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choice(self, "item", AgendaItem.objects.filter(review=review))


class LineEditForm(Versioned):
    """A line put right."""

    text = forms.CharField(label=_("What was said"), max_length=1000)
    kind = forms.ChoiceField(label=_("Kind"), choices=LineKind.choices)
    is_shareable = forms.BooleanField(label=_("May be shown to the customer"), required=False)


class LineActionForm(forms.Form):
    """Who does what a line says, and by when."""

    owner = forms.ModelChoiceField(
        label=_("Owner"), queryset=User.objects.none(), required=False, empty_label=_("Nobody yet")
    )
    due_on = forms.DateField(label=_("Due on"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choice(self, "owner", colleagues())


class LineConcernForm(forms.Form):
    """What kind of concern a line is."""

    category = forms.ChoiceField(label=_("Category"), choices=ConcernCategory.choices)
    severity = forms.TypedChoiceField(
        label=_("Severity"),
        choices=ConcernSeverity.choices,
        coerce=int,
        initial=ConcernSeverity.MEDIUM,
    )


class AgendaForm(forms.Form):
    """A point of the agenda."""

    title = forms.CharField(label=_("Point"), max_length=200)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=MINUTES, required=False)
    is_shareable = forms.BooleanField(
        label=_("May be shown to the customer"), required=False, initial=True
    )


class PersonForm(forms.Form):
    """Somebody of ours, or of theirs."""

    user = forms.ModelChoiceField(
        label=_("Colleague"), queryset=User.objects.none(), required=False, empty_label="–"
    )
    position = PositionChoice(
        label=_("Person of theirs"),
        queryset=Position.objects.none(),
        required=False,
        empty_label="–",
    )

    def __init__(self, *args: Any, account: Account, by: User, as_of: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choice(self, "user", colleagues())
        _choice(self, "position", partners(account, user=by, as_of=as_of))

    def clean(self) -> dict[str, Any]:
        """One of both."""
        values = super().clean() or self.cleaned_data
        if not self.errors and bool(values.get("user")) == bool(values.get("position")):
            self.add_error("user", _("Name a colleague or a person of theirs."))
        return values


class ReviewTemplateForm(forms.Form):
    """An agenda, a line for each point; minutes behind a bar where they are known."""

    name = forms.CharField(label=_("Name"), max_length=100)
    agenda = forms.CharField(
        label=pgettext_lazy("business review", "Agenda"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("A line for each point, minutes behind a bar: Figures of the half-year | 20"),
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def clean_agenda(self) -> list[dict[str, Any]]:
        """Return the points with their minutes; refuse minutes that are no number."""
        points = []
        for number, line in enumerate(str(self.cleaned_data["agenda"]).splitlines(), 1):
            title, _bar, minutes = line.partition("|")
            if not title.strip():
                continue
            if minutes.strip() and not (
                minutes.strip().isdecimal() and 0 < int(minutes) <= MINUTES
            ):
                raise forms.ValidationError(
                    _("Line %(line)s: minutes are a whole number from 1 to 600."),
                    params={"line": number},
                )
            found = int(minutes) if minutes.strip() else None
            points.append({"title": title.strip()[:200], "minutes": found})
        return points
