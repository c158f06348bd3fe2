"""Who buys what a price round changes."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Account, RevenueEntry
from kam.core.dates import add_months
from kam.identity.models import User
from plans.models import PriceRound

MONTHS = 12


def buyers_of(
    found: PriceRound, user: User, *, as_of: date, tops: bool = True
) -> QuerySet[Account]:
    """Return accounts in the user's scope that bought a product or category of the round in the
    last twelve months: the top of each such tree, or the accounts that were invoiced."""
    bought = RevenueEntry.objects.filter(
        _named(found), booked_on__gt=add_months(as_of, -MONTHS), booked_on__lte=as_of
    )
    rows: QuerySet[Account] = Account.objects.visible_to(user).not_merged()
    if tops:
        groups = Account.objects.filter(Exists(bought.filter(account=OuterRef("pk"))))
        rows = rows.filter(pk__in=groups.values("path__0"))
    else:
        rows = rows.filter(Exists(bought.filter(account=OuterRef("pk"))))
    return rows.exclude(price_rounds__round=found).order_by("name_key", "pk")


def _named(found: PriceRound) -> Q:
    steps = list(found.steps.values_list("product_id", "category_id"))
    products = [product for product, _category in steps if product is not None]
    categories = [category for _product, category in steps if category is not None]
    of_category = Q(category__in=categories) | Q(
        category__isnull=True, product__category__in=categories
    )
    return Q(product__in=products) | of_category
