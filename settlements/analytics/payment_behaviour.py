"""How an account paid, from its items alone: what the credit score and the advice on terms read.

Items are those due by the day. Open ones count at their current age, so that never paying never
looks better than paying late. Which window an item belongs to follows from its due date, which
never moves, not from the day it was paid.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from kam.core.exact import rounded

WINDOW_DAYS = 365
RECENT_DAYS = 91
SEVERE_DAYS = 90


@dataclass(frozen=True, slots=True)
class Paid:
    """An amount billed: the days of its document and due date, and when it was paid (or not)."""

    amount: Decimal
    billed_on: date
    due_on: date
    paid_on: date | None = None

    def is_open(self, as_of: date) -> bool:
        """Whether it was not paid by the day."""
        return self.paid_on is None or self.paid_on > as_of

    def days_late(self, as_of: date) -> int:
        """Return days after the due date, of open ones until now; below zero: paid early."""
        end = as_of if self.paid_on is None else min(self.paid_on, as_of)
        return (end - self.due_on).days


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """Payment behaviour; None where no item says anything.

    `dbt` are amount-weighted days beyond terms over the window (open ones at their current age,
    of whatever year), `dbt_recent` over what fell due in the last three months with everything
    still open and overdue. `on_time` is the share of value paid within term and grace. `worst`
    is the highest days late × share of value. `severe_share` is the share of the open
    balance, due or not, that is more than 90 days past due.
    """

    dbt: Decimal | None
    dbt_recent: Decimal | None
    on_time: Decimal | None
    worst: Decimal | None
    severe_share: Decimal | None
    paid_items: int
    history_days: int | None


def behaviour(items: Iterable[Paid], *, as_of: date, grace_days: int = 0) -> Behaviour:
    """Return the payment behaviour on a day, from items with amounts above zero.

    Included: items due in the last 365 days, and older ones still open. Excluded: items not yet
    due (they only count in the balance), credits and payments. An open item counts as paid in
    time until its grace is over.
    """
    rows = [one for one in items if one.amount > 0 and one.billed_on <= as_of]
    due = [one for one in rows if one.due_on <= as_of]
    start = as_of - timedelta(days=WINDOW_DAYS)
    counted = [one for one in due if one.due_on > start or one.is_open(as_of)]
    billed = min((one.billed_on for one in rows), default=None)
    return Behaviour(
        dbt=_weighted(counted, as_of),
        dbt_recent=_recent(counted, as_of),
        on_time=_on_time(counted, as_of, grace_days),
        worst=_worst(counted, as_of),
        severe_share=_severe(rows, as_of),
        paid_items=sum(not one.is_open(as_of) for one in rows),
        history_days=None if billed is None else (as_of - billed).days,
    )


def _share(part: Iterable[Paid], whole: Sequence[Paid]) -> Decimal | None:
    total = sum((Fraction(one.amount) for one in whole), Fraction(0))
    if not total:
        return None
    return rounded(sum((Fraction(one.amount) for one in part), Fraction(0)) / total)


def _weighted(rows: Sequence[Paid], as_of: date) -> Decimal | None:
    whole = sum((Fraction(one.amount) for one in rows), Fraction(0))
    if not whole:
        return None
    days = sum((Fraction(one.amount) * one.days_late(as_of) for one in rows), Fraction(0))
    return rounded(days / whole)


def _recent(rows: Sequence[Paid], as_of: date) -> Decimal | None:
    start = as_of - timedelta(days=RECENT_DAYS)
    return _weighted([one for one in rows if one.due_on > start or one.is_open(as_of)], as_of)


def _on_time(rows: Sequence[Paid], as_of: date, grace_days: int) -> Decimal | None:
    return _share((one for one in rows if one.days_late(as_of) <= grace_days), rows)


def _worst(rows: Sequence[Paid], as_of: date) -> Decimal | None:
    whole = sum((Fraction(one.amount) for one in rows), Fraction(0))
    if not whole:
        return None
    late = (Fraction(one.amount) * max(one.days_late(as_of), 0) for one in rows)
    return rounded(max(late) / whole)


def _severe(rows: Sequence[Paid], as_of: date) -> Decimal | None:
    """Of a balance of nothing, nothing is severe: only an account without items is unknown."""
    balance = [one for one in rows if one.is_open(as_of)]
    if rows and not balance:
        return Decimal(0)
    return _share((one for one in balance if one.days_late(as_of) > SEVERE_DAYS), balance)
