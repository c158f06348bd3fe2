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
from settlements.selectors.settling.jobs import Job
from settlements.selectors.settling.sources import Source
from settlements.selectors.terms.conditions import ConditionRules, conditions_of

ON_STATEMENTS = (Channel.ON_INVOICE, Channel.SET_OFF)
"""Channels that a statement carries; what we pay, or give in goods, has documents of its own."""
UNKNOWN = (Calculation.PERCENT_OF_PURCHASES,)
"""Computed from purchases, which statements know nothing of."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """Conditions by version, and which of those charged once were charged already."""

    by_version: dict[int, list[ConditionRules]]
    charged: frozenset[int]


def conditions_for(jobs: Iterable[Job], besides: SettlementStatement | None = None) -> Conditions:
    """Return the fees and promotions of the jobs' versions, in three queries."""
    found: dict[int, list[ConditionRules]] = defaultdict(list)
    versions = {job.rules.version_id for job in jobs}
    for one in conditions_of(versions):
        if one.kind != ConditionKind.REBATE and one.channel in ON_STATEMENTS:
            found[one.version_id].append(one)
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
    return Conditions(found, frozenset(rows.values_list("condition_id", flat=True)))


def charges_of(
    job: Job, source: Source, conditions: Conditions, fiscal_start: int, basis: Decimal
) -> Iterator[Charge]:
    """Give what is charged in a job's period; `basis` is what percentages are taken of.

    A condition of another category than the term's is left to that term; one of all goods is
    charged by the term of all goods, or by the first term where every term has a category.
    """
    for one in conditions.by_version.get(job.rules.version_id, ()):
        if one.category_id not in (None, job.rules.category_id) or not _overlaps(one, job):
            continue
        if one.calculation in UNKNOWN or not _reached(one, basis):
            continue
        if one.calculation == Calculation.ONCE and one.condition_id in conditions.charged:
            continue
        times = _times(one, job, fiscal_start)
        if times:
            yield _charge(one, basis, source, times)


def _overlaps(one: ConditionRules, job: Job) -> bool:
    return one.start < job.end and (one.end is None or job.start < one.end)


def _reached(one: ConditionRules, basis: Decimal) -> bool:
    if one.conditionality == Conditionality.UNCONDITIONAL:
        return True
    is_target = one.conditionality == Conditionality.TARGET
    return is_target and one.target is not None and basis >= one.target


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
