"""Negotiations, entries of the ledger, offers and price rounds by the models themselves."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.models import Account
from kam.identity.models import User
from plans.choices.negotiation import OfferState
from plans.models import (
    BriefIssue,
    GiveGet,
    NegotiationBrief,
    Offer,
    PriceRound,
    PriceRoundAccount,
    PriceRoundStep,
)
from plans.selectors.negotiation.check import Checked
from tests.factories.accounts import make_product

_numbers = count(1)
DAY = date(2026, 6, 10)


def make_brief(*, account: Account, owner: User, **values: Any) -> NegotiationBrief:
    """A negotiation in euro that is prepared from 10 June 2026 on, without issues."""
    facts = {"title": f"Negotiation {next(_numbers)}", "begins_on": DAY, "currency_id": "EUR"}
    row: NegotiationBrief = NegotiationBrief.objects.create(
        account=account, owner=owner, **(facts | values)
    )
    return row


def make_issue(*, brief: NegotiationBrief, **values: Any) -> BriefIssue:
    facts = {"title": f"Issue {next(_numbers)}", "subject": "price"} | values
    row: BriefIssue = BriefIssue.objects.create(brief=brief, **facts)
    return row


def make_give_get(*, account: Account, value: str | None = "100", **values: Any) -> GiveGet:
    """Something that we give from 2026 on, agreed, in euro, without a condition."""
    facts = {
        "side": "give",
        "subject": "term",
        "what": f"Entry {next(_numbers)}",
        "currency_id": "EUR",
        "valid": DateRange(date(2026, 1, 1), date(2027, 1, 1)),
        "state": "agreed",
    } | values
    amount = None if value is None else Decimal(value)
    row: GiveGet = GiveGet.objects.create(account=account, value=amount, **facts)
    return row


def make_offer(*, account: Account, by: User, price: str = "10", **values: Any) -> Offer:
    """An offer of a product in euro that waits for somebody, since it is below the floor of 12."""
    amount = Decimal(price)
    checked = Checked(
        price=amount,
        net_net=amount,
        off_invoice=Decimal(0),
        floor=Decimal(12),
        needs=("below_floor",),
    )
    facts = {
        "product": values.get("product") or make_product(),
        "currency_id": "EUR",
        "offered_on": DAY,
        "state": OfferState.WAITING,
        "reason": "They test a competitor",
        "check_result": checked.as_json(),
        "net_net": amount,
    } | values
    row: Offer = Offer.objects.create(account=account, offered_by=by, price=amount, **facts)
    return row


def make_round(*, owner: User, **values: Any) -> PriceRound:
    """A draft of a round from 1 September 2026 on, with one step of 4 percent."""
    facts = {
        "title": f"Round {next(_numbers)}",
        "reason": "materials",
        "effective_on": date(2026, 9, 1),
    } | values
    row: PriceRound = PriceRound.objects.create(owner=owner, **facts)
    PriceRoundStep.objects.create(round=row, product=make_product(), percent=Decimal(4))
    return row


def make_round_account(*, found: PriceRound, account: Account, **values: Any) -> PriceRoundAccount:
    row: PriceRoundAccount = PriceRoundAccount.objects.create(
        round=found, account=account, **values
    )
    return row
