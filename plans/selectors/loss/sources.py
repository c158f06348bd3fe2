"""Where an assumption comes from: kept as a code with its figures, spoken when it is read.

A scenario is made in one language and read in five. What older scenarios kept is text, and stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from math import ceil
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from kam.core import formats
from kam.core.formats import Text

type Kept = Mapping[str, Any]

WORDS: dict[str, Text] = {
    "convention": _("A convention: put your own figure in its place."),
    "all_business": _("All of their business."),
    "year": _("A year."),
    "no_clawback": _("None assumed; laws differ."),
    "it_happens": _("The scenario assumes that it happens. Lower it to weigh it."),
    "not_known": _("Not known here: type it."),
    "longest_notice": _("The longest notice of the agreements in force."),
    "no_notice": _("No agreement in force says a notice."),
    "nobody_paid": ngettext_lazy(
        "None of them paid within a year: %(days)s day is assumed.",
        "None of them paid within a year: %(days)s days are assumed.",
        "count",
    ),
    "days_taken": _("What they took over the last year, weighted by amount."),
    "cost_unknown": _("The cost of what they buy is not known: type the rate."),
    "margin": _("Revenue less cost of goods and trade terms over 12 months: %(share)s; ± a fifth."),
    "cost_to_serve": _("Of a cost to serve of %(amount)s a month: 30, 60 and 90 percent."),
    "no_cost_to_serve": _("No cost to serve is kept for them."),
}


def spoken(kept: Kept | str | None) -> str:
    """Return where a figure comes from, in the language in force."""
    if not isinstance(kept, Mapping):
        return str(kept or "")
    words: Any = WORDS.get(str(kept.get("code")), "")
    facts: dict[str, Any] = {
        name: _shown(name, value) for name, value in kept.items() if name != "code"
    }
    if "days" in kept:
        facts["count"] = ceil(Decimal(str(kept["days"])))
    return str(words % facts if facts else words)


def _shown(name: str, value: Any) -> str:
    if name == "share":
        return formats.percent(Decimal(str(value)))
    return formats.number(Decimal(str(value)), 0)
