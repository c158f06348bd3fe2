"""What is open and how late it is, as of any date and as known at any time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from kam.core.selectors.rates import MissingRateError, base_currency, rates_on
from settlements.analytics.ageing import Bands
from settlements.selectors import ageing_sql as sql

ZERO = Decimal(0)


class Level(StrEnum):
    """Whom a row is about."""

    PARTY = "party"
    """Who owes and pays."""
    ACCOUNT = "account"
    """The node that the business is with."""
    GROUP = "group"
    """The node's ultimate parent on the day."""


class Basis(StrEnum):
    """Which date an item ages from."""

    DUE_DATE = "due_date"
    DOCUMENT_DATE = "document_date"


class Order(StrEnum):
    """Which rows come first."""

    OVERDUE = "overdue"
    OPEN = "open"
    OLDEST = "oldest"


_ORDERS = {
    Order.OVERDUE: "overdue DESC, open DESC",
    Order.OPEN: "open DESC, overdue DESC",
    Order.OLDEST: "oldest_due_on NULLS LAST, overdue DESC",
}
BASIS_LABELS = {Basis.DUE_DATE: _("due date"), Basis.DOCUMENT_DATE: _("document date")}


@dataclass(frozen=True, kw_only=True)
class AgeingQuery:
    """What is asked: the day, how it ages, whom it is about, and in which currency.

    `account` takes the account and everything below it on the day; `party` a payer. `currency`
    converts everything into it; without it figures are in the currency of the items when they
    have only one, else in the base currency. `leads` limits to accounts that these users, or
    users above whom they stand, lead today (None: the whole company); `lead` to accounts of one
    lead, `only` to items in one currency. `known_at` leaves out what was recorded later.
    """

    as_of: date
    bands: Bands = field(default_factory=Bands)
    basis: Basis = Basis.DUE_DATE
    level: Level = Level.ACCOUNT
    known_at: datetime | None = None
    account: int | None = None
    party: int | None = None
    selling_company: int | None = None
    currency: str = ""
    leads: tuple[int, ...] | None = None
    lead: int | None = None
    only: str = ""


@dataclass(frozen=True, slots=True)
class Sorting:
    """Which rows come first by a figure: a name of `AgeingRow`, or `band_0` and so on."""

    column: str
    descending: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeingRow:
    """Open items of one customer (`key`), one currency or all, in `currency`.

    `open` is gross: all open debits, and the sum of `buckets` (in the order of the bands' names).
    `overdue` is what is past its due date, also when ageing goes by document date; `undated` is
    the part of `open` without a due date. `unapplied` is cash not allocated, `open_credits` other
    credits not allocated; neither is taken off a bucket.
    """

    currency: str
    buckets: tuple[Decimal, ...]
    open: Decimal
    overdue: Decimal
    undated: Decimal
    unapplied: Decimal
    open_credits: Decimal
    open_items: int
    overdue_items: int
    oldest_due_on: date | None
    key: int | None = None
    customers: int = 1
    customers_overdue: int = 0

    @property
    def net(self) -> Decimal:
        """What is owed once unapplied cash and open credits are taken off: the control balance."""
        return self.open - self.unapplied - self.open_credits


@dataclass(frozen=True, slots=True, kw_only=True)
class Ageing:
    """Open items on a day: the whole, per document currency, and a page of customers.

    `total` and `rows` are in `currency`, converted at the `rates` of the day and not rounded;
    `by_currency` is in the documents' own currencies.
    """

    query: AgeingQuery
    currency: str
    total: AgeingRow
    by_currency: tuple[AgeingRow, ...]
    rows: tuple[AgeingRow, ...]
    rates: Mapping[str, Decimal]

    @property
    def buckets(self) -> dict[str, Decimal]:
        """The sum of each band by its name."""
        return dict(zip(self.query.bands.names, self.total.buckets, strict=True))


def ageing(
    query: AgeingQuery,
    *,
    limit: int | None = 50,
    offset: int = 0,
    order: Order | Sorting = Order.OVERDUE,
    convert: bool = True,
) -> Ageing:
    """Return open items by band, in one statement; `limit` (None: all) is about `rows` alone.

    Half-open and without a gap: an item due on the day is not due, a day later it is in the first
    band. Raises MissingRateError when an open item's currency has no rate on or before the day,
    unless only `by_currency` is wanted (`convert`), where the other figures mean nothing then.
    """
    rates = rates_on(query.currency or base_currency(), query.as_of)
    names = _names(query.bands)
    found: dict[str, list[AgeingRow]] = {"currency": [], "total": [], "row": []}
    for record in _fetch(_statement(query, order), _parameters(query, rates, limit, offset)):
        part, row, gaps = _row(dict(zip(names, record, strict=True)), query.bands)
        if gaps and convert:
            raise MissingRateError(row.currency, query.currency or base_currency(), query.as_of)
        found[part].append(row)
    codes = [row.currency for row in found["currency"]]
    currency = query.currency or (codes[0] if len(codes) == 1 else base_currency())
    return Ageing(
        query=query,
        currency=currency,
        total=replace(found["total"][0], currency=currency),
        by_currency=tuple(sorted(found["currency"], key=lambda row: row.currency)),
        rows=tuple(replace(row, currency=currency) for row in found["row"]),
        rates={
            code: Decimal(1) if code == currency else rates[code]
            for code in codes
            if code == currency or code in rates
        },
    )


def statement_and_parameters(query: AgeingQuery, *, limit: int = 50) -> tuple[str, dict[str, Any]]:
    """Return the statement that `ageing` runs, to be explained or measured."""
    rates = rates_on(query.currency or base_currency(), query.as_of)
    return _statement(query, Order.OVERDUE), _parameters(query, rates, limit, 0)


def conditions_of(query: AgeingQuery, table: str = "i") -> str:
    """Return SQL, from WHERE on, that keeps the rows of a ledger table that a query is about."""
    found = []
    if query.account is not None:
        found.append(f"{table}.account_id = ANY(ARRAY({sql.BELOW}))")  # so the index is used
    if query.party is not None:
        found.append(f"{table}.party_id = %(party)s")
    if query.selling_company is not None:
        found.append(f"{table}.selling_company_id = %(company)s")
    if query.leads is not None:
        found.append(
            f"{table}.account_id IN (SELECT v.id FROM accounts_account v"
            " WHERE v.lead_chain && %(leads)s::bigint[])"
        )
    if query.lead is not None:
        found.append(
            f"{table}.account_id IN (SELECT v.id FROM accounts_account v"
            " WHERE v.current_lead_id = %(lead)s)"
        )
    if query.only:
        found.append(f"{table}.currency_id = %(only)s")
    return f"WHERE {' AND '.join(found)}" if found else ""


def filter_parameters(query: AgeingQuery) -> dict[str, Any]:
    """Return the parameters that `conditions_of` and the day need."""
    return {
        "as_of": query.as_of,
        "known_at": query.known_at,
        "account": query.account,
        "party": query.party,
        "company": query.selling_company,
        "leads": list(query.leads) if query.leads is not None else None,
        "lead": query.lead,
        "only": query.only,
    }


def _order_sql(query: AgeingQuery, order: Order | Sorting) -> str:
    """Say which rows come first; anything that is no figure is refused."""
    if isinstance(order, Order):
        return _ORDERS[order]
    columns = {name: name for name in (*sql.band_columns(query.bands), *sql.AMOUNTS, *sql.COUNTS)}
    columns |= {"oldest_due_on": "oldest_due_on", "net": "open - unapplied - open_credits"}
    direction = "DESC NULLS LAST" if order.descending else "ASC NULLS LAST"
    return f"{columns[order.column]} {direction}"


def _statement(query: AgeingQuery, order: Order | Sorting) -> str:
    node = "party_id" if query.level is Level.PARTY else "account_id"
    key, joins = "COALESCE(a.merged_into_id, a.id)", ""
    if query.level is Level.GROUP:
        joins = f"""LEFT JOIN accounts_groupperiod g
            ON g.account_id = {key} AND g.valid @> %(as_of)s::date"""
        key = f"COALESCE(g.group_id, {key})"
    cells = sql.cells_sql(
        bands=query.bands, basis=query.basis.value, node=node, conditions=conditions_of(query)
    )
    parts = sql.parts_sql(query.bands).format(order=_order_sql(query, order))
    return cells.format(key=key, joins=joins) + parts


def _parameters(
    query: AgeingQuery, rates: Mapping[str, Decimal], limit: int | None, offset: int
) -> dict[str, Any]:
    return {
        **filter_parameters(query),
        "asked": bool(query.currency),
        "codes": list(rates),
        "rates": list(rates.values()),
        "limit": limit,
        "offset": offset,
    }


def _names(bands: Bands) -> list[str]:
    bound = [*sql.band_columns(bands), *sql.AMOUNTS, *sql.COUNTS, "oldest_due_on"]
    return ["part", "key", "currency", "customers", "customers_overdue", "gaps", *bound]


def _row(record: dict[str, Any], bands: Bands) -> tuple[str, AgeingRow, int]:
    """Make a row of a record, where nothing open is a real zero; say of which part it is."""
    part, gaps = record.pop("part"), record.pop("gaps")
    buckets = tuple(record.pop(column) or ZERO for column in sql.band_columns(bands))
    for name in (*sql.AMOUNTS, *sql.COUNTS):
        record[name] = record[name] or (ZERO if name in sql.AMOUNTS else 0)
    for name in sql.COUNTS:
        record[name] = int(record[name])
    record["currency"] = record["currency"] or ""
    return part, AgeingRow(buckets=buckets, **record), gaps


def _fetch(statement: str, parameters: dict[str, Any]) -> Iterator[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        yield from cursor.fetchall()


def names_of(account_ids: Sequence[int]) -> dict[int, str]:
    """Return the names of accounts."""
    return dict(Account.objects.filter(pk__in=account_ids).values_list("pk", "name"))
