"""What competitors and market facts look like over the API."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api.serializers.accounts import AccountId, AccountRef
from accounts.api.serializers.people import RowId
from accounts.choices import Channel, CompetitorMoveKind, MarketMeasure, WalletConfidence
from accounts.models import Competitor, ProductCategory
from kam.core.api.serializers import AmountField, DayAfter, Input, Output, TextField
from kam.core.models import Currency
from kam.identity.api.shapes import PersonOutput

_SHARE = _("Part of the account's purchases, 0 to 1, an estimate; null: nobody made one.")


class CategoryRef(Output):
    """A product category that another row refers to."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()


class CategoryId(serializers.PrimaryKeyRelatedField[ProductCategory]):
    """A product category by id; null: all of them."""

    def __init__(self) -> None:
        super().__init__(
            queryset=ProductCategory._default_manager.all(),  # known to everybody
            pk_field=RowId(),
            required=False,
            allow_null=True,
        )


class CurrencyCode(serializers.PrimaryKeyRelatedField[Currency]):
    """A currency by its code."""

    def __init__(self) -> None:
        super().__init__(queryset=Currency.objects.all(), required=False, allow_null=True)


class CompetitorRef(Output):
    """A competitor that another row refers to."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class CompetitorId(serializers.PrimaryKeyRelatedField[Competitor]):
    """A competitor by id; null: nobody is named."""

    def __init__(self) -> None:
        super().__init__(
            queryset=Competitor._default_manager.all(),  # names are known to everybody
            pk_field=RowId(),
            required=False,
            allow_null=True,
        )


class CompetitorOutput(Output):
    """A competitor."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    country = serializers.CharField(help_text=_("ISO 3166, two letters; may be empty."))
    note = serializers.CharField()
    merged_into = serializers.IntegerField(source="merged_into_id", allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class CompetitorInput(Input):
    """What is said of a competitor."""

    name = TextField(max_length=200, required=True)
    country = serializers.RegexField(r"^([A-Z]{2})?$", required=False, allow_blank=True)
    note = TextField(max_length=4000)


class CompetitorMergeInput(Input):
    """Which other entry is the same competitor."""

    duplicate = RowId()


class PresenceOutput(Output):
    """A competitor at an account in a half-open period."""

    id = serializers.IntegerField()
    account = AccountRef()
    competitor = CompetitorRef()
    category = CategoryRef(allow_null=True)
    since = serializers.DateField(source="valid.lower", allow_null=True)
    until = DayAfter(source="valid.upper", allow_null=True)
    share = serializers.DecimalField(
        max_digits=5, decimal_places=4, allow_null=True, help_text=_SHARE
    )
    share_source = serializers.CharField()
    share_on = serializers.DateField(allow_null=True)
    confidence = serializers.ChoiceField(choices=WalletConfidence.choices, allow_null=True)
    note = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class PresenceInput(Input):
    """A competitor at an account, whole: what is left out is empty."""

    account = AccountId()
    competitor = RowId()
    category = CategoryId()
    since = serializers.DateField(required=False, allow_null=True)
    until = DayAfter(required=False, allow_null=True)
    share = serializers.DecimalField(
        max_digits=5,
        decimal_places=4,
        min_value=0,
        max_value=1,
        required=False,
        allow_null=True,
        help_text=_SHARE,
    )
    share_source = TextField(max_length=300)
    share_on = serializers.DateField(required=False, allow_null=True)
    confidence = serializers.ChoiceField(
        choices=WalletConfidence.choices, required=False, allow_null=True
    )
    note = TextField(max_length=2000)


class PriceSeenOutput(Output):
    """A price or terms of a competitor, seen by somebody."""

    id = serializers.IntegerField()
    account = AccountRef()
    competitor = CompetitorRef()
    category = CategoryRef(allow_null=True)
    product = serializers.CharField()
    price = AmountField(allow_null=True)
    currency = serializers.CharField(source="currency_id", allow_null=True)
    unit = serializers.CharField()
    terms = serializers.CharField()
    seen_on = serializers.DateField()
    seen_where = serializers.CharField()
    author = PersonOutput()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class PriceSeenInput(Input):
    """A price with its currency and unit, or terms, or both."""

    account = AccountId()
    competitor = RowId()
    category = CategoryId()
    product = TextField(max_length=200)
    price = AmountField(max_digits=18, required=False, allow_null=True)
    currency = CurrencyCode()
    unit = TextField(max_length=30)
    terms = TextField(max_length=500)
    seen_on = serializers.DateField(required=False, help_text=_("Today unless given."))
    seen_where = TextField(max_length=200, required=True)


class CompetitorMoveOutput(Output):
    """What a competitor did; without an account: in the market as a whole."""

    id = serializers.IntegerField()
    competitor = CompetitorRef()
    account = AccountRef(allow_null=True)
    category = CategoryRef(allow_null=True)
    kind = serializers.ChoiceField(choices=CompetitorMoveKind.choices)
    happened_on = serializers.DateField()
    text = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # as DRF reads it
    link = serializers.CharField()
    author = PersonOutput()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class CompetitorMoveInput(Input):
    """Something that a competitor did."""

    competitor = RowId()
    account = AccountId(required=False, allow_null=True)
    category = CategoryId()
    kind = serializers.ChoiceField(choices=CompetitorMoveKind.choices)
    happened_on = serializers.DateField(required=False, help_text=_("Today unless given."))
    text = TextField(max_length=2000, required=True)
    source = TextField(max_length=300, required=True)  # type: ignore[assignment]  # as DRF reads it
    link = serializers.URLField(max_length=500, required=False, allow_blank=True)


class MarketFactOutput(Output):
    """A figure or trend of a market in a half-open period."""

    id = serializers.IntegerField()
    country = serializers.CharField()
    category = CategoryRef(allow_null=True)
    channel = serializers.ChoiceField(choices=Channel.choices, allow_blank=True)
    measure = serializers.ChoiceField(choices=MarketMeasure.choices)
    value = serializers.DecimalField(max_digits=20, decimal_places=4, allow_null=True)
    unit = serializers.CharField()
    text = serializers.CharField()
    period_from = serializers.DateField(source="period.lower")
    period_before = DayAfter(source="period.upper")
    source = serializers.CharField()  # type: ignore[assignment]  # as DRF reads it
    link = serializers.CharField()
    noted_on = serializers.DateField()
    confidence = serializers.ChoiceField(choices=WalletConfidence.choices)
    author = PersonOutput()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class MarketFactInput(Input):
    """A figure or trend of a market; a trend may be told in words alone."""

    country = serializers.RegexField(r"^[A-Z]{2}$")
    category = CategoryId()
    channel = serializers.ChoiceField(choices=Channel.choices, required=False, allow_blank=True)
    measure = serializers.ChoiceField(choices=MarketMeasure.choices)
    value = serializers.DecimalField(
        max_digits=20, decimal_places=4, required=False, allow_null=True
    )
    unit = TextField(max_length=30)
    text = TextField(max_length=1000)
    period_from = serializers.DateField()
    period_before = serializers.DateField()
    source = TextField(max_length=300, required=True)  # type: ignore[assignment]  # as DRF reads it
    link = serializers.URLField(max_length=500, required=False, allow_blank=True)
    noted_on = serializers.DateField(required=False, help_text=_("Today unless given."))
    confidence = serializers.ChoiceField(choices=WalletConfidence.choices)
