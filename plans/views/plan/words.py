"""How plans are said on pages: states, periods, what lacks."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam.core import formats
from kam.core.badges import Badge, State
from kam.core.dates import Period
from plans.analytics.completeness import Lack
from plans.choices.plan import Confidentiality, PlanState
from plans.models import Plan

# icons: pencil hourglass circle-check player-play archive ban lock users
STATES: dict[str, tuple[State, str]] = {
    PlanState.DRAFT: ("neutral", "pencil"),
    PlanState.IN_REVIEW: ("info", "hourglass"),
    PlanState.APPROVED: ("success", "circle-check"),
    PlanState.ACTIVE: ("success", "player-play"),
    PlanState.CLOSED: ("muted", "archive"),
    PlanState.CANCELLED: ("muted", "ban"),
}
LACKS: dict[Lack, object] = {
    "empty": gettext_lazy("empty"),
    "stale": gettext_lazy("not looked at for half a year"),
    "ownerless": gettext_lazy("nobody keeps it fresh any more"),
}


def state_badge(plan: Plan) -> Badge:
    """The state with its sign."""
    state, icon = STATES[plan.state]
    return Badge(plan.get_state_display(), state, icon)


def level_badge(plan: Plan) -> Badge | None:
    """Who may read it, where that is not everybody of the sales organisation."""
    if plan.confidentiality == Confidentiality.OPEN:
        return None
    icon = "users" if plan.confidentiality == Confidentiality.TEAM else "lock"
    return Badge(plan.get_confidentiality_display(), "neutral", icon)


def period_words(plan: Plan) -> str:
    """The period: a year or quarter by its name, else its first and last day."""
    period = Period(plan.period.lower, plan.period.upper)
    name = str(period)
    if len(name) == 4 or "Q" in name:
        return name
    return f"{formats.date(period.start)} – {formats.date(period.last_day)}"


def empty_words(count: int) -> Badge:
    """How many required sections say nothing."""
    if not count:
        return Badge(_("All are filled"), "success", "circle-check")
    return Badge(_("%(n)s empty") % {"n": formats.number(count)}, "warning")
