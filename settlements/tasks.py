from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from kam.core.dates import ONE_DAY
from kam.core.jobs import JobError, Progress, job
from kam.core.models import JobRun
from kam.core.problems import RefusedError
from kam.identity.models import User
from settlements.models import RebateRun
from settlements.services.credit.alerts import tell_of_credit
from settlements.services.credit.positions import rescore
from settlements.services.notices import tell_of_overdue
from settlements.services.overdue import flag_overdue as flag
from settlements.services.overdue_balances import keep_balances
from settlements.services.rebates import accrue_rebates as accrue
from settlements.services.rebates.telling import tell_of_cliffs
from settlements.services.reports.sums import check_sums
from settlements.services.settling.drafting import draft_due
from settlements.services.terms.renewing import renew


@job("settlements.flag_overdue", title=_("Flag overdue receivables"))
def flag_overdue(progress: Progress, *, as_of: str = "") -> dict[str, Any]:
    """Note what became overdue and what was cured, and put work on lists (nightly, on demand)."""
    day = date.fromisoformat(as_of) if as_of else timezone.localdate()
    done = flag(as_of=day, report=progress.report)
    keep_balances()
    if done.flagged:
        tell_of_overdue(as_of=day, at=timezone.now())
    return {
        "as_of": day.isoformat(),
        "flagged": done.flagged,
        "cured": done.cured,
        "unchanged": done.unchanged,
    }


@job("settlements.accrue_rebates", title=_("Accrue rebates"), capability="rebates.accrue")
def accrue_rebates(progress: Progress, *, through: str = "") -> dict[str, Any]:
    """Accrue all rebates up to a day; on schedule up to the last day of the month before."""
    today = timezone.localdate()
    day = date.fromisoformat(through) if through else today.replace(day=1) - ONE_DAY
    progress.report(0, 2, gettext("Reading sales and agreements"))
    asked = JobRun.objects.select_related("requested_by").get(pk=progress.run_id)
    done = RebateRun.objects.filter(through=day).first()
    if done is None or (through and done.job_id != asked.pk):
        try:
            done = accrue(through=day, as_of=today, user=asked.requested_by, job=asked)
        except RefusedError as refusal:
            raise JobError(str(refusal)) from refusal
    progress.report(1, 2, gettext("Telling who should know"))
    tell_of_cliffs(as_of=today, at=timezone.now())
    progress.report(2, 2)
    return {"through": day.isoformat(), "rebates": done.conditions, "left_out": done.left_out}


@job("settlements.renew_agreements", title=_("Agreements: renewals and dates to come"))
def renew_agreements(progress: Progress, *, as_of: str = "") -> dict[str, Any]:
    """Let silent renewals go on and tell of notice dates and ends (nightly; repeatable)."""
    day = date.fromisoformat(as_of) if as_of else timezone.localdate()
    done = renew(as_of=day, at=timezone.now())
    return {"as_of": day.isoformat(), "renewed": done.renewed, "told": done.told}


@job(
    "settlements.rescore_credit", title=_("Exposure and credit scores"), capability="credit.decide"
)
def rescore_credit(progress: Progress, *, as_of: str = "") -> dict[str, Any]:
    """Find everybody's exposure and score, and tell of limits (nightly, on demand; repeatable)."""
    day = date.fromisoformat(as_of) if as_of else timezone.localdate()
    progress.report(0, 2, gettext("Adding up exposure and payments"))
    try:
        done = rescore(as_of=day)
    except RefusedError as refusal:
        raise JobError(str(refusal)) from refusal
    progress.report(1, 2, gettext("Telling who should know"))
    told = tell_of_credit(as_of=day, at=timezone.now())
    progress.report(2, 2)
    return {
        "as_of": day.isoformat(),
        "positions": done.positions,
        "scores": done.scores,
        "told": told,
    }


@job("settlements.draft_statements", title=_("Draft settlement statements"))
def draft_statements(
    progress: Progress, *, start: str, end: str, user_id: int | None = None
) -> dict[str, Any]:
    """Draft every statement whose period ends within the days and that has none yet."""
    done = draft_due(
        start=date.fromisoformat(start),
        end=date.fromisoformat(end),
        drafted_by=User.objects.filter(pk=user_id).first() if user_id else None,
        report=progress.report,
    )
    return {
        "made": done.made,
        "taken": done.taken,
        "refused": [
            f"{one.job.rules.agreement_number}: {one.problem}" for one in done.refused[:50]
        ],
    }


@job("settlements.check_report_sums", title=_("Check the sums of sales reports"))
def check_report_sums(progress: Progress) -> dict[str, Any]:
    """Compare kept sums with the lines of reports (nightly); the run fails where they differ."""
    progress.report(0, 1, gettext("Adding up the lines of reports"))
    found = check_sums()
    progress.report(1, 1)
    if found.reports:
        words = ngettext(
            "%(count)s kept sum differs from the lines of %(reports)s: %(named)s. Statements and "
            "exposure read it. `manage.py check_report_sums --rebuild` makes it anew.",
            "%(count)s kept sums differ from the lines of %(reports)s: %(named)s. Statements and "
            "exposure read them. `manage.py check_report_sums --rebuild` makes them anew.",
            found.differences,
        )
        count = len(found.reports)
        reports = ngettext("%(n)s sales report", "%(n)s sales reports", count) % {"n": count}
        facts = {"count": found.differences, "reports": reports, "named": found.named}
        raise JobError(words % facts)
    return {"differences": 0}
