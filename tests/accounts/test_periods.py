"""Dated rows: the arithmetic of half-open periods against sets of days."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import given
from hypothesis import strategies as st

from accounts.services import periods

FIRST = date(2026, 1, 1)
DAYS = range(-1, 9)  # -1 and 8 stand for the time before and after all bounds


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


@st.composite
def ranges(draw: st.DrawFn) -> DateRange:
    lower = draw(st.none() | st.integers(0, 7))
    upper = draw(st.none() | st.integers(0 if lower is None else lower + 1, 8))
    return DateRange(None if lower is None else day(lower), None if upper is None else day(upper))


def days_of(*pieces: DateRange) -> set[int]:
    return {
        number
        for number in DAYS
        for piece in pieces
        if (piece.lower is None or piece.lower <= day(number))
        and (piece.upper is None or day(number) < piece.upper)
    }


@given(ranges(), ranges())
def test_minus_leaves_exactly_the_days_not_cut(valid: DateRange, cut: DateRange) -> None:
    pieces = periods.minus(valid, cut)

    assert days_of(*pieces) == days_of(valid) - days_of(cut)
    assert sum(len(days_of(piece)) for piece in pieces) == len(days_of(*pieces))


@given(ranges(), st.lists(ranges(), max_size=4))
def test_minus_all_leaves_what_none_covers(valid: DateRange, cuts: list[DateRange]) -> None:
    pieces = periods.minus_all(valid, cuts)

    assert days_of(*pieces) == days_of(valid) - days_of(*cuts)
    assert sum(len(days_of(piece)) for piece in pieces) == len(days_of(*pieces))


@given(ranges(), ranges())
def test_intersection_holds_the_days_of_both(one: DateRange, other: DateRange) -> None:
    both = periods.intersection(one, other)

    assert (days_of(both) if both else set()) == days_of(one) & days_of(other)
    assert periods.overlaps(one, other) == bool(days_of(one) & days_of(other))
