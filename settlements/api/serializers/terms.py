"""What agreements, their versions and calendars look like over the API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.serializers.accounts import AccountRef
from kam.core.api.serializers import AmountField, DayAfter, Output
from kam.identity.api.shapes import PersonOutput
from settlements.choices import terms as choices
from settlements.models import AgreementVersion


class Number(AmountField):
    """An amount, a rate or a percentage as a decimal text, at most 4 decimals."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 20)
        super().__init__(**kwargs)


# Calendars


class CalendarDayOutput(Output):
    """A day that a calendar names."""

    day = serializers.DateField()
    is_working = serializers.BooleanField()
    is_confirmed = serializers.BooleanField()
    name = serializers.CharField()


class BusinessCalendarOutput(Output):
    """A calendar of working days."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class BusinessCalendarDetailOutput(BusinessCalendarOutput):
    """A calendar with the days it names."""

    days = CalendarDayOutput(many=True)


# Out


class PaymentStepOutput(Output):
    """A step to the due date."""

    kind = serializers.ChoiceField(choices=choices.OperationKind.choices)
    value = serializers.IntegerField(allow_null=True)
    roll = serializers.CharField()


class PaymentLineOutput(Output):
    """An instalment."""

    kind = serializers.ChoiceField(choices=choices.LineKind.choices)
    value = Number(allow_null=True)
    operations = PaymentStepOutput(many=True)


class GuaranteeOutput(Output):
    """A minimum guarantee."""

    basis = serializers.ChoiceField(choices=choices.GuaranteeBasis.choices)
    amount = Number()
    test_period = serializers.ChoiceField(choices=choices.TestPeriod.choices)
    proration = serializers.ChoiceField(choices=choices.Proration.choices)
    excess_rate = Number(allow_null=True)


class MediumRuleOutput(Output):
    """What is paid by one medium: at a percentage of its own, or not counted."""

    medium = serializers.CharField()
    is_counted = serializers.BooleanField()
    percent = Number(allow_null=True)


class SettlementTermOutput(Output):
    """A method of settlement; `category` null is for all goods."""

    id = serializers.IntegerField()
    category = serializers.CharField(source="category.code", default=None, allow_null=True)
    preset = serializers.ChoiceField(choices=choices.Preset.choices)
    title_transfer = serializers.ChoiceField(choices=choices.TitleTransfer.choices)
    settlement_basis = serializers.ChoiceField(choices=choices.SettlementBasis.choices)
    deduction = serializers.ChoiceField(choices=choices.Deduction.choices)
    deduction_percent = Number(allow_null=True)
    schedule = serializers.CharField(source="deduction_schedule.name", default="")
    rent = Number(allow_null=True)
    is_tax_inclusive = serializers.BooleanField()
    tax_rate = Number(allow_null=True)
    is_after_coupons = serializers.BooleanField()
    coupon_bearer = serializers.ChoiceField(choices=choices.Bearer.choices)
    cycle = serializers.ChoiceField(choices=choices.Cycle.choices)
    invoicing_party = serializers.ChoiceField(choices=choices.InvoicingParty.choices)
    shrink_bearer = serializers.CharField()
    shrink_tolerance = Number(allow_null=True)
    negative_handling = serializers.ChoiceField(choices=choices.NegativeHandling.choices)
    base_event = serializers.ChoiceField(choices=choices.BaseEvent.choices)
    calendar = serializers.CharField(source="calendar.code", default=None, allow_null=True)
    discount_percent = Number(allow_null=True)
    discount_days = serializers.IntegerField(allow_null=True)
    lines = PaymentLineOutput(many=True, source="payment_lines")
    guarantee = serializers.SerializerMethodField()
    media = MediumRuleOutput(many=True)

    @extend_schema_field(GuaranteeOutput(allow_null=True))
    def get_guarantee(self, term: Any) -> Any:
        """The guarantee, null where there is none."""
        found = getattr(term, "guarantee", None)
        return None if found is None else GuaranteeOutput(found).data


class RateBandOutput(Output):
    """A rate from `lower` on and below `upper`."""

    lower = Number(source="band.lower")
    upper = Number(source="band.upper", allow_null=True)
    rate = Number()


class RateScheduleOutput(Output):
    """Bands under a name."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    bands = RateBandOutput(many=True)


class TradeConditionOutput(Output):
    """A fee, a promotion or a rebate."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=choices.ConditionKind.choices)
    name = serializers.CharField()
    fee_type = serializers.CharField()
    category = serializers.CharField(source="category.code", default=None, allow_null=True)
    calculation = serializers.ChoiceField(choices=choices.Calculation.choices)
    value = Number(allow_null=True)
    schedule = serializers.CharField(source="schedule.name", default="")
    scheme = serializers.ChoiceField(choices=choices.Deduction.choices)
    floor = Number(allow_null=True)
    cap = Number(allow_null=True)
    start = serializers.DateField(source="valid.lower", default=None, allow_null=True)
    end = DayAfter(source="valid.upper", default=None, allow_null=True)
    is_sales_linked = serializers.BooleanField()
    is_distinct_service = serializers.BooleanField()
    evidence = serializers.CharField()
    channel = serializers.ChoiceField(choices=choices.Channel.choices)
    conditionality = serializers.ChoiceField(choices=choices.Conditionality.choices)
    target = Number(allow_null=True)
    basis = serializers.CharField()
    cycle = serializers.CharField()
    measured_at = serializers.ChoiceField(choices=choices.MeasuredAt.choices)
    payout = serializers.CharField()


class ResponsibilityOutput(Output):
    """Who bears one thing."""

    subject = serializers.ChoiceField(choices=choices.Subject.choices)
    bearer = serializers.ChoiceField(choices=choices.Bearer.choices)
    our_share = Number(allow_null=True)
    note = serializers.CharField()


class AgreementVersionOutput(Output):
    """A version of an agreement; `end` is the first day after it."""

    id = serializers.IntegerField()
    agreement = serializers.IntegerField(source="agreement_id")
    version = serializers.IntegerField()
    state = serializers.ChoiceField(choices=choices.VersionState.choices)
    start = serializers.DateField(source="valid.lower")
    end = DayAfter(source="valid.upper", allow_null=True)
    renewal = serializers.ChoiceField(choices=choices.Renewal.choices)
    renewal_months = serializers.IntegerField(allow_null=True)
    notice_days = serializers.IntegerField(allow_null=True)
    notice_by = serializers.DateField(allow_null=True)
    note = serializers.CharField()
    file_name = serializers.CharField()
    file_sha256 = serializers.CharField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    submitted_by = PersonOutput(allow_null=True)
    approved_at = serializers.DateTimeField(allow_null=True)
    approved_by = PersonOutput(allow_null=True)
    decision_note = serializers.CharField()
    end_reason = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class AgreementVersionDetailOutput(AgreementVersionOutput):
    """A version with everything it says."""

    schedules = RateScheduleOutput(many=True)
    terms = SettlementTermOutput(many=True)
    conditions = TradeConditionOutput(many=True)
    responsibilities = ResponsibilityOutput(many=True)


class VersionRemarkOutput(Output):
    """Something about a version, and the field it is about."""

    code = serializers.CharField()
    field = serializers.CharField(default="")
    message = serializers.CharField()


class VersionRemarksOutput(Output):
    """What stands in the way of a version, and what to know before it is approved."""

    blockers = VersionRemarkOutput(many=True)
    cautions = VersionRemarkOutput(many=True)


class AgreementOutput(Output):
    """An agreement with a customer; `current` is the version in force today."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    name = serializers.CharField()
    account = AccountRef()
    selling_company = serializers.CharField(source="selling_company.code")
    currency = serializers.CharField(source="currency_id")
    note = serializers.CharField()
    current = serializers.SerializerMethodField()
    versions = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_current(self, agreement: Any) -> Any:
        """The version in force today."""
        day = self.context["today"]
        rows: list[AgreementVersion] = list(agreement.versions.all())
        return next((one.pk for one in rows if one.covers(day)), None)

    @extend_schema_field(serializers.ListField(child=serializers.IntegerField()))
    def get_versions(self, agreement: Any) -> Any:
        """All versions, the latest first."""
        return [one.pk for one in agreement.versions.all()]
