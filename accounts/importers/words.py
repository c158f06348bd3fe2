"""Words for what importers find."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

REASONS = {
    "unknown account": _("The account is unknown"),
    "ambiguous account": _("Several accounts have this identifier or name"),
    "unknown product": _("The product is unknown"),
    "unknown currency": _("The currency is unknown"),
    "unknown parent": _("The parent is unknown"),
    "ambiguous parent": _("Several accounts have the parent's identifier or name"),
    "parent below itself": _("The account would stand above itself"),
    "unknown lead": _("No active user has the lead's e-mail address"),
    "unknown manager": _("No active user has the manager's e-mail address"),
    "discount is not between 0 and 1": _("The discount is not between 0 and 1"),
    "amount too large": _("An amount has more than 14 digits before the point"),
    "same key, other content": _("The key stands more than once, with different content"),
    "outside the replaced period": _("The date lies outside the period that is replaced"),
    "account or manager": _("A target is for an account or for a manager, not both"),
    "negative amount": _("The amount is below zero"),
    "cost of zero": _("An amount of zero costs nothing"),
    "not a rate": _("A rate is above zero"),
    "rate to itself": _("A currency has no rate to itself"),
    "number of another account": _("Another account has this GLN or VAT id"),
    "merged account": _("The account was merged into another one"),
}
NOTICES = {
    "no rate": ngettext_lazy(
        "No rate %(currency)s→%(base)s on or before %(date)s: %(rows)s row has no amount in "
        "%(base)s until a rate is there.",
        "No rate %(currency)s→%(base)s on or before %(date)s: %(rows)s rows have no amount in "
        "%(base)s until a rate is there.",
        "rows",
    ),
    "new accounts": _("New accounts, created as groups: %(count)s."),
    "new products": _("New products, created: %(count)s."),
    "new categories": _("New categories, created: %(count)s (%(names)s)."),
    "new competitors": _("New competitors, created: %(count)s (%(names)s)."),
    "unassigned": ngettext_lazy(
        "%(rows)s row names no account: its revenue stays unassigned.",
        "%(rows)s rows name no account: their revenue stays unassigned.",
        "rows",
    ),
    "other columns": _(
        "Files of this source were imported with other columns (#%(batch)s). Without keys, rows "
        "are known by their content: undo that import or replace the period, or rows may double."
    ),
    "channels": _("Sales channels that are not known here become “Other”: %(names)s."),
    "countries": _("These words are no countries, the country stays empty: %(names)s."),
    "linked by name": ngettext_lazy(
        "%(count)s account is known by its exact name and gets an identifier.",
        "%(count)s accounts are known by their exact name and get an identifier.",
        "count",
    ),
    "categorised": ngettext_lazy(
        "%(count)s revenue entry without a category gets that of its product.",
        "%(count)s revenue entries without a category get that of their product.",
        "count",
    ),
}
