"""What prices, units and product codes look like over the API."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.scope import may_see
from accounts.api.serializers.accounts import AccountId, AccountRef, CurrencyCode
from accounts.api.serializers.revenue import CodeOutput
from accounts.models import Product
from kam.core.api.serializers import AmountField, Input, Output, TextField
from kam.core.models import Currency
from settlements.api.serializers.fields import DayField


class ProductCode(serializers.SlugRelatedField[Product]):
    """A product by our code."""

    def __init__(self, **kwargs: Any) -> None:
        every = Product._default_manager.all()  # known to everybody who may sign in
        super().__init__(slug_field="code", queryset=every, **kwargs)


class FactorField(serializers.IntegerField):
    """A part of what a unit holds."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=1_000_000, **kwargs)


class QuantityField(serializers.DecimalField):
    """How many of a unit, up to six decimals."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=20, decimal_places=6, **kwargs)


class Dated(Output):
    """A row that holds from a day until before another."""

    valid_from = serializers.DateField(source="valid.lower")
    valid_until = serializers.DateField(
        source="valid.upper", allow_null=True, help_text=_("The first day without it.")
    )
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class BreakOutput(Output):
    """The price of one unit from a quantity on."""

    from_quantity = QuantityField()
    amount = AmountField()


class PriceOutput(Dated):
    """A price of an account, with its volume breaks."""

    id = serializers.IntegerField()
    account = AccountRef()
    product = CodeOutput()
    unit = serializers.CharField(help_text=_("Empty: the product's own unit."))
    currency = serializers.CharField(source="currency_id")
    breaks = BreakOutput(many=True)
    reason = serializers.CharField()


class CompanyPriceOutput(Dated):
    """A list or floor price."""

    id = serializers.IntegerField()
    product = CodeOutput()
    unit = serializers.CharField(help_text=_("Empty: the product's own unit."))
    currency = serializers.CharField(source="currency_id")
    amount = AmountField()
    reason = serializers.CharField()


class UnitOutput(Dated):
    """What one of a unit holds of the product's own unit: numerator ÷ denominator."""

    id = serializers.IntegerField()
    product = CodeOutput()
    account = serializers.SerializerMethodField(help_text=_("Null: for everybody."))
    code = serializers.CharField()
    numerator = serializers.IntegerField()
    denominator = serializers.IntegerField()
    gtin = serializers.CharField()

    @extend_schema_field(AccountRef(allow_null=True))
    def get_account(self, unit: Any) -> Any:
        """Whose own unit it is."""
        seen = unit.account and may_see(self.context["request"].user, unit.account)
        return AccountRef(unit.account).data if seen else None


class AccountCodeOutput(Dated):
    """What an account calls a product."""

    id = serializers.IntegerField()
    account = AccountRef()
    product = CodeOutput()
    code = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField(help_text=_("Empty: the product's own unit."))
    gtin = serializers.CharField()


class BreakInput(Input):
    """The price of one unit from a quantity on."""

    from_quantity = QuantityField(min_value=0, required=False)
    amount = AmountField(max_digits=18, min_value=0)


class BreaksField(serializers.ListField):
    """A price's breaks: one at least."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=BreakInput(), min_length=1, max_length=50, **kwargs)


class PeriodInput(Input):
    """From which day on, and until before which."""

    valid_from = DayField()
    valid_until = DayField(required=False, allow_null=True)
    ends_running = serializers.BooleanField(
        required=False, help_text=_("End the one in force on the first day.")
    )


class Currencies(serializers.PrimaryKeyRelatedField[Currency]):
    """A currency by its ISO code."""

    def __init__(self, **kwargs: Any) -> None:
        text = serializers.CharField(max_length=3)
        super().__init__(queryset=Currency.objects.all(), pk_field=text, **kwargs)


class PriceInput(PeriodInput):
    """A price to agree."""

    account = AccountId()
    product = ProductCode()
    unit = TextField(max_length=30)
    currency = Currencies()
    breaks = BreaksField()
    reason = TextField(
        max_length=500, help_text=_("Needed for a change, and for a price below the floor.")
    )


class PriceChange(Input):
    """A correction of a price."""

    breaks = BreaksField(required=False)
    valid_from = DayField(required=False)
    valid_until = DayField(required=False, allow_null=True)
    reason = TextField(max_length=500, required=True)


class PriceEndInput(Input):
    """The first day on which something holds no longer, and why."""

    valid_until = DayField()
    reason = TextField(max_length=500, required=True)


class EndDayInput(Input):
    """The first day on which something holds no longer."""

    valid_until = DayField()


class CompanyPriceInput(PeriodInput):
    """A list or floor price."""

    product = ProductCode()
    unit = TextField(max_length=30)
    currency = Currencies()
    amount = AmountField(max_digits=18, min_value=0)
    reason = TextField(max_length=500, help_text=_("Needed for a change."))


class UnitInput(PeriodInput):
    """What a unit holds from a day on."""

    product = ProductCode()
    account = AccountId(required=False, allow_null=True)
    code = TextField(max_length=30, required=True)
    numerator = FactorField()
    denominator = FactorField(required=False)
    gtin = TextField(max_length=20)


class UnitChange(Input):
    """A correction of a unit that nothing uses yet, or of its GTIN."""

    numerator = FactorField(required=False)
    denominator = FactorField(required=False)
    gtin = TextField(max_length=20)


class AccountCodeInput(PeriodInput):
    """What an account calls a product."""

    account = AccountId()
    product = ProductCode()
    code = TextField(max_length=60, required=True)
    name = TextField(max_length=300)
    unit = TextField(max_length=30)
    gtin = TextField(max_length=20)


class AccountCodeChange(Input):
    """What is known beside a code."""

    name = TextField(max_length=300)
    gtin = TextField(max_length=20)


class PriceAtQuery(Input):
    """What would a quantity cost?"""

    account = AccountId()
    code = TextField(
        max_length=100, required=True, help_text=_("The account's code, a GTIN, or our code.")
    )
    day = DayField(required=False, help_text=_("Without it today."))
    quantity = QuantityField(required=False)
    unit = TextField(max_length=30, help_text=_("Without it that of the code."))
    currency = CurrencyCode(help_text=_("Without it the account's, else the first by code."))


class PriceAtOutput(Output):
    """The price of a quantity; `amount` is of one `price_unit`, `total` of the whole quantity."""

    product = CodeOutput()
    day = serializers.DateField()
    unit = serializers.CharField(help_text=_("What was asked in; empty: the product's own unit."))
    quantity = QuantityField(allow_null=True)
    base_quantity = QuantityField(allow_null=True, help_text=_("In the product's own unit."))
    price = serializers.IntegerField(allow_null=True, help_text=_("The price's id; null: none."))
    agreed_by = serializers.IntegerField(
        allow_null=True, help_text=_("The account that it was agreed with: this or one above.")
    )
    price_unit = serializers.CharField(allow_null=True)
    currency = serializers.CharField(allow_null=True)
    amount = AmountField(allow_null=True)
    unit_amount = AmountField(allow_null=True, help_text=_("Of one of the unit asked in, rounded."))
    total = AmountField(allow_null=True)
    list_price = AmountField(allow_null=True, help_text=_("Of one of the unit asked in."))
