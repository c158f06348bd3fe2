"""Fees, promotions and rebates in the shapes that the mathematics computes with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q

from kam.core.id_arrays import id_rows
from settlements.analytics.rates import Band, RateUnit, Scheme
from settlements.choices.terms import Calculation, RebateBasis
from settlements.models import RateBand, TradeCondition

ZERO = Decimal(0)
_RATES = frozenset(
    {Calculation.PERCENT_OF_PURCHASES, Calculation.PERCENT_OF_TURNOVER, Calculation.PER_UNIT}
)


@dataclass(frozen=True, kw_only=True)
class ConditionRules:
    """A condition of a version. `bands` are empty for amounts (fixed, once, per product or store).

    A rate has one band and `Scheme.PERCENT`. `start` and `end` (the first day after) are those of
    the condition within its version's. `rate_unit` says whether rates are hundredths or money for
    each unit.
    """

    condition_id: int
    version_id: int
    agreement_id: int
    account_id: int
    selling_company_id: int
    currency: str
    kind: str
    name: str
    fee_type: str
    category_id: int | None
    calculation: str
    value: Decimal | None
    scheme: Scheme | None
    bands: tuple[Band, ...]
    rate_unit: RateUnit
    floor: Decimal | None
    cap: Decimal | None
    start: date
    end: date | None
    is_sales_linked: bool
    is_distinct_service: bool
    evidence: str
    channel: str
    conditionality: str
    target: Decimal | None
    basis: str
    cycle: str
    measured_at: str
    payout: str


def conditions_in_force(
    version_id: int, day: date, kind: str | None = None
) -> tuple[ConditionRules, ...]:
    """Return the conditions of a version whose own period holds the day; two queries."""
    return conditions_of([version_id], day=day, kind=kind)


def conditions_of(
    version_ids: Iterable[int], *, day: date | None = None, kind: str | None = None
) -> tuple[ConditionRules, ...]:
    """Return the conditions of versions, of a kind, that hold on a day; two queries in all."""
    rows = TradeCondition.objects.filter(version__in=id_rows(version_ids))
    if kind is not None:
        rows = rows.filter(kind=kind)
    if day is not None:
        rows = rows.filter(Q(valid__isnull=True) | Q(valid__contains=day))
    rows = rows.select_related("version__agreement", "schedule")
    return tuple(
        condition_rules(row)
        for row in rows.prefetch_related("schedule__bands").order_by("version_id", "kind", "pk")
    )


def condition_rules(row: TradeCondition) -> ConditionRules:
    """Return a condition's rules; no query where it comes with version, agreement and bands."""
    scheme, bands = _rates(row)
    agreement = row.version.agreement
    start, end = _period(row)
    per_unit = row.basis == RebateBasis.UNITS or row.calculation == Calculation.PER_UNIT
    return ConditionRules(
        condition_id=row.pk,
        version_id=row.version_id,
        agreement_id=agreement.pk,
        account_id=agreement.account_id,
        selling_company_id=agreement.selling_company_id,
        currency=agreement.currency_id,
        kind=row.kind,
        name=row.name,
        fee_type=row.fee_type,
        category_id=row.category_id,
        calculation=row.calculation,
        value=row.value,
        scheme=scheme,
        bands=bands,
        rate_unit=RateUnit.PER_UNIT if per_unit else RateUnit.PERCENT,
        floor=row.floor,
        cap=row.cap,
        start=start,
        end=end,
        is_sales_linked=row.is_sales_linked,
        is_distinct_service=row.is_distinct_service,
        evidence=row.evidence,
        channel=row.channel,
        conditionality=row.conditionality,
        target=row.target,
        basis=row.basis,
        cycle=row.cycle,
        measured_at=row.measured_at,
        payout=row.payout,
    )


def _rates(row: TradeCondition) -> tuple[Scheme | None, tuple[Band, ...]]:
    if row.schedule is not None:
        return Scheme(row.scheme), bands_of(row.schedule.bands.all())
    if row.calculation in _RATES and row.value is not None:
        return Scheme.PERCENT, (Band(ZERO, None, row.value),)
    return None, ()


def _period(row: TradeCondition) -> tuple[date, date | None]:
    """Return the days that the condition and its version have in common."""
    whole, own = row.version.valid, row.valid
    if own is None:
        return whole.lower, whole.upper
    start = max(whole.lower, own.lower or whole.lower)
    ends = [end for end in (whole.upper, own.upper) if end is not None]
    return start, min(ends, default=None)


def bands_of(rows: Iterable[RateBand]) -> tuple[Band, ...]:
    """Return rows of `RateBand` as the mathematics reads them, the lowest first."""
    bands = (Band(row.band.lower, row.band.upper, row.rate) for row in rows)
    return tuple(sorted(bands, key=lambda band: band.lower))
