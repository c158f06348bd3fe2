"""A statement between draft and ledger: issued, disputed, corrected, confirmed."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from kam.core.problems import explained
from kam.identity.models import User
from settlements.analytics.settling import Line
from settlements.choices.settling import LinePart, StatementState
from settlements.models import SettlementStatement, StatementDispute, StatementLine
from settlements.selectors.settling.computing import Outcome
from settlements.selectors.settling.recomputing import outcome_of, stored_lines
from settlements.services.settling.contests import Contest, check_contests
from settlements.services.settling.drafting import lock_terms, locked, write
from settlements.services.settling.problems import NotInputError, StateError
from settlements.services.settling.telling import (
    tell_of_confirmed,
    tell_of_corrected,
    tell_of_disputed,
)

PREFIX = "ST"


@explained()
@transaction.atomic
def issue_statement(
    *, statement: SettlementStatement, issued_on: date, issued_by: User | None
) -> SettlementStatement:
    """Give a draft its number; from then on neither it nor its lines change.

    Raises StateError for anything but a draft, and before the period's end.
    """
    row = locked(statement)
    _need(row, StatementState.DRAFT)
    if issued_on < row.last_day:
        raise StateError(_("The period has not ended yet."), code="period_open", field="issued_on")
    row.number = row.number or f"{PREFIX}-{row.pk:06}"
    row.state = StatementState.ISSUED
    row.issued_on, row.issued_by = issued_on, issued_by
    row.save(update_fields=["number", "state", "issued_on", "issued_by", "updated_at"])
    return row


@explained()
@transaction.atomic
def dispute_statement(
    *,
    statement: SettlementStatement,
    contests: Sequence[Contest],
    raised_on: date,
    raised_by: User | None,
    at: datetime | None = None,
) -> list[StatementDispute]:
    """Note what the customer contests of an issued statement; more can be added while it is.

    `at` is the moment at which the account's lead is told; without it nobody is. Raises
    StateError (before it was issued among them), NotInputError for a line of another statement, or
    TooMuchError for more than a line or the whole statement says, together with what is contested
    already.
    """
    row = locked(statement)
    _need(row, StatementState.ISSUED, StatementState.DISPUTED)
    _not_before_issue(row, raised_on, "raised_on")
    check_contests(row, contests)
    made = StatementDispute.objects.bulk_create(
        [
            StatementDispute(
                statement=row,
                line_id=contest.line_id,
                amount=contest.amount,
                reason=contest.reason,
                note=contest.note,
                raised_on=raised_on,
                raised_by=raised_by,
            )
            for contest in contests
        ]
    )
    if row.state == StatementState.ISSUED:
        row.state = StatementState.DISPUTED
        row.save(update_fields=["state", "updated_at"])
    tell_of_disputed(row, by=raised_by, on=raised_on, at=at)
    return made


@explained()
@transaction.atomic
def reject_dispute(
    *, statement: SettlementStatement, settled_on: date, note: str = ""
) -> SettlementStatement:
    """Let a disputed statement stand as it is: it is issued again, its disputes are not granted."""
    row = locked(statement)
    _need(row, StatementState.DISPUTED)
    _settle(row, settled_on, note)
    row.state = StatementState.ISSUED
    row.save(update_fields=["state", "updated_at"])
    return row


def _settle(
    row: SettlementStatement, day: date, note: str, *, granted: Collection[int | None] = ()
) -> None:
    """Settle what is contested: granted for the lines named (None: the whole), the rest not."""
    for dispute in row.disputes.filter(settled_on__isnull=True):
        dispute.settled_on = max(day, dispute.raised_on)
        dispute.is_granted = dispute.line_id in granted
        dispute.settled_note = note
        dispute.save()


@dataclass(frozen=True, slots=True)
class Concession:
    """A claim of the customer put right: the line it is about and what it comes to instead."""

    line_id: int
    amount: Decimal


@explained()
@transaction.atomic
def correct_statement(
    *,
    statement: SettlementStatement,
    corrected_on: date,
    corrected_by: User | None,
    claims: Sequence[Concession] = (),
    trading_days: int | None = None,
    note: str = "",
    at: datetime | None = None,
) -> SettlementStatement:
    """Issue the next version of a disputed statement and cancel the one before.

    Computed anew from the reports as they stand now and the version pinned before. `claims` says
    what fee lines come to instead (zero: not claimed), as unsigned amounts. Disputes of
    lines that the next version says as before are not granted. `at` is the moment at which who
    drafted is told. Raises StateError, or NotInputError with what is missing.
    """
    row = locked(statement)
    _need(row, StatementState.DISPUTED)
    _not_before_issue(row, corrected_on, "corrected_on")
    outcome = outcome_of(row, trading_days=trading_days)
    lock_terms([outcome.job])
    if outcome.computed is None:
        raise NotInputError(outcome.problem, code=outcome.code)
    outcome = _with_claims(row, outcome, claims)
    _settle(row, corrected_on, note, granted=_changed(row, outcome))
    row.state = StatementState.CANCELLED
    row.save(update_fields=["state", "updated_at"])
    (made,) = write([outcome], drafted_by=corrected_by, note=note, corrects=row)
    row = issue_statement(statement=made, issued_on=corrected_on, issued_by=corrected_by)
    tell_of_corrected(row, by=corrected_by, on=corrected_on, at=at)
    return row


def _changed(row: SettlementStatement, outcome: Outcome) -> set[int | None]:
    """The lines of the row that the next version does not say; None, the whole, with any."""
    lines = outcome.computed.lines if outcome.computed else ()
    said = {replace(line, rate=None) for line in lines}
    own = zip(row.lines.order_by("sequence"), stored_lines(row), strict=True)
    changed: set[int | None] = {
        line.pk for line, stored in own if replace(stored, rate=None) not in said
    }
    return changed | {None} if changed or len(lines) != row.lines.count() else changed


def _with_claims(
    row: SettlementStatement, outcome: Outcome, claims: Sequence[Concession]
) -> Outcome:
    if outcome.computed is None:
        return outcome
    standing = {line.pk: line for line in row.lines.filter(part=LinePart.CLAIM)}
    wanted = _conceded(row, standing.values(), outcome.computed.lines)
    for claim in claims:
        line = standing.get(claim.line_id)
        if line is None:
            raise NotInputError(_("Only a fee claimed beside the statement is put right here."))
        if claim.amount < 0:
            raise NotInputError(_("An amount claimed is zero or more."), field="amount")
        wanted[line.condition_id] = claim.amount
    if not wanted:
        return outcome
    lines = [
        replace(line, amount=-wanted[line.condition_id], rate=None)
        if line.part == LinePart.CLAIM and line.condition_id in wanted
        else line
        for line in outcome.computed.lines
    ]
    kept = tuple(line for line in lines if line.part != LinePart.CLAIM or line.amount)
    claimed = -sum((line.amount for line in kept if line.part == LinePart.CLAIM), Decimal(0))
    return replace(outcome, computed=replace(outcome.computed, lines=kept, claimed=claimed))


def _conceded(
    row: SettlementStatement, standing: Iterable[StatementLine], lines: Iterable[Line]
) -> dict[int | None, Decimal]:
    """What an earlier correction put right, by condition: the next one does not take it back.

    A fee that is computed but not claimed, or claimed with another amount of the same basis.
    """
    if row.replaces_id is None:
        return {}
    stood = {line.condition_id: line for line in standing}
    found: dict[int | None, Decimal] = {}
    for line in lines:
        if line.part != LinePart.CLAIM:
            continue
        before = stood.get(line.condition_id)
        if before is None:
            found[line.condition_id] = Decimal(0)
        elif before.amount != line.amount and before.basis == line.basis:
            found[line.condition_id] = -before.amount
    return found


@dataclass(frozen=True, slots=True)
class SignedFile:
    """The signed statement as it came."""

    name: str
    content: bytes
    stored_as: str = "signed"
    content_type: str = "application/octet-stream"


@explained()
@transaction.atomic
def confirm_statement(
    *,
    statement: SettlementStatement,
    confirmed_on: date,
    confirmed_by: str = "",
    note: str = "",
    file: SignedFile | None = None,
    recorded_by: User | None = None,
    at: datetime | None = None,
) -> SettlementStatement:
    """Record that the customer confirmed an issued statement: by whom, or with the signed file.

    `at` is the moment at which who leads and who may post are told, but not `recorded_by`.
    Raises StateError while it is disputed, before it was issued, or without either.
    """
    row = locked(statement)
    _need(row, StatementState.ISSUED)
    if not confirmed_by.strip() and file is None:
        raise NotInputError(
            _("Say who confirmed it and when, or add the signed file."), field="confirmed_by"
        )
    _not_before_issue(row, confirmed_on, "confirmed_on")
    row.state = StatementState.CONFIRMED
    row.confirmed_on, row.confirmed_by = confirmed_on, confirmed_by.strip()
    row.confirmation_note = note
    if file is not None:
        row.confirmation_name = file.name[:200]
        row.confirmation_sha256 = hashlib.sha256(file.content).hexdigest()
        row.confirmation_file.save(file.stored_as, ContentFile(file.content), save=False)
    row.save()
    tell_of_confirmed(row, by=recorded_by, on=confirmed_on, at=at)
    return row


def _not_before_issue(row: SettlementStatement, day: date, field: str) -> None:
    if row.issued_on and day < row.issued_on:
        raise StateError(_("It was not issued yet on this day."), field=field)


def _need(row: SettlementStatement, *states: StatementState) -> None:
    if row.state not in states:
        words = _("The statement is %(state)s.") % {"state": row.get_state_display().lower()}
        raise StateError(words)
