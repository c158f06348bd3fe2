from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class DocumentKind(TextChoices):
    INVOICE = "invoice", _("Invoice")
    CREDIT_NOTE = "credit_note", _("Credit note")
    DEBIT_NOTE = "debit_note", _("Debit note")
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
    DocumentKind.RECEIPT: Side.CREDIT,
}
