"""The demo's customers pay: what they owe, when their habit says, and not always all of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from accounts.demo.calendar import Calendar
from accounts.demo.chance import Dice
from settlements.analytics.instalments import Instalment
from settlements.choices import DocumentKind
from settlements.demo.habits import Asked, Terms
from settlements.demo.invoices import first_day
from settlements.demo.records import ZERO, Book, Paper, Part, Payer

DISPUTE_TAKES = timedelta(days=68)
MISQUOTE_TAKES = timedelta(days=19)
_MISLAID = 0.025


@dataclass(slots=True)
class Cashier:
    """Posts one payer's receipts up to yesterday."""

    book: Book
    payer: Payer
    terms: Terms
    papers: list[Paper]
    as_of: date
    dice: Dice
    credits: list[Part] = field(default_factory=list)

    def run(self) -> None:
        self.credits = [
            part
            for paper in sorted(self.papers, key=lambda paper: paper.day)
            if paper.kind == DocumentKind.CREDIT_NOTE
            for part in paper.parts
        ]
        for day, parts in sorted(self._payments().items()):
            self._pay(day, parts)

    def _payments(self) -> dict[date, list[Part]]:
        """Put what is invoiced on the days of the payments that take it."""
        payments: dict[date, list[Part]] = defaultdict(list)
        start, calendar = first_day(self.as_of), Calendar(self.as_of)
        length = (self.as_of - start).days
        for paper in self.papers:
            if paper.kind == DocumentKind.INVOICE:
                progress = (paper.day - start).days / length
                for part in paper.parts:
                    asked = Asked(
                        invoiced_on=paper.day,
                        due_on=part.due_on,
                        progress=progress,
                        calendar=calendar,
                        dice=self.dice,
                    )
                    day = self._remembered(self.terms.pays_on(asked))
                    if day < self.as_of:
                        payments[day].append(part)
        return payments

    def _remembered(self, day: date) -> date:
        """Everybody mislays an invoice now and then, and pays it when asked for it."""
        is_lost = day < self.as_of and self.dice.happens(_MISLAID)
        return day + timedelta(days=self.dice.whole(25, 110)) if is_lost else day

    def _pay(self, day: date, parts: list[Part]) -> None:
        """Pay some items, less what is disputed of them and what stands to the payer's credit."""
        wanted = {part: part.open - self._withheld(part) for part in parts}
        wanted = self._deducted(wanted, day)
        amount = sum(wanted.values(), ZERO)
        if not amount:
            return
        receipt = self.book.post(
            DocumentKind.RECEIPT,
            self.payer,
            day,
            [Instalment(amount)],
            about=[part.paper for part in wanted],
        )
        if self._misquotes(day):
            receipt.is_garbled = True
            day += MISQUOTE_TAKES
        if day < self.as_of:
            for part, paid in wanted.items():
                self.book.match(part, receipt.parts[0], paid, day)
        for part in parts:
            self._concede(part, day)

    def _misquotes(self, day: date) -> bool:
        """Tell whether nobody knows yet what a payment is for; of the latest nobody does."""
        if self.terms.misquotes and day + MISQUOTE_TAKES >= self.as_of:
            return True
        return self.dice.happens(self.terms.misquotes)

    def _withheld(self, part: Part) -> Decimal:
        if not self.dice.happens(self.terms.disputes):
            return ZERO
        share = Decimal(repr(self.dice.between(0.04, 0.22)))
        return (part.open * share).quantize(Decimal(1).scaleb(-self.payer.places), ROUND_HALF_UP)

    def _concede(self, part: Part, day: date) -> None:
        """Credit some of what was withheld in a dispute, once it is settled."""
        settled = day + DISPUTE_TAKES
        if not self.terms.disputes or not part.open or settled >= self.as_of:
            return
        if self.dice.happens(0.75):
            note = self.book.post(
                DocumentKind.CREDIT_NOTE,
                self.payer,
                settled,
                [Instalment(part.open)],
                account_id=part.paper.account_id,
                about=[part.paper],
                corrects=part.paper,
                note="Quantity short, settled with the store",
            )
            self.book.match(part, note.parts[0], part.open, settled)

    def _deducted(self, wanted: dict[Part, Decimal], day: date) -> dict[Part, Decimal]:
        """Take off the credit notes of two weeks ago and before, oldest first."""
        left = dict(wanted)
        for credit in self._usable(day - timedelta(days=14)):
            for part, amount in left.items():
                taken = min(credit.open, amount)
                if taken > 0:
                    self.book.match(part, credit, taken, day)
                    left[part] = amount - taken
        return {part: amount for part, amount in left.items() if amount > 0}

    def _usable(self, day: date) -> Iterable[Part]:
        return [part for part in self.credits if part.open and part.paper.day <= day]
