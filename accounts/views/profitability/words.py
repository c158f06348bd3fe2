"""What the board of profit says in words."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.analytics.profitability import Pull, Whale
from accounts.choices import CostKind
from accounts.selectors.profitability.query import Costing
from accounts.selectors.profitability.reading import GOODS_KEY, Profit, Unspread
from kam.core import formats
from kam.core.badges import Badge
from kam.core.formats import Text

STATES: dict[str, Badge] = {
    "making": Badge(gettext_lazy("Profit"), "success", icon="trending-up"),
    "near": Badge(gettext_lazy("Near break-even"), "neutral", icon="equal"),
    "losing": Badge(gettext_lazy("Loss"), "danger", icon="trending-down"),
}
NEAR_TEXT = gettext_lazy(
    "Near break-even is a net profit within 2 percent of net revenue, either way."
)


def kind_title(kind: str) -> Text:
    """What a kind of cost is called; cost of goods is one of them here."""
    return _("Cost of goods") if kind == GOODS_KEY else CostKind(kind).label


def finding(profit: Profit) -> tuple[str, str]:
    """Return what the board says: who earns, who loses, and how to read it."""
    whale = profit.whale
    if not whale.points:
        return _("There is no profit to show in this period."), ""
    words = {
        "losing": formats.number(whale.losing, 0),
        "all": formats.number(len(whale.points), 0),
        "lost": f"{formats.compact(whale.lost)} {profit.currency}",
        "total": f"{formats.compact(abs(whale.total))} {profit.currency}",
    }
    if whale.peak_share is None or whale.top_profit_share is None:
        first = ngettext(
            "Customers lose %(total)s together; %(losing)s of %(all)s makes a loss.",
            "Customers lose %(total)s together; %(losing)s of %(all)s make a loss.",
            whale.losing,
        )
        return first % words, _keep()
    words |= {
        "best": formats.percent(whale.top_profit_share, 0),
        "peak": formats.percent(whale.peak_share, 0),
        "revenue": formats.percent(whale.top_revenue_share or Decimal(0), 0),
    }
    first = _(
        "The best 20 percent of customers earn %(best)s of the net profit; the largest 20 percent "
        "bring %(revenue)s of the revenue."
    )
    if not whale.losing:
        return first % words, _("No customer makes a loss.")
    second = ngettext(
        "The curve peaks at %(peak)s: %(losing)s of %(all)s customers makes a loss and takes"
        " %(lost)s away again.",
        "The curve peaks at %(peak)s: %(losing)s of %(all)s customers make a loss and take %(lost)s"
        " away again.",
        whale.losing,
    )
    return first % words, f"{second % words} {_keep()}"


def _keep() -> str:
    return _(
        "A loss says what serving costs today, not whom to drop: look first at what pulls it down."
    )


def curve_title(whale: Whale[int], currency: str) -> str:
    """What the whale curve shows."""
    if whale.peak_share is None:
        return _("Customers earn %(peak)s at best and %(total)s together") % {
            "peak": f"{formats.compact(whale.peak)} {currency}",
            "total": f"{formats.compact(whale.total)} {currency}",
        }
    return ngettext(
        "%(count)s customer earns %(peak)s of the profit; the others take the rest away",
        "%(count)s customers earn %(peak)s of the profit; the others take the rest away",
        whale.peak_from,
    ) % {
        "count": formats.number(whale.peak_from, 0),
        "peak": formats.percent(whale.peak_share, 0),
    }


def gaps_of(costing: Costing) -> str:
    """Why a customer has no net profit."""
    said = []
    if costing.unconverted:
        text = ngettext(
            "%s revenue entry has no exchange rate.",
            "%s revenue entries have no exchange rate.",
            costing.unconverted,
        )
        said.append(text % formats.number(costing.unconverted, 0))
    if costing.unrated:
        text = ngettext(
            "%s cost entry has no exchange rate.",
            "%s cost entries have no exchange rate.",
            costing.unrated,
        )
        said.append(text % formats.number(costing.unrated, 0))
    if costing.unpriced:
        text = ngettext(
            "%s volume has no activity rate.",
            "%s volumes have no activity rate.",
            costing.unpriced,
        )
        said.append(text % formats.number(costing.unpriced, 0))
    if costing.undivided:
        text = ngettext(
            "%s share of company costs cannot be told: revenue of its month has no exchange rate.",
            "%s shares of company costs cannot be told: revenue of their months has no exchange "
            "rate.",
            costing.undivided,
        )
        said.append(text % formats.number(costing.undivided, 0))
    if costing.revenue and not costing.costed:
        said.append(_("The cost of goods is not known for any of its revenue."))
    return " ".join(said)


def pulled_down_by(pull: Pull[str]) -> str:
    """What weighs more on a customer than on the others."""
    return _("%(what)s %(share)s, usually %(usual)s") % {
        "what": kind_title(pull.key),
        "share": formats.percent(pull.share),
        "usual": formats.percent(pull.usual),
    }


def unspread_words(left: Iterable[Unspread], currency: str) -> list[str]:
    """Pools that no account took."""
    return [
        _("%(what)s of %(month)s, %(amount)s: no account bought then without a volume of its own.")
        % {
            "what": kind_title(one.kind),
            "month": formats.month(one.month),
            "amount": formats.money(one.amount, currency),
        }
        for one in left
    ]
