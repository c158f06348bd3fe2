"""What contacts and needs look like over the API."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.serializers.accounts import AccountId, AccountRef, PersonId
from accounts.api.serializers.people import RowId, StakeholderRef
from accounts.choices import PromiseSide
from interactions.choices import (
    Direction,
    InteractionKind,
    InteractionSource,
    NeedAnswer,
    NeedImportance,
    NeedKind,
    NoteKind,
    Sentiment,
)
from kam.core.api.serializers import Input, Output, TextField
from kam.identity.api.shapes import PersonOutput

MOST = 100


class ParticipantOutput(Output):
    """Somebody of theirs who took part."""

    position = serializers.IntegerField(source="position_id")
    person = StakeholderRef(source="position.person", allow_null=True)
    sentiment = serializers.ChoiceField(
        choices=Sentiment.choices, allow_null=True, help_text=_("-2 to 2; null: not told.")
    )


class NoteOutput(Output):
    """One thing heard, and what it became."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=NoteKind.choices)
    text = serializers.CharField()
    position = serializers.IntegerField(source="position_id", allow_null=True)
    need = serializers.SerializerMethodField()
    promise = serializers.IntegerField(source="promise_id", allow_null=True)
    move = serializers.IntegerField(source="move_id", allow_null=True)
    price = serializers.IntegerField(source="price_id", allow_null=True)
    task = serializers.IntegerField(source="task_id", allow_null=True)

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_need(self, note: Any) -> int | None:
        """The need in the register."""
        need = getattr(note, "need", None)
        return need.pk if need is not None else None


class AttachmentOutput(Output):
    """A file kept with a contact; `GET contact-files/{id}/` answers it."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    created_at = serializers.DateTimeField()


class ContactOutput(Output):
    """A contact with a customer."""

    id = serializers.IntegerField()
    account = AccountRef()
    kind = serializers.ChoiceField(choices=InteractionKind.choices)
    direction = serializers.ChoiceField(choices=Direction.choices)
    occurred_at = serializers.DateTimeField()
    minutes = serializers.IntegerField(allow_null=True)
    place = AccountRef(allow_null=True)
    summary = serializers.CharField()
    text = serializers.CharField()
    is_confidential = serializers.BooleanField()
    author = PersonOutput()
    colleagues = serializers.SerializerMethodField()
    participants = ParticipantOutput(many=True)
    notes = NoteOutput(many=True)
    attachments = AttachmentOutput(many=True)
    source = serializers.ChoiceField(choices=InteractionSource.choices)  # type: ignore[assignment]
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()

    @extend_schema_field(PersonOutput(many=True))
    def get_colleagues(self, contact: Any) -> Any:
        """Everybody of ours who took part."""
        ours = [one.user for one in contact.colleagues.all()]
        return PersonOutput(ours, many=True).data


class CorrectionOutput(Output):
    """What a contact said before it was put right."""

    id = serializers.IntegerField()
    before = serializers.JSONField()
    why = serializers.CharField()
    author = PersonOutput()
    recorded_at = serializers.DateTimeField()


class ContactDetailOutput(ContactOutput):
    """A contact with its corrections."""

    corrections = CorrectionOutput(many=True)


class ParticipantInput(Input):
    """Somebody of theirs, by the place held on that day."""

    position = RowId()
    sentiment = serializers.ChoiceField(choices=Sentiment.choices, required=False, allow_null=True)


class NoteInput(Input):
    """One thing heard; it may become what its kind says, and a follow-up, at once."""

    kind = serializers.ChoiceField(choices=NoteKind.choices)
    text = TextField(max_length=1000, required=True)
    position = RowId(required=False, allow_null=True)
    keep = serializers.BooleanField(
        required=False, help_text=_("A need, concern, promise or competitor's move is kept as one.")
    )
    importance = serializers.ChoiceField(choices=NeedImportance.choices, required=False)
    side = serializers.ChoiceField(choices=PromiseSide.choices, required=False)
    due_on = serializers.DateField(required=False, help_text=_("Of a promise."))
    competitor = TextField(max_length=200)
    follow_up_on = serializers.DateField(
        required=False, help_text=_("Makes a task of yours, due on this day.")
    )


class ContactFacts(Input):
    """What is told of a contact."""

    kind = serializers.ChoiceField(choices=InteractionKind.choices)
    direction = serializers.ChoiceField(
        choices=Direction.choices, required=False,
        help_text=_("Left out: as usual for the kind."),
    )  # fmt: skip
    occurred_at = serializers.DateTimeField()
    minutes = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=1440)
    place = AccountId(required=False, allow_null=True)
    summary = TextField(max_length=300, required=True)
    text = TextField(max_length=20_000)
    is_confidential = serializers.BooleanField(required=False)
    participants = ParticipantInput(many=True, required=False, max_length=MOST)  # type: ignore[call-arg]
    colleagues = serializers.ListField(child=PersonId(), required=False, max_length=MOST)


class ContactInput(ContactFacts):
    """A new contact with everything that belongs to it."""

    account = AccountId()
    notes = NoteInput(many=True, required=False, max_length=MOST)  # type: ignore[call-arg]


class ContactCorrection(ContactFacts):
    """A contact put right: what is left out stays."""

    why = TextField(max_length=500, required=True)

    def get_fields(self) -> dict[str, Any]:
        """Only the reason is needed."""
        fields = super().get_fields()
        for name, field in fields.items():
            field.required = name == "why"
        return fields


class AttachmentInput(Input):
    """A file of at most 20 MB."""

    file = serializers.FileField()


# Needs


class NeedOutput(Output):
    """A need, challenge or goal of an account."""

    id = serializers.IntegerField()
    account = AccountRef()
    kind = serializers.ChoiceField(choices=NeedKind.choices)
    text = serializers.CharField()
    voiced_by = serializers.IntegerField(source="voiced_by_id", allow_null=True)
    importance = serializers.ChoiceField(choices=NeedImportance.choices)
    voiced_on = serializers.DateField()
    last_confirmed_on = serializers.DateField()
    note = serializers.IntegerField(source="note_id", allow_null=True)
    answer = serializers.ChoiceField(choices=NeedAnswer.choices)
    programme_item = serializers.IntegerField(source="programme_item_id", allow_null=True)
    opportunity = serializers.IntegerField(source="opportunity_id", allow_null=True)
    task = serializers.IntegerField(source="task_id", allow_null=True)
    answer_words = serializers.CharField()
    closed_on = serializers.DateField(allow_null=True)
    closed_why = serializers.CharField()
    author = PersonOutput()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class NeedChange(Input):
    """What a need says."""

    text = TextField(max_length=1000, required=True)
    kind = serializers.ChoiceField(choices=NeedKind.choices, required=False)
    importance = serializers.ChoiceField(choices=NeedImportance.choices, required=False)
    voiced_by = RowId(required=False, allow_null=True)


class NeedInput(NeedChange):
    """A new need."""

    account = AccountId()
    voiced_on = serializers.DateField(required=False, help_text=_("Today where it is left out."))


class NeedConfirm(Input):
    """When it was confirmed."""

    on = serializers.DateField(required=False, help_text=_("Today where it is left out."))


class NeedReply(Input):
    """Our answer: one thing at most; an empty body takes it back."""

    programme_item = RowId(required=False, allow_null=True)
    opportunity = RowId(required=False, allow_null=True)
    task = RowId(required=False, allow_null=True)
    words = TextField(max_length=1000)


class NeedClose(Input):
    """Why it does not matter any more."""

    why = TextField(max_length=500, required=True)
