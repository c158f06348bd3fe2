"""What portrait statements look like over the API."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.api.serializers.accounts import AccountId, AccountRef
from accounts.choices import PortraitHeading, RatingBasis
from kam.core.api.serializers import Input, Output, TextField
from kam.identity.api.shapes import PersonOutput

_REPLACED_BY = _("The statement that took its place; null: none, or not for you.")


class PortraitStatementOutput(Output):
    """A statement of a portrait. It never changes; a later one replaces or withdraws it."""

    id = serializers.IntegerField()
    account = AccountRef()
    heading = serializers.ChoiceField(choices=PortraitHeading.choices)
    text = serializers.CharField(help_text=_("Empty: it only withdraws what it replaces."))
    said_on = serializers.DateField()
    author = PersonOutput()
    evidence = serializers.CharField()
    link = serializers.CharField()
    basis = serializers.ChoiceField(choices=RatingBasis.choices)
    confirmed_by = PersonOutput(allow_null=True)
    confirmed_on = serializers.DateField(allow_null=True)
    is_confidential = serializers.BooleanField()
    is_withdrawn = serializers.BooleanField()
    replaces = serializers.IntegerField(source="visible_replaced", allow_null=True)
    replaced_by = serializers.IntegerField(
        source="visible_heir", allow_null=True, help_text=_REPLACED_BY
    )
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class PortraitStatementWords(Input):
    """What a statement says. The author is you, and a confirmed one is confirmed by you."""

    text = TextField(max_length=4000, required=True)
    evidence = TextField(max_length=2000)
    link = serializers.URLField(max_length=500, required=False, allow_blank=True)
    is_confirmed = serializers.BooleanField(required=False, default=False)
    is_confidential = serializers.BooleanField(required=False, default=False)
    said_on = serializers.DateField(required=False, help_text=_("Today unless given."))


class PortraitStatementInput(PortraitStatementWords):
    """A new statement under a heading of an account."""

    account = AccountId()
    heading = serializers.ChoiceField(choices=PortraitHeading.choices)


class PortraitStatementConfirm(Input):
    """What shows that a statement holds; its own evidence where nothing is given."""

    evidence = TextField(max_length=2000)
    link = serializers.URLField(max_length=500, required=False, allow_blank=True)


class PortraitStatementWithdraw(Input):
    """Why a statement no longer holds."""

    reason = TextField(max_length=2000)
