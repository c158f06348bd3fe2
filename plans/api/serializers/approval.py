"""What a plan's way looks like over the API: problems, steps, comments, snapshots, differences."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.serializers.people import RowId
from kam.core.api.serializers import Input, Output, TextField
from kam.identity.api.shapes import PersonOutput
from plans.choices.approval import PlanStepKind, SnapshotReason
from plans.choices.plan import SectionKind


class PlanWordsInput(Input):
    """Words with a step of a plan."""

    text = TextField(max_length=2000, default="")


class PlanApprovalInput(PlanWordsInput):
    """Words with an approval, and what was read before it."""

    document_hash = serializers.CharField(
        min_length=64,
        max_length=64,
        required=False,
        help_text=_("Of what was read: if the plan shows something else by now, it is refused."),
    )


class PlanReasonInput(Input):
    """Why a step is taken."""

    text = TextField(max_length=2000, required=True)


class PlanRemarkOutput(Output):
    """Something about a plan, and the section or field it is about."""

    code = serializers.CharField()
    field = serializers.CharField(default="")
    message = serializers.CharField()


class PlanProblemsOutput(Output):
    """What stands in the way of a plan, and what to know before it is submitted."""

    blockers = PlanRemarkOutput(many=True)
    cautions = PlanRemarkOutput(many=True)


class PlanStepOutput(Output):
    """Something that happened to a plan as a whole."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=PlanStepKind.choices)
    revision = serializers.IntegerField()
    text = serializers.CharField()
    snapshot = serializers.IntegerField(source="snapshot_id", allow_null=True)
    author = PersonOutput(allow_null=True, help_text=_("Null: it happened by itself."))
    happened_at = serializers.DateTimeField()


class PlanStepsOutput(Output):
    """What happened to a plan, the latest first."""

    results = PlanStepOutput(many=True)


class PlanCommentOutput(Output):
    """What a reader said about a section of a plan, or about all of it."""

    id = serializers.IntegerField()
    plan = serializers.IntegerField(source="plan_id")
    section = serializers.ChoiceField(
        choices=SectionKind.choices, allow_blank=True, help_text=_("Empty: the plan as a whole.")
    )
    text = serializers.CharField()
    author = PersonOutput()
    resolved_by = PersonOutput(allow_null=True)
    resolved_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class PlanCommentInput(Input):
    """Something to be said about a plan."""

    plan = RowId()
    section = serializers.ChoiceField(
        choices=SectionKind.choices, allow_blank=True, required=False, default=""
    )
    text = TextField(max_length=4000, required=True)


class PlanSnapshotOutput(Output):
    """Everything that a plan showed on a day; it never changes."""

    id = serializers.IntegerField()
    plan = serializers.IntegerField(source="plan_id")
    number = serializers.IntegerField(help_text=_("From 1, by plan."))
    reason = serializers.ChoiceField(choices=SnapshotReason.choices)
    revision = serializers.IntegerField()
    as_of = serializers.DateField()
    sha256 = serializers.CharField()
    note = serializers.CharField()
    taken_by = PersonOutput(allow_null=True)
    taken_at = serializers.DateTimeField()


class PlanSnapshotDetailOutput(PlanSnapshotOutput):
    """A snapshot with its document, as far as the caller may see it."""

    formula = serializers.IntegerField(help_text=_("The format of the document."))
    is_unchanged = serializers.SerializerMethodField()
    content = serializers.SerializerMethodField()

    @extend_schema_field(serializers.BooleanField())
    def get_is_unchanged(self, snapshot: Any) -> bool:
        """Whether the hash is that of what is stored."""
        return bool(self.context["is_unchanged"](snapshot))

    @extend_schema_field(serializers.DictField())
    def get_content(self, snapshot: Any) -> Any:
        """The document: `header` and `sections`; amounts and decimals as text."""
        return self.context["document"](snapshot)


class PlanSnapshotInput(Input):
    """A plan to be frozen as it stands today."""

    plan = RowId()
    note = TextField(max_length=300)


class PlanDocumentOutput(Output):
    """Everything that a plan shows today, as far as the caller may see it."""

    as_of = serializers.DateField()
    document_hash = serializers.CharField(help_text=_("To be sent with an approval."))
    content = serializers.DictField()


class PlanChangeOutput(Output):
    """A difference: where, and what it was and is. `difference` is after minus before."""

    path = serializers.ListField(
        child=serializers.CharField(), help_text=_("Keys; #id is a row of a list.")
    )
    kind = serializers.ChoiceField(choices=["added", "removed", "changed"])
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)
    difference = serializers.JSONField(allow_null=True)


class PlanDifferencesOutput(Output):
    """What differs from a snapshot to another one, or to the plan as it stands."""

    before = serializers.IntegerField()
    after = serializers.IntegerField(allow_null=True, help_text=_("Null: as it stands now."))
    changes = PlanChangeOutput(many=True)


class PlanDifferencesQuery(Input):
    """What a snapshot is compared with."""

    after = serializers.IntegerField(
        min_value=1,
        max_value=2**62,
        required=False,
        help_text=_("Another snapshot of the plan; left out: the plan as it stands."),
    )
