"""What every step of a plan does: the plan under its lock, its words, and a line that stays."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from kam.core.problems import Blocker, refuse
from kam.identity.models import User
from plans.models import Plan, PlanSnapshot, PlanStep
from plans.selectors.submitting import problems_of
from plans.services.approval.problems import NoWordsError, WrongStateError
from plans.services.writing import locked_plan

LONGEST = 2000
"""Letters that the words of a step may have."""


def locked_in(plan: Plan, states: Collection[str]) -> Plan:
    """Return a plan as it stands, under its lock. Raises WrongStateError outside the states."""
    row = locked_plan(plan)
    if row.state not in states:
        raise WrongStateError
    return row


def words_of(text: str) -> str:
    """Return the words of a step without spaces around. Raises NoWordsError without any."""
    words = text.strip()
    if not words:
        raise NoWordsError
    return words[:LONGEST]


def refuse_blocked(plan: Plan, *, as_of: date) -> None:
    """Raise the first of the plan's blockers as RefusedError, with its code and section."""
    found = problems_of(plan, as_of=as_of)
    refuse(one for one in found if isinstance(one, Blocker))


def keep_step(
    plan: Plan,
    kind: str,
    *,
    by: User | None,
    text: str = "",
    snapshot: PlanSnapshot | None = None,
) -> PlanStep:
    """Write down what happened to a plan; without an author the system did it."""
    step: PlanStep = PlanStep.objects.create(
        plan=plan, kind=kind, revision=plan.revision, text=text, snapshot=snapshot, author=by
    )
    return step
