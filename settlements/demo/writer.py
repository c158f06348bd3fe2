"""The demo's ledger goes into the database by COPY, past the same triggers as everything else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection

from settlements.demo.records import Book, Match, Paper
from settlements.models import Allocation, Document, LedgerItem
from settlements.services.posting import PREFIXES

_NEXT = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
_DOCUMENT = """id, kind, number, selling_company_id, party_id, account_id, currency_id,
    document_date, posting_date, total, reference, note, corrects_id, reverses_id, source_id,
    source_key"""
_ITEM = """id, document_id, sequence, kind, selling_company_id, party_id, account_id, currency_id,
    side, amount, document_date, posting_date, due_date"""
_ALLOCATION = """id, debit_item_id, credit_item_id, party_id, currency_id, amount, effective_date,
    reversal_of_id, match_group"""
# What was written is looked at now, so that a mistake shows here; and known to the planner.
_SETTLE = """
SET CONSTRAINTS documents_complete IMMEDIATE;
SET CONSTRAINTS documents_complete DEFERRED;
ANALYZE settlements_document, settlements_ledgeritem, settlements_allocation
"""


def write(book: Book) -> None:
    """Number everything in order of its day, then write documents, items and allocations."""
    book.papers.sort(key=lambda paper: paper.day)
    book.matches.sort(key=lambda match: match.day)
    _number(book.papers)
    _give_ids(book)
    _copy(Document, _DOCUMENT, map(_document, book.papers))
    _copy(LedgerItem, _ITEM, _items(book.papers))
    _copy(Allocation, _ALLOCATION, map(_allocation, book.matches))
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE)


def _number(papers: Sequence[Paper]) -> None:
    """Number by company, kind and year; a reversal has the number that it reverses with /R."""
    counters: Counter[str] = Counter()
    for paper in papers:
        if paper.reverses is not None:
            paper.number = f"{paper.reverses.number}/R"
            continue
        country = paper.payer.company.rpartition("-")[2]
        series = f"{PREFIXES[paper.kind]}-{country}-{paper.day:%y}"
        counters[series] += 1
        paper.number = f"{series}{counters[series]:05}"


def _give_ids(book: Book) -> None:
    parts = [part for paper in book.papers for part in paper.parts]
    rows: tuple[tuple[type, Sequence[Any]], ...] = (
        (Document, book.papers),
        (LedgerItem, parts),
        (Allocation, book.matches),
    )
    for model, made in rows:
        for one, row_id in zip(made, _next_ids(model, len(made)), strict=True):
            one.id = row_id


def _next_ids(model: Any, count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [model._meta.db_table, count])
        return [row_id for (row_id,) in cursor.fetchall()]


def _copy(model: Any, columns: str, rows: Iterable[tuple[object, ...]]) -> None:
    statement = f"COPY {model._meta.db_table} ({columns}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _document(paper: Paper) -> tuple[object, ...]:
    payer = paper.payer
    return (
        paper.id,
        paper.kind.value,
        paper.number,
        payer.company_id,
        payer.party_id,
        paper.account_id,
        payer.currency,
        paper.day,
        paper.day,
        paper.total,
        _reference(paper),
        paper.note,
        paper.corrects.id if paper.corrects else None,
        paper.reverses.id if paper.reverses else None,
        payer.source_id,
        paper.number,
    )


def _reference(paper: Paper) -> str:
    """Return the numbers that a document names, as many as there is room for."""
    numbers = [about.number for about in paper.about]
    if paper.is_garbled:
        numbers = [_misread(number) for number in numbers]
    while len(", ".join(numbers)) > 140:
        numbers.pop()
    return ", ".join(numbers)


def _misread(number: str) -> str:
    """Return a number as somebody typed it who left out the series and swapped two digits."""
    tail = number[-5:]
    return f"{tail[:-2]}{tail[-1]}{tail[-2]}"


def _items(papers: Iterable[Paper]) -> Iterator[tuple[object, ...]]:
    for paper in papers:
        payer = paper.payer
        for part in paper.parts:
            yield (
                part.id,
                paper.id,
                part.sequence,
                paper.kind.value,
                payer.company_id,
                payer.party_id,
                paper.account_id,
                payer.currency,
                paper.side.value,
                part.amount,
                paper.day,
                paper.day,
                part.due_on,
            )


def _allocation(match: Match) -> tuple[object, ...]:
    payer = match.debit.paper.payer
    return (
        match.id,
        match.debit.id,
        match.credit.id,
        payer.party_id,
        payer.currency,
        match.amount,
        match.day,
        match.reversal_of.id if match.reversal_of else None,
        match.group,
    )
