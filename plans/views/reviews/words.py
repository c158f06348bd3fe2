"""Reviews and joint work in words and signs."""

from __future__ import annotations

from kam.core.badges import Badge, State
from plans.choices.joint import JointState, LineKind, ReviewState
from plans.models import BusinessReview, JointInitiative, JointTeam

# icons: calendar-event presentation circle-check ban bulb progress player-pause gavel note
REVIEWS: dict[str, tuple[State, str]] = {
    ReviewState.PLANNED: ("info", "calendar-event"),
    ReviewState.IN_MEETING: ("warning", "presentation"),
    ReviewState.DONE: ("success", "circle-check"),
    ReviewState.CANCELLED: ("muted", "ban"),
}
JOINT: dict[str, tuple[State, str]] = {
    JointState.PROPOSED: ("info", "bulb"),
    JointState.RUNNING: ("info", "progress"),
    JointState.PAUSED: ("warning", "player-pause"),
    JointState.DONE: ("success", "circle-check"),
    JointState.STOPPED: ("muted", "ban"),
}
LINES: dict[str, str] = {
    LineKind.NOTE: "note",
    LineKind.ACTION: "checkbox",
    LineKind.CONCERN: "message-exclamation",
    LineKind.DECISION: "gavel",
}


def review_badge(review: BusinessReview) -> Badge:
    """Where a review stands."""
    state, icon = REVIEWS[review.state]
    return Badge(str(review.get_state_display()), state, icon)


def joint_badge(row: JointTeam | JointInitiative) -> Badge:
    """Where joint work stands."""
    state, icon = JOINT[row.state]
    return Badge(str(row.get_state_display()), state, icon)
