"""An approved plan is opened for revision, closed with a summary, or cancelled with a reason."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from kam.core.problems import explained
from kam.identity.models import User
from plans.choices.approval import PlanStepKind, SnapshotReason
from plans.choices.plan import PlanState
from plans.models import Plan
from plans.querysets.plans import LIVE, OPEN
from plans.services.approval.notices import tell_of_ended, tell_of_revised
from plans.services.approval.snapshots import take_snapshot
from plans.services.approval.steps import keep_step, locked_in, words_of

_ENDED = ["state", "ended_by", "ended_at", "end_reason", "updated_at"]
_END_LETTERS = 1000


@explained()
@transaction.atomic
def revise_plan(*, plan: Plan, by: User, text: str, at: datetime) -> Plan:
    """Open an approved or active plan for revision: a draft with the next number.

    What was approved stays in its snapshot. Who wrote before may approve this revision unless
    they write in it as well. Raises WrongStateError, and NoWordsError without a reason.
    """
    row = locked_in(plan, LIVE)
    words = words_of(text)
    row.state, row.revision, row.writer_ids = PlanState.DRAFT, row.revision + 1, []
    row.submitted_by = row.submitted_at = row.approved_by = row.approved_at = None
    row.save()
    keep_step(row, PlanStepKind.REVISED, by=by, text=words)
    tell_of_revised(row, by=by, text=words, at=at)
    return row


@explained()
@transaction.atomic
def close_plan(*, plan: Plan, by: User, text: str, as_of: date, at: datetime) -> Plan:
    """Close an active plan with a summary of what came of it, and freeze how it ended.

    Raises WrongStateError for one that is not active, and NoWordsError without a summary.
    """
    row = locked_in(plan, (PlanState.ACTIVE,))
    words = words_of(text)
    _end(row, PlanState.CLOSED, by=by, words=words, at=at)
    frozen = take_snapshot(plan=row, reason=SnapshotReason.CLOSING, as_of=as_of, by=by)
    keep_step(row, PlanStepKind.CLOSED, by=by, text=words, snapshot=frozen)
    tell_of_ended(row, by=by, text=words, at=at)
    return row


@explained()
@transaction.atomic
def cancel_plan(*, plan: Plan, by: User, text: str, at: datetime) -> Plan:
    """Cancel an open plan, saying why; nothing of it is lost, and its days are free again.

    Raises WrongStateError for one that is over, and NoWordsError without a reason.
    """
    row = locked_in(plan, OPEN)
    words = words_of(text)
    _end(row, PlanState.CANCELLED, by=by, words=words, at=at)
    keep_step(row, PlanStepKind.CANCELLED, by=by, text=words)
    tell_of_ended(row, by=by, text=words, at=at)
    return row


def _end(row: Plan, state: str, *, by: User, words: str, at: datetime) -> None:
    row.state, row.ended_by, row.ended_at = state, by, at
    row.end_reason = words[:_END_LETTERS]
    row.save(update_fields=_ENDED)
