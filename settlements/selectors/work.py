"""Work on overdue receivables as lists show it: whose it is, what stands behind a piece."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    Count,
    DecimalField,
    ExpressionWrapper,
    F,
    Max,
    Min,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Round

from kam.core.selectors.rates import base_currency, rates_on
from kam.identity.models import User
from settlements.choices import Side, WorkRole, WorkState
from settlements.models import LedgerItem, OverdueRun, WorkEvent, WorkItem

MINE, TEAM, QUEUE, ALL = "mine", "team", "queue", "all"
WHOSE = (MINE, TEAM, QUEUE, ALL)
ITEMS_SHOWN = 10


def whose(user: User) -> dict[str, Q]:
    """The conditions that divide work: a stand-in's is mine, my team's includes mine."""
    return {
        MINE: Q(user__in=user.acting_user_ids()),
        TEAM: Q(user__in=user.scope_user_ids()),
        QUEUE: Q(user__isnull=True),
        ALL: Q(),
    }


def work_for(user: User) -> QuerySet[WorkItem]:
    """Work of payers in the user's scope, done or not, with what a list shows."""
    rows: QuerySet[WorkItem] = WorkItem.objects.visible_to(user)
    return rows.select_related("party__current_group", "user")


def worth(as_of: date) -> Round:
    """What a work's amount is worth in the base currency at the day's rates, to order by.

    NULL where there is no rate.
    """
    rates = rates_on(base_currency(), as_of)
    cases = [When(currency=code, then=Value(rate)) for code, rate in rates.items()]
    money = DecimalField(max_digits=40, decimal_places=4)
    rate = Case(*cases, output_field=DecimalField(max_digits=20, decimal_places=10))
    product = ExpressionWrapper(F("amount") * rate, output_field=money)
    return Round(product, precision=4, output_field=money)


def count_by_whose(user: User) -> dict[str, int]:
    """How many pieces of work wait (put off or not), of each kind of `whose`."""
    rows = WorkItem.objects.visible_to(user).not_done()
    kinds = whose(user)
    found: dict[str, int] = rows.aggregate(
        **{kind: Count("pk", filter=kinds[kind]) for kind in (MINE, TEAM, QUEUE)}, all=Count("pk")
    )
    return found


def waiting_for(user: User, kind: str, *, as_of: date, limit: int) -> list[WorkItem]:
    """Return the open work of one kind of `whose` that is worth most at the day's rates."""
    rows = work_for(user).filter(whose(user)[kind], state=WorkState.OPEN)
    return list(rows.order_by(worth(as_of).desc(nulls_last=True), "-pk")[:limit])


def last_run() -> date | None:
    """The day of the last overdue run: amounts of work are as of it."""
    found: date | None = OverdueRun.objects.aggregate(last=Max("as_of"))["last"]
    return found


def overdue_items_of(
    work: WorkItem, user: User, *, as_of: date, limit: int = ITEMS_SHOWN
) -> list[LedgerItem]:
    """Return the payer's overdue items in the work's currency with `open_amount`, oldest first.

    Only those of accounts that the user may see; the work's amount counts all of the payer.
    """
    rows = LedgerItem.objects.visible_to(user).filter(
        party=work.party_id, currency=work.currency_id, side=Side.DEBIT, due_date__lt=as_of
    )
    found = rows.open_as_of(as_of).select_related("document").order_by("due_date", "pk")
    return list(found[:limit])


def steps_of(work: WorkItem) -> list[WorkEvent]:
    """Return what people did on the work, the newest first."""
    return list(work.events.select_related("user").order_by("-at", "-pk"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one controller (None: the default queue) has to act on, in one currency."""

    user: User | None
    currency: str
    payers: int
    amount: Decimal
    oldest_due_on: date


def controllers_shares(user: User) -> list[Share]:
    """Return how the controllers' waiting work is spread, the default queue first.

    Payers in the user's scope, amounts as of the last overdue run, currencies apart.
    """
    rows = WorkItem.objects.visible_to(user).not_done().filter(role=WorkRole.CONTROLLER)
    found = (
        rows.values("user_id", "currency_id")
        .annotate(payers=Count("pk"), total=Sum("amount"), oldest=Min("oldest_due_on"))
        .order_by(F("user__full_name").asc(nulls_first=True), "user_id", "-total")
    )
    named = _named(user_ids={row["user_id"] for row in found} - {None})
    return [
        Share(
            user=named(row["user_id"]),
            currency=row["currency_id"],
            payers=row["payers"],
            amount=row["total"],
            oldest_due_on=row["oldest"],
        )
        for row in found
    ]


def _named(*, user_ids: set[Any]) -> Callable[[Any], User | None]:
    return User.objects.in_bulk(user_ids).get
