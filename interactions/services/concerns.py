"""Writes of concerns: raising, moving on, answering, handing to somebody, setting targets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Position
from accounts.selectors.tiers.policies import tier_on
from accounts.services import tree
from interactions.analytics import concerns as rules
from interactions.choices import ConcernCategory, ConcernEntryKind, ConcernSeverity, ConcernState
from interactions.models import Concern, ConcernEntry, ConcernTarget, Note
from interactions.services import problems
from interactions.services.problems import EARLIEST
from kam.core.clock import organisation_zone
from kam.core.problems import RefusedError, explained
from kam.identity.models import User
from kam.notifications.services import notify


@dataclass(frozen=True, kw_only=True)
class Worry:
    """What somebody tells of a concern."""

    account: Account
    title: str
    category: str = ConcernCategory.OTHER
    severity: int = ConcernSeverity.MEDIUM
    description: str = ""
    raised_by: Position | None = None
    is_confidential: bool = False


@explained()
@transaction.atomic
def raise_concern(
    *,
    worry: Worry,
    author: User,
    now: datetime,
    owner: User | None = None,
    raised_at: datetime | None = None,
    note: Note | None = None,
) -> Concern:
    """Take a concern down: now unless said, for the lead of the account unless said.

    Its targets are those in force on its day for the tier of the account, and stay. Of a
    confidential contact's note it is confidential. Raises RefusedError for a time to come, for an
    owner who could not see it, for a note that became one already, where nobody leads the account
    and no owner is named, and for a merged account.
    """
    tree.refuse_merged(worry.account)
    raised_at = raised_at or now
    _check_time(raised_at, now)
    row = Concern(account=worry.account, author=author, note=note, raised_at=raised_at)
    row.raised_on = raised_at.astimezone(organisation_zone()).date()
    row.raised_by, row.severity = worry.raised_by, worry.severity
    row.is_confidential = worry.is_confidential
    row.is_confidential |= _is_of_confidential(row)
    row.owner = _checked_owner(owner or worry.account.current_lead, worry.account)
    _set_words(row, worry.title, worry.description, worry.category)
    _set_targets(row)
    row.save()
    _enter(row, ConcernEntryKind.RAISED, author, raised_at, to=row.state)
    _tell_owner(row, by=author, at=now)
    return row


@explained()
@transaction.atomic
def raise_from_note(*, note: Note, author: User, now: datetime, **more: Any) -> Concern:
    """Make a note of a contact a concern, raised when they were spoken to.

    `more` is what `Worry` takes besides account, title and person; the note's words are kept.
    Raises what `raise_concern` does.
    """
    contact = note.interaction
    words = " ".join(note.text.split())
    owner = more.pop("owner", None)
    facts = {
        "account": contact.account,
        "title": words[:200],
        "description": note.text if len(words) > 200 else "",
        "raised_by": note.position,
        **more,
    }
    return raise_concern(
        worry=Worry(**facts),
        author=author,
        owner=owner,
        now=now,
        raised_at=min(contact.occurred_at, now),
        note=note,
    )


@explained()
@transaction.atomic
def update_concern(
    *,
    concern: Concern,
    title: str,
    description: str,
    category: str,
    severity: int,
    is_confidential: bool,
    author: User,
    now: datetime,
) -> Concern:
    """Mend the words. Another severity brings its own targets, counted from the same moment.

    Of a confidential contact's note it stays confidential.
    """
    row = _locked(concern)
    _set_words(row, title, description, category)
    row.is_confidential = is_confidential or _is_of_confidential(row)
    if severity != row.severity:
        before, row.severity = row.get_severity_display(), severity
        _set_targets(row)
        words = f"{before} → {row.get_severity_display()}"
        _enter(row, ConcernEntryKind.SEVERITY, author, now, text=words)
    row.save()
    return row


@explained()
@transaction.atomic
def move_concern(
    *, concern: Concern, to: str, author: User, now: datetime, words: str = ""
) -> Concern:
    """Let a concern go to another state, with words where the rules ask for them.

    Waiting and resolved mean that the customer has been answered. Moving to where it stands
    already changes nothing. Raises RefusedError for a way that there is not, and without words.
    """
    row = _locked(concern)
    if to == row.state:
        return row
    if to not in ConcernState.values or not rules.may_move(row.state, to):
        raise problems.ConcernMoveError
    words = words.strip()
    if not words and rules.needs_words(row.state, to):
        raise RefusedError(_("Say what was done, or why."), field="words", code="concern_words")
    before, is_again = row.state, rules.is_reopening(row.state, to)
    row.state = to
    row.reopened += is_again
    if to != ConcernState.CLOSED:
        row.resolved_at = now if to == ConcernState.RESOLVED else None
    row.ended_at = now if to in rules.ENDED else None
    if to in rules.ANSWERS:
        row.first_response_at = row.first_response_at or now
    row.save()
    kind = ConcernEntryKind.REOPENED if is_again else ConcernEntryKind.MOVED
    _enter(row, kind, author, now, text=words, start=before, to=to)
    return row


@explained()
@transaction.atomic
def comment_on(
    *, concern: Concern, text: str, author: User, now: datetime, is_answer: bool = False
) -> ConcernEntry:
    """Note something among us, or that the customer was answered: the first answer counts."""
    row = _locked(concern)
    words = text.strip()
    if not words:
        raise RefusedError(_("Write something."), field="text")
    if is_answer and row.first_response_at is None:
        row.first_response_at = now
        row.save(update_fields=["first_response_at", "updated_at"])
    kind = ConcernEntryKind.ANSWER if is_answer else ConcernEntryKind.COMMENT
    return _enter(row, kind, author, now, text=words)


@explained()
@transaction.atomic
def give_concern(
    *, concern: Concern, owner: User, author: User | None, now: datetime, words: str = ""
) -> Concern:
    """Let somebody else see to it. Raises RefusedError for an owner who could not see it."""
    row = _locked(concern)
    if row.owner_id == owner.pk:
        return row
    row.owner = _checked_owner(owner, row.account)
    row.save(update_fields=["owner", "updated_at"])
    said = f"{owner} · {words.strip()}" if words.strip() else str(owner)
    _enter(row, ConcernEntryKind.OWNER, author, now, text=said)
    _tell_owner(row, by=author, at=now)
    return row


def _tell_owner(row: Concern, *, by: User | None, at: datetime) -> None:
    notify(
        kind="interactions.concern_given",
        users=[row.owner_id],
        by=by,
        params={"what": row.title, "account": row.account.name},
        subject_id=row.pk,
        url=row.get_absolute_url(),
        dedupe=f"{row.pk}:{row.owner_id}:{row.reopened}",
        occurred_at=at,
    )


@explained()
@transaction.atomic
def set_target(
    *,
    severity: int,
    respond_hours: int,
    resolve_hours: int,
    from_day: date,
    tier_code: str = "",
) -> ConcernTarget:
    """Let other hours hold from a day on; what held before ends there and stays known.

    Concerns raised before keep theirs. Raises RefusedError where later hours are set already.
    """
    rows = ConcernTarget.objects.select_for_update(no_key=True).filter(
        tier_code=tier_code, severity=severity
    )
    if rows.filter(valid__startswith__gt=from_day).exists():
        raise RefusedError(_("Hours are set from a later day on already."), field="from_day")
    for row in rows.filter(valid__contains=from_day):
        if row.valid.lower == from_day:
            row.respond_hours, row.resolve_hours = respond_hours, resolve_hours
            row.save()
            same: ConcernTarget = row
            return same
        row.valid = type(row.valid)(row.valid.lower, from_day)
        row.save()
    valid = (from_day, None)
    target = ConcernTarget(tier_code=tier_code, severity=severity, valid=valid)
    target.respond_hours, target.resolve_hours = respond_hours, resolve_hours
    target.save()
    return target


def hours_for(account: Account, severity: int, *, on: date) -> tuple[int, int]:
    """Return the hours to answer and to solve that hold for an account on a day."""
    tier = tier_on(account, as_of=on)
    rows = ConcernTarget.objects.on(on).filter(severity=severity)
    found: Mapping[str, ConcernTarget] = {row.tier_code: row for row in rows}
    target = (found.get(tier.code) if tier else None) or found.get("")
    if target is None:
        return rules.BUILT_IN[severity]
    return target.respond_hours, target.resolve_hours


def _set_targets(row: Concern) -> None:
    due = rules.due(row.raised_at, *hours_for(row.account, row.severity, on=row.raised_on))
    row.respond_by, row.resolve_by = due.respond_by, due.resolve_by


def _is_of_confidential(row: Concern) -> bool:
    return row.note is not None and bool(row.note.interaction.is_confidential)


def _set_words(row: Concern, title: str, description: str, category: str) -> None:
    row.title, row.description = " ".join(title.split())[:200], description.strip()
    row.category = category
    if not row.title:
        raise RefusedError(_("Say in one line what bothers them."), field="title")


def _check_time(raised_at: datetime, now: datetime) -> None:
    if raised_at > now:
        raise RefusedError(_("This is still to come."), field="raised_at", code="concern_future")
    if raised_at < EARLIEST:
        raise RefusedError(problems.TooEarlyError.words, field="raised_at")


def _checked_owner(owner: User | None, account: Account) -> User:
    if owner is None:
        words = _("Nobody leads this account: say who sees to it.")
        raise RefusedError(words, field="owner", code="concern_owner")
    if not owner.is_active:
        raise RefusedError(_("This person can no longer sign in."), field="owner")
    if not Account.objects.worked_on_by(owner).filter(pk=account.pk).exists():
        words = _("This colleague cannot see the account.")
        raise RefusedError(words, field="owner", code="owner_cannot_see")
    return owner


def _locked(concern: Concern) -> Concern:
    rows = Concern.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "account", "owner"
    )
    found: Concern = rows.get(pk=concern.pk)
    return found


def _enter(
    row: Concern,
    kind: str,
    author: User | None,
    at: datetime,
    *,
    text: str = "",
    start: str = "",
    to: str = "",
) -> ConcernEntry:
    return ConcernEntry.objects.create(
        concern=row,
        kind=kind,
        author=author,
        happened_at=at,
        text=text,
        from_state=start,
        to_state=to,
        round=row.reopened,
    )
