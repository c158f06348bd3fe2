"""What plans tell elsewhere: the timeline, and whose review waits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam.core import formats
from kam.core.badges import State
from kam.core.timeline import Event, TimelineSource, Wanted, timeline_sources
from kam.core.todos import Todo, TodoProvider, todo_providers
from kam.identity.models import User
from plans.choices.approval import PlanStepKind
from plans.models import Plan, PlanStep
from plans.querysets.plans import LIVE, OPEN

VIEW = "plans.view"
SHOWN, SOON = 10, 7
# icons: target-arrow calendar-due
_STATES: dict[str, State] = {
    PlanStepKind.APPROVED: "success",
    PlanStepKind.ACTIVATED: "success",
    PlanStepKind.SENT_BACK: "warning",
    PlanStepKind.CANCELLED: "muted",
    PlanStepKind.CLOSED: "muted",
}


def register() -> None:
    """Register all of it."""
    timeline_sources.register(
        TimelineSource(
            key="plans",
            title=gettext_lazy("Plans"),
            find=steps,
            icon="target-arrow",
            capability=VIEW,
            order=120,
        )
    )
    todo_providers.register(
        TodoProvider(key="plans-review", find=reviews_due, capability=VIEW, order=32)
    )


def steps(user: User, wanted: Wanted) -> Iterator[Event]:
    """Yield what happened to plans that the user may read, the newest first."""
    rows: QuerySet[PlanStep] = PlanStep.objects.visible_to(user)
    if wanted.account_ids is not None:
        rows = rows.filter(plan__account__in=wanted.account_ids)
    found = rows.select_related("plan__account", "author")
    for row in wanted.newest(found, "plans", "happened_at"):
        yield Event(
            strand="plans",
            pk=row.pk,
            occurred_at=row.happened_at,
            title=row.plan.title,
            detail=row.text,
            url=row.plan.get_absolute_url(),
            icon="target-arrow",
            state=_STATES.get(row.kind, "info"),
            kind=_("Plan: %(what)s") % {"what": row.get_kind_display()},
            who=str(row.author) if row.author else "",
            account=row.plan.account.name,
            account_url=row.plan.account.get_absolute_url(),
        )


def due_for_review(user: User, *, before: date) -> QuerySet[Plan]:
    """Return open plans that the user, or somebody they stand in for, owns, of which the review
    is due before a day, the first due first."""
    rows: QuerySet[Plan] = Plan.objects.visible_to(user).filter(
        owner__in=user.acting_user_ids(), state__in=OPEN, review_on__lt=before
    )
    return rows.select_related("account").order_by("review_on", "pk")


def reviews_due(user: User, as_of: date) -> Iterator[Todo]:
    """Reviews of one's own approved or active plans that are due within a week, or overdue."""
    rows = due_for_review(user, before=as_of + timedelta(days=SOON + 1)).filter(state__in=LIVE)
    for row in rows[:SHOWN]:
        day = row.review_on or as_of
        is_late = day < as_of
        yield Todo(
            key=f"plan-review-{row.pk}-{day}",
            title=_("%(account)s: review of the plan “%(plan)s”")
            % {"account": row.account.name, "plan": row.title},
            detail=_("due %s") % formats.date(day),
            url=row.get_absolute_url(),
            action=_("Open"),
            state="danger" if is_late else "warning",
            icon="calendar-due",
            urgency=0 if is_late else 1 if day == as_of else 2,
        )
