"""Follow-ups: the one list of things to do for accounts, and what each of them came from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Account, Task
from kam.core.formats import Text
from kam.core.registry import Registry
from kam.identity.models import User


@dataclass(frozen=True, kw_only=True)
class Source:
    """What a follow-up came from: the words, and the page that tells more."""

    title: Text
    detail: Text = ""
    url: str = ""
    icon: str = "point"


@dataclass(frozen=True, kw_only=True)
class SourceProvider:
    """An app's finder: `find(user, task)` answers what of the app's own led to a follow-up, as
    far as the user may see it."""

    key: str
    find: Callable[[Any, Task], Sequence[Source]]
    order: int = 100


sources: Registry[SourceProvider] = Registry()


def sources_of(user: User, task: Task) -> list[Source]:
    """Return what a follow-up came from, from every app."""
    return [source for provider in sources for source in provider.find(user, task)]


def _gap(user: User, task: Task) -> Sequence[Source]:
    del user
    line = task.source_line
    if line is None:
        return ()
    check = line.check_of
    words = _("Gap: %(what)s, %(seen)s")
    return [
        Source(
            title=words % {"what": line.placement.item, "seen": line.get_outcome_display()},
            detail=check.account.name,
            url=check.get_absolute_url(),
            icon="camera",
        )
    ]


def register() -> None:
    """Register the gaps of store checks as a source."""
    sources.register(SourceProvider(key="gap", find=_gap, order=20))


def followups_for(user: User) -> QuerySet[Task]:
    """Return the follow-ups that a user may see, with account, owner and placement."""
    rows: QuerySet[Task] = Task.objects.visible_to(user)
    return rows.select_related("account", "owner", "placement")


def mine(rows: QuerySet[Task], user: User) -> QuerySet[Task]:
    """Leave what the user, or somebody they stand in for, has to do."""
    return rows.filter(owner__in=user.acting_user_ids(), done_on=None)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many follow-ups each tab holds; done ones are not counted."""

    mine: int
    overdue: int
    open: int


def counts(user: User, *, as_of: date) -> Counts:
    """Count the visible open follow-ups in one query."""
    own = Q(owner__in=user.acting_user_ids())
    rows = Task.objects.visible_to(user).filter(done_on=None)
    found = rows.aggregate(
        mine=Count("pk", filter=own),
        overdue=Count("pk", filter=Q(due_on__lt=as_of)),
        open=Count("pk"),
    )
    return Counts(**found)


def at_account(account: Account, user: User) -> QuerySet[Task]:
    """Return the visible follow-ups of a node and of all below it, open ones first."""
    rows = followups_for(user).filter(account__path__contains=[account.pk])
    return rows.order_by("done_on", "due_on", "pk")
