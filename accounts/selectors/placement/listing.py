"""Placements, checks and tasks as lists; progress by step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from accounts.choices import AccountKind, CheckState, PlacementStage
from accounts.models import Account, Placement, StoreCheck, StoreCheckLine, Task
from accounts.selectors.accounts import matching
from accounts.selectors.placement.gaps import open_gaps
from kam.identity.models import User

RECENT, FOUND_STORES = 8, 20


def placements_for(user: User) -> QuerySet[Placement]:
    """Return placements at visible accounts with what a list shows."""
    rows: QuerySet[Placement] = Placement.objects.visible_to(user)
    return rows.select_related("account", "product", "category", "agreed_by")


def with_gap(rows: QuerySet[Placement], user: User, *, as_of: date) -> QuerySet[Placement]:
    """Leave those that are missing in a visible store today."""
    return rows.filter(pk__in={gap.placement_id for gap in open_gaps(user, as_of=as_of)})


def at_account(account: Account, *, as_of: date) -> list[Placement]:
    """Return what is or will be in force at a node, above it and below it, nearest first.

    Of what stands above only what is agreed already: proposals elsewhere are not its business.
    """
    above = Q(account__in=account.path[:-1], stage__gte=PlacementStage.AGREED)
    rows = Placement.objects.filter(above | Q(account__path__contains=[account.pk]))
    rows = rows.filter(Q(valid__endswith__gt=as_of) | Q(valid__upper_inf=True))
    rows = rows.select_related("account", "product", "category", "agreed_by")
    return sorted(rows, key=lambda one: (-len(one.account.path), one.item, one.kind, one.pk))


def steps_reached(rows: QuerySet[Placement]) -> list[tuple[PlacementStage, int]]:
    """Return how many placements stand at each step."""
    counts = dict(rows.order_by().values_list("stage").annotate(Count("pk")))
    return [(stage, counts.get(stage.value, 0)) for stage in PlacementStage]


@dataclass(frozen=True, slots=True)
class StoreChoice:
    """A store to check: when it was checked last, and whether the user has begun."""

    store: Account
    last: date | None
    draft: StoreCheck | None


def stores_near(user: User) -> list[StoreChoice]:
    """Return the stores that the user checked last, those with a check to finish first."""
    checks = StoreCheck.objects.visible_to(user).filter(checker=user).select_related("account")
    recent = list(checks.order_by("-checked_on", "-pk")[: RECENT * 3])
    choices: dict[int, StoreChoice] = {}
    for check in sorted(recent, key=lambda one: one.is_finished):
        done = check.checked_on if check.is_finished else None
        draft = None if check.is_finished else check
        known = choices.get(check.account_id)
        last = max(filter(None, (known.last if known else None, done)), default=None)
        kept = known.draft if known else draft
        choices[check.account_id] = StoreChoice(check.account, last, kept)
    return list(choices.values())[:RECENT]


def stores_found(user: User, text: str) -> list[Account]:
    """Return visible stores that a text finds, by name or identifier; without one the first."""
    rows: QuerySet[Account] = Account.objects.editable_by(user).not_merged()
    rows = rows.filter(kind=AccountKind.STORE)
    found = matching(rows, text) if text.strip() else rows.order_by("name_key", "pk")
    return list(found.select_related("current_group")[:FOUND_STORES])


def lines_of_check(check: StoreCheck) -> list[StoreCheckLine]:
    """Return the lines of a check in the order of the shelf list."""
    rows = check.lines.select_related("placement__product", "placement__category")
    return sorted(
        rows.prefetch_related("corrections__author"),
        key=lambda line: (line.placement.item, line.placement.kind, line.pk),
    )


def checks_for(user: User) -> QuerySet[StoreCheck]:
    """Return finished checks of visible stores and the user's own drafts, with counts."""
    rows: QuerySet[StoreCheck] = StoreCheck.objects.visible_to(user)
    return (
        rows.filter(Q(state=CheckState.FINISHED) | Q(checker=user))
        .select_related("account", "checker")
        .annotate(
            planned=Count("lines"),
            looked=Count("lines", filter=~Q(lines__outcome="")),
            found=Count("lines", filter=Q(lines__outcome="found")),
        )
    )


def tasks_for(user: User) -> QuerySet[Task]:
    """Return tasks at visible accounts."""
    rows: QuerySet[Task] = Task.objects.visible_to(user)
    return rows.select_related("account", "owner", "placement")


def own_open_tasks(user: User) -> list[Task]:
    """Return what the user has to do, the soonest due first."""
    return list(tasks_for(user).filter(owner=user, done_on=None).order_by("due_on", "pk"))


def open_tasks_at(account: Account) -> list[Task]:
    """Return open tasks of a node and of everything below it today, the soonest due first."""
    rows = Task.objects.filter(account__path__contains=[account.pk], done_on=None)
    return list(rows.select_related("account", "owner").order_by("due_on", "pk"))


def open_tasks_of(check: StoreCheck) -> dict[int, Task]:
    """Return the open task of each placement at the store of a check."""
    rows = Task.objects.filter(account=check.account_id, done_on=None, placement__isnull=False)
    return {task.placement_id or 0: task for task in rows.select_related("owner")}
