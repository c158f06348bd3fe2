"""Drafts of settlement statements: computed from accepted reports, one or thousands at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from kam.core.collector import without_collector
from kam.core.locks import lock_names
from kam.core.models import Organisation
from kam.core.problems import explained
from kam.identity.models import User
from settlements.analytics.settling import Computed
from settlements.choices.settling import StatementKind, StatementState
from settlements.models import (
    SettlementStatement,
    SettlementTerm,
    StatementReport,
)
from settlements.querysets.terms import APPROVED
from settlements.selectors.settling.computing import Outcome, compute
from settlements.selectors.settling.jobs import KINDS, Job, jobs_due, settled_terms
from settlements.selectors.settling.previous import brought_into, taken_periods
from settlements.selectors.settling.recomputing import job_like
from settlements.selectors.settling.true_ups import compute_true_up
from settlements.selectors.terms.rules import rules_of, term_rows
from settlements.services.settling.problems import (
    InactiveVersionError,
    NotInputError,
    PeriodTakenError,
    StateError,
)
from settlements.services.settling.storing import store_lines, store_reports, store_statements

AT_ONCE = 5_000
"""Statements that are computed and written together; each time reads the lines of the period."""
LOCK, LOCKED_ONE_BY_ONE = "settling", 100
TOTALS = (
    "basis",
    "gross",
    "returns",
    "deduction",
    "top_up",
    "net",
    "tax",
    "payable",
    "claimed",
    "carried_forward",
)
"""The columns of a statement that its lines make."""
Report = Callable[[int, int], None]


@explained()
@transaction.atomic
def draft_statement(
    *,
    term: SettlementTerm,
    start: date,
    end: date,
    drafted_by: User | None,
    store_id: int | None = None,
    trading_days: int | None = None,
    note: str = "",
) -> SettlementStatement:
    """Draft the statement of a term for a period, `end` excluded, from accepted reports.

    Raises InactiveVersionError, PeriodTakenError, or NotInputError with what is missing: a
    report in force, one currency, prices, tax rates.
    """
    job = job_of(term, start, end, store_id=store_id, trading_days=trading_days)
    lock_terms([job])
    check_free(job)
    (job,) = with_brought([job])
    (outcome,) = compute([job])
    if outcome.computed is None:
        raise NotInputError(outcome.problem, code=outcome.code)
    (statement,) = write([outcome], drafted_by=drafted_by, note=note)
    return statement


def job_of(
    term: SettlementTerm,
    start: date,
    end: date,
    *,
    store_id: int | None = None,
    trading_days: int | None = None,
) -> Job:
    """Return what is to be computed. Raises InactiveVersionError, or NotInputError for terms that
    no statement settles and for a store that is not below the agreement's account."""
    rules = rules_of(term_rows().get(pk=term.pk))
    if rules.settlement_basis not in KINDS:
        raise NotInputError(_("These terms are not settled by statements."), field="term")
    if start >= end:
        raise NotInputError(_("The last day is before the first."), field="period")
    if rules.state not in APPROVED or start < rules.start or (rules.end and end > rules.end):
        raise InactiveVersionError
    return Job(
        rules=rules,
        kind=KINDS[rules.settlement_basis],
        start=start,
        end=end,
        store_id=store_id,
        trading_days=trading_days,
    )


def lock_terms(jobs: Iterable[Job]) -> None:
    """Let nobody else draft for the same terms until this is committed.

    Many at once keep away everybody: the database has room for some thousands of locks in all.
    """
    terms = {job.rules.term_id for job in jobs}
    lock_names(LOCK, shared=len(terms) <= LOCKED_ONE_BY_ONE)
    if len(terms) <= LOCKED_ONE_BY_ONE:
        lock_names(*(f"{LOCK}:{term_id}" for term_id in terms))


def check_free(job: Job) -> None:
    """Raise PeriodTakenError where a live statement covers some of the days.

    One of the whole account stands in the way of one of a store, and the reverse.
    """
    if taken_periods([job]):
        raise PeriodTakenError


@explained()
@transaction.atomic
def draft_true_up(
    *,
    term: SettlementTerm,
    start: date,
    end: date,
    drafted_by: User | None,
    store_id: int | None = None,
    note: str = "",
) -> SettlementStatement:
    """Draft the true-up of a guarantee over a test period, `end` excluded, from its statements.

    The statements of its months must be confirmed or posted; they stay as they are. Raises as
    `draft_statement` does.
    """
    job = replace(job_of(term, start, end, store_id=store_id), kind=StatementKind.TRUE_UP)
    lock_terms([job])
    check_free(job)
    outcome = compute_true_up(job)
    if outcome.computed is None:
        raise NotInputError(outcome.problem, code=outcome.code)
    (statement,) = write([outcome], drafted_by=drafted_by, note=note)
    return statement


@dataclass(frozen=True, slots=True)
class Drafted:
    """What a run did: drafts made, periods that had a statement, and what could not be made."""

    made: int
    taken: int
    refused: tuple[Outcome, ...]


@without_collector()
def draft_due(
    *,
    start: date,
    end: date,
    drafted_by: User | None,
    account_ids: Sequence[int] | None = None,
    report: Report = lambda _done, _of: None,
) -> Drafted:
    """Draft every statement whose period ends within the days and that has none yet.

    Of all agreements, or those of some accounts. Set-based; safe to run again: what is there
    already is left alone, what is refused is told with its reason.
    """
    fiscal_start = Organisation.objects.values_list("fiscal_year_start", flat=True).get(pk=1)
    jobs = jobs_due(settled_terms(account_ids=account_ids), start, end, fiscal_start)
    made, taken, refused = 0, 0, list[Outcome]()
    for first in range(0, len(jobs), AT_ONCE):
        some = jobs[first : first + AT_ONCE]
        with transaction.atomic():
            lock_terms(some)
            busy = taken_periods(some)
            free = [job for place, job in enumerate(some) if place not in busy]
            outcomes = compute(with_brought(free))
            good = [one for one in outcomes if one.computed is not None]
            write(good, drafted_by=drafted_by)
        made, taken = made + len(good), taken + len(busy)
        refused += [one for one in outcomes if one.computed is None]
        report(first + len(some), len(jobs))
    return Drafted(made, taken, tuple(refused))


def with_brought(jobs: Sequence[Job]) -> list[Job]:
    """Return the jobs with what the statements before them carried forward."""
    brought = brought_into(jobs)
    return [
        replace(job, brought_forward=brought[place].amount) if place in brought else job
        for place, job in enumerate(jobs)
    ]


# Writing


def write(
    outcomes: Sequence[Outcome],
    *,
    drafted_by: User | None,
    note: str = "",
    corrects: SettlementStatement | None = None,
) -> list[SettlementStatement]:
    """Write statements with their lines and the reports they rest on, in a few statements."""
    carries = any(one.job.brought_forward for one in outcomes)
    brought = brought_into([one.job for one in outcomes]) if carries else {}
    made = list[SettlementStatement]()
    for place, outcome in enumerate(outcomes):
        row = statement_row(outcome)
        row.drafted_by, row.note = drafted_by, note
        if place in brought and row.brought_forward:
            row.brought_from_id = brought[place].statement_id
        if corrects is not None:
            row.replaces, row.number = corrects, corrects.number
            row.version = corrects.version + 1
        made.append(row)
    store_statements(made)
    store_lines(made, [one.computed for one in outcomes])
    store_reports(
        (row.pk, report_id)
        for row, outcome in zip(made, outcomes, strict=True)
        for report_id in outcome.report_ids
    )
    return made


def statement_row(outcome: Outcome) -> SettlementStatement:
    """Return the row of a computed statement, not saved."""
    job, computed = outcome.job, outcome.computed
    assert computed is not None  # noqa: S101 - callers filter
    trading, calendar = job.days
    return SettlementStatement(
        term_id=job.rules.term_id,
        agreement_version_id=job.rules.version_id,
        account_id=job.account_id,
        store_id=job.store_id,
        kind=job.kind,
        period=DateRange(job.start, job.end),
        currency_id=job.rules.currency,
        is_tax_inclusive=job.rules.is_tax_inclusive,
        trading_days=trading,
        calendar_days=calendar,
        brought_forward=job.brought_forward,
        **totals(computed),
    )


def totals(computed: Computed) -> dict[str, Decimal | None]:
    """The columns of a statement that its lines make."""
    return {name: getattr(computed, name) for name in TOTALS}


# Drafts that change


@explained()
@transaction.atomic
def redraft_statement(
    *, statement: SettlementStatement, trading_days: int | None = None, note: str | None = None
) -> SettlementStatement:
    """Compute a draft anew from the reports as they stand; raises StateError for anything else."""
    row = locked(statement)
    if not row.is_draft or row.kind == StatementKind.TRUE_UP:
        raise StateError(_("Only a draft is computed anew."))
    job = job_like(row, trading_days=trading_days)
    lock_terms([job])
    (job,) = with_brought([replace(job, brought_forward=Decimal(0))])
    (outcome,) = compute([job], besides=row)
    if outcome.computed is None:
        raise NotInputError(outcome.problem, code=outcome.code)
    rewrite(row, outcome, note=note)
    return row


def rewrite(row: SettlementStatement, outcome: Outcome, *, note: str | None = None) -> None:
    """Put a computed outcome in the place of what a draft says."""
    row.lines.all().delete()
    row.reports.all().delete()
    fresh = statement_row(outcome)
    for name in (*TOTALS, "trading_days", "calendar_days", "brought_forward"):
        setattr(row, name, getattr(fresh, name))
    brought = brought_into([outcome.job])
    row.brought_from_id = brought[0].statement_id if row.brought_forward else None
    if note is not None:
        row.note = note
    row.save()
    store_lines([row], [outcome.computed])
    StatementReport.objects.bulk_create(
        [StatementReport(statement=row, report_id=pk) for pk in outcome.report_ids]
    )


def locked(statement: SettlementStatement) -> SettlementStatement:
    """Return the row, locked until the end of the transaction."""
    rows = SettlementStatement.objects.select_for_update(no_key=True)
    found: SettlementStatement = rows.get(pk=statement.pk)
    return found


@explained()
@transaction.atomic
def cancel_statement(*, statement: SettlementStatement) -> SettlementStatement:
    """Cancel a statement that was not posted; its period is free again."""
    row = locked(statement)
    if row.state in (StatementState.POSTED, StatementState.CANCELLED):
        raise StateError(_("A posted statement is taken back instead."))
    row.state = StatementState.CANCELLED
    row.save(update_fields=["state", "updated_at"])
    return row
