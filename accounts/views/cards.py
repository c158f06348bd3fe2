"""The cards of My day: each its own address, a page without scripts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.analytics.retention import CustomerMovement
from accounts.selectors.concentration.cells import Scope
from accounts.selectors.concentration.naming import NameBook
from accounts.selectors.concentration.periods import rolling
from accounts.selectors.concentration.query import ConcentrationQuery, data_as_of
from accounts.selectors.concentration.reading import Reading, live, read
from accounts.selectors.concentration.totals import MissingRatesError
from accounts.selectors.concentration.trend import stored_trend
from accounts.selectors.portfolio import MonthlyRevenue, monthly_revenue, own_scope
from accounts.selectors.targets import company_target, managers_target
from accounts.views.concentration import words
from accounts.views.concentration.links import account_url
from kam.core import formats, htmx
from kam.core.dates import Period, add_months, month_start
from kam.core.exact import EXACT, ratio
from kam.core.selectors.rates import MissingRateError
from kam.core.stats import Stat
from kam.identity.decorators import requires, signed_in
from kam.identity.models import User

MOVERS = 5
YEARS_SHOWN = 24


@require_GET
@requires("accounts.view")
def revenue(request: HttpRequest) -> HttpResponse:
    """This year and this month against last year and target."""
    user, as_of = signed_in(request), data_as_of(timezone.localdate())
    months = Period(add_months(month_start(as_of), -YEARS_SHOWN), add_months(month_start(as_of), 1))
    found = monthly_revenue(own_scope(user), months)
    stats = [_year(user, found, as_of), _month(user, found, as_of)]
    return _card(request, "accounts/card_revenue.html", {"stats": stats})


def _year(user: User, found: MonthlyRevenue, as_of: date) -> Stat:
    """The year's complete months against the same months of last year."""
    period = complete_months(as_of)
    now, before = found.total(period), found.total(period.same_period_last_year())
    words_ = {"first": formats.month(period.start), "last": formats.month(period.last_day)}
    title = _("%(first)s to %(last)s") % words_ if period.days > 31 else words_["first"]
    window = Period.whole_months(as_of, YEARS_SHOWN - 12)
    return Stat(
        name="revenue-year",
        title=title,
        value=now,
        kind="money",
        unit=found.currency,
        delta=_growth(now, before),
        reference=_versus(_attained(user, now, period, found.currency)),
        good="up",
        spark=found.series(window) if not found.unconverted else (),
        spark_label=_("Net revenue of the last 12 complete months"),
        what=_("Net revenue of the year's complete months, against the same months last year."),
        as_of=period.last_day,
        url=_entries(period),
        unknown=_("Exchange rates are missing."),
    )


def complete_months(as_of: date) -> Period:
    """The year's complete months; in January the whole year before."""
    end = Period.whole_months(as_of, 1).end
    start = date((end.year if end.month > 1 else end.year - 1), 1, 1)
    return Period(start, end)


def _month(user: User, found: MonthlyRevenue, as_of: date) -> Stat:
    """The running month so far against its target."""
    period = Period.month(as_of.year, as_of.month)
    now = found.total(period)
    share = _attained(user, now, period, found.currency)
    return Stat(
        name="revenue-month",
        title=formats.month(as_of)
        if as_of == period.last_day
        else _("%(month)s so far") % {"month": formats.month(as_of)},
        value=now,
        kind="money",
        unit=found.currency,
        reference=_("no target set")
        if share is None
        else _("%(share)s of target") % {"share": formats.percent(share, 0)},
        what=_("Net revenue of the running month so far, against the target of the whole month."),
        as_of=as_of,
        url=_entries(period),
        unknown=_("Exchange rates are missing."),
    )


def _versus(share: Decimal | None) -> str:
    if share is None:
        return _("vs last year")
    return _("vs last year, %(share)s of target") % {"share": formats.percent(share, 0)}


def _growth(now: Decimal | None, before: Decimal | None) -> Decimal | None:
    if now is None or before is None or before <= 0:
        return None
    return ratio(EXACT.subtract(now, before), before)


def _attained(user: User, now: Decimal | None, period: Period, currency: str) -> Decimal | None:
    """How much of the target is reached; None where there is none, or no rate for it."""
    scope = own_scope(user)
    try:
        if scope.is_company:
            target = company_target(period, currency)
        else:
            target = managers_target(period, currency, scope.lead_ids or ())
    except MissingRateError:
        return None
    return None if now is None or target is None else ratio(now, target)


def _entries(period: Period) -> str:
    dates = f"date_from={period.start}&date_to={period.end}"
    return f"{reverse('accounts:revenue-list')}?{dates}"


@dataclass(frozen=True, kw_only=True)
class Mover:
    """A group whose revenue changed much."""

    name: str
    url: str
    change: Decimal
    growth: Decimal | None

    @property
    def growth_text(self) -> str:
        """The growth with its sign."""
        if self.growth is None:
            return ""
        return formats.signed(formats.percent(self.growth, 0), self.growth)


@require_GET
@requires("accounts.view")
def movers(request: HttpRequest) -> HttpResponse:
    """Groups that lost and won most over 12 complete months, among one's own."""
    user, as_of = signed_in(request), data_as_of(timezone.localdate())
    query = ConcentrationQuery(period=rolling(as_of))
    try:
        reading = _own_reading(query, own_scope(user), user)
    except MissingRatesError as error:
        return _card(request, "accounts/card_movers.html", {"missing": error.missing})
    rows = reading.retention.rows if reading.retention else ()
    down = [row for row in rows[:MOVERS] if row.change < 0]
    up = [row for row in rows[::-1][:MOVERS] if row.change > 0]
    names = NameBook(user).look_up([row.key for row in (*down, *up)])
    context = {
        "down": _moved(down, names),
        "up": _moved(up, names),
        "currency": reading.now.currency,
        "period": words.period_words(query.period),
        "url": f"{reverse('accounts:concentration')}#moved",
    }
    return _card(request, "accounts/card_movers.html", context)


def _own_reading(query: ConcentrationQuery, scope: Scope, user: User) -> Reading:
    return read(query, user) if scope.is_company else live(query, scope=scope)


def _moved(rows: Sequence[CustomerMovement[int]], names: dict[int, Any]) -> list[Mover]:
    return [
        Mover(
            name=names[row.key].name,
            url=account_url(row.key) if names[row.key].is_visible else "",
            change=row.change,
            growth=_growth(row.current, row.previous),
        )
        for row in rows
    ]


@require_GET
@requires("concentration.view")
def concentration(request: HttpRequest) -> HttpResponse:
    """The finding of the concentration board, for who sees the whole company."""
    user, as_of = signed_in(request), data_as_of(timezone.localdate())
    if not user.sees_everything():
        raise Http404
    query = ConcentrationQuery(period=rolling(as_of))
    try:
        reading = read(query, user)
    except MissingRatesError as error:
        return _card(request, "accounts/card_concentration.html", {"missing": error.missing})
    finding = words.finding(reading, words.earlier_figures(reading), NameBook(user))
    context = {
        "finding": finding,
        "figures": reading.figures,
        "level": words.level_badge(reading.figures.hhi_level()),
        "spark": [point.hhi for point in stored_trend(query, as_of)],
        "period": words.period_words(query.period),
    }
    return _card(request, "accounts/card_concentration.html", context)


def _card(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return htmx.render_part(request, template, context, "card")
