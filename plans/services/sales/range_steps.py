"""Range steps: what is to come into stores or to leave them, and how far it is."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from kam.identity.models import User
from plans.choices.sales import ListingState
from plans.models import Plan, RangeStep
from plans.services import figures

FREE = ("state", "reached_on", "stores_reached", "owner", "note")


def add_step(*, plan: Plan, user: User | None, **values: Any) -> RangeStep:
    """Plan a step. Raises NotDraftError, OutsidePeriodError, RefusedError."""
    return figures.make(RangeStep, plan=plan, user=user, **values)


def change_step(
    *, step: RangeStep, user: User | None, read_at: datetime | None = None, **values: Any
) -> bool:
    """Change a step; how far it is also while the plan is carried out."""
    return figures.change(
        step, plan=step.plan, user=user, values=values, free=FREE, read_at=read_at
    )


def move_step(
    *, step: RangeStep, user: User | None, state: str, on: date, stores: int | None = None
) -> bool:
    """Say how far a step is, since when, and in how many stores."""
    values: dict[str, Any] = {"state": state}
    values["reached_on"] = None if state == ListingState.PLANNED else on
    if stores is not None:
        values["stores_reached"] = stores
    return change_step(step=step, user=user, **values)


def remove_step(*, step: RangeStep, user: User | None, read_at: datetime | None = None) -> None:
    """Take a step out of a draft."""
    figures.remove(step, plan=step.plan, user=user, read_at=read_at)
