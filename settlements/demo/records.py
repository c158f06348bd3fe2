"""What the demo's ledger is made of before it goes into the database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import NAMESPACE_OID, UUID, uuid5

from settlements.analytics.instalments import Instalment
from settlements.choices import SIDES, DocumentKind, Side

ZERO = Decimal(0)


@dataclass(slots=True, kw_only=True, eq=False)
class Payer:
    """A party with the company that sells to it; `code` is its chain."""

    key: str
    code: str
    party_id: int
    company_id: int
    company: str
    source_id: int
    currency: str
    places: int


@dataclass(slots=True, eq=False)
class Part:
    """An instalment, with what has been allocated to it so far."""

    paper: Paper
    sequence: int
    amount: Decimal
    due_on: date | None
    taken: Decimal = ZERO
    id: int = 0

    @property
    def open(self) -> Decimal:
        return self.amount - self.taken


@dataclass(slots=True, kw_only=True, eq=False)
class Paper:
    """A document. `about` are the documents that its reference names, wrongly if `is_garbled`."""

    kind: DocumentKind
    payer: Payer
    account_id: int
    day: date
    side: Side
    parts: list[Part] = field(default_factory=list)
    about: list[Paper] = field(default_factory=list)
    is_garbled: bool = False
    note: str = ""
    corrects: Paper | None = None
    reverses: Paper | None = None
    number: str = ""
    id: int = 0

    @property
    def total(self) -> Decimal:
        return sum((part.amount for part in self.parts), ZERO)


@dataclass(slots=True, eq=False)
class Match:
    """An allocation, or what takes one back."""

    debit: Part
    credit: Part
    amount: Decimal
    day: date
    group: UUID
    reversal_of: Match | None = None
    id: int = 0


@dataclass(slots=True)
class Book:
    """Everything posted and allocated, in the order of its making."""

    papers: list[Paper] = field(default_factory=list)
    matches: list[Match] = field(default_factory=list)

    def post(
        self,
        kind: DocumentKind,
        payer: Payer,
        day: date,
        instalments: Sequence[Instalment],
        *,
        account_id: int | None = None,
        side: Side | None = None,
        about: Iterable[Paper] = (),
        note: str = "",
        corrects: Paper | None = None,
        reverses: Paper | None = None,
    ) -> Paper:
        paper = Paper(
            kind=kind,
            payer=payer,
            account_id=account_id or payer.party_id,
            day=day,
            side=side or SIDES[kind],
            about=list(about),
            note=note,
            corrects=corrects,
            reverses=reverses,
        )
        paper.parts = [
            Part(paper, place, one.amount, one.due_date)
            for place, one in enumerate(instalments, start=1)
        ]
        self.papers.append(paper)
        return paper

    def match(self, debit: Part, credit: Part, amount: Decimal, day: date) -> Match:
        """Set a credit against a debit; what one day allocates of one credit is one act."""
        paper = credit.paper
        act = f"{paper.payer.key}/{paper.kind}/{paper.day}/{paper.total}/{day}"
        match = Match(debit, credit, amount, day, uuid5(NAMESPACE_OID, act))
        self._apply(match)
        return match

    def take_back(self, match: Match, day: date) -> None:
        self._apply(
            Match(match.debit, match.credit, -match.amount, day, match.group, reversal_of=match)
        )

    def _apply(self, match: Match) -> None:
        match.debit.taken += match.amount
        match.credit.taken += match.amount
        self.matches.append(match)
