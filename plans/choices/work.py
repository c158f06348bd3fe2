"""Objectives, initiatives, actions and their measures."""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy, pgettext_lazy

from plans.analytics.kpis import Standing


class ActionState(TextChoices):
    OPEN = "open", pgettext_lazy("state of an action", "Open")
    DONE = "done", pgettext_lazy("state of an action", "Done")
    DROPPED = "dropped", pgettext_lazy("state of an action", "Dropped")


class Direction(TextChoices):
    """Which way a measure should go."""

    UP = "up", pgettext_lazy("direction of a measure", "Higher is better")
    DOWN = "down", pgettext_lazy("direction of a measure", "Lower is better")


STANDINGS: dict[Standing, Any] = {
    Standing.REACHED: gettext_lazy("Reached"),
    Standing.ON_TRACK: gettext_lazy("On track"),
    Standing.CLOSE: gettext_lazy("A little behind"),
    Standing.BEHIND: gettext_lazy("Behind"),
    Standing.UNDER_WAY: gettext_lazy("Not reached yet"),
    Standing.UNKNOWN: gettext_lazy("Not known"),
}
"""How a target stands, in words."""
