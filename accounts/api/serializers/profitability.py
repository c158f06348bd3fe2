"""What costs to serve and profit look like over the API."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.serializers.accounts import AccountId, AccountRef, CurrencyCode
from accounts.api.serializers.revenue import ManyInput
from accounts.choices import ConcentrationLevel, CostKind, SpreadRule
from accounts.selectors.concentration.naming import NameBook
from accounts.selectors.profitability.query import Costing
from accounts.selectors.profitability.reading import Profit
from kam.core.api.serializers import AmountField, DayAfter, Input, Output, ShareField, TextField

KINDS = CostKind.choices


class Stamped(Output):
    """When a row was made and last changed."""

    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class CostOutput(Stamped):
    """A cost of serving an account, in document currency and in base currency."""

    id = serializers.IntegerField()
    account = AccountRef()
    kind = serializers.ChoiceField(choices=KINDS)
    booked_on = serializers.DateField()
    amount = AmountField(help_text=_("Positive is a cost, negative what came back."))
    currency = serializers.CharField(source="currency_id")
    rate = serializers.DecimalField(max_digits=20, decimal_places=10, allow_null=True)
    base_amount = AmountField(allow_null=True, help_text=_("Null while there is no rate."))
    note = serializers.CharField()
    source = serializers.SerializerMethodField()  # type: ignore[assignment]  # as DRF reads it
    source_key = serializers.CharField()
    batch = serializers.IntegerField(source="batch_id", allow_null=True)

    def get_source(self, row: Any) -> str | None:
        """Code of the source; null: entered by hand."""
        return row.source.code if row.source else None


class CostInput(Input):
    """A cost of serving an account."""

    account = AccountId()
    kind = serializers.ChoiceField(choices=KINDS)
    booked_on = serializers.DateField()
    amount = AmountField(max_digits=18)
    currency = CurrencyCode(required=True, allow_null=False)
    note = TextField(max_length=300)


class CostRow(Input):
    """A cost of a bulk request. Columns and rules are those of an import of costs."""

    source_key = TextField(
        max_length=200, help_text=_("Unique in the source: a line sent again replaces itself.")
    )
    account = TextField(max_length=200, required=True, help_text=_("External id or exact name."))
    kind = TextField(max_length=40, required=True)
    date = serializers.DateField()
    amount = AmountField(max_digits=18)
    currency = TextField(max_length=3)
    note = TextField(max_length=300)


class CostRows(ManyInput):
    """Many costs."""

    rows = CostRow(many=True)


class ActivityVolumeOutput(Stamped):
    """How much of an activity an account caused in a month."""

    id = serializers.IntegerField()
    account = AccountRef()
    kind = serializers.ChoiceField(choices=KINDS)
    month = serializers.DateField(help_text=_("The month's first day."))
    volume = serializers.DecimalField(max_digits=18, decimal_places=4)


class ActivityVolumeInput(Input):
    """A volume; of the same account, kind and month it replaces what was said."""

    account = AccountId()
    kind = serializers.ChoiceField(choices=KINDS)
    month = serializers.DateField(help_text=_("The month's first day."))
    volume = serializers.DecimalField(max_digits=18, decimal_places=4, min_value=Decimal(0))


class ActivityRateOutput(Stamped):
    """What one unit of an activity costs, in base currency."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=KINDS)
    unit = serializers.CharField()
    amount = serializers.DecimalField(max_digits=18, decimal_places=6)
    valid_from = serializers.DateField(source="valid.lower")
    valid_until = serializers.DateField(
        source="valid.upper", allow_null=True, help_text=_("The first day without it; null: none.")
    )
    note = serializers.CharField()


class ActivityRateInput(Input):
    """A rate; the one of its kind that holds until its first day ends there."""

    kind = serializers.ChoiceField(choices=KINDS)
    unit = TextField(max_length=40, required=True)
    amount = serializers.DecimalField(max_digits=18, decimal_places=6, min_value=Decimal(0))
    valid_from = serializers.DateField(source="from_date")
    valid_until = DayAfter(source="until", required=False, allow_null=True)
    note = TextField(max_length=300)


class CostPoolOutput(Stamped):
    """A month's cost of the company, in base currency, and the rule that spreads it."""

    id = serializers.IntegerField()
    month = serializers.DateField(help_text=_("The month's first day."))
    kind = serializers.ChoiceField(choices=KINDS)
    name = serializers.CharField()
    amount = AmountField()
    rule = serializers.ChoiceField(choices=SpreadRule.choices)


class CostPoolInput(Input):
    """A month's cost of the company."""

    month = serializers.DateField(help_text=_("The month's first day."))
    kind = serializers.ChoiceField(choices=KINDS)
    name = TextField(max_length=100, required=True)
    amount = AmountField(max_digits=18)
    rule = serializers.ChoiceField(choices=SpreadRule.choices)


class ProfitPeriodInput(Input):
    """Whole months: one that is not over is left out."""

    def get_fields(self) -> dict[str, Any]:
        """`from` is no name that Python takes."""
        period = {
            "from": serializers.DateField(help_text=_("First day.")),
            "to": serializers.DateField(help_text=_("Day after the last.")),
        }
        return {**period, **super().get_fields()}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A period ends after it begins."""
        if attrs["from"] >= attrs["to"]:
            words = _("The period ends before it begins.")
            raise serializers.ValidationError({"to": [words]}, code="empty_period")
        return attrs


class ProfitInput(ProfitPeriodInput):
    """Which profit is asked for."""

    level = serializers.ChoiceField(
        choices=ConcentrationLevel.choices, default=ConcentrationLevel.GROUP
    )
    country = TextField(max_length=2)
    tier = TextField(max_length=20, help_text=_("Code of the tier that holds today."))
    top = serializers.IntegerField(
        min_value=1, max_value=1000, default=100, help_text=_("So many customers, the best first.")
    )


class CostingOutput(Output):
    """Revenue down to net profit. Null is not known, which is not zero."""

    revenue = AmountField()
    costed_revenue = AmountField(help_text=_("Of which the cost of goods is known."))
    cost_of_goods = AmountField()
    trade_terms = AmountField(allow_null=True)
    cost_to_serve = AmountField(allow_null=True)
    costs = serializers.DictField(child=AmountField(), help_text=_("By kind, those that are kept."))
    allocated = AmountField(help_text=_("Of these costs, what a rule spread."))
    net_profit = AmountField(allow_null=True)
    net_margin = ShareField(allow_null=True, help_text=_("Of costed revenue."))
    cost_to_serve_share = ShareField(allow_null=True)
    coverage = ShareField(allow_null=True)
    gaps = serializers.DictField(
        child=serializers.IntegerField(),
        help_text=_("How many rows lack a rate; while any does, net profit is not known."),
    )


class CustomerProfitOutput(CostingOutput):
    """A customer's profit."""

    rank = serializers.IntegerField(allow_null=True, help_text=_("Null: net profit not known."))
    id = serializers.IntegerField()
    name = serializers.CharField()
    tier = serializers.CharField(allow_null=True)
    floor = ShareField(allow_null=True, help_text=_("What the tier asks for at least."))


class CostLineOutput(Output):
    """What one kind of cost comes from; of a part of company costs, the rule that spread it."""

    kind = serializers.ChoiceField(choices=KINDS)
    origin = serializers.ChoiceField(choices=["direct", "activity", "allocated"])
    rule = serializers.CharField(help_text=_("Empty unless allocated."))
    amount = AmountField(allow_null=True, help_text=_("Null where a rate is missing."))
    gaps = serializers.IntegerField(help_text=_("Rows without a rate, in no amount."))


class AccountProfitOutput(Output):
    """Net profit of an account with all that stood below it, in base currency."""

    period_from = serializers.DateField(source="period.start")
    period_to = DayAfter(source="period.end")
    currency = serializers.CharField()
    total = serializers.SerializerMethodField()
    lines = CostLineOutput(many=True)
    is_below_floor = serializers.BooleanField()

    @extend_schema_field(CostingOutput)
    def get_total(self, found: Any) -> Any:
        """Revenue down to net profit."""
        return CostingOutput(costing_data(found.costing)).data


class WhaleOutput(Output):
    """The whale curve; shares are null where total profit is zero or below."""

    peak = AmountField()
    peak_share = ShareField(allow_null=True)
    peak_customers = serializers.IntegerField()
    top_20_percent_of_profit = ShareField(allow_null=True)
    top_20_percent_of_revenue = ShareField(allow_null=True)
    making = serializers.IntegerField()
    near_break_even = serializers.IntegerField()
    losing = serializers.IntegerField()


class ProfitOutput(Output):
    """Net profit of whole months by customer, in base currency.

    Totals, curve and unassigned revenue are of the company: null for who may not see it whole.
    """

    period_from = serializers.DateField()
    period_to = DayAfter()
    currency = serializers.CharField()
    total = CostingOutput(allow_null=True)
    unassigned_revenue = AmountField(allow_null=True)
    whale = WhaleOutput(allow_null=True)
    customers = CustomerProfitOutput(many=True)
    unknown = CustomerProfitOutput(many=True, help_text=_("Customers with a gap."))


def profit_data(profit: Profit, top: int, names: NameBook) -> dict[str, Any]:
    """Profit as the API answers it."""
    points = profit.whale.points[:top]
    unknown = sorted(profit.unknown.items(), key=lambda one: -one[1].revenue)[:top]
    found = names.look_up([*(point.key for point in points), *(key for key, _one in unknown)])
    company = profit.is_company

    def customer(key: int, costing: Costing, rank: int | None) -> dict[str, Any]:
        tier = profit.tiers.get(key)
        return {
            "rank": rank,
            "id": key,
            "name": str(found[key].name),
            "tier": tier.code if tier else None,
            "floor": tier.floor if tier else None,
            **costing_data(costing),
        }

    return ProfitOutput(
        {
            "period_from": profit.query.period.start,
            "period_to": profit.query.period.end,
            "currency": profit.currency,
            "total": costing_data(profit.total) if company else None,
            "unassigned_revenue": profit.unassigned.revenue if company else None,
            "whale": _whale_data(profit) if company else None,
            "customers": [
                customer(point.key, profit.known[point.key], point.rank) for point in points
            ],
            "unknown": [customer(key, costing, None) for key, costing in unknown],
        }
    ).data


def costing_data(costing: Costing) -> dict[str, Any]:
    """A costing as the API answers it."""
    return {
        "revenue": costing.revenue,
        "costed_revenue": costing.costed,
        "cost_of_goods": costing.goods,
        "trade_terms": costing.costs.get(CostKind.TRADE_TERMS),
        "cost_to_serve": costing.serve if costing.has_serve else None,
        "costs": dict(costing.costs),
        "allocated": costing.allocated,
        "net_profit": costing.net,
        "net_margin": costing.margin,
        "cost_to_serve_share": costing.serve_share,
        "coverage": costing.coverage,
        "gaps": {
            "revenue_entries": costing.unconverted,
            "cost_entries": costing.unrated,
            "volumes": costing.unpriced,
            "shares_of_company_costs": costing.undivided,
        },
    }


def _whale_data(profit: Profit) -> dict[str, Any]:
    whale = profit.whale
    return {
        "peak": whale.peak,
        "peak_share": whale.peak_share,
        "peak_customers": whale.peak_from,
        "top_20_percent_of_profit": whale.top_profit_share,
        "top_20_percent_of_revenue": whale.top_revenue_share,
        "making": whale.making,
        "near_break_even": whale.near,
        "losing": whale.losing,
    }
