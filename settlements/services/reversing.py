"""Taking back a posted document: nothing is deleted, an opposite document meets it."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kam.core.problems import explained
from kam.identity.models import User
from settlements.analytics.instalments import Instalment
from settlements.choices import DocumentKind, Side
from settlements.models import Allocation, Document, LedgerItem, StatementDocument
from settlements.querysets import AllocationQuerySet
from settlements.selectors.ledger import first_open_day
from settlements.services.allocating import allocate, lock_items, reverse_rows
from settlements.services.cash import match_of
from settlements.services.posting import post_document, replayed
from settlements.services.problems import (
    ClosedPeriodError,
    KeyReusedError,
    OfStatementError,
    ReversalError,
)

SUFFIX = "/R"


@explained()
@transaction.atomic
def reverse_document(
    *,
    document: Document,
    reversed_on: date,
    note: str = "",
    created_by: User | None = None,
    idempotency_key: str | None = None,
    with_statement: bool = False,
) -> Document:
    """Take a document back: its allocations are reversed and an opposite document meets it.

    Lands on `reversed_on` or the first day after it that the ledger allows: not before the
    document, not before any allocation of its items took or lost effect, in an open period. What
    the receipt of a reversed document paid is open again from then on. Returns the reversal,
    whose number is the document's with "/R". Raises ReversalError where it is reversed already
    or is a reversal, ClosedPeriodError where no period is open after the date, OfStatementError
    where a settlement statement posted it that is not taken back with it (`with_statement`).
    """
    if standing := replayed(idempotency_key):
        if standing.reverses_id != document.pk:
            raise KeyReusedError
        return standing
    items = _locked_items(document)
    if document.reverses_id is not None or document.reversed_by.exists():
        raise ReversalError
    if not with_statement and StatementDocument.objects.filter(document=document).exists():
        raise OfStatementError
    day = _landing_day(document, items, reversed_on)
    standing_ones = list(_allocations(items).standing().order_by("pk"))
    Allocation.objects.bulk_create(reverse_rows(standing_ones, day, created_by, note))
    reversal = _opposite(document, items, day, note, created_by, idempotency_key)
    pairs = zip(items, reversal.items.order_by("sequence"), strict=True)
    allocate(
        matches=[match_of(item, against, item.amount) for item, against in pairs],
        effective_date=day,
        created_by=created_by,
        note=note,
    )
    return reversal


def landing_day(*, document: Document, wanted: date) -> date:
    """Return the day on which a reversal asked for on a day would land, as `reverse_document` says.

    Raises ClosedPeriodError where no period is open after it.
    """
    return _landing_day(document, list(document.items.all()), wanted)


def _locked_items(document: Document) -> list[LedgerItem]:
    """The document's items, locked together with those they are allocated to, in id order.

    Where another allocation was made before the locks were held, they are given back and taken
    anew with its items: adding one out of order could lock two transactions out.
    """
    own = list(document.items.order_by("sequence"))
    wanted = _with_partners(own)
    while True:
        before = transaction.savepoint_create()
        locked = lock_items(wanted)
        found = _with_partners(own)
        if found <= wanted:
            transaction.savepoint_commit(before)
            return [locked[item.pk] for item in own]
        transaction.savepoint_rollback(before)
        wanted |= found


def _with_partners(items: list[LedgerItem]) -> set[int]:
    pairs = _allocations(items).standing().values_list("debit_item", "credit_item")
    return {item.pk for item in items} | {item_id for pair in pairs for item_id in pair}


def _allocations(items: list[LedgerItem]) -> AllocationQuerySet:
    ids = [item.pk for item in items]
    return Allocation.objects.filter(Q(debit_item__in=ids) | Q(credit_item__in=ids))


def _landing_day(document: Document, items: list[LedgerItem], wanted: date) -> date:
    dates = _allocations(items).values_list("effective_date", flat=True)
    earliest = max([wanted, document.posting_date, *dates])
    day = first_open_day(document.selling_company_id, earliest)
    if day is None:
        raise ClosedPeriodError(_("No period is open after this date."), field="reversed_on")
    return day


def _opposite(
    document: Document,
    items: list[LedgerItem],
    day: date,
    note: str,
    created_by: User | None,
    idempotency_key: str | None,
) -> Document:
    return post_document(
        kind=DocumentKind(document.kind),
        selling_company=document.selling_company,
        account=document.account,
        party=document.party,
        currency=document.currency_id,
        document_date=day,
        number=f"{document.number[: 60 - len(SUFFIX)]}{SUFFIX}",
        instalments=[Instalment(item.amount) for item in items],
        side=Side(-items[0].side),
        reverses=document,
        reference=document.number,
        note=note,
        created_by=created_by,
        idempotency_key=idempotency_key,
    )
