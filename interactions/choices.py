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


class VoiceTopic(TextChoices):
    """What a customer is asked about; each has its question in `interactions.forms.voice_words`."""

    OVERALL = "overall", pgettext_lazy("satisfaction with", "Working with us")
    PRODUCTS = "products", pgettext_lazy("satisfaction with", "Products and quality")
    DELIVERY = "delivery", pgettext_lazy("satisfaction with", "Delivery")
    SERVICE = "service", pgettext_lazy("satisfaction with", "Service")
    COMMUNICATION = "communication", pgettext_lazy("satisfaction with", "Communication")
    INVOICING = "invoicing", pgettext_lazy("satisfaction with", "Invoicing")
    TERMS = "terms", pgettext_lazy("satisfaction with", "Prices and terms")
    INNOVATION = "innovation", pgettext_lazy("satisfaction with", "New ideas")


class VoiceSource(TextChoices):
    SURVEY = "survey", pgettext_lazy("source of a rating", "Survey")
    REVIEW = "review", pgettext_lazy("source of a rating", "Said in a review")
    SCORECARD = "scorecard", pgettext_lazy("source of a rating", "Their supplier scorecard")
    API = "api", pgettext_lazy("source of a rating", "Over the API")


class NeedKind(TextChoices):
    NEED = "need", pgettext_lazy("kind of need", "Need")
    CHALLENGE = "challenge", pgettext_lazy("kind of need", "Challenge")
    GOAL = "goal", pgettext_lazy("kind of need", "Goal")


class NeedImportance(IntegerChoices):
    VERY_LOW = 1, _("1, nice to have")
    LOW = 2, pgettext_lazy("importance", "2, low")
    MEDIUM = 3, pgettext_lazy("importance", "3, medium")
    HIGH = 4, pgettext_lazy("importance", "4, high")
    VERY_HIGH = 5, pgettext_lazy("importance", "5, decisive")


class NeedAnswer(TextChoices):
    NONE = "none", _("No answer yet")
    PROGRAMME = "programme", _("Programme")
    OPPORTUNITY = "opportunity", _("Opportunity")
    TASK = "task", _("Follow-up")
    WORDS = "words", _("In words")


class ConcernCategory(TextChoices):
    SERVICE = "service", pgettext_lazy("kind of concern", "Service")
    DELIVERY = "delivery", pgettext_lazy("kind of concern", "Delivery")
    QUALITY = "quality", pgettext_lazy("kind of concern", "Quality")
    INVOICE = "invoice", pgettext_lazy("kind of concern", "Invoice")
    PRICE = "price", pgettext_lazy("kind of concern", "Price")
    REPAIR = "repair", pgettext_lazy("kind of concern", "Repair")
    OTHER = "other", pgettext_lazy("kind of concern", "Other")


class ConcernSeverity(IntegerChoices):
    LOW = 1, pgettext_lazy("severity", "Low")
    MEDIUM = 2, pgettext_lazy("severity", "Medium")
    HIGH = 3, pgettext_lazy("severity", "High")
    CRITICAL = 4, pgettext_lazy("severity", "Critical")


class ConcernState(TextChoices):
    OPEN = "open", pgettext_lazy("state of a concern", "Open")
    WORKING = "working", pgettext_lazy("state of a concern", "In progress")
    WAITING = "waiting", pgettext_lazy("state of a concern", "Waiting for the customer")
    RESOLVED = "resolved", pgettext_lazy("state of a concern", "Resolved")
    CLOSED = "closed", pgettext_lazy("state of a concern", "Closed")
    CANCELLED = "cancelled", pgettext_lazy("state of a concern", "Cancelled")


class ConcernEntryKind(TextChoices):
    RAISED = "raised", pgettext_lazy("entry of a concern", "Raised")
    MOVED = "moved", pgettext_lazy("entry of a concern", "Moved on")
    REOPENED = "reopened", pgettext_lazy("entry of a concern", "Reopened")
    ANSWER = "answer", pgettext_lazy("entry of a concern", "Answer to the customer")
    COMMENT = "comment", pgettext_lazy("entry of a concern", "Comment among us")
    OWNER = "owner", pgettext_lazy("entry of a concern", "Given to")
    SEVERITY = "severity", pgettext_lazy("entry of a concern", "Severity changed")
    RESPONSE_NEAR = "response_near", pgettext_lazy("entry of a concern", "Answer due soon")
    RESPONSE_LATE = "response_late", pgettext_lazy("entry of a concern", "Answer late")
    SOLUTION_NEAR = "solution_near", pgettext_lazy("entry of a concern", "Solution due soon")
    SOLUTION_LATE = "solution_late", pgettext_lazy("entry of a concern", "Solution late")


class MeetingState(TextChoices):
    PLANNED = "planned", pgettext_lazy("state of a meeting", "Planned")
    CANCELLED = "cancelled", pgettext_lazy("state of a meeting", "Cancelled")
    LOGGED = "logged", pgettext_lazy("state of a meeting", "In the log")


class MeetingSource(TextChoices):
    TYPED = "typed", _("Typed")
    API = "api", _("Over the API")
    FILE = "file", _("From a calendar file")


class UploadKind(TextChoices):
    CALENDAR = "calendar", _("Calendar file")
    MAIL = "mail", _("E-mail")


class PauseReason(TextChoices):
    SEASON = "season", pgettext_lazy("reason of a pause", "Season")
    HOLIDAY = "holiday", pgettext_lazy("reason of a pause", "Holidays")
    OTHER = "other", pgettext_lazy("reason of a pause", "Something else")
