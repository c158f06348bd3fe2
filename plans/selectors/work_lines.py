"""What actions bring to other pages: My day, cockpit, timeline, the handover of an account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from accounts.models import Account
from kam.core import formats
from kam.core.cockpit import Line, LineProvider, line_providers
from kam.core.handover import Heading, Part, Section, sections
from kam.core.timeline import Event, TimelineSource, Wanted, timeline_sources
from kam.core.todos import Todo, TodoProvider, todo_providers
from kam.identity.models import User
from plans.choices.plan import Confidentiality
from plans.choices.work import ActionState
from plans.models import PlanAction
from plans.querysets.plans import LIVE
from plans.selectors.work import actions_for

VIEW = "plans.view"
SHOWN, MOST = 5, 100
AHEAD = timedelta(days=7)
# icons: checkbox


def _open(rows: QuerySet[PlanAction]) -> QuerySet[PlanAction]:
    """Open actions of approved and active plans, the first due first."""
    return rows.filter(state=ActionState.OPEN, plan__state__in=LIVE).order_by("due_on", "pk")


def own_actions(user: User, as_of: date) -> Iterator[Todo]:
    """The user's own actions that are overdue, or due within a week."""
    rows = _open(actions_for(user)).filter(
        owner__in=user.acting_user_ids(), due_on__lte=as_of + AHEAD
    )
    can_work = user.can("plans.work")
    for row in rows[:SHOWN]:
        due = row.due_on or as_of
        is_late = due < as_of
        yield Todo(
            key=f"plan-action-{row.pk}",
            title=row.title,
            detail=f"{row.plan.account.name} · {row.plan.title} · {_due(row)}",
            url=row.get_absolute_url(),
            finish_url=reverse("plans:action-done", args=[row.pk]) if can_work else "",
            finish=_("Done") if can_work else "",
            icon="checkbox",
            state="danger" if is_late else "info",
            urgency=0 if is_late else 1 if due == as_of else 2,
        )


def _due(row: PlanAction) -> str:
    return _("due %s") % formats.date(row.due_on) if row.due_on else _("no day is set")


def open_actions(user: User, account: Account, as_of: date) -> Iterator[Line]:
    """Open actions of the plans of an account and of all below it, the first due first."""
    rows = _open(actions_for(user)).filter(plan__account__path__contains=[account.pk])
    for row in rows[:SHOWN]:
        is_late = row.due_on is not None and row.due_on < as_of
        who = row.owner or _("nobody")
        yield Line(
            title=row.title,
            detail=f"{who} · {_due(row)}",
            url=row.get_absolute_url(),
            state="danger" if is_late else "info",
            urgency=0 if is_late else 2,
        )


def done_actions(user: User, wanted: Wanted) -> list[Event]:
    """Actions that were done, on their day."""
    rows = actions_for(user).filter(state=ActionState.DONE, done_on__isnull=False)
    if wanted.account_ids is not None:
        rows = rows.filter(plan__account__in=wanted.account_ids)
    return [
        Event(
            strand="plan_actions",
            pk=row.pk,
            occurred_at=wanted.end_of(row.done_on),
            is_day=True,
            kind=_("Action of a plan done"),
            title=row.title,
            detail=row.plan.title,
            who=str(row.owner or ""),
            state="success",
            icon="checkbox",
            url=row.get_absolute_url(),
            account=row.plan.account.name,
            account_url=row.plan.account.get_absolute_url(),
            is_confidential=row.plan.confidentiality != Confidentiality.OPEN,
        )
        for row in wanted.newest(rows, "plan_actions", "done_on", is_day=True)
        if row.done_on
    ]


def for_new_lead(account: Account, reader: User, as_of: date) -> Part | None:
    """Open actions of plans of the account and of all below it that the new lead may read."""
    rows = _open(PlanAction.objects.all()).filter(plan__account__path__contains=[account.pk])
    rows = rows.exclude(plan__confidentiality=Confidentiality.NAMED)
    found = list(rows.select_related("plan__account", "owner")[:MOST])
    if not found:
        return None
    late = sum(row.due_on is not None and row.due_on < as_of for row in found)
    words = ngettext("%(n)s action is open.", "%(n)s actions are open.", len(found))
    summary = words % {"n": formats.number(len(found))}
    if late:
        overdue = _("Overdue: %s.") % formats.number(late)
        summary = f"{summary} {overdue}"
    return Part(
        summary=summary,
        headings=[
            Heading(pgettext("of a plan", "Action")),
            Heading(_("Plan")),
            Heading(_("Account")),
            Heading(_("Owner")),
            Heading(_("Due"), "date"),
        ],
        rows=[
            [row.title, row.plan.title, row.plan.account.name, str(row.owner or "–"), row.due_on]
            for row in found
        ],
    )


def register() -> None:
    """Register all of it."""
    todo_providers.register(
        TodoProvider(key="plan-actions", find=own_actions, capability=VIEW, order=24)
    )
    line_providers.register(
        LineProvider(key="plan-actions", what="action", find=open_actions, capability=VIEW,
                     order=30)
    )  # fmt: skip
    timeline_sources.register(
        TimelineSource(
            key="plan_actions",
            title=gettext_lazy("Actions of plans"),
            find=done_actions,
            icon="checkbox",
            capability=VIEW,
            order=130,
        )
    )
    sections.register(
        Section(
            key="plan_actions",
            title=gettext_lazy("Open actions of plans"),
            find=for_new_lead,
            capability=VIEW,
            is_confidential=True,
            order=60,
        )
    )
