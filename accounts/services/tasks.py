"""Things to be done for an account: plain tasks, one per open gap."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, StoreCheckLine, Task
from accounts.services import tree
from kam.core.problems import RefusedError, explained
from kam.identity.models import User

DAYS_FOR_A_GAP = 14


@explained()
@transaction.atomic
def add_task(
    *, account: Account, title: str, owner: User, due_on: date, created_by: User | None = None
) -> Task:
    """Note something to be done. Raises RefusedError for an owner who cannot sign in."""
    tree.refuse_merged(account)
    task = Task(account=account, due_on=due_on, created_by=created_by)
    _set(task, title, owner)
    task.save()
    return task


@explained()
@transaction.atomic
def follow_up(
    *, line: StoreCheckLine, as_of: date, created_by: User, owner: User | None = None
) -> tuple[Task, bool]:
    """Make a gap somebody's task, the lead's of the store unless said; answer it and if it is new.

    While one is open for the same placement at the same store, it answers that one. Raises
    RefusedError for what is no gap, for a check that is not finished, and where nobody leads.
    """
    check, placement = line.check_of, line.placement
    if not line.is_gap or not check.is_finished:
        raise RefusedError(_("Only what is missing in a finished check is followed up."))
    account: Account = Account.objects.select_for_update(no_key=True).get(pk=check.account_id)
    standing = Task.objects.filter(account=account, placement=placement, done_on=None).first()
    if standing is not None:
        return standing, False
    owner = owner or account.current_lead
    if owner is None:
        raise RefusedError(_("Nobody leads this store: say who takes it on."), field="owner")
    words = {"what": placement.item, "seen": line.get_outcome_display()}
    task = Task(
        account=account,
        placement=placement,
        source_line=line,
        due_on=as_of + timedelta(days=DAYS_FOR_A_GAP),
        created_by=created_by,
    )
    _set(task, _now("%(what)s: %(seen)s") % words, owner)
    task.save()
    return task, True


@explained()
@transaction.atomic
def update_task(*, task: Task, title: str, owner: User, due_on: date) -> Task:
    """Change what is to be done, by whom or until when. Raises RefusedError when it is done."""
    locked = _open(task)
    locked.due_on = due_on
    _set(locked, title, owner)
    locked.save()
    return locked


@explained()
@transaction.atomic
def finish_task(*, task: Task, as_of: date, outcome: str = "") -> Task:
    """Close a task with what came of it. Raises RefusedError when it is done already."""
    locked = _open(task)
    locked.done_on, locked.outcome = as_of, " ".join(outcome.split())
    locked.save(update_fields=["done_on", "outcome", "updated_at"])
    return locked


def _open(task: Task) -> Task:
    locked: Task = Task.objects.select_for_update(no_key=True, of=("self",)).get(pk=task.pk)
    if locked.done_on is not None:
        raise RefusedError(_("This task is done already."), code="task_done")
    return locked


def _set(task: Task, title: str, owner: User) -> None:
    task.title = " ".join(title.split())[:300]
    if not task.title:
        raise RefusedError(_("Say what is to be done."), field="title", code="task_says_what")
    if not owner.is_active and owner.pk != task.owner_id:
        raise RefusedError(_("This person can no longer sign in."), field="owner")
    task.owner = owner
