"""How long money takes to come: DSO three ways and over time, days beyond terms, forecasts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import connection

from kam.core.dates import ONE_DAY, Period, add_months, month_start
from kam.core.exact import rounded
from kam.core.selectors.rates import MissingRateError, base_currency, rates_on
from settlements.analytics import collection
from settlements.analytics.collection import PLACES, BeyondTerms, Countback, Sales
from settlements.selectors import ageing_sql
from settlements.selectors import collection_sql as sql
from settlements.selectors.ageing import Ageing, AgeingQuery, ageing, conditions_of
from settlements.selectors.ageing import filter_parameters as _filters

ZERO = Decimal(0)
WINDOW = 90
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dso:
    """Days sales outstanding on a day, three ways, all from gross receivables in `currency`.

    `sales` are invoices and debit notes less credit notes of the `days` ending with the day, tax
    included as receivables are, converted at the day's rates. A figure that nothing was sold for
    is None; so is `countback.days` where receivables exceed all sales ever.
    """

    as_of: date
    days: int
    currency: str
    open: Decimal
    not_due: Decimal
    sales: Decimal
    simple: Decimal | None
    best_possible: Decimal | None
    countback: Countback

    @property
    def average_delinquent(self) -> Decimal | None:
        """Return simple less best possible: the days that lateness costs."""
        if self.simple is None or self.best_possible is None:
            return None
        return self.simple - self.best_possible


@dataclass(frozen=True, slots=True, kw_only=True)
class Aged:
    """Ageing with the DSO of the same items, in one currency."""

    ageing: Ageing
    dso: Dso


def aged(query: AgeingQuery, *, days: int = WINDOW, limit: int = 50) -> Aged:
    """Return ageing and DSO of a query, in one currency for both.

    Without a currency asked for it is the only one of items and sales, else the base currency.
    Raises MissingRateError.
    """
    sales = _monthly_sales(query, days)
    found = ageing(query, limit=limit)
    codes = {code for _month, code, _amount, _recent in sales}
    codes |= {row.currency for row in found.by_currency}
    only = codes.pop() if len(codes) == 1 else base_currency()
    if not query.currency and found.currency != only:
        found = replace(ageing(replace(query, currency=only), limit=limit), query=query)
    return Aged(ageing=found, dso=_dso(found, sales, days))


def _dso(found: Ageing, sales: Sequence[tuple[date, str, Decimal, Decimal]], days: int) -> Dso:
    as_of, currency = found.query.as_of, found.currency
    rates = rates_on(currency, as_of)
    recent, months = ZERO, dict[date, Decimal]()
    for month, code, amount, in_window in sales:
        rate = _rate(rates, code, currency, as_of)
        recent += in_window * rate
        months[month] = months.get(month, ZERO) + amount * rate
    gross, not_due = found.total.open, found.total.open - found.total.overdue
    return Dso(
        as_of=as_of,
        days=days,
        currency=currency,
        open=gross,
        not_due=not_due,
        sales=recent,
        simple=collection.dso_simple(gross, recent, days),
        best_possible=collection.dso_best_possible(not_due, recent, days),
        countback=collection.dso_countback(gross, _stretches(months, as_of)),
    )


def _stretches(months: Mapping[date, Decimal], as_of: date) -> list[Sales]:
    """Cut sales into calendar months, the running one up to the day, newest first."""
    stretches: list[Sales] = []
    if not months:
        return stretches
    start, end = month_start(as_of), as_of + ONE_DAY
    while start >= min(months):
        stretches.append(Sales(months.get(start, ZERO), (end - start).days))
        start, end = add_months(start, -1), start
    return stretches


def _rate(rates: Mapping[str, Decimal], code: str, into: str, on: date) -> Decimal:
    if code not in rates:
        raise MissingRateError(code, into, on)
    return rates[code]


def _monthly_sales(query: AgeingQuery, days: int) -> list[tuple[date, str, Decimal, Decimal]]:
    """Return month, currency, its sales, and the part of them within the window."""
    statement = ageing_sql.SALES.format(conditions=_and(query))
    return _fetch(statement, {**_filters(query), "days": days})


def _and(query: AgeingQuery, table: str = "i") -> str:
    return conditions_of(query, table).replace("WHERE", "AND", 1)


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """DSO on a day: gross receivables over the sales of the window before it."""

    day: date
    open: Decimal
    sales: Decimal
    simple: Decimal | None


def dso_trend(query: AgeingQuery, *, months: int = 13, days: int = WINDOW) -> list[TrendPoint]:
    """Return simple DSO on the last days of complete months up to the query's day, oldest first.

    In `query.currency`, else in the base currency, at the rates of each day. Raises
    MissingRateError.
    """
    currency = query.currency or base_currency()
    ends = month_ends(query.as_of, months)
    parameters = {**_filters(query), "ends": ends, "days": days}
    conditions = {"conditions": _and(query), "debits": _and(query, "d")}
    points: dict[date, list[Decimal]] = {day: [ZERO, ZERO] for day in ends}
    rates = {day: rates_on(currency, day) for day in ends}
    for day, code, gross, sold in _fetch(sql.TREND.format(**conditions), parameters):
        rate = _rate(rates[day], code, currency, day)
        points[day][0] += gross * rate
        points[day][1] += sold * rate
    return [
        TrendPoint(day, gross, sold, collection.dso_simple(gross, sold, days))
        for day, (gross, sold) in points.items()
    ]


def month_ends(as_of: date, months: int) -> list[date]:
    """Return the last days of the latest complete months, oldest first; a last day completes."""
    end = month_start(as_of + ONE_DAY)
    return [add_months(end, -back) - ONE_DAY for back in range(months - 1, -1, -1)]


def beyond_terms(query: AgeingQuery, *, period: Period) -> dict[str, BeyondTerms]:
    """Return amount-weighted days beyond terms per currency, of what was paid in the period.

    Over allocations of receipts to items with a due date, weighed by what was allocated, which is
    the denominator; what is still open is not in it, so a customer who never pays does not show.
    """
    statement = sql.BEYOND_TERMS.format(conditions=_and(query, "d"))
    parameters = {**_filters(query), "start": period.start, "end": period.end}
    return {
        code: BeyondTerms(
            rounded(Fraction(weighted) / Fraction(amount), PLACES) if amount > 0 else None,
            amount,
            items,
        )
        for code, amount, weighted, items in _fetch(statement, parameters)
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """Money of one week from Monday, in one currency.

    `due` is what falls due in it; `expected` what is due shifted by each payer's habit (its days
    beyond terms of the last year). Of weeks to come both are about what is open on the day; what
    should have come already stands in the running week. Of past weeks they are about everything
    that was posted before the week. `came` is receipts, None for weeks to come.
    """

    monday: date
    due: Decimal
    expected: Decimal
    came: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Receipts by week; `later` is expected after the last week, `undated` has no due date."""

    as_of: date
    currency: str
    weeks: tuple[Week, ...]
    later: Decimal
    undated: Decimal


def expected_receipts(query: AgeingQuery, *, back: int = 8, ahead: int = 13) -> Forecast:
    """Return what is expected and what came, week by week, around the query's day.

    In `query.currency`, else in the base currency, at the day's rates. Raises MissingRateError.
    """
    currency, as_of = query.currency or base_currency(), query.as_of
    monday = as_of - timedelta(days=as_of.weekday())
    first, last = monday - back * WEEK, monday + ahead * WEEK
    parameters = {**_filters(query), "monday": monday, "first": first}
    statement = sql.EXPECTED.format(conditions=conditions_of(query), also=_and(query))
    rates = rates_on(currency, as_of)
    sums: dict[tuple[str, date | None], Decimal] = {}
    for what, week, code, amount in _fetch(statement, parameters):
        held = min(week, last) if week else None
        key = (what, held)
        sums[key] = sums.get(key, ZERO) + amount * _rate(rates, code, currency, as_of)
    mondays = [first + number * WEEK for number in range(back + ahead)]
    return Forecast(
        as_of=as_of,
        currency=currency,
        weeks=tuple(_week(day, sums, is_past=day <= monday) for day in mondays),
        later=sums.get(("expected", last), ZERO),
        undated=sums.get(("undated", None), ZERO),
    )


def _week(day: date, sums: Mapping[tuple[str, date | None], Decimal], *, is_past: bool) -> Week:
    due, expected, came = (sums.get((what, day), ZERO) for what in ("due", "expected", "came"))
    return Week(monday=day, due=due, expected=expected, came=came if is_past else None)


def _fetch(statement: str, parameters: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
