"""Units of products: what one holds never changes once it is used; from a day on it may differ."""

from __future__ import annotations

from datetime import date

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import Account, Product
from kam.core.locks import lock_names
from kam.core.problems import RefusedError, explained
from settlements.models import ProductUnit
from settlements.selectors.prices.units import is_base
from settlements.services.prices import common
from settlements.services.prices.problems import UnitError


@explained()
@transaction.atomic
def set_unit(
    *,
    product: Product,
    code: str,
    start: date,
    numerator: int = 1,
    denominator: int = 1,
    account: Account | None = None,
    end: date | None = None,
    gtin: str = "",
    ends_running: bool = False,
) -> ProductUnit:
    """Say what a unit holds from a day on; `ends_running` ends what it held until then.

    The base unit holds one; it has a row only for its GTIN. Raises OverlapError, UnitError,
    GtinRefusedError.
    """
    lock_names(f"settlements.units.{product.pk}")
    valid, code = common.period(start, end), " ".join(code.split())
    if is_base(product, code) and numerator != denominator:
        raise UnitError(_("This is the product's own unit: it holds one."), field="code")
    rows = ProductUnit.objects.filter(product=product, account=account, code=code)
    if ends_running:
        common.close_running(rows, start)
    common.refuse_overlap(rows.select_related("product"), valid)
    made: ProductUnit = ProductUnit.objects.create(
        product=product,
        account=account,
        code=code,
        numerator=numerator,
        denominator=denominator,
        gtin=common.gtin_of(gtin),
        valid=valid,
    )
    _check_use()
    return made


@explained()
@transaction.atomic
def change_unit(
    *,
    unit: ProductUnit,
    numerator: int | None = None,
    denominator: int | None = None,
    gtin: str | None = None,
) -> ProductUnit:
    """Correct a unit that nothing uses yet, or its GTIN. Raises UnitInUseError."""
    locked: ProductUnit = ProductUnit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    locked.numerator = numerator or locked.numerator
    locked.denominator = denominator or locked.denominator
    if is_base(locked.product, locked.code) and locked.numerator != locked.denominator:
        raise UnitError(_("This is the product's own unit: it holds one."), field="numerator")
    if gtin is not None:
        locked.gtin = common.gtin_of(gtin)
    locked.save()
    return locked


@explained()
@transaction.atomic
def end_unit(*, unit: ProductUnit, end: date) -> ProductUnit:
    """Let a unit hold until before a day. Raises UnitInUseError where prices go on in it."""
    if unit.valid.upper is not None and end > unit.valid.upper:
        raise RefusedError(_("It ends earlier already."), field="end", code="period_longer")
    ended: ProductUnit = common.end_row(unit, end)
    _check_use()
    return ended


def _check_use() -> None:
    """Let the deferred check speak now: prices need their unit on each of their days."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
