"""Follow-ups as a list shows them: columns, signs, the button that finishes one."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.choices import Priority
from accounts.models import Task
from accounts.views.columns import account_url
from kam.core.badges import Badge
from kam.core.tables import Column
from kam.identity.decorators import signed_in
from kam.identity.models import User


class Tick(Column):
    """The button that finishes a follow-up; in a file it is the day it was done."""

    def exported(self, row: Task) -> date | None:
        """Buttons are nothing for a file."""
        return row.done_on


def state_badge(task: Task) -> Badge:
    """Whether it is done, late or open, as a word with a sign."""
    if task.done_on is not None:
        return Badge(_("Done"), "success", title=task.outcome)
    if task.is_overdue(timezone.localdate()):
        return Badge(_("Overdue"), "danger")
    return Badge(_("Open"), "info")


def priority_badge(task: Task) -> Badge | None:
    """High or low, as a word; nothing where it is as usual."""
    if task.priority == Priority.NORMAL:
        return None
    is_high = task.priority == Priority.HIGH
    return Badge(str(task.get_priority_display()), "warning" if is_high else "muted")


def columns(request: HttpRequest) -> list[Column]:
    """What the list of follow-ups shows, the button that finishes one last."""
    user = signed_in(request)

    def tick(task: Task) -> SafeString:
        context = {"task": task, "may_finish": may_finish(user, task)}
        return render_to_string("accounts/followup_tick.html#tick", context, request)

    finish = Tick(name="finish", title=_("Done"), kind="html", value=tick)
    return [*_of_whom(), *_by_when(), *_how_it_stands(), finish]


def _of_whom() -> list[Column]:
    return [
        Column(name="title", title=_("What is to be done"), sort="title"),
        Column(
            name="account",
            title=_("Account"),
            value="account.name",
            sort="account__name_key",
            link=lambda row: account_url(row.account),
        ),
        Column(name="owner", title=_("Owner"), value="owner.full_name", sort="owner__full_name"),
    ]


def _by_when() -> list[Column]:
    return [
        Column(name="due_on", title=_("Due on"), kind="date", sort="due_on"),
        Column(
            name="reminder_on",
            title=_("Remind on"),
            kind="date",
            sort="reminder_on",
            nullable=True,
            unknown=_("No reminder"),
            default=False,
        ),
    ]


def _how_it_stands() -> list[Column]:
    return [
        Column(
            name="priority",
            title=_("Priority"),
            kind="badge",
            value=lambda row: priority_badge(row),
            sort="priority",
            unknown=_("Normal"),
            default=False,
        ),
        Column(name="state", title=_("State"), kind="badge", value=state_badge),
        Column(
            name="outcome",
            title=_("What came of it"),
            value=lambda row: row.outcome or None,
            unknown=_("Nothing noted"),
            default=False,
        ),
    ]


def may_finish(user: User, task: Task) -> bool:
    """Whether the user may change it, asked of the row itself, for lists."""
    if not user.can("accounts.edit"):
        return False
    if task.owner_id in user.acting_user_ids() or user.can("accounts.assign_lead"):
        return True
    return not set(user.acting_user_ids()).isdisjoint(task.account.lead_chain)
