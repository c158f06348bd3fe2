"""The sales plan: range and listing steps."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class ListingState(TextChoices):
    """How far a product or category has come on the way into the shop."""

    PLANNED = "planned", pgettext_lazy("state of a listing", "Planned")
    PRESENTED = "presented", pgettext_lazy("state of a listing", "Presented")
    LISTED = "listed", pgettext_lazy("state of a listing", "Listed")
    DELISTED = "delisted", pgettext_lazy("state of a listing", "Delisted")
