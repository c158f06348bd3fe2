"""Actions: they are added, changed, done, dropped and opened again while a plan is carried out."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kam.core.problems import RefusedError, explained, refuse_stale
from kam.identity.models import User
from plans.choices.plan import Origin, SwotKind
from plans.choices.work import ActionState
from plans.models import Initiative, Plan, PlanAction, SwotItem
from plans.services.plan.texts import touch
from plans.services.work import telling
from plans.services.work.shared import check, put
from plans.services.writing import worked_on, written_by

FACTS = ("title", "note", "owner", "due_on", "weight", "percent", "is_shareable")
TITLE = 300


@explained()
@transaction.atomic
def add_action(
    *,
    plan: Plan,
    by: User | None,
    initiative: Initiative | None = None,
    origin: str = Origin.TYPED,
    swot_item: SwotItem | None = None,
    external_key: str = "",
    **facts: Any,
) -> PlanAction:
    """Add an action, at an initiative of the plan or beside its objectives; tell its owner.

    In a draft, an approved and an active plan. `facts` are those of `FACTS`. Raises NotOpenError,
    OutsidePeriodError, OwnerError, and RefusedError without a title, for a weight of nothing, a
    percent out of range, and an initiative of another plan.
    """
    plan = worked_on(plan, by)
    row = PlanAction(plan=plan, created_by=by, origin=origin, swot_item=swot_item)
    row.external_key = external_key
    _hang(row, initiative)
    return _saved(row, plan, facts, by)


@explained()
@transaction.atomic
def update_action(
    *, action: PlanAction, by: User | None, read_at: datetime | None = None, **facts: Any
) -> PlanAction:
    """Change what an action says, whose it is, where it hangs (`initiative`).

    Raises what `add_action` does, and StaleError where somebody else changed it after `read_at`.
    """
    plan = worked_on(action.plan, by)
    row = locked(action, plan)
    refuse_stale(row.updated_at, read_at)
    if "initiative" in facts:
        _hang(row, facts["initiative"])
    return _saved(row, plan, facts, by)


def _hang(row: PlanAction, initiative: Initiative | None) -> None:
    if initiative is not None and initiative.objective.plan_id != row.plan_id:
        words = _("This initiative is of another plan.")
        raise RefusedError(words, field="initiative", code="initiative_of_the_plan")
    row.initiative = initiative


def _saved(row: PlanAction, plan: Plan, facts: dict[str, Any], by: User | None) -> PlanAction:
    before = row.owner_id
    put(row, facts, FACTS)
    check(row, plan, facts=facts)
    row.save()
    if row.owner_id != before:
        telling.tell_owner(row, plan, by=by)
    touch(plan)
    return row


@explained()
@transaction.atomic
def finish_action(*, action: PlanAction, on: date, by: User | None) -> PlanAction:
    """Say that it is done, on a day; done already stays as it is. Raises NotOpenError.

    `on` is today or earlier where the caller lets people say so; it may lie before the plan.
    """
    return _move(action, by, ActionState.DONE, done_on=on)


@explained()
@transaction.atomic
def reopen_action(*, action: PlanAction, by: User | None) -> PlanAction:
    """Take it up again after it was done or dropped. Raises NotOpenError."""
    return _move(action, by, ActionState.OPEN)


@explained()
@transaction.atomic
def drop_action(*, action: PlanAction, by: User | None) -> PlanAction:
    """Give it up: it counts for nothing, and stays to be seen. Raises NotOpenError."""
    return _move(action, by, ActionState.DROPPED)


def _move(
    action: PlanAction, by: User | None, to: ActionState, *, done_on: date | None = None
) -> PlanAction:
    plan = worked_on(action.plan, by)
    row = locked(action, plan)
    if row.state == to:
        return row
    row.state, row.done_on = to, done_on
    row.save()
    touch(plan)
    return row


@explained()
@transaction.atomic
def set_percent(*, action: PlanAction, percent: Decimal | None, by: User | None) -> PlanAction:
    """Say how far an open action is. Raises NotOpenError, and RefusedError for one that is over."""
    plan = worked_on(action.plan, by)
    row = locked(action, plan)
    if row.state != ActionState.OPEN:
        words = _("It is over: open it again first.")
        raise RefusedError(words, field="percent", code="action_is_over")
    return _saved(row, plan, {"percent": percent}, by)


@explained()
@transaction.atomic
def delete_action(*, action: PlanAction, by: User | None, read_at: datetime | None = None) -> None:
    """Take an action out of a draft. Raises NotDraftError: later it is dropped; and StaleError
    where somebody else changed it after `read_at`."""
    plan = written_by(action.plan, by)
    if (row := plan.actions.filter(pk=action.pk).first()) is not None:
        refuse_stale(row.updated_at, read_at)
        row.delete()
    touch(plan)


@explained()
@transaction.atomic
def action_from_swot(*, item: SwotItem, by: User | None, **facts: Any) -> PlanAction:
    """Make an action of a strength, weakness, opportunity or threat, in its words unless said.

    Raises what `add_action` does, and RefusedError where it became an action that is not dropped.
    """
    plan = worked_on(item.plan, by)
    standing = item.actions.exclude(state=ActionState.DROPPED).first()
    if standing is not None:
        words = _("This became an action already.")
        raise RefusedError(words, code="swot_became_already")
    title = " ".join((facts.pop("title", "") or item.text).split())[:TITLE]
    note = facts.pop("note", "") or _evidence(item)
    return add_action(
        plan=plan,
        by=by,
        origin=Origin.SWOT,
        swot_item=item,
        title=title,
        note=note,
        **facts,
    )


def _evidence(item: SwotItem) -> str:
    kind = SwotKind(item.kind).label
    return f"{kind}: {item.text}\n{item.evidence}".strip()[:2000]


def locked(action: PlanAction, plan: Plan) -> PlanAction:
    """Return an action of a locked plan as it stands."""
    rows = plan.actions.select_for_update(no_key=True, of=("self",))
    found: PlanAction = rows.get(pk=action.pk)
    return found
