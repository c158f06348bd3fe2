"""True-ups of guarantees: what a test period comes to against what its statements took."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from kam.core.dates import add_months
from kam.core.models import Currency
from settlements.analytics.concession import Month, TestPeriod
from settlements.analytics.problems import CalculationError
from settlements.analytics.settling import trued_up
from settlements.choices.settling import StatementKind, StatementState
from settlements.models import SettlementStatement
from settlements.selectors.settling.computing import Outcome
from settlements.selectors.settling.jobs import SHORT, Job, computing_rules

MONTHS = {TestPeriod.QUARTER: 3, TestPeriod.YEAR: 12, TestPeriod.CUMULATIVE: 12}


def has_true_up(job: Job) -> bool:
    """Whether the term's guarantee is tested by a statement of its own."""
    guarantee = job.rules.guarantee
    if guarantee is None or job.rules.deduction_terms is None:
        return False
    return guarantee.test_period is not TestPeriod.MONTH or job.rules.cycle in SHORT


def compute_true_up(job: Job) -> Outcome:
    """Return the true-up of a period from the statements of its months; those stay as they are.

    They must be confirmed or posted and cover the period without a gap.
    """
    if not has_true_up(job):
        return Outcome(job, code="no_true_up", problem=_("This guarantee is tested each month."))
    rows = _statements(job)
    if gap := _gap(job, rows):
        words = _("No confirmed statement covers %s.") % gap.isoformat()
        return Outcome(job, code="statement_missing", problem=words)
    guarantee, terms = job.rules.guarantee, job.rules.deduction_terms
    assert guarantee is not None and terms is not None  # noqa: S101,PT018 - `has_true_up` said so
    places = Currency.objects.values_list("decimals", flat=True).get(pk=job.rules.currency)
    rules = computing_rules(job, places)
    try:
        computed = trued_up(
            [_month(row) for row in rows],
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


def _month(row: SettlementStatement) -> Month:
    return Month(
        turnover=row.basis or row.gross,
        commission_taken=row.deduction + row.top_up,
        top_up=row.top_up,
        trading_days=row.trading_days,
        calendar_days=row.calendar_days,
    )


def _rate(rows: Sequence[SettlementStatement]) -> Decimal:
    rates = rows[0].lines.exclude(tax_rate=None).values_list("tax_rate", flat=True)
    return rates.first() or Decimal(0)


def last_test_period(job: Job) -> tuple[date, date]:
    """Return the test period that ends with the job's last day: a quarter, or a year."""
    guarantee = job.rules.guarantee
    months = MONTHS.get(guarantee.test_period, 1) if guarantee else 1
    return add_months(job.end, -months), job.end
