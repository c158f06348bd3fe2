"""How a concern moves, by when it is to be answered and solved, and what its times say.

Hours are calendar hours: a weekend counts. The clock runs while the customer is waited for too,
so that waiting hides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

OPEN, WORKING, WAITING = "open", "working", "waiting"
RESOLVED, CLOSED, CANCELLED = "resolved", "closed", "cancelled"

UNSOLVED = (OPEN, WORKING, WAITING)
ENDED = (CLOSED, CANCELLED)

MOVES: Mapping[str, tuple[str, ...]] = {
    OPEN: (WORKING, WAITING, RESOLVED, CANCELLED),
    WORKING: (WAITING, RESOLVED, CANCELLED),
    WAITING: (WORKING, RESOLVED, CANCELLED),
    RESOLVED: (CLOSED, WORKING),
    CLOSED: (WORKING,),
    CANCELLED: (WORKING,),
}
"""From each state the states that follow; back to work from the last three is a reopening."""

NEEDS_WORDS = (RESOLVED, CANCELLED)
ANSWERS = (WAITING, RESOLVED)
"""States that nobody reaches without having answered the customer."""

NEAR_FROM = 0.75
"""The share of the time after which a target is near."""

BUILT_IN: Mapping[int, tuple[int, int]] = {1: (48, 240), 2: (24, 120), 3: (8, 48), 4: (4, 24)}
"""Hours to answer and to solve by severity, where the organisation keeps no target of its own."""

type Phase = Literal["response", "solution"]
type Standing = Literal["in_time", "near", "late"]


def may_move(state: str, to: str) -> bool:
    """Whether a concern may go from a state to another one."""
    return to in MOVES[state]


def is_reopening(state: str, to: str) -> bool:
    """Whether going there takes a concern up again that was done with."""
    return state in (RESOLVED, *ENDED) and to == WORKING


def needs_words(state: str, to: str) -> bool:
    """Whether going there has to say what was done or why."""
    return to in NEEDS_WORDS or is_reopening(state, to)


@dataclass(frozen=True, slots=True)
class Due:
    """By when a concern is to be answered and solved."""

    respond_by: datetime
    resolve_by: datetime


def due(raised_at: datetime, respond_hours: int, resolve_hours: int) -> Due:
    """Return the two moments that targets in hours name, counted from when it was raised."""
    return Due(
        raised_at + timedelta(hours=respond_hours), raised_at + timedelta(hours=resolve_hours)
    )


def near_at(raised_at: datetime, target: datetime) -> datetime:
    """Return the moment from which a target is near."""
    return raised_at + (target - raised_at) * NEAR_FROM


def standing(raised_at: datetime, target: datetime, now: datetime) -> Standing:
    """Return how an open target stands; the moment itself is still in time."""
    if now > target:
        return "late"
    return "near" if now >= near_at(raised_at, target) else "in_time"


@dataclass(frozen=True, slots=True)
class Share:
    """Of what was decided, how much was in time: done by then, or the target passed undone."""

    in_time: int
    decided: int

    @property
    def value(self) -> float | None:
        """The share, None where nothing is decided yet."""
        return self.in_time / self.decided if self.decided else None
