"""Dated rows of which one is in force at a date: how a new period takes the place of others."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Model, QuerySet

ALWAYS = DateRange(None, None)


def since(start: date | None, end: date | None = None) -> DateRange:
    """Return the half-open period; a missing end is open. Equal ends would be empty."""
    return DateRange(start, end)


def minus(valid: DateRange, cut: DateRange) -> list[DateRange]:
    """Return what is left of a period, in order: nothing, one piece, or one on either side."""
    if not overlaps(valid, cut):
        return [valid]
    pieces = []
    if cut.lower is not None and (valid.lower is None or valid.lower < cut.lower):
        pieces.append(DateRange(valid.lower, cut.lower))
    if cut.upper is not None and (valid.upper is None or cut.upper < valid.upper):
        pieces.append(DateRange(cut.upper, valid.upper))
    return pieces


def minus_all(valid: DateRange, cuts: list[DateRange]) -> list[DateRange]:
    """Return what none of the periods covers, in order."""
    pieces = [valid]
    for cut in cuts:
        pieces = [rest for piece in pieces for rest in minus(piece, cut)]
    return sorted(pieces, key=lambda piece: piece.lower or date.min)


def overlaps(one: DateRange, other: DateRange) -> bool:
    """Tell whether two periods share a day."""
    return _before(one.lower, other.upper) and _before(other.lower, one.upper)


def intersection(one: DateRange, other: DateRange) -> DateRange | None:
    """Return the days that both hold, or None."""
    if not overlaps(one, other):
        return None
    lowers = [day for day in (one.lower, other.lower) if day is not None]
    uppers = [day for day in (one.upper, other.upper) if day is not None]
    return DateRange(max(lowers, default=None), min(uppers, default=None))


def _before(lower: date | None, upper: date | None) -> bool:
    return lower is None or upper is None or lower < upper


def clear(rows: QuerySet[Any], valid: DateRange) -> None:
    """Take a period out of dated rows: shorten, split or remove those that reach into it."""
    for row in rows.filter(valid__overlap=valid).select_for_update(no_key=True).order_by("pk"):
        pieces = minus(row.valid, valid)
        if not pieces:
            row.delete()
            continue
        row.valid = pieces[0]
        row.save()
        for piece in pieces[1:]:
            _copy(row, piece).save()


def put(rows: QuerySet[Any], new: Any) -> Any:
    """Save a dated row in a period that is free; a neighbour that says the same is prolonged.

    `rows` are those among which one is in force at a date. Answers the row that now holds the
    period.
    """
    neighbours = rows.filter(valid__adjacent_to=new.valid).order_by("valid")
    twins = [row for row in neighbours if _says_the_same(row, new)]
    if not twins:
        new.save()
        return new
    kept, *others = twins
    for row in others:
        row.delete()
    kept.valid = _hull([new.valid, *(row.valid for row in twins)])
    kept.save()
    return kept


def _hull(periods: list[DateRange]) -> DateRange:
    lowers, uppers = [p.lower for p in periods], [p.upper for p in periods]
    return DateRange(
        None if None in lowers else min(lowers), None if None in uppers else max(uppers)
    )


def _copy(row: Model, valid: DateRange) -> Any:
    names = [f.attname for f in row._meta.concrete_fields if not f.primary_key]
    fields = {name: getattr(row, name) for name in names} | {"valid": valid}
    return type(row)(**fields)


def _says_the_same(row: Model, new: Model) -> bool:
    skipped = {"id", "valid", "created_at", "updated_at"}
    names = [f.attname for f in row._meta.concrete_fields if f.attname not in skipped]
    return all(getattr(row, name) == getattr(new, name) for name in names)
