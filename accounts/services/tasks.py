"""Follow-ups: things to be done for an account, one per open gap."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.choices import Priority
from accounts.models import Account, StoreCheckLine, Task
from accounts.services import notices, tree
from kam.core.problems import RefusedError, explained
from kam.identity.models import User

DAYS_FOR_A_GAP = 14


@explained()
@transaction.atomic
def add_task(
    *,
    account: Account,
    title: str,
    owner: User,
    due_on: date,
    created_by: User | None = None,
    reminder_on: date | None = None,
    priority: int | None = None,
    details: str = "",
) -> Task:
    """Note something to be done. Raises RefusedError for an owner who cannot sign in or neither
    sees nor supports the account, and for a reminder after the day it is due."""
    tree.refuse_merged(account)
    task = Task(account=account, due_on=due_on, created_by=created_by)
    task.reminder_on, task.details = reminder_on, details.strip()
    task.priority = priority or Priority.NORMAL
    _set(task, title, owner)
    task.save()
    notices.tell_of_task(task, by=created_by)
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
    _set(task, gettext("%(what)s: %(seen)s") % words, owner)
    task.save()
    notices.tell_of_task(task, by=created_by)
    return task, True


@explained()
@transaction.atomic
def update_task(
    *,
    task: Task,
    title: str,
    owner: User,
    due_on: date,
    reminder_on: date | None = None,
    priority: int | None = None,
    details: str | None = None,
    by: User | None = None,
) -> Task:
    """Change what is to be done, by whom or until when. Raises RefusedError when it is done.

    A reminder that is not said goes; priority and details that are not said stay.
    """
    locked = _open(task)
    locked.due_on, locked.reminder_on = due_on, reminder_on
    locked.priority = locked.priority if priority is None else priority
    locked.details = locked.details if details is None else details.strip()
    is_given = owner.pk != locked.owner_id
    _set(locked, title, owner)
    locked.save()
    if is_given:
        notices.tell_of_task(locked, by=by)
    return locked


@explained()
@transaction.atomic
def finish_task(*, task: Task, as_of: date, outcome: str = "") -> Task:
    """Close a task with what came of it. Raises RefusedError when it is done already."""
    locked = _open(task)
    locked.done_on, locked.outcome = as_of, " ".join(outcome.split())
    locked.save(update_fields=["done_on", "outcome", "updated_at"])
    return locked


@explained()
@transaction.atomic
def reopen_task(*, task: Task) -> Task:
    """Take up again what was done; what came of it then stays in its history.

    Raises RefusedError for what is open, and where somebody works on its gap again already.
    """
    rows = Task.objects.select_for_update(no_key=True, of=("self",))
    locked: Task = rows.get(pk=task.pk)
    if locked.done_on is None:
        raise RefusedError(_("This is open already."), code="task_open")
    locked.done_on, locked.outcome = None, ""
    locked.save(update_fields=["done_on", "outcome", "updated_at"])
    return locked


@explained()
@transaction.atomic
def finish_tasks(*, tasks: Iterable[Task], as_of: date) -> int:
    """Close several; those that are done already are left alone. Answers how many it closed."""
    rows = list(_still_open(tasks))
    for row in rows:
        row.done_on = as_of
        row.save(update_fields=["done_on", "updated_at"])
    return len(rows)


@explained()
@transaction.atomic
def reassign_tasks(*, tasks: Iterable[Task], owner: User, by: User | None = None) -> int:
    """Give several open ones to somebody: all of them or, where one is refused, none.

    Answers how many changed hands.
    """
    rows = [row for row in _still_open(tasks) if row.owner_id != owner.pk]
    for row in rows:
        _set(row, row.title, owner)
        row.save(update_fields=["title", "owner", "updated_at"])
        notices.tell_of_task(row, by=by)
    return len(rows)


def _still_open(tasks: Iterable[Task]) -> Iterable[Task]:
    ids = [task.pk for task in tasks]
    rows = Task.objects.select_for_update(no_key=True, of=("self",)).select_related("account")
    found: Iterable[Task] = rows.filter(pk__in=ids, done_on=None).order_by("pk")
    return found


def _open(task: Task) -> Task:
    locked: Task = Task.objects.select_for_update(no_key=True, of=("self",)).get(pk=task.pk)
    if locked.done_on is not None:
        raise RefusedError(_("This is done already."), code="task_done")
    return locked


def _set(task: Task, title: str, owner: User) -> None:
    task.title = " ".join(title.split())[:300]
    if not task.title:
        raise RefusedError(_("Say what is to be done."), field="title", code="task_says_what")
    if not owner.is_active and owner.pk != task.owner_id:
        raise RefusedError(_("This person can no longer sign in."), field="owner")
    if owner.pk != task.owner_id and not may_own(owner, task.account_id):
        words = _("This person neither sees the account nor supports it: choose somebody who does.")
        raise RefusedError(words, field="owner", code="owner_off_the_account")
    task.owner = owner


def may_own(owner: User, account_id: int) -> bool:
    """Whether somebody sees an account or supports it, so that they can do what is to be done."""
    return bool(Account.objects.worked_on_by(owner).filter(pk=account_id).exists())
