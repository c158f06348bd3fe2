"""Statement of account: what stood, what came, what stands, and how late it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from kam.core.dates import ONE_DAY, Period
from settlements.analytics.ageing import Bands
from settlements.selectors.ageing import AgeingQuery, AgeingRow, ageing, conditions_of
from settlements.selectors.ageing import filter_parameters as _filters

ZERO = Decimal(0)

_OPENING = """
SELECT i.currency_id, sum(i.side * i.amount) FROM settlements_ledgeritem i
WHERE i.posting_date < %(start)s
  AND (%(known_at)s::timestamptz IS NULL OR i.recorded_at <= %(known_at)s::timestamptz) {also}
GROUP BY 1
"""
_LINES = """
SELECT d.id, d.kind, d.number, d.reference, d.posting_date, d.document_date, i.currency_id,
    i.side, sum(i.amount), min(i.due_date), max(i.due_date), d.reverses_id IS NOT NULL
FROM settlements_ledgeritem i JOIN settlements_document d ON d.id = i.document_id
WHERE i.posting_date >= %(start)s AND i.posting_date < %(end)s
  AND (%(known_at)s::timestamptz IS NULL OR i.recorded_at <= %(known_at)s::timestamptz) {also}
GROUP BY d.id, i.currency_id, i.side ORDER BY d.posting_date, d.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """One document: what it added to the balance (credits below zero), and the balance after it.

    `due_on` is the last due date where it has instalments, which `first_due_on` tells.
    """

    document_id: int
    kind: str
    number: str
    reference: str
    posting_date: date
    document_date: date
    first_due_on: date | None
    due_on: date | None
    amount: Decimal
    balance: Decimal
    is_reversal: bool

    @property
    def debit(self) -> Decimal | None:
        """What it added to what is owed."""
        return self.amount if self.amount > 0 else None

    @property
    def credit(self) -> Decimal | None:
        """What it took off, above zero."""
        return -self.amount if self.amount < 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrencyStatement:
    """A statement in one currency: closing is opening plus the lines, and the net of the ageing."""

    currency: str
    opening: Decimal
    lines: tuple[StatementLine, ...]
    closing: Decimal
    aged: AgeingRow | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Statements of a payer or account for a half-open period, currency by currency.

    The ageing is of the period's last day.
    """

    period: Period
    bands: Bands
    known_at: datetime | None
    currencies: tuple[CurrencyStatement, ...]


def statement(
    period: Period,
    *,
    party: int | None = None,
    account: int | None = None,
    leads: tuple[int, ...] | None = None,
    currency: str = "",
    bands: Bands | None = None,
    known_at: datetime | None = None,
) -> Statement:
    """Return the statement of account of a payer, or of an account with what is below it.

    Figures are in the documents' own currencies; `currency` shows one of them alone. As of the
    period's last day: what was posted or allocated later plays no part, nor what was recorded
    after `known_at`.
    """
    query = AgeingQuery(
        as_of=period.last_day,
        bands=bands or Bands(),
        party=party,
        account=account,
        leads=leads,
        known_at=known_at,
    )
    aged = {row.currency: row for row in _aged(query)}
    opening, lines = _read(query, period)
    codes = [currency] if currency else sorted({*opening, *lines, *aged})
    return Statement(
        period=period,
        bands=query.bands,
        known_at=known_at,
        currencies=tuple(
            _of_currency(code, opening.get(code, ZERO), lines.get(code, []), aged.get(code))
            for code in codes
        ),
    )


def _aged(query: AgeingQuery) -> tuple[AgeingRow, ...]:
    return ageing(query, limit=0, convert=False).by_currency


def _read(
    query: AgeingQuery, period: Period
) -> tuple[dict[str, Decimal], dict[str, list[tuple[Any, ...]]]]:
    parameters = {**_filters(query), "start": period.start, "end": period.last_day + ONE_DAY}
    also = conditions_of(query).replace("WHERE", "AND", 1)
    lines: dict[str, list[tuple[Any, ...]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_OPENING.format(also=also), parameters)
        opening = dict(cursor.fetchall())
        cursor.execute(_LINES.format(also=also), parameters)
        for row in cursor.fetchall():
            lines.setdefault(row[6], []).append(row)
    return opening, lines


def _of_currency(
    code: str, opening: Decimal, rows: list[tuple[Any, ...]], aged: AgeingRow | None
) -> CurrencyStatement:
    balance, lines = opening, []
    for row in rows:
        line = _line(row, balance)
        balance = line.balance
        lines.append(line)
    return CurrencyStatement(
        currency=code, opening=opening, lines=tuple(lines), closing=balance, aged=aged
    )


def _line(row: tuple[Any, ...], before: Decimal) -> StatementLine:
    key, kind, number, reference, posted, dated, _code, side, total, first, last, reverses = row
    amount = side * total
    return StatementLine(
        document_id=key,
        kind=kind,
        number=number,
        reference=reference,
        posting_date=posted,
        document_date=dated,
        first_due_on=first,
        due_on=last,
        amount=amount,
        balance=before + amount,
        is_reversal=reverses,
    )
