"""Settlement statements as pages and the API show them; which fall due when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Prefetch, QuerySet, Sum

from accounts.models import Account
from kam.core.dates import add_months
from kam.core.models import Organisation
from kam.identity.models import User
from settlements.choices.settling import StatementState
from settlements.models import (
    SalesReportLine,
    SettlementStatement,
    SettlementTerm,
    StatementDispute,
    StatementDocument,
)
from settlements.selectors.settling.jobs import KINDS, Job, jobs_due, settled_terms
from settlements.selectors.settling.previous import taken_periods

BACK, AHEAD = 3, 2
"""Months before and after today in which the calendar looks for statements."""
GRACE = timedelta(days=10)
"""A statement that is not made this long after its period is late."""


def statements_for(user: User) -> QuerySet[SettlementStatement]:
    """Return visible statements with what a list shows of each."""
    rows: QuerySet[SettlementStatement] = SettlementStatement.objects.visible_to(user)
    return rows.select_related(
        "account", "store", "term__category", "agreement_version__agreement__selling_company"
    )


def whole(rows: QuerySet[SettlementStatement]) -> QuerySet[SettlementStatement]:
    """Return statements with all that their page or the API tells."""
    disputes = StatementDispute.objects.select_related("raised_by", "line")
    documents = StatementDocument.objects.select_related("document")
    return rows.select_related(
        "drafted_by", "issued_by", "posted_by", "replaces", "replaced_by", "brought_from"
    ).prefetch_related(
        "lines__product",
        "lines__category",
        "lines__store",
        Prefetch("disputes", disputes),
        Prefetch("documents", documents),
        "reports__report",
    )


@dataclass(frozen=True, slots=True)
class Due:
    """A statement that is still to be made; `is_late` some days after its period."""

    job: Job
    account: Account
    term: SettlementTerm
    is_over: bool
    is_late: bool


def statements_due(
    user: User, *, as_of: date, account: Account | None = None, ahead: int = AHEAD
) -> list[Due]:
    """Return the statements of visible accounts that have to be made, the oldest period first.

    Periods that ended in the last months without a live statement, and those that end soon.
    """
    rows = SettlementTerm.objects.visible_to(user).filter(settlement_basis__in=KINDS)
    if account is not None:
        rows = rows.filter(version__agreement__account__path__contains=[account.pk])
    terms = {row.pk: row for row in rows.select_related("version__agreement__account", "category")}
    start = add_months(as_of.replace(day=1), -BACK)
    end = add_months(as_of.replace(day=1), ahead)
    fiscal_start = Organisation.objects.values_list("fiscal_year_start", flat=True).get(pk=1)
    jobs = jobs_due(settled_terms(term_ids=terms), start, end, fiscal_start)
    busy = taken_periods(jobs)
    free = [job for place, job in enumerate(jobs) if place not in busy]
    return [
        _due(job, terms[job.rules.term_id], as_of)
        for job in sorted(free, key=lambda job: (job.end, job.rules.account_id))
    ]


def _due(job: Job, term: SettlementTerm, as_of: date) -> Due:
    return Due(
        job=job,
        account=term.version.agreement.account,
        term=term,
        is_over=job.end <= as_of,
        is_late=job.end + GRACE <= as_of,
    )


def waiting_for(user: User) -> dict[str, int]:
    """Return how many visible statements stand in each state before the ledger."""
    rows = SettlementStatement.objects.visible_to(user).unposted().order_by("state")
    states = list(rows.values_list("state", flat=True))
    return {state: states.count(state) for state in StatementState.values if state in states}


def report_lines(
    statement: SettlementStatement, *, product_id: int | None, category_id: int | None
) -> QuerySet[SalesReportLine]:
    """Return the report lines that a line of goods adds up; of the reports it was made from.

    Without product and category all of them within the period.
    """
    reports = list(statement.reports.values_list("report_id", flat=True))
    rows = SalesReportLine.objects.filter(report__in=reports)
    if product_id is not None:
        rows = rows.filter(product=product_id)
    elif category_id is not None:
        rows = rows.filter(category=category_id) | rows.filter(
            category__isnull=True, product__category=category_id
        )
    if statement.store_id is not None:
        rows = rows.filter(store=statement.store_id)
    return rows.select_related("report", "store", "product", "category").order_by("report", "line")


def contested(statement: SettlementStatement) -> Sequence[StatementDispute]:
    """Return the disputes that are not settled."""
    return [one for one in statement.disputes.all() if one.settled_on is None]


def unposted_totals(user: User, account: Account) -> dict[str, object]:
    """Return what waits to be posted below an account, by currency."""
    rows = SettlementStatement.objects.visible_to(user).within(account.pk).unposted()
    return dict(rows.order_by("currency").values_list("currency").annotate(total=Sum("payable")))
