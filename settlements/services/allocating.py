"""Setting credits against debits, and taking it back, under row locks in the order of ids."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kam.core.locks import lock_names
from kam.core.problems import RefusedError, explained
from kam.identity.models import User
from settlements.analytics.proposals import Share, propose
from settlements.choices import Side
from settlements.models import Allocation, LedgerItem
from settlements.selectors.ledger import is_closed, open_debits
from settlements.services.posting import decimals_of, wrong_with
from settlements.services.problems import (
    AmountError,
    ClosedPeriodError,
    EffectiveDateError,
    KeyReusedError,
    MismatchError,
    OverAllocatedError,
    PartyError,
    ReversalError,
)


@dataclass(frozen=True, slots=True)
class Match:
    """An amount of a credit item that pays a debit item."""

    debit_item_id: int
    credit_item_id: int
    amount: Decimal


@explained()
@transaction.atomic
def allocate(
    *,
    matches: Sequence[Match],
    effective_date: date | None = None,
    created_by: User | None = None,
    note: str = "",
    idempotency_key: str | None = None,
) -> list[Allocation]:
    """Set credits against debits, all or nothing; one act, many items on either side.

    Without an effective date each takes effect when both its items are posted. The same
    `idempotency_key` gives the allocations it gave before. Raises a RefusedError of
    `services.problems`: another payer or currency, more than is open today or was on any date
    from then on, a date before a posting date or in a closed period.
    """
    if standing := _replayed(idempotency_key):
        return _same(standing, matches)
    items = lock_items({i for m in matches for i in (m.debit_item_id, m.credit_item_id)})
    act = _Act(items, effective_date)
    rows = [act.placed(place, match) for place, match in enumerate(matches)]
    _check_ceilings(matches, items)
    group = uuid.uuid4()
    for place, row in enumerate(rows):
        row.match_group, row.created_by, row.note = group, created_by, note
        row.idempotency_key = idempotency_key if place == 0 else None
    return Allocation.objects.bulk_create(rows)


def propose_allocation(*, credit_item: LedgerItem, text: str = "") -> list[Share]:
    """Propose what a credit pays: items that the text or the document's reference names, then
    the one of exactly this amount, then the oldest due first. Nothing is written."""
    debits = open_debits(
        party_id=credit_item.party_id,
        currency=credit_item.currency_id,
        selling_company_id=credit_item.selling_company_id,
    )
    says = " ".join(part for part in (text, credit_item.document.reference) if part)
    return propose(credit_item.open_amount_now, debits, text=says)


@explained()
@transaction.atomic
def reverse_allocation(
    *,
    allocation: Allocation,
    effective_date: date,
    created_by: User | None = None,
    note: str = "",
    idempotency_key: str | None = None,
) -> Allocation:
    """Take an allocation back from a date on; what was before that date stays as it was.

    Raises ReversalError where it is reversed already or is a reversal, EffectiveDateError before
    the allocation's own date, ClosedPeriodError in a closed period.
    """
    if standing := _replayed(idempotency_key):
        if standing[0].reversal_of_id != allocation.pk:
            raise KeyReusedError
        return standing[0]
    items = lock_items({allocation.debit_item_id, allocation.credit_item_id})
    if is_closed(items[allocation.debit_item_id].selling_company_id, effective_date):
        raise ClosedPeriodError(field="effective_date")
    (row,) = reverse_rows([allocation], effective_date, created_by, note)
    row.idempotency_key = idempotency_key
    row.save(force_insert=True)
    return row


def reverse_rows(
    allocations: Sequence[Allocation], effective_date: date, created_by: User | None, note: str
) -> list[Allocation]:
    """The rows, not saved yet, that mirror allocations whose items the caller has locked."""
    ids = [allocation.pk for allocation in allocations]
    reversed_already = Allocation.objects.filter(reversal_of__in=ids).exists()
    if reversed_already or any(a.reversal_of_id is not None for a in allocations):
        raise ReversalError
    if any(effective_date < allocation.effective_date for allocation in allocations):
        raise EffectiveDateError(_("A reversal cannot be before what it takes back."))
    return [
        Allocation(
            debit_item_id=allocation.debit_item_id,
            credit_item_id=allocation.credit_item_id,
            party_id=allocation.party_id,
            currency_id=allocation.currency_id,
            amount=-allocation.amount,
            effective_date=effective_date,
            reversal_of=allocation,
            match_group=allocation.match_group,
            created_by=created_by,
            note=note,
        )
        for allocation in allocations
    ]


def lock_items(ids: Collection[int]) -> dict[int, LedgerItem]:
    """Lock items in the order of their ids and return them; raise MismatchError if one is not."""
    locked = LedgerItem.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True)
    items = {item.pk: item for item in locked}
    if len(items) < len(set(ids)):
        raise MismatchError(_("There is no such item."))
    return items


class _Act:
    """What one act of allocating has looked up: each currency and each day once."""

    def __init__(self, items: dict[int, LedgerItem], effective_date: date | None) -> None:
        self.items, self.effective_date = items, effective_date
        self.is_closed, self.decimals_of = cache(is_closed), cache(decimals_of)

    def placed(self, place: int, match: Match) -> Allocation:
        """Return the row of a match; a refusal says which of the matches it is about."""
        try:
            return self.row(match)
        except RefusedError as refusal:
            raise refusal.at("matches", place) from None

    def row(self, match: Match) -> Allocation:
        """Return the row of a match, or raise why there can be none."""
        debit, credit = self.items[match.debit_item_id], self.items[match.credit_item_id]
        earliest = max(debit.posting_date, credit.posting_date)
        day = self.effective_date or earliest
        _check_pair(debit, credit)
        currency = debit.currency_id
        if words := wrong_with(match.amount, currency, self.decimals_of(currency)):
            raise AmountError(words)
        if day < earliest:
            raise EffectiveDateError
        if self.is_closed(debit.selling_company_id, day):
            raise ClosedPeriodError(field="effective_date")
        return Allocation(
            debit_item=debit,
            credit_item=credit,
            party_id=debit.party_id,
            currency_id=debit.currency_id,
            amount=match.amount,
            effective_date=day,
        )


def _check_pair(debit: LedgerItem, credit: LedgerItem) -> None:
    if (debit.side, credit.side) != (Side.DEBIT, Side.CREDIT):
        raise MismatchError
    if debit.party_id != credit.party_id:
        raise PartyError(field="items")
    if debit.currency_id != credit.currency_id:
        raise MismatchError(_("Both items must be in the same currency."))
    if debit.selling_company_id != credit.selling_company_id:
        raise MismatchError(_("Both items must be of the same selling company."))


def _check_ceilings(matches: Sequence[Match], items: dict[int, LedgerItem]) -> None:
    """Past dates are checked by the database, where reversals have made the sum fall."""
    wanted: dict[int, Decimal] = {}
    for place, match in enumerate(matches):
        for item_id in (match.debit_item_id, match.credit_item_id):
            amount = wanted[item_id] = wanted.get(item_id, Decimal(0)) + match.amount
            if amount > items[item_id].open_amount_now:
                words = str(_("%(amount)s is more than the %(open)s that is open."))
                details = {"amount": amount, "open": items[item_id].open_amount_now}
                raise OverAllocatedError(words % details).at("matches", place)


def _replayed(key: str | None) -> list[Allocation]:
    if not key:
        return []
    lock_names(f"ledger:{key}")
    first = Allocation.objects.filter(idempotency_key=key).first()
    if first is None:
        return []
    if first.reversal_of_id is not None:
        return [first]
    whole = Allocation.objects.filter(match_group=first.match_group, reversal_of__isnull=True)
    return list(whole.order_by("pk"))


def _same(standing: list[Allocation], matches: Sequence[Match]) -> list[Allocation]:
    made = sorted((a.debit_item_id, a.credit_item_id, a.amount) for a in standing)
    asked = sorted((m.debit_item_id, m.credit_item_id, m.amount) for m in matches)
    if made != asked:
        raise KeyReusedError
    return standing
