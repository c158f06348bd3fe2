"""Growth scenarios and their levers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kam.core.problems import RefusedError, explained, refuse_stale
from kam.identity.models import User
from plans.analytics.levers import Lever, is_too_large
from plans.models import GrowthLever, LeverScenario, Plan
from plans.services import figures
from plans.services.writing import locked_plan, written_by


@dataclass(frozen=True, slots=True)
class LeverRow:
    """A lever as it is typed."""

    kind: str
    baseline: Decimal
    target: Decimal
    evidence: str = ""


def add_scenario(
    *, plan: Plan, user: User | None, levers: Sequence[LeverRow] = (), **values: Any
) -> LeverScenario:
    """Add a scenario to a draft with its levers. Raises NotDraftError, RefusedError."""
    with explained(), transaction.atomic():
        _unchoose(plan, user, values)
        last = plan.lever_scenarios.aggregate(last=Max("place"))["last"] or 0
        row = figures.make(LeverScenario, plan=plan, user=user, place=last + 1, **values)
        _write(row, levers)
        _check_size(row)
    return row


def change_scenario(
    *,
    scenario: LeverScenario,
    user: User | None,
    levers: Sequence[LeverRow] | None = None,
    read_at: datetime | None = None,
    **values: Any,
) -> None:
    """Change a scenario; `levers` replace all that it has.

    Raises NotDraftError, RefusedError, and StaleError where somebody else changed the scenario or
    its levers after `read_at`.
    """
    with explained(), transaction.atomic():
        locked_plan(scenario.plan)
        stands = LeverScenario.objects.filter(pk=scenario.pk).values_list("updated_at", flat=True)
        refuse_stale(stands.get(), read_at)
        if not scenario.is_chosen:
            _unchoose(scenario.plan, user, values)
        figures.change(scenario, plan=scenario.plan, user=user, values=values)
        if levers is not None:
            written_by(scenario.plan, user)
            _write(scenario, levers)
        _check_size(scenario)


def remove_scenario(
    *, scenario: LeverScenario, user: User | None, read_at: datetime | None = None
) -> None:
    """Take a scenario out of a draft."""
    figures.remove(scenario, plan=scenario.plan, user=user, read_at=read_at)


def copy_scenario(*, scenario: LeverScenario, user: User | None, name: str) -> LeverScenario:
    """Add the same under another name, to be varied and compared."""
    skipped = {"id", "plan", "name", "is_chosen", "place", "created_at", "updated_at"}
    values = {
        one.name: getattr(scenario, one.name)
        for one in LeverScenario._meta.concrete_fields
        if one.name not in skipped
    }
    levers = [
        LeverRow(one.kind, one.baseline, one.target, one.evidence) for one in scenario.levers.all()
    ]
    return add_scenario(plan=scenario.plan, user=user, levers=levers, name=name, **values)


def _unchoose(plan: Plan, user: User | None, values: Mapping[str, Any]) -> None:
    """The one that is chosen now makes room."""
    if values.get("is_chosen"):
        written_by(plan, user)
        chosen = plan.lever_scenarios.filter(is_chosen=True)
        chosen.update(is_chosen=False, updated_at=timezone.now())


def _write(scenario: LeverScenario, levers: Sequence[LeverRow]) -> None:
    """Put the levers in their place; the scenario counts as changed where one of them does."""
    is_changed = False
    known = {one.kind: one for one in scenario.levers.all()}
    wanted = {one.kind: one for one in levers}
    for kind, row in known.items():
        if kind not in wanted:
            row.delete()
            is_changed = True
    for kind, given in wanted.items():
        row = known.get(kind) or GrowthLever(scenario=scenario, kind=kind)
        values = {"baseline": given.baseline, "target": given.target, "evidence": given.evidence}
        if row.pk is None or any(getattr(row, key) != value for key, value in values.items()):
            for key, value in values.items():
                setattr(row, key, value)
            row.save()
            is_changed = True
    if is_changed:
        scenario.save(update_fields=["updated_at"])


def _check_size(scenario: LeverScenario) -> None:
    """A field holds each figure, and nothing could show their product."""
    rows = GrowthLever.objects.filter(scenario=scenario)
    levers = [Lever(one.kind, one.baseline, one.target) for one in rows]
    if is_too_large(levers, scenario.sales_before):
        words = _("These figures multiply to more than anybody sells: look at them once more.")
        raise RefusedError(words, code="levers_too_large")
