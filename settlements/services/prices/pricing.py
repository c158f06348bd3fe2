"""Prices of accounts: agreed, changed for a reason, ended. Never two on one day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Account, Product
from kam.core.locks import lock_names
from kam.core.models import Currency
from kam.core.problems import RefusedError, explained
from kam.identity.models import User
from settlements.analytics.prices import PriceBreak as Step
from settlements.analytics.prices import below_floor, check_breaks
from settlements.models import AccountPrice, PriceBreak
from settlements.selectors.prices import floor_on, unit_of
from settlements.services.prices import common
from settlements.services.prices.problems import BelowFloorError, ReasonError, break_error


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """A price to be agreed: for what, in which unit and currency, when, and how much."""

    account: Account
    product: Product
    currency: Currency
    start: date
    breaks: Sequence[Step]
    unit: str = ""
    end: date | None = None


@explained()
@transaction.atomic
def set_price(
    *, terms: Terms, user: User, reason: str = "", ends_running: bool = False
) -> AccountPrice:
    """Agree a price; `ends_running` ends the one in force on its first day.

    A reason is needed where a price was agreed before, or this one is below the floor. Raises
    OverlapError (the other price is named), UnitError, BreakError, ReasonError, BelowFloorError.
    """
    _refuse_wrong(terms.breaks)
    _alone(terms.account)
    valid = common.period(terms.start, terms.end)
    unit = common.unit_code(terms.product, terms.unit, terms.start, terms.account)
    others = AccountPrice.objects.filter(
        account=terms.account, product=terms.product, unit=unit, currency=terms.currency
    ).select_related("product")
    _demand_reason(reason, terms, unit, changes=others.exists())
    if ends_running:
        common.close_running(others, terms.start)
    common.refuse_overlap(others, valid)
    price = AccountPrice.objects.create(
        account=terms.account,
        product=terms.product,
        unit=unit,
        currency=terms.currency,
        valid=valid,
        reason=reason.strip(),
        set_by=user,
    )
    _write_breaks(price, terms.breaks)
    return price


@explained()
@transaction.atomic
def change_price(
    *,
    price: AccountPrice,
    user: User,
    reason: str,
    breaks: Sequence[Step] | None = None,
    start: date | None = None,
    end: date | None = None,
    for_good: bool = False,
) -> AccountPrice:
    """Correct how much a price is, or its days; what it is for never changes.

    `end` None leaves the end, `for_good` takes it away. Raises as `set_price`.
    """
    _alone(price.account)
    locked = _locked(price)
    last = None if for_good else (end or locked.valid.upper)
    valid = common.period(start or locked.valid.lower, last)
    steps = steps_of(locked) if breaks is None else breaks
    _refuse_wrong(steps)
    _demand_reason(reason, _terms(locked, valid.lower, steps), locked.unit, changes=True)
    common.refuse_overlap(_like(locked), valid, besides=locked.pk)
    locked.valid, locked.reason, locked.set_by = valid, reason.strip(), user
    locked.save()
    if breaks is not None:
        _write_breaks(locked, breaks)
    return locked


@explained()
@transaction.atomic
def end_price(*, price: AccountPrice, end: date, reason: str, user: User) -> AccountPrice:
    """Let a price hold until before a day: afterwards the account above decides, if any.

    Raises RefusedError where no day is left (remove it instead), ReasonError.
    """
    _say_why(reason)
    locked = _locked(price)
    if locked.valid.upper is not None and end > locked.valid.upper:
        raise RefusedError(_("It ends earlier already."), field="end", code="period_longer")
    locked.reason, locked.set_by = reason.strip(), user
    locked.valid = common.period(locked.valid.lower, end)
    locked.save()
    return locked


@explained()
@transaction.atomic
def remove_price(*, price: AccountPrice, as_of: date) -> None:
    """Take back a price that has not begun. Raises RefusedError for one that has."""
    locked = _locked(price)
    if locked.valid.lower <= as_of:
        words = _("It has begun: end it instead, so that one can see what was paid.")
        raise RefusedError(words, code="price_begun")
    locked.delete()


def steps_of(price: AccountPrice) -> list[Step]:
    """Return a price's breaks as the mathematics takes them, the lowest quantity first."""
    return [Step(one.from_quantity, one.amount) for one in price.breaks.all()]


def lowest_below_floor(terms: Terms, unit: str) -> Decimal | None:
    """Return the lowest price of the breaks where it is below the floor of the first day."""
    scale = unit_of(terms.product, unit, terms.start, account=terms.account)
    floor = floor_on(terms.product, terms.start, unit=scale, currency=terms.currency.pk)
    lowest = min(one.price for one in terms.breaks)
    return lowest if below_floor(lowest, floor) else None


def _alone(account: Account) -> None:
    """One at a time at an account, so that who comes second finds and names the first's price."""
    lock_names(f"settlements.prices.{account.pk}")


def _locked(price: AccountPrice) -> AccountPrice:
    rows = AccountPrice.objects.select_related("product", "account", "currency")
    found: AccountPrice = rows.select_for_update(no_key=True, of=("self",)).get(pk=price.pk)
    return found


def _like(price: AccountPrice) -> QuerySet[Any]:
    return AccountPrice.objects.filter(
        account=price.account_id,
        product=price.product_id,
        unit=price.unit,
        currency=price.currency_id,
    ).select_related("product")


def _terms(price: AccountPrice, start: date, breaks: Sequence[Step]) -> Terms:
    return Terms(
        account=price.account,
        product=price.product,
        currency=price.currency,
        start=start,
        breaks=breaks,
        unit=price.unit,
    )


def _refuse_wrong(breaks: Sequence[Step]) -> None:
    for problem in check_breaks(breaks):
        raise break_error(problem)


def _demand_reason(reason: str, terms: Terms, unit: str, *, changes: bool) -> None:
    if reason.strip():
        return
    if lowest_below_floor(terms, unit) is not None:
        raise BelowFloorError
    if changes:
        raise ReasonError


def _say_why(reason: str) -> None:
    if not reason.strip():
        raise ReasonError


def _write_breaks(price: AccountPrice, breaks: Sequence[Step]) -> None:
    """Make the rows those given; ones that stay the same are left alone."""
    wanted = {one.from_quantity: one.price for one in breaks}
    for row in price.breaks.all():
        amount = wanted.pop(row.from_quantity, None)
        if amount is None:
            row.delete()
        elif amount != row.amount:
            row.amount = amount
            row.save()
    PriceBreak.objects.bulk_create(
        PriceBreak(price=price, from_quantity=quantity, amount=amount)
        for quantity, amount in sorted(wanted.items())
    )
