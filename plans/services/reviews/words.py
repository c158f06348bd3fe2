"""Reviews and joint teams: refusals of the database in the same words."""

from __future__ import annotations

from kam.core.problems import register_constraint
from plans.services.joint import TwiceError
from plans.services.reviews import problems


def register() -> None:
    """Let the database speak as the services do."""
    for name in ("review_colleague_once", "review_person_once"):
        register_constraint(name, problems.TwiceError.words, kind=problems.TwiceError)
    for name in ("joint_colleague_once", "joint_person_once"):
        register_constraint(name, TwiceError.words, kind=TwiceError)
