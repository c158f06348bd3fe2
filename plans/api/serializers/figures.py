"""What sales plans, range steps, growth scenarios and marketing plans look like over the API."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api.serializers.accounts import AccountRef, PersonId
from accounts.api.serializers.market import CategoryId, CategoryRef
from accounts.api.serializers.people import RowId
from accounts.models import Product
from kam.core.api.serializers import AmountField, Input, Output, ShareField, TextField
from kam.identity.api.shapes import PersonOutput
from plans.api.serializers.work import FigureField, PlanRef
from plans.choices.levers import LeverKind
from plans.choices.marketing import ActivityKind, ActivityState, Payer
from plans.choices.sales import ListingState
from plans.selectors.levers import result_of
from plans.selectors.marketing import line_of

LIMIT = Decimal(10) ** 15


class PlannedAmount(AmountField):
    """Money in the currency of the plan, zero or more."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"max_digits": 20, "min_value": 0, "max_value": LIMIT} | kwargs))


class PlannedPercent(serializers.DecimalField):
    """0 to 100 percent, as a decimal text."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **({"max_digits": 5, "decimal_places": 2, "min_value": 0, "max_value": 100} | kwargs)
        )


class PlannedProduct(serializers.PrimaryKeyRelatedField[Product]):
    """A product by its id."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Product._default_manager.all(), pk_field=RowId(), **kwargs)


class PlanRow(Output):
    """What rows of plans have alike."""

    id = serializers.IntegerField()
    plan = PlanRef()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class StreamsOutput(Output):
    """Plan, forecast and actual in the plan's currency; null is not known."""

    plan = AmountField(allow_null=True)
    forecast = AmountField(allow_null=True)
    actual = AmountField(allow_null=True)
    variance = AmountField(allow_null=True, help_text=_("Actual less plan."))
    variance_share = ShareField(allow_null=True)


# Sales plan


class SalesMonthOutput(Output):
    """A planned month."""

    month = serializers.DateField()
    amount = AmountField()
    volume = FigureField(allow_null=True)


class SalesLineOutput(PlanRow):
    """A line of a sales plan with its planned months."""

    category = CategoryRef(allow_null=True, help_text=_("Null: everything else."))
    unit = serializers.CharField()
    terms_percent = PlannedPercent(allow_null=True)
    note = serializers.CharField()
    place = serializers.IntegerField()
    months = SalesMonthOutput(many=True, source="months.all")


class SalesMonthInput(Input):
    """A month by its first day; an amount of null empties it."""

    month = serializers.DateField()
    amount = PlannedAmount(allow_null=True, required=False)
    volume = FigureField(allow_null=True, required=False, min_value=0, max_value=10**13)


class SalesLineChange(Input):
    """A line; `months` that are not named stay as they are."""

    unit = TextField(max_length=30)
    terms_percent = PlannedPercent(allow_null=True, required=False)
    note = TextField(max_length=300)
    months: Any = serializers.ListSerializer(
        child=SalesMonthInput(), required=False, max_length=120
    )


class SalesLineInput(SalesLineChange):
    """A new line of a draft."""

    plan = RowId()
    category = CategoryId()


class SalesPlanQuery(Input):
    """Which plan, on which day."""

    plan = RowId()
    as_of = serializers.DateField(required=False)


class SalesBoardLine(Output):
    """A line with its streams; `line` is null for what was posted and never planned."""

    line = serializers.IntegerField(source="line.pk", allow_null=True, default=None)
    category = serializers.CharField(source="title")
    months = StreamsOutput(many=True)
    total = StreamsOutput()
    to_date = StreamsOutput()
    terms = StreamsOutput()


class SalesBoardOutput(Output):
    """A sales plan with its three streams by line and month."""

    plan = serializers.IntegerField(source="plan.pk")
    currency = serializers.CharField(source="plan.currency_id")
    as_of = serializers.DateField()
    months = serializers.ListField(child=serializers.DateField())
    lines = SalesBoardLine(many=True, source="rows")
    by_month = StreamsOutput(many=True)
    total = StreamsOutput()
    to_date = StreamsOutput(help_text=_("Of the months that are over."))
    terms = StreamsOutput()
    unconverted = serializers.IntegerField(
        help_text=_("Revenue entries without an exchange rate: in no figure.")
    )


# Range steps


class PlannedProductRef(Output):
    """A product that a step names."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()


class RangeStepOutput(PlanRow):
    """A step of the range; `account` null is the plan's own."""

    product = PlannedProductRef(allow_null=True)
    category = CategoryRef(allow_null=True)
    account = AccountRef(allow_null=True)
    stores = serializers.IntegerField(allow_null=True)
    stores_reached = serializers.IntegerField(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    state = serializers.ChoiceField(choices=ListingState.choices)
    reached_on = serializers.DateField(allow_null=True)
    owner = PersonOutput(allow_null=True)
    note = serializers.CharField()
    is_shareable = serializers.BooleanField()


class RangeStepChange(Input):
    """A step; how far it is also while the plan is carried out."""

    product = PlannedProduct(required=False, allow_null=True)
    category = CategoryId()
    account = RowId(required=False, allow_null=True)
    stores = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=10**9)
    stores_reached = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=10**9
    )
    due_on = serializers.DateField(required=False, allow_null=True)
    state = serializers.ChoiceField(choices=ListingState.choices, required=False)
    reached_on = serializers.DateField(required=False, allow_null=True)
    owner = PersonId(required=False, allow_null=True)
    note = TextField(max_length=300)
    is_shareable = serializers.BooleanField(required=False)


class RangeStepInput(RangeStepChange):
    """A new step of a draft: a product or a category."""

    plan = RowId()


# Growth levers


class GrowthLeverOutput(Output):
    """A lever and what it contributes, as a fraction of sales now."""

    kind = serializers.ChoiceField(choices=LeverKind.choices)
    baseline = FigureField()
    target = FigureField()
    evidence = serializers.CharField()
    contribution = serializers.DecimalField(max_digits=24, decimal_places=12)


class GrowthEffectOutput(Output):
    """What a scenario brings a year; null is not known."""

    sales_before = AmountField(allow_null=True)
    sales_after = AmountField(allow_null=True)
    margin_change = AmountField(allow_null=True)
    their_gain = AmountField(allow_null=True)
    service_change = PlannedPercent(allow_null=True)
    revenue_before = AmountField(allow_null=True)
    revenue_after = AmountField(allow_null=True)
    our_gain = AmountField(allow_null=True)


class _Assumed(Input):
    sales_before = PlannedAmount(required=False, allow_null=True, min_value=Decimal("0.0001"))
    margin_before = PlannedPercent(required=False, allow_null=True)
    margin_after = PlannedPercent(required=False, allow_null=True)
    cost_change = AmountField(required=False, allow_null=True, max_digits=20)
    service_before = PlannedPercent(required=False, allow_null=True)
    service_after = PlannedPercent(required=False, allow_null=True)
    our_share = PlannedPercent(required=False, allow_null=True)
    our_share_after = PlannedPercent(required=False, allow_null=True)
    our_contribution = PlannedPercent(required=False, allow_null=True)
    our_cost = PlannedAmount(required=False, allow_null=True)


class GrowthScenarioOutput(PlanRow):
    """A scenario: levers, the joint change as their product, and what both sides gain."""

    name = serializers.CharField()
    note = serializers.CharField()
    is_chosen = serializers.BooleanField()
    sales_before = AmountField(allow_null=True)
    margin_before = PlannedPercent(allow_null=True)
    margin_after = PlannedPercent(allow_null=True)
    cost_change = AmountField(allow_null=True)
    service_before = PlannedPercent(allow_null=True)
    service_after = PlannedPercent(allow_null=True)
    our_share = PlannedPercent(allow_null=True)
    our_share_after = PlannedPercent(allow_null=True)
    our_contribution = PlannedPercent(allow_null=True)
    our_cost = AmountField(allow_null=True)
    change = serializers.DecimalField(
        max_digits=30, decimal_places=12, help_text=_("0.10313 is 10.313 percent.")
    )
    levers = GrowthLeverOutput(many=True, source="shown_levers")
    effect = GrowthEffectOutput()

    def to_representation(self, instance: Any) -> Any:
        """With what comes of it."""
        found = result_of(instance)
        for lever, part in found.contributions:
            lever.contribution = part  # type: ignore[attr-defined]
        instance.shown_levers = found.levers
        instance.change, instance.effect = found.joint.change, found.effect
        return super().to_representation(instance)


class GrowthLeverInput(Input):
    """A lever; both figures are above zero."""

    kind = serializers.ChoiceField(choices=LeverKind.choices)
    baseline = FigureField(min_value=Decimal("0.0001"))
    target = FigureField(min_value=Decimal("0.0001"))
    evidence = TextField(max_length=500)


class GrowthScenarioChange(_Assumed):
    """A scenario; `levers` replace all that it has."""

    name = TextField(max_length=100, required=True)
    note = TextField(max_length=2000)
    is_chosen = serializers.BooleanField(required=False)
    levers: Any = serializers.ListSerializer(child=GrowthLeverInput(), required=False, max_length=3)

    def validate_levers(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Each kind once."""
        if len({row["kind"] for row in rows}) < len(rows):
            raise serializers.ValidationError(_("Each lever comes once."), "twice")
        return rows


class GrowthScenarioInput(GrowthScenarioChange):
    """A new scenario of a draft."""

    plan = RowId()


# Marketing plan


class MarketingBudgetOutput(PlanRow):
    """What we may spend."""

    amount = AmountField()
    currency = serializers.CharField(source="plan.currency_id")
    note = serializers.CharField()


class MarketingBudgetChange(Input):
    """What we may spend, in the currency of the plan."""

    amount = PlannedAmount()
    note = TextField(max_length=300)


class MarketingBudgetInput(MarketingBudgetChange):
    """The budget of a draft; it takes the place of the one that is there."""

    plan = RowId()


class MarketingActivityOutput(PlanRow):
    """An activity; `streams` are in all, `ours` our part of them."""

    kind = serializers.ChoiceField(choices=ActivityKind.choices)
    title = serializers.CharField()
    note = serializers.CharField()
    category = CategoryRef(allow_null=True)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(help_text=_("The last day."))
    owner = PersonOutput(allow_null=True)
    currency = serializers.CharField(source="plan.currency_id")
    planned = AmountField(allow_null=True)
    committed = AmountField(allow_null=True)
    spent = AmountField(allow_null=True)
    payer = serializers.ChoiceField(choices=Payer.choices)
    our_percent = PlannedPercent(allow_null=True)
    measure = serializers.CharField()
    expected = FigureField(allow_null=True)
    result = FigureField(allow_null=True)
    result_note = serializers.CharField()
    state = serializers.ChoiceField(choices=ActivityState.choices)
    is_shareable = serializers.BooleanField()
    streams = StreamsOutput()
    ours = StreamsOutput()

    def to_representation(self, instance: Any) -> Any:
        """With its streams."""
        found = line_of(instance)
        instance.streams, instance.ours = found.streams, found.ours
        return super().to_representation(instance)


class MarketingActivityChange(Input):
    """An activity; what is committed, spent and reached also while the plan goes on."""

    kind = serializers.ChoiceField(choices=ActivityKind.choices)
    title = TextField(max_length=200, required=True)
    note = TextField(max_length=2000)
    category = CategoryId()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    owner = PersonId(required=False, allow_null=True)
    planned = PlannedAmount(required=False, allow_null=True)
    committed = PlannedAmount(required=False, allow_null=True)
    spent = PlannedAmount(required=False, allow_null=True)
    payer = serializers.ChoiceField(choices=Payer.choices, required=False)
    our_percent = PlannedPercent(required=False, allow_null=True)
    measure = TextField(max_length=100)
    expected = FigureField(required=False, allow_null=True)
    result = FigureField(required=False, allow_null=True)
    result_note = TextField(max_length=500)
    state = serializers.ChoiceField(choices=ActivityState.choices, required=False)
    is_shareable = serializers.BooleanField(required=False)


class MarketingActivityInput(MarketingActivityChange):
    """A new activity of a draft."""

    plan = RowId()
