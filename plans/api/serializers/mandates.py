"""What mandates look like over the API."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from kam.core.api.serializers import AmountField, Input, Output
from kam.identity.choices import Role
from plans.choices.negotiation import Subject


class MandateOutput(Output):
    """How far a role may go alone."""

    id = serializers.IntegerField()
    role = serializers.ChoiceField(choices=Role.choices)
    subject = serializers.ChoiceField(choices=Subject.choices)
    most = AmountField()
    updated_at = serializers.DateTimeField()


class MandateChange(Input):
    """As far as the role goes."""

    most = AmountField(
        max_digits=20,
        min_value=Decimal(0),
        help_text=_(
            "In percent for price, discount and rebate, in days for terms, else in base currency."
        ),
    )


class MandateInput(MandateChange):
    """A mandate to be given."""

    role = serializers.ChoiceField(choices=Role.choices)
    subject = serializers.ChoiceField(choices=Subject.choices)
