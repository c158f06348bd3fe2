from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.selectors.concentration.query import data_as_of
from accounts.selectors.concentration.totals import MissingRatesError
from accounts.services import notices
from accounts.services.concentration import recompute
from accounts.services.costs import fill_cost_amounts
from accounts.services.figures import refresh_figures
from accounts.services.health.rescoring import rescore_health as rescore_all_health
from accounts.services.pool_weights import is_behind, keep_pool_weights
from accounts.services.revenue import fill_base_amounts
from accounts.services.team.handovers import move_due_work
from accounts.services.tiers.rescoring import rescore_today
from accounts.services.tree import refresh_current
from kam.core.jobs import JobError, Progress, enqueue, job
from kam.core.problems import RefusedError


@job("accounts.refresh_accounts", title=_("Bring accounts up to date"))
def refresh_accounts(progress: Progress) -> dict[str, Any]:
    """Let dated changes take effect (nightly): today's tree, leads and list figures."""
    as_of = timezone.localdate()
    moved = refresh_current(as_of=as_of)
    move_due_work(as_of=as_of, now=timezone.now())
    progress.report(1, 2)
    figures = refresh_figures(as_of=as_of)
    told = notices.tell_of_promises(as_of=as_of, at=timezone.now())
    told += notices.tell_of_reminders(as_of=as_of, at=timezone.now())
    return {"as_of": as_of.isoformat(), "changed": moved, "figures": figures, "told": told}


@job("accounts.fill_base_amounts", title=_("Convert revenue that waited for a rate"))
def fill_missing_base_amounts(progress: Progress) -> dict[str, Any]:
    """Convert entries whose rate has arrived, and refresh the figures that they are part of."""
    filled, costs = fill_base_amounts(), fill_cost_amounts()
    progress.report(1, 2)
    written = refresh_figures(as_of=timezone.localdate()) if filled else 0
    return {"filled": filled, "costs": costs, "figures": written}


@job(
    "accounts.recompute_concentration",
    title=_("Compute revenue concentration"),
    capability="concentration.recompute",
)
def recompute_concentration(progress: Progress) -> dict[str, Any]:
    """Bring concentration snapshots, trend and alerts up to date (nightly and on demand)."""
    as_of = data_as_of(timezone.localdate())
    try:
        written = recompute(as_of=as_of, report=progress.report)
    except MissingRatesError as error:
        raise JobError(str(error)) from error
    return {"as_of": as_of.isoformat(), "snapshots": [one.snapshot.pk for one in written]}


@job(
    "accounts.rescore_tiers",
    title=_("Compute the tiers of accounts"),
    capability="tiers.manage",
)
def rescore_tiers(progress: Progress) -> dict[str, Any]:
    """Score all accounts by the tier model in force today (nightly and on demand)."""
    as_of = timezone.localdate()
    try:
        done = rescore_today(as_of=as_of, report=progress.report)
    except RefusedError as error:
        raise JobError(str(error)) from error
    counts = {} if done is None else {"scored": done.scored, "began": done.began}
    counts["told"] = notices.tell_of_tiers(as_of=as_of, at=timezone.now())
    return {"as_of": as_of.isoformat(), **counts}


@job(
    "accounts.rescore_health",
    title=_("Compute the health of accounts"),
    capability="health.recompute",
)
def rescore_health(progress: Progress) -> dict[str, Any]:
    """Score the health of all accounts as of today (nightly, after tiers, and on demand)."""
    as_of = timezone.localdate()
    try:
        done = rescore_all_health(as_of=as_of, report=progress.report)
    except RefusedError as error:
        raise JobError(str(error)) from error
    told = notices.tell_of_health(as_of=as_of, at=timezone.now())
    counts = {"scored": done.scored, "changed": done.changed, "told": told}
    return {"as_of": as_of.isoformat(), **counts}


ADD_UP = "accounts.keep_pool_weights"


@shared_task(name="accounts.look_at_pool_weights", ignore_result=True)
def look_at_pool_weights() -> None:
    """Ask for sums that company costs are shared out by, if they are behind (every 15 minutes)."""
    if is_behind():
        enqueue(ADD_UP, key=ADD_UP)


@job(ADD_UP, title=_("Add up what company costs are shared out by"))
def add_up_pool_weights(progress: Progress) -> dict[str, Any]:
    """Keep those sums for months in which anything changed; pages are right without, but slow."""
    return {"months": keep_pool_weights()}
