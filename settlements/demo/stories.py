"""Single events in the demo's ledger that no habit tells: too much paid, taken back, given up."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from settlements.analytics.instalments import Instalment
from settlements.choices import DocumentKind, Side
from settlements.demo.records import Book, Paper, Part, Payer

_BOUNCED = "SE03"
_REFUNDED = "FI05"
_OVERPAID = "HU02"
_PREPAID = "EE02"
_GIVEN_UP = "CN10"
_CHARGED = "RO05"


def tell(book: Book, papers: dict[Payer, list[Paper]], as_of: date) -> None:
    """Add the single events to what habits made."""
    payers = {payer.code: payer for payer in reversed(papers)}
    if _BOUNCED in payers:
        _bounce(book, payers[_BOUNCED], as_of)
    if _REFUNDED in payers:
        _refund(book, payers[_REFUNDED], as_of)
    for code, days, amount in ((_OVERPAID, 33, 185_000), (_PREPAID, 12, 4_200)):
        if code in payers:
            _pay_ahead(book, payers[code], as_of - timedelta(days=days), Decimal(amount))
    if _CHARGED in payers:
        _charge_interest(book, payers[_CHARGED], as_of - timedelta(days=75))
    _give_up(book, papers, as_of)


def _bounce(book: Book, payer: Payer, as_of: date) -> None:
    """Let the bank take the last receipt before this month's back, six days after it came."""
    before = as_of - timedelta(days=21)
    receipt = _last_receipt(book, payer, before)
    if receipt is None:
        return
    day = receipt.day + timedelta(days=6)
    standing = [match for match in book.matches if match.credit in receipt.parts]
    for match in standing:
        book.take_back(match, day)
    opposite = book.post(
        DocumentKind.RECEIPT,
        payer,
        day,
        [Instalment(receipt.total)],
        side=Side.DEBIT,
        about=[receipt],
        note="Returned by the bank",
        reverses=receipt,
    )
    book.match(opposite.parts[0], receipt.parts[0], receipt.total, day)


def _last_receipt(book: Book, payer: Payer, before: date) -> Paper | None:
    receipts = [
        paper
        for paper in book.papers
        if paper.payer is payer and paper.kind == DocumentKind.RECEIPT and paper.day < before
    ]
    return max(receipts, key=lambda paper: paper.day, default=None)


def _refund(book: Book, payer: Payer, as_of: date) -> None:
    """Pay back three weeks later what came twice."""
    first = _last_receipt(book, payer, as_of - timedelta(days=120))
    if first is None:
        return
    twice = book.post(
        DocumentKind.RECEIPT,
        payer,
        first.day + timedelta(days=1),
        [Instalment(first.total)],
        about=first.about,
        note="Paid twice",
    )
    day = twice.day + timedelta(days=21)
    refund = book.post(
        DocumentKind.REFUND, payer, day, [Instalment(first.total, day)], about=[twice]
    )
    book.match(refund.parts[0], twice.parts[0], first.total, day)


def _pay_ahead(book: Book, payer: Payer, day: date, amount: Decimal) -> None:
    book.post(DocumentKind.RECEIPT, payer, day, [Instalment(amount)], note="Payment on account")


def _charge_interest(book: Book, payer: Payer, day: date) -> None:
    book.post(
        DocumentKind.DEBIT_NOTE,
        payer,
        day,
        [Instalment(Decimal(640), day + timedelta(days=14))],
        note="Interest on late payment",
    )


def _give_up(book: Book, papers: dict[Payer, list[Paper]], as_of: date) -> None:
    """Write off what the last payer of a chain that closed never paid; of the others we hope."""
    day = as_of - timedelta(days=40)
    closed = [billed for payer, billed in papers.items() if payer.code == _GIVEN_UP]
    for paper in closed[-1] if closed else []:
        for part in paper.parts:
            if _is_lost(part, day):
                lost = book.post(
                    DocumentKind.WRITE_OFF,
                    paper.payer,
                    day,
                    [Instalment(part.open)],
                    account_id=paper.account_id,
                    side=Side.CREDIT,
                    about=[paper],
                    note="The customer has closed",
                )
                book.match(part, lost.parts[0], part.open, day)


def _is_lost(part: Part, day: date) -> bool:
    due = part.due_on
    return due is not None and part.open > 0 and due < day - timedelta(days=60)
