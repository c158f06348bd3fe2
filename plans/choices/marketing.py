"""The marketing plan: activities, how far they are, and who pays."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class ActivityKind(TextChoices):
    PRESENTATION = "presentation", pgettext_lazy("kind of activity", "Presentation")
    PROMOTION = "promotion", pgettext_lazy("kind of activity", "Promotion")
    EVENT = "event", pgettext_lazy("kind of activity", "Event")
    TRAINING = "training", pgettext_lazy("kind of activity", "Training")
    SAMPLING = "sampling", pgettext_lazy("kind of activity", "Sampling")
    DISPLAY = "display", pgettext_lazy("kind of activity", "Second placement")
    DIGITAL = "digital", pgettext_lazy("kind of activity", "Digital")
    PRINT = "print", pgettext_lazy("kind of activity", "Leaflet or print")
    OTHER = "other", pgettext_lazy("kind of activity", "Other")


class ActivityState(TextChoices):
    PLANNED = "planned", pgettext_lazy("state of an activity", "Planned")
    CONFIRMED = "confirmed", pgettext_lazy("state of an activity", "Confirmed")
    DONE = "done", pgettext_lazy("state of an activity", "Done")
    CANCELLED = "cancelled", pgettext_lazy("state of an activity", "Cancelled")


class Payer(TextChoices):
    """Who pays for an activity."""

    WE = "we", pgettext_lazy("who pays", "We")
    THEY = "they", pgettext_lazy("who pays", "The customer")
    SHARED = "shared", pgettext_lazy("who pays", "Shared")
