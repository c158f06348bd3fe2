"""Forms of customers' ratings and surveys: shape of input only."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.choices import Function
from accounts.forms.people import PositionChoice
from accounts.forms.team import partners
from accounts.models import Account, Position
from interactions.choices import VoiceSource, VoiceTopic
from interactions.forms.voice_words import QUESTIONS, SCALE
from interactions.models import Survey
from kam.core.number_fields import NumberField
from kam.identity.models import User


class FeedbackForm(forms.Form):
    """A rating that somebody told us."""

    position = PositionChoice(
        label=_("Who said it"),
        queryset=Position.objects.none(),
        required=False,
        empty_label=_("Nobody by name"),
    )
    function = forms.ChoiceField(
        label=_("Function"),
        choices=[("", _("The customer as a whole")), *Function.choices],
        required=False,
        help_text=_("Only where nobody is named."),
    )
    topic = forms.ChoiceField(label=_("About"), choices=VoiceTopic.choices)
    value = NumberField(label=_("Rating"), max_digits=7, decimal_places=2)
    given_on = forms.DateField(label=_("Given on"))
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("In their words, if possible."),
    )
    source = forms.ChoiceField(
        label=_("Where from"),
        choices=[
            (VoiceSource.REVIEW, VoiceSource.REVIEW.label),
            (VoiceSource.SCORECARD, VoiceSource.SCORECARD.label),
        ],
    )
    lowest = NumberField(label=_("Worst of the scale"), max_digits=7, decimal_places=2, initial=1)
    highest = NumberField(label=_("Best of the scale"), max_digits=7, decimal_places=2, initial=5)
    more = ("source", "lowest", "highest")

    def __init__(
        self, *args: Any, account: Account, user: User, as_of: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        rows = partners(account, user=user, as_of=as_of)
        cast("PositionChoice", self.fields["position"]).queryset = rows
        self.fields["given_on"].initial = as_of


class SurveyForm(forms.Form):
    """A survey: what it is called and what it asks about."""

    name = forms.CharField(label=_("Name"), max_length=100)
    topics = forms.MultipleChoiceField(
        label=_("Topics"),
        choices=VoiceTopic.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Each is one question, answered 1 to 5. Few are answered more often."),
    )
    days_valid = forms.IntegerField(
        label=_("A link holds for … days"), min_value=1, max_value=90, initial=21
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)


class InvitationForm(forms.Form):
    """Whom to ask, and in which language."""

    survey = forms.ModelChoiceField(
        label=_("Survey"), queryset=Survey.objects.none(), empty_label=None
    )
    position = PositionChoice(label=_("Whom"), queryset=Position.objects.none())
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def __init__(
        self, *args: Any, account: Account, user: User, as_of: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        survey = cast("forms.ModelChoiceField[Survey]", self.fields["survey"])
        survey.queryset = Survey.objects.filter(is_active=True)
        rows = partners(account, user=user, as_of=as_of)
        cast("PositionChoice", self.fields["position"]).queryset = rows


class AnswerForm(forms.Form):
    """What a customer answers: 1 to 5 for each topic, any of them left out, and a word of why."""

    reason = forms.CharField(
        label=_("What should we do better, or keep?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, topics: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.topics = topics
        for topic in topics:
            self.fields[topic] = forms.TypedChoiceField(
                label=QUESTIONS[VoiceTopic(topic)],
                choices=SCALE,
                coerce=int,
                empty_value=None,
                required=False,
                widget=forms.RadioSelect,
            )
        self.order_fields([*topics, "reason"])

    @property
    def ratings(self) -> dict[str, int]:
        """The topics that were rated."""
        values = ((topic, self.cleaned_data.get(topic)) for topic in self.topics)
        return {topic: value for topic, value in values if value is not None}


class VoiceFilterForm(forms.Form):
    """Which customers the board shows."""

    within = forms.ModelChoiceField(
        label=_("Customer"),
        queryset=Account.objects.none(),
        required=False,
        empty_label=_("All customers"),
    )
    function = forms.ChoiceField(
        label=_("Function"), choices=[("", _("All functions")), *Function.choices], required=False
    )
    topic = forms.ChoiceField(
        label=_("About"), choices=[("", _("All topics")), *VoiceTopic.choices], required=False
    )
