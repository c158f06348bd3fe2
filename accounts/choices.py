from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


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
