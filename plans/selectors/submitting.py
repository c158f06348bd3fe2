"""What stands in the way of submitting a plan, and what deserves a look: topics bring rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from kam.core.problems import Blocker, Caution
from kam.core.registry import Registry
from plans.models import Plan

type Problem = Blocker | Caution


@dataclass(frozen=True, kw_only=True)
class SubmitRule:
    """A rule of a topic: `find(plan, as_of)` yields what is wrong, with the section as field."""

    key: str
    find: Callable[[Plan, date], Iterable[Problem]]
    order: int = 100


submit_rules: Registry[SubmitRule] = Registry()


def problems_of(plan: Plan, *, as_of: date) -> list[Problem]:
    """Return every problem of a plan, in the order of the rules; blockers forbid submitting."""
    return [problem for rule in submit_rules for problem in rule.find(plan, as_of)]
