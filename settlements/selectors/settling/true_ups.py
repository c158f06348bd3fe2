"""True-ups of guarantees: what a test period comes to against what its statements took."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.db.models import Sum
from django.utils.translation import gettext as _

from kam.core import formats
from kam.core.models import Currency
from settlements.analytics.concession import (
    NOTHING_APART,
    Apart,
    Month,
    Proration,
    TestPeriod,
)
from settlements.analytics.problems import CalculationError
from settlements.analytics.settling import trued_up
from settlements.choices.settling import StatementKind, StatementLineKind, StatementState
from settlements.choices.terms import ConditionCycle
from settlements.models import SettlementStatement, StatementLine
from settlements.selectors.settling.computing import Outcome
from settlements.selectors.settling.jobs import SHORT, Job, computing_rules, months_touched

TESTED = {
    TestPeriod.MONTH: ConditionCycle.MONTHLY,
    TestPeriod.QUARTER: ConditionCycle.QUARTERLY,
    TestPeriod.YEAR: ConditionCycle.YEARLY,
    TestPeriod.CUMULATIVE: ConditionCycle.YEARLY,
}
"""Over which periods guarantees are tested; years are ours, as those of rebates."""


def tested_each(test_period: str, cycle: str) -> str:
    """Return the cycle of a guarantee's true-ups; empty where each statement tests it itself."""
    is_own = test_period == TestPeriod.MONTH and cycle not in SHORT
    return "" if is_own else TESTED[TestPeriod(test_period)].value


def has_true_up(job: Job) -> bool:
    """Whether the term's guarantee is tested by a statement of its own."""
    guarantee = job.rules.guarantee
    if guarantee is None or job.rules.deduction_terms is None:
        return False
    return bool(tested_each(guarantee.test_period, job.rules.cycle))


def compute_true_up(job: Job) -> Outcome:
    """Return the true-up of a period from the statements of its months; those stay as they are.

    They must be confirmed or posted and cover the period without a gap.
    """
    if not has_true_up(job):
        return Outcome(job, code="no_true_up", problem=_("This guarantee is tested each month."))
    rows = _statements(job)
    if gap := _gap(job, rows):
        words = _("No confirmed statement covers %s.") % formats.date(gap)
        return Outcome(job, code="statement_missing", problem=words)
    guarantee, terms = job.rules.guarantee, job.rules.deduction_terms
    assert guarantee is not None and terms is not None  # noqa: S101,PT018 - `has_true_up` said so
    places = Currency.objects.values_list("decimals", flat=True).get(pk=job.rules.currency)
    rules, apart = computing_rules(job, places), _apart(rows)
    try:
        computed = trued_up(
            [
                _month(row, apart.get(row.pk, NOTHING_APART), months)
                for row, months in zip(rows, _months(job, rows), strict=True)
            ],
            guarantee,
            terms,
            job.rules.tax_rate or _rate(rows),
            rules,
        )
    except CalculationError as error:
        return Outcome(job, code=error.code, problem=str(error))
    return Outcome(job, computed)


def _statements(job: Job) -> list[SettlementStatement]:
    rows = SettlementStatement.objects.live().filter(
        agreement_version__agreement=job.rules.agreement_id,
        term__category=job.rules.category_id,
        store=job.store_id,
        kind=StatementKind.TURNOVER,
        state__in=[StatementState.CONFIRMED, StatementState.POSTED],
        period__overlap=(job.start, job.end),
    )
    return list(rows.order_by("period"))


def _gap(job: Job, rows: Sequence[SettlementStatement]) -> date | None:
    """The first day of the period that no statement covers, or that one exceeds."""
    day = job.start
    for row in rows:
        if row.period.lower != day:
            return day
        day = row.period.upper
    return None if day == job.end else day


def _apart(rows: Sequence[SettlementStatement]) -> dict[int, Apart]:
    """What media with percentages of their own came to in each statement."""
    lines = StatementLine.objects.filter(
        statement__in=rows, kind=StatementLineKind.COMMISSION, rate__isnull=False
    ).exclude(label="")
    sums = lines.order_by().values_list("statement").annotate(Sum("basis"), Sum("amount"))
    return {statement: Apart(basis, -amount) for statement, basis, amount in sums}


def _months(job: Job, rows: Sequence[SettlementStatement]) -> list[Fraction]:
    """How many months' guarantee each statement stands for.

    Those it touches; weeks and half months together stand for those of the period, unless days
    say which part of a month each is.
    """
    by_days = job.rules.guarantee and job.rules.guarantee.proration is not Proration.NONE
    if job.rules.cycle in SHORT and not by_days:
        return [Fraction(months_touched(job.start, job.end), len(rows))] * len(rows)
    return [Fraction(months_touched(row.period.lower, row.period.upper)) for row in rows]


def _month(row: SettlementStatement, apart: Apart, months: Fraction) -> Month:
    return Month(
        turnover=row.gross if row.basis is None else row.basis,
        commission_taken=row.deduction - apart.deduction + row.top_up,
        top_up=row.top_up,
        apart=apart,
        trading_days=row.trading_days,
        calendar_days=row.calendar_days,
        months=months,
    )


def _rate(rows: Sequence[SettlementStatement]) -> Decimal:
    rates = rows[0].lines.exclude(tax_rate=None).values_list("tax_rate", flat=True)
    return rates.first() or Decimal(0)
