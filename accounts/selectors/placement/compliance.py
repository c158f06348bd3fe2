"""How much of what was agreed stands in the stores, as far as somebody looked."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet
from django.db.models.functions import TruncMonth

from accounts.analytics.placement import Seen
from accounts.choices import AccountKind, CheckOutcome, CheckState, PlacementStage
from accounts.models import Account, Placement, Product, ProductCategory, StoreCheckLine
from kam.core.dates import Period
from kam.core.id_arrays import id_rows
from kam.identity.models import User

_LOOKED = ~Q(outcome="")
_FOUND = Q(outcome=CheckOutcome.FOUND)
_SUMS: dict[str, Any] = {
    "planned": Count("pk"),
    "checked": Count("pk", filter=_LOOKED),
    "found": Count("pk", filter=_FOUND),
    "last": Max("check_of__checked_on"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """Compliance of a banner, a store or a product in a period."""

    key: int
    name: str
    seen: Seen
    before: Seen
    last: date | None
    stores: int = 0
    account: Account | None = None


@dataclass(slots=True)
class _Sum:
    seen: Seen = field(default_factory=Seen)
    last: date | None = None
    stores: set[int] = field(default_factory=set)

    def add(self, row: dict[str, Any]) -> None:
        """Count a row of the database."""
        self.seen += Seen(row["planned"], row["checked"], row["found"])
        self.last = max(filter(None, (self.last, row["last"])), default=None)
        self.stores.add(row.get("store", 0))


def lines_of(user: User, period: Period, *, within: int | None = None) -> QuerySet[StoreCheckLine]:
    """Return lines of finished checks of a period in visible stores; drafts are left out."""
    rows: QuerySet[StoreCheckLine] = StoreCheckLine.objects.visible_to(user).filter(
        check_of__state=CheckState.FINISHED,
        check_of__checked_on__gte=period.start,
        check_of__checked_on__lt=period.end,
    )
    return rows if within is None else rows.filter(check_of__account__path__contains=[within])


def total(user: User, period: Period, *, within: int | None = None) -> Seen:
    """Return all lines of a period in one count."""
    found = lines_of(user, period, within=within).aggregate(**_SUMS)
    return Seen(found["planned"], found["checked"], found["found"])


def by_store(user: User, period: Period, *, within: int | None = None) -> list[Row]:
    """Return a row per store that was checked in the period, the least compliant first."""
    now, before = _per_store(user, period, within), _per_store(user, period.previous(), within)
    stores = Account.objects.in_bulk(now.keys())
    rows = [
        Row(pk, stores[pk].name, one.seen, _seen(before, pk), one.last, 1, stores[pk])
        for pk, one in now.items()
    ]
    return _worst_first(rows)


def by_banner(user: User, period: Period, *, within: int | None = None) -> list[Row]:
    """Return a row per banner whose stores were checked in the period, the least compliant first.

    A store's banner is the nearest one above it today; without one it is its group.
    """
    now, before = _per_store(user, period, within), _per_store(user, period.previous(), within)
    banners = _banners([*now, *before])
    fold = _folder(banners)
    sums, past = fold(now), fold(before)
    names = Account.objects.in_bulk(sums.keys())
    rows = [
        Row(pk, names[pk].name, one.seen, _seen(past, pk), one.last, len(one.stores), names[pk])
        for pk, one in sums.items()
    ]
    return _worst_first(rows)


def by_product(user: User, period: Period, *, within: int | None = None) -> list[Row]:
    """Return a row per product or category that was on a list, the least compliant first."""
    now = _per_item(lines_of(user, period, within=within))
    before = _per_item(lines_of(user, period.previous(), within=within))
    names = _item_names(now)
    rows = [
        Row(place, names[item], one.seen, _seen(before, item), one.last, len(one.stores))
        for place, (item, one) in enumerate(now.items(), 1)
    ]
    return _worst_first(rows)


def by_month(user: User, period: Period, *, within: int | None = None) -> list[tuple[date, Seen]]:
    """Return the months of a period in order; a month without checks has counts of zero."""
    rows: Any = (
        lines_of(user, period, within=within)
        .annotate(month=TruncMonth("check_of__checked_on"))
        .order_by("month")
        .values("month")
        .annotate(**_SUMS)
    )
    found = {row["month"]: Seen(row["planned"], row["checked"], row["found"]) for row in rows}
    return [(month.start, found.get(month.start, Seen())) for month in period.months()]


def stores_checked(user: User, period: Period, *, within: int | None = None) -> int:
    """Return in how many visible stores a check was finished in the period."""
    rows = lines_of(user, period, within=within).filter(_LOOKED).order_by()
    count: int = rows.values("check_of__account_id").distinct().count()
    return count


def stores_with_agreements(user: User, *, as_of: date, within: int | None = None) -> int:
    """Return how many visible stores have anything agreed for them today: what could be checked."""
    agreed = Placement.objects.filter(
        stage__gte=PlacementStage.AGREED,
        valid__contains=as_of,
        account__path__contained_by=OuterRef("path"),
    )
    rows = Account.objects.visible_to(user).not_merged().filter(kind=AccountKind.STORE)
    if within is not None:
        rows = rows.filter(path__contains=[within])
    count: int = rows.filter(Exists(agreed)).count()
    return count


def _per_store(user: User, period: Period, within: int | None) -> dict[int, _Sum]:
    rows: Any = (
        lines_of(user, period, within=within)
        .order_by()
        .values(store=F("check_of__account_id"))
        .annotate(**_SUMS)
    )
    return _fold(rows, lambda row: row["store"])


type _Item = tuple[int | None, int | None]
"""Product and category of an agreement, one of them: two of one name are two."""


def _per_item(lines: QuerySet[StoreCheckLine]) -> dict[_Item, _Sum]:
    rows: Any = (
        lines.order_by()
        .values(
            store=F("check_of__account_id"),
            product=F("placement__product_id"),
            category=F("placement__category_id"),
        )
        .annotate(**_SUMS)
    )
    return _fold(rows, lambda row: (row["product"], row["category"]))


def _item_names(items: Iterable[_Item]) -> dict[_Item, str]:
    """What products and categories are called; of several products of one name with their code."""
    found = list(items)
    products = Product.objects.in_bulk([product for product, _category in found if product])
    categories = ProductCategory.objects.in_bulk([category for _p, category in found if category])
    titles = [one.name for one in products.values()] + [one.name for one in categories.values()]
    shared = Counter(titles)
    names = {}
    for product, category in found:
        one: Product | ProductCategory
        one = products[product] if product else categories[category or 0]
        names[product, category] = one.name if shared[one.name] == 1 else f"{one.name} ({one.code})"
    return names


def _fold[K](rows: Iterable[dict[str, Any]], key: Callable[[dict[str, Any]], K]) -> dict[K, _Sum]:
    sums: dict[K, _Sum] = defaultdict(_Sum)
    for row in rows:
        sums[key(row)].add(row)
    return sums


def _folder(banners: dict[int, int]) -> Callable[[dict[int, _Sum]], dict[int, _Sum]]:
    def fold(stores: dict[int, _Sum]) -> dict[int, _Sum]:
        """Add the stores of a banner up."""
        sums: dict[int, _Sum] = defaultdict(_Sum)
        for pk, one in stores.items():
            into = sums[banners[pk]]
            into.seen += one.seen
            into.last = max(filter(None, (into.last, one.last)), default=None)
            into.stores.add(pk)
        return sums

    return fold


def _seen[K](sums: dict[K, _Sum], key: K) -> Seen:
    return sums[key].seen if key in sums else Seen()


def _banners(stores: list[int]) -> dict[int, int]:
    """The banner of each store today: two statements, however many stores."""
    paths = dict(Account.objects.filter(pk__in=id_rows(stores)).values_list("pk", "path"))
    above = {pk for path in paths.values() for pk in path}
    banners = set(
        Account.objects.filter(pk__in=id_rows(above), kind=AccountKind.BANNER).values_list(
            "pk", flat=True
        )
    )
    return {
        pk: next((node for node in reversed(path) if node in banners), path[0])
        for pk, path in paths.items()
    }


def _worst_first(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=_place)


def _place(row: Row) -> tuple[bool, Any, str]:
    share = row.seen.compliance
    return share is None, share if share is not None else 0, row.name
