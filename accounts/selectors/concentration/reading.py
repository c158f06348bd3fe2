"""One answer for page, export, API, command line and job: live, or from a stored snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from accounts.analytics.concentration import FORMULA_VERSION, Concentration, concentration
from accounts.analytics.retention import Retention, retention
from accounts.models import ConcentrationSnapshot, RevenueWatermark
from accounts.selectors.concentration.cells import COMPANY, Basis, Scope
from accounts.selectors.concentration.query import ConcentrationQuery
from accounts.selectors.concentration.totals import CustomerTotals, compared_totals
from kam.core.dates import Period
from kam.identity.models import User

DEPTH = 100
"""Customers that are ranked one by one where nobody asks for more."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Net revenue by customer of a period and of the same period a year earlier.

    `before` is None where the earlier period lacks an exchange rate. `snapshot` is the row that
    it was read from, None when it was computed now; `is_stale` says that revenue or the tree
    changed since. Without `is_company` it covers only the accounts in somebody's scope, and no
    share or total of the company may be derived from it: see `figures`.
    """

    query: ConcentrationQuery
    now: CustomerTotals
    before: CustomerTotals | None
    snapshot: ConcentrationSnapshot | None = None
    is_stale: bool = False

    @property
    def is_company(self) -> bool:
        """Whether it covers the whole company."""
        return self.now.is_company

    @property
    def computed_at(self) -> datetime | None:
        """When its snapshot was written."""
        return self.snapshot.computed_at if self.snapshot else None

    def ranked(self, depth: int | None = DEPTH) -> Concentration[int]:
        """Concentration with this many customers ranked one by one (None: all of them)."""
        return concentration(self.now.pairs, unassigned=self.now.unassigned, depth=depth)

    @cached_property
    def figures(self) -> Concentration[int]:
        """Concentration of the revenue read; of the company only where `is_company`."""
        return self.ranked()

    @cached_property
    def retention(self) -> Retention[int] | None:
        """What was kept, grew, shrank, left and is new against a year earlier."""
        if self.before is None:
            return None
        return retention(self.before.by_key(), self.now.by_key())

    @cached_property
    def earlier(self) -> Mapping[int, Decimal]:
        """Revenue a year earlier by customer; empty where it is not known."""
        return self.before.by_key() if self.before else {}


def scope_of(user: User | None) -> Scope:
    """Whose accounts a user's figures cover; no user is the system itself."""
    if user is None or user.sees_everything():
        return COMPANY
    return Scope(lead_ids=tuple(user.scope_user_ids()))


def live(
    query: ConcentrationQuery, *, scope: Scope = COMPANY, basis: Basis = Basis.AUTO
) -> Reading:
    """Compute now. Raises MissingRatesError."""
    now, before = compared_totals(query, scope=scope, basis=basis)
    return Reading(query=query, now=now, before=before)


def stored(query: ConcentrationQuery) -> Reading | None:
    """Read the newest snapshot of the query under the present formula, if there is one."""
    snapshot = (
        ConcentrationSnapshot.objects.filter(
            scope_key=query.scope_key,
            period=(query.period.start, query.period.end),
            formula_version=FORMULA_VERSION,
        )
        .order_by("-watermark")
        .first()
    )
    return None if snapshot is None else of_snapshot(snapshot, query)


def of_snapshot(snapshot: ConcentrationSnapshot, query: ConcentrationQuery) -> Reading:
    """Read what a snapshot keeps."""
    now = CustomerTotals(
        period=query.period,
        currency=snapshot.currency_id,
        keys=tuple(snapshot.keys),
        amounts=tuple(snapshot.amounts),
        unassigned=snapshot.unassigned,
        watermark=snapshot.watermark,
    )
    return Reading(
        query=query,
        now=now,
        before=_earlier(snapshot, query.period.same_period_last_year()),
        snapshot=snapshot,
        is_stale=snapshot.watermark != watermark(),
    )


def read(query: ConcentrationQuery, user: User | None, *, fresh: bool = False) -> Reading:
    """Answer a query for a user: the snapshot where there is one, else computed now.

    Who may not see the whole company gets the own accounts, always computed now. `fresh` never
    takes a snapshot. Raises MissingRatesError.
    """
    scope = scope_of(user)
    found = stored(query) if scope.is_company and not fresh else None
    return found or live(query, scope=scope)


def watermark() -> int:
    """The version of revenue and tree: it grows with every change of either."""
    return RevenueWatermark.objects.values_list("version", flat=True).first() or 0


def comparison_json(before: CustomerTotals | None) -> dict[str, Any] | None:
    """The earlier period as a snapshot keeps it."""
    if before is None:
        return None
    return {
        "keys": before.keys,
        "amounts": [f"{amount:f}" for amount in before.amounts],
        "unassigned": f"{before.unassigned:f}",
    }


def _earlier(snapshot: ConcentrationSnapshot, period: Period) -> CustomerTotals | None:
    kept = snapshot.figures.get("before")
    if kept is None:
        return None
    return CustomerTotals(
        period=period,
        currency=snapshot.currency_id,
        keys=tuple(kept["keys"]),
        amounts=tuple(Decimal(amount) for amount in kept["amounts"]),
        unassigned=Decimal(kept["unassigned"]),
        watermark=snapshot.watermark,
    )
