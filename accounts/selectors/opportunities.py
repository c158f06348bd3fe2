"""Opportunities as lists and boards show them, the forecast, and what is overdue.

Values are in base currency at the latest rate up to the day; where there is none the value is
None, the sums leave it out and say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    Count,
    DecimalField,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Round

from accounts.analytics.pipeline import (
    CLOSED,
    OPEN,
    Bucket,
    Deal,
    WinRate,
    forecast,
    win_rate,
)
from accounts.models import Account, Opportunity, OpportunityStageChange
from kam.core.dates import MONTHS_PER_YEAR, Period
from kam.core.models import ExchangeRate
from kam.core.selectors.rates import base_currency
from kam.identity.models import User

_MONEY = DecimalField(max_digits=24, decimal_places=4)


def opportunities_for(user: User, *, as_of: date) -> QuerySet[Opportunity]:
    """Opportunities of accounts in the user's scope, those of merged accounts left out.

    Annotates `base_value` and `weighted`, both in base currency and NULL without a rate.
    """
    rows: QuerySet[Opportunity] = Opportunity.objects.visible_to(user)
    return with_base(rows.filter(account__merged_into__isnull=True), as_of=as_of).select_related(
        "account", "category", "owner"
    )


def with_base(rows: QuerySet[Opportunity], *, as_of: date) -> QuerySet[Opportunity]:
    """Annotate the value in base currency at the latest rate up to a day, and × probability."""
    base = base_currency()
    rate = ExchangeRate.objects.filter(
        currency=OuterRef("currency"), base=base, valid_on__lte=as_of
    ).order_by("-valid_on")
    factor = Case(
        When(currency=base, then=Value(Decimal(1))),
        default=Subquery(rate.values("rate")[:1]),
        output_field=DecimalField(max_digits=20, decimal_places=10),
    )
    value = Round(F("value") * factor, 4, output_field=_MONEY)
    rows = rows.annotate(base_value=Cast(value, _MONEY))
    share = F("base_value") * F("probability") / Value(Decimal(100))
    return rows.annotate(weighted=Cast(Round(share, 4, output_field=_MONEY), _MONEY))


def within(rows: QuerySet[Opportunity], account: Account) -> QuerySet[Opportunity]:
    """Those of an account and of everything below it today."""
    return rows.filter(account__path__contains=[account.pk])


@dataclass(frozen=True, kw_only=True)
class Lane:
    """A column of the board: its opportunities, how many there are, their sums."""

    stage: str
    opportunities: Sequence[Any]
    count: int
    value: Decimal | None
    weighted: Decimal | None
    unconverted: int

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.count - len(self.opportunities)


def lanes(
    rows: QuerySet[Opportunity], *, as_of: date, shown: int = 40, closed_days: int = 90
) -> list[Lane]:
    """Return the stages as lanes; of won and lost those closed in the last days.

    Within a lane the next to close comes first, among closed ones the last closed.
    """
    since = date.fromordinal(as_of.toordinal() - closed_days)
    recent = rows.filter(Q(stage__in=OPEN) | Q(closed_on__gte=since))
    sums = {
        one["stage"]: one
        for one in recent.order_by()
        .values("stage")
        .annotate(
            count=Count("pk"),
            total=Sum("base_value"),
            expected=Sum("weighted"),
            waiting=Count("pk", filter=Q(base_value__isnull=True)),
        )
    }
    by_stage: dict[str, list[Opportunity]] = {stage: [] for stage in (*OPEN, *CLOSED)}
    ordered = recent.order_by(F("closed_on").desc(nulls_first=True), "expected_close", "pk")
    for row in ordered[: shown * len(by_stage) * 2]:
        if len(by_stage[row.stage]) < shown:
            by_stage[row.stage].append(row)
    return [_lane(stage, found, sums.get(stage)) for stage, found in by_stage.items()]


def _lane(stage: str, rows: Sequence[Opportunity], sums: Any) -> Lane:
    if sums is None:
        return Lane(
            stage=stage,
            opportunities=(),
            count=0,
            value=Decimal(0),
            weighted=Decimal(0),
            unconverted=0,
        )
    return Lane(
        stage=stage,
        opportunities=rows,
        count=sums["count"],
        value=sums["total"],
        weighted=sums["expected"],
        unconverted=sums["waiting"],
    )


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """What is expected by month of closing, its sums, and how often we won in the last year.

    `missing` names the currencies that lack a rate; their opportunities are in no sum.
    """

    currency: str
    as_of: date
    buckets: Sequence[Bucket]
    value: Decimal
    weighted: Decimal
    deals: int
    overdue: int
    wins: WinRate
    missing: Sequence[str]


def forecast_of(rows: QuerySet[Opportunity], *, as_of: date) -> Forecast:
    """Return the forecast of open opportunities, and the win rate of the last 12 months.

    A month's sum is value × probability of what should close in it; what should have closed
    before the day stands apart as overdue.
    """
    open_rows = rows.filter(stage__in=OPEN).order_by()
    wanted: tuple[Any, ...] = ("base_value", "probability", "expected_close", "currency_id")
    found: list[Any] = list(open_rows.values_list(*wanted))
    buckets = forecast((Deal(v, p, day) for v, p, day, _code in found), as_of=as_of)
    return Forecast(
        currency=base_currency(),
        as_of=as_of,
        buckets=buckets,
        value=sum((one.value for one in buckets), Decimal(0)),
        weighted=sum((one.weighted for one in buckets), Decimal(0)),
        deals=len(found),
        overdue=sum(one.deals for one in buckets if one.month is None),
        wins=wins_of(rows, as_of=as_of),
        missing=sorted({code for value, _p, _day, code in found if value is None}),
    )


def wins_of(rows: QuerySet[Opportunity], *, as_of: date) -> WinRate:
    """Return how many of those closed in the 12 months up to and including the day were won."""
    year = Period.rolling(as_of, MONTHS_PER_YEAR)
    closed = rows.order_by().filter(closed_on__gte=year.start, closed_on__lt=year.end)
    counts = closed.aggregate(
        won=Count("pk", filter=Q(stage="won")), lost=Count("pk", filter=Q(stage="lost"))
    )
    return win_rate(won=counts["won"], lost=counts["lost"])


def overdue_steps(rows: QuerySet[Opportunity], *, as_of: date) -> QuerySet[Opportunity]:
    """Open ones whose next step was due before the day, the longest overdue first."""
    late = rows.filter(stage__in=OPEN, next_step_on__lt=as_of)
    return late.order_by("next_step_on", "pk")


def due_steps(user: User, *, as_of: date, limit: int = 5) -> list[Opportunity]:
    """Return one's own open opportunities whose next step is due by the day, oldest first."""
    rows: QuerySet[Opportunity] = Opportunity.objects.visible_to(user).filter(
        owner__in=user.acting_user_ids(), stage__in=OPEN, next_step_on__lte=as_of
    )
    shown = rows.filter(account__merged_into__isnull=True).select_related("account")
    return list(shown.order_by("next_step_on", "pk")[:limit])


def open_at(account: Account, user: User, *, limit: int = 20) -> list[Opportunity]:
    """Return open opportunities at an account and below, next steps first; one statement."""
    rows: QuerySet[Opportunity] = Opportunity.objects.visible_to(user).filter(
        account__path__contains=[account.pk],
        account__merged_into__isnull=True,
        stage__in=OPEN,
    )
    shown = rows.select_related("account", "category", "owner")
    ordered = shown.order_by(F("next_step_on").asc(nulls_last=True), "expected_close", "pk")
    return list(ordered[:limit])


def steps_taken(opportunity: Opportunity) -> list[OpportunityStageChange]:
    """Return the stages that an opportunity went through, the latest first."""
    rows = OpportunityStageChange.objects.filter(opportunity=opportunity)
    return list(rows.select_related("changed_by").order_by("-pk"))
