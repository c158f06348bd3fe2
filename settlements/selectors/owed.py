"""What an account owes in one figure, for heads of pages: kept by the overdue job, never live."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Max, Sum

from accounts.models import Account
from kam.core.selectors.rates import base_currency, rates_on
from kam.identity.models import User
from settlements.models import Position, WorkItem

STEPS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Owed:
    """Gross open amount and what is overdue of it, of payers at the account and below it.

    In the one currency there is, else in base currency; None for both with `missing_rate` named.
    """

    currency: str
    open: Decimal | None
    overdue: Decimal | None
    oldest_days: int
    missing_rate: str = ""


def owed_by(account: Account, user: User, *, as_of: date) -> Owed | None:
    """Return what is owed as of the last overdue run; None where no payer stands here."""
    rows = Position.objects.visible_to(user).filter(party__path__contains=[account.pk])
    sums = list(
        rows.order_by()
        .values_list("currency")
        .annotate(Sum("open"), Sum("overdue"), Max("oldest_days"))
    )
    if not sums:
        return None
    oldest = max(days for _code, _open, _overdue, days in sums)
    if len(sums) == 1:
        [(code, is_open, overdue, _days)] = sums
        return Owed(code, is_open, overdue, oldest)
    base = base_currency()
    rates = rates_on(base, as_of)
    for code, *_amounts in sums:
        if code not in rates:
            return Owed(base, None, None, oldest, code)
    return Owed(
        base,
        sum((amount * rates[code] for code, amount, _o, _d in sums), Decimal(0)),
        sum((amount * rates[code] for code, _a, amount, _d in sums), Decimal(0)),
        oldest,
    )


def work_of(account: Account, user: User) -> list[WorkItem]:
    """Return work with a next step at the account's payers, the first due first."""
    rows = WorkItem.objects.visible_to(user).not_done().exclude(next_step="")
    found = rows.filter(party__path__contains=[account.pk]).select_related("user")
    return list(found.order_by("next_step_on", "pk")[:STEPS_SHOWN])
