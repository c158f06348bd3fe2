"""Concentration before and after a scenario, over the company or over what a user may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.analytics.concentration import Concentration
from accounts.models import GroupPeriod
from accounts.selectors.concentration.cells import COMPANY, Scope
from accounts.selectors.concentration.query import ConcentrationQuery
from accounts.selectors.concentration.totals import CustomerTotals, customer_totals
from kam.core.dates import Period
from plans.analytics.loss import AfterShock, Assumptions, Range, after_shock, cases, is_everybody
from plans.selectors.loss.facts import Asked, history

ZERO = Decimal(0)
SHOWN = 12
DEPTH = SHOWN * 3
"""Customers ranked one by one on either side: enough to find the first ones again."""
FIGURES = ("cr1", "cr3", "cr5", "hhi", "effective", "at_least_10pct")


@dataclass(frozen=True, kw_only=True)
class Shock:
    """Customers' revenue of 12 months, and what of it is lost by customer once all has gone."""

    totals: CustomerTotals
    lost: Mapping[int, Decimal]

    def after(self, part: Decimal, *, before: Concentration[int] | None = None) -> AfterShock[int]:
        """Concentration before and after losing a part of what is at stake."""
        lost = {key: amount * part for key, amount in self.lost.items()}
        return after_shock(
            self.totals.pairs,
            lost,
            unassigned=self.totals.unassigned,
            depth=DEPTH,
            before=before,
        )

    @property
    def is_everybody(self) -> bool:
        """Whether nobody with revenue would be left."""
        return is_everybody(self.totals.pairs, self.lost)


def shock_of(asked: Asked, *, scope: Scope = COMPANY) -> Shock:
    """Return what is at stake by group, over the last 12 complete months.

    A lost account that is a group of its own loses what its group has; one below a group that
    part of the group's revenue which came from it. Raises MissingRatesError.
    """
    query = ConcentrationQuery(period=Period.whole_months(asked.as_of))
    totals = customer_totals(query, scope=scope)
    known, groups = totals.by_key(), _groups(asked.roots, asked.as_of)
    is_whole = not (asked.region or asked.category)
    lost: dict[int, Decimal] = {}
    for root in asked.roots:
        group = groups.get(root, root)
        if group not in known:
            continue
        amount = known[group]
        if group != root or not is_whole:
            one = replace(asked, roots=[root], currency=totals.currency)
            amount = min(sum(history(one).values(), ZERO), known[group])
        lost[group] = min(lost.get(group, ZERO) + amount, max(known[group], amount))
    return Shock(totals=totals, lost=lost)


def _groups(roots: Sequence[int], as_of: date) -> dict[int, int]:
    rows = GroupPeriod.objects.filter(account__in=list(roots), valid__contains=as_of)
    return dict(rows.values_list("account", "group"))


def shock_document(shock: Shock, given: Assumptions) -> dict[str, Any]:
    """Return the figures before and after as ranges, and the first customers of the base case."""
    last = given.run_off[min(given.horizon, len(given.run_off)) - 1] if given.is_lost else ZERO
    parts = [last * case.gone for case in cases(given)]
    base = shock.after(parts[1])
    mild, severe = (
        base if part == parts[1] else shock.after(part, before=base.before)
        for part in (parts[0], parts[2])
    )
    return {
        "currency": shock.totals.currency,
        "period": [shock.totals.period.start, shock.totals.period.end],
        "before": {name: getattr(base.before, name) for name in FIGURES},
        "after": {
            name: _range(*(getattr(one.after, name) for one in (mild, base, severe)))
            for name in FIGURES
        },
        "customers": _customers(base, shock, parts[1]),
        "newly_major": base.newly_major,
        "newly_watched": base.newly_watched,
        "severe_newly_major": severe.newly_major,
    }


def _range(*values: Any) -> list[Any] | None:
    if any(value is None for value in values):
        return None
    mild, base, severe = (Decimal(value) for value in values)
    found = Range.over(mild, base, severe)
    return [found.low, found.base, found.high]


def _customers(base: AfterShock[int], shock: Shock, part: Decimal) -> list[dict[str, Any]]:
    """The first customers of either side by rank, with what they are lost of."""
    after = {row.key: row for row in base.after.ranked}
    majors = {row.key for row in base.after.major}
    watched = {row.key for row in base.after.watch}
    before_majors = {row.key for row in base.before.major}
    rows = []
    for row in base.before.ranked[:SHOWN]:
        now = after.get(row.key)
        rows.append(
            {
                "id": row.key,
                "amount": row.amount,
                "share": row.share_of_net,
                "lost": shock.lost.get(row.key, ZERO) * part,
                "share_after": now.share_of_net if now else None,
                "rank_after": now.rank if now else None,
                "was_major": row.key in before_majors,
                "is_major": row.key in majors,
                "is_watched": row.key in watched,
            }
        )
    return rows
