"""What meetings look like over the API."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api.serializers.accounts import AccountId, AccountRef, PersonId
from accounts.api.serializers.people import RowId
from interactions.choices import InteractionKind, MeetingSource, MeetingState
from kam.core.api.serializers import Input, Output, TextField
from kam.identity.api.shapes import PersonOutput

MOST = 200


class MeetingOutput(Output):
    """A planned contact: timed ones have moments, all-day ones only days."""

    id = serializers.IntegerField()
    account = AccountRef(allow_null=True)
    owner = PersonOutput()
    kind = serializers.ChoiceField(choices=InteractionKind.choices)
    title = serializers.CharField()
    is_all_day = serializers.BooleanField()
    starts_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    starts_on = serializers.DateField(help_text=_("In the organisation's time zone."))
    ends_on = serializers.DateField(help_text=_("The last day, included."))
    time_zone = serializers.CharField()
    place = AccountRef(allow_null=True)
    place_text = serializers.CharField()
    description = serializers.CharField()
    others = serializers.CharField(help_text=_("Invited people whom nobody knows yet."))
    participants = serializers.SerializerMethodField(help_text=_("Positions at the customer."))
    colleagues = serializers.SerializerMethodField(help_text=_("Users besides the owner."))
    is_private = serializers.BooleanField()
    state = serializers.ChoiceField(choices=MeetingState.choices)
    cancel_reason = serializers.CharField()
    interaction = serializers.IntegerField(
        source="interaction_id", allow_null=True, help_text=_("The contact in the log.")
    )
    source = serializers.ChoiceField(choices=MeetingSource.choices)  # type: ignore[assignment]  # DRF takes declared fields off the class
    sequence = serializers.IntegerField(help_text=_("Grows with every change of time or words."))
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()

    def get_participants(self, row: Any) -> list[int]:
        """Ids of positions."""
        return [one.position_id for one in row.participants.all()]

    def get_colleagues(self, row: Any) -> list[int]:
        """Ids of users."""
        return [one.user_id for one in row.colleagues.all()]


class MeetingChange(Input):
    """What of a meeting is said anew; what is not sent stays."""

    title = TextField(max_length=300, required=True)
    kind = serializers.ChoiceField(choices=InteractionKind.choices, required=False)
    account = AccountId(required=False, allow_null=True)
    starts_at = serializers.DateTimeField(required=False)
    ends_at = serializers.DateTimeField(required=False)
    starts_on = serializers.DateField(
        required=False, help_text=_("All day: instead of moments. The last day is included.")
    )
    ends_on = serializers.DateField(required=False)
    time_zone = serializers.CharField(max_length=64, required=False)
    place = AccountId(required=False, allow_null=True)
    place_text = TextField(max_length=300)
    description = TextField(max_length=5000)
    is_private = serializers.BooleanField(required=False)
    participants = serializers.ListField(child=RowId(), required=False, max_length=MOST)
    colleagues = serializers.ListField(child=PersonId(), required=False, max_length=MOST)

    def validate_time_zone(self, value: str) -> str:
        """A zone by its name."""
        if value not in zoneinfo.available_timezones():
            raise serializers.ValidationError(gettext("There is no such time zone."))
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Moments or days, both ends of moments together."""
        moments = {"starts_at", "ends_at"} & set(attrs)
        days = {"starts_on", "ends_on"} & set(attrs)
        if moments and days:
            raise serializers.ValidationError(
                {"starts_on": [gettext("Send moments or days, not both.")]}
            )
        if len(moments) == 1:
            missing = ({"starts_at", "ends_at"} - moments).pop()
            raise serializers.ValidationError({missing: [gettext("Send both ends.")]})
        if days and "starts_on" not in days:
            raise serializers.ValidationError({"starts_on": [gettext("Send both ends.")]})
        return attrs


class MeetingInput(MeetingChange):
    """A new meeting of yours."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """It says when."""
        if not {"starts_at", "starts_on"} & set(attrs):
            raise serializers.ValidationError(
                {"starts_at": [gettext("Say from when to when, or that it lasts all day.")]}
            )
        return super().validate(attrs)


class MeetingMoveInput(Input):
    """Another day, and another hour of the meeting's own time zone where it is sent."""

    to_day = serializers.DateField()
    at = serializers.TimeField(required=False, allow_null=True)


class MeetingCancelInput(Input):
    """Why it is called off."""

    reason = TextField(max_length=300)
