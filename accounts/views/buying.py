"""How an account buys: tables, cards and charts for its panels."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.dates import MONTHS_3
from django.utils.translation import gettext as _

from accounts.analytics.buying import Rhythm, SeasonIndex
from accounts.models import Account
from accounts.selectors import accounts as reads
from accounts.selectors import revenue
from accounts.selectors.revenue import CategoryFigure
from accounts.views.columns import months_in_words
from accounts.views.heads import rows_url
from kam.core import charts, formats
from kam.core.badges import Badge
from kam.core.charts import Chart, Series
from kam.core.dates import Period
from kam.core.formats import Unknown
from kam.core.selectors.rates import base_currency
from kam.core.stats import Stat
from kam.core.tables import Column, Empty, Table

LATE, GRACE_DAYS = 2, 7
"""An account is called late when two of its usual gaps and a week more have passed."""


def category_table(request: HttpRequest, account: Account, *, as_of: date) -> Table:
    """What the account bought by category in two years of complete months."""
    span = reads.windows(as_of)
    return Table(
        request,
        revenue.by_category(account.pk, as_of=as_of),
        _category_columns(account, span),
        name="categories",
        caption=_("Net revenue by category, %s") % months_in_words(span.latest),
        default_sort="-latest",
        push_url=False,
        page_size=100,
        empty=Empty(
            _("No revenue by category"),
            _("It shows what this account bought in two years of complete months."),
        ),
    )


def _two_years(currency: str, span: reads.Windows) -> list[Column]:
    years = (("latest", _("12 months"), span.latest), ("before", _("Year before"), span.before))
    return [
        Column(
            name=name,
            title=title,
            kind="money",
            unit=currency,
            places=0,
            sort=True,
            help=months_in_words(period),
        )
        for name, title, period in years
    ]


def _category_columns(account: Account, span: reads.Windows) -> list[Column]:
    def link(row: CategoryFigure) -> str:
        more = {"category": str(row.category.pk)} if row.category else {"uncategorised": "true"}
        both = Period(span.before.start, span.latest.end)
        return rows_url(account, both, **more)

    return [
        Column(
            name="category",
            title=_("Category"),
            value=lambda row: row.category.name if row.category else _("Without a category"),
            sort=True,
            link=link,
        ),
        *_two_years(base_currency(), span),
        Column(
            name="change",
            title=_("Change"),
            kind="delta",
            unknown=_("Nothing was bought the year before"),
        ),
        Column(
            name="returned_share",
            title=_("Returned"),
            kind="percent",
            help=_("What came back of what was delivered in the last 12 months."),
            unknown=_("Nothing was delivered"),
        ),
        Column(
            name="last_on",
            title=_("Last bought"),
            kind="date",
            unknown=_("Not bought in two years"),
        ),
        Column(
            name="state",
            title=_("State"),
            kind="badge",
            value=_state,
        ),
    ]


def _state(row: CategoryFigure) -> Badge:
    if row.is_lapsed:
        return Badge(_("Lapsed"), "warning")
    if row.is_new:
        return Badge(_("New"), "info")
    return Badge(_("Bought"), "success") if row.latest > 0 else Badge(_("Not bought"), "muted")


def rhythm_stats(rhythm: Rhythm, *, as_of: date) -> list[Stat]:
    """Recency and rhythm, as cards."""
    too_few = _("It takes two order days in 24 months to tell.")
    return [
        Stat(
            name="last-order",
            title=_("Days since the last order"),
            value=rhythm.recency_days,
            reference=formats.date(rhythm.last_on) if rhythm.last_on else "",
            unknown=_("No order in 24 months"),
            what=_("Days since the last positive entry. Credit notes are no orders."),
            as_of=as_of,
        ),
        Stat(
            name="usual-gap",
            title=_("Usual days between orders"),
            value=rhythm.median_gap_days,
            places=1,
            unknown=too_few,
            what=_("The median of days between neighbouring order days of the last 24 months."),
            as_of=as_of,
        ),
        Stat(
            name="lateness",
            title=_("Against the usual gap"),
            value=_lateness(rhythm),
            kind="text",
            unknown=too_few,
            what=_("Days since the last order ÷ the usual gap: 1 is on time, 2 is one missed."),
            as_of=as_of,
        ),
        Stat(
            name="orders",
            title=_("Order days in a month"),
            value=rhythm.orders_per_month,
            places=1,
            unknown=too_few,
            what=_("Days with an order, from the first one of the last 24 months until now."),
            as_of=as_of,
        ),
    ]


def _lateness(rhythm: Rhythm) -> Any:
    if rhythm.lateness is None:
        return Unknown(_("It takes two order days in 24 months to tell."))
    words = {"factor": formats.number(rhythm.lateness, 1)}
    usual = rhythm.median_gap_days or Decimal(0)
    if (rhythm.recency_days or 0) > LATE * usual + GRACE_DAYS:
        return _("%(factor)s × – late") % words
    return _("%(factor)s ×") % words


def season_chart(season: SeasonIndex, *, as_of: date) -> Chart | None:
    """The year's rhythm as bars; None without a whole year of revenue."""
    known = {month: value for month, value in season.items() if value is not None}
    if not known:
        return None
    best = max(known, key=lambda month: known[month])
    words = {"month": str(MONTHS_3[best]).title(), "share": formats.percent(known[best] - 1, 0)}
    return charts.bar(
        name="seasons",
        title=_("%(month)s is strongest, %(share)s above an average month") % words,
        subtitle=_("Index of whole years: 1 is the average month"),
        labels=[str(MONTHS_3[month]).title() for month in season],
        series=[Series(name=_("Index"), values=list(season.values()))],
        label_title=_("Month"),
        value_format="number",
        places=2,
        height="short",
        as_of=as_of,
    )
