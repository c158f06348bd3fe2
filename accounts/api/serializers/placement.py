"""What addresses, placements, store checks, tasks and availability look like over the API."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.serializers.accounts import AccountRef
from accounts.api.serializers.people import RowId, StakeholderRef
from accounts.choices import (
    AddressKind,
    CheckOutcome,
    CheckState,
    GapReason,
    PlacementKind,
    PlacementStage,
    Priority,
    ShelfLevel,
)
from accounts.models import Placement
from kam.core.api.serializers import DayAfter, Input, Output, ShareField, TextField
from kam.identity.api.shapes import PersonOutput

_COUNTRY = _("ISO 3166, two letters; may be empty.")
STAGES = {stage: stage.name.lower() for stage in PlacementStage}
STAGE_CODES = {code: stage for stage, code in STAGES.items()}
STAGE_CHOICES = [(code, stage.label) for stage, code in STAGES.items()]


class AddressOutput(Output):
    """An address of an account."""

    id = serializers.IntegerField()
    account = AccountRef()
    kind = serializers.ChoiceField(choices=AddressKind.choices)
    lines = serializers.CharField()
    postal_code = serializers.CharField()
    city = serializers.CharField()
    region = serializers.CharField()
    country = serializers.CharField(help_text=_COUNTRY)
    note = serializers.CharField()
    is_main = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class AddressChange(Input):
    """What of an address can be changed."""

    kind = serializers.ChoiceField(choices=AddressKind.choices)
    lines = TextField(max_length=500)
    postal_code = TextField(max_length=20)
    city = TextField(max_length=100)
    region = TextField(max_length=100)
    country = serializers.RegexField(
        r"^([A-Za-z]{2})?$", required=False, allow_blank=True, help_text=_COUNTRY
    )
    note = TextField(max_length=300)
    is_main = serializers.BooleanField(required=False)


class AddressInput(AddressChange):
    """A new address."""

    account = RowId()


class PlacementItem(Output):
    """A product or category."""

    code = serializers.CharField()
    name = serializers.CharField()


class PlacementStepOutput(Output):
    """A step that was reached, or to which it fell back."""

    stage = serializers.SerializerMethodField()
    reached_on = serializers.DateField()
    evidence = serializers.CharField()
    author = PersonOutput(allow_null=True)
    recorded_at = serializers.DateTimeField()

    @extend_schema_field(serializers.ChoiceField(choices=STAGE_CHOICES))
    def get_stage(self, step: Any) -> str:
        """The step by its code."""
        return STAGES[PlacementStage(step.stage)]


class PlacementOutput(Output):
    """What an account agreed to carry, show or promote, and how far it is."""

    id = serializers.IntegerField()
    account = AccountRef()
    product = PlacementItem(allow_null=True)
    category = PlacementItem(allow_null=True)
    kind = serializers.ChoiceField(choices=PlacementKind.choices)
    quantity = serializers.IntegerField(allow_null=True)
    shelf = serializers.ChoiceField(choices=ShelfLevel.choices, allow_blank=True)
    valid_from = serializers.DateField(source="valid.lower")
    valid_before = DayAfter(source="valid.upper", allow_null=True)
    agreed_by = StakeholderRef(allow_null=True)
    note = serializers.CharField()
    stage = serializers.SerializerMethodField(help_text=_("How far it is, by its last step."))
    stage_on = serializers.DateField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()

    @extend_schema_field(serializers.ChoiceField(choices=STAGE_CHOICES))
    def get_stage(self, placement: Placement) -> str:
        """The step by its code."""
        return STAGES[PlacementStage(placement.stage)]


class PlacementDetailOutput(PlacementOutput):
    """One placement with its steps, the first one first."""

    steps = PlacementStepOutput(many=True)


class PlacementChange(Input):
    """What of a placement can be changed."""

    product = serializers.CharField(
        required=False, allow_null=True, max_length=100, help_text=_("By its code.")
    )
    category = serializers.CharField(
        required=False, allow_null=True, max_length=100, help_text=_("By its code.")
    )
    kind = serializers.ChoiceField(choices=PlacementKind.choices)
    quantity = serializers.IntegerField(
        min_value=1, max_value=9999, required=False, allow_null=True
    )
    shelf = serializers.ChoiceField(choices=ShelfLevel.choices, required=False, allow_blank=True)
    valid_from = serializers.DateField()
    valid_before = DayAfter(required=False, allow_null=True)
    agreed_by = RowId(required=False, allow_null=True)
    note = TextField(max_length=500)


class PlacementInput(PlacementChange):
    """A new placement; it begins as a proposal."""

    account = RowId()


class PlacementStepInput(Input):
    """The next step, or a step back with evidence."""

    stage = serializers.ChoiceField(choices=STAGE_CHOICES)
    reached_on = serializers.DateField(required=False, help_text=_("Today unless said."))
    evidence = TextField(max_length=500)


class StoreCheckLineOutput(Output):
    """What was seen of a placement; an empty outcome: nobody looked."""

    id = serializers.IntegerField()
    placement = serializers.IntegerField(source="placement_id")
    item = serializers.CharField(source="placement.item")
    kind = serializers.ChoiceField(source="placement.kind", choices=PlacementKind.choices)
    outcome = serializers.ChoiceField(choices=CheckOutcome.choices, allow_blank=True)
    quantity = serializers.IntegerField(allow_null=True)
    reason = serializers.ChoiceField(choices=GapReason.choices, allow_blank=True)
    note = serializers.CharField()
    has_photo = serializers.SerializerMethodField()

    def get_has_photo(self, line: Any) -> bool:
        """Whether a photo is kept with it."""
        return bool(line.photo)


class StoreCheckOutput(Output):
    """A check of a store on a day."""

    id = serializers.IntegerField()
    account = AccountRef()
    checked_on = serializers.DateField()
    checker = PersonOutput()
    state = serializers.ChoiceField(choices=CheckState.choices)
    note = serializers.CharField()
    finished_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class StoreCheckDetailOutput(StoreCheckOutput):
    """A check with every placement that applied."""

    lines = StoreCheckLineOutput(many=True)


class StoreCheckLineInput(Input):
    """What was seen of a placement."""

    placement = RowId()
    outcome = serializers.ChoiceField(choices=CheckOutcome.choices)
    quantity = serializers.IntegerField(
        min_value=0, max_value=9999, required=False, allow_null=True
    )
    reason = serializers.ChoiceField(choices=GapReason.choices, required=False, allow_blank=True)
    note = TextField(max_length=300)


class StoreCheckInput(Input):
    """A whole check of today, finished at once unless said."""

    account = RowId()
    note = TextField(max_length=500)
    lines = StoreCheckLineInput(many=True, allow_empty=False)
    finish = serializers.BooleanField(
        required=False, default=True, help_text=_("False: keep it as a draft, for photos.")
    )


class StoreCheckFinish(Input):
    """The last word on a check."""

    note = TextField(max_length=500)


class TaskOutput(Output):
    """A follow-up: something to be done for an account."""

    id = serializers.IntegerField()
    account = AccountRef()
    title = serializers.CharField()
    owner = PersonOutput()
    due_on = serializers.DateField()
    reminder_on = serializers.DateField(allow_null=True)
    priority = serializers.ChoiceField(choices=Priority.choices)
    details = serializers.CharField()
    done_on = serializers.DateField(allow_null=True)
    outcome = serializers.CharField()
    placement = serializers.IntegerField(source="placement_id", allow_null=True)
    source_line = serializers.IntegerField(source="source_line_id", allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class TaskInput(Input):
    """A new follow-up."""

    account = RowId()
    title = TextField(max_length=300, required=True)
    owner = RowId(required=False, help_text=_("A user; you unless said."))
    due_on = serializers.DateField()
    reminder_on = serializers.DateField(required=False, allow_null=True)
    priority = serializers.ChoiceField(choices=Priority.choices, required=False)
    details = TextField(max_length=2000)


class TaskChange(Input):
    """What changes of an open follow-up; what is not sent stays."""

    title = TextField(max_length=300)
    owner = RowId(required=False, help_text=_("A user."))
    due_on = serializers.DateField(required=False)
    reminder_on = serializers.DateField(required=False, allow_null=True)
    priority = serializers.ChoiceField(choices=Priority.choices, required=False)
    details = TextField(max_length=2000)


class TaskDoneInput(Input):
    """What came of it."""

    outcome = TextField(max_length=500)


class AvailabilityQuery(Input):
    """Which days, and where."""

    within = RowId(required=False, help_text=_("This account and all below it today."))

    # `from` is a word of Python's.
    def get_fields(self) -> dict[str, Any]:
        """The declared fields and the bounds of the period."""
        return {
            **super().get_fields(),
            "from": serializers.DateField(required=False, help_text=_("First day.")),
            "until": serializers.DateField(required=False, help_text=_("The day after the last.")),
        }


class AvailabilityOutput(Output):
    """Compliance and service of a period. Null: nobody looked, or no report says it."""

    until = DayAfter()
    planned = serializers.IntegerField(help_text=_("Lines of finished checks."))
    checked = serializers.IntegerField(help_text=_("Of those, looked at."))
    found = serializers.IntegerField()
    compliance = ShareField(allow_null=True, help_text=_("Found ÷ checked."))
    coverage = ShareField(allow_null=True, help_text=_("Checked ÷ planned."))
    stores_checked = serializers.IntegerField()
    stores_with_agreements = serializers.IntegerField(help_text=_("Today."))
    gaps = serializers.IntegerField(help_text=_("Missing now, as far as somebody looked."))
    old_gaps = serializers.IntegerField(help_text=_("Missing for more than 14 days."))
    fill_rate = ShareField(allow_null=True, help_text=_("Delivered ÷ ordered."))
    otif = ShareField(allow_null=True, help_text=_("Orders on time and in full ÷ orders."))

    def get_fields(self) -> dict[str, Any]:
        """The declared fields after the first day, whose name is a word of Python's."""
        fields = super().get_fields()
        first = serializers.DateField(source="start", read_only=True)
        return {"from": first, **fields}
