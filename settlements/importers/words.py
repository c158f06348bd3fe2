"""Words for what importers find, and of other systems for kinds of documents."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from kam.imports.engine.notices import Also
from settlements.choices import DocumentKind

REASONS = {
    "amount not above zero": _("The amount is not above zero"),
    "too many decimals": _("The amount has more decimals than its currency"),
    "due before document date": _("The due date is before the document's date"),
    "settled before document date": _("It is settled before the document's date"),
    "settled amount without date": _("An amount is settled, and no date says when"),
    "settled above amount": _("More is settled than the document is about"),
    "unknown selling company": _("The selling company is unknown"),
    "which selling company": _("There are several selling companies: say which"),
    "closed period": _("The period is closed"),
    "number taken": _("There is another document with this number"),
    "number differs by zeros": _("It stands already, under a number with other leading zeros"),
    "account changed": _("The account differs from what is posted"),
    "type changed": _("The type of document differs from what is posted"),
    "currency changed": _("The currency differs from what is posted"),
    "amount changed": _("The amount differs from what is posted"),
    "date changed": _("The date differs from what is posted"),
    "due date changed": _("The due date differs from what is posted"),
    "settlement changed": _("The settlement differs from what is posted"),
    "settlement taken back": _("The settlement was posted and taken back here"),
    "more than is open": _("More is settled than is open"),
    "unknown document": _("The paid document is unknown"),
    "document of another payer": _("The paid document belongs to another payer"),
    "paid before document date": _("The payment is before the date of what it pays"),
    "paid amount without document": _("An amount is allocated, and no document is named"),
    "allocated above amount": _("More is allocated than was received"),
    "part of a rejected receipt": _("Another row of the same receipt is rejected"),
    "receipt changed": _("The receipt differs from what is posted"),
}
NOTICES = {
    "without due date": ngettext_lazy(
        "%(rows)s row has no due date: it ages as “no due date”.",
        "%(rows)s rows have no due date: they age as “no due date”.",
        "rows",
    ),
    "settled rows": ngettext_lazy(
        "%(rows)s row is settled: its receipt is posted on that date.",
        "%(rows)s rows are settled: their receipts are posted on that date.",
        "rows",
    ),
    "settled here, open there": ngettext_lazy(
        "%(rows)s item is settled here and still open in the file: nothing is changed.",
        "%(rows)s items are settled here and still open in the file: nothing is changed.",
        "rows",
    ),
    "open balance": _("According to the file %(amount)s %(currency)s are open."),
    "first company": _("There is no selling company yet: one is made, named as the organisation."),
    "missing items": ngettext_lazy(
        "%(rows)s item is open here and missing from the file: %(amounts)s. It is listed for "
        "review, nothing is posted for it.",
        "%(rows)s items are open here and missing from the file: %(amounts)s. They are listed for "
        "review, nothing is posted for them.",
        "rows",
    ),
    "unapplied": _("%(amount)s %(currency)s of the receipts are not allocated."),
}
CONFLICTS = (
    "account changed", "type changed", "currency changed", "amount changed", "date changed",
    "due date changed", "settlement changed", "settlement taken back", "receipt changed",
)  # fmt: skip
ALSO = {
    "receipts": Also(title=_("Receipts posted for settled rows")),
    "items named again": Also(title=_("Missing items that the file names again")),
    "missing items": Also(
        title=_("Items missing from the file, for review"),
        url_name="settlements:gap-list",
        capability="receivables.post",
    ),
}

_KINDS = {
    DocumentKind.INVOICE: ("invoice", "inv", "in", "rv", "dr", "re", "rechnung", "lasku",
                           "factura", "factură", "发票", "hóa đơn", "facture", "si", "380"),
    DocumentKind.CREDIT_NOTE: ("credit note", "credit memo", "credit", "cn", "cm", "dg", "gs",
                               "gutschrift", "hyvityslasku", "hyvitys", "nota de credit",
                               "notă de credit", "贷项通知单", "贷记单", "avoir", "381"),
    DocumentKind.DEBIT_NOTE: ("debit note", "debit memo", "debit", "dn", "dm", "veloituslasku",
                              "notă de debit", "借项通知单", "383"),
    DocumentKind.CLAIM: ("claim", "customer claim", "deduction", "chargeback", "charge back", "kg",
                         "belastungsanzeige", "vähennys", "deducere", "扣款", "账扣",
                         "khấu trừ", "812"),
    DocumentKind.RECEIPT: ("receipt", "payment", "pmt", "dz", "zahlung", "maksu", "suoritus",
                           "plata", "plată", "încasare", "收款", "paiement"),
    DocumentKind.REFUND: ("refund", "palautus", "rambursare", "退款"),
    DocumentKind.OPENING: ("opening balance", "opening", "ab", "alkusaldo", "期初"),
}  # fmt: skip
_BY_WORD = {
    "".join(letter for letter in word.casefold() if letter.isalnum()): str(kind)
    for kind, words in _KINDS.items()
    for word in (str(kind), *words)
}


def document_kind(text: str) -> str | None:
    """Return the kind of document, or None for a word that is not known."""
    return _BY_WORD.get("".join(letter for letter in text.casefold() if letter.isalnum()))
