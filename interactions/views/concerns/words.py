"""Concerns in words and signs: state, severity, how near the target is."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from interactions.choices import ConcernSeverity, ConcernState
from interactions.models import Concern
from kam.core import formats
from kam.core.badges import Badge, State

# icons: circle-dot progress hourglass circle-check lock ban flame alert-triangle clock
STATES: dict[str, tuple[State, str]] = {
    ConcernState.OPEN: ("info", "circle-dot"),
    ConcernState.WORKING: ("info", "progress"),
    ConcernState.WAITING: ("warning", "hourglass"),
    ConcernState.RESOLVED: ("success", "circle-check"),
    ConcernState.CLOSED: ("muted", "lock"),
    ConcernState.CANCELLED: ("muted", "ban"),
}
SEVERITIES: dict[int, tuple[State, str]] = {
    ConcernSeverity.LOW: ("muted", "chevron-down"),
    ConcernSeverity.MEDIUM: ("neutral", "minus"),
    ConcernSeverity.HIGH: ("warning", "chevron-up"),
    ConcernSeverity.CRITICAL: ("danger", "flame"),
}


def state_badge(concern: Concern) -> Badge:
    """Where it stands."""
    state, icon = STATES[concern.state]
    return Badge(str(concern.get_state_display()), state, icon)


def severity_badge(concern: Concern) -> Badge:
    """How badly it bothers them."""
    state, icon = SEVERITIES[concern.severity]
    return Badge(str(concern.get_severity_display()), state, icon)


def signs(concern: Concern, now: datetime) -> tuple[Concern, SafeString, SafeString | str]:
    """A concern with its severity and its next target, as a template shows them."""
    target = target_badge(concern, now)
    return concern, severity_badge(concern).__html__(), target.__html__() if target else ""


def target_badge(concern: Concern, now: datetime) -> Badge | None:
    """How the next target stands; None where nothing has to come any more."""
    standing, target = concern.standing(now), concern.next_target
    if standing is None or target is None:
        return None
    when = formats.datetime(target)
    answer = concern.awaits == "response"
    if standing == "late":
        words = _("Answer late") if answer and concern.respond_by < now else _("Late")
        return Badge(words, "danger", "alert-triangle", title=_("Was due %s") % when)
    if standing == "near":
        words = _("Answer due soon") if answer else _("Due soon")
        return Badge(words, "warning", "clock", title=_("Due %s") % when)
    words = _("Answer by %s") if answer else _("Solve by %s")
    day = formats.date(timezone.localdate(target))
    return Badge(words % day, "muted", "clock", title=_("Due %s") % when)


def hours(value: float | None) -> str | None:
    """A number of hours as people say it: hours up to two days, then days."""
    if value is None:
        return None
    if value < 48:
        return _("%s h") % formats.number(value, 1 if value < 10 else 0)
    return _("%s days") % formats.number(value / 24, 1)


def between(start: datetime, end: datetime | None) -> str | None:
    """How long it took, in words; None while it is not over."""
    return hours((end - start).total_seconds() / 3600) if end else None
