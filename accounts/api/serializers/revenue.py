"""What products, revenue entries and targets look like over the API."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.scope import may_see
from accounts.api.serializers.accounts import AccountId, AccountRef, CurrencyCode, PersonId
from accounts.models import ProductCategory
from kam.core.api.serializers import AmountField, Input, Output, TextField
from kam.identity.api.shapes import PersonOutput


class CategoryCode(serializers.SlugRelatedField[ProductCategory]):
    """A category by its code, or null."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("allow_null", True)
        every = ProductCategory._default_manager.all()  # known to everybody who may sign in
        super().__init__(slug_field="code", queryset=every, **kwargs)


class CodeOutput(Output):
    """Something that has a code and a name."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()


class CategoryOutput(CodeOutput):
    """A product category."""

    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class CategoryInput(Input):
    """A product category."""

    code = TextField(max_length=100, required=True)
    name = TextField(max_length=200, required=True)


class ProductOutput(CodeOutput):
    """A product."""

    category = CodeOutput(allow_null=True)
    unit = serializers.CharField()
    standard_cost = AmountField(allow_null=True)
    currency = serializers.CharField(source="currency_id", allow_null=True)
    is_active = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ProductInput(Input):
    """A product."""

    code = TextField(max_length=100, required=True)
    name = TextField(max_length=300, required=True)
    category = CategoryCode(help_text=_("Code of a category."))
    unit = TextField(max_length=30)
    standard_cost = AmountField(max_digits=18, min_value=0, required=False, allow_null=True)
    currency = CurrencyCode(help_text=_("Currency of the cost."))
    is_active = serializers.BooleanField(required=False)


class EntryOutput(Output):
    """A line of net revenue, in document currency and in the organisation's base currency."""

    id = serializers.IntegerField()
    source = serializers.CharField(source="source.code")  # type: ignore[assignment]  # as DRF reads it
    source_key = serializers.CharField()
    batch = serializers.IntegerField(source="batch_id", help_text=_("The import that wrote it."))
    account = AccountRef(allow_null=True, help_text=_("Null: unassigned."))
    booked_on = serializers.DateField()
    product = CodeOutput(allow_null=True)
    category = CodeOutput(allow_null=True)
    quantity = serializers.DecimalField(max_digits=18, decimal_places=4, allow_null=True)
    unit = serializers.CharField()
    net_amount = AmountField()
    cost = AmountField(allow_null=True, help_text=_("Null: not known, which is not zero."))
    currency = serializers.CharField(source="currency_id")
    rate = serializers.DecimalField(max_digits=20, decimal_places=10, allow_null=True)
    base_amount = AmountField(allow_null=True, help_text=_("Null while there is no rate."))


class EntryRow(Input):
    """A line of a bulk request. Columns and rules are those of an import of sales."""

    source_key = TextField(
        max_length=200, help_text=_("Unique in the source: a line sent again replaces itself.")
    )
    account = TextField(
        max_length=200, help_text=_("External id or exact name; empty: unassigned.")
    )
    date = serializers.DateField()
    product = TextField(max_length=100)
    category = TextField(max_length=100)
    quantity = serializers.DecimalField(max_digits=18, decimal_places=4, required=False)
    unit = TextField(max_length=30)
    net_amount = AmountField(max_digits=18)
    cost = AmountField(max_digits=18, required=False)
    currency = TextField(max_length=3)


class TargetOutput(Output):
    """Net revenue aimed at in a month, for an account with all below it, or for a manager."""

    id = serializers.IntegerField()
    month = serializers.DateField(help_text=_("The month's first day."))
    account = serializers.SerializerMethodField()
    manager = PersonOutput(allow_null=True)
    category = CodeOutput(allow_null=True, help_text=_("Null: all categories."))
    amount = AmountField()
    currency = serializers.CharField(source="currency_id")
    batch = serializers.IntegerField(source="batch_id", allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()

    @extend_schema_field(AccountRef(allow_null=True))
    def get_account(self, target: Any) -> Any:
        """The account, where the caller may see it."""
        seen = may_see(self.context["request"].user, target.account)
        return AccountRef(target.account).data if seen else None


class TargetInput(Input):
    """A new target: for an account or for a manager."""

    month = serializers.DateField(help_text=_("The month's first day."))
    account = AccountId(required=False, allow_null=True)
    manager = PersonId(required=False, allow_null=True)
    category = CategoryCode(help_text=_("Code of a category; null: all."))
    amount = AmountField(max_digits=18, min_value=0)
    currency = CurrencyCode(required=True, allow_null=False)


class TargetChange(Input):
    """What of a target can be corrected."""

    amount = AmountField(max_digits=18, min_value=0)
    currency = CurrencyCode(allow_null=False)


class TargetRow(Input):
    """A target of a bulk request, by external ids. Rules are those of an import of targets."""

    account = TextField(max_length=200, help_text=_("External id or exact name."))
    manager = serializers.EmailField(required=False, allow_blank=True)
    month = serializers.RegexField(r"^\d{4}-\d{2}(-01)?$", help_text=_("As 2026-03."))
    category = TextField(max_length=100)
    amount = AmountField(max_digits=18, min_value=0)
    currency = TextField(max_length=3)


class ProductRow(Input):
    """A product of a bulk request, known by its code."""

    code = TextField(max_length=100, required=True)
    name = TextField(max_length=300, required=True)
    category = TextField(max_length=100)
    unit = TextField(max_length=30)
    standard_cost = AmountField(max_digits=18, min_value=0, required=False)


class ManyInput(Input):
    """Rows of one source."""

    source = serializers.RegexField(  # type: ignore[assignment]  # as DRF reads it
        r"^\S.*$",
        max_length=50,
        required=False,
        help_text=_("Code of the sending system; made when it is new."),
    )


class EntryRows(ManyInput):
    """Many revenue entries."""

    rows = EntryRow(many=True)


class TargetRows(ManyInput):
    """Many targets."""

    rows = TargetRow(many=True)


class ProductRows(ManyInput):
    """Many products."""

    rows = ProductRow(many=True)
