"""What an account owes in one figure, for heads of pages: kept by the overdue job, never live."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Max, Min, Sum

from accounts.models import Account
from kam.core.selectors.rates import base_currency, rates_on
from kam.identity.models import User
from settlements.models import Position, WorkItem

STEPS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Owed:
    """Gross open amount and what is overdue of it, of payers at the account and below it.

    In the one currency there is, else in base currency; None for both with `missing_rate` named.
    `counted_at` is the moment of the run that counted first.
    """

    currency: str
    open: Decimal | None
    overdue: Decimal | None
    oldest_days: int
    counted_at: datetime
    missing_rate: str = ""


def owed_by(account: Account, user: User, *, as_of: date) -> Owed | None:
    """Return what is owed as of the last overdue run; None where no payer stands here."""
    rows = Position.objects.visible_to(user).filter(party__path__contains=[account.pk])
    sums = list(
        rows.order_by()
        .values_list("currency")
        .annotate(Sum("open"), Sum("overdue"), Max("oldest_days"), Min("computed_at"))
    )
    if not sums:
        return None
    oldest = max(days for _code, _open, _overdue, days, _at in sums)
    counted_at = min(at for *_figures, at in sums)
    if len(sums) == 1:
        [(code, is_open, overdue, _days, _at)] = sums
        return Owed(code, is_open, overdue, oldest, counted_at)
    base = base_currency()
    rates = rates_on(base, as_of)
    for code, *_amounts in sums:
        if code not in rates:
            return Owed(base, None, None, oldest, counted_at, code)
    return Owed(
        base,
        sum((amount * rates[code] for code, amount, *_others in sums), Decimal(0)),
        sum((amount * rates[code] for code, _open, amount, *_others in sums), Decimal(0)),
        oldest,
        counted_at,
    )


def work_of(account: Account, user: User) -> list[WorkItem]:
    """Return work with a next step at the account's payers, the first due first."""
    rows = WorkItem.objects.visible_to(user).not_done().exclude(next_step="")
    found = rows.filter(party__path__contains=[account.pk]).select_related("user")
    return list(found.order_by("next_step_on", "pk")[:STEPS_SHOWN])
