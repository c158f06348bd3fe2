"""What rules of cadence, pauses and due contacts look like over the API."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api.serializers.accounts import AccountId, AccountRef
from accounts.api.serializers.tiers import Dated
from accounts.choices import Function
from interactions.choices import PauseReason
from interactions.models.cadence import LONGEST
from kam.core.api.serializers import Input, Output
from kam.identity.api.shapes import PersonOutput

_WHOLE = _("Empty: the account as a whole, whoever there.")
_UNTIL = _("The day after the last; null: for good.")


class CadencePolicyOutput(Dated):
    """How often accounts of a tier are met, in a half-open period."""

    may_hold_ever = True

    id = serializers.IntegerField()
    tier = serializers.CharField(source="tier_code", help_text=_("The tier's code."))
    function = serializers.ChoiceField(choices=["", *Function.values], help_text=_WHOLE)
    every_days = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class CadencePolicyInput(Input):
    """A rule; what held in its period gives way."""

    tier = serializers.SlugField(source="tier_code", max_length=20)
    function = serializers.ChoiceField(
        choices=Function.choices, required=False, allow_blank=True, help_text=_WHOLE
    )
    every_days = serializers.IntegerField(min_value=1, max_value=LONGEST)
    from_date = serializers.DateField(
        required=False, allow_null=True, help_text=_("First day; null: since ever.")
    )
    until = serializers.DateField(required=False, allow_null=True, help_text=_UNTIL)


class CadencePauseOutput(Dated):
    """Days that do not count, in a half-open period."""

    id = serializers.IntegerField()
    account = AccountRef(allow_null=True, help_text=_("Null: every account."))
    function = serializers.ChoiceField(
        choices=["", *Function.values], help_text=_("Empty: all functions.")
    )
    reason = serializers.ChoiceField(choices=PauseReason.choices)
    note = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class CadencePauseChange(Input):
    """What of a pause can be changed; whom it is for stays."""

    reason = serializers.ChoiceField(choices=PauseReason.choices)
    note = serializers.CharField(required=False, allow_blank=True, max_length=200)
    from_date = serializers.DateField(help_text=_("First day."))
    until = serializers.DateField(help_text=_("The first day that counts again."))


class CadencePauseInput(CadencePauseChange):
    """A new pause."""

    account = AccountId(required=False, allow_null=True, help_text=_("With all below it."))
    function = serializers.ChoiceField(choices=Function.choices, required=False, allow_blank=True)


class TouchQuery(Input):
    """Which due contacts."""

    account = AccountId(required=False, help_text=_("This account alone."))
    within = AccountId(required=False, help_text=_("This account and all below it today."))
    lead = serializers.IntegerField(required=False, min_value=1)
    by = serializers.ChoiceField(
        choices=["function", "person"],
        default="function",
        help_text=_("A line for each function, or for each person."),
    )
    overdue = serializers.BooleanField(default=False, help_text=_("Only those overdue."))
    until = serializers.DateField(required=False, help_text=_("Only those due up to this day."))


class TouchPositionOutput(Output):
    """Whom to speak with."""

    id = serializers.IntegerField()
    name = serializers.CharField(source="person.name")


class TouchOutput(Output):
    """A two-way contact that a tier asks for; computed now, never stored."""

    account = AccountRef()
    function = serializers.CharField(help_text=_WHOLE)
    every_days = serializers.IntegerField()
    last_on = serializers.DateField(allow_null=True, help_text=_("Null: none is in the log."))
    due_on = serializers.DateField()
    overdue_days = serializers.IntegerField(help_text=_("Days of pauses do not count."))
    state = serializers.ChoiceField(choices=["overdue", "today", "week", "later"])
    tier = serializers.CharField(source="tier.code", allow_null=True)
    lead = PersonOutput(allow_null=True)
    position = TouchPositionOutput(
        allow_null=True, help_text=_("Whoever of them nothing was heard of for longest.")
    )


class TouchesOutput(Output):
    """Due contacts, the most overdue first; 2,000 at most."""

    as_of = serializers.DateField()
    overdue = serializers.IntegerField()
    results = TouchOutput(many=True)
