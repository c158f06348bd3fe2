"""Fields that several shapes of receivables share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.scope import may_see
from accounts.api.serializers.accounts import BIGGEST_ID, AccountRef
from accounts.api.serializers.concentration import Rounded
from kam.core.api.serializers import AmountField, Output
from kam.core.models import SellingCompany
from kam.core.money import round_to_currency
from settlements.analytics.ageing import Bands, BoundsError
from settlements.choices import FIRST_DAY, LAST_DAY
from settlements.services.problems import AmountError

MAX_BANDS, LONGEST, MAX_TEXT = 12, 36500, 100


class DayField(serializers.DateField):
    """A day of business: no ledger has items of the year 1 or 9999."""

    default_error_messages = {"out_of_range": _("Choose a day from 1900 on and before 2200.")}

    def to_internal_value(self, value: Any) -> date:
        """The day; refuses those that no calendar arithmetic survives."""
        day: date = super().to_internal_value(value)
        if not FIRST_DAY <= day < LAST_DAY:
            self.fail("out_of_range")
        return day


class PastDayField(DayField):
    """The day on which something was done: none that is still to come."""

    default_error_messages = {"in_the_future": _("This day is still to come.")}

    def to_internal_value(self, value: Any) -> date:
        """The day; refuses those after today."""
        day = super().to_internal_value(value)
        if day > timezone.localdate():
            self.fail("in_the_future")
        return day


class PositiveAmount(AmountField):
    """An amount above zero; the ledger holds it against its currency's decimals."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=20, **kwargs)

    def validate_precision(self, value: Decimal) -> Decimal:
        """Refuse zero and less beside what is too long."""
        if value <= 0:
            raise serializers.ValidationError(AmountError.words, code="not_positive")
        return super().validate_precision(value)


class Money(Rounded):
    """An amount of a row as text, with as many decimals as the row's currency has."""

    def get_attribute(self, instance: Any) -> Any:
        """The amount, rounded; null stays null."""
        value = super().get_attribute(instance)
        return None if value is None else round_to_currency(value, currency_of(instance))


def currency_of(row: Any) -> str:
    """The currency that a row's amounts are in."""
    if isinstance(row, Mapping):
        return str(row["currency"])
    return str(getattr(row, "currency_id", None) or row.currency)


class RowId(serializers.IntegerField):
    """A row by its id; the view looks it up among those that the caller may see."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=BIGGEST_ID, **kwargs)


class CompanyCode(serializers.SlugRelatedField[SellingCompany]):
    """One of our selling companies by its code."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        every = SellingCompany.objects.all()  # known to everybody who may sign in
        super().__init__(slug_field="code", queryset=every, **kwargs)


class BandsField(serializers.CharField):
    """Rising upper bounds of bands in days: `30,60,90`."""

    default_error_messages = {
        "not_bands": _("Send rising whole days above zero, such as 30,60,90."),
    }

    def to_internal_value(self, data: Any) -> Any:
        """The bands; raises a validation error for what is none."""
        try:
            bands = Bands.parse(super().to_internal_value(data)[:MAX_TEXT])
        except BoundsError:
            self.fail("not_bands")
        if len(bands.bounds) > MAX_BANDS or bands.bounds[-1] > LONGEST:
            self.fail("not_bands")
        return bands


class OfAccount(Output):
    """A row that names its payer and its account, each where the caller may see it."""

    party = serializers.SerializerMethodField(help_text=_("Who owes and pays; null: not for you."))
    account = serializers.SerializerMethodField(help_text=_("Whom the business is with."))

    @extend_schema_field(AccountRef(allow_null=True))
    def get_party(self, row: Any) -> Any:
        """The payer, where the caller may see it."""
        return self._seen(row.party)

    @extend_schema_field(AccountRef(allow_null=True))
    def get_account(self, row: Any) -> Any:
        """The account, where the caller may see it."""
        return self._seen(row.account)

    def _seen(self, account: Any) -> Any:
        seen = may_see(self.context["request"].user, account)
        return AccountRef(account).data if seen else None
