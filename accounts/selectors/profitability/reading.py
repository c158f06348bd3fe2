"""Net profit by customer of a period, read in one statement over roll-ups and facts of cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import connection

from accounts.analytics.profitability import Customer, Whale, whale
from accounts.choices import ConcentrationLevel, CostKind, SpreadRule
from accounts.models import CostPool, GroupMonth
from accounts.selectors.concentration.cells import COMPANY, Scope
from accounts.selectors.concentration.query import ConcentrationQuery
from accounts.selectors.concentration.reading import scope_of
from accounts.selectors.concentration.totals import MissingRatesError, missing_rates
from accounts.selectors.profitability.facts import AVERAGES, COSTED, FACTS, GOODS
from accounts.selectors.profitability.parts import BLOCKS, POOLS
from accounts.selectors.profitability.query import Costing, ProfitQuery, added
from accounts.selectors.profitability.tiers import HeldTier, held_tiers
from kam.core.dates import Period
from kam.core.exact import ratio
from kam.core.selectors.rates import base_currency
from kam.identity.models import User

GOODS_KEY = "goods"
"""What cost of goods is called beside the kinds of cost."""


@dataclass(frozen=True, kw_only=True)
class Profit:
    """Net profit of customers in a period, in base currency.

    `known` are those whose profit can be computed, `unknown` those with a gap (named by their
    `Costing`); `unassigned` is revenue without a customer, apart from both. Without `is_company`
    it covers only the accounts in somebody's scope, and no total of the company may be derived
    from it.
    """

    query: ProfitQuery
    currency: str
    known: Mapping[int, Costing]
    unknown: Mapping[int, Costing]
    unassigned: Costing
    tiers: Mapping[int, HeldTier] = field(default_factory=dict)
    is_company: bool = True

    @cached_property
    def total(self) -> Costing:
        """All customers with a known profit together."""
        return added(list(self.known.values()))

    @cached_property
    def whale(self) -> Whale[int]:
        """The whale curve, by profit and then by key."""
        rows = [Customer(key, one.revenue, one.profit) for key, one in sorted(self.known.items())]
        return whale(rows)

    @cached_property
    def usual(self) -> dict[str, Decimal]:
        """What each cost takes of the revenue of all customers read: goods of costed revenue."""
        shares = {GOODS_KEY: ratio(self.total.goods, self.total.costed)}
        shares |= {kind: ratio(cost, self.total.revenue) for kind, cost in self.total.costs.items()}
        return {key: share for key, share in shares.items() if share is not None}


def profit_for(query: ProfitQuery, user: User | None) -> Profit:
    """Return net profit by customer as far as a user may see it. Raises MissingRatesError."""
    return read_profit(query, scope=scope_of(user))


def compared_profit(query: ProfitQuery, user: User | None) -> tuple[Profit, Profit | None]:
    """Return the period and the same a year earlier; None where that lacks an exchange rate."""
    now = profit_for(query, user)
    try:
        return now, profit_for(query.a_year_earlier(), user)
    except MissingRatesError:
        return now, None


def read_profit(query: ProfitQuery, *, scope: Scope = COMPANY) -> Profit:
    """Return net profit by customer in a scope.

    Raises MissingRatesError when revenue has no rate into base currency: of anybody in months in
    which a pool is spread by revenue, else of the scope.
    """
    base = base_currency()
    refuse_missing_rates(query.period, base, scope)
    rows = {row[0]: _costing(row) for row in _fetch(query, base, scope)}
    unassigned = rows.pop(None, Costing(costs={}))
    found = held_tiers(rows, as_of=query.as_of)
    if query.tier:
        rows = {k: v for k, v in rows.items() if k in found and found[k].code == query.tier}
        unassigned = Costing(costs={})
    return Profit(
        query=query,
        currency=base,
        known={key: one for key, one in rows.items() if one.is_known},
        unknown={key: one for key, one in rows.items() if not one.is_known},
        unassigned=unassigned,
        tiers=found,
        is_company=scope.is_company,
    )


def refuse_missing_rates(period: Period, base: str, scope: Scope) -> None:
    """Raise MissingRatesError where revenue that figures of the scope need has no rate.

    That is revenue of the scope, and of anybody in months in which a pool is spread by revenue.
    """
    in_period = {"month__gte": period.start, "month__lt": period.end}
    lacking = GroupMonth.objects.filter(unconverted__gt=0, **in_period)
    if not lacking.exists():
        return
    by_revenue = CostPool.objects.filter(rule=SpreadRule.REVENUE, **in_period)
    concerns_all = by_revenue.filter(month__in=lacking.values("month")).exists()
    asked = ConcentrationQuery(period=period)
    missing = missing_rates(asked, base, scope=COMPANY if concerns_all else scope)
    if missing:
        raise MissingRatesError(missing)


_KINDS = tuple(CostKind.values)
_SPENT = ", ".join(f"sum(f.amount) FILTER (WHERE f.kind = '{kind}') AS {kind}" for kind in _KINDS)
_ROWS = f"""
WITH {AVERAGES}, {FACTS}, income AS (
    SELECT {{income_key}} AS key, sum(m.base_amount) AS revenue, round(sum({COSTED}), 4) AS costed,
        round(sum({GOODS}), 4) AS goods
    FROM accounts_revenuemonth m
    LEFT JOIN averages v ON v.month = m.month AND v.currency_id = m.currency_id
    {{income_scope}}
    WHERE m.month >= %(start)s AND m.month < %(end)s AND m.entries > 0
    GROUP BY 1
), spent AS (
    SELECT {{spent_key}} AS key, {_SPENT},
        sum(f.amount) FILTER (WHERE f.origin = 'allocated') AS allocated,
        sum(f.gap) FILTER (WHERE f.origin = 'direct') AS unrated,
        sum(f.gap) FILTER (WHERE f.origin = 'activity') AS unpriced,
        sum(f.gap) FILTER (WHERE f.origin = 'allocated') AS undivided
    FROM facts f
    LEFT JOIN accounts_groupperiod g ON g.account_id = f.account_id AND g.valid @> f.day
    {{spent_scope}}
    GROUP BY 1
)
SELECT COALESCE(income.key, spent.key), COALESCE(revenue, 0), COALESCE(costed, 0),
    COALESCE(goods, 0), COALESCE(allocated, 0), COALESCE(unrated, 0), COALESCE(unpriced, 0),
    COALESCE(undivided, 0), {", ".join(_KINDS)}
FROM income FULL JOIN spent ON spent.key = income.key
"""


def _fetch(query: ProfitQuery, base: str, scope: Scope) -> list[Any]:
    by_group = query.level == ConcentrationLevel.GROUP
    where = _where(query, scope)
    sql = _ROWS.format(
        income_key="m.group_id" if by_group else "m.account_id",
        spent_key="COALESCE(g.group_id, f.account_id)" if by_group else "f.account_id",
        income_scope=where.format(row="m"),
        spent_scope=where.format(row="f"),
    )
    parameters: dict[str, Any] = {
        "start": query.period.start,
        "end": query.period.end,
        "base": base,
        "country": query.country,
        "leads": list(scope.lead_ids or ()),
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


_UNSPREAD = f"""
WITH {POOLS}, {BLOCKS}
SELECT p.month, p.kind, p.amount FROM pools p WHERE NOT EXISTS (
    SELECT 1 FROM blocks b WHERE b.month = p.month AND b.kind = p.kind
        AND (p.rule <> 'revenue' OR b.revenue > 0)
) ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Unspread:
    """Part of a month's pools that no account took: nobody bought, or all volumes are known."""

    month: date
    kind: str
    amount: Decimal


def unspread(period: Period) -> list[Unspread]:
    """Return what pools of a period hold that stands at no account. For the whole company only."""
    with connection.cursor() as cursor:
        cursor.execute(_UNSPREAD, {"start": period.start, "end": period.end})
        return [Unspread(*row) for row in cursor.fetchall()]


def _where(query: ProfitQuery, scope: Scope) -> str:
    """The join that narrows rows to accounts in scope and of the country; nothing if all count."""
    limits = ["a.lead_chain && %(leads)s::bigint[]"] * (not scope.is_company)
    limits += ["a.country = %(country)s"] * bool(query.country)
    if not limits:
        return ""
    return f"JOIN accounts_account a ON a.id = {{row}}.account_id AND {' AND '.join(limits)}"


def _costing(row: Any) -> Costing:
    _key, revenue, costed, goods, allocated, unrated, unpriced, undivided, *kinds = row
    costs = {kind: cost for kind, cost in zip(_KINDS, kinds, strict=True) if cost is not None}
    return Costing(
        revenue=revenue,
        costed=costed,
        goods=goods,
        costs=costs,
        allocated=allocated,
        unrated=unrated,
        unpriced=unpriced,
        undivided=undivided,
    )
