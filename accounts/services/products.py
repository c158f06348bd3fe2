"""Products and their categories: created and changed, never deleted once something is sold."""

from __future__ import annotations

from decimal import Decimal
from typing import TypedDict, Unpack

from django.db import transaction

from accounts.models import Product, ProductCategory
from kam.core.models import Currency
from kam.core.problems import explained


class ProductFacts(TypedDict, total=False):
    """What a product says about itself."""

    code: str
    name: str
    category: ProductCategory | None
    unit: str
    standard_cost: Decimal | None
    currency: Currency | None
    is_active: bool


class CategoryFacts(TypedDict, total=False):
    """What a category says about itself."""

    code: str
    name: str


@explained()
@transaction.atomic
def create_product(**facts: Unpack[ProductFacts]) -> Product:
    """Create a product. Raises RefusedError for a code that is taken."""
    return Product.objects.create(**facts)


@explained()
@transaction.atomic
def update_product(*, product: Product, **facts: Unpack[ProductFacts]) -> Product:
    """Change what is named. Raises RefusedError for a code that is taken."""
    locked: Product = Product.objects.select_for_update(no_key=True).get(pk=product.pk)
    for name, value in facts.items():
        setattr(locked, name, value)
    locked.save()
    return locked


@explained()
@transaction.atomic
def create_category(**facts: Unpack[CategoryFacts]) -> ProductCategory:
    """Create a category. Raises RefusedError for a code that is taken."""
    return ProductCategory.objects.create(**facts)


@explained()
@transaction.atomic
def update_category(
    *, category: ProductCategory, **facts: Unpack[CategoryFacts]
) -> ProductCategory:
    """Change what is named. Raises RefusedError for a code that is taken."""
    locked: ProductCategory = ProductCategory.objects.select_for_update(no_key=True).get(
        pk=category.pk
    )
    for name, value in facts.items():
        setattr(locked, name, value)
    locked.save()
    return locked
