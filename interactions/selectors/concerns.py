"""Concerns as lists: of a user, of an account, by state, near their targets, past them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import (
    Case,
    Count,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    FloatField,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import Combinable

from accounts.models import Account
from interactions.analytics import concerns as rules
from interactions.choices import ConcernState
from interactions.models import Concern, ConcernEntry
from kam.core.tables.paging import narrowed
from kam.identity.models import User

BOARD = (
    ConcernState.OPEN,
    ConcernState.WORKING,
    ConcernState.WAITING,
    ConcernState.RESOLVED,
)
A_COLUMN = 30


def concerns_for(user: User) -> QuerySet[Concern]:
    """Return the concerns that a user may read, with account, owner and who raised them."""
    rows: QuerySet[Concern] = Concern.objects.visible_to(user)
    return rows.select_related("account", "owner", "raised_by__person")


def at_account(account: Account, user: User) -> QuerySet[Concern]:
    """Return the readable concerns of a node and of all below it, the latest first."""
    return concerns_for(user).filter(account__path__contains=[account.pk])


def unsolved(rows: QuerySet[Concern]) -> QuerySet[Concern]:
    """Leave those that still have to be solved."""
    return rows.filter(state__in=rules.UNSOLVED)


def _near_at(target: str) -> Combinable:
    length: Any = ExpressionWrapper(F(target) - F("raised_at"), output_field=DurationField())
    part: Any = ExpressionWrapper(
        length * Value(rules.NEAR_FROM, output_field=FloatField()), output_field=DurationField()
    )
    return ExpressionWrapper(F("raised_at") + part, output_field=DateTimeField())


def late(now: datetime) -> Q:
    """Select unsolved concerns of which an open target has passed."""
    answer = Q(first_response_at=None, respond_by__lt=now)
    return Q(state__in=rules.UNSOLVED) & (answer | Q(resolve_by__lt=now))


def pressing(rows: QuerySet[Concern], now: datetime) -> QuerySet[Concern]:
    """Leave unsolved concerns with a target that is near or has passed, the first due first."""
    near = Q(first_response_at=None, respond_near__lte=now) | Q(resolve_near__lte=now)
    rows = rows.annotate(respond_near=_near_at("respond_by"), resolve_near=_near_at("resolve_by"))
    found: QuerySet[Concern] = by_target(rows.filter(near, state__in=rules.UNSOLVED))
    return found


def by_target(rows: QuerySet[Concern]) -> QuerySet[Concern]:
    """Put concerns in the order in which something has to come of them."""
    due = Case(
        When(first_response_at=None, then=F("respond_by")),
        default=F("resolve_by"),
        output_field=DateTimeField(),
    )
    return rows.annotate(due_at=due).order_by("due_at", "pk")


def waiting_for(user: User, *, now: datetime, limit: int = 10) -> list[Concern]:
    """Return the pressing concerns that the user, or somebody they stand in for, owns."""
    rows = concerns_for(user).filter(owner__in=user.acting_user_ids())
    return list(pressing(rows, now)[:limit])


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the board: the first of its concerns, and how many there are."""

    state: ConcernState
    concerns: Sequence[Concern]
    count: int

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.count - len(self.concerns)


def board(rows: QuerySet[Concern]) -> list[Column]:
    """Return concerns by state in two statements a column at most, the first due first.

    Closed and cancelled ones are not on the board.
    """
    counts = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    return [
        Column(
            state,
            list(narrowed(by_target(rows.filter(state=state)), A_COLUMN)),
            counts.get(state, 0),
        )
        for state in BOARD
    ]


def entries_of(concern: Concern) -> list[ConcernEntry]:
    """Return what happened to a concern, the latest first."""
    return list(concern.entries.select_related("author").order_by("-happened_at", "-pk"))


@dataclass(frozen=True, slots=True)
class Counts:
    """How many unsolved concerns there are, of them one's own and past a target."""

    open: int
    mine: int
    late: int


def counts(user: User, *, now: datetime) -> Counts:
    """Count the readable unsolved concerns in one query."""
    rows = Concern.objects.visible_to(user).unsolved()
    own = Q(owner__in=user.acting_user_ids())
    found = rows.aggregate(
        open=Count("pk"), mine=Count("pk", filter=own), late=Count("pk", filter=late(now))
    )
    return Counts(**found)
