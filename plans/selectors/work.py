"""What the sections of objectives and of targets say: for their pages and for snapshots."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from kam.identity.models import User
from plans.analytics.progress import Progress
from plans.choices.work import ActionState
from plans.models import Plan, PlanAction
from plans.querysets.plans import LIVE, writable
from plans.selectors.kpis import KpiLine, lines_of
from plans.selectors.progress import ActionLine, InitiativeLine, ObjectiveLine, tree_of
from plans.selectors.sections import Content

WORKABLE = ("draft", *LIVE)


def actions_for(user: User) -> QuerySet[PlanAction]:
    """Return the actions of plans that a user may read, with all that a list shows."""
    rows: QuerySet[PlanAction] = PlanAction.objects.visible_to(user)
    return rows.select_related("plan__account", "owner", "initiative__objective")


def workable(user: User) -> QuerySet[PlanAction]:
    """Return the actions that a user may tick off: their own, and those of plans they write."""
    rows = actions_for(user).filter(plan__state__in=WORKABLE)
    if not user.can("plans.work"):
        return rows.none()
    own = Q(owner__in=user.acting_user_ids())
    if not user.can("plans.edit"):
        return rows.filter(own)
    return rows.filter(own | writable(user, "plan__"))


def with_rights(rows: QuerySet[PlanAction], user: User) -> QuerySet[PlanAction]:
    """Add `may_work`: whether the user may tick an action off."""
    mine = workable(user).filter(pk=OuterRef("pk")).order_by()
    return rows.annotate(may_work=Exists(mine))


def standing_open(rows: QuerySet[PlanAction]) -> QuerySet[PlanAction]:
    """Leave open actions of plans that are neither over nor waiting for approval to begin."""
    return rows.filter(state=ActionState.OPEN, plan__state__in=("draft", "in_review", *LIVE))


def content_of_objectives(plan: Plan, _user: User | None, as_of: date) -> Content:
    """Return all objectives with what is below, with progress on the day."""
    tree = tree_of(plan, as_of=as_of)
    return {
        "progress": _progress(tree.progress),
        "objectives": [_objective(line, plan) for line in tree.objectives],
        "actions": [_action(line) for line in tree.loose],
    }


def _progress(found: Progress) -> dict[str, Any]:
    return {
        "percent": found.percent,
        "is_typed": found.is_typed,
        "actions": found.actions,
        "done": found.done,
        "overdue": found.overdue,
        "ownerless": found.ownerless,
        "unmeasured": found.unmeasured,
    }


def _person(user: User | None) -> dict[str, Any] | None:
    return {"id": user.pk, "name": str(user)} if user else None


def _money(amount: Decimal | None, plan: Plan) -> dict[str, Any] | None:
    return None if amount is None else {"amount": amount, "currency": plan.currency_id}


def _objective(line: ObjectiveLine, plan: Plan) -> dict[str, Any]:
    row = line.row
    return {
        "id": row.pk,
        "title": row.title,
        "measure": row.measure,
        "gain": _money(row.gain, plan),
        "gain_note": row.gain_note,
        "owner": _person(row.owner),
        "due_on": row.due_on,
        "weight": row.weight,
        "is_shareable": row.is_shareable,
        "progress": _progress(line.progress),
        "initiatives": [_initiative(one) for one in line.initiatives],
    }


def _initiative(line: InitiativeLine) -> dict[str, Any]:
    row = line.row
    return {
        "id": row.pk,
        "title": row.title,
        "note": row.note,
        "owner": _person(row.owner),
        "starts_on": row.starts_on,
        "due_on": row.due_on,
        "weight": row.weight,
        "is_shareable": row.is_shareable,
        "progress": _progress(line.progress),
        "actions": [_action(one) for one in line.actions],
    }


def _action(line: ActionLine) -> dict[str, Any]:
    row = line.row
    return {
        "id": row.pk,
        "title": row.title,
        "note": row.note,
        "owner": _person(row.owner),
        "due_on": row.due_on,
        "weight": row.weight,
        "percent": row.percent,
        "state": row.state,
        "done_on": row.done_on,
        "is_overdue": line.is_overdue,
        "is_shareable": row.is_shareable,
    }


def content_of_kpis(plan: Plan, user: User | None, as_of: date) -> Content:
    """Return the targets of a plan with their actuals on the day."""
    return {"kpis": [_kpi(line, plan) for line in lines_of(plan, user, as_of=as_of)]}


def _kpi(line: KpiLine, plan: Plan) -> dict[str, Any]:
    row, reading = line.row, line.reading
    is_money = line.kind == "money"

    def _figure(value: Decimal | None) -> Any:
        return _money(value, plan) if is_money else value

    return {
        "id": row.pk,
        "metric": row.metric,
        "title": row.title,
        "kind": line.kind,
        "unit": row.unit,
        "direction": row.direction,
        "objective": row.objective_id,
        "baseline": _figure(row.baseline),
        "target": _figure(row.target),
        "actual": _figure(line.actual.value),
        "actual_on": line.actual.on,
        "share": reading.share,
        "elapsed": reading.elapsed,
        "standing": str(reading.standing),
        "is_shareable": row.is_shareable,
    }
