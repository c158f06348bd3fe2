"""What notifications and choices look like over the API."""

from __future__ import annotations

from rest_framework import serializers

from kam.core.api.serializers import Input, Output
from kam.notifications.choices import Mail


class NotificationOutput(Output):
    """Something that the caller was told, in the language of the request."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    title = serializers.CharField()
    body = serializers.CharField()
    url = serializers.CharField(help_text="The page it leads to, below this host.")
    params = serializers.DictField(help_text="What the words were made of.")
    occurred_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)
    mailed_at = serializers.DateTimeField(allow_null=True)


class ReadInput(Input):
    """Which notifications were read: their ids, or all up to an id."""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        required=False,
        max_length=1000,
    )
    up_to = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)


class ReadOutput(Output):
    """How many were marked."""

    marked = serializers.IntegerField()
    unread = serializers.IntegerField(help_text="What is unread now, at most 100.")


class NotificationWayOutput(Output):
    """How the caller is told of one kind."""

    kind = serializers.CharField()
    title = serializers.CharField()
    explains = serializers.CharField()
    in_app = serializers.BooleanField()
    mail = serializers.ChoiceField(choices=Mail.choices)


class NotificationPreferencesOutput(Output):
    """The ways of every kind, and when mails may come."""

    kinds = NotificationWayOutput(many=True)
    wants_digest = serializers.BooleanField()
    digest_hour = serializers.IntegerField(help_text="0 to 23, on the caller's clock.")
    quiet_days = serializers.ListField(
        child=serializers.IntegerField(), help_text="1 is Monday, 7 is Sunday."
    )
    time_zone = serializers.CharField(help_text="Empty: the organisation's.")


class NotificationWayInput(Input):
    """How to be told of one kind."""

    kind = serializers.CharField(max_length=60)
    in_app = serializers.BooleanField()
    mail = serializers.ChoiceField(choices=Mail.choices)


class NotificationPreferencesInput(Input):
    """The choices to hold from now on; kinds that are not named stay as they are."""

    kinds = NotificationWayInput(many=True, required=False)
    wants_digest = serializers.BooleanField()
    digest_hour = serializers.IntegerField(min_value=0, max_value=23)
    quiet_days = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=7), max_length=7
    )
    time_zone = serializers.CharField(max_length=64, allow_blank=True)
