"""Targets of measures: what a draft aims at, and what was seen of measures that people keep."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kam.core.problems import RefusedError, explained, refuse_stale
from kam.identity.models import User
from plans.choices.work import Direction
from plans.models import KpiTarget, Plan
from plans.selectors.metrics.registry import metrics
from plans.services.plan.texts import touch
from plans.services.work.shared import last_place, put, shift
from plans.services.writing import worked_on, written_by

FACTS = ("title", "unit", "direction", "baseline", "target", "objective", "is_shareable")


class ZeroTargetError(RefusedError):
    """Nothing can be measured against zero."""

    code, field = "kpi_target_not_zero", "target"
    words = _("A target of zero cannot be measured against.")


@explained()
@transaction.atomic
def add_target(*, plan: Plan, by: User | None, metric: str = "", **facts: Any) -> KpiTarget:
    """Add a target for a measure of the system (`metric`), or for one of the plan's own.

    Title, unit and direction of a measure of the system are its own; a title may be told. A
    draft only. Raises NotDraftError, ZeroTargetError, and RefusedError for a measure that there
    is not, one that the plan has, a target equal to its baseline or beyond what the measure can
    be, and an objective of another plan.
    """
    plan = written_by(plan, by)
    row = KpiTarget(plan=plan, metric=metric, place=last_place(plan.kpis.all()))
    if metric:
        _check_metric(plan, metric)
    return _saved(row, plan, facts)


@explained()
@transaction.atomic
def update_target(
    *, kpi: KpiTarget, by: User | None, read_at: datetime | None = None, **facts: Any
) -> KpiTarget:
    """Change a target; its measure stays. Raises what `add_target` does, and StaleError where
    somebody else changed it after `read_at`."""
    plan = written_by(kpi.plan, by)
    row: KpiTarget = plan.kpis.get(pk=kpi.pk)
    refuse_stale(row.updated_at, read_at)
    return _saved(row, plan, facts)


def _check_metric(plan: Plan, key: str) -> None:
    if metrics.get(key) is None:
        words = _("The system knows no such measure.")
        raise RefusedError(words, field="metric", code="metric_known")
    if plan.kpis.filter(metric=key).exists():
        words = _("The plan has a target for this measure already.")
        raise RefusedError(words, field="metric", code="kpi_once_a_plan")


def _saved(row: KpiTarget, plan: Plan, facts: dict[str, Any]) -> KpiTarget:
    put(row, facts, FACTS)
    found = metrics.get(row.metric) if row.metric else None
    if found is not None:
        row.title = row.title or str(found.title)
        row.unit, row.direction = "", found.direction
    if not row.title:
        words = _("A measure has a name.")
        raise RefusedError(words, field="title", code="kpi_has_a_title")
    _check_numbers(row, grows=found is not None and found.grows)
    if found is not None and not found.holds(row.target):
        words = _("This measure is never at this figure.")
        raise RefusedError(words, field="target", code="kpi_within_its_measure")
    if row.objective is not None and row.objective.plan_id != plan.pk:
        words = _("This objective is of another plan.")
        raise RefusedError(words, field="objective", code="objective_of_the_plan")
    row.save()
    touch(plan)
    return row


def _check_numbers(row: KpiTarget, *, grows: bool) -> None:
    if not row.target:
        raise ZeroTargetError
    if row.baseline is None or grows:
        return
    if row.baseline == row.target:
        words = _("The target is where we stand already.")
        raise RefusedError(words, field="target", code="kpi_target_moves")
    is_up = row.target > row.baseline
    if is_up != (row.direction == Direction.UP):
        words = _("The target lies on the wrong side of the baseline for its direction.")
        raise RefusedError(words, field="target", code="kpi_target_direction")


@explained()
@transaction.atomic
def move_target(*, kpi: KpiTarget, step: int, by: User | None) -> None:
    """Move it one place up (-1) or down (+1). Raises NotDraftError."""
    plan = written_by(kpi.plan, by)
    shift(kpi, plan.kpis.all(), step)
    touch(plan)


@explained()
@transaction.atomic
def delete_target(*, kpi: KpiTarget, by: User | None) -> None:
    """Take it out of a draft. Raises NotDraftError."""
    plan = written_by(kpi.plan, by)
    plan.kpis.filter(pk=kpi.pk).delete()
    touch(plan)


@explained()
@transaction.atomic
def note_actual(
    *,
    kpi: KpiTarget,
    value: Decimal | None,
    on: date | None,
    as_of: date,
    by: User | None,
    read_at: datetime | None = None,
) -> KpiTarget:
    """Write down what was seen of a measure that the system does not know; None takes it away.

    In a draft, an approved and an active plan. Raises NotOpenError, and RefusedError for a
    measure that the system knows, without a day, and for a day to come.
    """
    plan = worked_on(kpi.plan, by)
    row: KpiTarget = plan.kpis.select_for_update().get(pk=kpi.pk)
    refuse_stale(row.updated_at, read_at)
    if row.metric:
        words = _("The system knows this figure: it is not typed.")
        raise RefusedError(words, field="typed_actual", code="kpi_actual_not_typed_over")
    day = on if value is not None else None
    if value is not None and day is None:
        words = _("Say on which day it was seen.")
        raise RefusedError(words, field="typed_on", code="kpi_actual_says_when")
    if day is not None and day > as_of:
        words = _("This day is still to come.")
        raise RefusedError(words, field="typed_on", code="kpi_actual_future")
    row.typed_actual, row.typed_on = value, day
    row.save()
    touch(plan)
    return row
