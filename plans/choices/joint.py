"""Joint teams with the customer, and business reviews."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class JointTopic(TextChoices):
    PRODUCT = "product", pgettext_lazy("topic of a joint team", "Product development")
    QUALITY = "quality", pgettext_lazy("topic of a joint team", "Quality")
    SUPPLY = "supply", pgettext_lazy("topic of a joint team", "Supply chain")
    BRANDING = "branding", pgettext_lazy("topic of a joint team", "Branding")
    DATA = "data", pgettext_lazy("topic of a joint team", "Data and forecasts")
    OTHER = "other", pgettext_lazy("topic of a joint team", "Other")


class JointState(TextChoices):
    PROPOSED = "proposed", pgettext_lazy("state of joint work", "Proposed")
    RUNNING = "running", pgettext_lazy("state of joint work", "Running")
    PAUSED = "paused", pgettext_lazy("state of joint work", "Paused")
    DONE = "done", pgettext_lazy("state of joint work", "Done")
    STOPPED = "stopped", pgettext_lazy("state of joint work", "Stopped")


class ReviewState(TextChoices):
    PLANNED = "planned", pgettext_lazy("state of a business review", "Planned")
    IN_MEETING = "in_meeting", pgettext_lazy("state of a business review", "In the meeting")
    DONE = "done", pgettext_lazy("state of a business review", "Done")
    CANCELLED = "cancelled", pgettext_lazy("state of a business review", "Cancelled")


class LineKind(TextChoices):
    """What a line of a review's notes is, or became."""

    NOTE = "note", pgettext_lazy("line of a business review", "Note")
    ACTION = "action", pgettext_lazy("line of a business review", "Action")
    CONCERN = "concern", pgettext_lazy("line of a business review", "Concern")
    DECISION = "decision", pgettext_lazy("line of a business review", "Decision")
