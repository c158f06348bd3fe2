from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AccountKind(TextChoices):
    GROUP = "group", _("Group")
    BANNER = "banner", _("Banner or country organisation")
    LEGAL_ENTITY = "legal_entity", _("Legal entity")
    STORE = "store", _("Store")
    DISTRIBUTION_CENTRE = "dc", _("Distribution centre")


class AccountStatus(TextChoices):
    PROSPECT = "prospect", _("Prospect")
    ACTIVE = "active", _("Active")
    DORMANT = "dormant", _("Dormant")
    CLOSED = "closed", _("Closed")
    MERGED = "merged", _("Merged into another")


class Channel(TextChoices):
    HYPERMARKET = "hypermarket", _("Hypermarket")
    SUPERMARKET = "supermarket", _("Supermarket")
    CONVENIENCE = "convenience", _("Convenience store")
    DISCOUNT = "discount", _("Discount store")
    CASH_AND_CARRY = "cash_and_carry", _("Cash and carry")
    TRADITIONAL = "traditional", _("Traditional trade")
    DISTRIBUTOR = "distributor", _("Distributor")
    ONLINE = "online", _("Online")
    OTHER = "other", _("Other")


MODERN_TRADE = (
    Channel.HYPERMARKET,
    Channel.SUPERMARKET,
    Channel.CONVENIENCE,
    Channel.DISCOUNT,
    Channel.CASH_AND_CARRY,
)


class ConcentrationLevel(TextChoices):
    GROUP = "group", _("Groups (ultimate parents)")
    ACCOUNT = "account", _("Accounts as invoiced")


class ConcentrationMeasure(TextChoices):
    CR1 = "cr1", _("Share of the largest customer")
    CR3 = "cr3", _("Share of the three largest")
    CR5 = "cr5", _("Share of the five largest")
    CR10 = "cr10", _("Share of the ten largest")
    HHI = "hhi", _("HHI")
    MAJOR = "at_least_10pct", _("Customers with at least one tenth")


class AlertLevel(TextChoices):
    WATCH = "watch", _("Watch")
    ALERT = "alert", _("Alert")


class Function(TextChoices):
    MERCHANDISING = "merchandising", _("Merchandising and buying")
    OPERATIONS = "operations", _("Operations")
    MARKETING = "marketing", _("Marketing")
    FINANCE = "finance", _("Finance and payables")
    LOGISTICS = "logistics", _("Logistics and supply chain")
    QUALITY = "quality", _("Quality")
    IT = "it", _("IT")
    MANAGEMENT = "management", _("Management")
    STORE = "store", _("Store")


class DecisionRole(TextChoices):
    DECISION_MAKER = "decision_maker", _("Decision maker")
    ECONOMIC_BUYER = "economic_buyer", _("Economic buyer")
    TECHNICAL_EVALUATOR = "technical_evaluator", _("Technical evaluator")
    USER = "user", pgettext_lazy("decision role", "User")
    INFLUENCER = "influencer", _("Influencer")
    CHAMPION = "champion", _("Champion or coach")
    SPONSOR = "sponsor", _("Sponsor")
    GATEKEEPER = "gatekeeper", _("Gatekeeper")
    BLOCKER = "blocker", _("Blocker")


class RatingKind(TextChoices):
    INFLUENCE = "influence", _("Influence")
    SUPPORT = "support", _("Support")
    LEVEL_CURRENT = "level_current", _("Relationship today")
    LEVEL_DESIRED = "level_desired", _("Relationship aimed at")


LEVEL_KINDS = (RatingKind.LEVEL_CURRENT, RatingKind.LEVEL_DESIRED)


class RatingBasis(TextChoices):
    ASSUMED = "assumed", _("Assumed")
    CONFIRMED = "confirmed", _("Confirmed")


class Influence(IntegerChoices):
    VERY_LOW = 1, _("1, very low")
    LOW = 2, _("2, low")
    MEDIUM = 3, _("3, medium")
    HIGH = 4, _("4, high")
    VERY_HIGH = 5, _("5, very high")


class Support(IntegerChoices):
    OPPONENT = -2, _("−2, opponent")
    SCEPTIC = -1, _("−1, sceptic")
    NEUTRAL = 0, _("0, neutral")
    SUPPORTER = 1, _("+1, supporter")
    STRONG_SUPPORTER = 2, _("+2, strong supporter")


class RelationshipLevel(IntegerChoices):
    NONE = 0, pgettext_lazy("relationship level", "None")
    VENDOR = 1, _("Vendor")
    CREDIBLE_SOURCE = 2, _("Credible source")
    PROBLEM_SOLVER = 3, _("Problem solver")
    TRUSTED_ADVISOR = 4, _("Trusted advisor")


class StakeholderLinkKind(TextChoices):
    INFLUENCE = "influence", _("Influences")
    CONFLICT = "conflict", _("In conflict with")


class CalendarKind(TextChoices):
    RANGE_REVIEW = "range_review", _("Range review")
    NEGOTIATION = "negotiation", _("Annual negotiation")
    LISTING_WINDOW = "listing_window", _("Listing window")
    OTHER = "other", _("Other date")


class TierModelStatus(TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Withdrawn")


class TierLevel(TextChoices):
    GROUP = "group", _("Groups (ultimate parents)")
    EVERY = "every", _("Every account, with all below it")


class TierDirection(TextChoices):
    HIGHER = "higher", _("More is better")
    LOWER = "lower", _("Less is better")
    INFORMATION = "info", _("For information only")


class TierMethod(TextChoices):
    PERCENTILE = "percentile", _("Rank among all accounts")
    MINMAX = "minmax", _("Between a lowest and a highest value")
    BANDS = "bands", _("Table of bands")


class RatedMeasure(TextChoices):
    STRATEGIC_FIT = "strategic_fit", _("Strategic fit")
    PARTNERSHIP = "partnership", _("Willingness to partner")
    PROXIMITY = "proximity", _("Proximity")
    STANDING = "standing", _("National or international standing")
    PRICE_SENSITIVITY = "price_sensitivity", _("Price sensitivity")
    RELATIONSHIP_STAGE = "relationship_stage", _("Relationship stage")


class RelationshipStage(IntegerChoices):
    EXPLORATORY = 1, _("Exploratory")
    BASIC = 2, _("Basic")
    COOPERATIVE = 3, _("Cooperative")
    INTERDEPENDENT = 4, _("Interdependent")
    INTEGRATED = 5, _("Integrated")


class CostKind(TextChoices):
    ORDERS = "orders", _("Order handling")
    DELIVERIES = "deliveries", _("Deliveries")
    VISITS = "visits", _("Visits")
    RETURNS = "returns", _("Returns handling")
    PROMOTIONS = "promotions", _("Promotions")
    SERVICE = "service", _("Service")
    CAPITAL = "capital", _("Cost of capital")
    OTHER = "other", _("Other cost to serve")
    TRADE_TERMS = "trade_terms", _("Trade terms")


class SpreadRule(TextChoices):
    REVENUE = "revenue", _("By revenue")
    ENTRIES = "entries", _("By number of revenue entries")
    EVENLY = "evenly", _("Evenly")
