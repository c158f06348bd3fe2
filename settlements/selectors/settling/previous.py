"""Statements that stand before or beside another: periods taken, amounts carried forward."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db.backends.postgresql.psycopg_any import DateRange

from kam.core.id_arrays import id_rows
from settlements.models import SettlementStatement
from settlements.selectors.settling.jobs import Job


@dataclass(frozen=True, slots=True)
class Brought:
    """What an earlier statement carried forward, zero or below."""

    statement_id: int
    amount: Decimal


class Asked(NamedTuple):
    """A period of a term that a statement is wanted for, `end` excluded."""

    term_id: int
    kind: str
    store_id: int | None
    start: date
    end: date


def taken_periods(jobs: Sequence[Job]) -> set[int]:
    """Return the numbers of jobs of whose days a live statement covers some; one query."""
    return taken(
        [Asked(job.rules.term_id, job.kind, job.store_id, job.start, job.end) for job in jobs]
    )


def taken(asked: Sequence[Asked]) -> set[int]:
    """Return the numbers of those of whose days a live statement covers some; one query.

    A statement of the whole account stands in the way of one of a store, and the reverse.
    """
    days = DateRange(
        min((one.start for one in asked), default=date.max),
        max((one.end for one in asked), default=date.max),
    )
    rows = (
        SettlementStatement.objects.live()
        .filter(term__in=id_rows({one.term_id for one in asked}), period__overlap=days)
        .values_list("term_id", "kind", "store_id", "period")
    )
    standing = defaultdict(list)
    for term_id, kind, store_id, period in rows:
        standing[term_id, kind].append((store_id, period))
    return {
        place
        for place, one in enumerate(asked)
        for store_id, period in standing.get((one.term_id, one.kind), ())
        if period.lower < one.end
        and one.start < period.upper
        and (store_id == one.store_id or None in (store_id, one.store_id))
    }


def brought_into(jobs: Sequence[Job]) -> dict[int, Brought]:
    """Return what the latest live statement before each job carried forward, where it did.

    Of the same term, store and kind; under a later version of an agreement, of its term for the
    same goods. One query.
    """
    agreements = {job.rules.agreement_id for job in jobs}
    rows = (
        SettlementStatement.objects.live()
        .filter(agreement_version__agreement__in=id_rows(agreements))
        .exclude(kind="true_up")
        .order_by("period")
        .values_list(
            "pk",
            "agreement_version__agreement_id",
            "term__category_id",
            "store_id",
            "kind",
            "period",
            "carried_forward",
        )
    )
    standing = defaultdict(list)
    for pk, agreement, category, store, kind, period, carried in rows:
        standing[agreement, category, store, kind].append((period.upper, Brought(pk, carried)))
    found = {}
    for place, job in enumerate(jobs):
        key = (job.rules.agreement_id, job.rules.category_id, job.store_id, str(job.kind))
        before = [one for end, one in standing[key] if end <= job.start]
        if before and before[-1].amount:
            found[place] = before[-1]
    return found
