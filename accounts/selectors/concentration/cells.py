"""SQL for volume: net revenue by customer, from roll-ups or from entries.

A *cell* is one customer in one period: `point` numbers the periods asked for, `key` is the
customer (null: unassigned), `net` the sum of document amounts (it means something only where
`low` and `high`, the first and last currency in the alphabet, are one), `in_base` the sum in base
currency over the entries that have a rate, `gaps` the number of those that have none.
Whole months come from the monthly roll-ups, which a trigger keeps equal to the entries; ragged
edges, and filters that no roll-up knows, come from the entries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
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
    """Return SQL that selects the cells of every point; `base` is the base currency.

    Without it a sample is taken to be the one currency of all, which spares summing in two:
    where that is wrong, `high` sorts behind every code and the cell means nothing; where the
    sample has several, nothing is read and there are no cells.
    """
    columns = _several(statement.bind(base, "base")) if base else _one(SAMPLED)
    builder = _Cells(statement, query, scope, basis, columns)
    return "\nUNION ALL\n".join(
        builder.point(number, period) for number, period in enumerate(points)
    )


SAMPLED = "(SELECT code FROM sampled)"
SAMPLE = 500


def sampled(statement: Statement, query: ConcentrationQuery, period: Period) -> str:
    """Return SQL of the one currency `code` of some month totals: null where there are several,
    or where it is not the one asked for."""
    wanted = statement.bind(query.currency, "wanted")
    start, end = statement.bind(month_start(period.start)), statement.bind(period.end)
    return f"""
        SELECT CASE WHEN min(currency_id) = max(currency_id)
            AND {wanted} IN ('', min(currency_id)) THEN min(currency_id) END AS code
        FROM (SELECT currency_id FROM accounts_groupmonth
              WHERE month >= {start} AND month < {end} LIMIT {SAMPLE}) AS some_months"""


@dataclass(frozen=True)
class _Columns:
    """What is read of roll-ups `m`, summed over entries `e`, named again, and summed at last;
    and a condition without which nothing is read."""

    month: str
    entry: str
    entry_group: str
    again: str
    total: str
    condition: str = ""


def _several(base: str) -> _Columns:
    """Document currencies apart until the parts of a period are summed."""
    return _Columns(
        month="m.currency_id, m.net_amount AS net, m.base_amount AS base, m.unconverted",
        entry="""e.currency_id, sum(e.net_amount) AS net, COALESCE(sum(e.base_amount), 0) AS base,
                count(*) - count(e.base_amount) AS unconverted""",
        entry_group=", e.currency_id",
        again="a.currency_id, a.net, a.base, a.unconverted",
        total=f"""sum(net) AS net,
                sum(CASE WHEN currency_id = {base} THEN net ELSE base END) AS in_base,
                sum(CASE WHEN currency_id = {base} THEN 0 ELSE unconverted END) AS gaps,
                min(currency_id) AS low, max(currency_id) AS high""",
    )


def _one(code: str) -> _Columns:
    """Document amounts alone, and whether any was in another currency after all."""
    return _Columns(
        month=f"m.net_amount AS net, m.currency_id <> {code} AS other",
        entry=f"sum(e.net_amount) AS net, bool_or(e.currency_id <> {code}) AS other",
        entry_group="",
        again="a.net, a.other",
        total=f"""sum(net) AS net, sum(net) AS in_base, 0 AS gaps, {code}::text AS low,
                CASE WHEN bool_or(other) THEN '~' ELSE {code}::text END AS high""",
        condition=f"AND {code} IS NOT NULL",
    )


@dataclass(frozen=True)
class _Cells:
    statement: Statement
    query: ConcentrationQuery
    scope: Scope
    basis: Basis
    columns: _Columns

    def point(self, number: int, period: Period) -> str:
        """Sum the parts of one period."""
        parts = "\nUNION ALL\n".join(self._parts(period))
        return f"""
            SELECT {number} AS point, key, {self.columns.total}
            FROM ({parts}) AS part GROUP BY key"""

    def _parts(self, period: Period) -> list[str]:
        if self.basis is Basis.ENTRIES or self.query.needs_entries:
            return [self._from_entries(period)]
        split = period.split()
        whole = [self._from_months(split.whole)] if split.whole else []
        return whole + [self._from_entries(edge) for edge in split.edges]

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
            FROM {table} AS m {self._join_nodes("m")}
            WHERE m.entries > 0 AND m.month >= {self.statement.bind(period.start)}
                AND m.month < {self.statement.bind(period.end)} {self.columns.condition}
                {self._conditions()}"""

    def _from_entries(self, period: Period) -> str:
        by_account = self._sums(period, "e.account_id", "accounts_revenueentry AS e")
        if not self._by_group:
            return by_account
        return self._stayed(period, by_account) + "\nUNION ALL\n" + self._moved(period)

    def _stayed(self, period: Period, by_account: str) -> str:
        """Accounts that were in one group all through: summed first, then named by group."""
        dates = self._range(period)
        return f"""
            SELECT COALESCE(g.group_id, a.key) AS key, {self.columns.again}
            FROM ({by_account}) AS a
            LEFT JOIN accounts_groupperiod AS g ON g.account_id = a.key AND g.valid @> {dates}
            WHERE g.group_id IS NOT NULL OR NOT EXISTS
                (SELECT FROM accounts_groupperiod AS h WHERE h.account_id = a.key)"""

    def _moved(self, period: Period) -> str:
        """Accounts that changed groups within the period: each entry by its own date."""
        dates = self._range(period)
        moved = f"""
            (SELECT DISTINCT account_id FROM accounts_groupperiod
             WHERE valid && {dates} AND NOT valid @> {dates}) AS moved
            JOIN accounts_revenueentry AS e ON e.account_id = moved.account_id
            JOIN accounts_groupperiod AS g
                ON g.account_id = e.account_id AND g.valid @> e.booked_on"""
        return self._sums(period, "g.group_id", moved)

    def _sums(self, period: Period, key: str, tables: str) -> str:
        return f"""
            SELECT {key} AS key, {self.columns.entry}
            FROM {tables} {self._join_nodes("e")}
            WHERE {self._has_months(period)}
                AND e.booked_on >= {self.statement.bind(period.start)}
                AND e.booked_on < {self.statement.bind(period.end)}
                {self.columns.condition} {self.entry_conditions()} {self._conditions()}
            GROUP BY {key}{self.columns.entry_group}"""

    def _has_months(self, period: Period) -> str:
        """Spare reading every entry for a period in which there is none."""
        start = self.statement.bind(month_start(period.start))
        return f"""EXISTS (SELECT FROM accounts_groupmonth AS any_month
                WHERE any_month.month >= {start}
                    AND any_month.month < {self.statement.bind(period.end)})"""

    def _range(self, period: Period) -> str:
        start, end = self.statement.bind(period.start), self.statement.bind(period.end)
        return f"daterange({start}, {end})"

    def _join_nodes(self, table: str) -> str:
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

    def _conditions(self) -> str:
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


def entries_where(
    statement: Statement, query: ConcentrationQuery, scope: Scope = COMPANY
) -> tuple[str, str]:
    """Return FROM and WHERE that select the single entries `e` behind a query."""
    builder = _Cells(statement, query, scope, Basis.ENTRIES, _several(""))
    tables = f"accounts_revenueentry AS e {builder._join_nodes('e')}"
    start, end = statement.bind(query.period.start), statement.bind(query.period.end)
    where = f"e.booked_on >= {start} AND e.booked_on < {end}"
    return tables, f"{where} {builder.entry_conditions()} {builder._conditions()}"
