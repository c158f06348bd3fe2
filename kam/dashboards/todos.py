"""What waits on the platform's side: late feeds, imports and jobs that failed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kam.core import formats
from kam.core.choices import JobState
from kam.core.jobs.registry import title_of
from kam.core.models import JobRun
from kam.core.todos import Todo, TodoProvider, todo_providers
from kam.identity.models import User
from kam.imports.choices import BatchState
from kam.imports.models import ImportBatch
from kam.imports.selectors import late_sources

RECENT = timedelta(days=7)
SHOWN = 5


def register() -> None:
    """Register the finders."""
    todo_providers.register(
        TodoProvider(key="feeds", find=late_feeds, capability="imports.run", order=10),
        TodoProvider(key="imports", find=open_imports, capability="imports.view", order=11),
        TodoProvider(key="jobs", find=failed_jobs, order=30),
    )


def late_feeds(user: User, as_of: date) -> Iterator[Todo]:
    """Sources whose data should have come by now."""
    for state in late_sources(user, as_of):
        late = ngettext(
            "%(name)s is %(days)s day late", "%(name)s is %(days)s days late", state.late_by
        )
        ends = state.source.data_as_of
        yield Todo(
            title=late % {"name": state.source, "days": state.late_by},
            detail=_("Its data ends on %(day)s.") % {"day": formats.date(ends)}
            if ends
            else _("It has not sent any data yet."),
            url=reverse("imports:batch-create"),
            key=f"feed-{state.source.pk}",
            action=_("Import its file"),
            state="warning",
            icon="clock-exclamation",
            urgency=0,
        )


def open_imports(user: User, as_of: date) -> Iterator[Todo]:
    """Imports of the last days that failed, and one's own that wait to be committed."""
    recent = ImportBatch.objects.visible_to(user).filter(created_at__date__gte=as_of - RECENT)
    for batch in recent.filter(state=BatchState.FAILED)[:SHOWN]:
        yield Todo(
            title=_("Import %(file)s failed") % {"file": batch.file_name or f"#{batch.pk}"},
            detail=batch.error.splitlines()[0] if batch.error else "",
            url=reverse("imports:batch-detail", args=[batch.pk]),
            action=_("See why"),
            state="danger",
            icon="file-alert",
            urgency=0,
        )
    for batch in recent.filter(state=BatchState.PREVIEWED, created_by=user.pk)[:SHOWN]:
        yield Todo(
            title=_("Import %(file)s is checked") % {"file": batch.file_name or f"#{batch.pk}"},
            detail=_("It changes nothing until you commit it."),
            url=reverse("imports:batch-detail", args=[batch.pk]),
            action=_("Look and commit"),
            icon="file-check",
        )


def failed_jobs(user: User, as_of: date) -> Iterator[Todo]:
    """Jobs whose latest run failed in the last days."""
    latest = (
        JobRun.objects.visible_to(user)
        .filter(finished_at__date__gte=as_of - RECENT)
        .order_by("name", "-pk")
        .distinct("name")
    )
    failed = [run for run in latest if run.state == JobState.FAILED]
    for run in failed[:SHOWN]:
        yield Todo(
            title=_("%(job)s failed") % {"job": title_of(run.name)},
            detail=run.error.splitlines()[0] if run.error else "",
            url=reverse("core:job-detail", args=[run.pk]),
            action=_("See why"),
            state="danger",
            icon="alert-octagon",
            urgency=0,
        )
