"""Net revenue per customer of one or more periods, read in a single statement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.choices import ConcentrationLevel
from accounts.selectors.concentration.cells import (
    COMPANY,
    SOLE,
    Basis,
    Scope,
    Statement,
    cells,
    entries_where,
)
from accounts.selectors.concentration.query import ConcentrationQuery
from kam.core.dates import Period
from kam.core.selectors.rates import base_currency

ZERO = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class MissingRate:
    """A rate that figures need and that nobody gave: from a currency to another, from a day on."""

    currency: str
    into: str
    first_on: date
    entries: int

    def __str__(self) -> str:
        return ngettext(
            "%(currency)s to %(into)s on %(day)s (%(entries)s entry)",
            "%(currency)s to %(into)s on %(day)s (%(entries)s entries)",
            self.entries,
        ) % {
            "currency": self.currency,
            "into": self.into,
            "day": self.first_on.isoformat(),
            "entries": self.entries,
        }


class MissingRatesError(LookupError):
    """Revenue cannot be brought into one currency; nothing is counted as zero instead."""

    def __init__(self, missing: Sequence[MissingRate]) -> None:
        """Keep every missing rate."""
        self.missing = tuple(missing)
        super().__init__(
            _("There is no exchange rate from %(pairs)s.")
            % {"pairs": "; ".join(str(one) for one in self.missing)}
        )


@dataclass(frozen=True, kw_only=True)
class CustomerTotals:
    """Net revenue of one period by customer, largest first, in one currency, 4 decimals.

    Every customer with an entry in the period is in `keys`, at zero or below too; `unassigned`
    is revenue without a customer and stands outside. `watermark` is the version of revenue and
    tree that was read, the same for all periods of one reading. `is_company` is false when only
    the accounts in somebody's scope were read.
    """

    period: Period
    currency: str
    keys: tuple[int, ...]
    amounts: tuple[Decimal, ...]
    unassigned: Decimal
    watermark: int
    is_company: bool = True

    @property
    def pairs(self) -> Iterable[tuple[int, Decimal]]:
        """Customers with their amounts."""
        return zip(self.keys, self.amounts, strict=True)

    @property
    def is_empty(self) -> bool:
        """Whether there was no entry at all."""
        return not self.keys and not self.unassigned

    def by_key(self) -> dict[int, Decimal]:
        """Amounts by customer."""
        return dict(self.pairs)


def customer_totals(
    query: ConcentrationQuery, *, scope: Scope = COMPANY, basis: Basis = Basis.AUTO
) -> CustomerTotals:
    """Return net revenue per customer of the query's period.

    In `query.currency` where given, else in the currency of the entries when they have only
    one, else in the base currency. Raises MissingRatesError when an entry cannot be converted.
    """
    return _read(query, [query.period], scope, basis)[0]


def compared_totals(
    query: ConcentrationQuery,
    *,
    before: Period | None = None,
    scope: Scope = COMPANY,
    basis: Basis = Basis.AUTO,
) -> tuple[CustomerTotals, CustomerTotals | None]:
    """Return the query's period and the one it is compared with (by default a year earlier).

    Both are in the currency of the former and of the same watermark. The latter is None when
    only it lacks a rate.
    """
    points = [query.period, before or query.period.same_period_last_year()]
    try:
        now, then = _read(query, points, scope, basis)
    except MissingRatesError:
        return customer_totals(query, scope=scope, basis=basis), None
    return now, then


def totals_at(query: ConcentrationQuery, points: Sequence[Period]) -> list[CustomerTotals]:
    """Return net revenue per customer of several periods of the whole company, in one currency.

    The currency is decided by the last period. Raises MissingRatesError.
    """
    return _read(query, points[::-1], COMPANY, Basis.AUTO)[::-1]


def missing_rates(
    query: ConcentrationQuery, into: str, *, scope: Scope = COMPANY
) -> list[MissingRate]:
    """Return the rates that the entries of a query need to be in a currency and do not have."""
    statement, base = Statement(), base_currency()
    tables, where = entries_where(statement, query, scope)
    found = _fetch(
        f"""
        SELECT e.currency_id, min(e.booked_on), count(*) FROM {tables}
        WHERE {where} AND e.base_amount IS NULL AND e.currency_id <> {statement.bind(into)}
        GROUP BY 1 ORDER BY 1""",
        statement,
    )
    missing = [
        MissingRate(currency=code, into=base, first_on=day, entries=n) for code, day, n in found
    ]
    if into != base:
        missing += _missing_from_base(query, into, base, scope)
    return missing


def _missing_from_base(
    query: ConcentrationQuery, into: str, base: str, scope: Scope
) -> list[MissingRate]:
    """The rate between base and asked currency on days that need it."""
    statement = Statement()
    tables, where = entries_where(statement, query, scope)
    rates = _day_rates(statement, query.period, into, base)
    [(day, entries)] = _fetch(
        f"""
        SELECT min(e.booked_on), count(*) FROM {tables}
        LEFT JOIN ({rates}) AS r ON r.day = e.booked_on
        WHERE {where} AND r.rate IS NULL AND e.currency_id <> {statement.bind(into)}""",
        statement,
    )
    if not entries:
        return []
    return [MissingRate(currency=into, into=base, first_on=day, entries=entries)]


def _read(
    query: ConcentrationQuery, points: Sequence[Period], scope: Scope, basis: Basis
) -> list[CustomerTotals]:
    rows = _of_one_currency(query, points, scope, basis) or _of_several(query, points, scope, basis)
    currency = rows[0].currency
    return [
        CustomerTotals(
            period=period,
            currency=currency,
            keys=tuple(row.keys),
            amounts=tuple(row.amounts),
            unassigned=row.unassigned,
            watermark=row.watermark,
            is_company=scope.is_company,
        )
        for row, period in zip(rows, points, strict=True)
    ]


@dataclass(frozen=True)
class _Row:
    currency: str
    watermark: int
    keys: list[int]
    amounts: list[Decimal]
    unassigned: Decimal
    gaps: int
    low: str
    high: str


def _run(built: tuple[str, Statement]) -> list[_Row]:
    return [_Row(*row) for row in _fetch(*built)]


def _of_one_currency(
    query: ConcentrationQuery, points: Sequence[Period], scope: Scope, basis: Basis
) -> list[_Row]:
    """The cheap way, where all of the company's revenue is in one currency; else nothing."""
    statement = Statement()
    tables = cells(statement, query, points, scope=scope, basis=basis)
    rows = _run((_customers(tables, len(points), base=SOLE), statement))
    is_empty = not rows[0].keys and not rows[0].unassigned
    return [] if is_empty else rows


def _is_foreign(rows: Sequence[_Row]) -> bool:
    return any({row.low, row.high} != {row.currency} for row in rows)


def _of_several(
    query: ConcentrationQuery, points: Sequence[Period], scope: Scope, basis: Basis
) -> list[_Row]:
    """Any mix of currencies. Raises MissingRatesError."""
    base = base_currency()
    rows = _run(_in_document_or_base(query, points, scope, basis, base))
    if _is_foreign(rows) and rows[0].currency != base:
        rows = _run(_converted(query, points, scope, rows[0].currency, base))
    _refuse_gaps(query, points, rows, scope)
    return rows


def _refuse_gaps(
    query: ConcentrationQuery, points: Sequence[Period], rows: Sequence[_Row], scope: Scope
) -> None:
    for row, period in zip(rows, points, strict=True):
        if row.gaps:
            raise MissingRatesError(missing_rates(query.during(period), row.currency, scope=scope))


_CUSTOMERS = """
    , used AS (
        SELECT CASE WHEN {wanted} <> '' THEN {wanted}
            WHEN min(low) = max(high) THEN min(low) ELSE {base} END AS code
        FROM cells_0
    )
    SELECT used.code, COALESCE((SELECT version FROM accounts_revenuewatermark), 0),
        COALESCE(p.keys, '{{}}'), COALESCE(p.amounts, '{{}}'), COALESCE(p.unassigned, 0),
        COALESCE(p.gaps, 0), COALESCE(p.low, used.code), COALESCE(p.high, used.code)
    FROM used CROSS JOIN ({points}) AS p
    ORDER BY p.point
"""
# Each point is sorted by itself: by amount first, which PostgreSQL compares at once.
_POINT = """
        SELECT {point} AS point, array_agg(key) FILTER (WHERE key IS NOT NULL) AS keys,
            array_agg(amount) FILTER (WHERE key IS NOT NULL) AS amounts,
            sum(amount) FILTER (WHERE key IS NULL) AS unassigned,
            sum(gaps) AS gaps, min(low) AS low, max(high) AS high
        FROM (
            SELECT key, low, high,
                CASE WHEN used.code = {base} THEN in_base ELSE net END AS amount,
                CASE WHEN used.code = {base} THEN gaps ELSE 0 END AS gaps
            FROM cells_{point} CROSS JOIN used ORDER BY amount DESC, key
        ) AS customers"""


def _in_document_or_base(
    query: ConcentrationQuery, points: Sequence[Period], scope: Scope, basis: Basis, base: str
) -> tuple[str, Statement]:
    statement = Statement()
    statement.bind(query.currency, "wanted")
    tables = cells(statement, query, points, base=base, scope=scope, basis=basis)
    return _customers(tables, len(points)), statement


def _customers(tables: str, points: int, *, base: str = "%(base)s") -> str:
    """Turn cells into one row for each point; parameters `wanted` and `base` are bound."""
    sorted_points = " UNION ALL ".join(_POINT.format(point=n, base=base) for n in range(points))
    outer = _CUSTOMERS.format(wanted="%(wanted)s", base=base, points=sorted_points)
    return f"WITH {tables} {outer}"


def _converted(
    query: ConcentrationQuery, points: Sequence[Period], scope: Scope, currency: str, base: str
) -> tuple[str, Statement]:
    """Entry by entry: base amount ÷ the currency's own rate of the entry's date, 4 decimals.

    The cells call the currency asked for their base, since that is what they are in.
    """
    statement = Statement()
    code = statement.bind(currency, "base")
    amount = (
        f"CASE WHEN e.currency_id = {code} THEN e.net_amount"
        " ELSE round(e.base_amount / r.rate, 4) END"
    )
    by_group = query.level == ConcentrationLevel.GROUP
    key = "COALESCE(g.group_id, e.account_id)" if by_group else "e.account_id"
    selects = []
    for period in points:
        tables, where = entries_where(statement, query.during(period), scope)
        rates = _day_rates(statement, period, currency, base)
        selects.append(f"""
            SELECT {key} AS key, 0::numeric AS net, COALESCE(sum({amount}), 0) AS in_base,
                count(*) - count({amount}) AS gaps,
                {code}::text AS low, {code}::text AS high
            FROM {tables} LEFT JOIN ({rates}) AS r ON r.day = e.booked_on
            LEFT JOIN accounts_groupperiod AS g
                ON g.account_id = e.account_id AND g.valid @> e.booked_on
            WHERE {where} GROUP BY 1""")
    tables = ", ".join(f"cells_{number} AS ({cell})" for number, cell in enumerate(selects))
    statement.bind(currency, "wanted")
    return _customers(tables, len(points)), statement


def _day_rates(statement: Statement, period: Period, currency: str, base: str) -> str:
    """The rate in force on each day of a period: the last one given on or before it."""
    start, last = statement.bind(period.start), statement.bind(period.last_day)
    return f"""
        SELECT day::date AS day, (
            SELECT rate FROM core_exchangerate
            WHERE currency_id = {statement.bind(currency)} AND base_id = {statement.bind(base)}
                AND valid_on <= day::date ORDER BY valid_on DESC LIMIT 1) AS rate
        FROM generate_series({start}::date, {last}::date, interval '1 day') AS day"""


def _fetch(sql: str, statement: Statement) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, statement.parameters)
        return list(cursor.fetchall())
