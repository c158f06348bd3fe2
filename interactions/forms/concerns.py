"""Forms of concerns: shape of input only."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms.fields import AccountField, give_user
from accounts.forms.people import PositionChoice
from accounts.forms.team import colleagues, partners
from accounts.models import Account, Position
from interactions.analytics import concerns as rules
from interactions.choices import ConcernCategory, ConcernSeverity, ConcernState
from interactions.models import Concern
from interactions.services.concerns import Worry
from kam.identity.models import User

LOCAL = "%Y-%m-%dT%H:%M"


class AccountOnlyForm(forms.Form):
    """Whose concern it is."""

    account = AccountField(label=_("Account"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        give_user(self, user)


class WordsForm(forms.Form):
    """What bothers them, and how badly."""

    title = forms.CharField(label=_("In one line"), max_length=200)
    category = forms.ChoiceField(label=_("Category"), choices=ConcernCategory.choices)
    severity = forms.TypedChoiceField(
        label=_("Severity"),
        choices=ConcernSeverity.choices,
        coerce=int,
        initial=ConcernSeverity.MEDIUM,
        widget=forms.RadioSelect,
    )
    description = forms.CharField(
        label=_("What happened"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    is_confidential = forms.BooleanField(
        label=_("Confidential"),
        required=False,
        help_text=_("Only the account's team, the owner and who noted it can read it."),
    )


class ConcernForm(WordsForm):
    """A new concern of a known account."""

    raised_by = PositionChoice(
        label=_("Raised by"),
        queryset=Position.objects.none(),
        required=False,
        empty_label=_("Nobody in particular"),
    )
    owner = forms.ModelChoiceField(
        label=_("Who sees to it"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("The lead of the account"),
    )
    raised_at = forms.DateTimeField(
        label=_("When it was raised"),
        required=False,
        input_formats=[LOCAL, "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL),
        help_text=_("Empty: now. The time to answer counts from then."),
    )
    field_order = [
        "title", "category", "severity", "raised_by", "owner", "description", "raised_at",
        "is_confidential",
    ]  # fmt: skip
    more = ("raised_at", "is_confidential")

    def __init__(
        self, *args: Any, account: Account, user: User, as_of: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.account = account
        people: QuerySet[Position] = partners(account, user=user, as_of=as_of)
        cast("PositionChoice", self.fields["raised_by"]).queryset = people
        cast("forms.ModelChoiceField[User]", self.fields["owner"]).queryset = colleagues()

    def worry(self) -> Worry:
        """What was told, as the service takes it."""
        names = ("title", "category", "severity", "description", "raised_by", "is_confidential")
        return Worry(account=self.account, **{name: self.cleaned_data[name] for name in names})

    @property
    def raised(self) -> datetime | None:
        """When, where it was said."""
        found: datetime | None = self.cleaned_data["raised_at"]
        return found


class MoveForm(forms.Form):
    """Where a concern goes, with words where they are needed."""

    stage = forms.ChoiceField(label=_("Where to"), widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("In words"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed where it is solved, cancelled or taken up again."),
    )

    def __init__(self, *args: Any, concern: Concern, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.concern = concern
        ways = [ConcernState(to) for to in rules.MOVES[concern.state]]
        field = cast("forms.ChoiceField", self.fields["stage"])
        field.choices = [(to.value, way_in_words(concern.state, to)) for to in ways]

    def clean(self) -> dict[str, Any]:
        """Some ways need words."""
        values = super().clean() or self.cleaned_data
        to = values.get("stage")
        if (
            to
            and not (values.get("words") or "").strip()
            and rules.needs_words(self.concern.state, to)
        ):
            self.add_error("words", _("Say what was done, or why."))
        return values


VERBS = {
    ConcernState.WORKING: pgettext_lazy("concern, verb", "Begin"),
    ConcernState.WAITING: pgettext_lazy("concern, verb", "Wait for the customer"),
    ConcernState.RESOLVED: pgettext_lazy("concern, verb", "Resolve"),
    ConcernState.CLOSED: pgettext_lazy("concern, verb", "Close"),
    ConcernState.CANCELLED: pgettext_lazy("concern, verb", "Drop"),
}


def way_in_words(state: str, to: str) -> Any:
    """What going there is called."""
    return _("Take up again") if rules.is_reopening(state, to) else VERBS[ConcernState(to)]


class EntryForm(forms.Form):
    """Something said: among us, or to the customer."""

    text = forms.CharField(
        label=_("What was said"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    is_answer = forms.BooleanField(
        label=_("The customer was answered"),
        required=False,
        help_text=_("The first answer stops the clock of the time to answer."),
    )


class GiveForm(forms.Form):
    """Who sees to it from now on."""

    owner = forms.ModelChoiceField(label=_("Who sees to it"), queryset=User.objects.none())
    words = forms.CharField(label=_("In words"), max_length=500, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[User]", self.fields["owner"]).queryset = colleagues()


class TargetForm(forms.Form):
    """Within how many hours concerns of a severity are answered and solved, from a day on."""

    tier_code = forms.ChoiceField(label=_("Tier"), required=False)
    severity = forms.TypedChoiceField(
        label=_("Severity"), choices=ConcernSeverity.choices, coerce=int
    )
    respond_hours = forms.IntegerField(
        label=_("Hours to the first answer"), min_value=1, max_value=8784
    )
    resolve_hours = forms.IntegerField(
        label=_("Hours to the solution"),
        min_value=1,
        max_value=8784,
        help_text=_("Hours of the calendar: nights and weekends count."),
    )
    from_day = forms.DateField(label=_("From"))

    def __init__(self, *args: Any, tiers: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ChoiceField", self.fields["tier_code"])
        field.choices = [("", _("Any tier without its own")), *tiers]

    def clean(self) -> dict[str, Any]:
        """One answers before one solves."""
        values = super().clean() or self.cleaned_data
        respond, resolve = values.get("respond_hours"), values.get("resolve_hours")
        if respond and resolve and respond > resolve:
            self.add_error("resolve_hours", _("The answer comes before the solution."))
        return values
