"""How the figures of an account are read for its plans, from the selectors of other pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from accounts.selectors import revenue
from accounts.selectors.accounts import windows
from accounts.selectors.below import BELOW, ENTRIES
from accounts.selectors.cockpit import shares_of_ours, whom_we_know
from accounts.selectors.health.standing import row_of
from accounts.selectors.placement import compliance
from accounts.selectors.profitability.account import account_profit
from accounts.selectors.wallet.boards import standing as wallet_standing
from interactions.choices import Direction
from interactions.models import Interaction
from interactions.selectors.voice import voices_of
from kam.core.dates import ONE_DAY, Period, add_months, month_start
from kam.core.exact import ratio, rounded
from kam.core.money import convert
from kam.core.selectors.rates import MissingRateError, base_currency, rate_on
from plans.selectors.metrics.registry import Actual, Ask
from settlements.models import Document
from settlements.selectors.ageing import AgeingQuery, ageing
from settlements.selectors.collection import beyond_terms

PAID_WITHIN = 180
NO_RATE = _("An exchange rate is missing.")
NOT_BEGUN = _("The period has not begun.")
_ENTRIES = (
    BELOW
    + "SELECT COALESCE(sum(e.base_amount), 0), count(*) FILTER (WHERE e.base_amount IS NULL)"
    + ENTRIES
)


def so_far(ask: Ask) -> Period | None:
    """Return the part of the plan's period up to the end of the day; None before it begins."""
    end = min(ask.period.end, ask.as_of + ONE_DAY)
    return Period(ask.period.start, end) if end > ask.period.start else None


def _parts(period: Period) -> Iterator[tuple[Period, bool]]:
    """Cut a period into days before, whole months, and days after; says which are whole months."""
    first = month_start(period.start)
    first = first if first == period.start else add_months(first, 1)
    last = month_start(period.end)
    if first >= last:
        yield period, period.is_whole_months
        return
    if period.start < first:
        yield Period(period.start, first), False
    yield Period(first, last), True
    if last < period.end:
        yield Period(last, period.end), False


def _net(account_id: int, period: Period) -> Decimal | None:
    """Net revenue in base currency to the day, from month totals where they serve; None where
    some of it has no rate."""
    total, lacking = Decimal(0), 0
    for part, is_whole in _parts(period):
        if is_whole:
            rows = [(one.amount, one.unconverted) for one in revenue.by_month(account_id, part)]
        else:
            rows = _entries(account_id, part)
        total += sum((amount for amount, _gaps in rows), Decimal(0))
        lacking += sum(gaps for _amount, gaps in rows)
    return None if lacking else total


def _entries(account_id: int, period: Period) -> list[tuple[Decimal, int]]:
    values: dict[str, Any] = {"ids": [account_id], "everyone": False}
    values |= {"start": period.start, "end": period.end}
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES, values)
        return list(cursor.fetchall())


def _money(amount: Decimal | None, ask: Ask, on: date) -> Actual:
    """An amount of base currency in the plan's currency, at the rate of the day."""
    if amount is None:
        return Actual(None, on, NO_RATE)
    try:
        return Actual(convert(amount, rate_on(base_currency(), ask.currency, on)), on)
    except MissingRateError as error:
        return Actual(None, on, str(error))


def net_in_period(ask: Ask) -> Mapping[str, Actual]:
    """Net revenue from the first day of the plan to the day."""
    period = so_far(ask)
    if period is None:
        return {"net_revenue": Actual(None, None, NOT_BEGUN)}
    return {"net_revenue": _money(_net(ask.account.pk, period), ask, period.last_day)}


def net_of_a_year(ask: Ask) -> Mapping[str, Actual]:
    """Net revenue of the last 12 complete months."""
    year = windows(ask.as_of).latest
    return {"net_revenue_12m": _money(_net(ask.account.pk, year), ask, year.last_day)}


def bought(ask: Ask) -> Mapping[str, Actual]:
    """Categories with net revenue above zero in the last 12 complete months."""
    rows = revenue.by_category(ask.account.pk, as_of=ask.as_of)
    day = windows(ask.as_of).latest.last_day
    count = sum(row.category is not None and row.latest > 0 for row in rows)
    return {"categories": Actual(Decimal(count), day)}


def profit(ask: Ask) -> Mapping[str, Actual]:
    """Contribution and gross margin of the last 12 complete months, where costs are known."""
    year = windows(ask.as_of).latest
    found = account_profit(ask.account.pk, year, as_of=ask.as_of)
    costing, day = found.costing, year.last_day
    why = _("The cost of goods is not known, or a rate is missing.")
    if found.is_empty or not costing.is_known:
        return {key: Actual(None, day, why) for key in ("contribution", "gross_margin")}
    return {
        "contribution": _money(costing.net, ask, day),
        "gross_margin": Actual(ratio(costing.gross, costing.costed), day),
    }


def wallet(ask: Ask) -> Mapping[str, Actual]:
    """Our share of what the account buys in the categories that were estimated."""
    found, _cells = wallet_standing(ask.account, as_of=ask.as_of)
    why = _("Nobody has estimated its wallet.")
    return {"wallet_share": Actual(found.share, ask.as_of, "" if found.share is not None else why)}


def concentration(ask: Ask) -> Mapping[str, Actual]:
    """The account's share of our net revenue: for who may see the company's total alone."""
    why = _("Only who sees the whole company sees this share.")
    if ask.user is None or not ask.user.sees_everything():
        return {"revenue_share": Actual(None, None, why)}
    share = shares_of_ours([ask.account], ask.user, as_of=ask.as_of)[ask.account.pk]
    return {"revenue_share": Actual(share, ask.as_of)}


def health(ask: Ask) -> Mapping[str, Actual]:
    """The health score that holds on the day."""
    row = row_of(ask.account, as_of=ask.as_of)
    why = _("Too little of it is known.")
    if row is None or row.score is None:
        return {"health": Actual(None, None, why)}
    return {"health": Actual(row.score, ask.as_of)}


def owed(ask: Ask) -> Mapping[str, Actual]:
    """What is overdue on the day, and its share of what is open, of payers at and below it."""
    keys = ("overdue", "overdue_share")
    try:
        total = ageing(
            AgeingQuery(as_of=ask.as_of, account=ask.account.pk, currency=ask.currency), limit=0
        ).total
    except MissingRateError as error:
        return {key: Actual(None, ask.as_of, str(error)) for key in keys}
    if not total.open_items and not Document.objects.within(ask.account.pk).exists():
        why = _("Nothing was ever posted to it.")
        return {key: Actual(None, ask.as_of, why) for key in keys}
    return {
        "overdue": Actual(total.overdue, ask.as_of),
        "overdue_share": Actual(ratio(total.overdue, total.open), ask.as_of),
    }


def payment(ask: Ask) -> Mapping[str, Actual]:
    """Days beyond terms of what was paid in the last 180 days; currencies by number of items."""
    end = ask.as_of + ONE_DAY
    period = Period.rolling(ask.as_of, 6)
    query = AgeingQuery(as_of=ask.as_of, account=ask.account.pk)
    found = list(beyond_terms(query, period=Period(period.start, end)).values())
    known = [(one.days, one.items) for one in found if one.days is not None and one.items]
    if not known:
        why = _("Nothing was paid in the last six months.")
        return {"days_beyond_terms": Actual(None, ask.as_of, why)}
    weighed = sum((Fraction(days) * items for days, items in known), Fraction(0))
    days = rounded(weighed / sum(items for _days, items in known), 1)
    return {"days_beyond_terms": Actual(days, ask.as_of)}


def people(ask: Ask) -> Mapping[str, Actual]:
    """Required functions in which we know somebody ÷ all required ones."""
    found = whom_we_know(ask.account, ask.reader, as_of=ask.as_of)
    whole = Decimal(len(found.met) + len(found.missing))
    return {"functions_covered": Actual(ratio(Decimal(len(found.met)), whole), ask.as_of)}


def contacts(ask: Ask) -> Mapping[str, Actual]:
    """Two-way contacts with the account and all below it, from the first day of the plan on."""
    period = so_far(ask)
    if period is None:
        return {"contacts": Actual(None, None, NOT_BEGUN)}
    rows = Interaction.objects.filter(
        account__path__contains=[ask.account.pk],
        direction=Direction.TWO_WAY,
        occurred_on__gte=period.start,
        occurred_on__lt=period.end,
    )
    return {"contacts": Actual(Decimal(rows.count()), period.last_day)}


def shelves(ask: Ask) -> Mapping[str, Actual]:
    """Of what was agreed and looked at in stores since the plan began, what was found."""
    period = so_far(ask)
    if period is None:
        return {"compliance": Actual(None, None, NOT_BEGUN)}
    seen = compliance.total(ask.reader, period, within=ask.account.pk)
    why = "" if seen.compliance is not None else _("Nobody looked in the stores yet.")
    return {"compliance": Actual(seen.compliance, period.last_day, why)}


def voice(ask: Ask) -> Mapping[str, Actual]:
    """How the account rates us, 0 to 100."""
    (found,) = voices_of([ask.account], ask.reader, as_of=ask.as_of)
    why = "" if found.points is not None else _("Nobody there rated us in the last year.")
    return {"satisfaction": Actual(found.points, found.last_on or ask.as_of, why)}
