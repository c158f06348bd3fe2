"""Work on overdue receivables: put off, taken over, ended; and who watches over which account."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from accounts.services import periods, tree
from kam.core.problems import RefusedError, explained
from kam.identity.models import User
from settlements.choices import WorkOutcome, WorkState
from settlements.models import ControllerAssignment, WorkItem


@explained()
@transaction.atomic
def set_controller(
    *, account: Account, user: User, from_date: date, until: date | None = None
) -> None:
    """Have a person watch over an account's receivables from a date on; whoever did stops there.

    Nodes below without a controller of their own follow. Work is handed over by the next overdue
    run. Raises RefusedError for somebody who cannot sign in and for an impossible period.
    """
    tree.refuse_merged(account)
    if not user.is_active:
        raise RefusedError(_("This person can no longer sign in."), field="user")
    rows = ControllerAssignment.objects.filter(account=account)
    valid = tree.checked_period(from_date, until)
    periods.clear(rows, valid)
    periods.put(rows, ControllerAssignment(account=account, user=user, valid=valid))


@explained()
@transaction.atomic
def close_controller(*, account: Account, from_date: date) -> None:
    """End the account's own controller at a date: from then on the node above says who it is."""
    rows = ControllerAssignment.objects.filter(account=account)
    periods.clear(rows, DateRange(from_date, None))


@transaction.atomic
def snooze(*, work: WorkItem, until: date, as_of: date, next_step: str = "") -> WorkItem:
    """Put work off until a day, on which the overdue run opens it again. Raises RefusedError."""
    work = _locked(work)
    if until <= as_of:
        raise RefusedError(_("Choose a day after today."), field="until")
    work.state, work.snoozed_until = WorkState.SNOOZED, until
    work.next_step, work.next_step_on = next_step or work.next_step, until
    work.save(update_fields=["state", "snoozed_until", "next_step", "next_step_on"])
    return work


@transaction.atomic
def wake(*, work: WorkItem) -> WorkItem:
    """Take up work again that was put off. Raises RefusedError when it is done."""
    work = _locked(work)
    work.state, work.snoozed_until = WorkState.OPEN, None
    work.save(update_fields=["state", "snoozed_until"])
    return work


@transaction.atomic
def plan_step(*, work: WorkItem, next_step: str, on: date | None) -> WorkItem:
    """Say what is done next and when. Raises RefusedError when the work is done."""
    work = _locked(work)
    work.next_step, work.next_step_on = next_step.strip(), on
    work.save(update_fields=["next_step", "next_step_on"])
    return work


@transaction.atomic
def take(*, work: WorkItem, user: User) -> WorkItem:
    """Take work out of the default queue, or over from somebody.

    It stays with the user until it is done; whatever comes after it goes to the controller again.
    Raises RefusedError when it is done.
    """
    work = _locked(work)
    work.user, work.is_taken = user, True
    work.save(update_fields=["user", "is_taken"])
    return work


@transaction.atomic
def finish(
    *, work: WorkItem, outcome: str, as_of: date, user: User | None = None, note: str = ""
) -> WorkItem:
    """End work with its outcome; it comes back when something else falls overdue, or in two weeks.

    Raises RefusedError for an outcome that only the overdue run may say, and when it is done.
    """
    if outcome not in WorkOutcome.values or outcome == WorkOutcome.CURED:
        raise RefusedError(_("Say how the work ended."), field="outcome")
    work = _locked(work)
    work.state, work.snoozed_until = WorkState.DONE, None
    work.outcome, work.note = outcome, note.strip()
    work.closed_on, work.closed_by = as_of, user
    work.save(update_fields=["state", "snoozed_until", "outcome", "note", "closed_on", "closed_by"])
    return work


def _locked(work: WorkItem) -> WorkItem:
    """The row as it is now, held against the overdue run; raises RefusedError when it is done."""
    now: WorkItem = WorkItem.objects.select_for_update(no_key=True).get(pk=work.pk)
    if now.state == WorkState.DONE:
        raise RefusedError(_("This work is done already."))
    return now
