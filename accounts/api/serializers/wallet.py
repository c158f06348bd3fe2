"""What wallet estimates, whitespace, opportunities and the forecast look like over the API."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.analytics.wallet import Reason
from accounts.api.serializers.accounts import AccountId, AccountRef, CurrencyCode, PersonId
from accounts.api.serializers.market import CompetitorId, CompetitorRef
from accounts.api.serializers.revenue import CategoryCode, CodeOutput
from accounts.choices import (
    LostReason,
    OpportunityKind,
    OpportunityOrigin,
    OpportunityStage,
    WalletConfidence,
)
from kam.core.api.serializers import AmountField, DayAfter, Input, Output, ShareField, TextField
from kam.identity.api.shapes import PersonOutput


class EstimateOutput(Output):
    """A wallet estimate: kept for good, the latest of a cell and period counts."""

    id = serializers.IntegerField()
    account = AccountRef()
    category = CodeOutput()
    starts = serializers.DateField(source="period.lower")
    until = serializers.DateField(source="period.upper", help_text=_("The day after the last."))
    amount = AmountField()
    low = AmountField(allow_null=True)
    high = AmountField(allow_null=True)
    currency = serializers.CharField(source="currency_id")
    source = serializers.CharField()  # type: ignore[assignment]  # as DRF reads it
    estimated_on = serializers.DateField()
    confidence = serializers.IntegerField(help_text=_("1 to 5."))
    competitor = CompetitorRef(allow_null=True)
    note = serializers.CharField()
    author = PersonOutput(allow_null=True)
    created_at = serializers.DateTimeField()


class EstimateInput(Input):
    """An estimate of what an account buys of a category, in your name."""

    account = AccountId()
    category = CategoryCode(required=True, allow_null=False, help_text=_("Code of a category."))
    starts = serializers.DateField()
    until = serializers.DateField(help_text=_("The day after the last."))
    amount = AmountField(max_digits=18)
    low = AmountField(max_digits=18, required=False, allow_null=True)
    high = AmountField(max_digits=18, required=False, allow_null=True)
    currency = CurrencyCode(required=True, allow_null=False)
    source = TextField(max_length=300, required=True)  # type: ignore[assignment]  # as DRF reads it
    estimated_on = serializers.DateField(required=False, help_text=_("Left out: today."))
    confidence = serializers.ChoiceField(choices=WalletConfidence.choices)
    competitor = CompetitorId()
    supplied_by = TextField(
        max_length=200,
        help_text=_("Instead of `competitor`: its name. One that nobody has yet is added."),
    )
    note = TextField(max_length=2000)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A period ends after it begins."""
        if attrs["starts"] >= attrs["until"]:
            raise serializers.ValidationError({"until": _("It has to end after it begins.")})
        return attrs


class CellOutput(Output):
    """A cell: wallet, our sales, share and whitespace in base currency; null is not known."""

    account = serializers.IntegerField(source="account_id")
    category = serializers.IntegerField(source="category_id")
    wallet = AmountField(source="cell.wallet", allow_null=True)
    current = AmountField(allow_null=True, help_text=_("All our sales of the account in it."))
    share = ShareField(source="cell.share", allow_null=True)
    whitespace = AmountField(source="cell.whitespace", allow_null=True)
    reason = serializers.ChoiceField(
        source="cell.reason",
        choices=[(one.value, one.value) for one in Reason],
        allow_null=True,
        help_text=_("Why share or whitespace is null."),
    )
    estimates = serializers.SerializerMethodField(
        help_text=_("How many estimates are in it; more than one are those of units below.")
    )
    competitors = CompetitorRef(
        many=True, source="rivals", help_text=_("Main ones, as the estimates name them.")
    )
    confidence = serializers.IntegerField(allow_null=True)
    estimated_on = serializers.DateField(allow_null=True)

    def get_estimates(self, cell: Any) -> int:
        """Its own one, or those below."""
        return 1 if cell.own is not None else len(cell.parts)


class WhitespaceSumOutput(Output):
    """Cells together, over those that are computable."""

    wallet = AmountField(allow_null=True)
    current = AmountField(allow_null=True)
    share = ShareField(allow_null=True)
    whitespace = AmountField(allow_null=True)
    cells = serializers.IntegerField()
    covered = serializers.IntegerField(help_text=_("How many of the cells are computable."))
    sales_covered = ShareField(allow_null=True)


class WhitespaceOutput(Output):
    """A heat map as data."""

    currency = serializers.CharField()
    starts = serializers.DateField(source="map.period.start")
    until = DayAfter(source="map.period.end")
    sold_from = serializers.DateField(source="map.sold_in.start")
    sold_until = serializers.DateField(
        source="map.sold_in.end",
        help_text=_("A running period is compared with as many complete months."),
    )
    more = serializers.IntegerField(source="map.more", help_text=_("Rows or columns left out."))
    sum = WhitespaceSumOutput(source="map.sum")
    cells = CellOutput(source="map.cells", many=True)


class WhitespaceQuery(Input):
    """What the address may ask."""

    period = TextField(max_length=30, help_text=_("As 2026, 2026-Q1 or 2026-01-01/2026-07-01."))


class PortfolioQuery(WhitespaceQuery):
    """What the address may ask of a portfolio."""

    part = serializers.IntegerField(
        required=False, min_value=1, max_value=10_000, help_text=_("25 accounts each.")
    )


class OpportunityOutput(Output):
    """An opportunity; `base_value` and `weighted` are in base currency, null without a rate."""

    id = serializers.IntegerField()
    account = AccountRef()
    title = serializers.CharField()
    kind = serializers.ChoiceField(choices=OpportunityKind.choices)
    origin = serializers.ChoiceField(choices=OpportunityOrigin.choices)
    need = serializers.CharField()
    category = CodeOutput(allow_null=True)
    value = AmountField(help_text=_("A year."))
    currency = serializers.CharField(source="currency_id")
    base_value = AmountField(allow_null=True)
    weighted = AmountField(allow_null=True)
    margin = serializers.DecimalField(
        max_digits=5, decimal_places=2, allow_null=True, help_text=_("In percent.")
    )
    stage = serializers.ChoiceField(choices=OpportunityStage.choices)
    probability = serializers.IntegerField(help_text=_("In percent."))
    lost_reason = serializers.CharField()
    closed_on = serializers.DateField(allow_null=True)
    expected_close = serializers.DateField()
    starts_on = serializers.DateField(allow_null=True)
    next_step = serializers.CharField()
    next_step_on = serializers.DateField(allow_null=True)
    owner = PersonOutput()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class StageChangeOutput(Output):
    """A step between stages."""

    from_stage = serializers.CharField(help_text=_("Empty: it was written down."))
    to_stage = serializers.ChoiceField(choices=OpportunityStage.choices)
    probability = serializers.IntegerField()
    note = serializers.CharField()
    changed_on = serializers.DateField()
    changed_by = PersonOutput()


class OpportunityDetailOutput(OpportunityOutput):
    """An opportunity with the stages that it went through, the latest first."""

    changes = serializers.SerializerMethodField()

    @extend_schema_field(StageChangeOutput(many=True))
    def get_changes(self, opportunity: Any) -> Any:
        """Who moved it, when and why."""
        rows = sorted(opportunity.changes.all(), key=lambda one: -one.pk)
        return StageChangeOutput(rows, many=True).data


class OpportunityChange(Input):
    """What of an opportunity can be changed; its stage moves by `stage/`."""

    title = TextField(max_length=200, required=True)
    kind = serializers.ChoiceField(choices=OpportunityKind.choices)
    origin = serializers.ChoiceField(choices=OpportunityOrigin.choices, required=False)
    need = TextField(max_length=2000)
    category = CategoryCode(help_text=_("Code of a category, or null."))
    value = AmountField(max_digits=18)
    currency = CurrencyCode(required=True, allow_null=False)
    margin = serializers.DecimalField(
        max_digits=5, decimal_places=2, required=False, allow_null=True
    )
    probability = serializers.IntegerField(
        required=False, allow_null=True, help_text=_("Null or left out: that of the stage.")
    )
    expected_close = serializers.DateField()
    starts_on = serializers.DateField(required=False, allow_null=True)
    next_step = TextField(max_length=300)
    next_step_on = serializers.DateField(required=False, allow_null=True)
    owner = PersonId(required=False, help_text=_("Left out: you."))


class OpportunityInput(OpportunityChange):
    """A new opportunity, at its first stage."""

    account = AccountId()


class StageInput(Input):
    """The next stage; `lost_reason` is needed for `lost`."""

    stage = serializers.ChoiceField(choices=OpportunityStage.choices)
    lost_reason = serializers.ChoiceField(
        choices=LostReason.choices, required=False, allow_blank=True
    )
    probability = serializers.IntegerField(required=False, allow_null=True)
    note = TextField(max_length=2000)


class BucketOutput(Output):
    """What is expected to close in a month; a null month holds what is overdue."""

    month = serializers.DateField(allow_null=True)
    deals = serializers.IntegerField()
    unconverted = serializers.IntegerField(help_text=_("Without a rate: in no sum."))
    value = AmountField()
    weighted = AmountField()


class ForecastOutput(Output):
    """Open opportunities by month of expected close, in base currency."""

    currency = serializers.CharField()
    as_of = serializers.DateField()
    buckets = BucketOutput(many=True)
    value = AmountField()
    weighted = AmountField()
    deals = serializers.IntegerField()
    overdue = serializers.IntegerField()
    won = serializers.IntegerField(source="wins.won")
    lost = serializers.IntegerField(source="wins.lost")
    win_rate = ShareField(
        source="wins.rate",
        allow_null=True,
        help_text=_("Won ÷ decided, last 12 months."),
    )
    missing_rates = serializers.ListField(child=serializers.CharField(), source="missing")


class ForecastQuery(Input):
    """What the address may ask."""

    account = AccountId(required=False, help_text=_("This account and all below it."))
    mine = serializers.BooleanField(required=False, help_text=_("Only those that you own."))
