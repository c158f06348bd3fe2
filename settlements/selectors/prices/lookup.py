"""The price of a product for an account on a day: the nearest agreed one up its path."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.models import Account, Product
from kam.core.exact import rounded
from kam.core.money import LINE_PLACES
from settlements.analytics.prices import PriceBreak
from settlements.analytics.units import Unit, price_in
from settlements.models import AccountPrice
from settlements.selectors.prices.sql import price_ctes
from settlements.selectors.prices.units import BASE, unit_of


@dataclass(frozen=True, slots=True)
class Price:
    """An agreed price, with its breaks in the unit that it was agreed for.

    `account_id` is where it was agreed: the account itself or one above it. `quantity` and `asked`
    are what was asked for; without a quantity the price is that of the first break.
    """

    price_id: int
    account_id: int
    product_id: int
    currency: str
    unit: Unit
    breaks: tuple[PriceBreak, ...]
    asked: Unit = BASE
    quantity: Decimal | None = None
    valid: DateRange | None = field(default=None, compare=False)

    @property
    def reached(self) -> PriceBreak | None:
        """The break of the quantity asked for; None where so few have no price."""
        if self.quantity is None:
            return self.breaks[0]
        return self.break_of(self.quantity, self.asked)

    def break_of(self, quantity: Decimal, unit: Unit) -> PriceBreak | None:
        """Return the highest break that a quantity of any unit reaches, compared exactly."""
        if not unit.is_as_large_as(self.unit):
            many: Fraction | Decimal = abs(Fraction(quantity)) * unit.factor / self.unit.factor
        else:
            many = quantity.copy_abs()
        reached = [one for one in self.breaks if one.from_quantity <= many]
        return max(reached, key=lambda one: one.from_quantity) if reached else None

    @property
    def amount(self) -> Decimal:
        """What one unit costs, in the unit that the price was agreed for."""
        reached = self.reached
        if reached is None:
            raise ValueError("So few have no price.")
        return reached.price

    def amount_in(self, unit: Unit, *, places: int = LINE_PLACES) -> Decimal:
        """What one of another unit costs, rounded: for comparing and showing."""
        return price_in(self.amount, self.unit, unit, places=places)

    def line_amount(self, quantity: Decimal, unit: Unit = BASE) -> Decimal | None:
        """Return what a quantity costs, computed exactly and rounded once to four decimals.

        None where so few have no price; a negative quantity, a return, gives a negative amount.
        """
        reached = self.break_of(quantity, unit)
        if reached is None:
            return None
        many = Fraction(quantity) * unit.factor / self.unit.factor
        return rounded(many * Fraction(reached.price), LINE_PLACES)


def price_on(
    account: Account,
    product: Product,
    day: date,
    *,
    quantity: Decimal | None = None,
    unit: str = "",
    currency: str | None = None,
) -> Price | None:
    """Return the price that holds for the account, its own or the nearest above it; None: none is.

    By the tree as it stands today. Of several at one account: in the account's own currency (else
    the first by code) unless one is asked for, in the unit asked for, else in the base unit, else
    the first by name. `quantity` is of `unit`, converted exactly to the price's; below its first
    break there is no price. List prices are not looked at. Raises UnknownUnitError.
    """
    asked = unit_of(product, unit, day, account=account) if unit else BASE
    rows = AccountPrice.objects.at(day).filter(account__in=account.path, product=product)
    if currency is not None:
        rows = rows.filter(currency=currency)
    place = {pk: index for index, pk in enumerate(account.path)}
    found = min(
        rows.select_related("account").prefetch_related("breaks"),
        key=lambda row: (
            -place[row.account_id],
            row.currency_id != account.currency_id,
            row.currency_id,
            row.unit != asked.code,
            row.unit != "",
            row.unit,
        ),
        default=None,
    )
    if found is None:
        return None
    price = _as_price(found, product, day, asked=asked, quantity=quantity)
    return price if price.reached else None


def _as_price(
    row: AccountPrice, product: Product, day: date, *, asked: Unit, quantity: Decimal | None
) -> Price:
    return Price(
        price_id=row.pk,
        account_id=row.account_id,
        product_id=row.product_id,
        currency=row.currency_id,
        unit=unit_of(product, row.unit, day, account=row.account) if row.unit else BASE,
        breaks=tuple(PriceBreak(one.from_quantity, one.amount) for one in row.breaks.all()),
        asked=asked,
        quantity=quantity,
        valid=row.valid,
    )


_ON = f"""
WITH {price_ctes(accounts="SELECT unnest(%(accounts)s::bigint[])",
                 products="SELECT unnest(%(products)s::bigint[])")}
SELECT account_id, product_id, currency_id, price_id, of_account_id, unit, numerator, denominator,
    array_agg(from_quantity ORDER BY from_quantity), array_agg(amount ORDER BY from_quantity)
FROM prices GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1, 2, 3
"""  # fmt: skip


def prices_on(
    account_ids: Iterable[int], product_ids: Iterable[int], day: date
) -> dict[tuple[int, int, str], Price]:
    """Return the prices of many, by account, product and currency, in one statement.

    As `price_on` without a unit finds them; for volume join `price_ctes` instead.
    """
    parameters = {
        "accounts": list(account_ids),
        "products": list(product_ids),
        "price_span": DateRange(day, day + timedelta(days=1)),
    }
    with connection.cursor() as cursor:
        cursor.execute(_ON, parameters)
        return {(row[0], row[1], row[2]): _of_row(row) for row in cursor.fetchall()}


def _of_row(row: Sequence[object]) -> Price:
    _account, product, currency, price, of_account, unit, numerator, denominator, *steps = row
    quantities, amounts = steps
    return Price(
        price_id=int(str(price)),
        account_id=int(str(of_account)),
        product_id=int(str(product)),
        currency=str(currency),
        unit=Unit(str(unit), int(str(numerator)), int(str(denominator))),
        breaks=tuple(map(PriceBreak, quantities, amounts)),  # type: ignore[call-overload]
    )
