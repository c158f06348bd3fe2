"""The figures at the head of an account's page."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Account
from accounts.selectors import accounts as reads
from accounts.selectors import revenue
from accounts.views.columns import months_in_words
from kam.core import formats
from kam.core.dates import Period
from kam.core.exact import ratio
from kam.core.selectors.rates import base_currency
from kam.core.stats import Stat
from kam.identity.models import User


def rows_url(account: Account, period: Period | None = None, **more: str) -> str:
    """The revenue entries behind a figure of an account and all below it."""
    query = {"within": str(account.pk), **more}
    if period is not None:
        query |= {"date_from": period.start.isoformat(), "date_to": period.end.isoformat()}
    return f"{reverse('accounts:revenue-list')}?{urlencode(query)}"


def head_stats(account: Account, user: User, *, as_of: date) -> list[Stat]:
    """Revenue against last year, recency, and how many accounts stand below."""
    return [_net(account, as_of), _recency(account, as_of), _size(account, user)]


def _net(account: Account, as_of: date) -> Stat:
    span = reads.windows(as_of)
    months = revenue.by_month(account.pk, Period(span.before.start, span.latest.end))
    amounts = {one.month: one.amount for one in months}
    latest, before = (
        sum((amounts.get(month.start, Decimal(0)) for month in period.months()), Decimal(0))
        for period in (span.latest, span.before)
    )
    what = _(
        "Net revenue of this account and of what stood below it on each entry's date, "
        "%(months)s, the last 12 complete months."
    ) % {"months": months_in_words(span.latest)}
    return Stat(
        name="net",
        title=_("Net revenue, 12 months"),
        value=latest,
        kind="money",
        unit=base_currency(),
        places=0,
        delta=ratio(latest - before, before),
        reference=_("vs. year before"),
        good="up",
        spark=[amounts.get(month.start, 0) for month in span.latest.months()],
        spark_label=_("Net revenue by month"),
        what=what + _unconverted(sum(one.unconverted for one in months)),
        as_of=as_of,
        url=rows_url(account, span.latest),
    )


def _unconverted(count: int) -> str:
    if not count:
        return ""
    words = ngettext(
        " %(count)s entry without a rate is left out.",
        " %(count)s entries without a rate are left out.",
        count,
    )
    return words % {"count": formats.number(count)}


def _recency(account: Account, as_of: date) -> Stat:
    last = account.figure.last_entry_on
    return Stat(
        name="recency",
        title=_("Days since last revenue"),
        value=None if last is None else (as_of - last).days,
        unknown=_("No revenue yet"),
        reference="" if last is None else formats.date(last),
        what=_("Days since the last entry of this account or of anything below it."),
        as_of=account.figure.as_of,
        url=rows_url(account) if last else "",
    )


def _size(account: Account, user: User) -> Stat:
    rows = Account.objects.visible_to(user).not_merged().within(account.pk)
    listed = f"{reverse('accounts:account-list')}?{urlencode({'within': account.pk})}"
    return Stat(
        name="size",
        title=_("Accounts below"),
        value=rows.exclude(pk=account.pk).count(),
        what=_("Banners, companies, stores and depots that stand below this account today."),
        url=listed,
        url_text=_("Show the accounts"),
    )
