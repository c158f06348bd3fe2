"""What loss scenarios and their results look like over the API."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.serializers.accounts import AccountId, AccountRef
from accounts.api.serializers.people import RowId
from kam.core.api.serializers import AmountField, Input, Output, TextField
from kam.core.models import Currency
from kam.identity.api.shapes import PersonOutput
from plans.choices.loss import LossKind, RateSubject
from plans.models.loss import LONGEST
from plans.selectors.loss.sources import spoken
from settlements.api.serializers.fields import PastDayField


def _three(**options: Any) -> serializers.ListField:
    inner = serializers.DecimalField(max_digits=20, decimal_places=4)
    return serializers.ListField(child=inner, min_length=3, max_length=3, **options)


class LossRateOutput(Output):
    """The share lost of what is not paid: low, base, high."""

    subject = serializers.ChoiceField(choices=RateSubject.choices)
    key = serializers.CharField()
    share = _three()


class LossScenarioOutput(Output):
    """A loss scenario; assumptions with a range are low, base and high, shares from 0 to 1."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(choices=LossKind.choices)
    accounts = serializers.SerializerMethodField()
    currency = serializers.CharField(source="currency_id")
    as_of = serializers.DateField(help_text=_("The ledger of the last run."))
    starts_on = serializers.DateField()
    notice_days = serializers.IntegerField(allow_null=True)
    horizon_months = serializers.IntegerField()
    run_off = serializers.ListField(
        child=serializers.DecimalField(max_digits=5, decimal_places=4),
        help_text=_("The share gone in the first month, the second, and so on."),
    )
    category = serializers.IntegerField(source="category_id", allow_null=True)
    region = serializers.CharField()
    lost_share = _three()
    contribution = _three(allow_null=True)
    avoidable = _three(allow_null=True)
    avoidable_lag = serializers.IntegerField()
    recovery = _three()
    default_probability = _three(allow_null=True)
    extra_days = _three(allow_null=True)
    stock_recoverable = _three(allow_null=True)
    clawback_days = serializers.IntegerField()
    fixed_cost = AmountField(allow_null=True)
    cash_in_hand = AmountField(allow_null=True)
    note = serializers.CharField()
    plan = serializers.IntegerField(source="plan_id", allow_null=True)
    attached_at = serializers.DateTimeField(allow_null=True)
    archived_at = serializers.DateTimeField(allow_null=True)
    author = PersonOutput()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()

    def get_accounts(self, row: Any) -> list[dict[str, Any]]:
        """Who is lost, each with all below it."""
        return [dict(AccountRef(one.account).data) for one in row.account_rows.all()]


class LossScenarioDetailOutput(LossScenarioOutput):
    """A loss scenario with its own shares lost; methods that it does not name follow defaults."""

    rates = LossRateOutput(many=True)
    sources = serializers.SerializerMethodField(help_text=_("Where defaults came from, by field."))

    @extend_schema_field(serializers.DictField(child=serializers.CharField()))
    def get_sources(self, row: Any) -> dict[str, str]:
        """In words of the caller's language."""
        return {name: spoken(kept) for name, kept in row.inputs.items()}


class LossRateInput(Input):
    """The share lost of what is not paid, by settlement method or security."""

    subject = serializers.ChoiceField(choices=RateSubject.choices)
    key = serializers.CharField(max_length=20)
    share = _three()


class LossScenarioChange(Input):
    """What is told of a scenario; what is not sent stays."""

    title = TextField(max_length=200, required=True)
    starts_on = serializers.DateField()
    as_of = PastDayField(required=False, help_text=_("Left out: today."))
    accounts = serializers.ListField(child=AccountId(), min_length=1, max_length=2000)
    notice_days = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=3650
    )
    horizon_months = serializers.IntegerField(required=False, min_value=1, max_value=LONGEST)
    run_off = serializers.ListField(
        child=serializers.DecimalField(max_digits=5, decimal_places=4, min_value=0, max_value=1),
        required=False,
        min_length=1,
        max_length=LONGEST,
    )
    category = RowId(required=False, allow_null=True)
    region = TextField(max_length=100)
    lost_share = _three(required=False)
    contribution = _three(required=False, allow_null=True)
    avoidable = _three(required=False, allow_null=True)
    avoidable_lag = serializers.IntegerField(required=False, min_value=0, max_value=LONGEST)
    recovery = _three(required=False)
    default_probability = _three(required=False)
    extra_days = _three(required=False)
    stock_recoverable = _three(required=False, allow_null=True)
    clawback_days = serializers.IntegerField(required=False, min_value=0, max_value=3650)
    fixed_cost = AmountField(required=False, allow_null=True)
    cash_in_hand = AmountField(required=False, allow_null=True)
    note = TextField(max_length=4000)
    rates = LossRateInput(many=True, required=False)


class LossScenarioInput(LossScenarioChange):
    """A new scenario; what is left out follows the data of its accounts."""

    kind = serializers.ChoiceField(choices=LossKind.choices)
    currency = serializers.SlugRelatedField(
        slug_field="code",
        queryset=Currency.objects.all(),
        required=False,
        help_text=_("Left out: the base currency."),
    )


class LossRunInput(Input):
    """On which ledger it is run."""

    as_of = PastDayField(required=False, help_text=_("Left out: today."))


class LossAttachInput(Input):
    """Which plan it becomes part of; null takes it out."""

    plan = RowId(allow_null=True)


class LossResultOutput(Output):
    """A run of a scenario, without its document."""

    id = serializers.IntegerField()
    scenario = serializers.IntegerField(source="scenario_id")
    as_of = serializers.DateField()
    computed_at = serializers.DateTimeField()
    formula = serializers.IntegerField()
    job = serializers.IntegerField(source="job_id", allow_null=True)
    author = PersonOutput(allow_null=True)


class LossResultDetailOutput(LossResultOutput):
    """A run with what it was computed from and what came out.

    Concentration covers the company for who sees it, else the caller's own accounts.
    """

    inputs = serializers.JSONField()
    result = serializers.SerializerMethodField()

    def get_result(self, row: Any) -> dict[str, Any]:
        """The document as the caller may see it."""
        shown: dict[str, Any] = self.context["result"](row)
        return shown


class LossCompareQuery(Input):
    """Which scenarios are put side by side."""

    scenarios = serializers.RegexField(
        r"^\d{1,18}(,\d{1,18}){0,2}$", help_text=_("One to three ids with commas between.")
    )


class LossComparedOutput(Output):
    """A scenario with its latest result; null before its first run."""

    scenario = LossScenarioOutput()
    result = LossResultDetailOutput(allow_null=True)


class LossComparisonOutput(Output):
    """Scenarios side by side, in the order asked for."""

    scenarios = LossComparedOutput(many=True)
