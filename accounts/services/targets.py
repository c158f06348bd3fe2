"""Targets by month, for an account or a manager."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction

from accounts.models import Account, ProductCategory, Target
from accounts.services.tree import refuse_merged
from kam.core.models import Currency
from kam.core.problems import explained
from kam.identity.models import User


@explained()
@transaction.atomic
def create_target(
    *,
    month: date,
    amount: Decimal,
    currency: Currency,
    account: Account | None = None,
    manager: User | None = None,
    category: ProductCategory | None = None,
) -> Target:
    """Set a target for a month that has none of its kind.

    Raises RefusedError unless it is for an account or a manager, one of them, and for a month
    that is not given by its first day.
    """
    if account is not None:
        refuse_merged(account, field="account")
    return Target.objects.create(
        month=month,
        amount=amount,
        currency=currency,
        account=account,
        manager=manager,
        category=category,
    )


@explained()
@transaction.atomic
def change_target(
    *, target: Target, amount: Decimal | None = None, currency: Currency | None = None
) -> Target:
    """Correct the amount or its currency; what a target is for never changes."""
    locked: Target = Target.objects.select_for_update(no_key=True).get(pk=target.pk)
    locked.amount = locked.amount if amount is None else amount
    locked.currency = currency or locked.currency
    locked.save()
    return locked


@transaction.atomic
def remove_target(*, target: Target) -> None:
    """Remove a target; its history stays."""
    target.delete()
