from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class InteractionKind(TextChoices):
    CALL = "call", pgettext_lazy("kind of contact", "Call")
    VISIT = "visit", pgettext_lazy("kind of contact", "Visit")
    MEETING = "meeting", pgettext_lazy("kind of contact", "Meeting")
    EMAIL = "email", pgettext_lazy("kind of contact", "E-mail")
    EVENT = "event", pgettext_lazy("kind of contact", "Event")
    MESSAGE = "message", pgettext_lazy("kind of contact", "Message")
    STORE_CHECK = "store_check", pgettext_lazy("kind of contact", "Store check")


class Direction(TextChoices):
    """Who turned to whom; only two-way contact keeps a relationship alive."""

    OUTBOUND = "outbound", _("We to them")
    INBOUND = "inbound", _("They to us")
    TWO_WAY = "two_way", _("Both ways")


class NoteKind(TextChoices):
    NEED = "need", pgettext_lazy("kind of note", "Need")
    CONCERN = "concern", pgettext_lazy("kind of note", "Concern")
    PROMISE = "promise", pgettext_lazy("kind of note", "Promise")
    MARKET = "market", pgettext_lazy("kind of note", "Market information")
    COMPETITOR = "competitor", pgettext_lazy("kind of note", "Competitor move")
    PRICE = "price", pgettext_lazy("kind of note", "Price seen")
    AGREEMENT = "agreement", pgettext_lazy("kind of note", "Agreement")


class Sentiment(IntegerChoices):
    VERY_BAD = -2, _("−2, hostile")
    BAD = -1, _("−1, cool")
    NEUTRAL = 0, pgettext_lazy("sentiment", "0, neutral")
    GOOD = 1, _("+1, warm")
    VERY_GOOD = 2, _("+2, enthusiastic")


class InteractionSource(TextChoices):
    TYPED = "typed", _("Typed")
    API = "api", _("Over the API")
    IMPORT = "import", _("From a file")
    EMAIL = "email", _("From an e-mail")
    CALENDAR = "calendar", _("From the calendar")
