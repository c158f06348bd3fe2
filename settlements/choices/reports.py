"""What a sales report is, and the way it goes."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ReportKind(TextChoices):
    """What is reported: pieces of consigned goods, or consumers' turnover."""

    SELL_THROUGH = "sell_through", _("Sell-through")
    TURNOVER = "turnover", _("Turnover")


class ReportFunction(TextChoices):
    """What a message does to those of its number (9, 5, 2 and 1 in sales data messages)."""

    ORIGINAL = "original", _("Original")
    REPLACE = "replace", _("Replacement")
    ADDITION = "addition", _("Addition")
    CANCEL = "cancel", _("Cancellation")


class ReportState(TextChoices):
    """The life of a report; lines count while it is accepted."""

    RECEIVED = "received", _("Received")
    VALIDATED = "validated", _("Checked")
    ACCEPTED = "accepted", _("Accepted")
    SUPERSEDED = "superseded", _("Replaced")
    CANCELLED = "cancelled", _("Cancelled")
    REJECTED = "rejected", pgettext_lazy("sales report", "Rejected")
