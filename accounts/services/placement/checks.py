"""Store checks: begun from what is agreed, filled line by line, fixed once finished."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.choices import AccountKind, CheckOutcome, CheckState, GapReason
from accounts.models import Account, StoreCheck, StoreCheckCorrection, StoreCheckLine
from accounts.models.placement_triggers import CORRECT_SETTING
from accounts.models.store_checks import GAPS
from accounts.selectors.placement.applying import applying_to
from accounts.services import tree
from accounts.services.placement import photos
from kam.core.problems import RefusedError, explained, register_constraint
from kam.core.rewriting import rewriting
from kam.identity.models import User

register_constraint(
    "store_check_fixed_once_finished",
    _("This check is finished: correct it with a reason instead."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was seen of a placement."""

    outcome: str
    quantity: int | None = None
    reason: str = ""
    note: str = ""
    photo: File[bytes] | None = None


@explained()
@transaction.atomic
def begin_check(*, store: Account, checker: User, checked_on: date) -> StoreCheck:
    """Begin a check of a store, or go on with the one that the checker has not finished.

    It lists every placement that applies to the store on the day; what was agreed since a draft
    was begun joins it, and what nobody looked at and no longer applies leaves it. Raises
    RefusedError for what is no store.
    """
    tree.refuse_merged(store)
    if store.kind != AccountKind.STORE:
        raise RefusedError(_("Only stores are checked."), field="store", code="no_store")
    Account.objects.select_for_update(no_key=True).get(pk=store.pk)  # of two taps one begins it
    drafts = StoreCheck.objects.select_for_update(no_key=True, of=("self",))
    check = drafts.filter(account=store, checker=checker, state=CheckState.DRAFT).first()
    if check is None:
        check = StoreCheck.objects.create(account=store, checker=checker, checked_on=checked_on)
    elif check.checked_on != checked_on and not check.lines.exclude(outcome="").exists():
        check.checked_on = checked_on
        check.save(update_fields=["checked_on", "updated_at"])
    _list_placements(check)
    return check


def _list_placements(check: StoreCheck) -> None:
    wanted = {one.pk for one in applying_to(check.account, on=check.checked_on)}
    lines = {line.placement_id: line for line in check.lines.all()}
    for placement_id in sorted(wanted - lines.keys()):
        StoreCheckLine.objects.create(check_of=check, placement_id=placement_id)
    for placement_id, line in lines.items():
        if placement_id not in wanted and not line.outcome:
            line.delete()


@explained()
@transaction.atomic
def record(*, line: StoreCheckLine, seen: Seen) -> StoreCheckLine:
    """Note what was seen of one placement, as often as one likes until the check is finished.

    An empty outcome takes the observation back. Raises RefusedError for a finished check, a
    reason for what was found, a number of what is missing, and a file that is no photo.
    """
    check = _locked(line.check_of_id)
    if check.is_finished:
        raise RefusedError(
            _("This check is finished: correct it with a reason instead."),
            code="store_check_fixed_once_finished",
        )
    return _write(line, seen)


def _locked(check_id: int) -> StoreCheck:
    found: StoreCheck = StoreCheck.objects.select_for_update(no_key=True).get(pk=check_id)
    return found


def _write(line: StoreCheckLine, seen: Seen, *, corrects: bool = False) -> StoreCheckLine:
    row: StoreCheckLine = StoreCheckLine.objects.get(pk=line.pk)
    _check(seen)
    row.outcome, row.quantity = seen.outcome, seen.quantity
    row.reason, row.note = seen.reason, " ".join(seen.note.split())
    if seen.photo is not None:
        photos.put(row, seen.photo, keeps_former=corrects)
    row.save()
    return row


def _check(seen: Seen) -> None:
    if seen.outcome not in {"", *CheckOutcome.values}:
        raise RefusedError(_("Say found, not found or out of stock."), field="outcome")
    if seen.reason and seen.reason not in GapReason.values:
        raise RefusedError(_("There is no such reason."), field="reason")
    if seen.reason and seen.outcome not in GAPS:
        raise RefusedError(
            _("Only what is missing has a reason."),
            field="reason",
            code="store_check_reason_of_a_gap",
        )
    if seen.quantity is not None and seen.outcome != CheckOutcome.FOUND:
        raise RefusedError(
            _("Only what was found can be counted."),
            field="quantity",
            code="store_check_quantity_of_what_is_there",
        )


@explained()
@transaction.atomic
def finish_check(*, check: StoreCheck, now: datetime, note: str = "") -> StoreCheck:
    """Close a check; what nobody looked at stays unknown. Raises RefusedError where nothing was
    looked at, and for one that is finished."""
    locked = _locked(check.pk)
    if locked.is_finished:
        raise RefusedError(
            _("This check is finished already."), code="store_check_fixed_once_finished"
        )
    if not locked.lines.exclude(outcome="").exists():
        raise RefusedError(_("Look at one product at least."), code="nothing_checked")
    locked.state, locked.finished_at = CheckState.FINISHED, now
    locked.note = " ".join(note.split())
    locked.save(update_fields=["state", "finished_at", "note", "updated_at"])
    return locked


@explained()
@transaction.atomic
def discard_check(*, check: StoreCheck) -> None:
    """Throw a draft away with its photos; a finished check is refused."""
    locked = _locked(check.pk)
    if locked.is_finished:
        raise RefusedError(_("A finished check stays."), code="store_check_fixed_once_finished")
    for line in locked.lines.exclude(photo=""):
        transaction.on_commit(partial(default_storage.delete, line.photo.name or ""))
    locked.delete()


@explained()
@transaction.atomic
def correct(*, line: StoreCheckLine, seen: Seen, why: str, author: User) -> StoreCheckLine:
    """Put a line of a finished check right; what it said before stays in its history.

    Raises RefusedError without a reason, and for a check that is not finished.
    """
    check = _locked(line.check_of_id)
    if not check.is_finished:
        raise RefusedError(_("The check is not finished: change it there."), code="not_finished")
    if not why.strip():
        raise RefusedError(
            _("Say why it is put right."), field="why", code="store_check_correction_says_why"
        )
    before = StoreCheckLine.objects.values_list("outcome", flat=True).get(pk=line.pk)
    with correcting_checks():
        row = _write(line, seen, corrects=True)
    StoreCheckCorrection.objects.create(
        line=row, before=before, after=row.outcome, why=" ".join(why.split()), author=author
    )
    return row


def correcting_checks() -> AbstractContextManager[None]:
    """Inside a transaction: let finished checks be corrected, moved or cleared away.

    The one way past the database's refusal; nothing else may use it.
    """
    return rewriting(CORRECT_SETTING)
