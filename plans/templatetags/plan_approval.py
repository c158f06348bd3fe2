"""What the plan's page shows of its way: buttons, steps, comments. `{% load plan_approval %}`."""

from __future__ import annotations

from typing import Any

from django import template

from kam.identity.models import User
from plans.forms.approval import CommentForm
from plans.models import Plan
from plans.selectors.approval import acts_of
from plans.selectors.comments import thread_of, threads_of
from plans.views.approval.acts import ACTS

register = template.Library()


def _acts(plan: Plan, user: User) -> dict[str, bool]:
    """What the user may do, looked up once for a page."""
    known: dict[str, bool] | None = getattr(plan, "_acts_of_user", None)
    if known is None:
        known = acts_of(user, plan)
        plan._acts_of_user = known  # type: ignore[attr-defined]
    return known


@register.inclusion_tag("plans/plan_acts.html", takes_context=True)
def plan_acts(context: Any, plan: Plan) -> dict[str, Any]:
    """The steps that the user may take with the plan: usual ones as buttons, others in a menu."""
    may = _acts(plan, context["request"].user)
    acts = [one for one in ACTS if may[one.key]]
    return {
        "plan": plan,
        "usual": [one for one in acts if one.is_usual],
        "others": [one for one in acts if not one.is_usual],
        "may": may,
    }


@register.inclusion_tag("plans/plan_steps.html")
def plan_steps(plan: Plan) -> dict[str, Any]:
    """What happened to the plan, the latest first."""
    steps = plan.steps.select_related("author", "snapshot").order_by("-happened_at", "-pk")
    return {"plan": plan, "steps": steps[:6]}


@register.inclusion_tag("plans/comment_thread.html", takes_context=True)
def comment_thread(context: Any, plan: Plan, kind: str = "") -> dict[str, Any]:
    """What was said about a section, with a form to say something; "" is the plan as a whole."""
    threads = getattr(plan, "_threads", None)
    if threads is None:
        threads = plan._threads = threads_of(plan)  # type: ignore[attr-defined]
    return {
        "plan": plan,
        "kind": kind,
        "form": CommentForm(),
        "may_comment": context["request"].user.can("plans.edit"),
        "csrf_token": context.get("csrf_token"),
        **thread_of(plan, kind, threads),
    }
