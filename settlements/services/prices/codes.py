"""What accounts call our products: one code, one product, on each day."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models.functions import Upper
from django.utils.translation import gettext as _

from accounts.models import Account, Product
from kam.core.locks import lock_names
from kam.core.problems import RefusedError, explained
from settlements.models import AccountProductCode
from settlements.services.prices import common


@explained()
@transaction.atomic
def set_code(
    *,
    account: Account,
    product: Product,
    code: str,
    start: date,
    end: date | None = None,
    unit: str = "",
    gtin: str = "",
    name: str = "",
    ends_running: bool = False,
) -> AccountProductCode:
    """Say what an account calls a product; `ends_running` ends what the code meant until then.

    Codes are compared without regard to capitals; zeros in front count. Raises OverlapError,
    UnitError, GtinRefusedError.
    """
    lock_names(f"settlements.codes.{account.pk}")
    valid, code = common.period(start, end), " ".join(code.split())
    same = AccountProductCode.objects.filter(account=account).alias(key=Upper("code"))
    same = same.filter(key=code.upper()).select_related("product")
    if ends_running:
        common.close_running(same, start)
    common.refuse_overlap(same, valid)
    made: AccountProductCode = AccountProductCode.objects.create(
        account=account,
        product=product,
        code=code,
        name=name.strip(),
        unit=common.unit_code(product, unit, start, account),
        gtin=common.gtin_of(gtin),
        valid=valid,
    )
    return made


@explained()
@transaction.atomic
def change_code(
    *, code: AccountProductCode, gtin: str | None = None, name: str | None = None
) -> AccountProductCode:
    """Correct what is known beside a code; which product it means never changes."""
    locked: AccountProductCode = AccountProductCode.objects.select_for_update(no_key=True).get(
        pk=code.pk
    )
    if gtin is not None:
        locked.gtin = common.gtin_of(gtin)
    if name is not None:
        locked.name = name.strip()
    locked.save()
    return locked


@explained()
@transaction.atomic
def end_code(*, code: AccountProductCode, end: date) -> AccountProductCode:
    """Let a code hold until before a day. Raises RefusedError where no day is left."""
    if code.valid.upper is not None and end > code.valid.upper:
        raise RefusedError(_("It ends earlier already."), field="end", code="period_longer")
    ended: AccountProductCode = common.end_row(code, end)
    return ended
