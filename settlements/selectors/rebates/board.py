"""Rebates as the last run left them: who may see which, how far each is, what waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import Account
from kam.core.models import JobRun
from kam.identity.models import User
from settlements.models import (
    RebateAccrual,
    RebateExpectation,
    RebateRun,
    RebateSettlement,
    TradeCondition,
)

JOB = "settlements.accrue_rebates"
NEAR = Decimal("0.05")
"""How much of the next bound may be missing for it to be near."""
SOON = timedelta(days=31)


def last_run() -> RebateRun | None:
    """Return the run that the board shows."""
    return RebateRun.objects.order_by("-through").first()


def rebates_for(user: User, *, as_of: date) -> QuerySet[Any]:
    """Return each rebate's periods as of the last run, as far as the user may see.

    Periods that run and those that are over and wait to be settled; one settled since is marked
    `is_settled`, one that is over on the day `is_over`. Rebates without a rate are not accrued.
    """
    run = last_run()
    rows: Any = RebateAccrual.objects.visible_to(user).filter(run=run.pk if run else None)
    settled = RebateSettlement.objects.filter(
        condition=OuterRef("condition"), period__overlap=OuterRef("period")
    )
    if run is None:
        rows = rows.none()
    found: QuerySet[Any] = rows.annotate(
        is_settled=Exists(settled),
        is_over=Q(period__endswith__lte=as_of),
        near=near(),
    )
    return with_rules(found)


def with_rules(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return accruals with what their words need, in a constant number of queries."""
    return rows.select_related(
        "condition__version__agreement__account__current_group",
        "condition__category",
        "condition__schedule",
        "currency",
    ).prefetch_related("condition__schedule__bands")


def near() -> Q:
    """Return which accruals lack little of the next bound, and would gain by reaching it."""
    return Q(gain__gt=0, to_next__lte=NEAR * (F("basis_amount") + F("to_next")))


def rebates_of(user: User, account: Account, *, as_of: date) -> QuerySet[Any]:
    """Return the rebates of an account, of everything below it, and those it counts towards."""
    of_tree = Q(condition__version__agreement__account__path__contains=[account.pk]) | Q(
        condition__version__agreement__account__in=account.path
    )
    return rebates_for(user, as_of=as_of).filter(of_tree).order_by("-gain", "pk")


def near_cliffs(*, as_of: date) -> QuerySet[Any]:
    """Return rebates of the last run that lack little of the next bound in their last month."""
    run = last_run()
    rows = RebateAccrual.objects.filter(
        near(), run=run, period__endswith__gt=as_of, period__endswith__lte=as_of + SOON
    )
    found: QuerySet[Any] = with_rules(rows if run else rows.none()).order_by("pk")
    return found


def rebate_job(user: User, pk: int) -> JobRun | None:
    """Return a job that accrues: one's own, or anybody's for who may ask for one."""
    runs = JobRun.objects.filter(name=JOB, pk=pk)
    if not user.can("rebates.accrue"):
        runs = runs.visible_to(user)
    return runs.first()


# One rebate


@dataclass(frozen=True, slots=True)
class PeriodOf:
    """A period of one rebate: its last accrual, and its settlement where it is settled."""

    start: date
    end: date
    accrual: RebateAccrual
    settlement: RebateSettlement | None


def conditions_for(user: User) -> QuerySet[TradeCondition]:
    """Return approved rebates that the user may see, with what their page needs."""
    rows = TradeCondition.objects.visible_to(user).filter(
        kind="rebate", version__state__in=["active", "superseded", "terminated"]
    )
    found: QuerySet[TradeCondition] = rows.select_related(
        "version__agreement__account",
        "version__agreement__selling_company",
        "version__agreement__currency",
        "category",
        "schedule",
    ).prefetch_related("schedule__bands")
    return found


def periods_of(condition: TradeCondition) -> list[PeriodOf]:
    """Return the periods of a rebate, the latest first."""
    rows = RebateAccrual.objects.filter(condition=condition)
    latest = {one.period.lower: one for one in rows.order_by("pk")}.values()
    given = {one.period.lower: one for one in settlements_of(condition)}
    found = [
        PeriodOf(one.period.lower, one.period.upper, one, given.get(one.period.lower))
        for one in latest
    ]
    return sorted(found, key=lambda one: one.start, reverse=True)


def settlements_of(condition: TradeCondition) -> QuerySet[RebateSettlement]:
    """Return what was settled, the latest first."""
    return RebateSettlement.objects.filter(condition=condition).select_related(
        "document", "created_by"
    )


def history_of(condition: TradeCondition, start: date) -> list[RebateAccrual]:
    """Return the accruals of a period, oldest first."""
    rows = RebateAccrual.objects.filter(condition=condition, period__startswith=start)
    return list(rows.order_by("pk"))


def expectations_of(condition: TradeCondition, start: date) -> list[RebateExpectation]:
    """Return what was expected of a period, the latest first."""
    rows = RebateExpectation.objects.filter(condition=condition, period__startswith=start)
    return list(rows.select_related("created_by"))
