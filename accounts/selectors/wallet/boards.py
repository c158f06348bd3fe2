"""The two heat maps: an account's categories × units, and a portfolio's accounts × categories."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet

from accounts.analytics.wallet import Sum, compared_with
from accounts.models import Account, ProductCategory
from accounts.selectors.portfolio import own_scope
from accounts.selectors.wallet.cells import (
    Estimated,
    HeatCell,
    by_category,
    estimated,
    estimated_cell,
    heat_cell,
    sales_of,
    sum_of,
)
from kam.core.dates import Period
from kam.identity.models import User

UNITS_SHOWN = 16
ACCOUNTS_SHOWN = 25


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of a heat map: a category or an account, its cells in order, and their sum."""

    head: Any
    cells: Sequence[HeatCell]
    sum: Sum


@dataclass(frozen=True, kw_only=True)
class HeatMap:
    """A heat map: what stands at its head, its rows, its sum, and what it leaves out."""

    period: Period
    sold_in: Period
    heads: Sequence[Any]
    rows: Sequence[Row]
    sum: Sum
    more: int
    uncategorised: Decimal | None = Decimal(0)

    @property
    def cells(self) -> list[HeatCell]:
        """All cells, row by row."""
        return [cell for row in self.rows for cell in row.cells]


def account_map(
    account: Account, *, period: Period, as_of: date, units: int = UNITS_SHOWN
) -> HeatMap:
    """Return categories × the account and what stands directly below it today.

    The first column is the account in all; the units with most sales or wallet follow, `more`
    counts those left out. Rows are the categories that are bought or estimated anywhere in it.
    `uncategorised` is what we sell without a category, which no cell can hold.
    """
    rows = estimated(as_of=as_of, period=period, node=account.pk)
    sold_in = compared_with(period, as_of)
    children = list(_children(account))
    sales = sales_of([account.pk, *(child.pk for child in children)], sold_in)
    weights = _weights(rows, sales)
    ordered = sorted(children, key=lambda child: -weights.get(child.pk, Decimal(0)))
    heads = [account, *ordered[:units]]
    categories = _categories(rows, sales)
    grouped = by_category(rows)
    lines = [_line(one, heads, grouped.get(one.pk, []), sales) for one in categories]
    return HeatMap(
        period=period,
        sold_in=sold_in,
        heads=heads,
        rows=lines,
        sum=sum_of(line.cells[0] for line in lines),
        more=max(len(ordered) - units, 0),
        uncategorised=sales.get((account.pk, None), Decimal(0)),
    )


def _children(account: Account) -> QuerySet[Account]:
    rows: QuerySet[Account] = Account.objects.not_merged().filter(current_parent=account)
    return rows.order_by("name_key", "pk")


def _weights(
    rows: Sequence[Estimated], sales: Mapping[tuple[int, int | None], Decimal | None]
) -> dict[int, Decimal]:
    """What a unit is sold or, where that is more, what its estimates come to."""
    sold: dict[int, Decimal] = defaultdict(Decimal)
    wallets: dict[int, Decimal] = defaultdict(Decimal)
    for (node, _category), amount in sales.items():
        sold[node] += amount or 0
    for one in rows:
        for pk in one.path:
            wallets[pk] += one.cell.wallet or 0
    return {pk: max(sold[pk], wallets[pk]) for pk in [*sold, *wallets]}


def _categories(
    rows: Sequence[Estimated], sales: Mapping[tuple[int, int | None], Decimal | None]
) -> list[ProductCategory]:
    ids = {one.category_id for one in rows} | {category for _node, category in sales if category}
    return list(ProductCategory.objects.filter(pk__in=ids).order_by("name", "pk"))


def _line(
    category: ProductCategory,
    heads: Sequence[Account],
    rows: Sequence[Estimated],
    sales: Mapping[tuple[int, int | None], Decimal | None],
) -> Row:
    cells = [
        heat_cell(node.pk, category.pk, rows, sales.get((node.pk, category.pk), Decimal(0)))
        for node in heads
    ]
    return Row(head=category, cells=cells, sum=sum_of(cells[:1]))


def portfolio_map(
    user: User, *, period: Period, as_of: date, page: int = 1, size: int = ACCOUNTS_SHOWN
) -> HeatMap:
    """Return one's own accounts × categories, those with the most whitespace first.

    A row is the highest account of one's own in a tree; those without any estimate follow by
    revenue, because an unknown wallet is a finding too. `sum` is over all accounts with an
    estimate, not only those of the page; `more` counts the accounts after this page.
    """
    rows = estimated(as_of=as_of, period=period, scope=own_scope(user))
    roots = _roots(user)
    tops = set(
        roots.filter(pk__in={pk for one in rows for pk in one.path}).values_list("pk", flat=True)
    )
    sold_in = compared_with(period, as_of)
    below = _by_root(rows, tops)
    known = {pk: _cells_of(pk, below[pk]) for pk in tops}
    sums = {pk: sum_of(cells) for pk, cells in known.items()}
    ranked = sorted(sums, key=lambda pk: (-(sums[pk].whitespace or 0), pk))
    first = (page - 1) * size
    chosen = ranked[first : first + size]
    rest = roots.exclude(pk__in=tops)
    others_from = max(first - len(ranked), 0)
    ids = list(rest.values_list("pk", flat=True)[others_from : others_from + size - len(chosen)])
    count = len(ranked) + rest.count()
    accounts = Account.objects.in_bulk([*chosen, *ids])
    sales = sales_of([*chosen, *ids], sold_in)
    categories = _categories(rows, sales)
    lines = [
        _account_line(accounts[pk], categories, below.get(pk, {}), sales) for pk in [*chosen, *ids]
    ]
    return HeatMap(
        period=period,
        sold_in=sold_in,
        heads=categories,
        rows=lines,
        sum=sum_of(cell for cells in known.values() for cell in cells),
        more=max(count - first - size, 0),
    )


def _roots(user: User) -> QuerySet[Account]:
    """The highest accounts of one's own in each tree, by revenue."""
    scope = own_scope(user)
    rows: QuerySet[Account] = Account.objects.visible_to(user).not_merged()
    own = rows if scope.is_company else rows.filter(lead_chain__overlap=list(scope.lead_ids or ()))
    above = Account.objects.filter(pk=OuterRef("current_parent"))
    if not scope.is_company:
        above = above.filter(lead_chain__overlap=list(scope.lead_ids or ()))
    tops = own.filter(~Exists(above))
    return tops.order_by(F("figure__net_12m").desc(nulls_last=True), "pk")


type Grouped = Mapping[int, Sequence[Estimated]]
"""Estimates by category."""


def _by_root(rows: Sequence[Estimated], roots: set[int]) -> Mapping[int, Grouped]:
    """Estimates of each tree by category; each is looked at once, however many trees there are."""
    found: dict[int, dict[int, list[Estimated]]] = {pk: defaultdict(list) for pk in roots}
    for one in rows:
        for pk in roots.intersection(one.path):
            found[pk][one.category_id].append(one)
    return found


def _cells_of(root: int, grouped: Grouped) -> list[HeatCell]:
    """The cells of an account that stands highest: each category with an estimate in its tree."""
    return [estimated_cell(root, category, of_it) for category, of_it in grouped.items()]


def _account_line(
    account: Account,
    categories: Sequence[ProductCategory],
    rows: Grouped,
    sales: Mapping[tuple[int, int | None], Decimal | None],
) -> Row:
    cells = [
        heat_cell(
            account.pk, one.pk, rows.get(one.pk, []), sales.get((account.pk, one.pk), Decimal(0))
        )
        for one in categories
    ]
    return Row(head=account, cells=cells, sum=sum_of(cells))


def standing(account: Account, *, as_of: date) -> tuple[Sum, list[HeatCell]]:
    """Return the wallet of an account over all estimated categories, each of its last period begun.

    One statement; the sum over computable cells says how many there are.
    """
    rows = estimated(as_of=as_of, node=account.pk)
    cells = _cells_of(account.pk, by_category(rows))
    return sum_of(cells), cells
