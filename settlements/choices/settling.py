"""What settlement statements are, what their lines are, where they stand."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from settlements.analytics import statement as maths


class StatementKind(TextChoices):
    SELL_THROUGH = "sell_through", _("Sell-through")
    TURNOVER = "turnover", _("Turnover")
    TRUE_UP = "true_up", _("True-up of a guarantee")


class StatementState(TextChoices):
    """The life of a settlement statement; a corrected one is another row with the next version."""

    DRAFT = "draft", pgettext_lazy("statement", "Draft")
    ISSUED = "issued", _("Issued")
    DISPUTED = "disputed", _("Disputed")
    CONFIRMED = "confirmed", _("Confirmed")
    POSTED = "posted", _("Posted")
    CANCELLED = "cancelled", _("Cancelled")


class StatementLineKind(TextChoices):
    GROSS = maths.LineKind.GROSS.value, pgettext_lazy("statement", "Sales")
    RETURN = maths.LineKind.RETURN.value, _("Returns")
    COUPON = maths.LineKind.COUPON.value, _("Coupons that we pay for")
    COMMISSION = maths.LineKind.COMMISSION.value, pgettext_lazy("statement", "Deduction")
    GUARANTEE_TOP_UP = maths.LineKind.GUARANTEE_TOP_UP.value, _("Up to the guarantee")
    PROMO = maths.LineKind.PROMO.value, _("Promotion")
    FEE = maths.LineKind.FEE.value, _("Fee")
    REBATE = maths.LineKind.REBATE.value, _("Rebate")
    SHRINK = maths.LineKind.SHRINK.value, _("Shrink")
    TAX = maths.LineKind.TAX.value, _("Tax")
    ROUNDING = maths.LineKind.ROUNDING.value, _("Rounding")


class LinePart(TextChoices):
    """Which total a line belongs to."""

    PAYABLE = "payable", _("Payable")
    CLAIM = "claim", _("Claimed beside it")
    CONTAINED = "contained", _("Contained in the amounts above")


class DocumentRole(TextChoices):
    """What a document of the ledger is to the statement it came from."""

    RECEIVABLE = "receivable", _("Receivable")
    CLAIM = "claim", _("Claim")
    OWED = "owed", _("Owed to the customer")
    REVERSAL = "reversal", _("Reversal")


class StatementDisputeReason(TextChoices):
    QUANTITY = "quantity", _("Quantity")
    PRICE = "price", _("Price")
    RATE = "rate", _("Rate of the deduction")
    GUARANTEE = "guarantee", pgettext_lazy("concession", "Guarantee")
    UNAGREED_FEE = "unagreed_fee", _("Fee that was not agreed")
    DUPLICATE_CLAIM = "duplicate_claim", _("Claimed twice")
    PROMOTION = "promotion", _("Promotion")
    SHRINK = "shrink", _("Shrink")
    TAX = "tax", _("Tax")
    OTHER = "other", pgettext_lazy("dispute", "Other")


LIVE = (
    StatementState.DRAFT,
    StatementState.ISSUED,
    StatementState.DISPUTED,
    StatementState.CONFIRMED,
    StatementState.POSTED,
)
"""States in which a statement takes its period."""
UNPOSTED = LIVE[:-1]
ISSUED_ONCE = (
    StatementState.ISSUED,
    StatementState.DISPUTED,
    StatementState.CONFIRMED,
    StatementState.POSTED,
)
"""States that need a number and totals that stay."""
