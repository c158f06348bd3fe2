"""What documents, items, receipts and allocations look like over the API."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.scope import may_see
from accounts.api.serializers.accounts import AccountId, CurrencyCode
from kam.core.api.serializers import Input, Output, TextField
from kam.identity.api.shapes import PersonOutput
from settlements.api.serializers.fields import (
    CompanyCode,
    DayField,
    Money,
    OfAccount,
    PositiveAmount,
    RowId,
)
from settlements.choices import DocumentKind, Side
from settlements.models import Allocation, Document, LedgerItem
from settlements.selectors.payload import as_text

POSTABLE = [
    choice
    for choice in DocumentKind.choices
    if choice[0]
    in {
        DocumentKind.INVOICE,
        DocumentKind.CREDIT_NOTE,
        DocumentKind.DEBIT_NOTE,
        DocumentKind.CLAIM,
    }
]
SIDE_WORDS = {Side.DEBIT: "debit", Side.CREDIT: "credit"}
SIDES = [("debit", _("Owed to us")), ("credit", _("In the customer's favour"))]
REASONS = [
    ("reference", _("Named by the payment")),
    ("amount", _("The only one of exactly this amount")),
    ("oldest", _("Oldest due first")),
]
MAX_INSTALMENTS = 120
MAX_ROWS = 1000


class SideOutput(serializers.ChoiceField):
    """`debit` or `credit`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=SIDES, **kwargs)

    def to_representation(self, value: Any) -> str:
        """The word for a side."""
        return SIDE_WORDS[Side(value)]


class DocumentRef(Output):
    """A document that another row refers to."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=DocumentKind.choices)
    number = serializers.CharField()


class InstalmentOutput(Output):
    """One instalment of a document."""

    id = serializers.IntegerField(help_text=_("Of the item, which allocations name."))
    sequence = serializers.IntegerField()
    side = SideOutput()
    amount = Money()
    open = Money(source="open_amount_now", help_text=_("What no allocation of any date has taken."))
    due_date = serializers.DateField(allow_null=True)


class DocumentOutput(OfAccount):
    """A posted document: it never changes. `updated_at` is when it was recorded."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=DocumentKind.choices)
    number = serializers.CharField()
    selling_company = serializers.CharField(source="selling_company.code")
    currency = serializers.CharField(source="currency_id")
    document_date = serializers.DateField()
    posting_date = serializers.DateField()
    total = Money()
    open = serializers.SerializerMethodField(
        help_text=_("What no allocation of any date has taken of its items.")
    )
    reference = serializers.CharField()
    note = serializers.CharField()
    corrects = serializers.IntegerField(source="corrects_id", allow_null=True)
    reverses = serializers.IntegerField(source="reverses_id", allow_null=True)
    reversed_by = serializers.SerializerMethodField(help_text=_("The document that took it back."))
    source = serializers.CharField(  # type: ignore[assignment]  # as DRF reads it
        source="source.code", allow_null=True, default=None
    )
    source_key = serializers.CharField()
    batch = serializers.IntegerField(source="batch_id", allow_null=True)
    created_by = PersonOutput(allow_null=True)
    updated_at = serializers.DateTimeField(source="recorded_at")
    items = InstalmentOutput(many=True)

    @extend_schema_field(Money())
    def get_open(self, document: Document) -> str:
        """The sum of what is open of the items."""
        left = sum((item.open_amount_now for item in document.items.all()), Decimal(0))
        return as_text(left, document.currency_id)

    def get_reversed_by(self, document: Document) -> int | None:
        """The reversal's id."""
        return next((reversal.pk for reversal in document.reversed_by.all()), None)


class InstalmentInput(Input):
    """One instalment: its amount and when it is due; a credit has no due date."""

    amount = PositiveAmount()
    due_date = DayField(required=False, allow_null=True)


class PostingInput(Input):
    """What every posting says."""

    account = AccountId(help_text=_("Its payer is the nearest legal entity at or above it."))
    selling_company = CompanyCode(help_text=_("Code; may be left out where there is only one."))
    currency = CurrencyCode(required=True, allow_null=False)
    number = TextField(max_length=60, help_text=_("Made by its kind where it is left out."))
    posting_date = DayField(required=False, help_text=_("The document's date where left out."))
    reference = TextField(max_length=140)
    note = TextField(max_length=300)


class DocumentInput(PostingInput):
    """An invoice, a credit note or a debit note."""

    kind = serializers.ChoiceField(choices=POSTABLE)
    document_date = DayField()
    instalments = InstalmentInput(  # type: ignore[call-arg]  # of the list that DRF makes
        many=True,
        allow_empty=False,
        max_length=MAX_INSTALMENTS,
        help_text=_("They add up to the total."),
    )
    corrects = RowId(
        required=False, allow_null=True, help_text=_("The document that it corrects, by id.")
    )


class ReversalInput(Input):
    """From when on, and why."""

    reversed_on = DayField(
        required=False,
        help_text=_("Today where left out; lands on the first day after it that is allowed."),
    )
    note = TextField(max_length=300)


class AppliedInput(Input):
    """So much of a receipt for a debit item."""

    item = RowId()
    amount = PositiveAmount()


class ReceiptInput(PostingInput):
    """A payment, with what it pays where that is known."""

    amount = PositiveAmount()
    received_on = DayField()
    allocations = AppliedInput(  # type: ignore[call-arg]  # of the list that DRF makes
        many=True,
        required=False,
        max_length=MAX_ROWS,
        help_text=_("What is not allocated stays in sight as unapplied cash."),
    )


class ItemOutput(OfAccount):
    """One instalment of a document, open until allocated.

    `open` is at `as_of` where that is asked for, else what no allocation of any date has taken.
    """

    id = serializers.IntegerField()
    document = DocumentRef()
    sequence = serializers.IntegerField()
    selling_company = serializers.CharField(source="selling_company.code")
    currency = serializers.CharField(source="currency_id")
    side = SideOutput()
    amount = Money()
    open = serializers.SerializerMethodField()
    document_date = serializers.DateField()
    posting_date = serializers.DateField()
    due_date = serializers.DateField(allow_null=True)
    days_overdue = serializers.SerializerMethodField(
        help_text=_("On the day asked for, else today; 0: not due yet or settled; null: no date.")
    )
    recorded_at = serializers.DateTimeField()

    def _open(self, item: LedgerItem) -> Decimal:
        found: Decimal | None = getattr(item, "open_amount", None)
        return item.open_amount_now if found is None else found

    @extend_schema_field(Money())
    def get_open(self, item: LedgerItem) -> str:
        """What is open of it."""
        return as_text(self._open(item), item.currency_id)

    def get_days_overdue(self, item: LedgerItem) -> int | None:
        """Days past the due date, while something is open."""
        if item.due_date is None:
            return None
        late = (self.context["day"] - item.due_date).days
        return max(late, 0) if self._open(item) > 0 else 0


class CounterpartOutput(Output):
    """The item on the other side of an allocation."""

    id = serializers.IntegerField()
    document = DocumentRef()


class AllocationOutput(Output):
    """An amount of a credit set against a debit; a reversal has the negative amount."""

    id = serializers.IntegerField()
    debit_item = serializers.SerializerMethodField(help_text=_("Null: not for you."))
    credit_item = serializers.SerializerMethodField(help_text=_("Null: not for you."))
    currency = serializers.CharField(source="currency_id")
    amount = Money()
    effective_date = serializers.DateField()
    reversal_of = serializers.IntegerField(source="reversal_of_id", allow_null=True)
    reversed_by = serializers.SerializerMethodField(help_text=_("The reversal's id."))
    match_group = serializers.UUIDField(
        allow_null=True, help_text=_("The same for what one act allocated.")
    )
    note = serializers.CharField()
    created_by = PersonOutput(allow_null=True)
    updated_at = serializers.DateTimeField(source="recorded_at")

    @extend_schema_field(CounterpartOutput(allow_null=True))
    def get_debit_item(self, allocation: Allocation) -> Any:
        """What is paid, where the caller may see it."""
        return self._seen(allocation.debit_item)

    @extend_schema_field(CounterpartOutput(allow_null=True))
    def get_credit_item(self, allocation: Allocation) -> Any:
        """What pays, where the caller may see it."""
        return self._seen(allocation.credit_item)

    def get_reversed_by(self, allocation: Allocation) -> int | None:
        """The reversal's id."""
        return next((reversal.pk for reversal in allocation.reversed_by.all()), None)

    def _seen(self, item: LedgerItem) -> Any:
        seen = may_see(self.context["request"].user, item.account)
        return CounterpartOutput(item).data if seen else None


class SpellOutput(Output):
    """Days in a row on which an item was overdue."""

    overdue_since = serializers.DateField()
    cured_on = serializers.DateField(allow_null=True, help_text=_("Null: still overdue."))


class ItemDetailOutput(ItemOutput):
    """An item with its allocations and the days on which it was overdue."""

    allocations = AllocationOutput(many=True)
    overdue = SpellOutput(source="overdue_spells", many=True)


class AllocationRow(Input):
    """An amount of a credit item for a debit item."""

    debit_item = RowId()
    credit_item = RowId()
    amount = PositiveAmount()


class AllocationsInput(Input):
    """Allocations of one act: all of them or none."""

    rows = AllocationRow(  # type: ignore[call-arg]  # of the list that DRF makes
        many=True, allow_empty=False, max_length=MAX_ROWS
    )
    effective_date = DayField(
        required=False,
        allow_null=True,
        help_text=_("Each takes effect when both items are posted where it is left out."),
    )
    note = TextField(max_length=300)


class AllocationsOutput(Output):
    """What one act allocated."""

    results = AllocationOutput(many=True)


class AllocationReversalInput(Input):
    """From when on, and why."""

    effective_date = DayField(required=False, help_text=_("Today where left out."))
    note = TextField(max_length=300)


class ProposalQuery(Input):
    """What is known of a payment beside its reference."""

    text = TextField(max_length=1000, help_text=_("The payment's text, to look for numbers in."))


class ProposedOutput(Output):
    """So much of the receipt for this item, and why."""

    item = serializers.IntegerField()
    document = DocumentRef()
    due_date = serializers.DateField(allow_null=True)
    open = Money()
    amount = Money()
    reason = serializers.ChoiceField(choices=REASONS)


class ProposalOutput(Output):
    """What a receipt could pay; nothing is written."""

    receipt = serializers.IntegerField()
    credit_item = serializers.IntegerField()
    currency = serializers.CharField()
    available = Money()
    proposed = ProposedOutput(many=True)
    left = Money()


class SettlementInput(Input):
    """A refund of a credit, or an amount that is given up."""

    amount = PositiveAmount()
    on = DayField(required=False, help_text=_("Today where left out."))
    number = TextField(max_length=60)
    note = TextField(max_length=300)
