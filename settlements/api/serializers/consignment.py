"""What sales reports, movements, counts and consigned stock look like over the API."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api.serializers.accounts import AccountId, AccountRef, CurrencyCode
from accounts.api.serializers.revenue import CategoryCode
from kam.core.api.serializers import AmountField, Input, Output, TextField
from kam.identity.api.shapes import PersonOutput
from settlements.api.serializers.fields import CompanyCode, DayField
from settlements.api.serializers.prices import ProductCode
from settlements.choices.consignment import MovementKind
from settlements.choices.reports import ReportFunction, ReportKind, ReportState
from settlements.forms.consignment import BY_HAND

MAX_LINES, MAX_GOODS = 10_000, 1_000


class Quantity(AmountField):
    """A quantity in base units of the product."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 18)
        super().__init__(**kwargs)


class ProductRef(Output):
    """A product by its id, code and name."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()


class ReportOutput(Output):
    """A sales report."""

    id = serializers.IntegerField()
    account = AccountRef()
    selling_company = serializers.CharField(source="selling_company.code")
    kind = serializers.ChoiceField(choices=ReportKind.choices)
    their_number = serializers.CharField()
    version = serializers.IntegerField()
    function = serializers.ChoiceField(choices=ReportFunction.choices)
    supersedes = serializers.IntegerField(
        source="supersedes_id", allow_null=True, help_text=_("The report that it is about.")
    )
    first_day = serializers.DateField()
    last_day = serializers.DateField()
    state = serializers.ChoiceField(
        choices=ReportState.choices, help_text=_("Lines count while it is accepted.")
    )
    currency = serializers.CharField(source="currency_id")
    control_quantity = AmountField(allow_null=True)
    control_amount = AmountField(allow_null=True)
    line_count = serializers.IntegerField()
    quantity_sold = AmountField()
    quantity_returned = AmountField()
    gross_amount = AmountField(allow_null=True, help_text=_("Null: no line names an amount."))
    note = serializers.CharField()
    batch = serializers.IntegerField(source="batch_id", allow_null=True)
    decided_by = PersonOutput(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ReportLineOutput(Output):
    """A line of a sales report."""

    id = serializers.IntegerField()
    report = serializers.IntegerField(source="report_id")
    line = serializers.IntegerField()
    store = AccountRef()
    product = ProductRef(allow_null=True)
    category = serializers.SerializerMethodField(help_text=_("Its code; null: none."))
    sold_on = serializers.DateField(
        allow_null=True, help_text=_("Null: the last day of the period.")
    )
    quantity_sold = AmountField()
    quantity_returned = AmountField()
    gross_amount = AmountField(allow_null=True, help_text=_("With tax, at prices before coupons."))
    coupon_amount = AmountField(
        allow_null=True, help_text=_("What coupons paid of it; null: not reported.")
    )
    payment_medium = serializers.CharField(help_text=_("How consumers paid; empty: not told."))
    tax_rate = AmountField(allow_null=True)
    currency = serializers.CharField(source="currency_id")
    promotion = serializers.CharField()
    their_code = serializers.CharField()
    unit = serializers.CharField(help_text=_("Theirs; quantities are in base units."))
    unit_factor = AmountField()

    def get_category(self, row: Any) -> str | None:
        """The category's code."""
        return row.category.code if row.category else None


class ReportLineInput(Input):
    """A line as it is sent."""

    store = AccountId()
    product = ProductCode(required=False, allow_null=True)
    category = CategoryCode()
    sold_on = DayField(required=False, allow_null=True)
    quantity_sold = Quantity(required=False, default=Decimal(0))
    quantity_returned = Quantity(required=False, default=Decimal(0))
    gross_amount = AmountField(
        max_digits=20,
        required=False,
        allow_null=True,
        help_text=_("With tax, at prices before coupons."),
    )
    coupon_amount = AmountField(
        max_digits=20,
        required=False,
        allow_null=True,
        help_text=_("What coupons paid of it, with its sign; null: not reported."),
    )
    payment_medium = TextField(
        max_length=30, required=False, default="", help_text=_("How consumers paid.")
    )
    tax_rate = serializers.DecimalField(
        max_digits=5, decimal_places=2, min_value=0, max_value=100, required=False, allow_null=True
    )
    promotion = TextField(max_length=60, required=False, default="")
    their_code = TextField(max_length=60, required=False, default="")


class ReportInput(Input):
    """A report as it is sent; it counts once it is accepted."""

    account = AccountId()
    selling_company = CompanyCode()
    kind = serializers.ChoiceField(choices=ReportKind.choices)
    their_number = TextField(max_length=60)
    function = serializers.ChoiceField(
        choices=ReportFunction.choices, required=False, default=ReportFunction.ORIGINAL
    )
    first_day = DayField()
    last_day = DayField()
    currency = CurrencyCode()
    control_quantity = AmountField(max_digits=20, required=False, allow_null=True)
    control_amount = AmountField(max_digits=20, required=False, allow_null=True)
    note = TextField(max_length=300, required=False, default="")
    lines = ReportLineInput(many=True, required=False, max_length=MAX_LINES)  # type: ignore[call-arg]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The period does not end before it begins."""
        if attrs["last_day"] < attrs["first_day"]:
            words = _("The period ends before it begins.")
            raise serializers.ValidationError({"last_day": [words]})
        return attrs


class AcceptInput(Input):
    """How a report is accepted."""

    allow_below_zero = serializers.BooleanField(
        required=False, default=False, help_text=_("Stocks below zero are flagged, not refused.")
    )


class RejectInput(Input):
    """Why a report is rejected."""

    note = TextField(max_length=300, required=False, default="")


class MovementOutput(Output):
    """A movement of consigned goods."""

    id = serializers.IntegerField()
    account = AccountRef()
    store = AccountRef()
    selling_company = serializers.CharField(source="selling_company.code")
    product = ProductRef()
    kind = serializers.ChoiceField(choices=MovementKind.choices)
    quantity = AmountField(help_text=_("Base units; what leaves is below zero."))
    moved_on = serializers.DateField()
    report = serializers.IntegerField(source="report_id", allow_null=True)
    count = serializers.IntegerField(source="count_id", allow_null=True)
    reversal_of = serializers.IntegerField(source="reversal_of_id", allow_null=True)
    transfer_group = serializers.UUIDField(allow_null=True)
    is_below_zero_allowed = serializers.BooleanField()
    reference = serializers.CharField()
    note = serializers.CharField()
    recorded_at = serializers.DateTimeField()


class MovementsOutput(Output):
    """What one act recorded."""

    movements = MovementOutput(many=True)


class GoodsInput(Input):
    """A product and how many base units."""

    product = ProductCode()
    quantity = Quantity(help_text=_("Above zero; of an adjustment signed."))


class MovementInput(Input):
    """Goods that came, left, went elsewhere or were adjusted, in one act."""

    kind = serializers.ChoiceField(
        choices=[choice for choice in MovementKind.choices if choice[0] in BY_HAND]
    )
    store = AccountId()
    to_store = AccountId(required=False, help_text=_("Where a transfer goes."))
    account = AccountId(required=False, help_text=_("Left out: the nearest with an agreement."))
    selling_company = CompanyCode()
    moved_on = DayField()
    goods = GoodsInput(many=True, max_length=MAX_GOODS)  # type: ignore[call-arg]
    reference = TextField(max_length=140, required=False, default="")
    note = TextField(max_length=300, required=False, default="")
    allow_below_zero = serializers.BooleanField(required=False, default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A transfer names where to, and nothing else does."""
        if (attrs["kind"] == MovementKind.TRANSFER) != ("to_store" in attrs):
            words = _("A transfer, and only a transfer, says to which store.")
            raise serializers.ValidationError({"to_store": [words]})
        return attrs


class TakeBackInput(Input):
    """From when a movement is taken back."""

    moved_on = DayField(required=False, help_text=_("Left out: its own day."))
    note = TextField(max_length=300, required=False, default="")
    allow_below_zero = serializers.BooleanField(required=False, default=False)


class CountLineOutput(Output):
    """A product in a count."""

    product = ProductRef()
    counted = AmountField()
    book = AmountField(help_text=_("In the books when it was posted."))
    difference = AmountField()


class CountOutput(Output):
    """A count of a store."""

    id = serializers.IntegerField()
    account = AccountRef()
    store = AccountRef()
    selling_company = serializers.CharField(source="selling_company.code")
    counted_on = serializers.DateField()
    replaces = serializers.IntegerField(source="replaces_id", allow_null=True)
    reference = serializers.CharField()
    note = serializers.CharField()
    lines = CountLineOutput(many=True)
    recorded_at = serializers.DateTimeField()


class CountedInput(Input):
    """A product and how many of it were found."""

    product = ProductCode()
    quantity = Quantity(help_text=_("Zero or more."))


class CountInput(Input):
    """A count; products left out are not counted."""

    store = AccountId()
    account = AccountId(required=False)
    selling_company = CompanyCode()
    counted_on = DayField()
    goods = CountedInput(many=True, max_length=MAX_GOODS)  # type: ignore[call-arg]
    reference = TextField(max_length=140, required=False, default="")
    note = TextField(max_length=300, required=False, default="")


class StockOutput(Output):
    """What lies in a store of a product, with what moved in the month asked for."""

    id = serializers.IntegerField()
    store = AccountRef()
    selling_company = serializers.CharField(source="selling_company.code")
    product = ProductRef()
    quantity = AmountField(help_text=_("By everything recorded, whatever its day."))
    is_flagged = serializers.BooleanField(help_text=_("Below zero knowingly."))
