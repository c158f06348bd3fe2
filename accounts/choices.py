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


class WalletConfidence(IntegerChoices):
    VERY_LOW = 1, _("1, a guess")
    LOW = 2, _("2, low")
    MEDIUM = 3, _("3, medium")
    HIGH = 4, _("4, high")
    VERY_HIGH = 5, _("5, they told us")


class OpportunityKind(TextChoices):
    UP_SELL = "up_sell", _("Up-sell")
    CROSS_SELL = "cross_sell", _("Cross-sell")
    NEW_LISTING = "new_listing", _("New listing")
    NEW_SERVICE = "new_service", _("New service")


class OpportunityOrigin(TextChoices):
    CELL = "cell", _("Whitespace")
    LAPSED = "lapsed", _("Lapsed category")
    NEED = "need", _("Stated need")


class OpportunityStage(TextChoices):
    IDENTIFIED = "identified", _("Identified")
    QUALIFIED = "qualified", _("Qualified")
    PROPOSED = "proposed", _("Proposed")
    AGREED = "agreed", _("Agreed")
    WON = "won", pgettext_lazy("opportunity", "Won")
    LOST = "lost", pgettext_lazy("opportunity", "Lost")


class LostReason(TextChoices):
    PRICE = "price", _("Price")
    COMPETITOR = "competitor", _("A competitor was chosen")
    NO_NEED = "no_need", _("No need any more")
    NO_BUDGET = "no_budget", _("No budget or no shelf space")
    TIMING = "timing", _("Wrong time")
    SUPPLY = "supply", _("We could not supply")
    OTHER = "other", _("Something else")


class AddressKind(TextChoices):
    VISITING = "visiting", _("Visiting address")
    INVOICING = "invoicing", _("Invoicing address")
    DELIVERY = "delivery", _("Delivery address")


class PlacementKind(TextChoices):
    LISTING = "listing", _("Listing")
    FACINGS = "facings", _("Facings")
    SHELF_POSITION = "shelf_position", _("Shelf position")
    SECOND_PLACEMENT = "second_placement", _("Second placement")
    PROMOTION = "promotion", _("Promotion")


class ShelfLevel(TextChoices):
    TOP = "top", _("Top shelf")
    EYE = "eye", _("Eye level")
    HAND = "hand", _("Hand level")
    BOTTOM = "bottom", _("Bottom shelf")
    END = "end", _("End of the aisle")


class PlacementStage(IntegerChoices):
    """How far an agreement is, by who has moved it at the customer."""

    PROPOSED = 0, _("Proposed")
    AGREED = 1, _("Agreed by buying")
    ON_SHELF = 2, _("On the shelf by operations")
    PROMOTED = 3, _("Promoted by marketing")


class CheckState(TextChoices):
    DRAFT = "draft", pgettext_lazy("store check", "Not finished")
    FINISHED = "finished", pgettext_lazy("store check", "Finished")


class CheckOutcome(TextChoices):
    FOUND = "found", pgettext_lazy("store check", "Found")
    NOT_FOUND = "not_found", pgettext_lazy("store check", "Not found")
    OUT_OF_STOCK = "out_of_stock", pgettext_lazy("store check", "Out of stock")


class GapReason(TextChoices):
    NOT_LISTED = "not_listed", _("Not in the store's range")
    NOT_ORDERED = "not_ordered", _("The store did not order")
    NOT_DELIVERED = "not_delivered", _("Not delivered")
    IN_BACKROOM = "in_backroom", _("In the back room")
    WRONG_PLACE = "wrong_place", _("In another place")
    SPACE_TAKEN = "space_taken", _("A competitor has the space")
    NO_LABEL = "no_label", _("No shelf label")
    OTHER = "other", _("Something else")


class PortraitHeading(TextChoices):
    ORIGIN = "origin", _("Origin")
    DECIDING = "deciding", _("How they decide")
    NEGOTIATING = "negotiating", _("How they negotiate")
    CORPORATE = "corporate", _("Corporate strategy")
    CATEGORY = "category", _("Category strategy")
    OPERATIONS = "operations", _("Operations: processes and key figures")
    RESPONSIBILITY = "responsibility", _("Social responsibility")


class CompetitorMoveKind(TextChoices):
    ENTERED = "entered", _("Came in")
    LEFT = "left", _("Went out")
    LAUNCH = "launch", _("New product")
    LISTING = "listing", _("Listing won")
    DELISTING = "delisting", _("Listing lost")
    PRICE = "price", _("Price change")
    PROMOTION = "promotion", _("Promotion")
    PEOPLE = "people", _("People and organisation")
    OTHER = "other", _("Other move")


class MarketMeasure(TextChoices):
    SIZE = "size", _("Market size")
    GROWTH = "growth", _("Growth a year")
    PRICE_LEVEL = "price_level", _("Price level")
    TREND = "trend", _("Consumer trend")


class HealthLevel(TextChoices):
    GOOD = "good", _("Good")
    WATCH = "watch", pgettext_lazy("health", "Watch")
    POOR = "poor", _("Poor")
    INSUFFICIENT = "insufficient", _("Not enough data")


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


class PromiseSide(TextChoices):
    OURS = "ours", _("We promised")
    THEIRS = "theirs", _("They promised")


class PromiseOutcome(TextChoices):
    OPEN = "open", _("Open")
    KEPT = "kept", _("Kept")
    KEPT_LATE = "kept_late", _("Kept late")
    BROKEN = "broken", _("Broken")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class TeamFunction(TextChoices):
    CUSTOMER_SERVICE = "customer_service", _("Customer service")
    SHIPPING = "shipping", _("Shipping")
    SCHEDULING = "scheduling", _("Scheduling")
    STOCK = "stock", _("Stock")
    PRODUCTION = "production", _("Production")
    QUALITY = "quality", _("Quality")
    RESEARCH = "research", _("Research and development")
    MARKETING = "marketing", _("Marketing")
    FINANCE = "finance", _("Finance")
    SALES_SUPPORT = "sales_support", _("Sales support")
    OTHER = "other", _("Other function")


class RequestStatus(TextChoices):
    SENT = "sent", _("Sent")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


class Priority(IntegerChoices):
    HIGH = 1, pgettext_lazy("priority", "High")
    NORMAL = 2, pgettext_lazy("priority", "Normal")
    LOW = 3, pgettext_lazy("priority", "Low")
