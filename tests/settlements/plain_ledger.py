"""The ledger as plain Python: lists, no database, every rule by looking at every date."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

ZERO = Decimal(0)


@dataclass
class PlainItem:
    """An item; `step` counts the acts of the ledger, as the clock of what was known when."""

    party: str
    currency: str
    kind: str
    side: int
    amount: Decimal
    posting_date: date
    due_date: date | None
    document: int
    step: int


@dataclass
class PlainAllocation:
    """An allocation, or with a negative amount the reversal of one."""

    debit: int
    credit: int
    amount: Decimal
    effective_date: date
    step: int
    reversal_of: int | None = None
    reversed: bool = False


@dataclass
class PlainLedger:
    """What was posted, in the order of the acts; ids are places in the lists."""

    items: list[PlainItem] = field(default_factory=list)
    allocations: list[PlainAllocation] = field(default_factory=list)
    documents: int = 0
    reversed_documents: set[int] = field(default_factory=set)
    closed: set[tuple[int, int]] = field(default_factory=set)
    step: int = 0

    def is_closed(self, day: date) -> bool:
        return (day.year, day.month) in self.closed

    def post(
        self,
        *,
        party: str,
        currency: str,
        kind: str,
        side: int,
        amounts: list[Decimal],
        due: list[date | None],
        day: date,
    ) -> bool:
        """Post a document; tell whether the ledger takes it."""
        if self.is_closed(day):
            return False
        self.step += 1
        for amount, due_date in zip(amounts, due, strict=True):
            item = PlainItem(
                party, currency, kind, side, amount, day, due_date, self.documents, self.step
            )
            self.items.append(item)
        self.documents += 1
        return True

    def allocate(self, debit: int, credit: int, amount: Decimal, day: date) -> bool:
        """Set a credit against a debit; tell whether the ledger takes it."""
        one, other = self.items[debit], self.items[credit]
        fits = (
            (one.side, other.side) == (1, -1)
            and (one.party, one.currency) == (other.party, other.currency)
            and day >= max(one.posting_date, other.posting_date)
            and not self.is_closed(day)
        )
        row = PlainAllocation(debit, credit, amount, day, self.step + 1)
        if not fits or not self._holds(row, debit) or not self._holds(row, credit):
            return False
        self.step += 1
        self.allocations.append(row)
        return True

    def reverse(self, place: int, day: date) -> bool:
        """Take an allocation back; tell whether the ledger allows it."""
        row = self.allocations[place]
        if row.reversed or row.amount < 0 or day < row.effective_date or self.is_closed(day):
            return False
        self.step += 1
        self._mirror(place, day)
        return True

    def reverse_document(self, document: int, day: date, months: list[date]) -> date | None:
        """Take a document back; return the day it lands on, None where it is refused."""
        places = [p for p, item in enumerate(self.items) if item.document == document]
        if document in self.reversed_documents:
            return None
        touching = [a for a in self.allocations if {a.debit, a.credit} & set(places)]
        posted = self.items[places[0]].posting_date
        day = max([day, posted, *(a.effective_date for a in touching)])
        while self.is_closed(day):
            day = next(month for month in months if month > day)
        self.step += 1
        for place, row in enumerate(self.allocations):
            if {row.debit, row.credit} & set(places) and row.amount > 0 and not row.reversed:
                self._mirror(place, day)
        self.reversed_documents |= {document, self.documents}
        for place in places:
            item = self.items[place]
            against = len(self.items)
            self.items.append(
                PlainItem(
                    item.party,
                    item.currency,
                    item.kind,
                    -item.side,
                    item.amount,
                    day,
                    None,
                    self.documents,
                    self.step,
                )
            )
            debit, credit = (place, against) if item.side == 1 else (against, place)
            row = PlainAllocation(debit, credit, item.amount, day, self.step)
            self.allocations.append(row)
        self.documents += 1
        return day

    def _mirror(self, place: int, day: date) -> None:
        row = self.allocations[place]
        row.reversed = True
        back = PlainAllocation(row.debit, row.credit, -row.amount, day, self.step, place)
        self.allocations.append(back)

    def _holds(self, more: PlainAllocation, item: int) -> bool:
        """Whether the item's running sum stays within its amount on every date with one more."""
        rows = [a for a in [*self.allocations, more] if item in {a.debit, a.credit}]
        return all(
            ZERO
            <= sum(r.amount for r in rows if r.effective_date <= day)
            <= self.items[item].amount
            for day in {row.effective_date for row in rows}
        )

    def open_items(self, as_of: date, step: int) -> dict[int, Decimal]:
        """What is open on a date, as known after so many acts."""
        found = {}
        for place, item in enumerate(self.items):
            if item.posting_date <= as_of and item.step <= step:
                taken = sum(
                    a.amount
                    for a in self.allocations
                    if place in {a.debit, a.credit} and a.effective_date <= as_of and a.step <= step
                )
                if item.amount > taken:
                    found[place] = item.amount - taken
        return found

    def balance(self, party: str, currency: str, as_of: date, step: int) -> Decimal:
        """The signed sum of all items: what customers owe less what is in their favour."""
        return sum(
            (
                item.side * item.amount
                for item in self.items
                if (item.party, item.currency) == (party, currency)
                and item.posting_date <= as_of
                and item.step <= step
            ),
            ZERO,
        )
