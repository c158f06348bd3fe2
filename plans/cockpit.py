"""What plans answer at the head of an account's page."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account
from kam.core import formats
from kam.core.badges import State
from kam.core.cockpit import Answer, Question, questions
from kam.identity.models import User
from plans.analytics.progress import Progress
from plans.models import Plan
from plans.querysets.plans import LIVE
from plans.selectors.plan.listing import plan_on
from plans.selectors.progress import progress_of

PANEL = "#panel-plans"


def register() -> None:
    """Register the question."""
    questions.register(
        Question(
            key="plan",
            title=gettext_lazy("Plan"),
            find=plan,
            capability="plans.view",
            order=80,
        )
    )


def plan(user: User, account: Account, as_of: date) -> Answer:
    """How far the account's plan of today is, and when it is reviewed."""
    found = plan_on(account, user, on=as_of)
    if found is None:
        return Answer(value="–", detail=_("No plan for today"), state="muted", url=PANEL)
    progress = progress_of([found.pk], as_of).get(found.pk)
    percent = progress.percent if progress else None
    words = {"state": found.get_state_display()}
    if found.review_on:
        words["day"] = formats.date(found.review_on)
    detail = _("%(state)s, review %(day)s") if found.review_on else "%(state)s"
    return Answer(
        value="–" if percent is None else formats.percent(percent / 100, 0),
        detail=detail % words,
        state=_state(found, progress, as_of),
        url=PANEL,
    )


def _state(found: Plan, progress: Progress | None, as_of: date) -> State:
    if found.state not in LIVE:
        return "neutral"
    if found.review_on and found.review_on < as_of:
        return "danger"
    return "warning" if progress and progress.overdue else "success"
