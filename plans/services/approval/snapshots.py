"""Freezing what a plan shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.db import transaction
from django.db.models import Max

from kam.core import jobs
from kam.core.models import JobRun
from kam.core.problems import explained
from kam.identity.models import User
from plans.analytics.documents import hash_of, plain
from plans.choices.approval import SnapshotReason
from plans.models import Plan, PlanSnapshot
from plans.selectors.content import FORMULA, content_of
from plans.services.writing import locked_plan

JOB = "plans.take_snapshot"


@explained()
@transaction.atomic
def take_snapshot(
    *,
    plan: Plan,
    reason: str,
    as_of: date,
    by: User | None,
    note: str = "",
    report: Callable[[int, int, str], None] | None = None,
) -> PlanSnapshot:
    """Freeze everything that a plan shows on a day, with its hash; it never changes again.

    The plan's lock keeps writers away until it is written, so that it is of one moment.
    """
    row = locked_plan(plan)
    content = plain(content_of(row, as_of=as_of, report=report))
    last = row.snapshots.aggregate(last=Max("number"))["last"] or 0
    frozen: PlanSnapshot = PlanSnapshot.objects.create(
        plan=row,
        number=last + 1,
        reason=reason,
        revision=row.revision,
        as_of=as_of,
        content=content,
        formula=FORMULA,
        sha256=hash_of(content),
        note=note.strip()[:300],
        taken_by=by,
    )
    return frozen


def ask_for_snapshot(*, plan: Plan, by: User, as_of: date, note: str = "") -> JobRun:
    """Ask for a snapshot by hand: figures of a large plan take their time, so a job takes it."""
    return jobs.enqueue(
        JOB,
        requested_by=by,
        plan=plan.pk,
        reason=SnapshotReason.BY_HAND,
        as_of=as_of.isoformat(),
        user=by.pk,
        note=note,
    )
