"""Fees and promotions of a version, as a statement charges them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from settlements.analytics.rebate_periods import period_of
from settlements.analytics.settling import Charge
from settlements.choices.settling import StatementState
from settlements.choices.terms import Calculation, Channel, Conditionality, ConditionKind
from settlements.models import SettlementStatement, StatementLine
from settlements.selectors.settling.carrying import Settled, carries, is_carried, settled_of
from settlements.selectors.settling.jobs import Job
from settlements.selectors.settling.purchases import Asked, purchases_of
from settlements.selectors.settling.sources import Source
from settlements.selectors.terms.conditions import ConditionRules, conditions_of

PERCENTS = (
    Calculation.PERCENT_OF_PURCHASES,
    Calculation.PERCENT_OF_TURNOVER,
    Calculation.SCHEDULE,
)
"""What is charged on growth alone, where growth is asked for; amounts are due once there is any."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """Conditions that statements carry by version, its settled terms, what was bought.

    `charged` are those charged once that were charged already.
    """

    by_version: dict[int, list[ConditionRules]]
    terms: dict[int, list[Settled]]
    charged: frozenset[int]
    purchases: dict[Asked, Decimal]


def conditions_for(jobs: Sequence[Job], besides: SettlementStatement | None = None) -> Conditions:
    """Return the fees and promotions of the jobs' versions, in five queries at most."""
    every = conditions_of({job.rules.version_id for job in jobs})
    terms = settled_of({one.version_id for one in every})
    found: dict[int, list[ConditionRules]] = defaultdict(list)
    for one in every:
        if is_carried(one, terms.get(one.version_id, ())):
            found[one.version_id].append(one)
    return Conditions(found, terms, _charged(found, besides), _purchases(jobs, found))


def _charged(
    found: dict[int, list[ConditionRules]], besides: SettlementStatement | None
) -> frozenset[int]:
    """Conditions charged once that another live statement charged."""
    once = [
        one.condition_id
        for many in found.values()
        for one in many
        if one.calculation == Calculation.ONCE
    ]
    rows = StatementLine.objects.filter(condition__in=once).exclude(
        statement__state=StatementState.CANCELLED
    )
    rows = rows.filter(statement__taken_back_on__isnull=True)
    if besides is not None:
        rows = rows.exclude(statement=besides)
    return frozenset(rows.values_list("condition_id", flat=True))


def _purchases(jobs: Iterable[Job], found: dict[int, list[ConditionRules]]) -> dict[Asked, Decimal]:
    return purchases_of(
        Asked.of(one, job)
        for job in jobs
        for one in found.get(job.rules.version_id, ())
        if one.calculation == Calculation.PERCENT_OF_PURCHASES and _overlaps(one, job)
    )


def charges_of(
    job: Job, source: Source, conditions: Conditions, fiscal_start: int, basis: Decimal
) -> Iterator[Charge]:
    """Give what is charged in a job's period; `basis` is what percentages are taken of.

    Percentages of purchases are of what was bought on the days that the condition holds. See
    `carrying` for which term charges what.
    """
    version = job.rules.version_id
    for one in conditions.by_version.get(version, ()):
        if not carries(job.rules.term_id, one, conditions.terms[version]) or not _overlaps(
            one, job
        ):
            continue
        of = basis
        if one.calculation == Calculation.PERCENT_OF_PURCHASES:
            of = conditions.purchases[Asked.of(one, job)]
        if not _reached(one, of):
            continue
        if one.calculation == Calculation.ONCE and one.condition_id in conditions.charged:
            continue
        times = _times(one, job, fiscal_start)
        if times:
            yield _charge(one, _growth(one, of), source, times)


def _overlaps(one: ConditionRules, job: Job) -> bool:
    return one.start < job.end and (one.end is None or job.start < one.end)


def _reached(one: ConditionRules, basis: Decimal) -> bool:
    """Whether a target is reached, or there is any growth over a base."""
    if one.conditionality == Conditionality.UNCONDITIONAL or one.target is None:
        return one.conditionality == Conditionality.UNCONDITIONAL
    is_target = one.conditionality == Conditionality.TARGET
    return basis >= one.target if is_target else basis > one.target


def _growth(one: ConditionRules, basis: Decimal) -> Decimal:
    """What a condition on growth counts: percentages and bands what is above the base."""
    is_growth = one.conditionality == Conditionality.GROWTH and one.calculation in PERCENTS
    return basis - one.target if is_growth and one.target is not None else basis


def _times(one: ConditionRules, job: Job, fiscal_start: int) -> int:
    """How often a fixed amount falls due: once, or for each of its own periods that ends."""
    if one.calculation != Calculation.FIXED or one.cycle in ("", job.rules.cycle):
        return 1
    return len(list(_ends(one.cycle, job.start, job.end, fiscal_start)))


def _ends(cycle: str, start: date, end: date, fiscal_start: int) -> Iterator[date]:
    day = start
    while day < end:
        day = period_of(day, cycle, fiscal_start)[1]
        if start < day <= end:
            yield day


def _charge(one: ConditionRules, basis: Decimal, source: Source, times: int) -> Charge:
    counted = _counted(one, source)
    fixed = None
    if one.calculation in (Calculation.FIXED, Calculation.ONCE) and one.value is not None:
        fixed = one.value * times
    per_unit = one.calculation in (
        Calculation.PER_UNIT,
        Calculation.PER_PRODUCT,
        Calculation.PER_STORE,
    )
    is_banded = one.calculation == Calculation.SCHEDULE
    return Charge(
        condition_id=one.condition_id,
        label=one.name,
        is_promotion=one.kind == ConditionKind.PROMOTION,
        is_claim=one.channel == Channel.SET_OFF,
        basis=(fixed or basis) if counted is None else counted,
        fixed=fixed,
        rate=None if fixed is not None or is_banded else one.value,
        is_per_unit=per_unit,
        bands=one.bands if is_banded else (),
        scheme=one.scheme if is_banded else None,
        floor=one.floor,
        cap=one.cap,
    )


def _counted(one: ConditionRules, source: Source) -> Decimal | None:
    """What a condition counts beside money: units sold and kept, products, stores."""
    if one.calculation == Calculation.PER_UNIT:
        return sum((sold.sold - sold.returned for sold in source.sold), Decimal(0))
    counts: dict[str, Sequence[int] | set[int]] = {
        Calculation.PER_PRODUCT: source.product_ids,
        Calculation.PER_STORE: source.store_ids,
    }
    found = counts.get(one.calculation)
    return None if found is None else Decimal(len(found))
