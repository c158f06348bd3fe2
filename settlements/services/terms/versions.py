"""The life of a version: draft, submitted, approved by somebody else, followed or terminated."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from accounts.services.tree import refuse_merged
from kam.core import formats
from kam.core.problems import RefusedError, explained, refuse
from kam.identity.models import User
from settlements.choices.terms import VersionState
from settlements.models import AgreementVersion, TradingAgreement
from settlements.services.terms.checks import header_problems
from settlements.services.terms.copying import PARTS, draft_of
from settlements.services.terms.drafts import HeaderDraft, VersionDraft
from settlements.services.terms.locking import locked_agreement, locked_draft, locked_version
from settlements.services.terms.notices import (
    tell_of_approved,
    tell_of_returned,
    tell_of_submitted,
    tell_of_terminated,
)
from settlements.services.terms.overlap import followed_by
from settlements.services.terms.parts import delete_draft, write_whole
from settlements.services.terms.problems import problems_of
from settlements.services.terms.words import ANOTHER, NOT_WAITING

_OPEN = (VersionState.DRAFT, VersionState.IN_APPROVAL)


# Drafts


@explained()
@transaction.atomic
def draft_version(
    *,
    agreement: TradingAgreement,
    header: HeaderDraft,
    by: User | None,
    copy_of: AgreementVersion | None = None,
) -> AgreementVersion:
    """Begin a version, empty or with all that another version of the agreement says.

    One is worked on at a time. Raises RefusedError where there is another, and for the header.
    """
    locked = locked_agreement(agreement.pk)
    refuse_merged(locked.account)
    if open_one := locked.versions.filter(state__in=_OPEN).first():
        words = _("Version %(version)s is being worked on.") % {"version": open_one.version}
        raise RefusedError(words, code="agreement_one_draft")
    refuse(header_problems(header))
    last = locked.versions.aggregate(last=Max("version"))["last"] or 0
    row = AgreementVersion(agreement=locked, version=last + 1, written_by=by)
    row.writer_ids = [by.pk] if by else []
    row.valid = DateRange(header.start, header.end)
    row.save()
    said = VersionDraft(header=header)
    if copy_of is not None:
        said = _copied(locked, copy_of, header)
    write_whole(row, said)
    return row


def _copied(
    agreement: TradingAgreement, source: AgreementVersion, header: HeaderDraft
) -> VersionDraft:
    found = agreement.versions.prefetch_related(*PARTS).filter(pk=source.pk).first()
    if found is None:
        raise RefusedError(_("This is a version of another agreement."), code="other_agreement")
    said = draft_of(found)
    return VersionDraft(
        header=header,
        schedules=said.schedules,
        terms=said.terms,
        conditions=said.conditions,
        responsibilities=said.responsibilities,
    )


def next_header(version: AgreementVersion, *, as_of: date) -> HeaderDraft:
    """Return the header that a version following this one begins with.

    It begins where this one ends, or on the day; renewal and notice stay as they are.
    """
    end = version.valid.upper
    return HeaderDraft(
        start=end or max(as_of, version.valid.lower),
        renewal="ends" if version.renewal == "silent" else version.renewal,
        notice_days=version.notice_days,
        note=version.note,
    )


@explained()
@transaction.atomic
def discard_draft(*, version: AgreementVersion, by: User | None) -> None:
    """Throw a draft away; its history stays. Raises RefusedError for anything but a draft."""
    row = locked_draft(version, by=by)
    delete_draft(row)


# Approval


@explained()
@transaction.atomic
def submit_version(
    *, version: AgreementVersion, by: User, at: datetime, is_told: bool = True
) -> AgreementVersion:
    """Hand a draft to somebody else for approval; it does not change while it waits.

    Where many are handed in, nobody is told of each one (`is_told`): My day says what waits.

    Raises RefusedError with the first of `problems_of`'s blockers, and for one that is no draft.
    """
    row = locked_draft(version, by=None)
    refuse(problems_of(row).blockers)
    row.state, row.submitted_by, row.submitted_at = VersionState.IN_APPROVAL, by, at
    row.decision_note = ""
    row.save()
    if is_told:
        tell_of_submitted(row, at=at)
    return row


@explained()
@transaction.atomic
def return_version(
    *, version: AgreementVersion, note: str, by: User, at: datetime
) -> AgreementVersion:
    """Send a version that waits for approval back to its draft, saying why.

    Whoever submitted it may take it back as well. Raises RefusedError for one that does not wait
    and without a note.
    """
    row = locked_version(version)
    _refuse_not_waiting(row)
    if not note.strip() and by.pk != row.submitted_by_id:
        raise RefusedError(_("Say what has to change."), field="note", code="no_note")
    asked = row.submitted_by_id
    row.state, row.submitted_by, row.submitted_at = VersionState.DRAFT, None, None
    row.decision_note = note.strip()[:500]
    row.save()
    tell_of_returned(row, to=asked, by=by, at=at)
    return row


@explained()
@transaction.atomic
def approve_version(
    *, version: AgreementVersion, by: User, at: datetime, note: str = ""
) -> AgreementVersion:
    """Bring a version into force; from now on it never changes.

    The version in force before ends where this one begins and is followed by it. Raises
    RefusedError for who wrote or submitted it, for one that does not wait, and where another
    approved version covers some of its days (named).
    """
    row = locked_version(version)
    _refuse_not_waiting(row)
    if by.pk in {row.submitted_by_id, row.written_by_id, *row.writer_ids}:
        raise RefusedError(ANOTHER, code="agreement_approved_by_another")
    refuse(problems_of(row).blockers)
    for before in followed_by(row):
        _follow(before, row, by=by, at=at)
    row.state, row.approved_by, row.approved_at = VersionState.ACTIVE, by, at
    row.decision_note = note.strip()[:500]
    row.save()
    tell_of_approved(row, by=by, at=at)
    return row


def _refuse_not_waiting(row: AgreementVersion) -> None:
    if row.state != VersionState.IN_APPROVAL:
        raise RefusedError(NOT_WAITING, code="not_in_approval")


def _follow(before: AgreementVersion, row: AgreementVersion, *, by: User, at: datetime) -> None:
    """End a version where the next one begins."""
    locked = AgreementVersion.objects.select_for_update(no_key=True, of=("self",)).get(pk=before.pk)
    locked.valid = DateRange(locked.valid.lower, row.valid.lower)
    locked.state, locked.ended_by, locked.ended_at = VersionState.SUPERSEDED, by, at
    locked.save()


# Ends


@explained()
@transaction.atomic
def terminate_version(
    *,
    version: AgreementVersion,
    on: date,
    reason: str,
    by: User,
    as_of: date,
    at: datetime,
) -> AgreementVersion:
    """End a version in force, or give notice: `on` is the first day on which it no longer holds.

    One that goes on by itself does so no more. Raises RefusedError without a reason, for one that
    is not in force or over already, and for a day that is past, not after its first, or after its
    end.
    """
    row = locked_version(version)
    start, end = row.valid.lower, row.valid.upper
    if row.state != VersionState.ACTIVE:
        raise RefusedError(_("Only a version in force can be terminated."), code="not_active")
    if end is not None and end <= as_of:
        raise RefusedError(_("This version is over already."), code="over")
    if not reason.strip():
        raise RefusedError(_("Say why it ends."), field="reason", code="no_reason")
    if on < as_of:
        words = _("The past keeps its agreement: choose today or a later day.")
        raise RefusedError(words, field="on", code="in_the_past")
    if on <= start:
        begins = _("It begins on %(day)s: choose a later day.") % {"day": formats.date(start)}
        raise RefusedError(begins, field="on", code="before_its_start")
    if end is not None and on > end:
        ends = _("It ends on %(day)s already: choose that day or an earlier one.")
        raise RefusedError(ends % {"day": formats.date(end)}, field="on", code="after_its_end")
    row.valid, row.state = DateRange(start, on), VersionState.TERMINATED
    row.ended_by, row.ended_at, row.end_reason = by, at, reason.strip()[:500]
    row.save()
    tell_of_terminated(row, by=by, at=at)
    return row
