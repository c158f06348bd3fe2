"""Cells of estimated wallets beside our sales, and how cells of a node come from those below.

A cell of a node is its own estimate; without one it is the sum of the estimates that stand
highest below it today, and `Sum.covered` says how many of them could be computed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.analytics.wallet import Cell, Reason, Sum, compared_with, judge, total
from accounts.models import Account, ProductCategory, WalletEstimate
from accounts.selectors.below import BELOW, ENTRIES
from accounts.selectors.concentration.cells import Scope
from accounts.selectors.wallet import sql
from kam.core.dates import Period
from kam.core.exact import exact_sum
from kam.identity.models import User

type Key = tuple[int, int]
"""Account and category."""


@dataclass(frozen=True, slots=True)
class Rival:
    """The competitor that an estimate names as the main one."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Estimated:
    """An estimate that counts, in base currency, beside the sales it is compared with."""

    pk: int
    account_id: int
    account_name: str
    path: Sequence[int]
    category_id: int
    category_name: str
    period: Period
    sold_in: Period
    amount: Decimal
    currency: str
    low: Decimal | None
    high: Decimal | None
    confidence: int
    rival: Rival | None
    source: str
    estimated_on: date
    cell: Cell


_COLUMNS = """
SELECT id, account_id, name, path, category_id, category_name, first, until, starts, ends,
    amount, currency_id, low, high, confidence, competitor_id, supplied_by, source, estimated_on,
    wallet, current
FROM cells ORDER BY id
"""


def estimated(
    *,
    as_of: date,
    period: Period | None = None,
    node: int | None = None,
    scope: Scope | None = None,
) -> list[Estimated]:
    """Return the estimates that count, at a node and below it or in a scope of leads.

    Those of one period, or of each cell the last period that has begun. Without node and scope
    all of the company's; merged accounts have none.
    """
    where, parameters = _where(node, scope)
    chosen = sql.LAST_BEGUN if period is None else sql.GIVEN
    statement = f"WITH RECURSIVE {sql.ESTIMATES.format(chosen=chosen, scope=where)} {_COLUMNS}"
    parameters |= {"as_of": as_of}
    if period is not None:
        parameters |= {"start": period.start, "end": period.end}
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [_estimated(row) for row in cursor.fetchall()]


def _where(node: int | None, scope: Scope | None) -> tuple[str, dict[str, Any]]:
    if node is not None:
        return sql.BELOW_NODE, {"node": node}
    if scope is None or scope.is_company:
        return sql.EVERYWHERE, {}
    return sql.LED_BY, {"leads": list(scope.lead_ids or ())}


def _estimated(row: Any) -> Estimated:
    (pk, account, name, path, category, title, first, until, starts, ends, *facts) = row
    amount, currency, low, high, confidence, rival, rival_name, source, day, *figures = facts
    wallet, current = figures
    return Estimated(
        pk=pk,
        account_id=account,
        account_name=name,
        path=path,
        category_id=category,
        category_name=title,
        period=Period(first, until),
        sold_in=Period(starts, ends),
        amount=amount,
        currency=currency,
        low=low,
        high=high,
        confidence=confidence,
        rival=None if rival is None else Rival(rival, rival_name),
        source=source,
        estimated_on=day,
        cell=judge(wallet, current, has_rate=wallet is not None),
    )


_SALES = """
SELECT below.root_id, e.category_id, sum(e.base_amount),
    count(*) FILTER (WHERE e.base_amount IS NULL)
"""


def sales_of(nodes: Iterable[int], period: Period) -> dict[tuple[int, int | None], Decimal | None]:
    """Return our net sales of nodes by category, with what stood below on each entry's date.

    None where an entry has no rate; the category None holds entries without one.
    """
    statement = BELOW + _SALES + ENTRIES + "GROUP BY 1, 2"
    parameters: dict[str, Any] = {
        "ids": list(nodes),
        "everyone": False,
        "start": period.start,
        "end": period.end,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows = cursor.fetchall()
    return {
        (node, category): None if waiting else amount for node, category, amount, waiting in rows
    }


@dataclass(frozen=True, slots=True)
class HeatCell:
    """A cell of the heat map: a node's wallet in a category, its own or of those below it.

    `own` is the node's estimate, `parts` those below it where it has none. `current` are all our
    sales of the node in the category, also where the wallet covers only a part of them.
    """

    account_id: int
    category_id: int
    cell: Cell
    current: Decimal | None
    own: Estimated | None
    parts: Sequence[Estimated]
    covered: Sum | None

    @property
    def category_name(self) -> str:
        """The name of the category where there is an estimate, else nothing."""
        rows = [self.own] if self.own is not None else self.parts
        return next((one.category_name for one in rows if one is not None), "")

    @property
    def rivals(self) -> Sequence[Rival]:
        """The main competitor; of several estimates below, those that they name."""
        rows = [self.own] if self.own is not None else self.parts
        return tuple(dict.fromkeys(one.rival for one in rows if one is not None and one.rival))

    @property
    def supplied_by(self) -> str:
        """The names of these competitors."""
        return ", ".join(one.name for one in self.rivals)

    @property
    def confidence(self) -> int | None:
        """How sure the estimate is; of several the least sure."""
        rows = [self.own] if self.own is not None else self.parts
        return min((one.confidence for one in rows if one is not None), default=None)

    @property
    def estimated_on(self) -> date | None:
        """The day of the estimate; of several the oldest."""
        rows = [self.own] if self.own is not None else self.parts
        return min((one.estimated_on for one in rows if one is not None), default=None)


def heat_cell(
    account_id: int, category_id: int, rows: Iterable[Estimated], current: Decimal | None
) -> HeatCell:
    """Return the cell of a node from the estimates of its category."""
    mine = [one for one in rows if one.category_id == category_id and account_id in one.path]
    own = next((one for one in mine if one.account_id == account_id), None)
    parts = () if own else topmost(mine, account_id)
    covered = total(one.cell for one in parts) if parts else None
    if own is not None:
        cell = own.cell
    elif covered is not None and covered.covered:
        cell = Cell(covered.wallet, covered.current, covered.share, covered.whitespace, None)
    else:
        cell = _unknown(parts, current)
    return HeatCell(account_id, category_id, cell, current, own, parts, covered)


def _unknown(parts: Sequence[Estimated], current: Decimal | None) -> Cell:
    """No estimate at all, or those below that are not computable: the first says why."""
    reason = parts[0].cell.reason if parts else Reason.NO_WALLET
    wallet = parts[0].cell.wallet if len(parts) == 1 else None
    return Cell(wallet, current, None, None, reason)


def topmost(rows: Iterable[Estimated], account_id: int) -> tuple[Estimated, ...]:
    """Return the estimates of one category below a node that no other estimate stands above."""
    below = [one for one in rows if account_id in one.path]
    holders = {one.account_id for one in below}
    found = []
    for one in below:
        above = one.path[list(one.path).index(account_id) : -1]
        if holders.isdisjoint(above):
            found.append(one)
    return tuple(found)


def estimated_cell(account_id: int, category_id: int, rows: Sequence[Estimated]) -> HeatCell:
    """Return the cell of a node beside the sales that its estimates are compared with.

    These are not known, rather than zero, where a part of them has no rate.
    """
    known = [one.cell.current for one in topmost(rows, account_id)]
    sales = [amount for amount in known if amount is not None]
    current = exact_sum(sales) if len(sales) == len(known) else None
    return heat_cell(account_id, category_id, rows, current)


def sum_of(cells: Iterable[HeatCell]) -> Sum:
    """Add heat cells up: computable ones alone, all are counted."""
    return total(one.cell for one in cells)


def periods_known(user: User, *, node: int | None = None) -> list[Period]:
    """Return the periods for which estimates are at hand, the latest first."""
    rows: QuerySet[Any] = WalletEstimate.objects.visible_to(user)
    if node is not None:
        rows = rows.filter(account__path__contains=[node])
    found: set[DateRange] = set(rows.order_by().values_list("period", flat=True).distinct())
    spans = [Period(one.lower, one.upper) for one in found if one.lower and one.upper]
    return sorted(spans, key=lambda one: (one.end, one.start), reverse=True)


def default_period(known: Sequence[Period], as_of: date) -> Period:
    """Return the period to show: the last known that has begun, else the running year."""
    begun = [one for one in known if one.start <= as_of]
    return begun[0] if begun else Period.year(as_of.year)


@dataclass(frozen=True, slots=True)
class History:
    """A cell in depth: what counts and every estimate of it, the latest first."""

    cell: HeatCell
    period: Period
    sold_in: Period
    estimates: Sequence[WalletEstimate]


def history_of(
    account: Account, category: ProductCategory, period: Period, user: User, *, as_of: date
) -> History:
    """Return a cell of a period with all its estimates, of the node itself and of any period."""
    rows = estimated(as_of=as_of, period=period, node=account.pk)
    sold_in = compared_with(period, as_of)
    sales = sales_of([account.pk], sold_in)
    current = sales.get((account.pk, category.pk), Decimal(0))
    estimates: QuerySet[WalletEstimate] = WalletEstimate.objects.visible_to(user).filter(
        account=account, category=category
    )
    shown = estimates.select_related("author", "currency", "competitor").order_by(
        "-estimated_on", "-pk"
    )
    return History(heat_cell(account.pk, category.pk, rows, current), period, sold_in, list(shown))


def held_by(competitor_id: int, user: User) -> QuerySet[WalletEstimate]:
    """Return the estimates that name a competitor as the main one, in the user's scope.

    Of a cell (account × category × period) only while no later estimate says otherwise.
    """
    rows: QuerySet[WalletEstimate] = WalletEstimate.objects.visible_to(user)
    later = WalletEstimate.objects.filter(
        account=OuterRef("account"), category=OuterRef("category"), period=OuterRef("period")
    ).filter(
        Q(estimated_on__gt=OuterRef("estimated_on"))
        | Q(estimated_on=OuterRef("estimated_on"), pk__gt=OuterRef("pk"))
    )
    named = rows.filter(competitor=competitor_id, account__merged_into__isnull=True)
    return named.filter(~Exists(later)).select_related("account", "category", "currency")


def by_category(rows: Iterable[Estimated]) -> Mapping[int, list[Estimated]]:
    """Return estimates by category, so that a cell looks only at its own."""
    found: dict[int, list[Estimated]] = defaultdict(list)
    for one in rows:
        found[one.category_id].append(one)
    return found
