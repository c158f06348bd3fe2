"""The dated tree as plain Python, day by day: what the database must agree with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

FIRST = date(2024, 11, 5)
STEP = timedelta(days=37)  # bounds fall on different days of different months
LAST = 20
NUMBERS = range(-1, LAST + 2)  # with a day before and after every bound


def day(number: int) -> date:
    return FIRST + number * STEP


def period(lower: int | None, upper: int | None) -> DateRange:
    return DateRange(None if lower is None else day(lower), None if upper is None else day(upper))


@contextmanager
def rolled_back() -> Iterator[None]:
    """One example of a property test: nothing of it stays."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@dataclass
class NaiveTree:
    """Parents by account and day number; an account without an entry is a root that day."""

    accounts: int
    parents: dict[tuple[int, int], int] = field(default_factory=dict)

    def numbers(self, lower: int | None, upper: int | None) -> list[int]:
        return [
            number
            for number in NUMBERS
            if (lower is None or lower <= number) and (upper is None or number < upper)
        ]

    def overlaps(self, child: int, lower: int | None, upper: int | None) -> bool:
        return any((child, number) in self.parents for number in self.numbers(lower, upper))

    def closes_a_circle(
        self, child: int, parent: int, lower: int | None, upper: int | None
    ) -> bool:
        return any(child in self.path(parent, number) for number in self.numbers(lower, upper))

    def put(self, child: int, parent: int | None, lower: int | None, upper: int | None) -> None:
        for number in self.numbers(lower, upper):
            self.parents.pop((child, number), None)
            if parent is not None:
                self.parents[child, number] = parent

    def path(self, account: int, number: int) -> list[int]:
        """From the root down to the account."""
        above = [account]
        while (parent := self.parents.get((above[0], number))) is not None:
            above.insert(0, parent)
        return above


def number_of(booked_on: date) -> int:
    """The day number in force on a date."""
    return max(number for number in NUMBERS if number == -1 or day(number) <= booked_on)


def group_totals(
    tree: NaiveTree, entries: list[tuple[int | None, date, Decimal]]
) -> dict[tuple[int | None, date], Decimal]:
    """Net revenue by ultimate parent on the entry's date, and month."""
    sums: dict[tuple[int | None, date], Decimal] = defaultdict(Decimal)
    for account, booked_on, amount in entries:
        group = None if account is None else tree.path(account, number_of(booked_on))[0]
        sums[group, booked_on.replace(day=1)] += amount
    return dict(sums)
