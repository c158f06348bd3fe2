"""Work on overdue receivables: put off, taken over, ended; and who watches over which account."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from accounts.services import periods, tree
from kam.core.jobs import enqueue
from kam.core.locks import lock_names
from kam.core.problems import RefusedError, explained
from kam.identity.models import User
from settlements.choices import WorkAct, WorkOutcome, WorkState
from settlements.models import ControllerAssignment, WorkEvent, WorkItem

RUN = "settlements.flag_overdue"
"""The overdue run: its name as a job and as a lock."""


@explained()
@transaction.atomic
def set_controller(
    *, account: Account, user: User, from_date: date, until: date | None = None
) -> None:
    """Have a person watch over an account's receivables from a date on; whoever did stops there.

    Nodes below without a controller of their own follow. An overdue run is asked for, which hands
    the work over. Raises RefusedError for somebody who cannot sign in and for an impossible
    period.
    """
    tree.refuse_merged(account)
    if not user.is_active:
        raise RefusedError(_("This person can no longer sign in."), field="user")
    rows = ControllerAssignment.objects.filter(account=account)
    valid = tree.checked_period(from_date, until)
    periods.clear(rows, valid)
    periods.put(rows, ControllerAssignment(account=account, user=user, valid=valid))
    enqueue(RUN, key=f"schedule:{RUN}")


@explained()
@transaction.atomic
def close_controller(*, account: Account, from_date: date) -> None:
    """End the account's own controller at a date: from then on the node above says who it is.

    An overdue run is asked for, which hands the work over.
    """
    rows = ControllerAssignment.objects.filter(account=account)
    periods.clear(rows, DateRange(from_date, None))
    enqueue(RUN, key=f"schedule:{RUN}")


@transaction.atomic
def snooze(
    *, work: WorkItem, until: date, as_of: date, next_step: str = "", user: User | None = None
) -> WorkItem:
    """Put work off until a day, on which the overdue run opens it again. Raises RefusedError."""
    work = _locked(work)
    if until <= as_of:
        raise RefusedError(_("Choose a day after today."), field="until")
    work.state, work.snoozed_until = WorkState.SNOOZED, until
    work.next_step, work.next_step_on = next_step.strip() or work.next_step, until
    work.save(update_fields=["state", "snoozed_until", "next_step", "next_step_on"])
    _note(work, WorkAct.SNOOZED, day=until, text=work.next_step, user=user)
    return work


@transaction.atomic
def wake(*, work: WorkItem, user: User | None = None) -> WorkItem:
    """Take up work again that was put off. Raises RefusedError when it is done."""
    work = _locked(work)
    if work.state == WorkState.SNOOZED:
        _note(work, WorkAct.WOKEN, user=user)
    work.state, work.snoozed_until = WorkState.OPEN, None
    work.save(update_fields=["state", "snoozed_until"])
    return work


@transaction.atomic
def plan_step(
    *,
    work: WorkItem,
    next_step: str,
    on: date | None,
    contacted_on: date | None = None,
    as_of: date | None = None,
    user: User | None = None,
) -> WorkItem:
    """Say what is done next and when, and that the customer was spoken or written to on a day.

    Raises RefusedError when the work is done, and for a contact after `as_of`.
    """
    _alone(contacted_on, as_of)
    work = _locked(work)
    work.next_step, work.next_step_on = next_step.strip(), on
    work.save(update_fields=["next_step", "next_step_on"])
    _contacted(work, contacted_on, user)
    if work.next_step or on:
        _note(work, WorkAct.PLANNED, day=on, text=work.next_step, user=user)
    return work


@transaction.atomic
def take(*, work: WorkItem, user: User) -> WorkItem:
    """Take work out of the default queue, or over from somebody.

    It stays with the user until it is done; whatever comes after it goes to the controller again.
    Raises RefusedError when it is done.
    """
    work = _locked(work)
    if not (work.is_taken and work.user_id == user.pk):
        _note(work, WorkAct.TAKEN, text=str(work.user or ""), user=user)
    work.user, work.is_taken = user, True
    work.save(update_fields=["user", "is_taken"])
    return work


@transaction.atomic
def take_many(*, works: Iterable[WorkItem], user: User) -> int:
    """Take several pieces of work, leaving out what is done meanwhile; answers how many."""
    lock_names(RUN)
    wanted = [work.pk for work in works]
    rows = WorkItem.objects.filter(pk__in=wanted).not_done().order_by("pk")
    found = list(rows.select_for_update(no_key=True))
    for work in found:
        take(work=work, user=user)
    return len(found)


@transaction.atomic
def finish(
    *,
    work: WorkItem,
    outcome: str,
    as_of: date,
    user: User | None = None,
    note: str = "",
    contacted_on: date | None = None,
) -> WorkItem:
    """End work with its outcome; it comes back when something else falls overdue, or in two weeks.

    Raises RefusedError for an outcome that only the overdue run may say, for a contact in the
    future, and when it is done.
    """
    if outcome not in WorkOutcome.values or outcome == WorkOutcome.CURED:
        raise RefusedError(_("Say how the work ended."), field="outcome")
    _alone(contacted_on, as_of)
    work = _locked(work)
    _contacted(work, contacted_on, user)
    work.state, work.snoozed_until = WorkState.DONE, None
    work.outcome, work.note = outcome, note.strip()
    work.closed_on, work.closed_by = as_of, user
    work.save(update_fields=["state", "snoozed_until", "outcome", "note", "closed_on", "closed_by"])
    words = ": ".join(filter(None, [work.outcome, work.note]))
    _note(work, WorkAct.FINISHED, text=words[:500], user=user)
    return work


@transaction.atomic
def note_contact(
    *, work: WorkItem, on: date, as_of: date, text: str = "", user: User | None = None
) -> WorkItem:
    """Note that the customer was spoken or written to on a day: for all its work, done or not.

    An earlier day than the last is kept as a step and does not become the last contact. Raises
    RefusedError for a day after `as_of`.
    """
    _alone(on, as_of)
    work = WorkItem.objects.select_for_update(no_key=True).get(pk=work.pk)
    _contacted(work, on, user, text.strip())
    return work


def _alone(contacted_on: date | None, as_of: date | None = None) -> None:
    """A contact touches all work of the payer: no overdue run, nor another contact, beside it."""
    if contacted_on is None:
        return
    if as_of is not None and contacted_on > as_of:
        raise RefusedError(_("A contact is noted once it took place."), field="contacted_on")
    lock_names(RUN)


def _contacted(work: WorkItem, on: date | None, user: User | None, text: str = "") -> None:
    """The contact is with the payer: every piece of its work knows of it, new ones too."""
    if on is None:
        return
    rows = WorkItem.objects.filter(party=work.party_id)
    rows.exclude(last_contact_on__gte=on).update(last_contact_on=on)
    work.refresh_from_db(fields=["last_contact_on"])
    _note(work, WorkAct.CONTACTED, day=on, text=text, user=user)


def _note(work: WorkItem, act: str, **facts: Any) -> None:
    WorkEvent.objects.create(work=work, act=act, **facts)


def _locked(work: WorkItem) -> WorkItem:
    """The row as it is now, held against the overdue run; raises RefusedError when it is done."""
    now: WorkItem = WorkItem.objects.select_for_update(no_key=True).get(pk=work.pk)
    if now.state == WorkState.DONE:
        raise RefusedError(_("This work is done already."))
    return now
