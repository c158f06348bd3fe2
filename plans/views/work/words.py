"""Actions and targets in words and signs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from kam.core import formats
from kam.core.badges import Badge, State
from plans.analytics.kpis import Standing
from plans.choices.work import STANDINGS, ActionState
from plans.models import PlanAction
from plans.selectors.kpis import KpiLine

# icons: circle-check circle-dot ban alert-octagon target-arrow trending-up clock help user-question
_SIGNS: dict[Standing, tuple[State, str]] = {
    Standing.REACHED: ("success", "circle-check"),
    Standing.ON_TRACK: ("success", "trending-up"),
    Standing.CLOSE: ("warning", "clock"),
    Standing.BEHIND: ("danger", "alert-octagon"),
    Standing.UNDER_WAY: ("info", "circle-dot"),
    Standing.UNKNOWN: ("muted", "help"),
}


def state_badge(action: PlanAction, as_of: date) -> Badge:
    """Whether an action is done, dropped, late or open."""
    if action.state == ActionState.DONE:
        return Badge(_("Done"), "success", "circle-check")
    if action.state == ActionState.DROPPED:
        return Badge(str(action.get_state_display()), "muted", "ban")
    if action.due_on is not None and action.due_on < as_of:
        return Badge(_("Overdue"), "danger", "alert-octagon")
    return Badge(_("Open"), "info", "circle-dot")


def standing_badge(line: KpiLine) -> Badge:
    """How a target stands, with the reason where its actual is not known."""
    standing = line.reading.standing
    why = str(line.actual.why) if standing == Standing.UNKNOWN else ""
    return Badge(STANDINGS[standing], *_SIGNS[standing], title=why)


def figure(value: Decimal | None, line: KpiLine, currency: str) -> str | None:
    """A figure of a target in its unit; None where there is none."""
    return None if value is None else in_unit(value, line.kind, currency, line.row.unit)


def in_unit(value: Decimal, kind: str, currency: str, unit: str = "") -> str:
    """A figure as its kind of measure is read: money, percent, number, points, days."""
    match kind:
        case "money":
            return formats.money(value, currency, 0)
        case "percent":
            return formats.percent(value)
        case "days":
            return _("%s days") % formats.number(value, 1)
    text = formats.number(value, 0 if value == value.to_integral_value() else 1)
    return f"{text} {unit}".strip()
