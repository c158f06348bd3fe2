"""What positions, work, controllers, periods and overdue runs look like over the API."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.serializers.accounts import AccountId, AccountRef, PersonId
from accounts.api.serializers.concentration import Rounded
from kam.core.api.serializers import DayAfter, Input, Output, TextField
from kam.identity.api.shapes import PersonOutput
from settlements.analytics.ageing import Bands
from settlements.api.serializers.documents import DocumentRef
from settlements.api.serializers.fields import CompanyCode, DayField, Money
from settlements.choices import GapOutcome, WorkOutcome, WorkRole, WorkState
from settlements.models import Position
from settlements.selectors.payload import as_text
from settlements.services.gaps import BY_HAND

GAP_ANSWERS = [choice for choice in GapOutcome.choices if choice[0] in BY_HAND]
ENDS = [choice for choice in WorkOutcome.choices if choice[0] != WorkOutcome.CURED]


class BucketsField(serializers.DictField):
    """Amounts by the names of the bands."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=Rounded(), **kwargs)


class PositionOutput(Output):
    """What a payer owes in one currency on the day of the last overdue run.

    `open` is gross and the sum of `buckets`; `net` is less unapplied cash and open credits.
    """

    id = serializers.IntegerField()
    party = AccountRef()
    currency = serializers.CharField(source="currency_id")
    as_of = serializers.DateField()
    open = Money()
    net = Money()
    overdue = Money()
    buckets = serializers.SerializerMethodField()
    unapplied = Money()
    open_credits = Money()
    open_items = serializers.IntegerField()
    overdue_items = serializers.IntegerField()
    oldest_due_on = serializers.DateField(allow_null=True)
    oldest_days = serializers.IntegerField(help_text=_("Days past the oldest overdue date."))
    updated_at = serializers.DateTimeField(source="computed_at")

    @extend_schema_field(BucketsField())
    def get_buckets(self, position: Position) -> dict[str, str]:
        """Open by the default bands."""
        pairs = zip(Bands().names, position.buckets, strict=True)
        return {name: as_text(amount, position.currency_id) for name, amount in pairs}


class WorkOutput(Output):
    """Work on what a payer owes overdue in one currency."""

    id = serializers.IntegerField()
    party = AccountRef()
    currency = serializers.CharField(source="currency_id")
    role = serializers.ChoiceField(choices=WorkRole.choices)
    user = PersonOutput(allow_null=True, help_text=_("Null: in the default queue."))
    is_taken = serializers.BooleanField()
    amount = Money(help_text=_("Overdue on the day of the last run."))
    overdue_items = serializers.IntegerField()
    oldest_due_on = serializers.DateField()
    opened_on = serializers.DateField()
    state = serializers.ChoiceField(choices=WorkState.choices)
    snoozed_until = serializers.DateField(allow_null=True)
    next_step = serializers.CharField()
    next_step_on = serializers.DateField(allow_null=True)
    last_contact_on = serializers.DateField(allow_null=True)
    outcome = serializers.ChoiceField(choices=WorkOutcome.choices, allow_blank=True)
    note = serializers.CharField()
    closed_on = serializers.DateField(allow_null=True)
    closed_by = PersonOutput(allow_null=True)


class PlanInput(Input):
    """What is done next, and when."""

    next_step = TextField(max_length=300, required=True)
    on = DayField(required=False, allow_null=True)
    contacted_on = DayField(
        required=False, allow_null=True, help_text=_("When the customer was spoken or written to.")
    )


class SnoozeInput(Input):
    """Until when work is put off."""

    until = DayField(help_text=_("After today."))
    next_step = TextField(max_length=300)


class FinishInput(Input):
    """How work ended."""

    outcome = serializers.ChoiceField(choices=ENDS)
    note = TextField(max_length=500)
    contacted_on = DayField(required=False, allow_null=True)


class GapOutput(Output):
    """An item that is open here and that a full extract no longer named."""

    id = serializers.IntegerField()
    batch = serializers.IntegerField(source="batch_id", help_text=_("The import of the extract."))
    source = serializers.CharField(source="batch.source.code")  # type: ignore[assignment]  # as DRF reads it
    document = DocumentRef()
    party = AccountRef()
    currency = serializers.CharField(source="currency_id")
    open_then = Money(source="open_amount")
    open_now = Money(help_text=_("What no allocation of any date has taken by now."))
    outcome = serializers.ChoiceField(
        choices=GapOutcome.choices, allow_blank=True, help_text=_("Empty: waits for review.")
    )
    note = serializers.CharField()
    reviewed_by = PersonOutput(allow_null=True)
    reviewed_at = serializers.DateTimeField(allow_null=True)
    answered_by = serializers.IntegerField(
        source="answered_by_id", allow_null=True, help_text=_("The import that named it again.")
    )


class AnswerInput(Input):
    """What became of a missing item."""

    outcome = serializers.ChoiceField(choices=GAP_ANSWERS)
    note = TextField(max_length=300, help_text=_("Why, where it is left as it is."))


class ControllerOutput(Output):
    """Who watches over an account, and all below it without an own controller, in a period."""

    id = serializers.IntegerField()
    account = AccountRef()
    user = PersonOutput()
    valid_from = serializers.DateField(source="valid.lower", allow_null=True)
    valid_before = DayAfter(source="valid.upper", allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ControllerInput(Input):
    """Who watches over an account from a day on."""

    account = AccountId()
    user = PersonId()
    from_date = DayField()
    until = DayField(
        required=False, allow_null=True, help_text=_("Day after the last; null: open.")
    )


class EndInput(Input):
    """From when on somebody watches no longer."""

    from_date = DayField(help_text=_("First day without."))


class PeriodOutput(Output):
    """A half-open period; while it is closed nothing is posted or allocated in it."""

    id = serializers.IntegerField()
    selling_company = serializers.CharField(
        source="selling_company.code", allow_null=True, default=None, help_text=_("Null: all.")
    )
    valid_from = serializers.DateField(source="valid.lower", allow_null=True)
    valid_before = DayAfter(source="valid.upper", allow_null=True)
    is_closed = serializers.BooleanField()
    closed_at = serializers.DateTimeField(allow_null=True)
    closed_by = PersonOutput(allow_null=True)
    note = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class CloseInput(Input):
    """A period to close."""

    valid_from = DayField(help_text=_("First day."))
    valid_before = DayField(help_text=_("Day after the last."))
    selling_company = CompanyCode(allow_null=True, help_text=_("Code; null: all."))
    note = TextField(max_length=300)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A period ends after it begins."""
        if attrs["valid_from"] >= attrs["valid_before"]:
            words = _("The period ends before it begins.")
            raise serializers.ValidationError({"valid_before": [words]}, code="empty_period")
        return attrs


class ReopenInput(Input):
    """Why a period takes postings again."""

    note = TextField(max_length=300, required=True)


class FlagInput(Input):
    """The day that overdue receivables are flagged for."""

    as_of = DayField(required=False, help_text=_("Today where left out; no day to come."))


class RunOutput(Output):
    """A day for which overdue receivables were flagged, with what changed since the run before."""

    as_of = serializers.DateField()
    flagged = serializers.IntegerField(help_text=_("Became overdue."))
    cured = serializers.IntegerField(help_text=_("Are no longer overdue."))
    passed = serializers.IntegerField(help_text=_("Did both in days without a run."))
    ran_at = serializers.DateTimeField()


class RunsOutput(Output):
    """The latest runs, newest first."""

    results = RunOutput(many=True)
