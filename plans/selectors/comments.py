"""Comments on a plan by section."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from plans.models import Plan, PlanComment


def threads_of(plan: Plan) -> dict[str, list[PlanComment]]:
    """Return all comments on a plan by section, the oldest first; "" is the plan as a whole."""
    found: dict[str, list[PlanComment]] = defaultdict(list)
    for row in plan.comments.select_related("author", "resolved_by"):
        found[row.section].append(row)
    return found


def thread_of(
    plan: Plan, kind: str, threads: dict[str, list[PlanComment]] | None = None
) -> dict[str, Any]:
    """Return the open and the resolved comments on a section; `threads` where they are known."""
    rows = (threads_of(plan) if threads is None else threads).get(kind, [])
    return {
        "open_comments": [one for one in rows if one.resolved_at is None],
        "resolved_comments": [one for one in rows if one.resolved_at is not None],
    }
