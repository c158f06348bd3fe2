"""A plan that waits is approved by somebody else, and begins."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from kam.core.problems import explained
from kam.identity.models import User
from plans.choices.approval import PlanStepKind, SnapshotReason
from plans.choices.plan import PlanState
from plans.models import Plan, PlanSnapshot
from plans.selectors.approval import may_decide
from plans.selectors.content import shown_to
from plans.selectors.snapshots import reading_hash
from plans.services.approval.notices import tell_of_approved
from plans.services.approval.problems import (
    AuthorError,
    ChangedError,
    NotApproverError,
    NotWaitingError,
)
from plans.services.approval.snapshots import take_snapshot
from plans.services.approval.steps import keep_step, locked_in, refuse_blocked
from plans.services.writing import locked_plan


@explained()
@transaction.atomic
def approve_plan(
    *,
    plan: Plan,
    by: User,
    as_of: date,
    at: datetime,
    text: str = "",
    document_hash: str | None = None,
) -> Plan:
    """Approve a plan that others wrote, and freeze all that it shows in the same transaction.

    `document_hash` is the `reading_hash` of what the approver read; None: nobody asks. Raises
    NotWaitingError, AuthorError for who wrote in this revision, NotApproverError, RefusedError
    for what stands in its way by now, and ChangedError where it says something else than was read.
    """
    row = locked_plan(plan)
    if row.state != PlanState.IN_REVIEW:
        raise NotWaitingError
    if by.pk in row.writer_ids:
        raise AuthorError
    if not may_decide(by, row):
        raise NotApproverError
    refuse_blocked(row, as_of=as_of)
    row.state, row.approved_by, row.approved_at = PlanState.APPROVED, by, at
    row.save(update_fields=["state", "approved_by", "approved_at", "updated_at"])
    frozen = take_snapshot(plan=row, reason=SnapshotReason.APPROVAL, as_of=as_of, by=by)
    if document_hash is not None and document_hash != _read(frozen, by):
        raise ChangedError
    keep_step(row, PlanStepKind.APPROVED, by=by, text=text.strip(), snapshot=frozen)
    tell_of_approved(row, by=by, text=text.strip(), at=at)
    return row


def _read(frozen: PlanSnapshot, user: User) -> str:
    return reading_hash(shown_to(frozen.content, plan=frozen.plan, user=user))


@explained()
@transaction.atomic
def activate_plan(*, plan: Plan, by: User | None) -> Plan:
    """Let an approved plan begin. Raises WrongStateError for one that is not approved."""
    row = locked_in(plan, (PlanState.APPROVED,))
    row.state = PlanState.ACTIVE
    row.save(update_fields=["state", "updated_at"])
    keep_step(row, PlanStepKind.ACTIVATED, by=by)
    return row


def activate_due(*, as_of: date) -> int:
    """Let every approved plan begin whose period holds the day; answer how many. Repeatable."""
    due = Plan.objects.filter(state=PlanState.APPROVED, period__contains=as_of)
    return sum(_begun(pk) for pk in due.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _begun(pk: int) -> bool:
    """Let one plan begin, unless something happened to it meanwhile."""
    rows = Plan.objects.select_for_update(no_key=True, of=("self",))
    row = rows.filter(pk=pk, state=PlanState.APPROVED).first()
    if row is None:
        return False
    activate_plan(plan=row, by=None)
    return True
