"""Cards of the ageing page: what is open, what each currency holds, how fast customers pay."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kam.core import formats
from kam.core.dates import Period
from kam.core.stats import Stat
from kam.core.tables import Column
from settlements.analytics.collection import BeyondTerms
from settlements.selectors.ageing import Ageing
from settlements.selectors.collection import Dso
from settlements.selectors.standing import share
from settlements.views.board_parts import (
    CREDITS_WHAT,
    OPEN_WHAT,
    OVERDUE_WHAT,
    UNAPPLIED_WHAT,
    band_short,
    items_url,
)

MONEY = Column(name="amount", title="", kind="money", compact=True)


def stats(found: Ageing) -> list[Stat]:
    """Open, overdue, unapplied cash, open credits, net."""
    total, query = found.total, found.query
    money: dict[str, Any] = {"kind": "money", "unit": found.currency, "as_of": query.as_of}
    part = share(total.overdue, total.open)
    late = "" if part is None else _("%(share)s of open") % {"share": formats.percent(part)}
    items = ngettext("%(count)s item", "%(count)s items", total.open_items)
    rows: dict[str, Any] = {
        "as_of": query.as_of,
        "account": query.account,
        "currency": query.only,
        "company": query.selling_company,
    }
    can_link = query.lead is None
    return [
        Stat(
            name="open", title=_("Open"), value=total.open, what=OPEN_WHAT,
            reference=items % {"count": formats.number(total.open_items)},
            url=items_url(**rows) if can_link else "", **money,
        ),
        Stat(
            name="overdue", title=_("Overdue"), value=total.overdue, what=OVERDUE_WHAT,
            reference=late, url=items_url(**rows, bucket="overdue") if can_link else "", **money,
        ),
        Stat(
            name="unapplied", title=_("Unapplied cash"), value=total.unapplied,
            what=UNAPPLIED_WHAT, **money,
        ),
        Stat(
            name="credits", title=_("Open credits"), value=total.open_credits, what=CREDITS_WHAT,
            **money,
        ),
        Stat(
            name="net", title=_("Net"), value=total.net,
            what=_("Open less unapplied cash and open credits: the balance of the accounts."),
            **money,
        ),
    ]  # fmt: skip


def currency_titles(found: Ageing) -> list[Any]:
    """The heads of the figures of each currency."""
    bands = [band_short(name) for name in found.query.bands.names]
    return [_("Open"), _("Overdue"), *bands, _("Unapplied cash"), _("Open credits"), _("Net")]


def currency_blocks(found: Ageing, rate_days: Mapping[str, date]) -> list[dict[str, Any]]:
    """Each currency's own sums, with the rate that converts it and the day of that rate."""
    return [
        {
            "currency": row.currency,
            "amounts": [
                MONEY.formatted(amount)
                for amount in (
                    row.open,
                    row.overdue,
                    *row.buckets,
                    row.unapplied,
                    row.open_credits,
                    row.net,
                )
            ],
            "rate": None if row.currency == found.currency else found.rates.get(row.currency),
            "rate_day": rate_days.get(row.currency),
            "into": found.currency,
        }
        for row in found.by_currency
    ]


def collection_stats(dso: Dso, beyond: Mapping[str, BeyondTerms], period: Period) -> list[Stat]:
    """DSO three ways with what it divides by, and days beyond terms per currency."""
    sold = ngettext(
        "of %(sales)s %(currency)s sold in %(days)s day",
        "of %(sales)s %(currency)s sold in %(days)s days",
        dso.days,
    ) % {
        "sales": formats.compact(dso.sales),
        "currency": dso.currency,
        "days": dso.days,
    }
    nothing = ngettext(
        "Nothing was sold in the %(days)s day before.",
        "Nothing was sold in the %(days)s days before.",
        dso.days,
    ) % {"days": dso.days}
    days: dict[str, Any] = {"unit": _("days"), "places": 1, "as_of": dso.as_of}
    found = [
        Stat(
            name="dso-simple", title=_("DSO, simple"), value=dso.simple, reference=sold,
            what=ngettext(
                "Open ÷ sales of the last %(days)s day × %(days)s. Sales are invoices and debit "
                "notes less credit notes, tax included.",
                "Open ÷ sales of the last %(days)s days × %(days)s. Sales are invoices and debit "
                "notes less credit notes, tax included.",
                dso.days,
            ) % {"days": dso.days},
            unknown=nothing, **days,
        ),
        Stat(
            name="dso-countback", title=_("DSO, count-back"), value=dso.countback.days,
            reference=_("newest sales first"),
            what=_(
                "Sales are taken off what is open from the newest month back until it is used up: "
                "so many days of sales are unpaid. Seasons do not bend it."
            ),
            unknown=ngettext(
                "More is open than was sold in the %(days)s day that is known.",
                "More is open than was sold in the %(days)s days that are known.",
                dso.countback.known_days,
            )
            % {"days": formats.number(dso.countback.known_days, 0)},
            **days,
        ),
        Stat(
            name="dso-best", title=_("DSO, best possible"), value=dso.best_possible,
            reference="" if dso.average_delinquent is None
            else _("%(days)s days are lateness")
            % {"days": formats.number(dso.average_delinquent, 1)},
            what=_("What DSO would be if nothing were overdue: what is not due ÷ the same sales."),
            unknown=nothing, **days,
        ),
    ]  # fmt: skip
    return found + [_beyond(code, one, period) for code, one in sorted(beyond.items())]


def _beyond(code: str, one: BeyondTerms, period: Period) -> Stat:
    return Stat(
        name=f"beyond-{code.lower()}",
        title=_("Days beyond terms"),
        unit=code,
        value=one.days,
        places=1,
        reference=_("over %(amount)s paid") % {"amount": formats.compact(one.denominator)},
        what=_(
            "Days from due date to payment, weighted by amount, of what was paid in 12 months; "
            "early payments count against late ones. What is still open is not in it."
        ),
        as_of=period.last_day,
        unknown=_("Nothing with a due date was paid in 12 months."),
    )
