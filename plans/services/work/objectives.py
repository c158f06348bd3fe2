"""Objectives and initiatives: what they say changes in a draft; progress and owner also later."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kam.core.problems import RefusedError, explained, refuse_stale
from kam.identity.models import User
from plans.models import Initiative, Objective, Plan
from plans.services.plan.texts import touch
from plans.services.work.shared import (
    check,
    check_owner,
    check_percent,
    last_place,
    put,
    shift,
    whole_version,
)
from plans.services.writing import worked_on, written_by

OBJECTIVE = (
    "title", "measure", "gain", "gain_note", "owner", "due_on", "weight", "typed_percent",
    "is_shareable",
)  # fmt: skip
INITIATIVE = (
    "title", "note", "owner", "starts_on", "due_on", "weight", "typed_percent", "is_shareable",
)  # fmt: skip


@explained()
@transaction.atomic
def add_objective(*, plan: Plan, by: User | None, **facts: Any) -> Objective:
    """Add an objective below the others. `facts` are those of `OBJECTIVE`.

    Raises NotDraftError once the plan is submitted, OutsidePeriodError, OwnerError, and
    RefusedError without a title, for a weight of nothing and a percent out of range.
    """
    plan = written_by(plan, by)
    row = Objective(plan=plan, place=last_place(plan.objectives.all()))
    return _saved_objective(row, plan, facts)


@explained()
@transaction.atomic
def update_objective(
    *, objective: Objective, by: User | None, read_at: datetime | None = None, **facts: Any
) -> Objective:
    """Change what an objective says. Raises what `add_objective` does, and StaleError where
    somebody else changed it after `read_at`."""
    plan = written_by(objective.plan, by)
    row: Objective = plan.objectives.get(pk=objective.pk)
    refuse_stale(row.updated_at, read_at)
    return _saved_objective(row, plan, facts)


def _saved_objective(row: Objective, plan: Plan, facts: dict[str, Any]) -> Objective:
    put(row, facts, OBJECTIVE)
    check(row, plan, facts=facts)
    if row.gain is not None and row.gain < 0:
        words = _("A gain is zero or more.")
        raise RefusedError(words, field="gain", code="objective_gain")
    row.save()
    touch(plan)
    return row


@explained()
@transaction.atomic
def move_objective(*, objective: Objective, step: int, by: User | None) -> None:
    """Move it one place up (-1) or down (+1). Raises NotDraftError."""
    plan = written_by(objective.plan, by)
    shift(objective, plan.objectives.all(), step)
    touch(plan)


@explained()
@transaction.atomic
def delete_objective(*, objective: Objective, by: User | None, read_as: str | None = None) -> None:
    """Take it out of a draft with its initiatives and their actions.

    Raises NotDraftError, and StaleError where it, or anything below it, is not what was read as
    `read_as` (`whole_version`).
    """
    plan = written_by(objective.plan, by)
    if (row := plan.objectives.filter(pk=objective.pk).first()) is not None:
        refuse_stale(whole_version(row), read_as)
        row.delete()
    touch(plan)


@explained()
@transaction.atomic
def add_initiative(*, objective: Objective, by: User | None, **facts: Any) -> Initiative:
    """Add an initiative below the others of an objective. Raises what `add_objective` does."""
    plan = written_by(objective.plan, by)
    parent: Objective = plan.objectives.get(pk=objective.pk)
    row = Initiative(objective=parent, place=last_place(parent.initiatives.all()))
    return _saved_initiative(row, plan, facts)


@explained()
@transaction.atomic
def update_initiative(
    *, initiative: Initiative, by: User | None, read_at: datetime | None = None, **facts: Any
) -> Initiative:
    """Change what an initiative says. Raises what `update_objective` does."""
    plan = written_by(initiative.objective.plan, by)
    row = _own(initiative, plan)
    refuse_stale(row.updated_at, read_at)
    return _saved_initiative(row, plan, facts)


def _own(initiative: Initiative, plan: Plan) -> Initiative:
    found: Initiative = Initiative.objects.get(pk=initiative.pk, objective__plan=plan)
    return found


def _saved_initiative(row: Initiative, plan: Plan, facts: dict[str, Any]) -> Initiative:
    put(row, facts, INITIATIVE)
    check(row, plan, facts=facts)
    if row.starts_on and row.due_on and row.starts_on > row.due_on:
        words = _("It ends before it begins.")
        raise RefusedError(words, field="due_on", code="initiative_ends_after_it_begins")
    row.save()
    touch(plan)
    return row


@explained()
@transaction.atomic
def move_initiative(*, initiative: Initiative, step: int, by: User | None) -> None:
    """Move it one place up (-1) or down (+1) in its objective. Raises NotDraftError."""
    plan = written_by(initiative.objective.plan, by)
    row = _own(initiative, plan)
    shift(row, row.objective.initiatives.all(), step)
    touch(plan)


@explained()
@transaction.atomic
def delete_initiative(
    *, initiative: Initiative, by: User | None, read_as: str | None = None
) -> None:
    """Take it out of a draft with its actions. Raises what `delete_objective` does."""
    plan = written_by(initiative.objective.plan, by)
    row = _own(initiative, plan)
    refuse_stale(whole_version(row), read_as)
    row.delete()
    touch(plan)


@explained()
@transaction.atomic
def type_progress(
    *,
    row: Objective | Initiative,
    percent: Decimal | None,
    by: User | None,
    read_at: datetime | None = None,
) -> Objective | Initiative:
    """Type the progress of an objective or initiative, None to count it from below again.

    In a draft, an approved and an active plan. Raises NotOpenError, RefusedError out of range, and
    StaleError where somebody else changed it after `read_at`.
    """
    plan = worked_on(_plan_of(row), by)
    check_percent(percent, field="typed_percent")
    found: Objective | Initiative = type(row)._default_manager.select_for_update().get(pk=row.pk)
    refuse_stale(found.updated_at, read_at)
    found.typed_percent = percent
    found.save(update_fields=["typed_percent", "updated_at"])
    touch(plan)
    return found


@explained()
@transaction.atomic
def give_work(
    *,
    row: Objective | Initiative,
    owner: User | None,
    by: User | None,
    read_at: datetime | None = None,
) -> Objective | Initiative:
    """Let somebody else answer for it. Raises NotOpenError, OwnerError, and StaleError where
    somebody else changed it after `read_at`."""
    plan = worked_on(_plan_of(row), by)
    check_owner(owner, plan)
    found: Objective | Initiative = type(row)._default_manager.select_for_update().get(pk=row.pk)
    refuse_stale(found.updated_at, read_at)
    found.owner = owner
    found.save(update_fields=["owner", "updated_at"])
    touch(plan)
    return found


def _plan_of(row: Objective | Initiative) -> Plan:
    return row.plan if isinstance(row, Objective) else row.objective.plan
