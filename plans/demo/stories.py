"""Which plans the demo company has, and what becomes of each: the frame that topics fill."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kam.core.dates import Period
from kam.identity.models import User
from plans.choices.plan import Confidentiality, PlanState
from plans.models import Plan


@dataclass(frozen=True, kw_only=True)
class Telling:
    """A plan to be told: of the group in this place by revenue (0 is the largest), `years` from
    the running fiscal year; `child` is the place among the accounts directly below it."""

    place: int
    ends_as: str
    years: int = 0
    child: int | None = None
    confidentiality: str = Confidentiality.OPEN
    fullness: int = 3
    review_in: int | None = None


TELLINGS: tuple[Telling, ...] = (
    Telling(place=0, years=-1, ends_as=PlanState.CLOSED),
    Telling(place=0, ends_as=PlanState.ACTIVE, review_in=5),
    Telling(place=0, child=0, ends_as=PlanState.ACTIVE, fullness=2),
    Telling(place=0, child=1, ends_as=PlanState.IN_REVIEW, fullness=2),
    Telling(place=0, child=2, ends_as=PlanState.DRAFT, fullness=1),
    Telling(place=0, years=1, ends_as=PlanState.DRAFT, fullness=1),
    Telling(place=1, ends_as=PlanState.ACTIVE),
    Telling(place=1, years=1, ends_as=PlanState.IN_REVIEW),
    Telling(place=2, ends_as=PlanState.ACTIVE, confidentiality=Confidentiality.NAMED),
    Telling(place=3, ends_as=PlanState.ACTIVE, confidentiality=Confidentiality.TEAM, review_in=-20),
    Telling(place=4, years=1, ends_as=PlanState.APPROVED),
    Telling(place=5, ends_as=PlanState.CANCELLED, fullness=1),
    Telling(place=5, ends_as=PlanState.DRAFT, fullness=2),
    Telling(place=6, ends_as=PlanState.DRAFT, fullness=0),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Story:
    """A plan of the demo, a draft while topics fill it. `fullness` says how much is in it: 0
    nothing, 1 a beginning, 2 most, 3 all. `approver` is somebody who wrote nothing in it."""

    plan: Plan
    period: Period
    owner: User
    approver: User
    ends_as: str
    fullness: int
    place: int
    as_of: date
    seed: int

    @property
    def is_live(self) -> bool:
        """Whether it will be carried out: approved, active or closed."""
        return self.ends_as in (PlanState.APPROVED, PlanState.ACTIVE, PlanState.CLOSED)
