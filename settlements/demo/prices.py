"""The demo's price list, units with their GTINs, and what its groups pay and call the products."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from itertools import count

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q

from accounts.choices import AccountKind
from accounts.demo.chance import Dice, exact
from accounts.demo.company import SOURCE_CODES
from accounts.models import Account, Product
from kam.core.dates import add_months, month_start
from kam.core.money import round_to_currency
from kam.core.selectors.rates import base_currency, rates_on
from settlements.analytics.gtin import check_digit
from settlements.models import (
    AccountPrice,
    AccountProductCode,
    FloorPrice,
    ListPrice,
    PriceBreak,
    ProductUnit,
)

_PER_BOX = re.compile(r"× (\d+)$")
_LIST = {"DAI": "1.42", "BAK": "1.70", "BER": "1.48", "OAT": "1.78", "FIS": "1.38"}
"""List prices as multiples of standard cost; other categories: 1.55."""
_FLOOR = Decimal("1.12")
_PRICED = 14
"""How many products a group has prices for, at most."""
REASONS = (
    "Yearly negotiation",
    "Price round of the spring",
    "Larger volumes agreed",
    "Raw material went up",
)
"""What the demo's prices are known by."""
_PIECE, _PALLET = "piece", "pallet"
type Needed = Mapping[int, Mapping[str, Decimal]]


@dataclass
class _Made:
    """Everything that is written at the end, by table."""

    units: list[ProductUnit] = field(default_factory=list)
    lists: list[ListPrice] = field(default_factory=list)
    floors: list[FloorPrice] = field(default_factory=list)
    prices: list[AccountPrice] = field(default_factory=list)
    breaks: list[PriceBreak] = field(default_factory=list)
    codes: list[AccountProductCode] = field(default_factory=list)


def write_prices(as_of: date, seed: int, needed: Needed | None = None) -> int:
    """Write units, list and floor prices, and prices and codes of the demo's groups.

    `needed` is what a group pays for some products in any case, by their codes.
    """
    made, numbers = _Made(), count(1)
    year = date(as_of.year, 1, 1)
    products = list(Product.objects.filter(standard_cost__isnull=False).order_by("code"))
    for product in products:
        _units(made, product, add_months(year, -24), numbers)
        _company(made, product, year)
    rates = rates_on(base_currency(), as_of)
    needed = needed or {}
    for group in _groups(needed):
        currency = group.currency_id or base_currency()
        if currency in rates:
            dice = Dice(seed, "prices", group.name)
            paid = needed.get(group.pk, {})
            chosen = _chosen(products, dice, paid)
            _group(made, group, chosen, rates[currency], dice, as_of, paid)
    _write(made)
    return len(made.prices)


def _groups(needed: Needed) -> list[Account]:
    rows = Account.objects.filter(kind=AccountKind.GROUP, identifiers__system__in=SOURCE_CODES)
    rows = rows.filter(Q(current_parent=None) | Q(pk__in=needed))
    found = rows.not_merged().select_related("current_lead", "currency").distinct()
    return list(found.order_by("pk"))


def _units(made: _Made, product: Product, start: date, numbers: count[int]) -> None:
    """Boxes are what we count; a piece is a part of one, a pallet holds many."""
    valid = DateRange(start, None)
    body = f"640{next(numbers):09}"
    name = product.unit or _PIECE
    box = f"1{body}"
    made.units.append(
        ProductUnit(product=product, code=name, gtin=box + str(check_digit(box)), valid=valid)
    )
    if inside := _PER_BOX.search(product.name):
        piece = ProductUnit(product=product, code=_PIECE, valid=valid)
        piece.denominator, piece.gtin = int(inside[1]), body + str(check_digit(body))
        if name != _PIECE:
            made.units.append(piece)
    holds = 48 if product.code.startswith(("FIS", "RDY")) else 60
    made.units.append(ProductUnit(product=product, code=_PALLET, numerator=holds, valid=valid))


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.05"), ROUND_HALF_UP)


def list_price(product: Product) -> Decimal:
    """Return this year's list price in the currency of the cost."""
    return _cents((product.standard_cost or 0) * Decimal(_LIST.get(product.code[:3], "1.55")))


def _company(made: _Made, product: Product, year: date) -> None:
    now = list_price(product)
    before = _cents(now * Decimal("0.97"))
    earlier, this = DateRange(add_months(year, -12), year), DateRange(year, None)
    currency = product.currency_id or base_currency()
    for amount, valid, reason in ((before, earlier, ""), (now, this, "Yearly price list")):
        made.lists.append(
            ListPrice(product=product, currency_id=currency, amount=amount, valid=valid,
                      reason=reason)
        )  # fmt: skip
    floor = _cents((product.standard_cost or 0) * _FLOOR)
    made.floors.append(FloorPrice(product=product, currency_id=currency, amount=floor, valid=this))


def _chosen(products: list[Product], dice: Dice, needed: Mapping[str, Decimal]) -> list[Product]:
    """Return some products in any order, and behind them those that are missing."""
    some = dice.order(products)[: dice.whole(8, _PRICED)]
    return [*some, *(one for one in products if one.code in needed and one not in some)]


def _group(
    made: _Made,
    group: Account,
    chosen: list[Product],
    rate: Decimal,
    dice: Dice,
    as_of: date,
    paid: Mapping[str, Decimal],
) -> None:
    level = exact(dice.between(0.80, 0.95))
    for place, product in enumerate(chosen):
        amount = list_price(product) / rate * level * exact(dice.between(0.98, 1.03))
        _history(made, group, product, paid.get(product.code, amount), dice, as_of)
        if dice.happens(0.7):
            code = f"{dice.whole(1, 99999):07}" if place % 2 else f"{product.code[:3]}{place:03}"
            made.codes.append(
                AccountProductCode(
                    account=group, product=product, code=code, valid=DateRange(_start(as_of), None)
                )
            )
    first = chosen[0]
    if _PER_BOX.search(first.name):
        made.units.append(
            ProductUnit(
                product=first,
                account=group,
                code="case of 8",
                numerator=8,
                denominator=int(_PER_BOX.search(first.name)[1]),  # type: ignore[index]
                valid=DateRange(_start(as_of), None),
            )
        )


def _start(as_of: date) -> date:
    return add_months(date(as_of.year, 1, 1), -12)


def _history(
    made: _Made, group: Account, product: Product, amount: Decimal, dice: Dice, as_of: date
) -> None:
    """Last year's price, this year's, and for some one that is to come."""
    turn = add_months(date(as_of.year, 1, 1), dice.pick((0, 2, 3)))
    coming = add_months(month_start(as_of), 2) if dice.happens(0.25) else None
    _price(made, group, product, amount * Decimal("0.97"), DateRange(_start(as_of), turn), dice)
    _price(made, group, product, amount, DateRange(turn, coming), dice)
    if coming:
        raised = amount * Decimal("1.02")
        _price(made, group, product, raised, DateRange(coming, None), dice)


def _price(
    made: _Made,
    group: Account,
    product: Product,
    amount: Decimal,
    valid: DateRange,
    dice: Dice,
) -> None:
    price = AccountPrice(
        account=group,
        product=product,
        currency_id=group.currency_id or base_currency(),
        valid=valid,
        reason=dice.pick(REASONS),
        set_by=group.current_lead,
    )
    made.prices.append(price)
    written = partial(round_to_currency, currency=price.currency_id)
    made.breaks.append(PriceBreak(price=price, from_quantity=0, amount=written(amount)))
    if dice.happens(0.4):
        for many, share in ((60, "0.97"), (240, "0.94")):
            lower = written(amount * Decimal(share))
            made.breaks.append(PriceBreak(price=price, from_quantity=many, amount=lower))


def _write(made: _Made) -> None:
    """Write rows table by table; codes that fell twice in an account stand once."""
    ProductUnit.objects.bulk_create(made.units)
    ListPrice.objects.bulk_create(made.lists)
    FloorPrice.objects.bulk_create(made.floors)
    AccountPrice.objects.bulk_create(made.prices)
    PriceBreak.objects.bulk_create(made.breaks)
    once = {(one.account_id, one.code): one for one in made.codes}
    AccountProductCode.objects.bulk_create(once.values())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
