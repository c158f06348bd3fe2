"""What rebates look like over the API."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api.serializers.accounts import AccountRef
from kam.core.api.serializers import AmountField, Input, Output, TextField
from kam.identity.api.shapes import PersonOutput
from settlements.api.serializers.documents import DocumentRef
from settlements.api.serializers.fields import DayField, Money
from settlements.choices.terms import (
    Conditionality,
    ConditionCycle,
    Deduction,
    MeasuredAt,
    Payout,
    RebateBasis,
)


class ConditionRef(Output):
    """A rebate by its id and name."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class PeriodStart(serializers.DateField):
    """The first day of a period."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(source="period.lower", **kwargs)


class PeriodEnd(serializers.DateField):
    """The first day after a period."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(source="period.upper", help_text=_("The first day after it."), **kwargs)


class FigureOutput(Output):
    """A rebate's period that is not settled, as of today."""

    period_start = PeriodStart()
    period_end = PeriodEnd()
    currency = serializers.CharField()
    basis = AmountField(source="basis_amount", help_text=_("Net of returns; units have no money."))
    expected_total = AmountField(allow_null=True)
    earned_to_date = Money(help_text=_("Owed if the period ended now."))
    accrued = Money(help_text=_("The part of what is expected that belongs to the basis so far."))
    catch_up = Money(help_text=_("What the next run adds to what is accrued."))
    rate = AmountField(help_text=_("Percent, or money for each unit."))
    to_next = AmountField(
        allow_null=True, help_text=_("What the basis lacks to the next bound; null: no next one.")
    )
    gain = Money(allow_null=True, help_text=_("What reaching it adds to what is earned."))


class SettlementOutput(Output):
    """The end of a rebate's period."""

    id = serializers.IntegerField()
    condition = ConditionRef()
    period_start = PeriodStart()
    period_end = PeriodEnd()
    currency = serializers.CharField(source="currency_id")
    basis = AmountField(source="basis_amount")
    earned = Money()
    amount = Money(help_text=_("Below zero: given back by a debit note."))
    payout = serializers.ChoiceField(choices=Payout.choices)
    claimed = Money(allow_null=True)
    reference = serializers.CharField()
    document = DocumentRef(allow_null=True, help_text=_("Null: nothing was due."))
    settled_on = serializers.DateField()
    created_by = PersonOutput(allow_null=True)
    recorded_at = serializers.DateTimeField()


class RebateOutput(Output):
    """A rebate of an approved agreement."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    agreement = serializers.CharField(source="version.agreement.number")
    version = serializers.IntegerField(source="version.version")
    account = AccountRef(source="version.agreement.account")
    currency = serializers.CharField(source="version.agreement.currency_id")
    basis = serializers.ChoiceField(choices=RebateBasis.choices)
    cycle = serializers.ChoiceField(choices=ConditionCycle.choices)
    measured_at = serializers.ChoiceField(choices=MeasuredAt.choices)
    scheme = serializers.ChoiceField(choices=Deduction.choices)
    conditionality = serializers.ChoiceField(choices=Conditionality.choices)
    target = AmountField(allow_null=True)
    payout = serializers.ChoiceField(choices=Payout.choices)
    updated_at = serializers.DateTimeField()


class RebateDetailOutput(RebateOutput):
    """A rebate with its periods as of today."""

    periods = FigureOutput(many=True, help_text=_("Those that are not settled."))
    settlements = SettlementOutput(many=True, source="given")


class AccrualOutput(Output):
    """What a rebate's period came to by a day; rows never change."""

    id = serializers.IntegerField()
    condition = ConditionRef()
    account = AccountRef(source="condition.version.agreement.account")
    period_start = PeriodStart()
    period_end = PeriodEnd()
    through = serializers.DateField()
    currency = serializers.CharField(source="currency_id")
    basis = AmountField(source="basis_amount")
    expected_total = AmountField(allow_null=True)
    earned_to_date = Money()
    accrued = Money()
    catch_up = Money(help_text=_("What this row adds to the one before."))
    rate = AmountField()
    to_next = AmountField(allow_null=True)
    gain = Money(allow_null=True)
    is_final = serializers.SerializerMethodField(help_text=_("Made by the settlement."))
    recorded_at = serializers.DateTimeField()

    def get_is_final(self, row: Any) -> bool:
        """Whether no run made it."""
        return row.run_id is None


class ExpectationInput(Input):
    """What the basis is expected to be in the end."""

    total = AmountField(max_digits=20, min_value=Decimal(0))
    note = TextField(max_length=300)


class ExpectationOutput(Output):
    """What was expected; the latest counts."""

    id = serializers.IntegerField()
    period_start = PeriodStart()
    period_end = PeriodEnd()
    total = AmountField()
    expected_on = serializers.DateField()
    note = serializers.CharField()
    created_by = PersonOutput(allow_null=True)
    recorded_at = serializers.DateTimeField()


class SettleInput(Input):
    """Which period ends, when, and against which claim."""

    period_start = DayField(help_text=_("The first day of the period."))
    settled_on = DayField(required=False, help_text=_("Today unless given."))
    claimed = AmountField(
        max_digits=20, min_value=Decimal(0), required=False, allow_null=True,
        help_text=_("Where the customer claims it."),
    )  # fmt: skip
    reference = TextField(max_length=140, help_text=_("Number of the claim."))


class RunInput(Input):
    """Up to which day rebates are accrued."""

    through = DayField(required=False, help_text=_("Today unless given."))


class RebateRunOutput(Output):
    """A run."""

    through = serializers.DateField()
    rebates = serializers.IntegerField(source="conditions")
    left_out = serializers.IntegerField(help_text=_("Sums without a rate."))
    recorded_at = serializers.DateTimeField()


class RebateRunsOutput(Output):
    """The latest runs."""

    results = RebateRunOutput(many=True)
