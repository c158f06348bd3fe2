"""What ageing and statements look like over the API: the command line's keys, money as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.serializers.accounts import AccountId, AccountRef, CurrencyCode
from accounts.api.serializers.concentration import Rounded
from kam.core.api.pagination import MAX_PAGE_SIZE, PAGE_SIZE
from kam.core.api.serializers import DayAfter, Input, Output, ShareField, TextField
from settlements.analytics.ageing import Bands
from settlements.api.serializers.fields import BandsField, CompanyCode, DayField, Money
from settlements.api.serializers.work import BucketsField
from settlements.choices import DocumentKind
from settlements.selectors.ageing import AgeingQuery, AgeingRow, Basis, Level, Order
from settlements.selectors.payload import as_text

BASES = [(Basis.DUE_DATE.value, _("Due date")), (Basis.DOCUMENT_DATE.value, _("Document date"))]
LEVELS = [
    (Level.PARTY.value, _("Payer")),
    (Level.ACCOUNT.value, _("Account")),
    (Level.GROUP.value, _("Group on the day")),
]
ORDERS = [
    (Order.OVERDUE.value, _("Most overdue first")),
    (Order.OPEN.value, _("Most open first")),
    (Order.OLDEST.value, _("Oldest due date first")),
]


class AgeingInput(Input):
    """Which open items are looked at, and as of when, as on the command line."""

    as_of = DayField(required=False, help_text=_("Today where left out."))
    bands = BandsField(
        required=False, help_text=_("Upper bounds in days; 30,60,90 where left out.")
    )
    basis = serializers.ChoiceField(
        choices=BASES, required=False, help_text=_("Which date items age from: due_date.")
    )
    account = AccountId(required=False, help_text=_("This account and all below it on the day."))
    external_id = TextField(
        max_length=200, help_text=_("The same account by an identifier of any system.")
    )
    party = AccountId(required=False, help_text=_("What this payer owes."))
    selling_company = CompanyCode(help_text=_("Owed to this company of ours, by code."))
    currency = CurrencyCode(allow_null=False, help_text=_("Convert everything into it."))
    known_at = serializers.DateTimeField(
        required=False, help_text=_("Leave out what was recorded after this moment.")
    )


class AgeingRowsInput(AgeingInput):
    """Which rows of the ageing are listed."""

    level = serializers.ChoiceField(
        choices=LEVELS,
        required=False,
        default=Level.ACCOUNT.value,
        help_text=_("Whom a row is about."),
    )
    order = serializers.ChoiceField(choices=ORDERS, required=False, default=Order.OVERDUE.value)
    page_size = serializers.IntegerField(
        required=False, default=PAGE_SIZE, min_value=1, max_value=MAX_PAGE_SIZE
    )
    cursor = TextField(max_length=200, help_text=_("Opaque; take it from `next`."))


def query_of(values: Mapping[str, Any], leads: tuple[int, ...] | None) -> AgeingQuery:
    """The question that the parameters ask, within what the caller may see."""
    company, currency = values.get("selling_company"), values.get("currency")
    return AgeingQuery(
        as_of=values.get("as_of") or timezone.localdate(),
        bands=values.get("bands") or Bands(),
        basis=Basis(values.get("basis") or Basis.DUE_DATE),
        level=Level(values.get("level") or Level.ACCOUNT),
        known_at=values.get("known_at"),
        account=values.get("account"),
        party=values.get("party"),
        selling_company=company.pk if company else None,
        currency=currency.pk if currency else "",
        leads=leads,
    )


class LargestOutput(Output):
    """An account of the list, the largest overdue amount first."""

    account = serializers.CharField(help_text=_("First external id, else the id."))
    name = serializers.CharField()
    open = Rounded()
    overdue = Rounded()


class AgeingOutput(Output):
    """Open items by how late they are, with DSO, in one currency.

    `open` is gross and the sum of `buckets`; `net` is less unapplied cash and open credits.
    Amounts are texts rounded to the currency's decimals; a figure that cannot be told is null.
    All of it is of what the caller may see.
    """

    as_of = serializers.DateField()
    currency = serializers.CharField()
    open = Rounded()
    net = Rounded()
    open_items = serializers.IntegerField()
    buckets = BucketsField(help_text=_("By the names of the bands."))
    overdue = Rounded()
    overdue_items = serializers.IntegerField()
    accounts_overdue = serializers.IntegerField()
    unapplied = Rounded()
    open_credits = Rounded()
    dso_simple_90 = ShareField(allow_null=True)
    dso_countback = ShareField(allow_null=True)
    by_account = LargestOutput(many=True)


class AgedOutput(Output):
    """Open items of one customer, one currency or all; see the ageing."""

    currency = serializers.CharField()
    open = Money()
    net = Money()
    overdue = Money()
    buckets = serializers.SerializerMethodField()
    unapplied = Money()
    open_credits = Money()
    open_items = serializers.IntegerField()
    overdue_items = serializers.IntegerField()
    oldest_due_on = serializers.DateField(allow_null=True)

    @extend_schema_field(BucketsField())
    def get_buckets(self, row: AgeingRow) -> dict[str, str]:
        """Open by the names of the bands."""
        bands: Bands = self.context["bands"]
        pairs = zip(bands.names, row.buckets, strict=True)
        return {name: as_text(amount, row.currency) for name, amount in pairs}


class AgeingRowOutput(AgedOutput):
    """Open items of one payer, account or group."""

    of = serializers.SerializerMethodField(
        help_text=_("Payer, account or group; null: a group or payer that is not for you.")
    )
    external_id = serializers.SerializerMethodField(help_text=_("First external id, or null."))

    @extend_schema_field(AccountRef(allow_null=True))
    def get_of(self, row: AgeingRow) -> Any:
        """Whom the row is about."""
        name = self.context["names"].get(row.key)
        return None if name is None else {"id": row.key, "name": name}

    def get_external_id(self, row: AgeingRow) -> str | None:
        """What another system calls it."""
        code: str | None = self.context["codes"].get(row.key)
        return code


class AgeingRowsOutput(Output):
    """A page of rows; `next` holds the moment of the first page, so that pages belong together."""

    next = serializers.URLField(allow_null=True)
    as_of = serializers.DateField()
    currency = serializers.CharField()
    rates = serializers.DictField(
        child=serializers.DecimalField(max_digits=None, decimal_places=None),
        help_text=_("What one unit of each currency of the items was worth in `currency`."),
    )
    results = AgeingRowOutput(many=True)


class StatementInput(Input):
    """Whose statement, and of which days; `to` is the day after the last."""

    account = AccountId(help_text=_("This account and all below it."))
    currency = CurrencyCode(allow_null=False, help_text=_("This currency alone."))
    bands = BandsField(required=False)
    known_at = serializers.DateTimeField(
        required=False, help_text=_("Leave out what was recorded after this moment.")
    )

    def get_fields(self) -> dict[str, Any]:
        """The period first, under names that Python keeps for itself."""
        period: dict[str, Any] = {
            "from": DayField(help_text=_("First day.")),
            "to": DayField(help_text=_("Day after the last.")),
        }
        return {**period, **super().get_fields()}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A period ends after it begins."""
        if attrs["from"] >= attrs["to"]:
            words = _("The period ends before it begins.")
            raise serializers.ValidationError({"to": [words]}, code="empty_period")
        return attrs


class LineOutput(Output):
    """One document: what it added to the balance (credits below zero), and the balance after."""

    document = serializers.IntegerField(source="document_id")
    kind = serializers.ChoiceField(choices=DocumentKind.choices)
    number = serializers.CharField()
    reference = serializers.CharField()
    posting_date = serializers.DateField()
    document_date = serializers.DateField()
    first_due_on = serializers.DateField(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    amount = serializers.SerializerMethodField()
    balance = serializers.SerializerMethodField()
    is_reversal = serializers.BooleanField()

    @extend_schema_field(Rounded())
    def get_amount(self, line: Any) -> str:
        """With the decimals of the statement's currency."""
        return as_text(line.amount, self.context["currency"])

    @extend_schema_field(Rounded())
    def get_balance(self, line: Any) -> str:
        """With the decimals of the statement's currency."""
        return as_text(line.balance, self.context["currency"])


class CurrencyStatementOutput(Output):
    """A statement in one currency: closing is opening plus the lines, and the net of the ageing."""

    currency = serializers.CharField()
    opening = Money()
    closing = Money()
    lines = serializers.SerializerMethodField()
    ageing = AgedOutput(source="aged", allow_null=True, help_text=_("On the period's last day."))

    @extend_schema_field(LineOutput(many=True))
    def get_lines(self, statement: Any) -> Any:
        """What was posted in the period, in order."""
        context = {**self.context, "currency": statement.currency}
        return LineOutput(statement.lines, many=True, context=context).data


class StatementOutput(Output):
    """Statement of account of an account with everything below it."""

    account = AccountRef()
    currencies = CurrencyStatementOutput(many=True)

    def get_fields(self) -> dict[str, Any]:
        """The period, under names that Python keeps for itself."""
        period: dict[str, Any] = {
            "from": serializers.DateField(read_only=True),
            "to": DayAfter(read_only=True),
        }
        return {**period, **super().get_fields()}
