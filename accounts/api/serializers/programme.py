"""What programmes and exit barriers look like over the API."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api.serializers.accounts import AccountId, AccountRef
from accounts.api.serializers.people import RowId
from accounts.choices import RatingBasis
from kam.core.api.serializers import AmountField, DayAfter, Input, Output, ShareField, TextField
from kam.core.models import Currency

_YEAR = _("For a year, in `currency`; null: not known, which is not zero.")
_RATING = _("How hard it is for them to get it elsewhere, 0 to 5; null: not rated.")


class ElementOutput(Output):
    """An element of the catalogue."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    what = serializers.CharField()
    is_price = serializers.BooleanField(help_text=_("A discount or rebate: price alone."))
    is_active = serializers.BooleanField()
    place = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ElementInput(Input):
    """What an element says of itself."""

    name = TextField(max_length=100, required=True)
    what = TextField(max_length=1000)
    is_price = serializers.BooleanField(required=False)
    is_active = serializers.BooleanField(required=False)
    place = serializers.IntegerField(min_value=0, max_value=999, required=False)


class ElementRef(Output):
    """An element that an account gets."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    is_price = serializers.BooleanField()


class ProgrammeItemOutput(Output):
    """What an account gets in a half-open period."""

    id = serializers.IntegerField()
    account = AccountRef()
    element = ElementRef()
    since = serializers.DateField(source="valid.lower", allow_null=True)
    until = DayAfter(source="valid.upper", allow_null=True)
    detail = serializers.CharField()
    currency = serializers.CharField(source="currency_id")
    cost = AmountField(allow_null=True, help_text=_YEAR)
    saving = AmountField(allow_null=True, help_text=_YEAR)
    worth = AmountField(allow_null=True, help_text=_YEAR)
    worth_basis = serializers.ChoiceField(choices=RatingBasis.choices)
    worth_evidence = serializers.CharField()
    switching = serializers.IntegerField(allow_null=True, help_text=_RATING)
    switching_evidence = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ProgrammeItemInput(Input):
    """What an account gets, whole: what is left out is empty."""

    account = AccountId()
    element = RowId()
    since = serializers.DateField(required=False, allow_null=True)
    until = DayAfter(required=False, allow_null=True)
    detail = TextField(max_length=500)
    currency = serializers.PrimaryKeyRelatedField(queryset=Currency.objects.all())
    cost = AmountField(max_digits=18, required=False, allow_null=True, help_text=_YEAR)
    saving = AmountField(max_digits=18, required=False, allow_null=True, help_text=_YEAR)
    worth = AmountField(max_digits=18, required=False, allow_null=True, help_text=_YEAR)
    is_confirmed = serializers.BooleanField(required=False, default=False)
    worth_evidence = TextField(max_length=2000)
    switching = serializers.IntegerField(
        min_value=0, max_value=5, required=False, allow_null=True, help_text=_RATING
    )
    switching_evidence = TextField(max_length=2000)


class BarrierPart(Output):
    """An element behind the score; the points sum to it."""

    item = serializers.IntegerField(source="key")
    rating = serializers.IntegerField(allow_null=True)
    points = serializers.DecimalField(max_digits=7, decimal_places=4, allow_null=True)


class BarrierOutput(Output):
    """What holds an account back from leaving, and what it is to us."""

    score = serializers.DecimalField(
        max_digits=7, decimal_places=4, allow_null=True, help_text=_("0 to 100; null: not rated.")
    )
    confidence = ShareField(allow_null=True, help_text=_("Rated elements ÷ all elements."))
    formula_version = serializers.CharField()
    parts = BarrierPart(many=True)
    currency = serializers.CharField()
    cost = AmountField(allow_null=True)
    saving = AmountField(allow_null=True)
    worth = AmountField(allow_null=True)
    price_of_cost = ShareField(allow_null=True)
    price_of_worth = ShareField(allow_null=True)
    revenue_share = ShareField(
        allow_null=True, help_text=_("Null for who does not see the whole company.")
    )
    revenue_rank = serializers.IntegerField(allow_null=True)
    ranked_of = serializers.IntegerField()
    balance = serializers.IntegerField(
        allow_null=True, help_text=_("−1 we depend more, 0 about equal, 1 they do.")
    )
