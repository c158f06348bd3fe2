"""What promises, teams, requests and handovers look like over the API."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.serializers.accounts import AccountId, AccountRef, PersonId
from accounts.api.serializers.people import RowId
from accounts.api.serializers.tiers import Dated
from accounts.choices import (
    Priority,
    PromiseOutcome,
    PromiseSide,
    RequestStatus,
    TeamFunction,
)
from accounts.selectors.team.handovers import is_unchanged, sections_for
from accounts.services.team.promises import SETTLED
from kam.core.api.serializers import Input, Output, ShareField, TextField
from kam.identity.api.shapes import PersonOutput


class PromiseMoveOutput(Output):
    """Another day that was agreed."""

    from_day = serializers.DateField()
    to_day = serializers.DateField()
    reason = serializers.CharField()
    author = PersonOutput()
    moved_on = serializers.DateField()


class PromiseOutput(Output):
    """A promise. Ours: `user` gave it; theirs: `user` got it."""

    id = serializers.IntegerField()
    account = AccountRef()
    side = serializers.ChoiceField(choices=PromiseSide.choices)
    user = PersonOutput()
    position = serializers.IntegerField(
        source="position_id", allow_null=True, help_text=_("Null: the account as a whole.")
    )
    what = serializers.CharField()
    made_on = serializers.DateField()
    due_on = serializers.DateField()
    note = serializers.CharField()
    outcome = serializers.ChoiceField(choices=PromiseOutcome.choices)
    settled_on = serializers.DateField(allow_null=True)
    outcome_note = serializers.CharField()
    missed_on = serializers.DateField(
        allow_null=True, help_text=_("A day that had passed before another was agreed.")
    )
    moves = PromiseMoveOutput(many=True)
    author = PersonOutput()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class PromiseChange(Input):
    """The words of a promise."""

    what = TextField(max_length=300, required=True)
    note = TextField(max_length=2000)


class PromiseInput(PromiseChange):
    """A new promise."""

    account = AccountId()
    side = serializers.ChoiceField(choices=PromiseSide.choices)
    user = PersonId(required=False, allow_null=True, help_text=_("You, where it is left out."))
    position = RowId(
        required=False, allow_null=True, help_text=_("Who of theirs; needed for theirs.")
    )
    made_on = serializers.DateField(required=False, help_text=_("Today where it is left out."))
    due_on = serializers.DateField()


class PromiseMoveInput(Input):
    """Another day."""

    to_day = serializers.DateField()
    reason = TextField(max_length=300, required=True)


class PromiseSettleInput(Input):
    """What became of it. Kept after its day is kept late."""

    outcome = serializers.ChoiceField(choices=[one.value for one in SETTLED])
    settled_on = serializers.DateField(required=False, help_text=_("Today where it is left out."))
    words = TextField(max_length=2000)


class TallyOutput(Output):
    """Promises of one side by what became of them. Withdrawn ones are no part of it."""

    kept = serializers.IntegerField()
    late = serializers.IntegerField()
    broken = serializers.IntegerField()
    overdue = serializers.IntegerField(help_text=_("Open, and their day has passed."))
    open = serializers.IntegerField(help_text=_("Open, and their day has not passed."))
    reliability = ShareField(
        allow_null=True, help_text=_("Kept in time ÷ due; null: none was due.")
    )


class ReliabilityOutput(Output):
    """How far each side kept its word, at an account and all below it."""

    ours = TallyOutput()
    theirs = TallyOutput()


class TeamMemberOutput(Dated):
    """Somebody of ours stands for a function at an account and all below it."""

    id = serializers.IntegerField()
    account = AccountRef()
    user = PersonOutput()
    function = serializers.ChoiceField(choices=TeamFunction.choices)
    note = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class TeamMemberInput(Input):
    """A new member."""

    account = AccountId()
    user = PersonId()
    function = serializers.ChoiceField(choices=TeamFunction.choices)
    note = TextField(max_length=200)

    def get_fields(self) -> dict[str, Any]:
        """The period last, under names that Python keeps for itself."""
        period = {
            "from": serializers.DateField(
                required=False, help_text=_("Today where it is left out.")
            ),
            "until": serializers.DateField(
                required=False, allow_null=True, help_text=_("The day after the last.")
            ),
        }
        return {**super().get_fields(), **period}


class MemberEndInput(Input):
    """When somebody stands down."""

    on = serializers.DateField(help_text=_("The first day without them."))


class RequestCommentOutput(Output):
    """What somebody said about a request."""

    text = serializers.CharField()
    author = PersonOutput()
    recorded_at = serializers.DateTimeField()


class TeamRequestOutput(Output):
    """What the lead of an account asks of a function or of one colleague."""

    id = serializers.IntegerField()
    account = AccountRef()
    sender = PersonOutput()
    function = serializers.ChoiceField(choices=TeamFunction.choices)
    to_user = PersonOutput(
        allow_null=True, help_text=_("Null: whoever of the function accepts it first.")
    )
    title = serializers.CharField()
    text = serializers.CharField()
    priority = serializers.ChoiceField(choices=Priority.choices)
    sent_on = serializers.DateField()
    due_on = serializers.DateField()
    status = serializers.ChoiceField(choices=RequestStatus.choices)
    answer = serializers.CharField()
    closed_on = serializers.DateField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class TeamRequestDetailOutput(TeamRequestOutput):
    """A request with what was said about it."""

    comments = RequestCommentOutput(many=True)


class TeamRequestInput(Input):
    """A new request, from you."""

    account = AccountId()
    function = serializers.ChoiceField(choices=TeamFunction.choices)
    to_user = PersonId(
        required=False, allow_null=True, help_text=_("Left out: whoever stands for the function.")
    )
    title = TextField(max_length=200, required=True)
    text = TextField(max_length=4000)
    due_on = serializers.DateField()
    priority = serializers.ChoiceField(
        choices=Priority.choices, required=False, default=Priority.NORMAL.value
    )


class WordsInput(Input):
    """Why, or what came of it."""

    words = TextField(max_length=2000, required=True)


class CancelInput(Input):
    """Why, if anything is to be said."""

    words = TextField(max_length=2000)


class CommentInput(Input):
    """Something to say."""

    text = TextField(max_length=4000, required=True)


class HandoverOutput(Output):
    """An account that was handed over. Never changed but for the acknowledgement."""

    id = serializers.IntegerField()
    account = AccountRef()
    from_user = PersonOutput(allow_null=True)
    to_user = PersonOutput()
    effective_on = serializers.DateField()
    reason = serializers.CharField()
    made_by = PersonOutput()
    made_at = serializers.DateTimeField()
    pack_hash = serializers.CharField(help_text=_("SHA-256 of all that was confirmed."))
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    acknowledged_note = serializers.CharField()


class HandoverHeadingOutput(Output):
    """A column of a section."""

    title = serializers.CharField()
    kind = serializers.ChoiceField(choices=["text", "date", "money", "number"])


class HandoverSectionOutput(Output):
    """What one section of the pack said when it was confirmed, in the language of that moment."""

    key = serializers.CharField()
    title = serializers.CharField()
    is_confidential = serializers.BooleanField()
    summary = serializers.CharField()
    headings = HandoverHeadingOutput(many=True)
    rows = serializers.ListField(child=serializers.ListField(child=serializers.JSONField()))


class HandoverDetailOutput(HandoverOutput):
    """A handover with what of its pack you may read."""

    is_unchanged = serializers.SerializerMethodField(
        help_text=_("What is stored still gives the hash.")
    )
    sections = serializers.SerializerMethodField()

    def get_is_unchanged(self, handover: Any) -> bool:
        """Whether the hash holds."""
        return is_unchanged(handover)

    @extend_schema_field(HandoverSectionOutput(many=True))
    def get_sections(self, handover: Any) -> Any:
        """The readable part of the pack."""
        found = sections_for(handover, self.context["request"].user)
        return HandoverSectionOutput(found, many=True).data


class HandoverInput(Input):
    """Hand an account over. `from_user` is who leads it on that day as far as you know."""

    account = AccountId()
    from_user = PersonId(required=False, allow_null=True)
    to_user = PersonId()
    effective_on = serializers.DateField()
    reason = TextField(max_length=2000)


class AcknowledgeInput(Input):
    """What the new lead says to it."""

    note = TextField(max_length=2000)
