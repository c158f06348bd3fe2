from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kam.core.jobs import JobError, Progress, job
from kam.core.models import JobRun
from kam.core.problems import RefusedError
from kam.identity.models import User
from plans.models import LossScenario, Plan, PlanPaper, PlanSnapshot
from plans.selectors.papers.making import JOB as MAKE_PAPER
from plans.selectors.papers.making import subject_for
from plans.services.approval.deciding import activate_due
from plans.services.approval.snapshots import JOB, take_snapshot
from plans.services.loss.running import JOB as RUN_LOSS
from plans.services.loss.running import run_scenario, tell_of_result
from plans.services.negotiation.telling import tell_notices
from plans.services.papers import making as papers
from plans.services.plan.telling import tell_reviews
from plans.services.work.telling import tell_overdue


@job(JOB, title=_("Freeze a plan"), capability="plans.edit")
def freeze_plan(
    progress: Progress, *, plan: int, reason: str, as_of: str, user: int, note: str = ""
) -> dict[str, Any]:
    """Take a snapshot of a plan, for whoever may write it still (repeatable)."""
    asked = User.objects.get(pk=user)
    row = Plan.objects.editable_by(asked).filter(pk=plan).first()
    if row is None:
        raise JobError(gettext("There is no such plan."))
    if (standing := _taken_before(progress, row, asked, reason, note)) is not None:
        return {"plan": row.pk, "snapshot": standing.number}
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


def _taken_before(
    progress: Progress, plan: Plan, by: User, reason: str, note: str
) -> PlanSnapshot | None:
    """What the run froze already, where its worker died before it could say so."""
    run = JobRun.objects.get(pk=progress.run_id)
    rows = plan.snapshots.filter(
        reason=reason, taken_by=by, note=note.strip()[:300], taken_at__gte=run.queued_at
    )
    return rows.order_by("number").first()


@job("plans.activate_plans", title=_("Plans that begin"))
def activate_plans(progress: Progress, *, as_of: str = "") -> dict[str, Any]:
    """Let approved plans begin whose period has begun (nightly; repeatable)."""
    day = date.fromisoformat(as_of) if as_of else timezone.localdate()
    return {"as_of": day.isoformat(), "activated": activate_due(as_of=day)}


@job("plans.tell_overdue_actions", title=_("Tell of overdue actions"))
def tell_overdue_actions(progress: Progress, *, as_of: str = "") -> dict[str, Any]:
    """Tell owners of actions that became overdue, once each (nightly, safe to repeat)."""
    day = date.fromisoformat(as_of) if as_of else timezone.localdate()
    done = tell_overdue(as_of=day, now=timezone.now())
    return {"as_of": day.isoformat(), "overdue": done.overdue, "told": done.told}


@job("plans.tell_reviews", title=_("Tell of reviews of plans"))
def tell_of_reviews(progress: Progress, *, as_of: str = "") -> dict[str, Any]:
    """Tell owners and sponsors of reviews due within a week, once each (nightly, repeatable)."""
    day = date.fromisoformat(as_of) if as_of else timezone.localdate()
    return {"as_of": day.isoformat(), "told": tell_reviews(as_of=day, now=timezone.now())}


@job("plans.tell_price_rounds", title=_("Tell of notices of price rounds"))
def tell_of_price_rounds(progress: Progress, *, as_of: str = "") -> dict[str, Any]:
    """Tell leads whose accounts are to be told of a price change (nightly, repeatable)."""
    day = date.fromisoformat(as_of) if as_of else timezone.localdate()
    return {"as_of": day.isoformat(), "told": tell_notices(as_of=day, now=timezone.now())}


@job(RUN_LOSS, title=_("Run a loss scenario"), capability="scenarios.edit")
def run_loss_scenario(progress: Progress, *, scenario: int, as_of: str) -> dict[str, Any]:
    """Compute a heavy loss scenario for whoever asked and may still see it (repeatable)."""
    run = JobRun.objects.select_related("requested_by").get(pk=progress.run_id)
    asked = run.requested_by
    row = LossScenario.objects.visible_to(asked).filter(pk=scenario).first() if asked else None
    if asked is None or row is None:
        raise JobError(gettext("There is no such scenario."))
    done = row.results.filter(job=run).first()
    if done is None:
        try:
            done = run_scenario(
                scenario=row,
                as_of=date.fromisoformat(as_of),
                by=asked,
                job=run,
                report=progress.report,
            )
        except RefusedError as refusal:
            raise JobError(str(refusal)) from refusal
    tell_of_result(done, to=asked)
    return {"scenario": row.pk, "result": done.pk}


@job(MAKE_PAPER, title=_("Make a file of a plan or review"), capability="plans.view")
def make_paper(
    progress: Progress,
    *,
    subject: str,
    pk: int,
    kind: str,
    is_for_customer: bool,
    language: str,
    as_of: str,
) -> dict[str, Any]:
    """Make a file of what whoever asked may still read (repeatable)."""
    run = JobRun.objects.select_related("requested_by").get(pk=progress.run_id)
    asked = run.requested_by
    found = subject_for(asked, subject, pk) if asked else None
    if asked is None or found is None:
        raise JobError(gettext("There is nothing to make a file of."))
    done = PlanPaper.objects.filter(job=run).first() or papers.make_paper(
        subject=found,
        wish=papers.Wish(
            kind=kind,
            is_for_customer=is_for_customer,
            language=language,
            as_of=date.fromisoformat(as_of),
        ),
        by=asked,
        now=timezone.now(),
        run=run,
        report=progress.report,
    )
    return {"paper": done.pk}


@job("plans.forget_papers", title=_("Forget old files of plans"))
def forget_papers(progress: Progress) -> dict[str, Any]:
    """Remove files of plans and reviews that are a month old (nightly, repeatable)."""
    return {"removed": papers.forget_papers(now=timezone.now())}
