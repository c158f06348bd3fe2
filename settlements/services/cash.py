"""Money that comes and goes: receipts, refunds, and what is given up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Unpack

from django.db import transaction

from accounts.models import Account
from kam.core.models import SellingCompany
from kam.core.problems import explained
from settlements.analytics.instalments import Instalment
from settlements.choices import DocumentKind, Side
from settlements.models import Document, LedgerItem
from settlements.services.allocating import Match, allocate
from settlements.services.posting import Facts, post_document, replayed
from settlements.services.problems import KeyReusedError, MismatchError


@dataclass(frozen=True, slots=True)
class Applied:
    """So much of a receipt or credit note for this debit item."""

    item_id: int
    amount: Decimal


@explained()
@transaction.atomic
def post_receipt(
    *,
    selling_company: SellingCompany,
    account: Account,
    currency: str,
    amount: Decimal,
    received_on: date,
    applied: Sequence[Applied] = (),
    **facts: Unpack[Facts],
) -> Document:
    """Post a payment and set it against the items it pays, all or nothing.

    What is not applied stays in sight as unapplied cash. Raises a RefusedError of
    `services.problems`; see `post_document` and `allocate`.
    """
    if standing := replayed(facts.get("idempotency_key")):
        if (standing.kind, standing.total) != (DocumentKind.RECEIPT, amount):
            raise KeyReusedError
        return standing
    receipt = post_document(
        kind=DocumentKind.RECEIPT,
        selling_company=selling_company,
        account=account,
        currency=currency,
        document_date=received_on,
        instalments=[Instalment(amount)],
        **facts,
    )
    apply_credit(document=receipt, applied=applied)
    return receipt


def apply_credit(
    *, document: Document, applied: Sequence[Applied], effective_date: date | None = None
) -> None:
    """Set a receipt or credit note against debit items."""
    credit = document.items.get()
    matches = [Match(part.item_id, credit.pk, part.amount) for part in applied]
    if matches:
        allocate(matches=matches, effective_date=effective_date, created_by=document.created_by)


@explained()
@transaction.atomic
def refund(
    *,
    credit_item: LedgerItem,
    amount: Decimal,
    refunded_on: date,
    **facts: Unpack[Facts],
) -> Document:
    """Pay back what is open of a receipt or credit note: a debit that takes it up."""
    if credit_item.side != Side.CREDIT:
        raise MismatchError
    return _settle(DocumentKind.REFUND, credit_item, amount, refunded_on, facts)


@explained()
@transaction.atomic
def write_off(
    *,
    item: LedgerItem,
    amount: Decimal,
    written_off_on: date,
    **facts: Unpack[Facts],
) -> Document:
    """Give up what is open of an item, on either side; say why in `note`."""
    return _settle(DocumentKind.WRITE_OFF, item, amount, written_off_on, facts)


def _settle(
    kind: DocumentKind, item: LedgerItem, amount: Decimal, day: date, facts: Facts
) -> Document:
    """Post a document opposite to the item and set the two against each other."""
    if standing := replayed(facts.get("idempotency_key")):
        if (standing.kind, standing.total) != (kind, amount):
            raise KeyReusedError
        return standing
    facts.setdefault("party", item.party)
    document = post_document(
        kind=kind,
        selling_company=item.selling_company,
        account=item.account,
        currency=item.currency_id,
        document_date=day,
        instalments=[Instalment(amount)],
        side=Side(-item.side),
        **facts,
    )
    allocate(
        matches=[match_of(item, document.items.get(), amount)],
        created_by=document.created_by,
    )
    return document


def match_of(one: LedgerItem, other: LedgerItem, amount: Decimal) -> Match:
    """Set two items of opposite sides against each other, whichever is the debit."""
    debit, credit = (one, other) if one.side == Side.DEBIT else (other, one)
    return Match(debit.pk, credit.pk, amount)
