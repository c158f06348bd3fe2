"""SQL for volume: net revenue by customer, from roll-ups or from entries.

A *cell* is one customer in one period, in the table `cells_n` of the nth period asked for: `key`
is the customer (null: unassigned), `net` the sum of document amounts (it means something only where
`low` and `high`, the first and last currency in the alphabet, are one), `in_base` the sum in base
currency over the entries that have a rate, `gaps` the number of those that have none.
Whole months come from the monthly roll-ups, which a trigger keeps equal to the entries; ragged
edges, and filters that no roll-up knows, come from the entries. Either is read once for all
periods, into *slices*: sums by customer between one bound of a period and the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import Any

from accounts.choices import ConcentrationLevel
from accounts.selectors.concentration.query import ConcentrationQuery
from kam.core.dates import Period, month_start


class Basis(StrEnum):
    """Where the amounts come from: both give the same figures."""

    AUTO = "auto"
    """Roll-ups where they can answer, entries where they cannot."""
    ENTRIES = "entries"
    """Every entry again: to prove the roll-ups, and to measure against."""


@dataclass
class Statement:
    """A piece of SQL under construction with its parameters."""

    parameters: dict[str, Any] = field(default_factory=dict)

    def bind(self, value: Any, name: str = "") -> str:
        """Add a parameter and return its placeholder."""
        name = name or f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f"%({name})s"


@dataclass(frozen=True)
class Scope:
    """Whose accounts count: everybody's, or those led by these users."""

    lead_ids: tuple[int, ...] | None = None

    @property
    def is_company(self) -> bool:
        """Whether it is the whole company, unassigned revenue included."""
        return self.lead_ids is None


COMPANY = Scope()


def cells(
    statement: Statement,
    query: ConcentrationQuery,
    points: Sequence[Period],
    *,
    base: str = "",
    scope: Scope = COMPANY,
    basis: Basis = Basis.AUTO,
) -> str:
    """Return common table expressions: `cells_0` and so on for the points. `base` is the base
    currency.

    Without it only document amounts are summed, if all revenue is in one currency and it is the
    one asked for, if any: else nothing is read and there are no cells.
    """
    if base:
        columns, before = _several(statement.bind(base, "base")), []
    else:
        columns, before = _one(), [f"sole AS MATERIALIZED ({_sole(statement, query)})"]
    return ", ".join(before + _Cells(statement, query, scope, basis, columns, points).tables())


SOLE = "(SELECT code FROM sole)"


def _sole(statement: Statement, query: ConcentrationQuery) -> str:
    """The one currency of the company's revenue, where there has never been another."""
    wanted = statement.bind(query.currency, "wanted")
    return f"""
        SELECT code FROM (SELECT min(currency_id) AS code, max(currency_id) AS last
                          FROM accounts_groupmonth) AS ends
        WHERE code = last AND {wanted} IN ('', code)"""


@dataclass(frozen=True)
class _Columns:
    """What is kept of month totals `m` or of entries `e`: their currency where it matters, and
    sums by name, each with a place for a FILTER. `total` puts a customer's parts together,
    `single` (where it is possible) takes an only part as it is. Without `condition` nothing is
    read."""

    sums: Mapping[str, Mapping[str, str]]
    total: str
    single: str = ""
    by_currency: bool = False
    condition: str = ""

    def read(self, table: str, filters: Mapping[str, str]) -> str:
        """Sums over a table, for each suffix by its own FILTER."""
        sums = [
            f"{aggregate.format(condition)} AS {name}{suffix}"
            for suffix, condition in filters.items()
            for name, aggregate in self.sums[table].items()
        ]
        return ", ".join([f"{table}.currency_id"] * self.by_currency + sums)

    def group(self, table: str) -> str:
        """What stands behind the key in GROUP BY."""
        return f", {table}.currency_id" if self.by_currency else ""

    def added(self, numbers: Sequence[int]) -> str:
        """Slices `s` added up; at least one of them has entries."""
        sums = [
            " + ".join(f"COALESCE(s.{name}{n}, 0)" for n in numbers) + f" AS {name}"
            for name in self.sums["e"]
        ]
        return ", ".join(["s.currency_id"] * self.by_currency + sums)

    @property
    def names(self) -> str:
        """All of them, of parts `a` that have them already."""
        return ", ".join(
            ["a.currency_id"] * self.by_currency + [f"a.{name}" for name in self.sums["e"]]
        )


def _several(base: str) -> _Columns:
    """Document currencies apart until the parts of a period are summed."""
    return _Columns(
        sums={
            "m": {
                "net": "sum(m.net_amount) {}",
                "base": "sum(m.base_amount) {}",
                "unconverted": "sum(m.unconverted) {}",
            },
            "e": {
                "net": "sum(e.net_amount) {}",
                "base": "COALESCE(sum(e.base_amount) {}, 0)",
                "unconverted": "count(*) {0} - count(e.base_amount) {0}",
            },
        },
        total=f"""sum(net) AS net,
                sum(CASE WHEN currency_id = {base} THEN net ELSE base END) AS in_base,
                sum(CASE WHEN currency_id = {base} THEN 0 ELSE unconverted END) AS gaps,
                min(currency_id) AS low, max(currency_id) AS high""",
        by_currency=True,
    )


def _one() -> _Columns:
    """Document amounts alone."""
    same = f"0 AS gaps, {SOLE}::text AS low, {SOLE}::text AS high"
    return _Columns(
        sums={t: {"net": f"sum({t}.net_amount) {{}}"} for t in ("m", "e")},
        total=f"sum(net) AS net, sum(net) AS in_base, {same}",
        single=f"net, net AS in_base, {same}",
        condition=f"AND {SOLE} IS NOT NULL",
    )


@dataclass(frozen=True)
class _Slices:
    """Everything that one table is read for: whole months of `m`, ragged days of `e`."""

    table: str
    day: str
    periods: Sequence[Period]

    @property
    def name(self) -> str:
        """The common table expression that holds them."""
        return f"slices_{self.table}"

    @property
    def bounds(self) -> list[date]:
        """Where a slice ends and the next begins."""
        return sorted({day for one in self.periods for day in (one.start, one.end)})

    def numbers(self, period: Period) -> range:
        """The slices that make up one of the periods."""
        return range(self.bounds.index(period.start), self.bounds.index(period.end))


@dataclass
class _Cells:
    statement: Statement
    query: ConcentrationQuery
    scope: Scope
    basis: Basis
    columns: _Columns
    points: Sequence[Period]

    def tables(self) -> list[str]:
        """Slices of what is read at all, then the cells of every point."""
        found = [
            f"cells_{number} AS ({self._point(period)})"
            for number, period in enumerate(self.points)
        ]
        slices = [self._months_read()] if self._months.periods else []
        slices += [self._entries_read()] if self._entries.periods else []
        return [*slices, *found]

    def _point(self, period: Period) -> str:
        """Sum the parts of one period; a single part has every customer once."""
        whole = self._whole(period)
        parts = [self._cut(self._months, whole)] if whole else []
        parts += [part for edge in self._edges(period) for part in self._of_entries(edge)]
        if self.columns.single and len(parts) == 1:
            return f"SELECT key, {self.columns.single} FROM ({parts[0]}) AS part"
        return f"""
            SELECT key, {self.columns.total}
            FROM ({" UNION ALL ".join(parts)}) AS part GROUP BY key"""

    # Which part of a period comes from where

    @property
    def _reads_entries_alone(self) -> bool:
        return self.basis is Basis.ENTRIES or self.query.needs_entries

    def _whole(self, period: Period) -> Period | None:
        return None if self._reads_entries_alone else period.split().whole

    def _edges(self, period: Period) -> tuple[Period, ...]:
        return (period,) if self._reads_entries_alone else period.split().edges

    @cached_property
    def _months(self) -> _Slices:
        found = [self._whole(point) for point in self.points]
        return _Slices("m", "m.month", [whole for whole in found if whole])

    @cached_property
    def _entries(self) -> _Slices:
        found = [edge for point in self.points for edge in self._edges(point)]
        return _Slices("e", "e.booked_on", found)

    @property
    def _by_group(self) -> bool:
        return self.query.level == ConcentrationLevel.GROUP

    @property
    def _reads_nodes(self) -> bool:
        return self.query.looks_at_nodes or not self.scope.is_company

    # Reading each table once

    def _months_read(self) -> str:
        grouped = self._by_group and not self._reads_nodes
        table = "accounts_groupmonth" if grouped else "accounts_revenuemonth"
        key = "m.group_id" if self._by_group else "m.account_id"
        return self._read(self._months, key, f"{table} AS m", "AND m.entries > 0")

    def _entries_read(self) -> str:
        conditions = f"{self._has_months()} {self.entry_conditions()}"
        return self._read(self._entries, "e.account_id", "accounts_revenueentry AS e", conditions)

    def _read(self, slices: _Slices, key: str, table: str, conditions: str) -> str:
        cuts = [Period(*pair) for pair in pairwise(slices.bounds)]
        filters = {
            str(number): f"FILTER (WHERE {self._span(slices.day, cut)})" if cuts[1:] else ""
            for number, cut in enumerate(cuts)
        }
        spans = " OR ".join(self._span(slices.day, one) for one in _joined(slices.periods))
        return f"""{slices.name} AS (
            SELECT {key} AS key, {self.columns.read(slices.table, filters)}
            FROM {table} {self.join_nodes(slices.table)}
            WHERE ({spans}) {conditions} {self.columns.condition} {self.node_conditions()}
            GROUP BY {key}{self.columns.group(slices.table)})"""

    def _cut(self, slices: _Slices, period: Period) -> str:
        """One period out of the slices: customers that have any entry in it."""
        numbers = slices.numbers(period)
        return f"""
            SELECT s.key, {self.columns.added(numbers)} FROM {slices.name} AS s
            WHERE {" OR ".join(f"s.net{n} IS NOT NULL" for n in numbers)}"""

    def _of_entries(self, period: Period) -> Iterator[str]:
        by_account = self._cut(self._entries, period)
        if not self._by_group:
            yield by_account
            return
        yield self._stayed(period, by_account)
        yield self._moved(period)

    def _stayed(self, period: Period, by_account: str) -> str:
        """Accounts that were in one group all through: summed first, then named by group."""
        dates = self._range(period)
        return f"""
            SELECT COALESCE(g.group_id, a.key) AS key, {self.columns.names}
            FROM ({by_account}) AS a
            LEFT JOIN accounts_groupperiod AS g ON g.account_id = a.key AND g.valid @> {dates}
            WHERE g.group_id IS NOT NULL OR NOT EXISTS
                (SELECT FROM accounts_groupperiod AS h WHERE h.account_id = a.key)"""

    def _moved(self, period: Period) -> str:
        """Accounts that changed groups within the period: each entry by its own date."""
        dates = self._range(period)
        return f"""
            SELECT g.group_id AS key, {self.columns.read("e", {"": ""})}
            FROM (SELECT DISTINCT account_id FROM accounts_groupperiod
                  WHERE valid && {dates} AND NOT valid @> {dates}) AS moved
            JOIN accounts_revenueentry AS e ON e.account_id = moved.account_id
            JOIN accounts_groupperiod AS g
                ON g.account_id = e.account_id AND g.valid @> e.booked_on
            {self.join_nodes("e")}
            WHERE {self._span("e.booked_on", period)} {self.columns.condition}
                {self.entry_conditions()} {self.node_conditions()}
            GROUP BY g.group_id{self.columns.group("e")}"""

    def _has_months(self) -> str:
        """Spare reading every entry for periods in which there is none."""
        bounds = self._entries.bounds
        span = Period(month_start(bounds[0]), bounds[-1])
        return f"""AND EXISTS (SELECT FROM accounts_groupmonth AS any_month
                WHERE {self._span("any_month.month", span)})"""

    def _span(self, column: str, period: Period) -> str:
        start, end = self.statement.bind(period.start), self.statement.bind(period.end)
        return f"{column} >= {start} AND {column} < {end}"

    def _range(self, period: Period) -> str:
        start, end = self.statement.bind(period.start), self.statement.bind(period.end)
        return f"daterange({start}, {end})"

    # Filters

    def join_nodes(self, table: str) -> str:
        """Bring in the selling node where a filter or the scope asks for it."""
        if not self._reads_nodes:
            return ""
        return f"JOIN accounts_account AS node ON node.id = {table}.account_id"

    def entry_conditions(self) -> str:
        """Filters on the entries `e` themselves."""
        names = {"category_id": self.query.category, "source_id": self.query.source}
        return " ".join(
            f"AND e.{column} = {self.statement.bind(value)}"
            for column, value in names.items()
            if value is not None
        )

    def node_conditions(self) -> str:
        """Filters on the selling node."""
        query, bind = self.query, self.statement.bind
        found = [
            f"node.{column} = {bind(value)}"
            for column, value in {
                "country": query.country,
                "region": query.region,
                "current_lead_id": query.lead,
            }.items()
            if value
        ]
        if query.channels:
            found.append(f"node.channel = ANY({bind(query.channels)})")
        if self.scope.lead_ids is not None:
            found.append(f"node.lead_chain && {bind(list(self.scope.lead_ids))}::bigint[]")
        return "".join(f" AND {condition}" for condition in found)


def _joined(periods: Sequence[Period]) -> list[Period]:
    """The same days with overlapping and touching periods made one."""
    found: list[Period] = []
    for period in sorted(periods):
        if found and period.start <= found[-1].end:
            found[-1] = Period(found[-1].start, max(found[-1].end, period.end))
        else:
            found.append(period)
    return found


def entries_where(
    statement: Statement, query: ConcentrationQuery, scope: Scope = COMPANY
) -> tuple[str, str]:
    """Return FROM and WHERE that select the single entries `e` behind a query."""
    builder = _Cells(statement, query, scope, Basis.ENTRIES, _several(""), [query.period])
    tables = f"accounts_revenueentry AS e {builder.join_nodes('e')}"
    start, end = statement.bind(query.period.start), statement.bind(query.period.end)
    where = f"e.booked_on >= {start} AND e.booked_on < {end}"
    return tables, f"{where} {builder.entry_conditions()} {builder.node_conditions()}"
