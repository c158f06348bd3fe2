"""Opportunities as lists and boards show them, the forecast, and what is overdue.

Values are in base currency at the latest rate up to the day; where there is none the value is
None, the sums leave it out and say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import (
    Case,
    Count,
    DateField,
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
from django.db.models.functions import Cast, Round, TruncMonth

from accounts.analytics.pipeline import (
    CLOSED,
    OPEN,
    Bucket,
    WinRate,
    win_rate,
)
from accounts.models import Account, Opportunity, OpportunityStageChange
from kam.core.dates import MONTHS_PER_YEAR, Period
from kam.core.models import ExchangeRate
from kam.core.selectors.rates import base_currency
from kam.identity.models import User

_MONEY = DecimalField(max_digits=24, decimal_places=4)
_RATE = DecimalField(max_digits=20, decimal_places=10)


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
    factor = Subquery(rate.values("rate")[:1], output_field=_RATE)
    converted = Cast(Round(F("value") * factor, 4, output_field=_MONEY), _MONEY)
    own = When(currency=base, then=F("value"))
    rows = rows.annotate(base_value=Case(own, default=converted, output_field=_MONEY))
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
    for row in rows.filter(pk__in=_first_of(recent, by_stage, shown)).order_by(*_NEXT):
        by_stage[row.stage].append(row)
    return [_lane(stage, found, sums.get(stage)) for stage, found in by_stage.items()]


_NEXT = (F("closed_on").desc(nulls_first=True), "expected_close", "pk")


def _first_of(rows: QuerySet[Opportunity], stages: Iterable[str], shown: int) -> list[int]:
    """The keys of the first rows of each stage, however many there are of another; one query."""
    keys = [
        rows.filter(stage=stage)
        .order_by(*(("expected_close", "pk") if stage in OPEN else _NEXT))
        .values_list("pk", flat=True)[:shown]
        for stage in stages
    ]
    return list(keys[0].union(*keys[1:], all=True).order_by())


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
    found = list(_months(rows.filter(stage__in=OPEN), as_of))
    buckets = [_bucket(one) for one in found]
    return Forecast(
        currency=base_currency(),
        as_of=as_of,
        buckets=buckets,
        value=sum((one.value for one in buckets), Decimal(0)),
        weighted=sum((one.weighted for one in buckets), Decimal(0)),
        deals=sum(one.deals for one in buckets),
        overdue=sum(one.deals for one in buckets if one.month is None),
        wins=wins_of(rows, as_of=as_of),
        missing=sorted({code for one in found for code in one["missing"]}),
    )


def _months(rows: QuerySet[Opportunity], as_of: date) -> Iterable[dict[str, Any]]:
    """What `analytics.pipeline.forecast` makes of each deal, added up by the database."""
    month = Case(
        When(expected_close__gte=as_of, then=Cast(TruncMonth("expected_close"), DateField())),
        output_field=DateField(),
    )
    no_rate = Q(base_value__isnull=True)
    found: QuerySet[Any, Any] = rows.order_by().annotate(month=month).values("month")
    rows_by_month: Iterable[dict[str, Any]] = found.annotate(
        deals=Count("pk"),
        unconverted=Count("pk", filter=no_rate),
        total=Sum("base_value"),
        expected=Sum("weighted"),
        missing=ArrayAgg("currency_id", filter=no_rate, distinct=True, default=[]),
    ).order_by(F("month").asc(nulls_first=True))
    return rows_by_month


def _bucket(one: dict[str, Any]) -> Bucket:
    return Bucket(
        month=one["month"],
        deals=one["deals"],
        unconverted=one["unconverted"],
        value=one["total"] or Decimal(0),
        weighted=one["expected"] or Decimal(0),
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
