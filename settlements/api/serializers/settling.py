"""What settlement statements look like over the API."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api.serializers.accounts import AccountRef
from kam.core.api.serializers import AmountField, Input, Output, TextField
from kam.identity.api.shapes import PersonOutput
from settlements.api.serializers.documents import DocumentRef
from settlements.api.serializers.fields import (
    DayField,
    Money,
    PastDayField,
    PositiveAmount,
    RowId,
)
from settlements.api.serializers.rebates import PeriodEnd, PeriodStart
from settlements.choices.settling import (
    DocumentRole,
    LinePart,
    StatementDisputeReason,
    StatementKind,
    StatementLineKind,
    StatementState,
)


class SettlingLineOutput(Output):
    """A line: basis × rate = amount, signed as it changes what is payable."""

    id = serializers.IntegerField()
    sequence = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=StatementLineKind.choices)
    part = serializers.ChoiceField(choices=LinePart.choices)
    text = serializers.CharField(source="label")
    product = serializers.CharField(source="product.code", default=None, allow_null=True)
    category = serializers.CharField(source="category.code", default=None, allow_null=True)
    store = AccountRef(allow_null=True)
    condition = serializers.IntegerField(source="condition_id", allow_null=True)
    quantity = AmountField(allow_null=True)
    basis = AmountField()
    rate = AmountField(allow_null=True)
    tax_rate = AmountField(allow_null=True)
    amount = AmountField()


class SettlingDisputeOutput(Output):
    """What the customer contests."""

    id = serializers.IntegerField()
    line = serializers.IntegerField(source="line_id", allow_null=True)
    amount = AmountField()
    reason = serializers.ChoiceField(choices=StatementDisputeReason.choices)
    note = serializers.CharField()
    raised_on = serializers.DateField()
    settled_on = serializers.DateField(allow_null=True)
    is_granted = serializers.BooleanField(allow_null=True)


class SettlingDocumentOutput(Output):
    """A document of the ledger that the statement posted."""

    role = serializers.ChoiceField(choices=DocumentRole.choices)
    document = DocumentRef()
    line = serializers.IntegerField(source="line_id", allow_null=True)


class SettlingOutput(Output):
    """A settlement statement."""

    id = serializers.IntegerField()
    number = serializers.CharField(help_text=_("Empty while it is a draft."))
    version = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=StatementKind.choices)
    state = serializers.ChoiceField(choices=StatementState.choices)
    account = AccountRef()
    store = AccountRef(allow_null=True)
    agreement = serializers.CharField(source="agreement_version.agreement.number")
    agreement_version = serializers.IntegerField(source="agreement_version.version")
    term = serializers.IntegerField(source="term_id")
    period_start = PeriodStart()
    period_end = PeriodEnd()
    currency = serializers.CharField(source="currency_id")
    gross = Money()
    returns = Money()
    deduction = Money()
    top_up = Money()
    net = Money()
    tax = Money()
    payable = Money(help_text=_("Net and tax; below zero where we owe."))
    claimed = Money(help_text=_("Fees beside it, claims of their own."))
    brought_forward = Money()
    carried_forward = Money()
    remains = Money(help_text=_("Payable, less what was brought forward and is claimed."))
    replaces = serializers.IntegerField(source="replaces_id", allow_null=True)
    issued_on = serializers.DateField(allow_null=True)
    confirmed_on = serializers.DateField(allow_null=True)
    confirmed_by = serializers.CharField()
    posted_on = serializers.DateField(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    taken_back_on = serializers.DateField(allow_null=True)
    updated_at = serializers.DateTimeField()


class SettlingDetailOutput(SettlingOutput):
    """A settlement statement with its lines and what became of it."""

    lines = SettlingLineOutput(many=True)
    disputes = SettlingDisputeOutput(many=True)
    documents = SettlingDocumentOutput(many=True)
    drafted_by = PersonOutput(allow_null=True)
    issued_by = PersonOutput(allow_null=True)
    posted_by = PersonOutput(allow_null=True)


class DraftInput(Input):
    """What is to be computed."""

    term = RowId()
    period_start = DayField()
    period_end = DayField(help_text=_("The first day after it."))
    store = RowId(required=False)
    trading_days = serializers.IntegerField(required=False, min_value=0, max_value=366)
    true_up = serializers.BooleanField(
        default=False, help_text=_("The true-up of the guarantee over the period.")
    )
    note = TextField(required=False, max_length=1000)


class DayInput(Input):
    """The day of an act; today where none is named."""

    day = PastDayField(required=False, help_text=_("Not after today."))
    note = TextField(required=False, max_length=500)


class ContestInput(Input):
    """What is contested."""

    amount = PositiveAmount()
    reason = serializers.ChoiceField(choices=StatementDisputeReason.choices)
    line = RowId(required=False)
    note = TextField(required=False, max_length=500)


class SettlingDisputeInput(Input):
    """What the customer contests of an issued statement."""

    contests = ContestInput(many=True, allow_empty=False)
    day = PastDayField(required=False, help_text=_("Not after today."))


class ClaimInput(Input):
    """What a fee comes to in the next version."""

    line = RowId()
    amount = AmountField(max_digits=20, min_value=Decimal(0))


class CorrectionInput(DayInput):
    """What is put right; everything else is computed anew."""

    claims = ClaimInput(many=True, required=False)


class ConfirmationInput(DayInput):
    """Who confirmed."""

    confirmed_by = TextField(max_length=200, required=True)
