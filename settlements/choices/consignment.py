"""How consigned goods move."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class MovementKind(TextChoices):
    """Why goods came or went; only issues and returns change whose they are."""

    FILL_UP = "fill_up", _("Fill-up")
    ISSUE = "issue", pgettext_lazy("consigned goods", "Sold")
    RETURN = "return", pgettext_lazy("consigned goods", "Brought back by consumers")
    PICK_UP = "pick_up", _("Pick-up")
    TRANSFER = "transfer", pgettext_lazy("consigned goods", "Transfer")
    COUNT_ADJUSTMENT = "count_adjustment", _("Adjustment")
    SHRINK = "shrink", _("Shrink")


INCOMING = (MovementKind.FILL_UP, MovementKind.RETURN)
OUTGOING = (MovementKind.ISSUE, MovementKind.PICK_UP, MovementKind.SHRINK)
REPORTED = (MovementKind.ISSUE, MovementKind.RETURN)
"""What only a sales report writes."""
