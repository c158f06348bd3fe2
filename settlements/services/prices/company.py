"""List and floor prices of the whole company."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Product
from kam.core.locks import lock_names
from kam.core.models import Currency
from kam.core.problems import RefusedError, explained
from kam.identity.models import User
from settlements.models import FloorPrice, ListPrice
from settlements.services.prices import common
from settlements.services.prices.problems import ReasonError


@explained()
@transaction.atomic
def set_company_price[Kind: (ListPrice, FloorPrice)](
    kind: type[Kind],
    *,
    product: Product,
    currency: Currency,
    amount: Decimal,
    start: date,
    user: User,
    end: date | None = None,
    unit: str = "",
    reason: str = "",
    ends_running: bool = False,
) -> Kind:
    """Set a list or floor price; `ends_running` ends the one in force on its first day.

    Where there was one before, a reason is needed. Raises OverlapError, UnitError, ReasonError.
    """
    lock_names(f"settlements.prices.{kind._meta.model_name}.{product.pk}")
    valid = common.period(start, end)
    code = common.unit_code(product, unit, start)
    others = kind.objects.filter(product=product, unit=code, currency=currency)
    others = others.select_related("product")
    if not reason.strip() and others.exists():
        raise ReasonError
    if ends_running:
        common.close_running(others, start)
    common.refuse_overlap(others, valid)
    return kind.objects.create(
        product=product,
        unit=code,
        currency=currency,
        valid=valid,
        amount=amount,
        reason=reason.strip(),
        set_by=user,
    )


@explained()
@transaction.atomic
def end_company_price(*, price: ListPrice | FloorPrice, end: date, reason: str, user: User) -> None:
    """Let a list or floor price hold until before a day. Raises ReasonError, RefusedError."""
    if not reason.strip():
        raise ReasonError
    if price.valid.upper is not None and end > price.valid.upper:
        raise RefusedError(_("It ends earlier already."), field="end", code="period_longer")
    locked = common.end_row(price, end)
    locked.reason, locked.set_by = reason.strip(), user
    locked.save()
