"""The words of credit: applications, what makes up exposure, what checks answer, holds."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from settlements.analytics import credit_score, exposure


class ApplicationState(TextChoices):
    """Where an application stands; what was submitted no longer changes."""

    DRAFT = "draft", pgettext_lazy("credit application", "Draft")
    SUBMITTED = "submitted", _("Waits for a decision")
    APPROVED = "approved", pgettext_lazy("credit application", "Approved")
    REFUSED = "refused", pgettext_lazy("credit application", "Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ApplicationFileKind(TextChoices):
    """What a file of an application is."""

    REGISTRY = "registry", _("Registry extract")
    FINANCES = "finances", _("Financial statements")
    REFERENCES = "references", _("References")
    RATING = "rating", _("Rating report")
    SECURITY = "security", _("Security")
    OTHER = "other", pgettext_lazy("file", "Other")


class ChecklistItem(TextChoices):
    """What is looked at before the first sale on credit, each from 0 (poor) to 5 points."""

    REGISTRY = "registry", _("Registered, in order, for how long")
    FINANCES = "finances", _("Turnover, equity and result")
    RATING = "rating", _("Rating by an agency")
    REFERENCES = "references", _("References of suppliers and banks")
    SECURITY = "security", _("Security that is offered")
    OWNERS = "owners", _("Owners and management")
    MARKET = "market", _("Standing in its market")
    COUNTRY = "country", _("Country and currency")


class CollateralKind(TextChoices):
    """What stands in when a customer does not pay."""

    INSURANCE = "insurance", _("Credit insurance")
    GUARANTEE = "guarantee", _("Guarantee")
    DEPOSIT = "deposit", _("Deposit")


class Component(TextChoices):
    """What exposure is made of, in the order in which it is shown."""

    OPEN_RECEIVABLES = "open_receivables", _("Open receivables")
    UNAPPLIED_CASH = "unapplied_cash", _("Unapplied cash")
    OPEN_CREDITS = "open_credits", _("Open credits")
    INSTRUMENTS = "instruments", _("Drafts and cheques not cleared")
    DELIVERED_NOT_INVOICED = "delivered_not_invoiced", _("Delivered, not invoiced")
    SOLD_NOT_STATED = "sold_not_stated", _("Sold, not stated")
    HELD_BY_RETAILER = "held_by_retailer", _("Held by the retailer")
    OPEN_ORDERS = "open_orders", _("Open orders")
    CONSIGNED_STOCK = "consigned_stock", _("Consigned stock")
    SECURED = "secured", _("Secured part")


class FactKind(TextChoices):
    """What other systems tell of; the ledger does not know it."""

    INSTRUMENTS = "instruments", _("Drafts and cheques not cleared")
    DELIVERED_NOT_INVOICED = "delivered_not_invoiced", _("Delivered, not invoiced")
    SOLD_NOT_STATED = "sold_not_stated", _("Sold, not stated")
    HELD_BY_RETAILER = "held_by_retailer", _("Held by the retailer")
    OPEN_ORDERS = "open_orders", _("Open orders")
    CONSIGNED_STOCK = "consigned_stock", _("Consigned stock")


class CheckResult(TextChoices):
    PASS = exposure.Result.PASS.value, pgettext_lazy("credit check", "Pass")
    WARN = exposure.Result.WARN.value, pgettext_lazy("credit check", "Warning")
    BLOCK = exposure.Result.BLOCK.value, pgettext_lazy("credit check", "Block")


class CheckReason(TextChoices):
    """Why a check does not simply pass."""

    OVER_LIMIT = exposure.Reason.OVER_LIMIT.value, _("Over the limit")
    PREPAY_ONLY = exposure.Reason.PREPAY_ONLY.value, _("Prepay only")
    NO_LIMIT = exposure.Reason.NO_LIMIT.value, _("No limit is set")
    NEAR_LIMIT = exposure.Reason.NEAR_LIMIT.value, _("Near the limit")
    UNKNOWN_COMPONENTS = (
        exposure.Reason.UNKNOWN_COMPONENTS.value,
        _("Part of the exposure is not known"),
    )
    NO_DECISION = "no_decision", _("No decision on credit yet: prepay only")
    ON_HOLD = "on_hold", _("On hold")
    INSOLVENT = "insolvent", _("Insolvent")
    OVERRIDDEN = "overridden", _("Let through by an override")


class HoldState(TextChoices):
    PROPOSED = "proposed", _("Proposed")
    ACTIVE = "active", pgettext_lazy("credit hold", "Active")
    OVERRIDDEN = "overridden", _("Overridden until a day")
    RELEASED = "released", _("Released")


class ApplicationRule(TextChoices):
    """Who has to be decided on before anything is sold on credit."""

    NEVER = "never", _("Nobody")
    NEW = "new", _("Who never had a posted document")
    ALWAYS = "always", _("Everybody")


class ScoreFactor(TextChoices):
    """The factors of the score, in words."""

    DAYS_BEYOND_TERMS = credit_score.Factor.DAYS_BEYOND_TERMS.value, _("Days beyond terms")
    PAID_ON_TIME = credit_score.Factor.PAID_ON_TIME.value, _("Paid on time")
    TREND = credit_score.Factor.TREND.value, _("Trend of the last three months")
    WORST_DELINQUENCY = credit_score.Factor.WORST_DELINQUENCY.value, _("Worst delay")
    PROMISES_KEPT = credit_score.Factor.PROMISES_KEPT.value, _("Promises to pay kept")
    UTILISATION = credit_score.Factor.UTILISATION.value, _("Use of the limit")
    BREACHES = credit_score.Factor.BREACHES.value, _("Times over the limit")
    INVALID_DEDUCTIONS = credit_score.Factor.INVALID_DEDUCTIONS.value, _("Invalid deductions")
    RELATIONSHIP = credit_score.Factor.RELATIONSHIP.value, _("Years of trading on credit")
    STABILITY = credit_score.Factor.STABILITY.value, _("Steady volume")
    EXTERNAL = credit_score.Factor.EXTERNAL.value, _("External rating")


class ScoreGrade(TextChoices):
    A = "A", _("A: pays very well")
    B = "B", _("B: pays well")
    C = "C", _("C: pays late")
    D = "D", _("D: a risk")
    N = "N", _("N: not enough data")
