"""Jobs: what runs, what waits, what became of it, and when what runs by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import django_filters
from celery import current_app
from celery.schedules import crontab
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from kam.core import formats, htmx, jobs
from kam.core.badges import Badge, State
from kam.core.choices import JobState
from kam.core.formats import Text
from kam.core.jobs.registry import title_of
from kam.core.jobs.schedule import START
from kam.core.models import JobRun
from kam.core.registry import may
from kam.core.tables import Column, Empty, Table

STATES: dict[str, State] = {
    JobState.QUEUED: "neutral",
    JobState.RUNNING: "info",
    JobState.SUCCEEDED: "success",
    JobState.FAILED: "danger",
}


class JobListFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(label=gettext_lazy("State"), choices=JobState)
    name = django_filters.ChoiceFilter(
        label=gettext_lazy("Job"),
        choices=lambda: [(name, str(title_of(name))) for name in sorted(jobs.registered_jobs())],
    )

    class Meta:
        model = JobRun
        fields = ["state", "name"]


def state_badge(run: JobRun) -> Badge:
    """The run's state with its sign."""
    return Badge(JobState(run.state).label, STATES[run.state])


def duration(run: JobRun, now: dt.datetime) -> str | None:
    """How long the run has taken so far, or took; None before it began."""
    if run.started_at is None:
        return None
    seconds = max(0, int(((run.finished_at or now) - run.started_at).total_seconds()))
    if seconds < 60:
        return ngettext("%s second", "%s seconds", seconds) % seconds
    minutes, rest = divmod(seconds, 60)
    return _("%(minutes)s min %(seconds)s s") % {"minutes": minutes, "seconds": rest}


def _progress(run: JobRun) -> str | None:
    return f"{formats.number(run.done)} / {formats.number(run.total)}" if run.total else None


COLUMNS = [
    Column(name="job", title=gettext_lazy("Job"), value=lambda run: title_of(run.name)),
    Column(
        name="state", title=gettext_lazy("State"), kind="badge", value=state_badge, sort="state"
    ),
    Column(
        name="progress",
        title=gettext_lazy("Progress"),
        value=_progress,
        css="is-num",
        unknown=gettext_lazy("This job counts no steps"),
    ),
    Column(
        name="requested_by",
        title=gettext_lazy("Asked for by"),
        value=lambda run: run.requested_by or gettext_lazy("Schedule"),
    ),
    Column(name="queued_at", title=gettext_lazy("Asked for"), kind="datetime", sort="queued_at"),
    Column(
        name="duration",
        title=gettext_lazy("Took"),
        value=lambda run: duration(run, timezone.now()),
        unknown=gettext_lazy("Not begun yet"),
    ),
    Column(
        name="error",
        title=gettext_lazy("Error"),
        value=lambda run: run.error.partition("\n")[0][:120],
        unknown=gettext_lazy("No error"),
        default=False,
    ),
]


@require_GET
def job_list(request: HttpRequest) -> HttpResponseBase:
    """One's own jobs; all of them for who runs the installation."""
    table = Table(
        request,
        JobRun.objects.visible_to(request.user).select_related("requested_by"),
        COLUMNS,
        name="jobs",
        caption=_("Jobs"),
        default_sort="-queued_at",
        row_url=lambda run: reverse("core:job-detail", args=[run.pk]),
        filters=JobListFilter,
        empty=Empty(
            _("No jobs yet"),
            _("Long work such as imports and nightly figures shows here, with its progress."),
            icon="progress-check",
        ),
    )
    context = {
        "crumbs": [(_("Jobs"), "")],
        "schedule": list(schedule()) if may(request.user, "jobs.view_all") else [],
    }
    return table.response("core/job_list.html", context)


@require_GET
def job_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One run; while it is open its part of the page asks again every second."""
    run = _get(request, pk)
    context = {
        "run": run,
        "title": title_of(run.name),
        "badge": state_badge(run),
        "duration": duration(run, timezone.now()),
        "outcome": sorted((_spoken(k), _shown(v)) for k, v in run.outcome.items()),
        "may_retry": run.state == JobState.FAILED and _may_retry(request, run),
        "crumbs": [(_("Jobs"), reverse("core:job-list")), (f"#{run.pk}", "")],
    }
    return htmx.render_part(request, "core/job_detail.html", context, "status")


def _get(request: HttpRequest, pk: int) -> JobRun:
    visible = JobRun.objects.visible_to(request.user).select_related("requested_by")
    run: JobRun = get_object_or_404(visible, pk=pk)
    return run


def _spoken(key: str) -> str:
    return key.replace("_", " ").capitalize()


def _shown(value: Any) -> str:
    if isinstance(value, list | dict):
        return str(len(value))
    return str(value)


def _may_retry(request: HttpRequest, run: JobRun) -> bool:
    """One's own runs while one may still ask for such work; any run for an administrator."""
    try:
        capability = jobs.job_of(run.name).capability
    except jobs.UnknownJobError:
        return False
    if run.requested_by_id == request.user.pk and may(request.user, capability):
        return True
    return may(request.user, "settings.change")


@require_POST
def job_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a failed run wait again."""
    run = _get(request, pk)
    if not _may_retry(request, run):
        raise Http404
    again = jobs.retry(run)
    messages.success(request, _("The job waits to run again."))
    return redirect("core:job-detail", pk=again.pk)


@dataclass(frozen=True)
class Planned:
    """A job that runs by itself, and when, in words."""

    title: Text
    when: Text


def schedule() -> Iterator[Planned]:
    """The jobs of the schedule in code, in words; upkeep that nobody waits for is left out."""
    for entry in current_app.conf.beat_schedule.values():
        if entry["task"] == START:
            yield Planned(title_of(entry["kwargs"]["name"]), _when(entry["schedule"]))


def _when(plan: Any) -> str:
    if isinstance(plan, crontab):
        return _cron_words(plan)
    seconds = int(plan.total_seconds() if isinstance(plan, dt.timedelta) else plan)
    return ngettext("every second", "every %(n)s seconds", seconds) % {"n": seconds}


def _cron_words(plan: Any) -> str:
    if len(plan.hour) == 1 and len(plan.minute) == 1:
        at = dt.time(min(plan.hour), min(plan.minute)).strftime("%H:%M")
        if len(plan.day_of_week) == 7 and len(plan.day_of_month) == 31:
            return _("every day at %s") % at
        return _("on certain days at %s") % at
    return _("several times a day")
