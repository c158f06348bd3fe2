"""One document of the ledger: its instalments, what settled them, and its history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from django.db.models import Q

from kam.identity.models import User
from settlements.choices import Side
from settlements.models import Allocation, Document, LedgerItem
from settlements.selectors.items import visible_documents

ZERO = Decimal(0)


class Standing(StrEnum):
    """Where a document stands, derived from its allocations of all dates."""

    OPEN = "open"
    PARTIAL = "partial"
    SETTLED = "settled"
    REVERSED = "reversed"
    REVERSAL = "reversal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """An allocation as one of its documents sees it.

    `other` is the document on the other side, or None where the user may not see it. `reversal`
    is the row that took it back. `is_reversing` tells that it sets a document against its own
    reversal, which stays.
    """

    allocation: Allocation
    item: LedgerItem
    other: Document | None
    reversal: Allocation | None
    is_reversing: bool


class EventKind(StrEnum):
    """What happened to a document."""

    POSTED = "posted"
    REVERSED = "reversed"
    ALLOCATED = "allocated"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An append-only row of the ledger: when it was recorded, by whom, and when it takes effect."""

    kind: EventKind
    at: datetime
    effective_on: date
    who: User | None
    amount: Decimal
    note: str = ""
    other: Document | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRead:
    """All that a document's page shows. Open amounts are after allocations of every date."""

    document: Document
    items: tuple[LedgerItem, ...]
    settlements: tuple[Settlement, ...]
    reversed_by: Document | None
    corrected_by: tuple[Document, ...]
    events: tuple[Event, ...]

    @property
    def open(self) -> Decimal:
        """What no allocation of any date has taken, over all instalments."""
        return sum((item.open_amount_now for item in self.items), ZERO)

    @property
    def is_credit(self) -> bool:
        """Whether it speaks for the customer."""
        return any(item.side == Side.CREDIT for item in self.items)

    @property
    def standing(self) -> Standing:
        """Where it stands."""
        if self.document.reverses_id is not None:
            return Standing.REVERSAL
        if self.reversed_by is not None:
            return Standing.REVERSED
        if self.open == ZERO:
            return Standing.SETTLED
        return Standing.OPEN if self.open == self.document.total else Standing.PARTIAL


RELATED = ("selling_company", "account", "party", "source", "batch", "created_by")


def read_document(document: Document, user: User) -> DocumentRead:
    """Return a document with what settled it, in a fixed number of statements."""
    items = tuple(document.items.order_by("sequence"))
    rows = allocations_of(items)
    others = {_other(row, document.pk).document_id for row in rows}
    seen = visible_documents(user, sorted(others))
    taken: dict[int | None, Allocation] = {
        row.reversal_of_id: row for row in rows if row.reversal_of_id is not None
    }
    reversal = document.reversed_by.select_related("created_by").first()
    settlements = tuple(
        _settlement(row, document, items, seen, taken) for row in rows if not row.reversal_of_id
    )
    return DocumentRead(
        document=document,
        items=items,
        settlements=settlements,
        reversed_by=reversal,
        corrected_by=tuple(document.corrected_by.visible_to(user).order_by("pk")),
        events=tuple(_events(document, rows, reversal, seen)),
    )


def allocations_of(items: Iterable[LedgerItem]) -> list[Allocation]:
    """Return all allocations and reversals of items, with the documents on both sides."""
    ids = [item.pk for item in items]
    rows = Allocation.objects.filter(Q(debit_item__in=ids) | Q(credit_item__in=ids))
    related = ("debit_item__document", "credit_item__document", "created_by")
    return list(rows.select_related(*related).order_by("effective_date", "pk"))


def _other(row: Allocation, document_id: int) -> LedgerItem:
    debit: LedgerItem = row.debit_item
    return row.credit_item if debit.document_id == document_id else debit


def _settlement(
    row: Allocation,
    document: Document,
    items: Sequence[LedgerItem],
    seen: set[int],
    taken: dict[int | None, Allocation],
) -> Settlement:
    other = _other(row, document.pk).document
    own = {row.debit_item_id, row.credit_item_id}
    return Settlement(
        allocation=row,
        item=next(item for item in items if item.pk in own),
        other=other if other.pk in seen else None,
        reversal=taken.get(row.pk),
        is_reversing=is_reversing(row),
    )


def is_reversing(row: Allocation) -> bool:
    """Tell whether an allocation sets a document against its own reversal."""
    debit, credit = row.debit_item.document, row.credit_item.document
    return debit.reverses_id == credit.pk or credit.reverses_id == debit.pk


def _events(
    document: Document, rows: Sequence[Allocation], reversal: Document | None, seen: set[int]
) -> list[Event]:
    """The rows that the ledger keeps about a document, the last recorded first."""
    found = [
        Event(
            kind=EventKind.POSTED,
            at=document.recorded_at,
            effective_on=document.posting_date,
            who=document.created_by,
            amount=document.total,
            note=document.note,
        )
    ]
    for row in rows:
        other = _other(row, document.pk).document
        found.append(
            Event(
                kind=EventKind.ALLOCATED if row.amount > 0 else EventKind.TAKEN_BACK,
                at=row.recorded_at,
                effective_on=row.effective_date,
                who=row.created_by,
                amount=abs(row.amount),
                note=row.note,
                other=other if other.pk in seen else None,
            )
        )
    if reversal is not None:
        found.append(
            Event(
                kind=EventKind.REVERSED,
                at=reversal.recorded_at,
                effective_on=reversal.posting_date,
                who=reversal.created_by,
                amount=reversal.total,
                note=reversal.note,
                other=reversal,
            )
        )
    return sorted(found, key=lambda event: event.at)[::-1]


def document_numbered(user: User, *, selling_company: int, number: str) -> Document | None:
    """Return the document of a selling company with this number that a user may see.

    Of several kinds with the same number the oldest.
    """
    rows = Document.objects.visible_to(user).filter(
        selling_company=selling_company, number=number.strip()
    )
    found: Document | None = rows.order_by("pk").first()
    return found


def posted_with(key: str) -> Document | None:
    """Return the document that an idempotency key stands for, whoever may see it."""
    return Document.objects.filter(idempotency_key=key).first()


def is_allocated_with(key: str) -> bool:
    """Tell whether an idempotency key stands for an allocation or its reversal."""
    return Allocation.objects.filter(idempotency_key=key).exists()
