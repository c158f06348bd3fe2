"""What is sent to write agreements: a version is one document of typed parts."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api.serializers.accounts import CurrencyCode
from accounts.api.serializers.revenue import CategoryCode
from accounts.models import ProductCategory
from kam.core.api.serializers import Input, TextField
from settlements.api.serializers.fields import CompanyCode, DayField, RowId
from settlements.api.serializers.terms import Number
from settlements.choices import terms as choices
from settlements.models import BusinessCalendar
from settlements.services.terms import drafts
from settlements.services.terms.calendars import DayDraft


def _choice(values: Any, **kwargs: Any) -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=values.choices, **kwargs)


def _optional(values: Any, default: str) -> serializers.ChoiceField:
    return _choice(values, required=False, default=default)


def _blank(values: Any) -> serializers.ChoiceField:
    return _choice(values, required=False, allow_blank=True, default="")


def _maybe_number() -> Number:
    return Number(required=False, allow_null=True, default=None)


def _whole(highest: int) -> serializers.IntegerField:
    return serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=0, max_value=highest
    )


class CalendarCode(serializers.SlugRelatedField[BusinessCalendar]):
    """A calendar of working days by its code."""

    def __init__(self, **kwargs: Any) -> None:
        every = BusinessCalendar._default_manager.all()  # known to everybody who may sign in
        super().__init__(slug_field="code", queryset=every, **kwargs)


# Parts, in


class PaymentStepInput(Input):
    """A step from the base date to the due date; `roll` for a step to a working day."""

    kind = _choice(choices.OperationKind)
    value = _whole(3660)
    roll = _blank(choices.Roll)


class PaymentLineInput(Input):
    """An instalment; the last one is the `remainder`, which has no value."""

    kind = _optional(choices.LineKind, choices.LineKind.REMAINDER)
    value = _maybe_number()
    operations = PaymentStepInput(many=True, required=False, default=list)


class GuaranteeInput(Input):
    """A minimum guarantee; `amount` is that of a month."""

    basis = _choice(choices.GuaranteeBasis)
    amount = Number()
    test_period = _choice(choices.TestPeriod)
    proration = _optional(choices.Proration, choices.Proration.NONE)
    excess_rate = _maybe_number()


class MediumRuleInput(Input):
    """What is paid by one medium: at `percent`, or not counted and without one."""

    medium = TextField(max_length=30, required=True)
    is_counted = serializers.BooleanField(default=True)
    percent = _maybe_number()


class SettlementTermInput(Input):
    """A method of settlement, for a category or (null) all goods; `schedule` names bands."""

    category = CategoryCode(required=False, allow_null=True, default=None)
    preset = _optional(choices.Preset, choices.Preset.OWN)
    title_transfer = _choice(choices.TitleTransfer)
    settlement_basis = _choice(choices.SettlementBasis)
    deduction = _optional(choices.Deduction, choices.Deduction.NONE)
    deduction_percent = _maybe_number()
    schedule = TextField(max_length=100, default="")
    rent = _maybe_number()
    is_tax_inclusive = serializers.BooleanField(default=False)
    tax_rate = _maybe_number()
    is_after_coupons = serializers.BooleanField(default=True)
    coupon_bearer = _optional(choices.Bearer, choices.Bearer.CUSTOMER)
    cycle = _optional(choices.Cycle, choices.Cycle.MONTHLY)
    invoicing_party = _optional(choices.InvoicingParty, choices.InvoicingParty.SUPPLIER)
    shrink_bearer = _blank(choices.Bearer)
    shrink_tolerance = _maybe_number()
    negative_handling = _optional(choices.NegativeHandling, choices.NegativeHandling.CARRY_FORWARD)
    base_event = _optional(choices.BaseEvent, choices.BaseEvent.INVOICE_DATE)
    calendar = CalendarCode(required=False, allow_null=True, default=None)
    discount_percent = _maybe_number()
    discount_days = _whole(3660)
    lines = PaymentLineInput(many=True, required=False, default=list)
    guarantee = GuaranteeInput(required=False, allow_null=True, default=None)
    media = MediumRuleInput(many=True, required=False, default=list)


class RateBandInput(Input):
    """A rate from `lower` on and below `upper`; null: no end."""

    lower = Number()
    upper = _maybe_number()
    rate = Number(max_digits=12)


class RateScheduleInput(Input):
    """Bands under a name that together cover every amount from zero on."""

    name = TextField(max_length=100, required=True)
    bands = RateBandInput(many=True)


class TradeConditionInput(Input):
    """A fee, a promotion or a rebate."""

    kind = _choice(choices.ConditionKind)
    name = TextField(max_length=200, required=True)
    fee_type = _blank(choices.FeeType)
    category = CategoryCode(required=False, allow_null=True, default=None)
    calculation = _choice(choices.Calculation)
    value = _maybe_number()
    schedule = TextField(max_length=100, default="")
    scheme = _optional(choices.Deduction, choices.Deduction.NONE)
    floor = _maybe_number()
    cap = _maybe_number()
    start = DayField(required=False, allow_null=True, default=None)
    end = DayField(
        required=False, allow_null=True, default=None, help_text=_("The first day after.")
    )
    is_sales_linked = serializers.BooleanField(default=False)
    is_distinct_service = serializers.BooleanField(default=False)
    evidence = TextField(max_length=300, default="")
    channel = _choice(choices.Channel)
    conditionality = _optional(choices.Conditionality, choices.Conditionality.UNCONDITIONAL)
    target = _maybe_number()
    basis = _blank(choices.RebateBasis)
    cycle = _blank(choices.ConditionCycle)
    measured_at = _optional(choices.MeasuredAt, choices.MeasuredAt.ACCOUNT)
    payout = _blank(choices.Payout)


class ResponsibilityInput(Input):
    """Who bears one thing; `our_share` in percent where both share it."""

    subject = _choice(choices.Subject)
    bearer = _choice(choices.Bearer)
    our_share = _maybe_number()
    note = TextField(max_length=300, default="")


class AgreementVersionInput(Input):
    """A whole version: what is not sent is not agreed."""

    start = DayField()
    end = DayField(
        required=False, allow_null=True, default=None, help_text=_("The first day after.")
    )
    renewal = _optional(choices.Renewal, choices.Renewal.ENDS)
    renewal_months = _whole(120)
    notice_days = _whole(3660)
    note = TextField(max_length=5000, default="")
    schedules = RateScheduleInput(many=True, required=False, default=list)
    terms = SettlementTermInput(many=True, required=False, default=list)
    conditions = TradeConditionInput(many=True, required=False, default=list)
    responsibilities = ResponsibilityInput(many=True, required=False, default=list)


class AgreementVersionNewInput(AgreementVersionInput):
    """A new version; with `copy_of` it begins with all that this version says, and no parts."""

    agreement = RowId()
    copy_of = RowId(required=False, allow_null=True, default=None)


class AgreementNoteInput(Input):
    """Words with a decision."""

    note = TextField(max_length=500, default="")


class AgreementEndInput(Input):
    """The first day on which it no longer holds, and why."""

    on = DayField()
    reason = TextField(max_length=500, required=True)


class AgreementInput(Input):
    """An agreement between one of our companies and a customer."""

    account = RowId()
    selling_company = CompanyCode()
    number = TextField(max_length=60, required=True)
    name = TextField(max_length=200, required=True)
    currency = CurrencyCode()
    note = TextField(max_length=1000)


class AgreementChange(Input):
    """What of an agreement changes; once a version was approved only name and note do."""

    selling_company = CompanyCode()
    number = TextField(max_length=60, required=True)
    name = TextField(max_length=200, required=True)
    currency = CurrencyCode()
    note = TextField(max_length=1000)


def draft_from(data: dict[str, Any]) -> drafts.VersionDraft:
    """Return a parsed document as the services take it."""
    header = {name: data[name] for name in drafts.HeaderDraft.__dataclass_fields__}
    return drafts.VersionDraft(
        header=drafts.HeaderDraft(**header),
        schedules=[
            drafts.ScheduleDraft(
                name=one["name"], bands=[drafts.BandDraft(**band) for band in one["bands"]]
            )
            for one in data["schedules"]
        ],
        terms=[_term(dict(one)) for one in data["terms"]],
        conditions=[_condition(dict(one)) for one in data["conditions"]],
        responsibilities=[drafts.ResponsibilityDraft(**one) for one in data["responsibilities"]],
    )


def _term(one: dict[str, Any]) -> drafts.TermDraft:
    calendar, guarantee = one.pop("calendar"), one.pop("guarantee")
    lines = [
        drafts.LineDraft(
            kind=line["kind"],
            value=line["value"],
            operations=[drafts.OperationDraft(**step) for step in line["operations"]],
        )
        for line in one.pop("lines")
    ]
    return drafts.TermDraft(
        category_id=_pk(one.pop("category")),
        calendar_id=calendar.pk if calendar else None,
        guarantee=drafts.GuaranteeDraft(**guarantee) if guarantee else None,
        lines=lines,
        media=[drafts.MediumDraft(**rule) for rule in one.pop("media")],
        **one,
    )


def _condition(one: dict[str, Any]) -> drafts.ConditionDraft:
    return drafts.ConditionDraft(category_id=_pk(one.pop("category")), **one)


def _pk(category: ProductCategory | None) -> int | None:
    return category.pk if category else None


# Calendars


class CalendarDayInput(Input):
    """A day off, or a working day at a weekend."""

    day = DayField()
    is_working = serializers.BooleanField(default=False)
    is_confirmed = serializers.BooleanField(default=False)
    name = TextField(max_length=100, default="")


class BusinessCalendarInput(Input):
    """A calendar with all its days; other days follow Monday to Friday."""

    code = serializers.SlugField(max_length=20)
    name = TextField(max_length=100, required=True)
    days = CalendarDayInput(many=True, required=False, default=list)


def days_from(data: dict[str, Any]) -> list[DayDraft]:
    """Return a calendar's days as the service takes them."""
    return [DayDraft(**one) for one in data["days"]]
