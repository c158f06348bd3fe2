"""Snapshots of a plan, what they hold, and what differs between two of them or today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet

from kam.core.models import JobRun
from kam.identity.models import User
from plans.analytics.diff import Change, diff
from plans.analytics.documents import Document, hash_of
from plans.choices.approval import SnapshotReason
from plans.choices.plan import PlanState
from plans.models import Plan, PlanSnapshot
from plans.selectors.content import content_of, shown_to

JOB = "plans.take_snapshot"
_APART = frozenset({"as_of", "formula"})


def snapshots_of(plan: Plan) -> QuerySet[PlanSnapshot]:
    """Return a plan's snapshots without their content, the latest first."""
    rows: QuerySet[PlanSnapshot] = plan.snapshots.defer("content").select_related("taken_by")
    return rows.order_by("-number")


def is_unchanged(snapshot: PlanSnapshot) -> bool:
    """Whether the hash of what is stored is still the one that was written down with it."""
    return hash_of(snapshot.content) == snapshot.sha256


def live_document(plan: Plan, *, user: User, as_of: date) -> Document:
    """Return what a plan shows on a day, as a snapshot taken now would keep it, to a reader."""
    return shown_to(content_of(plan, as_of=as_of), plan=plan, user=user)


def frozen_document(snapshot: PlanSnapshot, *, user: User) -> Document:
    """Return what a snapshot holds, without what a reader may not see."""
    return shown_to(snapshot.content, plan=snapshot.plan, user=user)


def differences(before: Document, after: Document) -> Sequence[Change]:
    """Return what differs between two documents; their days alone are no difference."""
    return diff(_compared(before), _compared(after))


def _compared(document: Document) -> Document:
    return {key: value for key, value in document.items() if key not in _APART}


def reading_hash(document: Document) -> str:
    """Return the hash of what a reader of a plan reads: the same words and figures, the same hash.

    The day and the plan's state are left out, so that it holds across the approval itself.
    """
    header = {key: one for key, one in document["header"].items() if key != "state"}
    return hash_of({**_compared(document), "header": header})


def submitted_snapshot(plan: Plan) -> PlanSnapshot | None:
    """Return what was put before the approver, while the plan waits."""
    if plan.state != PlanState.IN_REVIEW:
        return None
    rows = plan.snapshots.filter(reason=SnapshotReason.SUBMITTED, revision=plan.revision)
    found: PlanSnapshot | None = rows.order_by("-number").first()
    return found


def approved_number(plan: Plan) -> int | None:
    """Return the number of the snapshot of the latest approval, if there was one."""
    rows = plan.snapshots.filter(reason=SnapshotReason.APPROVAL)
    found: int | None = rows.order_by("-number").values_list("number", flat=True).first()
    return found


def snapshot_job(plan: Plan, *, user: User, pk: int) -> JobRun | None:
    """Return a run that freezes this plan, for whoever may see the run."""
    rows = JobRun.objects.visible_to(user).filter(name=JOB, arguments__plan=plan.pk)
    found: JobRun | None = rows.filter(pk=pk).first()
    return found
