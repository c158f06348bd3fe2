"""Words for what importers find in sales reports, counts and fill-ups."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from kam.imports.engine.notices import Also

REASONS = {
    "period ends before it begins": _("The period ends before it begins"),
    "day outside the period": _("The day lies outside the period"),
    "several stores": _("Several stores go by this"),
    "unknown store": _("The store is unknown, or not one of the account's"),
    "store differs by zeros": _("A store is here under a number with other leading zeros"),
    "gtin in scientific notation": _("A spreadsheet rounded the GTIN: its digits are lost"),
    "gtin without its digits": _("A GTIN has 8, 12, 13 or 14 digits: were leading zeros lost?"),
    "gtin check digit": _("The last digit of the GTIN does not fit the others"),
    "codes of two products": _("GTIN and article number are of different products"),
    "code differs by zeros": _("The code is here with other leading zeros"),
    "without product": _("A sell-through names its product"),
    "unknown category": _("The category is unknown"),
    "without amount": _("A turnover names its amount"),
    "without quantity": _("No quantity"),
    "quantity below zero": _("Pieces are below zero: what was brought back has its own column"),
    "unknown unit": _("The product is not sold in this unit"),
    "quantity in parts": _("The quantity is no whole number of ten-thousandths of a base unit"),
    "coupons without amount": _("Coupons stand with the turnover that they are part of"),
    "sign of the coupons": _("Coupons have the sign of the turnover they are of"),
    "sign of the amount": _("The amount has the wrong sign for what was sold or brought back"),
    "tax rate": _("A tax rate is between 0 and 100 percent"),
    "several currencies": _("A report in several currencies"),
    "several periods": _("A report with several periods"),
    "several selling companies": _("A report to several selling companies"),
    "report stands already": _("There is a report with this number, and it differs: replace it"),
    "nothing to replace": _("There is no report with this number that this could be about"),
    "part of a rejected report": _("Another row of the same report is rejected"),
    "negative count": _("A count is zero or more"),
    "counted twice": _("The store and product are counted twice on this day"),
    "count stands already": _("The store is counted on this day already, and it differs"),
    "fill-up stands already": _("There is a delivery with this reference, and it differs"),
    "quantity not above zero": _("The quantity is not above zero"),
    "part of a rejected count": _("Another row of the same count is rejected"),
}
NOTICES = {
    "reports to accept": ngettext_lazy(
        "%(count)s report waits to be accepted: until then it counts nothing.",
        "%(count)s reports wait to be accepted: until then they count nothing.",
        "count",
    ),
    "subtotal rows": ngettext_lazy(
        "%(rows)s row adds up others and is left out.",
        "%(rows)s rows add up others and are left out.",
        "rows",
    ),
    "counts posted": ngettext_lazy(
        "%(count)s count: what is missing becomes shrink, what is more is found.",
        "%(count)s counts: what is missing becomes shrink, what is more is found.",
        "count",
    ),
}
ALSO = {"sales reports": Also(title=_("Sales reports"), url_name="settlements:report-list",
                              capability="consignment.view"),
        "counts": Also(title=pgettext_lazy("stock counts", "Counts"),
                       url_name="settlements:count-list",
                       capability="consignment.view")}  # fmt: skip
CONFLICTS = ("report stands already", "count stands already", "fill-up stands already")
