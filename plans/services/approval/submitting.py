"""A draft goes to whoever approves it, and comes back."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from kam.core.problems import explained
from kam.identity.models import User
from plans.choices.approval import PlanStepKind, SnapshotReason
from plans.choices.plan import PlanState
from plans.models import Plan
from plans.selectors.approval import may_decide
from plans.services.approval.notices import tell_of_sent_back, tell_of_submitted
from plans.services.approval.problems import NotApproverError, NotWaitingError
from plans.services.approval.snapshots import take_snapshot
from plans.services.approval.steps import keep_step, refuse_blocked, words_of
from plans.services.writing import locked_plan, written_by

_WENT = ["state", "submitted_by", "submitted_at", "writer_ids", "updated_at"]


@explained()
@transaction.atomic
def submit_plan(*, plan: Plan, by: User, as_of: date, at: datetime, text: str = "") -> Plan:
    """Hand a draft to somebody else for approval; what it says is fixed while it waits.

    All that it shows is frozen: who approves sees what came to it since, from the outside.

    Whoever submits it and its owner answer for it like those who wrote it: neither approves it.
    Raises NotDraftError, and RefusedError with the first of `problems_of`'s blockers.
    """
    row = written_by(plan, by)
    refuse_blocked(row, as_of=as_of)
    row.writer_ids = list(dict.fromkeys([*row.writer_ids, by.pk, row.owner_id]))
    row.state, row.submitted_by, row.submitted_at = PlanState.IN_REVIEW, by, at
    row.save(update_fields=_WENT)
    frozen = take_snapshot(plan=row, reason=SnapshotReason.SUBMITTED, as_of=as_of, by=by)
    keep_step(row, PlanStepKind.SUBMITTED, by=by, text=text.strip(), snapshot=frozen)
    tell_of_submitted(row, by=by, at=at, as_of=as_of)
    return row


@explained()
@transaction.atomic
def withdraw_plan(*, plan: Plan, by: User, text: str = "") -> Plan:
    """Take a plan back that waits for approval. Raises NotWaitingError for one that does not."""
    row = _waiting(plan)
    _back(row)
    keep_step(row, PlanStepKind.WITHDRAWN, by=by, text=text.strip())
    return row


@explained()
@transaction.atomic
def send_back_plan(*, plan: Plan, by: User, text: str, at: datetime) -> Plan:
    """Send a plan back to its draft, saying what has to change, by whoever may approve it.

    Raises NotWaitingError, NotApproverError, and NoWordsError without words.
    """
    row = _waiting(plan)
    if not may_decide(by, row):
        raise NotApproverError
    words, asked = words_of(text), row.submitted_by_id
    _back(row)
    keep_step(row, PlanStepKind.SENT_BACK, by=by, text=words)
    tell_of_sent_back(row, to=asked, by=by, text=words, at=at)
    return row


def _waiting(plan: Plan) -> Plan:
    row = locked_plan(plan)
    if row.state != PlanState.IN_REVIEW:
        raise NotWaitingError
    return row


def _back(row: Plan) -> None:
    row.state, row.submitted_by, row.submitted_at = PlanState.DRAFT, None, None
    row.save(update_fields=_WENT)
