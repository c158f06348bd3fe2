"""Net profit of one account with all that stood below it on each fact's own date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from accounts.selectors.below import BELOW, MONTHS
from accounts.selectors.profitability.facts import AS_MONTHS, AVERAGES, COSTED, FACTS_BELOW, GOODS
from accounts.selectors.profitability.query import Costing, whole
from accounts.selectors.profitability.tiers import HeldTier, held_tiers
from kam.core.dates import Period
from kam.core.exact import exact_sum
from kam.core.selectors.rates import base_currency

_LINES = f"""
{BELOW}{MONTHS}, {AVERAGES}, {FACTS_BELOW}, {AS_MONTHS}
SELECT '' AS kind, '' AS origin, '' AS rule, COALESCE(sum(m.base_amount), 0),
    COALESCE(sum(m.unconverted), 0), COALESCE(round(sum({COSTED}), 4), 0),
    COALESCE(round(sum({GOODS}), 4), 0)
FROM as_months m LEFT JOIN averages v ON v.month = m.month AND v.currency_id = m.currency_id
UNION ALL
SELECT f.kind, f.origin, f.rule, sum(f.amount), sum(f.gap), NULL, NULL
FROM below JOIN facts f ON f.account_id = below.account_id AND below.valid @> f.day
GROUP BY f.kind, f.origin, f.rule ORDER BY 1, 2, 3
"""


@dataclass(frozen=True, slots=True)
class CostLine:
    """What one kind of cost comes from: entries, volumes at a rate, or a part of pools by a rule.

    `gaps` counts what has no rate and is in no amount; the amount is None where nothing else is.
    """

    kind: str
    origin: str
    rule: str
    amount: Decimal | None
    gaps: int


@dataclass(frozen=True, kw_only=True)
class AccountProfit:
    """An account's net profit in whole months, what its costs come from, and its tier."""

    period: Period
    currency: str
    costing: Costing
    lines: Sequence[CostLine]
    tier: HeldTier | None

    @property
    def is_below_floor(self) -> bool:
        """Whether the net margin is under what the tier asks for."""
        return is_below(self.costing, self.tier)

    @property
    def is_empty(self) -> bool:
        """Whether there is neither revenue nor cost."""
        return not (self.costing.revenue or self.costing.costs or self.lines)


def is_below(costing: Costing, tier: HeldTier | None) -> bool:
    """Whether a net margin is under the floor of the tier; never where either is not known."""
    floor, margin = (tier.floor if tier else None), costing.margin
    return floor is not None and margin is not None and margin < floor


def account_profit(account_id: int, period: Period, *, as_of: date) -> AccountProfit:
    """Return the net profit of an account with all below it, in base currency, two statements.

    Months of the period that have only begun are left out.
    """
    months = whole(period)
    parameters: dict[str, Any] = {
        "ids": [account_id],
        "everyone": False,
        "start": months.start,
        "end": months.end,
        "base": (base := base_currency()),
    }
    with connection.cursor() as cursor:
        cursor.execute(_LINES, parameters)
        income, *rows = sorted(cursor.fetchall(), key=lambda row: row[0] != "")
    lines = [CostLine(*row[:5]) for row in rows]
    return AccountProfit(
        period=months,
        currency=base,
        costing=_costing(income, lines),
        lines=lines,
        tier=held_tiers([account_id], as_of=as_of).get(account_id),
    )


def _costing(income: Any, lines: Sequence[CostLine]) -> Costing:
    _kind, _origin, _rule, revenue, unconverted, costed, goods = income
    known = [line for line in lines if line.amount is not None]
    kinds = dict.fromkeys(line.kind for line in known)
    return Costing(
        revenue=revenue,
        costed=costed,
        goods=goods,
        costs={
            kind: exact_sum(line.amount or Decimal(0) for line in known if line.kind == kind)
            for kind in kinds
        },
        allocated=exact_sum(
            line.amount or Decimal(0) for line in known if line.origin == "allocated"
        ),
        unrated=sum(line.gaps for line in lines if line.origin == "direct"),
        unpriced=sum(line.gaps for line in lines if line.origin == "activity"),
        unconverted=unconverted,
        undivided=sum(line.gaps for line in lines if line.origin == "allocated"),
    )
