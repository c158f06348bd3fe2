"""What concentration looks like over the API: the command line's figures, money as text."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.serializers.accounts import CurrencyCode, PersonId
from accounts.api.serializers.revenue import CategoryCode
from accounts.choices import Channel, ConcentrationLevel
from accounts.models import Account, ConcentrationSnapshot
from accounts.selectors.concentration.payload import AMOUNTS, external_ids, payload
from accounts.selectors.concentration.query import MODERN, ConcentrationQuery
from accounts.selectors.concentration.reading import Reading
from kam.core.api.serializers import (
    AmountField,
    DayAfter,
    Input,
    Output,
    ShareField,
    TextField,
    amount_text,
)
from kam.core.dates import Period
from kam.core.money import round_to_currency

CHANNELS = [(MODERN, _("All formats of modern trade")), *Channel.choices]
TOP = 10
MAX_TOP = 100


class ConcentrationInput(Input):
    """Which revenue is looked at, as on the command line; `to` is the day after the last."""

    level = serializers.ChoiceField(
        choices=ConcentrationLevel.choices,
        required=False,
        default=ConcentrationLevel.GROUP,
        help_text=_("What counts as one customer."),
    )
    category = CategoryCode(allow_null=False, help_text=_("Code of a category."))
    country = serializers.RegexField(
        r"^[A-Z]{2}$", required=False, help_text=_("Of the selling node; ISO code.")
    )
    region = TextField(max_length=100)
    channel = serializers.ChoiceField(choices=CHANNELS, required=False)
    lead = PersonId(required=False, help_text=_("Today's lead of the selling node, by user id."))
    currency = CurrencyCode(allow_null=False, help_text=_("Give figures in this currency."))
    top = serializers.IntegerField(
        required=False,
        default=TOP,
        min_value=1,
        max_value=MAX_TOP,
        help_text=_("Customers listed one by one."),
    )

    def get_fields(self) -> dict[str, Any]:
        """The period first, under names that Python keeps for itself."""
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


def query_of(values: Mapping[str, Any]) -> ConcentrationQuery:
    """The question that the parameters ask."""
    category, lead, currency = (values.get(name) for name in ("category", "lead", "currency"))
    return ConcentrationQuery(
        period=Period(values["from"], values["to"]),
        level=values["level"],
        category=category.pk if category else None,
        country=values.get("country", ""),
        region=values.get("region", ""),
        channel=values.get("channel", ""),
        lead=lead.pk if lead else None,
        currency=currency.pk if currency else "",
    )


class Rounded(AmountField):
    """An amount rounded to its currency's decimals already."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=None, decimal_places=None, **kwargs)


class CustomerOutput(Output):
    """A customer of the list, the largest first."""

    rank = serializers.IntegerField()
    id = serializers.IntegerField()
    account = serializers.CharField(help_text=_("First external id, else the id."))
    name = serializers.CharField()
    amount = Rounded()
    share = ShareField(allow_null=True)


class ConcentrationOutput(Output):
    """How concentrated net revenue is.

    Amounts are texts, rounded to the currency's decimals; shares are numbers from 0 to 1; HHI is
    0 to 10,000. A figure that cannot be computed is null. Who may not see the whole company gets
    null for every figure and share of it, and the own customers with their amounts.
    """

    level = serializers.ChoiceField(choices=ConcentrationLevel.choices)
    filters = serializers.DictField()
    currency = serializers.CharField()
    is_company = serializers.BooleanField(help_text=_("Whether it covers the whole company."))
    customers = serializers.IntegerField(allow_null=True)
    left_out = serializers.IntegerField(
        allow_null=True, help_text=_("Customers with negative revenue: in no share.")
    )
    total = Rounded(allow_null=True, help_text=_("Of the customers in the shares."))
    total_left_out = Rounded(allow_null=True)
    unassigned = Rounded(allow_null=True)
    cr1 = ShareField(allow_null=True)
    cr3 = ShareField(allow_null=True)
    cr5 = ShareField(allow_null=True)
    cr10 = ShareField(allow_null=True)
    top20pct = ShareField(allow_null=True)
    to_80pct = serializers.IntegerField(allow_null=True)
    hhi = ShareField(allow_null=True, help_text=_("× 10,000."))
    effective = ShareField(allow_null=True)
    gini = ShareField(allow_null=True)
    at_least_10pct = serializers.IntegerField(allow_null=True)
    top = CustomerOutput(many=True)

    def get_fields(self) -> dict[str, Any]:
        """The period first, under names that Python keeps for itself."""
        period: dict[str, Any] = {
            "from": serializers.DateField(read_only=True),
            "to": DayAfter(read_only=True),
        }
        return {**period, **super().get_fields()}


def figures_data(reading: Reading, top: int = TOP) -> dict[str, Any]:
    """The answer: the command line's figures with amounts as text and `top` customers."""
    figures = payload(reading)
    if reading.is_company:
        for name in AMOUNTS:
            figures[name] = _text(getattr(reading.figures, name), reading.now.currency)
    query = reading.query
    data = {
        **figures,
        "from": query.period.start,
        "to": query.period.end,
        "level": query.level,
        "filters": query.filters,
        "currency": reading.now.currency,
        "is_company": reading.is_company,
        "top": _top(reading, top),
    }
    return dict(ConcentrationOutput(data).data)


def _top(reading: Reading, top: int) -> list[dict[str, Any]]:
    rows = reading.figures.ranked[:top]
    keys = [row.key for row in rows]
    names = dict(Account._default_manager.filter(pk__in=keys).values_list("pk", "name"))
    codes = external_ids(keys)
    return [
        {
            "rank": rank,
            "id": row.key,
            "account": codes.get(row.key, str(row.key)),
            "name": names[row.key],
            "amount": _text(row.amount, reading.now.currency),
            "share": row.share if reading.is_company else None,
        }
        for rank, row in enumerate(rows, 1)
    ]


def _text(amount: Decimal, currency: str) -> str | None:
    return amount_text(round_to_currency(amount, currency))


class SnapshotOutput(Output):
    """A stored concentration of one scope and period; trend points keep no customers."""

    id = serializers.IntegerField()
    scope = serializers.DictField()
    scope_key = serializers.CharField()
    currency = serializers.CharField(source="currency_id")
    formula_version = serializers.CharField()
    watermark = serializers.IntegerField(help_text=_("Version of revenue and tree it was read at."))
    computed_at = serializers.DateTimeField()
    figures = serializers.SerializerMethodField()

    def get_fields(self) -> dict[str, Any]:
        """The period first, under names that Python keeps for itself."""
        period: dict[str, Any] = {
            "from": serializers.DateField(source="period.lower", read_only=True),
            "to": DayAfter(source="period.upper", read_only=True),
        }
        return {**period, **super().get_fields()}

    def get_figures(self, snapshot: ConcentrationSnapshot) -> dict[str, Any]:
        """The figures as they were kept: amounts as texts, shares and counts as numbers."""
        kept = {name: value for name, value in snapshot.figures.items() if name != "before"}
        return {name: _number(name, value) for name, value in kept.items()}


def _number(name: str, value: Any) -> Any:
    return float(value) if isinstance(value, str) and name not in AMOUNTS else value


class RowOutput(Output):
    """A customer of a snapshot, the largest first."""

    id = serializers.IntegerField()
    amount = AmountField()


class SnapshotDetailOutput(SnapshotOutput):
    """A stored concentration with its customers."""

    unassigned = AmountField()
    rows = serializers.SerializerMethodField()

    @extend_schema_field(RowOutput(many=True))
    def get_rows(self, snapshot: ConcentrationSnapshot) -> Any:
        """Every customer of the period with its net revenue, negative ones included."""
        pairs = zip(snapshot.keys, snapshot.amounts, strict=True)
        return RowOutput([{"id": key, "amount": amount} for key, amount in pairs], many=True).data
