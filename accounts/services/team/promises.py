"""Promises in both directions: noting, agreeing another day, saying what became of them."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.choices import PromiseOutcome, PromiseSide
from accounts.models import Account, Position, Promise, PromiseMove
from accounts.services import people_problems as problems
from accounts.services import tree
from kam.core.problems import RefusedError, explained, register_constraint
from kam.identity.models import User

register_constraint(
    "promise_within_a_customer",
    _("This person stands at another customer."),
    field="position",
    kind=problems.OtherCustomerError,
)
register_constraint("promise_move_append_only", _("Days agreed before stay as they are."))
SETTLED = (PromiseOutcome.KEPT, PromiseOutcome.BROKEN, PromiseOutcome.WITHDRAWN)


@explained()
@transaction.atomic
def add_promise(
    *,
    account: Account,
    side: str,
    user: User,
    position: Position | None,
    what: str,
    made_on: date,
    due_on: date,
    note: str = "",
    author: User,
    as_of: date,
) -> Promise:
    """Note a promise. `user` is who of us gave or got it, `position` who of theirs.

    Raises RefusedError for a promise of theirs without a person, for one made after `as_of` or
    due before it was made, and OtherCustomerError for somebody of another customer.
    """
    tree.refuse_merged(account)
    if side == PromiseSide.THEIRS and position is None:
        raise RefusedError(_("Say who of theirs promised it."), field="position")
    _check_days(made_on, due_on, as_of)
    _check_position(account, position)
    return Promise.objects.create(
        account=account,
        side=side,
        user=user,
        position=position,
        what=_said(what),
        made_on=made_on,
        due_on=due_on,
        note=note.strip(),
        author=author,
    )


@explained()
@transaction.atomic
def update_promise(
    *, promise: Promise, what: str | None = None, note: str | None = None
) -> Promise:
    """Mend the words of a promise; days and outcome have their own acts."""
    locked = _locked(promise)
    if what is not None:
        locked.what = _said(what)
    if note is not None:
        locked.note = note.strip()
    locked.save()
    return locked


@explained()
@transaction.atomic
def move_promise(
    *, promise: Promise, to_day: date, reason: str, author: User, as_of: date
) -> Promise:
    """Agree another day. The former one stays known, and whether it had passed already.

    Raises RefusedError for a settled promise, for a day before it was made, the same day, or no
    reason.
    """
    locked = _open(promise)
    if to_day < locked.made_on:
        raise RefusedError(_("It is due before it was promised."), field="to_day")
    PromiseMove.objects.create(
        promise=locked,
        from_day=locked.due_on,
        to_day=to_day,
        reason=reason.strip(),
        author=author,
        moved_on=as_of,
    )
    if locked.due_on < as_of and locked.missed_on is None:
        locked.missed_on = locked.due_on
    locked.due_on = to_day
    locked.save()
    return locked


@explained()
@transaction.atomic
def settle_promise(
    *, promise: Promise, outcome: str, settled_on: date, words: str = "", as_of: date
) -> Promise:
    """Say what became of a promise: kept (late where its day had passed), broken or withdrawn.

    Raises RefusedError for one that is settled, for a day to come or before it was made, and for
    a broken or withdrawn one without words.
    """
    locked = _open(promise)
    if outcome not in SETTLED:
        raise RefusedError(_("Say whether it was kept, broken or withdrawn."), field="outcome")
    if settled_on > as_of:
        raise RefusedError(_("This day is still to come."), field="settled_on")
    if settled_on < locked.made_on:
        raise RefusedError(_("This is before it was promised."), field="settled_on")
    if outcome != PromiseOutcome.KEPT and not words.strip():
        raise RefusedError(_("Say why it was not kept."), field="words")
    is_late = settled_on > locked.due_on or locked.missed_on is not None
    if outcome == PromiseOutcome.KEPT and is_late:
        outcome = PromiseOutcome.KEPT_LATE
    locked.outcome, locked.settled_on, locked.outcome_note = outcome, settled_on, words.strip()
    locked.save()
    return locked


@explained()
@transaction.atomic
def reopen_promise(*, promise: Promise) -> Promise:
    """Take back what was said of the outcome; the history keeps it."""
    locked = _locked(promise)
    locked.outcome, locked.settled_on, locked.outcome_note = PromiseOutcome.OPEN, None, ""
    locked.save()
    return locked


def _said(what: str) -> str:
    words = " ".join(what.split())
    if not words:
        raise RefusedError(_("Say what was promised."), field="what")
    return words


def _check_days(made_on: date, due_on: date, as_of: date) -> None:
    if made_on > as_of:
        raise RefusedError(_("This day is still to come."), field="made_on")
    if due_on < made_on:
        raise RefusedError(_("It is due before it was promised."), field="due_on")


def _check_position(account: Account, position: Position | None) -> None:
    if position is None:
        return
    if position.person_id is None:
        raise RefusedError(_("Nobody of us has met whoever stands here."), field="position")
    if position.account_id == account.pk:
        return
    if position.account.current_group_id != account.current_group_id:
        raise problems.OtherCustomerError(
            _("This person stands at another customer."), field="position"
        )


def _locked(promise: Promise) -> Promise:
    found: Promise = Promise.objects.select_for_update(no_key=True).get(pk=promise.pk)
    return found


def _open(promise: Promise) -> Promise:
    found = _locked(promise)
    if not found.is_open:
        raise RefusedError(_("It is settled already."), code="promise_settled")
    return found
