"""In which units a product is sold to an account on a day, and quantities in several of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Account, Product
from kam.core import formats
from settlements.analytics.units import InexactError, Unit, convert, split_packs
from settlements.models import ProductUnit

BASE = Unit("", 1)
"""A product's own unit: what its costs, stock and revenue are counted in."""


class UnknownUnitError(LookupError):
    """A unit in which the product is not sold to the account on the day."""


def unit_name(product: Product, code: str) -> str:
    """What a unit is called: the base unit by the product's word for it."""
    return code or product.unit or _("piece")


def units_of(product: Product, day: date, *, account: Account | None = None) -> dict[str, Unit]:
    """Return a product's units by their codes, the base unit under "".

    The account's own ones, or those nearest above it, go before the company's of the same name.
    """
    return units_by_product([product.pk], day, account=account)[product.pk]


def units_by_product(
    product_ids: Iterable[int], day: date, *, account: Account | None = None
) -> dict[int, dict[str, Unit]]:
    """Return the same for several products, in one statement; every product has its base unit."""
    path = account.path if account else []
    place = {pk: index for index, pk in enumerate(path)}
    found = {pk: {BASE.code: BASE} for pk in product_ids}
    rows = ProductUnit.objects.at(day).filter(
        Q(account__isnull=True) | Q(account__in=path), product__in=list(found)
    )
    for row in sorted(
        rows.select_related("product"), key=lambda row: place.get(row.account_id, -1)
    ):
        if not is_base(row.product, row.code):
            found[row.product_id][row.code] = Unit(row.code, row.numerator, row.denominator)
    return found


def is_base(product: Product, code: str) -> bool:
    """Whether a name is that of the product's base unit: none, or the product's word for it."""
    return not code or code.casefold() == (product.unit or "piece").casefold()


def unit_of(
    product: Product,
    code: str,
    day: date,
    *,
    account: Account | None = None,
    units: Mapping[str, Unit] | None = None,
) -> Unit:
    """Return the unit of a name; none, or the product's own word, is the base unit.

    Names are compared without regard to capitals. Raises UnknownUnitError.
    """
    known = units_of(product, day, account=account) if units is None else units
    if is_base(product, code):
        return BASE
    if code in known:
        return known[code]
    for name, unit in known.items():
        if name.casefold() == code.casefold():
            return unit
    raise UnknownUnitError(code)


@dataclass(frozen=True, slots=True)
class Quantities:
    """A quantity in base units and in whole packs, the largest first.

    No packs where nothing larger than the base unit fits, or less than a base unit is left over.
    """

    base: Decimal
    base_name: str
    packs: tuple[tuple[str, int], ...] = ()

    @property
    def in_base(self) -> str:
        """As 44 pcs."""
        return f"{formats.number(self.base)} {self.base_name}"

    @property
    def in_packs(self) -> str:
        """As 3 carton + 8 pcs; empty without packs."""
        return " + ".join(f"{formats.number(count)} {name}" for name, count in self.packs)

    def __str__(self) -> str:
        return f"{self.in_base} ({self.in_packs})" if self.packs else self.in_base


def quantities_both(
    product: Product,
    quantity: Decimal,
    *,
    day: date,
    account: Account | None = None,
    unit: Unit = BASE,
    units: Mapping[str, Unit] | None = None,
) -> Quantities:
    """Return a quantity (of `unit`) in our base unit and in the packs of the account.

    `units` spares the query where they are known (see `units_by_product`). Raises InexactError
    where base units cannot express it with six decimals.
    """
    known = units_of(product, day, account=account) if units is None else units
    base = convert(quantity, unit, BASE)
    return Quantities(base, unit_name(product, ""), _packs(product, base, known))


def _packs(
    product: Product, base: Decimal, units: Mapping[str, Unit]
) -> tuple[tuple[str, int], ...]:
    larger = [unit for unit in units.values() if unit.factor > 1]
    if not larger or abs(base) < min(unit.factor for unit in larger):
        return ()
    try:
        packs = split_packs(base, [*larger, BASE])
    except InexactError:
        return ()
    return tuple((unit_name(product, unit.code), count) for unit, count in packs)
