"""What happens to a plan, and what is frozen of it."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class SnapshotReason(TextChoices):
    SUBMITTED = "submit", pgettext_lazy("why a plan was frozen", "Submitted")
    APPROVAL = "approval", pgettext_lazy("why a plan was frozen", "Approval")
    REVIEW = "review", pgettext_lazy("why a plan was frozen", "Business review")
    BY_HAND = "by_hand", pgettext_lazy("why a plan was frozen", "By hand")
    CLOSING = "closing", pgettext_lazy("why a plan was frozen", "Closing")


class PlanStepKind(TextChoices):
    """What happened to a plan as a whole."""

    CREATED = "created", pgettext_lazy("event of a plan", "Made")
    SUBMITTED = "submitted", pgettext_lazy("event of a plan", "Submitted for approval")
    SENT_BACK = "sent_back", pgettext_lazy("event of a plan", "Sent back")
    WITHDRAWN = "withdrawn", pgettext_lazy("event of a plan", "Taken back by its author")
    APPROVED = "approved", pgettext_lazy("event of a plan", "Approved")
    ACTIVATED = "activated", pgettext_lazy("event of a plan", "Began")
    REVISED = "revised", pgettext_lazy("event of a plan", "Opened for revision")
    CLOSED = "closed", pgettext_lazy("event of a plan", "Closed")
    CANCELLED = "cancelled", pgettext_lazy("event of a plan", "Cancelled")
