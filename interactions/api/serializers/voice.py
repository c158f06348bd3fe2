"""What ratings of us, surveys and their links look like over the API."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api.serializers.accounts import AccountId, AccountRef
from accounts.api.serializers.people import RowId
from accounts.choices import Function
from interactions.choices import VoiceSource, VoiceTopic
from kam.core.api.serializers import Input, Output, TextField
from kam.identity.api.shapes import PersonOutput

SOURCES = [one for one in VoiceSource.choices if one[0] in {"review", "scorecard", "api"}]


class _Number(serializers.DecimalField):
    def __init__(self, **kwargs: object) -> None:
        super().__init__(max_digits=7, decimal_places=2, **kwargs)  # type: ignore[arg-type]


class FeedbackOutput(Output):
    """A rating of us on its own scale, and as points of 100."""

    id = serializers.IntegerField()
    account = AccountRef()
    position = serializers.IntegerField(
        source="position_id", allow_null=True, help_text=_("Null: nobody by name.")
    )
    function = serializers.CharField(help_text=_("Empty: the customer as a whole."))
    topic = serializers.ChoiceField(choices=VoiceTopic.choices)
    value = _Number()
    lowest = _Number()
    highest = _Number()
    points = _Number()
    given_on = serializers.DateField()
    reason = serializers.CharField()
    source = serializers.ChoiceField(choices=VoiceSource.choices)  # type: ignore[assignment]
    task = serializers.IntegerField(
        source="task_id", allow_null=True, help_text=_("The follow-up that it opened.")
    )
    author = PersonOutput(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class FeedbackInput(Input):
    """A rating that somebody told us."""

    account = AccountId()
    position = RowId(required=False, allow_null=True, help_text=_("Who said it."))
    function = serializers.ChoiceField(
        choices=Function.choices, required=False, allow_blank=True, default=""
    )
    topic = serializers.ChoiceField(
        choices=VoiceTopic.choices, required=False, default=VoiceTopic.OVERALL
    )
    value = _Number()
    lowest = _Number(required=False, default=Decimal(1))
    highest = _Number(required=False, default=Decimal(5))
    given_on = serializers.DateField()
    reason = TextField(max_length=1000, required=False, default="")
    source = serializers.ChoiceField(  # type: ignore[assignment]
        choices=SOURCES, required=False, default=VoiceSource.API
    )


class SurveyOutput(Output):
    """A survey: the topics that it asks about."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    topics = serializers.ListField(child=serializers.ChoiceField(choices=VoiceTopic.choices))
    days_valid = serializers.IntegerField()
    is_active = serializers.BooleanField()


class SurveyInput(Input):
    """A survey."""

    name = TextField(max_length=100)
    topics = serializers.ListField(
        child=serializers.ChoiceField(choices=VoiceTopic.choices), min_length=1, max_length=8
    )
    days_valid = serializers.IntegerField(min_value=1, max_value=90, required=False, default=21)
    is_active = serializers.BooleanField(required=False, default=True)


class InvitationOutput(Output):
    """A link of a survey. Its secret is told once, when it is made."""

    id = serializers.IntegerField()
    survey = serializers.IntegerField(source="survey_id")
    account = AccountRef()
    position = serializers.IntegerField(source="position_id")
    language = serializers.CharField()
    expires_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class InvitationMadeOutput(InvitationOutput):
    """A link that was just made, with its address."""

    url = serializers.CharField(help_text=_("Shown only now; whoever has it can answer, once."))


class InvitationInput(Input):
    """Whom to ask."""

    survey = RowId()
    position = RowId()
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False, default="en")
