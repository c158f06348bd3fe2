"""Who decides on a plan, and what a user may do with one as it stands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import QuerySet

from kam.identity.choices import Role
from kam.identity.models import User
from kam.identity.permissions import CAPABILITIES
from plans.choices.plan import PlanRole, PlanState
from plans.models import Plan, PlanMember
from plans.querysets.plans import LIVE

APPROVE, EDIT = "plans.approve", "plans.edit"


def decidable_by(user: User) -> QuerySet[Plan]:
    """Return the plans in review that wait for the user, whose role approves and who may read them.

    Not those that the user wrote in. To be named an approver gives reading, not the right.
    """
    if not user.can(APPROVE):
        return Plan.objects.none()
    rows: QuerySet[Plan] = Plan.objects.visible_to(user).filter(state=PlanState.IN_REVIEW)
    return rows.exclude(writer_ids__contains=[user.pk])


def may_decide(user: User, plan: Plan) -> bool:
    """Whether the user may approve the plan or send it back, were it to wait."""
    if user.pk in plan.writer_ids or not user.can(APPROVE):
        return False
    return _reads(user, plan)


def approvers_of(plan: Plan, *, as_of: date) -> list[User]:
    """Return whom to ask for approval: named approvers of the day, else the lead's directors.

    Only those who may read the plan and had no hand in it. Administrators may approve as well,
    but it is not their daily work.
    """
    members = PlanMember.objects.filter(
        plan=plan, role=PlanRole.APPROVER, valid__contains=as_of
    ).values("user")
    named = User.objects.filter(is_active=True, pk__in=members).exclude(pk__in=plan.writer_ids)
    found = [one for one in named if one.can(APPROVE) and _reads(one, plan)]
    return found or list(_directors(plan))


def _directors(plan: Plan) -> Iterator[User]:
    roles = [role for role in CAPABILITIES[APPROVE] if role != Role.ADMINISTRATOR]
    rows = User.objects.filter(is_active=True, roles__overlap=roles)
    leads = set(plan.account.lead_chain)
    for one in rows.exclude(pk__in=plan.writer_ids):
        in_scope = one.sees_everything() or not leads.isdisjoint(one.scope_user_ids())
        if in_scope and _reads(one, plan):
            yield one


def _reads(user: User, plan: Plan) -> bool:
    return Plan.objects.visible_to(user).filter(pk=plan.pk).exists()


def acts_of(user: User, plan: Plan) -> dict[str, bool]:
    """Return what the user may do with a plan that they may read, as it stands."""
    writes = Plan.objects.editable_by(user).filter(pk=plan.pk).exists()
    waits, draft = plan.state == PlanState.IN_REVIEW, plan.state == PlanState.DRAFT
    decides = waits and may_decide(user, plan)
    return {
        "submit": writes and draft,
        "withdraw": writes and waits,
        "approve": decides,
        "send_back": decides,
        "activate": writes and plan.state == PlanState.APPROVED,
        "revise": writes and plan.state in LIVE,
        "close": writes and plan.state == PlanState.ACTIVE,
        "cancel": writes and plan.is_open,
        "snapshot": writes,
        "comment": user.can(EDIT),
    }
