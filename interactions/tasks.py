from __future__ import annotations

from datetime import date
from typing import Any

from celery import shared_task
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interactions.services import concern_escalation
from interactions.services.cadence_flags import flag_overdue_touches as flag_touches
from kam.core import jobs
from kam.core.jobs import Progress, job

ESCALATE = "interactions.escalate_concerns"


@job(ESCALATE, title=_("Remind of concerns"), capability="interactions.configure")
def escalate_concerns(progress: Progress) -> dict[str, Any]:
    """Tell of concerns that came near a target or passed one, once each (safe to repeat)."""
    done = concern_escalation.escalate(now=timezone.now())
    return {"near": done.near, "late": done.late, "told": done.told}


@shared_task(name="interactions.look_at_concerns", ignore_result=True)
def look_at_concerns() -> None:
    """Ask for the reminders where one is due (every 15 minutes)."""
    if concern_escalation.is_anything_due(now=timezone.now()):
        jobs.enqueue(ESCALATE, key=ESCALATE)


@job("interactions.flag_overdue_touches", title=_("Tell of overdue contacts"))
def flag_overdue_touches(progress: Progress, *, as_of: str = "") -> dict[str, Any]:
    """Tell leads of contacts that became overdue, once each (nightly, safe to repeat)."""
    day = date.fromisoformat(as_of) if as_of else timezone.localdate()
    done = flag_touches(as_of=day, now=timezone.now())
    return {"as_of": day.isoformat(), "overdue": done.overdue, "told": done.told}
