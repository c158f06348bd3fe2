"""Objectives, initiatives, actions and their measures."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class ActionState(TextChoices):
    OPEN = "open", pgettext_lazy("state of an action", "Open")
    DONE = "done", pgettext_lazy("state of an action", "Done")
    DROPPED = "dropped", pgettext_lazy("state of an action", "Dropped")


class Direction(TextChoices):
    """Which way a measure should go."""

    UP = "up", pgettext_lazy("direction of a measure", "Higher is better")
    DOWN = "down", pgettext_lazy("direction of a measure", "Lower is better")
