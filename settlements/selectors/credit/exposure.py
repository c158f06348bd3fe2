"""Exposure against limits: one statement for one account, a tree or everybody.

Whatever is owed by payers at or below an account in today's tree is in its exposure. A limit
counts what is in its own currency, and what is in currencies that the account has no limit in,
converted at the rates of the day; a missing rate leaves no figure and is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from kam.core.selectors.rates import rates_on
from settlements.analytics import exposure as maths
from settlements.choices.credit import Component
from settlements.models import CreditLimit, CreditSettings
from settlements.selectors.credit.components import cells_sql, known_components, unknown_of
from settlements.selectors.credit.rules import credit_settings

COLUMNS = tuple(component.value for component in Component)

IN_FORCE = """
SELECT DISTINCT ON (l.party_id, l.currency_id) l.party_id AS node, l.currency_id, l.amount
FROM settlements_creditlimit l
WHERE l.valid @> %(as_of)s::date
  AND (l.revoked_on IS NULL OR lower(l.valid) < l.revoked_on) {only}
ORDER BY l.party_id, l.currency_id, l.id DESC
"""
_ASKED = """
SELECT * FROM unnest(%(nodes)s::bigint[], %(codes)s::text[]) AS asked(node, currency_id)
"""
_FREE = """
SELECT DISTINCT c.party_id, c.currency_id, NULL::numeric FROM cells c
WHERE NOT EXISTS (SELECT 1 FROM own o WHERE o.node = c.party_id)
"""
_GIVEN = """
SELECT a.node, a.currency_id, NULL::numeric FROM ({asked}) AS a
WHERE NOT EXISTS (SELECT 1 FROM own o WHERE o.node = a.node AND o.currency_id = a.currency_id)
"""
_SUMS = ",\n    ".join(
    f"COALESCE(sum(v.amount) FILTER (WHERE v.component = '{name}'), 0) AS {name}"
    for name in COLUMNS
)


def wide_sql(*, cells: str, own: str, more: str) -> str:
    """Return the common tables up to `wide`: a row for every limit with its components."""
    return f"""
WITH cells AS MATERIALIZED (
    SELECT c.party_id, c.currency_id, c.component, sum(c.amount) AS amount
    FROM ({cells}) AS c(party_id, currency_id, component, amount)
    WHERE c.component <> ALL(%(left_out)s::text[]) GROUP BY 1, 2, 3
), own AS MATERIALIZED ({own}
), limits AS MATERIALIZED (
    SELECT * FROM own UNION ALL ({more})
), rates AS (
    SELECT * FROM unnest(%(from)s::text[], %(into)s::text[], %(rates)s::numeric[])
        AS given(code, into_code, rate)
), taken AS (
    SELECT l.node, l.currency_id AS into_code, c.currency_id AS code, c.component,
        sum(c.amount) AS amount
    FROM cells c JOIN accounts_account a ON a.id = c.party_id
    CROSS JOIN LATERAL unnest(a.path) AS n(node) JOIN limits l ON l.node = n.node
    WHERE c.currency_id = l.currency_id OR NOT EXISTS (
        SELECT 1 FROM limits o WHERE o.node = l.node AND o.currency_id = c.currency_id)
    GROUP BY 1, 2, 3, 4
), valued AS (
    SELECT t.node, t.into_code, t.component,
        sum(CASE WHEN t.code = t.into_code THEN t.amount ELSE round(t.amount * r.rate, 4) END)
            AS amount,
        string_agg(DISTINCT t.code, ',') FILTER (
            WHERE t.code <> t.into_code AND r.rate IS NULL AND t.amount <> 0) AS missing
    FROM taken t LEFT JOIN rates r ON r.code = t.code AND r.into_code = t.into_code
    GROUP BY 1, 2, 3
), wide AS (
    SELECT l.node, l.currency_id, l.amount AS limit_amount,
    {_SUMS},
    string_agg(v.missing, ',') AS missing
    FROM limits l LEFT JOIN valued v ON v.node = l.node AND v.into_code = l.currency_id
    GROUP BY 1, 2, 3
)"""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """An account's exposure in the currency of a limit, or in one it has no limit in.

    `known` names the components that somebody tells of, `left_out` those that do not count.
    """

    node: int
    currency: str
    limit: Decimal | None
    amounts: dict[str, Decimal]
    missing_rates: tuple[str, ...]
    known: frozenset[str]
    settings: CreditSettings

    @property
    def components(self) -> maths.Components:
        """The components as the mathematics takes them: unknown is None, left out is 0."""
        left_out = self.settings.left_out
        return maths.Components(
            **{
                name: amount if name in self.known or name in left_out or amount else None
                for name, amount in self.amounts.items()
            }
        )

    def assess(self, requested: Decimal = Decimal(0)) -> maths.Assessment:
        """Check it against its limit, with what is asked for in the limit's currency."""
        return maths.assess(
            self.components,
            self.limit,
            requested,
            weight=self.settings.stock_weight,
            warn_at=self.settings.warn_at,
        )

    @property
    def unknown(self) -> tuple[str, ...]:
        """Components that count and that nobody tells of."""
        return unknown_of(self.known, self.settings.left_out)


def standings(
    nodes: Sequence[int],
    *,
    as_of: date,
    also: Sequence[tuple[int, str]] = (),
    reference: str = "",
    rules: CreditSettings | None = None,
) -> list[Standing]:
    """Return the exposure of accounts against each limit in force, live.

    `also` asks for an account in a currency that it may have no limit in. What an order named
    `reference` holds already is left out, so that it can be asked about anew.
    """
    rules = rules or credit_settings()
    whose = sorted({*nodes, *(node for node, _code in also)})
    parameters = parameters_of(rules, as_of=as_of, reference=reference)
    parameters |= {"only": whose, "nodes": [n for n, _c in also], "codes": [c for _n, c in also]}
    below = "SELECT b.id FROM accounts_account b WHERE b.path && %(only)s::bigint[]"
    sql = wide_sql(
        cells=cells_sql(only=below),
        own=IN_FORCE.format(only="AND l.party_id = ANY(%(only)s)"),
        more=_GIVEN.format(asked=_ASKED),
    )
    parameters |= rate_parameters(_currencies(whose, as_of, also), as_of)
    known = known_components(parameters)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} SELECT * FROM wide ORDER BY node, currency_id", parameters)
        return [_standing(row, known, rules) for row in cursor.fetchall()]


def _currencies(nodes: Sequence[int], as_of: date, also: Sequence[tuple[int, str]]) -> set[str]:
    rows = CreditLimit.objects.filter(party__in=nodes, valid__contains=as_of)
    return {*rows.values_list("currency", flat=True), *(code for _node, code in also)}


def _standing(row: tuple[Any, ...], known: frozenset[str], rules: CreditSettings) -> Standing:
    node, currency, limit, *amounts, missing = row
    return Standing(
        node=node,
        currency=currency,
        limit=limit,
        amounts=dict(zip(COLUMNS, amounts, strict=True)),
        missing_rates=tuple(sorted(set(missing.split(",")))) if missing else (),
        known=known,
        settings=rules,
    )


def parameters_of(rules: CreditSettings, *, as_of: date, reference: str = "") -> dict[str, Any]:
    """Return what every statement of exposure takes."""
    return {
        "as_of": as_of,
        "horizon": rules.horizon_days,
        "reference": reference,
        "left_out": list(rules.left_out),
    }


def rate_parameters(into: Iterable[str], as_of: date) -> dict[str, list[Any]]:
    """Return what one unit of every currency is worth in each of some currencies."""
    rows = [
        (code, target, rate)
        for target in sorted(set(into))
        for code, rate in rates_on(target, as_of).items()
    ]
    return {
        "from": [code for code, _target, _rate in rows],
        "into": [target for _code, target, _rate in rows],
        "rates": [rate for _code, _target, rate in rows],
    }


def everybody_sql() -> str:
    """Return SQL of all positions, with totals; see `services.credit.positions`."""
    sql = wide_sql(cells=cells_sql(), own=IN_FORCE.format(only=""), more=_FREE)
    adds = " + ".join(maths._ADDS)
    less = " - ".join(maths._TAKES_OFF)
    return f"""{sql}, summed AS (
    SELECT *, {adds} + round(%(weight)s * consigned_stock, 4) - {less} AS before_cover FROM wide
), totals AS (
    SELECT *, before_cover - least(secured, greatest(before_cover, 0)) AS exposure FROM summed
)
SELECT node, currency_id, {", ".join(COLUMNS)}, limit_amount, exposure, missing FROM totals"""
