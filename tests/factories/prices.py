"""Prices, units and product codes, written past the services."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import count

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.models import Account, Product
from settlements.models import (
    AccountPrice,
    AccountProductCode,
    FloorPrice,
    ListPrice,
    PriceBreak,
    ProductUnit,
)
from tests.factories.accounts import make_account, make_product

START = date(2026, 1, 1)
_numbers = count(1)


def make_unit(
    *,
    product: Product,
    code: str = "carton",
    holds: int = 12,
    of: int = 1,
    account: Account | None = None,
    gtin: str = "",
    start: date = START,
    end: date | None = None,
) -> ProductUnit:
    """A unit of a product, of the company or an account's own."""
    return ProductUnit.objects.create(
        product=product,
        account=account,
        code=code,
        numerator=holds,
        denominator=of,
        gtin=gtin,
        valid=DateRange(start, end),
    )


def make_price(
    *,
    account: Account | None = None,
    product: Product | None = None,
    amount: str = "10",
    breaks: Sequence[tuple[str, str]] = (),
    unit: str = "",
    currency: str = "EUR",
    start: date = START,
    end: date | None = None,
) -> AccountPrice:
    """A price of an account, from 0 on or with the breaks given (from quantity, price)."""
    with transaction.atomic():
        price: AccountPrice = AccountPrice.objects.create(
            account=account or make_account(),
            product=product or make_product(),
            unit=unit,
            currency_id=currency,
            valid=DateRange(start, end),
        )
        PriceBreak.objects.bulk_create(
            PriceBreak(price=price, from_quantity=Decimal(many), amount=Decimal(each))
            for many, each in breaks or [("0", amount)]
        )
    return price


def make_list_price(
    *,
    product: Product,
    amount: str = "12",
    unit: str = "",
    currency: str = "EUR",
    start: date = START,
    end: date | None = None,
) -> ListPrice:
    """What the price list says."""
    return ListPrice.objects.create(
        product=product,
        unit=unit,
        currency_id=currency,
        valid=DateRange(start, end),
        amount=Decimal(amount),
    )


def make_floor(
    *,
    product: Product,
    amount: str = "8",
    unit: str = "",
    currency: str = "EUR",
    start: date = START,
    end: date | None = None,
) -> FloorPrice:
    """The lowest price that is allowed."""
    return FloorPrice.objects.create(
        product=product,
        unit=unit,
        currency_id=currency,
        valid=DateRange(start, end),
        amount=Decimal(amount),
    )


def make_code(
    *,
    account: Account,
    product: Product,
    code: str = "",
    unit: str = "",
    gtin: str = "",
    start: date = START,
    end: date | None = None,
) -> AccountProductCode:
    """What an account calls a product."""
    return AccountProductCode.objects.create(
        account=account,
        product=product,
        code=code or f"their-{next(_numbers)}",
        unit=unit,
        gtin=gtin,
        valid=DateRange(start, end),
    )
