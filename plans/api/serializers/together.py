"""What business reviews and joint teams look like over the API."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api.serializers.accounts import AccountId, AccountRef, PersonId
from accounts.api.serializers.people import RowId
from interactions.choices import ConcernCategory, ConcernSeverity
from kam.core.api.serializers import Input, Output, TextField
from kam.identity.api.shapes import PersonOutput
from plans.choices.joint import JointState, JointTopic, LineKind, ReviewState


class AgendaItemOutput(Output):
    """A point of the agenda."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    minutes = serializers.IntegerField(allow_null=True)
    is_shareable = serializers.BooleanField()


class ReviewParticipantOutput(Output):
    """Somebody of ours (`user`) or of theirs (`position`)."""

    id = serializers.IntegerField()
    user = PersonOutput(allow_null=True)
    position = serializers.IntegerField(source="position_id", allow_null=True)
    has_attended = serializers.BooleanField(allow_null=True, help_text=_("Null: not noted."))


class ReviewLineOutput(Output):
    """A line of the notes, and what became of it."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=LineKind.choices)
    text = serializers.CharField()
    item = serializers.IntegerField(source="item_id", allow_null=True)
    is_shareable = serializers.BooleanField()
    action = serializers.IntegerField(source="action_id", allow_null=True)
    concern = serializers.IntegerField(source="concern_id", allow_null=True)
    author = PersonOutput(allow_null=True)
    created_at = serializers.DateTimeField()


class ReviewOutput(Output):
    """A business review."""

    id = serializers.IntegerField()
    account = AccountRef()
    plan = serializers.IntegerField(source="plan_id", allow_null=True)
    title = serializers.CharField()
    held_on = serializers.DateField()
    stage = serializers.CharField()
    place = serializers.CharField()
    state = serializers.ChoiceField(choices=ReviewState.choices)
    summary = serializers.CharField()
    is_summary_shareable = serializers.BooleanField()
    our_rating = serializers.IntegerField(allow_null=True)
    their_rating = serializers.IntegerField(allow_null=True)
    previous = serializers.IntegerField(source="previous_id", allow_null=True)
    snapshot = serializers.IntegerField(
        source="snapshot_id", allow_null=True, help_text=_("The plan as it stood at the review.")
    )
    owner = PersonOutput()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ReviewDetailOutput(ReviewOutput):
    """A review with its agenda, people and notes."""

    agenda = AgendaItemOutput(many=True)
    participants = ReviewParticipantOutput(many=True)
    lines = ReviewLineOutput(many=True)


class ReviewChange(Input):
    """What is told of a review; what is not sent stays."""

    title = TextField(max_length=200, required=True)
    held_on = serializers.DateField(required=False)
    stage = TextField(max_length=100)
    place = TextField(max_length=200)
    plan = RowId(required=False, allow_null=True)
    owner = PersonId(required=False)
    summary = TextField(max_length=8000)
    is_summary_shareable = serializers.BooleanField(required=False)
    our_rating = serializers.IntegerField(min_value=1, max_value=5, required=False, allow_null=True)
    their_rating = serializers.IntegerField(
        min_value=1, max_value=5, required=False, allow_null=True
    )


class ReviewInput(Input):
    """A review to be planned; agenda and people are those of last time."""

    account = AccountId()
    title = TextField(max_length=200, required=True)
    held_on = serializers.DateField()
    stage = TextField(max_length=100)
    place = TextField(max_length=200)
    plan = RowId(required=False, allow_null=True)
    owner = PersonId(required=False, help_text=_("Left out: you."))


class ReviewFinishInput(Input):
    """The summary that closes the record; left out: the one that stands."""

    summary = TextField(max_length=8000)


class ReviewLineInput(Input):
    """A line of the notes."""

    text = TextField(max_length=1000, required=True)
    kind = serializers.ChoiceField(choices=LineKind.choices, required=False)
    item = RowId(required=False, allow_null=True)
    is_shareable = serializers.BooleanField(required=False)


class LineActionInput(Input):
    """Which line becomes an action, whose, and by when."""

    line = RowId()
    owner = PersonId(required=False, allow_null=True)
    due_on = serializers.DateField(required=False, allow_null=True)


class LineConcernInput(Input):
    """Which line becomes a concern."""

    line = RowId()
    category = serializers.ChoiceField(choices=ConcernCategory.choices, required=False)
    severity = serializers.ChoiceField(choices=ConcernSeverity.choices, required=False)


class JointMemberOutput(Output):
    """Somebody of ours (`user`) or of theirs (`position`)."""

    id = serializers.IntegerField()
    user = PersonOutput(allow_null=True)
    position = serializers.IntegerField(source="position_id", allow_null=True)
    role = serializers.CharField()


class JointInitiativeOutput(Output):
    """What a team works on."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    our_gain = serializers.CharField()
    their_gain = serializers.CharField()
    measure = serializers.CharField()
    state = serializers.ChoiceField(choices=JointState.choices)
    due_on = serializers.DateField(allow_null=True)
    percent = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)
    result = serializers.CharField()


class JointTeamOutput(Output):
    """A joint team with a customer."""

    id = serializers.IntegerField()
    account = AccountRef()
    plan = serializers.IntegerField(source="plan_id", allow_null=True)
    topic = serializers.ChoiceField(choices=JointTopic.choices)
    title = serializers.CharField()
    aim = serializers.CharField()
    state = serializers.ChoiceField(choices=JointState.choices)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)
    owner = PersonOutput()
    is_shareable = serializers.BooleanField()
    members = JointMemberOutput(many=True)
    initiatives = JointInitiativeOutput(many=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class JointTeamChange(Input):
    """What is told of a team; what is not sent stays."""

    title = TextField(max_length=200, required=True)
    topic = serializers.ChoiceField(choices=JointTopic.choices, required=False)
    aim = TextField(max_length=2000)
    state = serializers.ChoiceField(choices=JointState.choices, required=False)
    starts_on = serializers.DateField(required=False)
    ends_on = serializers.DateField(required=False, allow_null=True)
    plan = RowId(required=False, allow_null=True)
    owner = PersonId(required=False)
    is_shareable = serializers.BooleanField(required=False)


class JointTeamInput(JointTeamChange):
    """A new team."""

    account = AccountId()
    topic = serializers.ChoiceField(choices=JointTopic.choices)
    starts_on = serializers.DateField()


class JointMemberInput(Input):
    """Somebody who comes in: one of both sides."""

    user = PersonId(required=False, allow_null=True)
    position = RowId(required=False, allow_null=True)
    role = TextField(max_length=100)


class JointInitiativeInput(Input):
    """Something to work on; with `id` one that is there is changed."""

    id = RowId(required=False)
    title = TextField(max_length=200, required=True)
    our_gain = TextField(max_length=500)
    their_gain = TextField(max_length=500)
    measure = TextField(max_length=300)
    state = serializers.ChoiceField(choices=JointState.choices, required=False)
    due_on = serializers.DateField(required=False, allow_null=True)
    percent = serializers.DecimalField(
        max_digits=5, decimal_places=2, min_value=0, max_value=100, required=False, allow_null=True
    )
    result = TextField(max_length=500)
