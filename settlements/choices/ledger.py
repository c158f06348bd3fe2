from datetime import date

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 1, 1)
"""Days of business that people and other systems may name, the last one excluded."""


class DocumentKind(TextChoices):
    INVOICE = "invoice", _("Invoice")
    CREDIT_NOTE = "credit_note", _("Credit note")
    DEBIT_NOTE = "debit_note", _("Debit note")
    CLAIM = "claim", _("Customer’s claim")
    RECEIPT = "receipt", _("Receipt")
    REFUND = "refund", _("Refund")
    WRITE_OFF = "write_off", _("Write-off")
    OPENING = "opening", _("Opening balance")


class Side(IntegerChoices):
    """What an item does to what the customer owes."""

    DEBIT = 1, _("Owed to us")
    CREDIT = -1, _("In the customer's favour")


# The side of a kind's items; the other kinds may stand on either. A reversal flips it.
SIDES = {
    DocumentKind.INVOICE: Side.DEBIT,
    DocumentKind.DEBIT_NOTE: Side.DEBIT,
    DocumentKind.REFUND: Side.DEBIT,
    DocumentKind.CREDIT_NOTE: Side.CREDIT,
    DocumentKind.CLAIM: Side.CREDIT,
    DocumentKind.RECEIPT: Side.CREDIT,
}


class WorkRole(TextChoices):
    """Who is asked to act on an overdue payer."""

    LEAD = "lead", _("Account lead")
    CONTROLLER = "controller", _("Credit controller")


class WorkState(TextChoices):
    OPEN = "open", pgettext_lazy("work", "Open")
    SNOOZED = "snoozed", _("Waiting")
    DONE = "done", _("Done")


class WorkOutcome(TextChoices):
    """How a piece of work ended; only the job says “nothing overdue”."""

    CURED = "cured", _("Nothing overdue any more")
    PROMISED = "promised", _("Payment promised")
    DISPUTED = "disputed", _("Disputed")
    ESCALATED = "escalated", _("Passed on")
    OTHER = "other", _("Other")


class WorkAct(TextChoices):
    """What a person does on a piece of work; a merge of accounts writes the last."""

    TAKEN = "taken", _("Taken over")
    PLANNED = "planned", _("Next step planned")
    CONTACTED = "contacted", _("Spoke or wrote to the customer")
    SNOOZED = "snoozed", _("Put off")
    WOKEN = "woken", _("Taken up again")
    FINISHED = "finished", _("Done")
    MERGED = "merged", _("Other work joined it")


class GapOutcome(TextChoices):
    """What became of an item that a full extract no longer named.

    An import says “came back” when a later file names the item again.
    """

    PAID = "paid", _("Paid, a receipt is entered")
    CANCELLED = "cancelled", _("Cancelled or credited")
    STILL_OPEN = "still_open", _("Still open, the extract was wrong")
    IGNORED = "ignored", _("Left as it is")
    CAME_BACK = "came_back", _("Named again by a later file")
