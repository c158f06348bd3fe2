"""Plans by the models themselves: in any state, with objectives and actions."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from accounts.models import Account
from kam.core.models import Currency
from kam.identity.models import User
from plans.choices.plan import PlanRole, PlanState, SectionKind
from plans.models import (
    Initiative,
    KpiTarget,
    Objective,
    Plan,
    PlanAction,
    PlanMember,
    PlanSection,
    PlanTemplate,
    TemplateSection,
)
from tests.factories.identity import make_user

_numbers = count(1)
YEAR = DateRange(date(2026, 1, 1), date(2027, 1, 1))
ALWAYS = DateRange(date(2020, 1, 1), None)
# How a plan gets to a state, one step after the other.
_WAYS = {
    PlanState.DRAFT: (),
    PlanState.IN_REVIEW: (PlanState.IN_REVIEW,),
    PlanState.APPROVED: (PlanState.IN_REVIEW, PlanState.APPROVED),
    PlanState.ACTIVE: (PlanState.IN_REVIEW, PlanState.APPROVED, PlanState.ACTIVE),
    PlanState.CLOSED: (
        PlanState.IN_REVIEW,
        PlanState.APPROVED,
        PlanState.ACTIVE,
        PlanState.CLOSED,
    ),
    PlanState.CANCELLED: (PlanState.CANCELLED,),
}


def make_template(
    *, sections: tuple[str, ...] = tuple(SectionKind.values), **values: Any
) -> PlanTemplate:
    """A template with its sections, none of them required, for any tier unless told."""
    facts = {"name": f"Template {next(_numbers)}", "needs_gain": False} | values
    facts.setdefault("tier_code", f"t{next(_numbers)}")
    row: PlanTemplate = PlanTemplate.objects.create(**facts)
    TemplateSection.objects.bulk_create(
        TemplateSection(template=row, kind=kind) for kind in sections
    )
    return row


def make_plan(
    *,
    account: Account,
    owner: User,
    state: str = PlanState.DRAFT,
    period: DateRange = YEAR,
    template: PlanTemplate | None = None,
    approver: User | None = None,
    **values: Any,
) -> Plan:
    """A plan in euro of 2026 with its template's sections, taken to a state step by step."""
    template = template or make_template()
    currency = Currency.objects.get(pk="EUR")
    facts = {"title": f"Plan {next(_numbers)}", "currency": currency} | values
    facts.setdefault("sponsor", owner)
    facts.setdefault("review_on", date(2026, 6, 30))
    facts.setdefault("writer_ids", [owner.pk])
    row = Plan.objects.create(
        account=account, owner=owner, template=template, period=period, **facts
    )
    PlanSection.objects.bulk_create(
        PlanSection(plan=row, kind=one.kind, is_required=one.is_required)
        for one in template.sections.all()
    )
    return take_plan(plan=row, to=state, approver=approver)


def take_plan(*, plan: Plan, to: str, approver: User | None = None) -> Plan:
    """Take a draft to a state by the ways that the database allows."""
    now = timezone.now()
    for state in _WAYS[PlanState(to)]:
        plan.state = state
        if state == PlanState.IN_REVIEW:
            plan.submitted_by, plan.submitted_at = plan.owner, now
        if state == PlanState.APPROVED:
            plan.approved_by, plan.approved_at = approver or make_user(), now
        if state in (PlanState.CLOSED, PlanState.CANCELLED):
            plan.ended_by, plan.ended_at, plan.end_reason = plan.owner, now, "Test"
        plan.save()
    return plan


def make_plan_member(
    *, plan: Plan, user: User, role: str = PlanRole.READER, valid: DateRange = ALWAYS
) -> PlanMember:
    row: PlanMember = PlanMember.objects.create(plan=plan, user=user, role=role, valid=valid)
    return row


def make_objective(*, plan: Plan, **values: Any) -> Objective:
    facts = {"title": f"Objective {next(_numbers)}"} | values
    row: Objective = Objective.objects.create(plan=plan, **facts)
    return row


def make_initiative(*, objective: Objective, **values: Any) -> Initiative:
    facts = {"title": f"Initiative {next(_numbers)}"} | values
    row: Initiative = Initiative.objects.create(objective=objective, **facts)
    return row


def make_action(*, plan: Plan, initiative: Initiative | None = None, **values: Any) -> PlanAction:
    facts = {"title": f"Action {next(_numbers)}"} | values
    row: PlanAction = PlanAction.objects.create(plan=plan, initiative=initiative, **facts)
    return row


def make_kpi(*, plan: Plan, target: Any, **values: Any) -> KpiTarget:
    facts = {"title": f"Measure {next(_numbers)}"} | values
    row: KpiTarget = KpiTarget.objects.create(plan=plan, target=target, **facts)
    return row
