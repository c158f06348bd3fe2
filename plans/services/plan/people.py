"""Who takes part in a plan and who may read it: this changes in any open state."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam.core.problems import RefusedError, explained
from kam.identity.models import User
from plans.choices.plan import Confidentiality, PlanRole
from plans.choices.work import ActionState
from plans.models import Plan, PlanAction, PlanMember
from plans.services.writing import NotOpenError, locked_plan


def _locked_open(plan: Plan) -> Plan:
    row = locked_plan(plan)
    if not row.is_open:
        raise NotOpenError
    return row


@explained()
@transaction.atomic
def add_member(
    *, plan: Plan, user: User, role: str, start: date | None = None, end: date | None = None
) -> PlanMember:
    """Name somebody in a plan, in a role and a half-open period: who is named reads it.

    Raises RefusedError for somebody who is gone, for who could not do what the role is for, for
    an empty period and for the same role twice at a time.
    """
    row = _locked_open(plan)
    _check(user, role)
    if start and end and start >= end:
        words = gettext_lazy("The period ends before it begins.")
        raise RefusedError(words, field="end", code="plan_member_period_not_empty")
    member: PlanMember = PlanMember.objects.create(
        plan=row, user=user, role=role, valid=DateRange(start, end)
    )
    row.save(update_fields=["updated_at"])
    return member


def _check(user: User, role: str) -> None:
    needs = {PlanRole.WRITER: "plans.edit", PlanRole.APPROVER: "plans.approve"}
    capability = needs.get(PlanRole(role), "plans.view")
    if not user.is_active or not user.can(capability):
        words = _("%(who)s may not do that: it takes another role in the company.")
        raise RefusedError(words % {"who": user}, field="user", code="plan_member_may")


@explained()
@transaction.atomic
def end_member(*, member: PlanMember, on: date) -> None:
    """Let somebody take part no longer from a day on; who would begin then never did."""
    row = _locked_open(member.plan)
    one: PlanMember = row.members.select_for_update().get(pk=member.pk)
    if one.valid.lower is not None and one.valid.lower >= on:
        one.delete()
    elif one.valid.upper is None or one.valid.upper > on:
        one.valid = DateRange(one.valid.lower, on)
        one.save()
    row.save(update_fields=["updated_at"])


@explained()
@transaction.atomic
def change_confidentiality(*, plan: Plan, level: str) -> Plan:
    """Change who may read an open plan. Raises RefusedError for a level that there is not."""
    row = _locked_open(plan)
    if level not in Confidentiality.values:
        words = gettext_lazy("Choose who may read it.")
        raise RefusedError(words, field="confidentiality", code="plan_confidentiality_known")
    row.confidentiality = level
    row.save()
    return row


def shut_out(plan: Plan) -> list[str]:
    """Return who has open actions of a plan and may not read it: their work is nobody's."""
    mine = PlanAction.objects.filter(plan=plan, state=ActionState.OPEN).values("owner")
    owners = User.objects.filter(pk__in=mine, is_active=True).order_by("full_name", "pk")
    return [
        str(one) for one in owners if not Plan.objects.visible_to(one).filter(pk=plan.pk).exists()
    ]


def may_change_readers(plan: Plan, user: User) -> bool:
    """Whether a user may say who reads a plan: its owner, also by standing in, or a director."""
    ids: list[Any] = user.acting_user_ids()
    return plan.owner_id in ids or user.can("plans.approve")
