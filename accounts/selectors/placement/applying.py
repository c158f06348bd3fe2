"""Which agreements hold for a store on a day."""

from __future__ import annotations

from datetime import date

from accounts.choices import PlacementStage
from accounts.models import Account, Placement
from accounts.selectors.tree import above_on


def applying_to(store: Account, *, on: date) -> list[Placement]:
    """Return what is agreed for a store on a day, at the store itself or above it on that day.

    Proposals are left out. Of the same kind for the same product the agreement nearest to the
    store counts. Not scoped: what was agreed above a store is known to whoever sees the store.
    """
    distance = above_on(store.pk, on)
    rows = Placement.objects.filter(
        account_id__in=distance, valid__contains=on, stage__gte=PlacementStage.AGREED
    ).select_related("product", "category", "account")
    nearest: dict[tuple[int | None, int | None, str], Placement] = {}
    for row in sorted(rows, key=lambda one: (distance[one.account_id], one.pk)):
        nearest.setdefault((row.product_id, row.category_id, row.kind), row)
    return sorted(nearest.values(), key=lambda one: (one.item, one.kind, one.pk))
