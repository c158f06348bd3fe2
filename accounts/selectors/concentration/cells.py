"""SQL for volume: net revenue by customer, from roll-ups or from entries.

A *cell* is one customer in one period: `point` numbers the periods asked for, `key` is the
customer (null: unassigned), `net` the sum of document amounts (it means something only where
`low` and `high`, the first and last currency in the alphabet, are one), `in_base` the sum in base
currency over the entries that have a rate, `gaps` the number of those that have none.
Whole months come from the monthly roll-ups, which a trigger keeps equal to the entries; ragged
edges, and filters that no roll-up knows, come from the entries. Those are read once for all
periods, into *slices*: sums by account between one bound of a period and the next.
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
    """Return the common table expressions that end in `cells`; `base` is the base currency.

    Without it a sample is taken to be the one currency of all, which spares summing in two:
    where that is wrong, `high` sorts behind every code and the cell means nothing; where the
    sample has several, nothing is read and there are no cells.
    """
    if base:
        columns, before = _several(statement.bind(base, "base")), []
    else:
        columns, before = (
            _one(),
            [f"sampled AS MATERIALIZED ({_sampled(statement, query, points)})"],
        )
    return ", ".join(before + _Cells(statement, query, scope, basis, columns, points).tables())


SAMPLED = "(SELECT code FROM sampled)"
SAMPLE = 500


def _sampled(statement: Statement, query: ConcentrationQuery, points: Sequence[Period]) -> str:
    """The one currency `code` of some month totals: null where there are several, or where it is
    not the one asked for."""
    wanted, period = statement.bind(query.currency, "wanted"), points[0]
    start, end = statement.bind(month_start(period.start)), statement.bind(period.end)
    return f"""
        SELECT CASE WHEN min(currency_id) = max(currency_id)
            AND {wanted} IN ('', min(currency_id)) THEN min(currency_id) END AS code
        FROM (SELECT currency_id FROM accounts_groupmonth
              WHERE month >= {start} AND month < {end} LIMIT {SAMPLE}) AS some_months"""


@dataclass(frozen=True)
class _Columns:
    """What is kept of an entry `e`: something about its currency, and sums by name, each with a
    place for a FILTER; of a month total `m` the same in one; of a customer's parts together.
    Without `condition` nothing is read."""

    currency: str
    about: str
    group: str
    sums: Mapping[str, str]
    month: str
    total: str
    condition: str = ""

    def over_entries(self, filters: Mapping[str, str]) -> str:
        """Sums over entries, for each suffix by its own FILTER."""
        found = [
            f"{aggregate.format(condition)} AS {name}{suffix}"
            for suffix, condition in filters.items()
            for name, aggregate in self.sums.items()
        ]
        return f"{self.about} AS {self.currency}, {', '.join(found)}"

    def over_slices(self, numbers: Sequence[int]) -> str:
        """Slices added up; at least one of them has entries."""
        found = [
            " + ".join(f"COALESCE(s.{name}{n}, 0)" for n in numbers) + f" AS {name}"
            for name in self.sums
        ]
        return f"s.{self.currency}, {', '.join(found)}"

    @property
    def names(self) -> str:
        """All of them, of parts `a` that have them already."""
        return ", ".join(f"a.{name}" for name in (self.currency, *self.sums))


def _several(base: str) -> _Columns:
    """Document currencies apart until the parts of a period are summed."""
    return _Columns(
        currency="currency_id",
        about="e.currency_id",
        group=", e.currency_id",
        sums={
            "net": "sum(e.net_amount) {}",
            "base": "COALESCE(sum(e.base_amount) {}, 0)",
            "unconverted": "count(*) {0} - count(e.base_amount) {0}",
        },
        month="m.currency_id, m.net_amount AS net, m.base_amount AS base, m.unconverted",
        total=f"""sum(net) AS net,
                sum(CASE WHEN currency_id = {base} THEN net ELSE base END) AS in_base,
                sum(CASE WHEN currency_id = {base} THEN 0 ELSE unconverted END) AS gaps,
                min(currency_id) AS low, max(currency_id) AS high""",
    )


def _one() -> _Columns:
    """Document amounts alone, and whether any was in another currency after all."""
    return _Columns(
        currency="other",
        about=f"bool_or(e.currency_id <> {SAMPLED})",
        group="",
        sums={"net": "sum(e.net_amount) {}"},
        month=f"m.currency_id <> {SAMPLED} AS other, m.net_amount AS net",
        total=f"""sum(net) AS net, sum(net) AS in_base, 0 AS gaps, {SAMPLED}::text AS low,
                CASE WHEN bool_or(other) THEN '~' ELSE {SAMPLED}::text END AS high""",
        condition=f"AND {SAMPLED} IS NOT NULL",
    )


@dataclass
class _Cells:
    statement: Statement
    query: ConcentrationQuery
    scope: Scope
    basis: Basis
    columns: _Columns
    points: Sequence[Period]

    def tables(self) -> list[str]:
        """Slices where entries are read at all, then the cells of every point."""
        selects = "\nUNION ALL\n".join(
            self._point(number, period) for number, period in enumerate(self.points)
        )
        slices = [f"slices AS ({self._slices()})"] if self._ragged else []
        return [*slices, f"cells AS ({selects})"]

    def _point(self, number: int, period: Period) -> str:
        """Sum the parts of one period."""
        whole = self._whole(period)
        parts = [self._from_months(whole)] if whole else []
        parts += [part for edge in self._edges(period) for part in self._from_slices(edge)]
        return f"""
            SELECT {number} AS point, key, {self.columns.total}
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
    def _ragged(self) -> list[Period]:
        """All periods that entries are read for."""
        return [edge for point in self.points for edge in self._edges(point)]

    @cached_property
    def _bounds(self) -> list[date]:
        return sorted({day for edge in self._ragged for day in (edge.start, edge.end)})

    # Roll-ups

    @property
    def _by_group(self) -> bool:
        return self.query.level == ConcentrationLevel.GROUP

    @property
    def _reads_nodes(self) -> bool:
        return self.query.looks_at_nodes or not self.scope.is_company

    def _from_months(self, period: Period) -> str:
        grouped = self._by_group and not self._reads_nodes
        table = "accounts_groupmonth" if grouped else "accounts_revenuemonth"
        key = "m.group_id" if self._by_group else "m.account_id"
        return f"""
            SELECT {key} AS key, {self.columns.month}
            FROM {table} AS m {self.join_nodes("m")}
            WHERE m.entries > 0 AND m.month >= {self.statement.bind(period.start)}
                AND m.month < {self.statement.bind(period.end)} {self.columns.condition}
                {self.node_conditions()}"""

    # Entries

    def _slices(self) -> str:
        """Read every entry that is needed once, into columns for each slice of time."""
        cuts = [Period(*pair) for pair in pairwise(self._bounds)]
        filters = {
            str(number): f"FILTER (WHERE {self._span('e.booked_on', cut)})" if cuts[1:] else ""
            for number, cut in enumerate(cuts)
        }
        spans = " OR ".join(self._span("e.booked_on", one) for one in _joined(self._ragged))
        return f"""
            SELECT e.account_id AS key, {self.columns.over_entries(filters)}
            FROM accounts_revenueentry AS e {self.join_nodes("e")}
            WHERE ({spans}) {self._has_months()} {self.columns.condition}
                {self.entry_conditions()} {self.node_conditions()}
            GROUP BY e.account_id{self.columns.group}"""

    def _from_slices(self, period: Period) -> Iterator[str]:
        numbers = range(self._bounds.index(period.start), self._bounds.index(period.end))
        by_account = f"""
            SELECT s.key, {self.columns.over_slices(numbers)} FROM slices AS s
            WHERE {" OR ".join(f"s.net{n} IS NOT NULL" for n in numbers)}"""
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
            SELECT g.group_id AS key, {self.columns.over_entries({"": ""})}
            FROM (SELECT DISTINCT account_id FROM accounts_groupperiod
                  WHERE valid && {dates} AND NOT valid @> {dates}) AS moved
            JOIN accounts_revenueentry AS e ON e.account_id = moved.account_id
            JOIN accounts_groupperiod AS g
                ON g.account_id = e.account_id AND g.valid @> e.booked_on
            {self.join_nodes("e")}
            WHERE {self._span("e.booked_on", period)} {self.columns.condition}
                {self.entry_conditions()} {self.node_conditions()}
            GROUP BY g.group_id{self.columns.group}"""

    def _has_months(self) -> str:
        """Spare reading every entry for periods in which there is none."""
        span = Period(month_start(self._bounds[0]), self._bounds[-1])
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
