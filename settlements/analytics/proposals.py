"""Which open debits a credit should pay: by what it says it pays, else the oldest due first."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

ZERO = Decimal(0)
MIN_KEY = 4
"""Shorter numbers are found in any text by chance."""


@dataclass(frozen=True, slots=True)
class OpenDebit:
    """A debit with something open: `names` are its number and references."""

    item_id: int
    open_amount: Decimal
    due_date: date | None
    document_date: date
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """So much of the credit for this debit, and why: `reference`, `amount` or `oldest`."""

    item_id: int
    amount: Decimal
    reason: str


def propose(available: Decimal, debits: Iterable[OpenDebit], *, text: str = "") -> list[Share]:
    """Propose how an amount is set against open debits; the sum never exceeds either side.

    First debits whose number or reference stands in the text, oldest due first. What is then
    left goes to one debit of exactly that open amount if there is only one, else to the oldest
    due first; debits without a due date come last, and ties go by document date and id.
    """
    ordered = sorted(debits, key=_age)
    named = [debit for debit in ordered if is_named(debit.names, text)]
    shares, left = _take(available, named, "reference")
    rest = [debit for debit in ordered if debit not in named]
    same = [debit for debit in rest if debit.open_amount == left]
    if len(same) == 1:
        return shares + _take(left, same, "amount")[0]
    return shares + _take(left, rest, "oldest")[0]


def is_named(names: Iterable[str], text: str) -> bool:
    """Tell whether one of the names stands in the text, whatever its separators and zeros."""
    words = [key_of(word) for word in re.split(r"[\s,;:|+]+", text)]
    whole = {*words, key_of(text)} - {""}
    return any(key_of(name) in whole for name in names if len(key_of(name)) >= MIN_KEY)


def key_of(name: str) -> str:
    """Return a document number as it is compared: no case, separators or leading zeros."""
    plain = unicodedata.normalize("NFKC", name).upper()
    return re.sub(r"[^0-9A-Z\u0080-\U0010ffff]", "", plain).lstrip("0")


def _age(debit: OpenDebit) -> tuple[bool, date, date, int]:
    due = debit.due_date or date.max
    return debit.due_date is None, due, debit.document_date, debit.item_id


def _take(
    available: Decimal, debits: Sequence[OpenDebit], reason: str
) -> tuple[list[Share], Decimal]:
    shares = []
    for debit in debits:
        amount = min(available, debit.open_amount)
        if amount > 0:
            shares.append(Share(debit.item_id, amount, reason))
            available -= amount
    return shares, available
