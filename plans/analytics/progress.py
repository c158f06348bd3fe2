"""How far a plan is: progress from actions up to the plan, by weight.

Rules. A dropped action leaves: it counts for nothing. One that is done is 100 percent. An open one
is what somebody typed of it, and 0 where nobody did: an open action of which nothing is said is
not a missing figure, nothing of it is done. An initiative is the weighted mean of its actions, an
objective that of its initiatives, a plan that of its objectives. A percent typed on an initiative
or an objective wins, and the result says so. What has nothing to measure (no action that counts,
nothing typed) is unknown, never 0: it leaves the mean, and `unmeasured` counts it on every level
above. Actions beside all objectives weigh together like an average objective of the plan; alone,
they are the plan. `overdue` (due before the day, open) and `ownerless` count open actions on every
level above, whatever was typed there.

Each level is rounded to 4 decimals, half away from zero, as the statement of
`plans.selectors.progress` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from kam.core.exact import EXACT, exact_sum, ratio

PLACES = 4
ALL, NOTHING = Decimal(100), Decimal(0)
OPEN, DONE, DROPPED = "open", "done", "dropped"
ONE = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """An action as progress needs it."""

    state: str = OPEN
    weight: Decimal = ONE
    percent: Decimal | None = None
    due_on: date | None = None
    has_owner: bool = True

    @property
    def progress(self) -> Decimal | None:
        """Its percent; None where it was dropped."""
        if self.state == DROPPED:
            return None
        return ALL if self.state == DONE else self.percent or NOTHING

    def is_overdue(self, as_of: date) -> bool:
        """Whether it is open though it was due before the day."""
        return self.state == OPEN and self.due_on is not None and self.due_on < as_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """An initiative: its actions."""

    weight: Decimal = ONE
    typed: Decimal | None = None
    acts: Sequence[Act] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """An objective: its initiatives."""

    weight: Decimal = ONE
    typed: Decimal | None = None
    bundles: Sequence[Bundle] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far something is, in percent (None: nothing to measure), and what to see of it.

    `is_typed`: somebody typed it, and what is below was not asked. `actions` counts those that
    were not dropped, `done` those that are done; `unmeasured` objectives and initiatives of which
    nothing is known.
    """

    percent: Decimal | None = None
    is_typed: bool = False
    actions: int = 0
    done: int = 0
    overdue: int = 0
    ownerless: int = 0
    unmeasured: int = 0

    @property
    def is_known(self) -> bool:
        """Whether there is anything to measure."""
        return self.percent is not None

    @property
    def is_complete(self) -> bool:
        """Whether all of it is done."""
        return self.percent == ALL


def weighted(parts: Iterable[tuple[Decimal | None, Decimal]]) -> Decimal | None:
    """Return the weighted mean of what is known; None where nothing is."""
    known = [(value, weight) for value, weight in parts if value is not None]
    if not known:
        return None
    total = exact_sum(weight for _value, weight in known)
    return ratio(exact_sum(EXACT.multiply(v, w) for v, w in known), total, PLACES)


def of_acts(acts: Sequence[Act], as_of: date) -> Progress:
    """Return the progress of actions side by side."""
    return Progress(
        percent=weighted((act.progress, act.weight) for act in acts),
        actions=sum(act.state != DROPPED for act in acts),
        done=sum(act.state == DONE for act in acts),
        overdue=sum(act.is_overdue(as_of) for act in acts),
        ownerless=sum(act.state == OPEN and not act.has_owner for act in acts),
    )


def of_bundle(bundle: Bundle, as_of: date) -> Progress:
    """Return the progress of an initiative."""
    below = of_acts(bundle.acts, as_of)
    return _above([below], below.percent, bundle.typed)


def of_goal(goal: Goal, as_of: date) -> Progress:
    """Return the progress of an objective."""
    below = [of_bundle(one, as_of) for one in goal.bundles]
    pairs = zip(below, goal.bundles, strict=True)
    derived = weighted((found.percent, one.weight) for found, one in pairs)
    return _above(below, derived, goal.typed)


def of_plan(goals: Sequence[Goal], loose: Sequence[Act], as_of: date) -> Progress:
    """Return the progress of a plan from its objectives and the actions beside them.

    A plan without either is unknown, and so is not itself counted as unmeasured.
    """
    below = [of_goal(one, as_of) for one in goals]
    beside = of_acts(loose, as_of)
    # The mean of the weights without dividing: all of them times the number of objectives.
    count = Decimal(len(goals) or 1)
    weights = [EXACT.multiply(one.weight, count) for one in goals]
    usual = exact_sum(one.weight for one in goals) or ONE
    parts = [(found.percent, weight) for found, weight in zip(below, weights, strict=True)]
    found = _above([*below, beside], weighted([*parts, (beside.percent, usual)]), None)
    return replace(found, unmeasured=sum(one.unmeasured for one in below))


def _above(below: Sequence[Progress], derived: Decimal | None, typed: Decimal | None) -> Progress:
    percent = derived if typed is None else typed
    return Progress(
        percent=percent,
        is_typed=typed is not None,
        actions=sum(one.actions for one in below),
        done=sum(one.done for one in below),
        overdue=sum(one.overdue for one in below),
        ownerless=sum(one.ownerless for one in below),
        unmeasured=sum(one.unmeasured for one in below) + (percent is None),
    )
