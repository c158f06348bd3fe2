"""What the platform's own resources look like."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from kam.core.api.serializers import Input, Output, TextField
from kam.core.choices import JobState


class CurrencyOutput(Output):
    """A currency."""

    code = serializers.CharField(help_text=_("ISO 4217."))
    decimals = serializers.IntegerField()


class RateOutput(Output):
    """A dated exchange rate."""

    id = serializers.IntegerField()
    currency = serializers.CharField(source="currency_id")
    base = serializers.CharField(source="base_id")
    valid_on = serializers.DateField()
    rate = serializers.DecimalField(
        max_digits=20,
        decimal_places=10,
        help_text=_("How many units of the base currency one unit of the currency buys."),
    )
    source = serializers.CharField()  # type: ignore[assignment]  # DRF takes declared fields off the class
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class RateValue(serializers.DecimalField):
    """A rate, above zero."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=20, decimal_places=10, **kwargs)

    def validate_precision(self, value: Any) -> Any:
        """Refuse zero and less beside what is too long."""
        if value <= 0:
            raise serializers.ValidationError(_("A rate is above zero."), code="not_positive")
        return super().validate_precision(value)


class RateRowInput(Input):
    """A rate in a bulk request, known by currency, base and day."""

    currency = serializers.RegexField(r"^[A-Z]{3}$", max_length=3)
    base = serializers.RegexField(
        r"^[A-Z]{3}$",
        max_length=3,
        required=False,
        help_text=_("The organisation's base currency where it is left out."),
    )
    valid_on = serializers.DateField()
    rate = RateValue()
    source = TextField(max_length=100)  # type: ignore[assignment]  # DRF takes declared fields off the class


class RateInput(RateRowInput):
    """A new rate."""


class RateChange(Input):
    """What of a rate can be corrected."""

    rate = RateValue()
    source = TextField(max_length=100)  # type: ignore[assignment]  # DRF takes declared fields off the class


class RateRows(Input):
    """Many rates."""

    rows = RateRowInput(many=True)


class OrganisationOutput(Output):
    """The organisation that this installation serves."""

    name = serializers.CharField()
    base_currency = serializers.CharField(source="base_currency_id")
    time_zone = serializers.CharField()
    fiscal_year_start = serializers.IntegerField(help_text=_("Month, 1 to 12."))
    is_demo = serializers.BooleanField()
    updated_at = serializers.DateTimeField()


class JobRunOutput(Output):
    """A long job: what was asked, how far it is, what came of it."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    state = serializers.ChoiceField(choices=JobState.choices)
    is_finished = serializers.BooleanField()
    done = serializers.IntegerField()
    total = serializers.IntegerField(allow_null=True)
    message = serializers.CharField()
    arguments = serializers.DictField()
    outcome = serializers.DictField()
    error = serializers.CharField()
    attempts = serializers.IntegerField()
    requested_by = serializers.IntegerField(source="requested_by_id", allow_null=True)
    queued_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
