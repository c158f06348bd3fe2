"""What concerns, their targets and times look like over the API."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api.serializers.accounts import AccountId, AccountRef, PersonId
from accounts.api.serializers.people import RowId
from accounts.api.serializers.tiers import Dated
from interactions.choices import (
    ConcernCategory,
    ConcernEntryKind,
    ConcernSeverity,
    ConcernState,
)
from kam.core.api.serializers import Input, Output, TextField
from kam.identity.api.shapes import PersonOutput


class ConcernEntryOutput(Output):
    """What happened to a concern; without an author the system noted it."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=ConcernEntryKind.choices)
    from_state = serializers.CharField()
    to_state = serializers.CharField()
    text = serializers.CharField()
    author = PersonOutput(allow_null=True)
    happened_at = serializers.DateTimeField()


class ConcernOutput(Output):
    """A concern of a customer."""

    id = serializers.IntegerField()
    account = AccountRef()
    category = serializers.ChoiceField(choices=ConcernCategory.choices)
    severity = serializers.ChoiceField(choices=ConcernSeverity.choices)
    title = serializers.CharField()
    description = serializers.CharField()
    is_confidential = serializers.BooleanField()
    raised_at = serializers.DateTimeField()
    raised_by = serializers.IntegerField(
        source="raised_by_id", allow_null=True, help_text=_("A position at the customer.")
    )
    owner = PersonOutput()
    author = PersonOutput()
    note = serializers.IntegerField(
        source="note_id", allow_null=True, help_text=_("The note of a contact that it came from.")
    )
    state = serializers.ChoiceField(choices=ConcernState.choices)
    reopened = serializers.IntegerField(help_text=_("How often it was taken up again."))
    respond_by = serializers.DateTimeField()
    resolve_by = serializers.DateTimeField()
    first_response_at = serializers.DateTimeField(allow_null=True)
    resolved_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True, help_text=_("Closed or cancelled."))
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ConcernDetailOutput(ConcernOutput):
    """A concern with all that happened to it, the first thing first."""

    entries = ConcernEntryOutput(many=True)


class ConcernChange(Input):
    """What is told of a concern; what is not sent stays."""

    title = TextField(max_length=200, required=True)
    description = TextField(max_length=5000)
    category = serializers.ChoiceField(choices=ConcernCategory.choices, required=False)
    severity = serializers.ChoiceField(
        choices=ConcernSeverity.choices,
        required=False,
        help_text=_("Another severity brings its own targets."),
    )
    is_confidential = serializers.BooleanField(required=False)


class ConcernInput(ConcernChange):
    """A new concern."""

    account = AccountId()
    raised_at = serializers.DateTimeField(required=False, help_text=_("Left out: now."))
    raised_by = RowId(required=False, allow_null=True, help_text=_("A position at the customer."))
    owner = PersonId(
        required=False, allow_null=True, help_text=_("Left out: the lead of the account.")
    )


class ConcernMoveInput(Input):
    """Where it goes, with words where it is solved, cancelled or taken up again."""

    state = serializers.ChoiceField(choices=ConcernState.choices)
    words = TextField(max_length=2000)


class ConcernSayInput(Input):
    """Something said: among us, or as an answer to the customer."""

    text = TextField(max_length=4000, required=True)
    is_answer = serializers.BooleanField(required=False)


class ConcernGiveInput(Input):
    """Who sees to it from now on."""

    owner = PersonId()
    words = TextField(max_length=500)


class ConcernTargetOutput(Dated):
    """Hours to answer and to solve, in a period."""

    id = serializers.IntegerField()
    tier = serializers.CharField(
        source="tier_code", help_text=_("Empty: any tier without its own.")
    )
    severity = serializers.ChoiceField(choices=ConcernSeverity.choices)
    respond_hours = serializers.IntegerField()
    resolve_hours = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ConcernTargetInput(Input):
    """Other hours from a day on."""

    tier = TextField(max_length=20)
    severity = serializers.ChoiceField(choices=ConcernSeverity.choices)
    respond_hours = serializers.IntegerField(min_value=1, max_value=8784)
    resolve_hours = serializers.IntegerField(min_value=1, max_value=8784)
    from_day = serializers.DateField()


class ConcernTimesQuery(Input):
    """Of which months, and by what."""

    start = serializers.DateField(
        required=False, help_text=_("Raised on this day or later; left out: 180 days before.")
    )
    until = serializers.DateField(
        required=False, help_text=_("Raised before this day; left out: up to today.")
    )
    by = serializers.ChoiceField(
        choices=["category", "severity", "customer", "owner"], required=False
    )


class ConcernTimesRow(Output):
    """The times of one group. Null: nothing was answered, solved or decided."""

    key = serializers.CharField(help_text=_("A code, or the id of an account or user."))
    name = serializers.CharField()
    raised = serializers.IntegerField()
    response_hours = serializers.FloatField(allow_null=True, help_text=_("Median."))
    unanswered = serializers.IntegerField()
    answered_in_time = serializers.FloatField(source="answered.value", allow_null=True)
    solution_hours = serializers.FloatField(allow_null=True, help_text=_("Median."))
    unsolved = serializers.IntegerField()
    solved_in_time = serializers.FloatField(source="solved.value", allow_null=True)


class ConcernTimesOutput(Output):
    """How fast concerns were answered and solved; cancelled ones are left out."""

    start = serializers.DateField()
    until = serializers.DateField()
    groups = ConcernTimesRow(many=True)
