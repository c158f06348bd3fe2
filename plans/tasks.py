from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kam.core.jobs import JobError, Progress, job
from kam.core.problems import RefusedError
from kam.identity.models import User
from plans.models import Plan
from plans.services.approval.deciding import activate_due
from plans.services.approval.snapshots import JOB, take_snapshot


@job(JOB, title=_("Freeze a plan"), capability="plans.edit")
def freeze_plan(
    progress: Progress, *, plan: int, reason: str, as_of: str, user: int, note: str = ""
) -> dict[str, Any]:
    """Take a snapshot of a plan, for whoever may write it still."""
    asked = User.objects.get(pk=user)
    row = Plan.objects.editable_by(asked).filter(pk=plan).first()
    if row is None:
        raise JobError(gettext("There is no such plan."))
    try:
        frozen = take_snapshot(
            plan=row,
            reason=reason,
            as_of=date.fromisoformat(as_of),
            by=asked,
            note=note,
            report=progress.report,
        )
    except RefusedError as refusal:
        raise JobError(str(refusal)) from refusal
    return {"plan": row.pk, "snapshot": frozen.number}


@job("plans.activate_plans", title=_("Plans that begin"))
def activate_plans(progress: Progress, *, as_of: str = "") -> dict[str, Any]:
    """Let approved plans begin whose period has begun (nightly; repeatable)."""
    day = date.fromisoformat(as_of) if as_of else timezone.localdate()
    return {"as_of": day.isoformat(), "activated": activate_due(as_of=day)}
