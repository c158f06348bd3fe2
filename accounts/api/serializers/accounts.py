"""What accounts look like over the API."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.scope import may_see
from accounts.choices import AccountKind, AccountStatus, Channel
from accounts.models import Account
from kam.core.api.serializers import AmountField, DayAfter, Input, Output, TextField
from kam.core.models import Currency
from kam.identity.api.shapes import PersonOutput
from kam.identity.models import User

STATUSES = [choice for choice in AccountStatus.choices if choice[0] != AccountStatus.MERGED]
BIGGEST_ID = 2**63 - 1


class AccountRef(Output):
    """An account that another row refers to."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class IdentifierOutput(Output):
    """What another system calls the account."""

    system = serializers.CharField()
    value = serializers.CharField()


class AccountOutput(Output):
    """An account as lists show it. Parent, group and lead are today's."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=AccountKind.choices)
    status = serializers.ChoiceField(choices=AccountStatus.choices)
    country = serializers.CharField(help_text=_("ISO 3166, two letters; may be empty."))
    region = serializers.CharField()
    channel = serializers.ChoiceField(choices=Channel.choices, allow_blank=True)
    industry = serializers.CharField()
    insolvent_since = serializers.DateField(
        allow_null=True, help_text=_("Null: nothing is known of an insolvency.")
    )
    currency = serializers.CharField(source="currency_id", allow_null=True)
    is_root = serializers.SerializerMethodField(help_text=_("Whether nothing stands above it."))
    parent = serializers.SerializerMethodField(  # type: ignore[assignment]  # as DRF reads it
        help_text=_("Null for a root, or not for you.")
    )
    group = serializers.SerializerMethodField(help_text=_("Ultimate parent; null: not for you."))
    lead = PersonOutput(source="current_lead", allow_null=True)
    identifiers = IdentifierOutput(many=True)
    merged_into = serializers.IntegerField(source="merged_into_id", allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()

    def get_is_root(self, account: Account) -> bool:
        """Whether nothing stands above it today."""
        return account.current_parent_id is None

    @extend_schema_field(AccountRef(allow_null=True))
    def get_parent(self, account: Account) -> Any:
        """What it stands under today, where the caller may see that."""
        return self._ref(account.current_parent)

    @extend_schema_field(AccountRef(allow_null=True))
    def get_group(self, account: Account) -> Any:
        """Today's ultimate parent, where the caller may see it."""
        return self._ref(account.current_group)

    def _ref(self, account: Account | None) -> Any:
        seen = may_see(self.context["request"].user, account)
        return AccountRef(account).data if seen else None


class ParentLinkOutput(Output):
    """A parent in a half-open period; an open end is null."""

    parent = serializers.SerializerMethodField()  # type: ignore[assignment]  # as DRF reads it
    valid_from = serializers.DateField(source="valid.lower", allow_null=True)
    valid_before = DayAfter(source="valid.upper", allow_null=True)

    @extend_schema_field(AccountRef(allow_null=True))
    def get_parent(self, link: Any) -> Any:
        """The parent, where the caller may see it."""
        seen = may_see(self.context["request"].user, link.parent)
        return AccountRef(link.parent).data if seen else None


class LeadOutput(Output):
    """A lead of the account itself in a half-open period; an open end is null."""

    person = PersonOutput(source="user")
    valid_from = serializers.DateField(source="valid.lower", allow_null=True)
    valid_before = DayAfter(source="valid.upper", allow_null=True)


class AccountFiguresOutput(Output):
    """Net revenue of the account and all below it today, in the organisation's base currency."""

    as_of = serializers.DateField()
    net_12m = AmountField()
    net_previous_12m = AmountField()
    last_entry_on = serializers.DateField(allow_null=True)
    unconverted = serializers.IntegerField(help_text=_("Entries left out for want of a rate."))


class AccountDetailOutput(AccountOutput):
    """An account with its dated parents and leads."""

    parents = ParentLinkOutput(source="parent_links", many=True)
    leads = LeadOutput(source="lead_assignments", many=True)
    figures = AccountFiguresOutput(source="figure", allow_null=True, default=None)


class IdentifierInput(Input):
    """An identifier in another system."""

    system = TextField(max_length=50, required=True)
    value = TextField(max_length=200, required=True)


class CurrencyCode(serializers.PrimaryKeyRelatedField[Currency]):
    """A currency by its ISO code, or null."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("allow_null", True)
        super().__init__(
            queryset=Currency.objects.all(), pk_field=serializers.CharField(max_length=3), **kwargs
        )


class FactsInput(Input):
    """What an account says about itself."""

    name = TextField(max_length=300, required=True)
    kind = serializers.ChoiceField(choices=AccountKind.choices)
    status = serializers.ChoiceField(choices=STATUSES, required=False)
    country = serializers.RegexField(
        r"^[A-Z]{2}$", required=False, allow_blank=True, help_text=_("ISO 3166, two letters.")
    )
    region = TextField(max_length=100)
    channel = serializers.ChoiceField(choices=Channel.choices, required=False, allow_blank=True)
    industry = TextField(max_length=100)
    insolvent_since = serializers.DateField(required=False, allow_null=True)
    currency = CurrencyCode()


class AccountChange(FactsInput):
    """What of an account can be changed. `identifiers`, where sent, replaces all of them.

    A parent or a lead holds from a day on: use the actions `move` and `lead`.
    """

    identifiers = IdentifierInput(many=True, required=False)


class AccountId(serializers.IntegerField):
    """An account by id; the view looks it up among those that the caller may see."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=BIGGEST_ID, **kwargs)


class PersonId(serializers.PrimaryKeyRelatedField[User]):
    """An active user by id."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            queryset=User.objects.filter(is_active=True),
            pk_field=serializers.IntegerField(min_value=1, max_value=BIGGEST_ID),
            **kwargs,
        )


class AccountInput(AccountChange):
    """A new account."""

    parent = AccountId(required=False, allow_null=True)  # type: ignore[assignment]  # as DRF reads it
    parent_from = serializers.DateField(
        required=False, allow_null=True, help_text=_("Since when it stands there; null: ever.")
    )
    lead = PersonId(
        required=False,
        allow_null=True,
        help_text=_("Leads it from today; without one the lead above does."),
    )


class MoveInput(Input):
    """Where an account stands, from a day on."""

    parent = AccountId(  # type: ignore[assignment]  # as DRF reads it
        allow_null=True, help_text=_("Null makes it a root.")
    )
    from_date = serializers.DateField(allow_null=True, help_text=_("First day; null: since ever."))
    until = serializers.DateField(
        required=False, allow_null=True, help_text=_("Day after the last; null: open.")
    )


class LeadInput(Input):
    """Who leads an account, from a day on."""

    lead = PersonId(allow_null=True, help_text=_("Null: as the account above, from that day on."))
    from_date = serializers.DateField()
    until = DayAfter(required=False, allow_null=True)


class MergeInput(Input):
    """A duplicate that goes into the account of the address."""

    duplicate = AccountId()
    dry_run = serializers.BooleanField(
        required=False, default=False, help_text=_("Say what would happen, change nothing.")
    )


class RemarkOutput(Output):
    """Something to know, or a reason why not."""

    message = serializers.CharField()
    code = serializers.CharField()


class MergeOutput(Output):
    """What a merge moved or would move."""

    merged = serializers.BooleanField()
    keep = serializers.IntegerField()
    duplicate = serializers.IntegerField()
    moves = serializers.ListField(child=serializers.CharField())
    cautions = RemarkOutput(many=True)
    blockers = RemarkOutput(many=True)


class AccountRowInput(FactsInput):
    """An account in a bulk request, known by an identifier of another system.

    What is not sent stays as it is; a new account needs `name` and `kind`.
    """

    system = TextField(max_length=50, required=True)
    external_id = TextField(max_length=200, required=True)
    name = TextField(max_length=300, allow_null=False)
    kind = serializers.ChoiceField(choices=AccountKind.choices, required=False)
    parent_external_id = TextField(
        max_length=200, help_text=_("In the same system; empty makes it a root.")
    )
    valid_from = serializers.DateField(
        required=False,
        allow_null=True,
        help_text=_("First day of a new parent or lead; today where it is left out."),
    )
    lead_email = serializers.EmailField(required=False, help_text=_("E-mail of who leads it."))


class AccountRows(Input):
    """Many accounts."""

    rows = AccountRowInput(many=True)
