"""Promises of both sides: what is open, what became of the rest, how far one can rely on them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from accounts.analytics.promises import Tally
from accounts.choices import PromiseOutcome, PromiseSide
from accounts.models import Account, Promise
from kam.identity.models import User

SOON_DAYS = 7
LATELY = timedelta(days=90)


def promises_for(user: User) -> QuerySet[Promise]:
    """Return the promises that a user may see, with who is named in them."""
    rows: QuerySet[Promise] = Promise.objects.visible_to(user)
    return rows.select_related("account", "user", "position__person", "author")


def promises_at(account: Account, user: User, *, is_alone: bool = False) -> QuerySet[Promise]:
    """Return the promises at an account, and below it unless asked for it alone.

    Open ones first, by the day they are due; then the settled ones, the latest first.
    """
    rows = promises_for(user)
    rows = (
        rows.filter(account=account)
        if is_alone
        else rows.filter(account__path__contains=[account.pk])
    )
    return rows.order_by(F("settled_on").desc(nulls_first=True), "due_on", "pk")


def tallies(rows: QuerySet[Promise], *, as_of: date) -> dict[str, Tally]:
    """Return what became of promises by side, in one query."""
    late = Q(outcome=PromiseOutcome.OPEN, due_on__lt=as_of)
    counts = (
        rows.order_by()
        .values("side")
        .annotate(
            kept=Count("pk", filter=Q(outcome=PromiseOutcome.KEPT)),
            late=Count("pk", filter=Q(outcome=PromiseOutcome.KEPT_LATE)),
            broken=Count("pk", filter=Q(outcome=PromiseOutcome.BROKEN)),
            overdue=Count("pk", filter=late),
            open=Count("pk", filter=Q(outcome=PromiseOutcome.OPEN) & ~late),
        )
    )
    rows_by_side: list[dict[str, Any]] = [dict(row) for row in counts]
    found = {row.pop("side"): row for row in rows_by_side}
    return {side: Tally(**found.get(side, {})) for side in PromiseSide.values}


@dataclass(frozen=True, slots=True)
class PromisesOfAccount:
    """The promises of an account with both sides' reliability; `count` is of all, shown or not."""

    open: Sequence[Promise]
    settled: Sequence[Promise]
    ours: Tally
    theirs: Tally
    count: int


def promises_of(account: Account, user: User, *, as_of: date, limit: int = 20) -> PromisesOfAccount:
    """Return all open promises of an account and what is below, and the last settled ones."""
    rows = promises_at(account, user)
    found = tallies(rows, as_of=as_of)
    open_ = list(rows.filter(outcome=PromiseOutcome.OPEN)[:200])
    settled = list(rows.exclude(outcome=PromiseOutcome.OPEN)[:limit])
    ours, theirs = found[PromiseSide.OURS], found[PromiseSide.THEIRS]
    return PromisesOfAccount(open_, settled, ours, theirs, rows.count())


def promises_due(user: User, *, as_of: date, limit: int = 10) -> list[Promise]:
    """Return our open promises that the user, or somebody they stand in for, gave: overdue or
    due within a week."""
    rows = promises_for(user).filter(
        side=PromiseSide.OURS,
        outcome=PromiseOutcome.OPEN,
        user__in=user.acting_user_ids(),
        due_on__lte=as_of + timedelta(days=SOON_DAYS),
    )
    return list(rows.order_by("due_on", "pk")[:limit])


def in_trouble(promises: Iterable[Promise], *, as_of: date) -> list[Promise]:
    """Return those whose day has passed while they are open."""
    return [one for one in promises if one.is_overdue(as_of)]
