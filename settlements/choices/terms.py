"""What a trading agreement can say: the five axes, payment, responsibilities, conditions."""

from __future__ import annotations

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from settlements.analytics import due_dates, rates


class VersionState(TextChoices):
    """The life of a version of an agreement; whether it has expired is read from its dates."""

    DRAFT = "draft", _("Draft")
    IN_APPROVAL = "in_approval", _("Waits for approval")
    ACTIVE = "active", pgettext_lazy("agreement", "In force")
    SUPERSEDED = "superseded", _("Followed by another version")
    TERMINATED = "terminated", _("Terminated")


class Renewal(TextChoices):
    """What happens on the day after the last."""

    ENDS = "ends", _("Ends on its last day")
    SILENT = "silent", _("Goes on unless notice is given")
    NEGOTIATED = "negotiated", _("Is negotiated anew")


class Preset(TextChoices):
    """Methods under their trade names; each fills in the axes and can be changed afterwards."""

    OUTRIGHT_CASH = "outright_cash", _("Outright purchase, paid on delivery")
    OUTRIGHT_CREDIT = "outright_credit", _("Outright purchase on credit")
    CONSIGNMENT = "consignment", _("Consignment, paid when sold")
    CONCESSION = "concession", _("Concession, deduction from turnover")
    GUARANTEED = "guaranteed", _("Concession with a minimum guarantee")
    LEASE = "lease", _("Leased space")
    OWN = "own", _("Terms of its own")


class TitleTransfer(TextChoices):
    """When the goods become the customer's."""

    ON_RECEIPT = "on_receipt", _("When the customer accepts them")
    ON_SELL_THROUGH = "on_sell_through", _("When the consumer buys them")
    NEVER = "never", _("Never: we sell to the consumer")


class SettlementBasis(TextChoices):
    """What is counted."""

    RECEIVED_NET = "received_net", _("Received less returned, at our price")
    SOLD_NET = "sold_net", _("Sold less returned, at our price")
    TURNOVER_NET = "turnover_net", _("Consumers’ turnover less returns")
    FIXED_RENT = "fixed_rent", _("Fixed rent")


class Deduction(TextChoices):
    """How the customer's share of a turnover is computed."""

    NONE = "none", pgettext_lazy("deduction", "None")
    PERCENT = rates.Scheme.PERCENT.value, _("One percentage")
    TIERED_INCREMENTAL = rates.Scheme.TIERED_INCREMENTAL.value, _("Bands, each at its own rate")
    TIERED_RETROACTIVE = (
        rates.Scheme.TIERED_RETROACTIVE.value,
        _("Bands, everything at the rate reached"),
    )


class InvoicingParty(TextChoices):
    SUPPLIER = "supplier", _("We invoice")
    SELF_BILLED = "self_billed", _("The customer issues our invoices")


class Bearer(TextChoices):
    """Who bears something."""

    US = "us", _("We do")
    CUSTOMER = "customer", _("The customer does")
    SHARED = "shared", _("Both share it")


class Subject(TextChoices):
    """What somebody must bear."""

    STOCK_LOSS = "stock_loss", _("Stock loss")
    DAMAGE = "damage", _("Damage")
    EXPIRY = "expiry", _("Expired goods")
    UNSOLD = "unsold", _("Unsold returns")
    FREIGHT = "freight", _("Freight")
    PROMOTERS = "promoters", _("Promoters")
    DISPLAY = "display", _("Display")


class NegativeHandling(TextChoices):
    """What happens when a statement comes out in the customer's favour."""

    CARRY_FORWARD = "carry_forward", _("Carried to the next statement")
    BILL = "bill", _("The customer claims it")


class Cycle(TextChoices):
    """How often a statement is made."""

    WEEKLY = "weekly", _("Every week")
    HALF_MONTHLY = "half_monthly", _("Twice a month")
    MONTHLY = "monthly", _("Every month")
    QUARTERLY = "quarterly", _("Every quarter")


class ConditionCycle(TextChoices):
    """How often a fee falls due, and over which period a rebate counts.

    Months, quarters, halves and years are those of our fiscal year; a week begins on Monday, half
    a month on the 1st or the 16th.
    """

    WEEKLY = Cycle.WEEKLY.value, _("Every week")
    HALF_MONTHLY = Cycle.HALF_MONTHLY.value, _("Twice a month")
    MONTHLY = Cycle.MONTHLY.value, _("Every month")
    QUARTERLY = Cycle.QUARTERLY.value, _("Every quarter")
    HALF_YEARLY = "half_yearly", _("Every half-year")
    YEARLY = "yearly", _("Every year")


class BaseEvent(TextChoices):
    """What a payment term runs from."""

    INVOICE_DATE = due_dates.BaseEvent.INVOICE_DATE.value, _("Date of the invoice")
    DELIVERY = due_dates.BaseEvent.DELIVERY.value, _("Delivery")
    GOODS_RECEIPT = due_dates.BaseEvent.GOODS_RECEIPT.value, _("Acceptance of the goods")
    STATEMENT_DATE = due_dates.BaseEvent.STATEMENT_DATE.value, _("Date of the statement")
    STATEMENT_CONFIRMED = (
        due_dates.BaseEvent.STATEMENT_CONFIRMED.value,
        _("Confirmation of the statement"),
    )
    INVOICE_RECEIVED = due_dates.BaseEvent.INVOICE_RECEIVED.value, _("Receipt of the invoice")
    PERIOD_END = due_dates.BaseEvent.PERIOD_END.value, _("End of the period")
    ORDER_DATE = due_dates.BaseEvent.ORDER_DATE.value, _("The order (prepayment)")


class LineKind(TextChoices):
    """Which part of the amount an instalment is."""

    FIXED = due_dates.LineKind.FIXED.value, _("A fixed amount")
    PERCENT_OF_TOTAL = due_dates.LineKind.PERCENT_OF_TOTAL.value, _("Percent of the total")
    PERCENT_OF_REMAINDER = (
        due_dates.LineKind.PERCENT_OF_REMAINDER.value,
        _("Percent of what remains"),
    )
    REMAINDER = due_dates.LineKind.REMAINDER.value, _("What remains")


class OperationKind(TextChoices):
    """A step from the base date to the due date."""

    DAYS = due_dates.OperationKind.DAYS.value, _("Days later")
    MONTHS = due_dates.OperationKind.MONTHS.value, _("Months later")
    END_OF_MONTH = due_dates.OperationKind.END_OF_MONTH.value, _("End of the month")
    DAY_OF_MONTH = due_dates.OperationKind.DAY_OF_MONTH.value, _("Day of the month")
    NEXT_WEEKDAY = due_dates.OperationKind.NEXT_WEEKDAY.value, _("Next pay-run weekday")
    BUSINESS_DAY = due_dates.OperationKind.BUSINESS_DAY.value, _("To a working day")


class Roll(TextChoices):
    """Where a day off goes to."""

    FOLLOWING = due_dates.Roll.FOLLOWING.value, _("The next working day")
    PRECEDING = due_dates.Roll.PRECEDING.value, _("The working day before")
    MODIFIED_FOLLOWING = (
        due_dates.Roll.MODIFIED_FOLLOWING.value,
        _("The next working day in the same month"),
    )


class GuaranteeBasis(TextChoices):
    SALES = "sales", _("Turnover")
    COMMISSION = "commission", _("Deduction")


class TestPeriod(TextChoices):
    """Over which period a guarantee is tested."""

    MONTH = "month", _("Each month")
    QUARTER = "quarter", _("Each quarter")
    YEAR = "year", _("Each year")
    CUMULATIVE = "cumulative", _("Year to date, trued up")


class Proration(TextChoices):
    NONE = "none", pgettext_lazy("proration", "Not reduced")
    TRADING_DAYS = "trading_days", _("By days of trading in the calendar month")


class ConditionKind(TextChoices):
    FEE = "fee", _("Fee")
    PROMOTION = "promotion", _("Promotion")
    REBATE = "rebate", _("Rebate")


class FeeType(TextChoices):
    """What a fee or a promotion is for; the law looks at these names."""

    LISTING = "listing", _("Listing")
    NEW_PRODUCT = "new_product", _("New product")
    DISPLAY = "display", _("Display")
    FLYER = "flyer", _("Flyer")
    ANNIVERSARY = "anniversary", _("Anniversary and festivals")
    PROMOTER = "promoter", _("Promoters")
    PROMOTION_SERVICE = "promotion_service", _("Promotion service")
    STORE_OPENING = "store_opening", _("New store")
    LOGISTICS = "logistics", _("Logistics")
    INFORMATION = "information", _("Information")
    CARD = "card", _("Card payments")
    UTILITIES = "utilities", _("Utilities")
    SCAN_DOWN = "scan_down", _("Price reduction per unit sold")
    BILL_BACK = "bill_back", _("Share of purchases in the period")
    OTHER = "other", pgettext_lazy("fee", "Other")


class Calculation(TextChoices):
    """How the amount of a condition is computed."""

    FIXED = "fixed", _("Fixed amount each period")
    ONCE = "once", _("Fixed amount once")
    PERCENT_OF_PURCHASES = "percent_of_purchases", _("Percent of purchases")
    PERCENT_OF_TURNOVER = "percent_of_turnover", _("Percent of turnover")
    PER_UNIT = "per_unit", _("Per unit sold")
    PER_PRODUCT = "per_product", _("Per product")
    PER_STORE = "per_store", _("Per store")
    SCHEDULE = "schedule", _("By bands")


class Channel(TextChoices):
    """How a condition reaches the customer; it decides which documents appear."""

    ON_INVOICE = "on_invoice", _("On the invoice")
    SET_OFF = "set_off", _("Taken off a payment")
    PAID = "paid", _("Paid by us")
    FREE_GOODS = "free_goods", _("Free goods")


class Conditionality(TextChoices):
    UNCONDITIONAL = "unconditional", _("Unconditional")
    TARGET = "target", _("When a target is reached")
    GROWTH = "growth", _("On growth over a base")


class RebateBasis(TextChoices):
    """What a rebate counts."""

    NET_PURCHASES = "net_purchases", _("Net purchases")
    NET_SELL_THROUGH = "net_sell_through", _("Net sell-through")
    UNITS = "units", _("Units")


class MeasuredAt(TextChoices):
    """Whose figures a rebate counts together."""

    ACCOUNT = "account", _("The agreement’s account and all below")
    GROUP = "group", _("The whole group")


class Payout(TextChoices):
    CREDIT_NOTE = "credit_note", _("Our credit note")
    CLAIM = "claim", _("The customer’s claim")


class Weekday(IntegerChoices):
    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")
