"""How fast concerns are answered and solved, over those raised in a period.

Cancelled ones are left out. A median is of those that were answered (or solved); how many were
not stands beside it, and one that is late counts against the share in time at once: nothing that
is open is ever taken for fast.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import (
    Aggregate,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    FloatField,
    Func,
    Q,
    QuerySet,
    Value,
)

from interactions.analytics.concerns import Share
from interactions.choices import ConcernCategory, ConcernSeverity, ConcernState
from interactions.models import Concern
from kam.identity.models import User

GROUPS = {
    "category": ("category",),
    "severity": ("severity",),
    "customer": ("account__current_group", "account__current_group__name"),
    "owner": ("owner", "owner__full_name"),
}


class Median(Aggregate):
    """The middle value; None where there is none."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


class Hours(Func):
    """A duration in hours."""

    template = "EXTRACT(EPOCH FROM %(expressions)s) / 3600.0"
    output_field = FloatField()


@dataclass(frozen=True, slots=True)
class Times:
    """One group: how many were raised; of answers and solutions the median hours, how many are
    still to come and how many of what is decided came in time. None: nobody was answered yet."""

    key: Any
    name: str
    raised: int
    response_hours: float | None
    unanswered: int
    answered: Share
    solution_hours: float | None
    unsolved: int
    solved: Share


def _hours(end: str) -> Hours:
    return Hours(ExpressionWrapper(F(end) - F("raised_at"), output_field=DurationField()))


def _figures(rows: QuerySet[Any], now: datetime) -> QuerySet[Any]:
    answered, solved = Q(first_response_at__isnull=False), Q(resolved_at__isnull=False)
    in_time = answered & Q(first_response_at__lte=F("respond_by"))
    solved_in_time = solved & Q(resolved_at__lte=F("resolve_by"))
    figures: QuerySet[Any] = rows.annotate(
        raised=Count("pk"),
        response_hours=Median(_hours("first_response_at")),
        unanswered=Count("pk", filter=~answered),
        answered_in_time=Count("pk", filter=in_time),
        answers_decided=Count("pk", filter=answered | Q(respond_by__lt=now)),
        solution_hours=Median(_hours("resolved_at")),
        unsolved=Count("pk", filter=~solved),
        solved_in_time=Count("pk", filter=solved_in_time),
        solutions_decided=Count("pk", filter=solved | Q(resolve_by__lt=now)),
    )
    return figures


def _raised(user: User, start: date, end: date) -> QuerySet[Any]:
    rows = Concern.objects.visible_to(user).exclude(state=ConcernState.CANCELLED)
    kept: QuerySet[Any] = rows.filter(raised_on__gte=start, raised_on__lt=end).order_by()
    return kept


def times_by(user: User, group: str, *, start: date, end: date, now: datetime) -> Sequence[Times]:
    """Return the times of each group of the user's concerns raised in [start, end), the most
    concerns first. `group` is a key of GROUPS."""
    names = GROUPS[group]
    rows = _figures(_raised(user, start, end).values(*names), now)
    return [_times(row, row[names[0]], _name(group, row)) for row in rows.order_by("-raised")]


def all_times(user: User, *, start: date, end: date, now: datetime) -> Times:
    """Return the times of all of the user's concerns raised in [start, end)."""
    together = _raised(user, start, end).annotate(all=Value(0)).values("all")
    rows = _figures(together, now)
    found = next(iter(rows), None)
    if found is None:
        return Times(None, "", 0, None, 0, Share(0, 0), None, 0, Share(0, 0))
    return _times(found, None, "")


def _times(row: Any, key: Any, name: str) -> Times:
    return Times(
        key,
        name,
        row["raised"],
        row["response_hours"],
        row["unanswered"],
        Share(row["answered_in_time"], row["answers_decided"]),
        row["solution_hours"],
        row["unsolved"],
        Share(row["solved_in_time"], row["solutions_decided"]),
    )


def _name(group: str, row: Any) -> str:
    if group == "category":
        return str(ConcernCategory(row["category"]).label)
    if group == "severity":
        return str(ConcernSeverity(row["severity"]).label)
    return str(row[GROUPS[group][1]])
