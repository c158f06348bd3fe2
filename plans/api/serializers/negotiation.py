"""What negotiations, the ledger, offers and price rounds look like over the API."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.serializers.accounts import AccountId, AccountRef, PersonId
from accounts.api.serializers.people import RowId
from kam.core.api.serializers import AmountField, DayAfter, Input, Output, ShareField, TextField
from kam.identity.api.shapes import PersonOutput
from plans.choices.negotiation import (
    BriefState,
    EntryState,
    OfferState,
    RoundAccountState,
    RoundReason,
    RoundState,
    Side,
    Subject,
)
from plans.models import Offer
from plans.selectors.negotiation.reads import checked_for

_OPEN_ON = _("The last day on which it can be taken; null: no day is set.")


class PriceField(serializers.DecimalField):
    """A price of one unit as a decimal text."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=22, decimal_places=6, **kwargs)


def _amount(**options: Any) -> AmountField:
    return AmountField(required=False, allow_null=True, **options)


class Code(serializers.CharField):
    """A currency's code."""


class BriefIssueOutput(Output):
    """A point that is negotiated."""

    id = serializers.IntegerField()
    subject = serializers.ChoiceField(choices=Subject.choices)
    title = serializers.CharField()
    their_interest = serializers.CharField()
    our_interest = serializers.CharField()
    unit = serializers.CharField()
    market_reference = AmountField(allow_null=True)
    market_source = serializers.CharField()
    market_on = serializers.DateField(allow_null=True)
    value_proof = serializers.CharField()
    target = AmountField(allow_null=True)
    acceptable = AmountField(allow_null=True)
    walk_away = AmountField(allow_null=True)
    result = AmountField(allow_null=True)


class BriefDeciderOutput(Output):
    """Who decides on their side."""

    id = serializers.IntegerField()
    position = serializers.IntegerField(source="position_id")
    note = serializers.CharField()


class BriefOutput(Output):
    """What we go into a negotiation with; for the account's team alone."""

    id = serializers.IntegerField()
    account = AccountRef()
    plan = serializers.IntegerField(source="plan_id", allow_null=True)
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=BriefState.choices)
    begins_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)
    currency = serializers.CharField(source="currency_id")
    aim = serializers.CharField()
    batna = serializers.CharField()
    their_batna = serializers.CharField()
    trade_offs = serializers.CharField()
    owner = PersonOutput()
    outcome = serializers.CharField()
    ended_on = serializers.DateField(allow_null=True)
    issues = BriefIssueOutput(many=True)
    deciders = BriefDeciderOutput(many=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class BriefChange(Input):
    """What is told of a negotiation; what is not sent stays."""

    title = TextField(max_length=200, required=True)
    begins_on = serializers.DateField(required=False)
    ends_on = serializers.DateField(required=False, allow_null=True)
    currency = Code(required=False, max_length=3)
    aim = TextField(max_length=4000)
    batna = TextField(max_length=4000)
    their_batna = TextField(max_length=4000)
    trade_offs = TextField(max_length=4000)
    owner = PersonId(required=False, help_text=_("Left out: you."))
    plan = RowId(required=False, allow_null=True)


class BriefInput(BriefChange):
    """A negotiation to be prepared."""

    account = AccountId()
    begins_on = serializers.DateField()
    currency = Code(max_length=3)


class ConcludeInput(Input):
    """How it ended."""

    is_agreed = serializers.BooleanField()
    outcome = TextField(max_length=4000, required=True)
    on = serializers.DateField()


class BriefIssueInput(Input):
    """A point to be negotiated; with `id` one that is there is changed."""

    id = RowId(required=False)
    subject = serializers.ChoiceField(choices=Subject.choices)
    title = TextField(max_length=200, required=True)
    their_interest = TextField(max_length=500)
    our_interest = TextField(max_length=500)
    unit = TextField(max_length=20)
    market_reference = _amount()
    market_source = TextField(max_length=200)
    market_on = serializers.DateField(required=False, allow_null=True)
    value_proof = TextField(max_length=1000)
    target = _amount()
    acceptable = _amount()
    walk_away = _amount()
    result = _amount()


class BriefDeciderInput(Input):
    """Somebody who decides on their side."""

    position = RowId()
    note = TextField(max_length=300)


class GiveGetOutput(Output):
    """A give or a get. `valid_until` is the first day after; a null `value` is not known."""

    id = serializers.IntegerField()
    account = AccountRef()
    plan = serializers.IntegerField(source="plan_id", allow_null=True)
    brief = serializers.IntegerField(source="brief_id", allow_null=True)
    side = serializers.ChoiceField(choices=Side.choices)
    subject = serializers.ChoiceField(choices=Subject.choices)
    what = serializers.CharField()
    value = AmountField(allow_null=True, help_text=_("A year."))
    currency = serializers.CharField(source="currency_id")
    condition = serializers.CharField(help_text=_("Empty: without a condition."))
    proof = serializers.CharField()
    valid_from = serializers.DateField(source="valid.lower", allow_null=True)
    valid_until = DayAfter(source="valid.upper", allow_null=True)
    state = serializers.ChoiceField(choices=EntryState.choices)
    delivered_on = serializers.DateField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class GiveGetChange(Input):
    """What is told of an entry that is planned or offered; of an agreed one the proof alone."""

    side = serializers.ChoiceField(choices=Side.choices, required=False)
    subject = serializers.ChoiceField(choices=Subject.choices, required=False)
    what = TextField(max_length=300, required=True)
    value = _amount(min_value=0)
    currency = Code(required=False, max_length=3)
    condition = TextField(max_length=500)
    proof = TextField(max_length=500)
    valid_from = serializers.DateField(required=False)
    valid_until = DayAfter(required=False, allow_null=True)


class GiveGetInput(GiveGetChange):
    """A new give or get."""

    account = AccountId()
    brief = RowId(required=False, allow_null=True)
    side = serializers.ChoiceField(choices=Side.choices)
    subject = serializers.ChoiceField(choices=Subject.choices)
    currency = Code(max_length=3)
    valid_from = serializers.DateField()
    state = serializers.ChoiceField(
        choices=[EntryState.PLANNED, EntryState.OFFERED, EntryState.AGREED], required=False
    )


class GiveGetMove(Input):
    """Where an entry goes; what is delivered has a day and a proof."""

    to = serializers.ChoiceField(choices=EntryState.choices)
    on = serializers.DateField(required=False, allow_null=True)
    proof = TextField(max_length=500)


class OfferCheckOutput(Output):
    """What an offer was held against on its day; null is not known, or not for you."""

    list_price = PriceField(allow_null=True)
    discount = PriceField(allow_null=True, help_text=_("Percent below the list price."))
    floor = PriceField(allow_null=True)
    others = PriceField(
        allow_null=True, help_text=_("The lowest net-net price of others of the channel.")
    )
    others_count = serializers.IntegerField()
    off_invoice = PriceField()
    cost = PriceField(allow_null=True)
    serve = PriceField(allow_null=True)
    before_share = ShareField(allow_null=True)
    after_share = ShareField(allow_null=True)
    pocket_share = ShareField(allow_null=True)
    margin_target = ShareField(allow_null=True)
    mandate = PriceField(allow_null=True)
    uncounted = serializers.ListField(child=serializers.CharField())
    needs = serializers.ListField(child=serializers.CharField())
    notes = serializers.ListField(child=serializers.CharField())


class OfferOutput(Output):
    """A price offered to an account."""

    id = serializers.IntegerField()
    account = AccountRef()
    plan = serializers.IntegerField(source="plan_id", allow_null=True)
    brief = serializers.IntegerField(source="brief_id", allow_null=True)
    product = serializers.CharField(source="product.code")
    unit = serializers.CharField()
    currency = serializers.CharField(source="currency_id")
    price = PriceField()
    net_net = PriceField(allow_null=True)
    yearly_quantity = AmountField(allow_null=True)
    offered_on = serializers.DateField()
    valid_until = serializers.DateField(allow_null=True, help_text=_OPEN_ON)
    state = serializers.ChoiceField(choices=OfferState.choices)
    reason = serializers.CharField()
    offered_by = PersonOutput()
    decided_by = PersonOutput(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    decision_note = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class OfferDetailOutput(OfferOutput):
    """An offer with its check."""

    check = serializers.SerializerMethodField()

    @extend_schema_field(OfferCheckOutput())
    def get_check(self, row: Offer) -> dict[str, Any]:
        """As far as the caller may know it."""
        shown: dict[str, Any] = OfferCheckOutput(
            checked_for(row, self.context["request"].user)
        ).data
        return shown


class OfferInput(Input):
    """An offer to be recorded; below floor, margin, others or mandate it needs a reason."""

    account = AccountId()
    product = TextField(max_length=100, required=True, help_text=_("Our code."))
    price = PriceField(min_value=0)
    currency = Code(max_length=3)
    unit = TextField(max_length=20)
    yearly_quantity = _amount(min_value=0)
    offered_on = serializers.DateField()
    valid_until = serializers.DateField(required=False, allow_null=True, help_text=_OPEN_ON)
    brief = RowId(required=False, allow_null=True)
    reason = TextField(max_length=1000)


class DecideInput(Input):
    """Yes or no; a no says why."""

    is_approved = serializers.BooleanField()
    note = TextField(max_length=1000)


class RoundStepOutput(Output):
    """By how much a product, or a category, changes."""

    id = serializers.IntegerField()
    product = serializers.IntegerField(source="product_id", allow_null=True)
    category = serializers.IntegerField(source="category_id", allow_null=True)
    percent = serializers.DecimalField(max_digits=6, decimal_places=2)


class RoundOutput(Output):
    """A price change round."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    reason = serializers.ChoiceField(choices=RoundReason.choices)
    explanation = serializers.CharField()
    effective_on = serializers.DateField()
    state = serializers.ChoiceField(choices=RoundState.choices)
    owner = PersonOutput()
    steps = RoundStepOutput(many=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class RoundAccountOutput(Output):
    """How far a round is with an account."""

    id = serializers.IntegerField()
    round = serializers.IntegerField(source="round_id")
    account = AccountRef()
    state = serializers.ChoiceField(choices=RoundAccountState.choices)
    notice_by = serializers.DateField(allow_null=True)
    told_on = serializers.DateField(allow_null=True)
    effective_on = serializers.DateField(allow_null=True)
    agreed_percent = serializers.DecimalField(max_digits=6, decimal_places=2, allow_null=True)
    note = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class RoundAccountChange(Input):
    """How far a round is with an account; what is not sent stays."""

    state = serializers.ChoiceField(choices=RoundAccountState.choices, required=False)
    told_on = serializers.DateField(required=False, allow_null=True)
    effective_on = serializers.DateField(required=False, allow_null=True)
    agreed_percent = serializers.DecimalField(
        max_digits=6, decimal_places=2, required=False, allow_null=True
    )
    note = TextField(max_length=1000)


class RoundChange(Input):
    """What is told of a price round that is not over; what is not sent stays."""

    title = TextField(max_length=200, required=True)
    reason = serializers.ChoiceField(choices=RoundReason.choices, required=False)
    explanation = TextField(max_length=4000)
    effective_on = serializers.DateField(required=False)
    owner = PersonId(required=False, help_text=_("Left out: you."))


class RoundInput(RoundChange):
    """A new price round, a draft."""

    reason = serializers.ChoiceField(choices=RoundReason.choices)
    effective_on = serializers.DateField()


class RoundStepInput(Input):
    """By how much a product, or a category, changes: name one of both."""

    product = RowId(required=False, allow_null=True)
    category = RowId(required=False, allow_null=True)
    percent = serializers.DecimalField(max_digits=6, decimal_places=2)


class RoundAccountsInput(Input):
    """Whom the round is for; without accounts those that bought these goods in twelve months."""

    accounts = serializers.ListField(child=AccountId(), required=False, max_length=1000)
    level = serializers.ChoiceField(
        choices=[("tops", _("The top of each group")), ("buyers", _("Each account invoiced"))],
        required=False,
        help_text=_("Where no accounts are named; left out: the top of each group."),
    )
