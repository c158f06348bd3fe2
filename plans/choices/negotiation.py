"""Negotiations, what is given and got, offers and rounds of price changes."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class BriefState(TextChoices):
    PREPARING = "preparing", pgettext_lazy("state of a negotiation", "In preparation")
    UNDER_WAY = "under_way", pgettext_lazy("state of a negotiation", "Under way")
    AGREED = "agreed", pgettext_lazy("state of a negotiation", "Agreed")
    ENDED = "ended", pgettext_lazy("state of a negotiation", "Ended without a deal")


class Side(TextChoices):
    """Who moves: we give, or we get."""

    GIVE = "give", pgettext_lazy("side of a deal", "We give")
    GET = "get", pgettext_lazy("side of a deal", "We get")


class EntryState(TextChoices):
    PLANNED = "planned", pgettext_lazy("state of a give or get", "Planned")
    OFFERED = "offered", pgettext_lazy("state of a give or get", "Offered")
    AGREED = "agreed", pgettext_lazy("state of a give or get", "Agreed")
    DELIVERED = "delivered", pgettext_lazy("state of a give or get", "Delivered")
    LAPSED = "lapsed", pgettext_lazy("state of a give or get", "Lapsed")


class Subject(TextChoices):
    """What a mandate, an issue or an entry is about."""

    PRICE = "price", pgettext_lazy("subject of a negotiation", "Price")
    DISCOUNT = "discount", pgettext_lazy("subject of a negotiation", "Discount")
    REBATE = "rebate", pgettext_lazy("subject of a negotiation", "Rebate")
    TERM = "term", pgettext_lazy("subject of a negotiation", "Payment term")
    LIMIT = "limit", pgettext_lazy("subject of a negotiation", "Credit limit")
    FEE = "fee", pgettext_lazy("subject of a negotiation", "Fee")
    RANGE = "range", pgettext_lazy("subject of a negotiation", "Range and space")
    MARKETING = "marketing", pgettext_lazy("subject of a negotiation", "Marketing")
    SERVICE = "service", pgettext_lazy("subject of a negotiation", "Service and logistics")
    VOLUME = "volume", pgettext_lazy("subject of a negotiation", "Volume")
    OTHER = "other", pgettext_lazy("subject of a negotiation", "Other")


MANDATED = (
    Subject.PRICE,
    Subject.DISCOUNT,
    Subject.REBATE,
    Subject.TERM,
    Subject.LIMIT,
    Subject.FEE,
)
"""Subjects that roles have a mandate for."""


class OfferState(TextChoices):
    RECORDED = "recorded", pgettext_lazy("state of an offer", "Recorded")
    WAITING = "waiting", pgettext_lazy("state of an offer", "Waits for approval")
    REFUSED = "refused", pgettext_lazy("state of an offer", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("state of an offer", "Withdrawn")


class RoundState(TextChoices):
    DRAFT = "draft", pgettext_lazy("state of a price round", "Draft")
    RUNNING = "running", pgettext_lazy("state of a price round", "Running")
    DONE = "done", pgettext_lazy("state of a price round", "Done")
    CANCELLED = "cancelled", pgettext_lazy("state of a price round", "Cancelled")


class RoundAccountState(TextChoices):
    TO_TELL = "to_tell", pgettext_lazy("state of a price change", "To be announced")
    TOLD = "told", pgettext_lazy("state of a price change", "Announced")
    NEGOTIATING = "negotiating", pgettext_lazy("state of a price change", "In negotiation")
    ACCEPTED = "accepted", pgettext_lazy("state of a price change", "Accepted")
    REFUSED = "refused", pgettext_lazy("state of a price change", "Refused")
    IN_FORCE = "in_force", pgettext_lazy("state of a price change", "In force")


class RoundReason(TextChoices):
    MATERIALS = "materials", _("Raw materials")
    ENERGY = "energy", _("Energy and transport")
    WAGES = "wages", _("Wages")
    TAX = "tax", _("Taxes and duties")
    CURRENCY = "currency", _("Exchange rates")
    POSITION = "position", _("Position in the market")
    OTHER = "other", pgettext_lazy("reason of a price round", "Other")
